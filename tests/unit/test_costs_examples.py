"""The published examples, to a millionth: three worked cases, and what providers reckon out on their own pages."""

from dataclasses import replace

import pytest

from engine.costs import break_even, model, monte_carlo, tornado
from engine.costs.levers import Numbers
from engine.costs.terms import SECONDS_PER_MONTH, Capacity, Rates, Terms
from tests.unit.cost_cases import CLASSIFIER, HAIKU, LUNA, RANGES, SELF_HOSTED, SMALL_TUNED, TERRA


def near(expected: float | tuple[float, ...]) -> object:
    return pytest.approx(expected, rel=1e-6)


def crossing(numbers: Numbers, terms: Terms) -> float:
    (only,) = break_even.crossings(numbers, terms)
    assert only.way == "pays"
    return only.requests


def test_what_a_classifier_costs_upfront_is_nearly_all_labour() -> None:
    found = model.outcome(CLASSIFIER, HAIKU)
    parts = (found.training, found.labelling, found.review, found.engineering, found.evaluation, found.upfront)
    assert parts == near((9.0, 1500.0, 600.0, 3600.0, 495.0, 6204.0))


@pytest.mark.parametrize(
    ("terms", "hit", "baseline", "saving", "net", "roi", "requests", "payback"),
    [
        (HAIKU, 0.8, 0.00116, 225.22, -3501.36, -0.5643713733075435, 456882.5108949245, 27.54639907645857),
        (HAIKU, 0.0, 0.0026, 513.22, -45.36, -0.0073114119922631495, 201467.47675524588, 12.088383149526521),
        (LUNA, 0.8, 0.000116, 16.42, -6006.96, -0.9682398452611218, 5649972.78170931, 377.83191230207063),
    ],
)
def test_a_classifier_against_three_prompted_models(
    terms: Terms, hit: float, baseline: float, saving: float, net: float, roi: float, requests: float, payback: float
) -> None:
    numbers = replace(CLASSIFIER, cache_hit_rate=hit)
    found = model.outcome(numbers, terms)
    assert found.per_request_tuned == near(0.00002415)
    assert (found.per_request_baseline, found.monthly_saving, found.net) == near((baseline, saving, net))
    assert (found.roi, found.payback_months) == near((roi, payback))
    assert crossing(numbers, terms) == near(requests)


def test_what_a_self_hosted_model_costs_upfront_and_monthly() -> None:
    found = model.outcome(SELF_HOSTED, TERRA)
    parts = (found.training, found.labelling, found.review, found.engineering, found.evaluation, found.upfront)
    assert parts == near((3 * 15.13916015625 / 3, 10000.0, 2000.0, 10800.0, 1020.0, 23835.13916015625))
    assert (found.per_request_baseline, found.per_request_tuned) == near((0.002075, 0.0))
    assert found.fixed_monthly == near(3267.70)


@pytest.mark.parametrize(
    ("requests", "saving", "net", "roi", "payback"),
    [
        (100_000, -3060.20, -60557.53916015625, -2.540683264035085, float("inf")),
        (1_000_000, -1192.70, -38147.53916015625, -1.6004747823719514, float("inf")),
        (5_000_000, 7107.30, 61452.46083984374, 2.5782295805753077, 3.353613771777785),
    ],
)
def test_a_self_hosted_model_at_three_volumes(
    requests: float, saving: float, net: float, roi: float, payback: float
) -> None:
    numbers = replace(SELF_HOSTED, requests_per_month=requests)
    found = model.outcome(numbers, TERRA)
    assert (found.monthly_saving, found.net, found.roi) == near((saving, net, roi))
    assert found.payback_months == near(payback)
    assert crossing(numbers, TERRA) == near(2532029.6851468375)


def test_retrains_count_against_it() -> None:
    """Each is a third of training, engineering and evaluation, so these make 18,000 and the rest of the upfront cost is
    labelling: then one retrain is 6,000 as in the example, and the upfront cost the same as without."""
    labelling = 23835.13916015625 - 18_000
    numbers = replace(
        SELF_HOSTED,
        requests_per_month=5_000_000,
        evaluation_cost=18_000 - 10_800 - 15.13916015625,
        review_share=0,
        label_minutes=labelling / 10_000 * 60 / 30,
        retrain_every_months=6,
    )
    found = model.outcome(numbers, TERRA)
    assert (found.upfront, found.retrain_cost, found.retrains) == near((23835.13916015625, 6000.0, 1.0))
    assert (found.net, found.roi) == near((55452.46083984374, 1.858629200359102))
    assert crossing(numbers, TERRA) == near(2772993.5405685245)


def test_at_break_even_a_gpu_is_hardly_used() -> None:
    """Of 32.258 requests a second, all of it prompt here."""
    capacity = Capacity(1 / 32.25802607049752 / (150 + 1000), 0.0, 0.0)
    numbers = replace(SELF_HOSTED, requests_per_month=2532029.6851468375, peak_to_mean=1)
    found = model.outcome(numbers, replace(TERRA, capacity=capacity))
    assert found.utilisation == near(0.029867965673009884)
    assert near(84774092.51326749) == 32.25802607049752 * SECONDS_PER_MONTH


def test_the_trap_of_provisioned_throughput() -> None:
    lite = Rates(0.06, 0.06, 0.24)
    numbers = replace(
        CLASSIFIER,
        requests_per_month=150_000,
        tuned_static_prompt_tokens=0,
        static_prompt_tokens=0,
        dynamic_prompt_tokens=800,
        output_tokens=200,
        gpu_hour_price=108.15,
    )
    on_demand = model.outcome(numbers, Terms(lite, lite, storage_per_month=1.95))
    provisioned = model.outcome(numbers, Terms(lite, Rates(), serves_by_hour=True, storage_per_month=1.95))
    assert on_demand.per_request_tuned == near(9.6e-05)
    assert (on_demand.monthly_tuned, provisioned.monthly_tuned) == near((16.35, 78951.45))
    assert provisioned.monthly_tuned / on_demand.monthly_tuned == near(4828.834862385321)
    free = replace(numbers, rows=0, engineering_hours=0, evaluation_cost=0)
    assert crossing(free, Terms(lite, Rates(), serves_by_hour=True)) == near(822390625.0)


TORNADO = [
    ("requests_per_month", -38147.54, 61452.46),
    ("baseline_price", -31922.54, 61452.46),
    ("dynamic_prompt_tokens", -15797.54, 29202.46),
    ("cache_hit_rate", 33402.46, -7637.54),
    ("output_tokens", -10397.54, 18402.46),
    ("horizon_months", -12316.34, 10721.26),
    ("ops_hours_per_month", 3522.46, -13757.54),
    ("engineering_hours", 4602.46, -11597.54),
    ("label_minutes", 4202.46, -10797.54),
    ("gpu_hour_price", 6210.46, -7805.54),
]


def test_the_tornado_in_its_order() -> None:
    assert model.outcome(SELF_HOSTED, TERRA).net == near(-797.5391601562515)
    bars = tornado.bars(SELF_HOSTED, TERRA, RANGES)
    assert [(bar.name, round(bar.net_low, 2), round(bar.net_high, 2)) for bar in bars] == TORNADO


def test_twenty_thousand_draws() -> None:
    found = monte_carlo.simulate(SELF_HOSTED, TERRA, RANGES, draws=20_000, seed=20261121)
    assert (found.p10, found.p50, found.p90) == near((-18222.873773300787, 25601.95265470708, 102083.40713590366))
    assert (found.p_positive, found.mean) == near((0.74815, 35466.750399284145))


def test_what_a_hosted_month_costs_at_microsoft() -> None:
    """20M tokens in at $1.10, 40M out at $4.40, and 720 hours of hosting at $1.70."""
    numbers = replace(
        CLASSIFIER, requests_per_month=1, tuned_static_prompt_tokens=0, dynamic_prompt_tokens=20e6, output_tokens=40e6
    )
    terms = Terms(Rates(), Rates(1.10, 1.10, 4.40), storage_per_month=1.70 * 720)
    assert model.outcome(numbers, terms).monthly_tuned == near(1422.00)


def test_what_reinforcement_costs_at_microsoft() -> None:
    """Four hours at $100, and a grader that reads 5M tokens at $1.10 and writes 4.9M at $4.40."""
    grader = replace(CLASSIFIER, static_prompt_tokens=0, dynamic_prompt_tokens=5e6, output_tokens=4.9e6)
    grading, _ = model.per_request(grader, Terms(Rates(1.10, 1.10, 4.40), Rates()))
    numbers = replace(
        CLASSIFIER, rows=1, tokens_per_row=4 * 3600, epochs=1, cycles=1, gpu_tokens_per_s=1, gpu_hour_price=100
    )
    assert model.training_cost(numbers, Terms(Rates(), Rates(), trains_by_hour=True)) + grading == near(427.06)


def charged(rows: float, tokens: float, epochs: float, price: float, validation: float = 0.0) -> tuple[float, float]:
    numbers = replace(CLASSIFIER, rows=rows, tokens_per_row=tokens, epochs=epochs, train_price=price)
    terms = Terms(Rates(), Rates(), validation_share=validation / (rows * tokens * epochs))
    return model.training_tokens(numbers, terms), model.training_cost(numbers, terms)


def test_what_training_costs_by_the_token() -> None:
    """Together: 1,000 batches of 8 rows of 8,192 tokens, and 10M of validation. Ori: 5M in three epochs and 1M of
    validation at $0.46. OpenAI: 1M in three epochs at $5. Microsoft: 1M in two at $2."""
    assert charged(8 * 1000, 8192, 1, 1.0, 10e6)[0] == 75_536_000
    assert charged(10_000, 500, 3, 0.46, 1e6)[1] == near(7.36)
    assert charged(2000, 500, 3, 5.0)[1] == near(15.0)
    assert charged(2000, 500, 2, 2.0)[1] == near(4.0)


def test_a_small_job_costs_the_minimum() -> None:
    terms = replace(HAIKU, minimum_fee=4.0)
    assert model.outcome(CLASSIFIER, terms).training == 3 * 4.0
    assert model.outcome(replace(CLASSIFIER, rows=30_000), terms).training == near(3 * 30.0)


def test_a_tuned_model_without_a_cache_price_pays_for_all_it_reads() -> None:
    always_cached = replace(CLASSIFIER, cache_hit_rate=1.0)
    assert model.outcome(always_cached, Terms(Rates(), SMALL_TUNED)).per_request_tuned == near(0.00002415)
