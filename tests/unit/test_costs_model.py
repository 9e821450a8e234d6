"""What must hold of every case: dearer inputs cost more, the curves end at the net, and arrays say what numbers say."""

import random
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from itertools import pairwise
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.costs import model, months, serving
from engine.costs.levers import LEVERS, Lever, Numbers
from engine.costs.terms import Capacity, LongPrompt, Rates, Terms
from tests.unit.cost_cases import CLASSIFIER, DEFAULTS, HAIKU, SELF_HOSTED, TERRA

CAPACITY = Capacity(1.8e-5, 2.4e-5, 8.4e-8)


def drawn(seed: int) -> Numbers:
    """Any case: each lever at its least, at its default, or anywhere up to a hundred times that. Drawn by a seed, for
    thirty numbers one by one take hypothesis ten times as long."""
    chance = random.Random(seed)
    values = {lever.name: _value(chance, lever) for lever in LEVERS if lever.kind != "choice"}
    return Numbers(**values, baseline_price=chance.choice((0.1, 1.0, 10.0)))


def _value(chance: random.Random, lever: Lever) -> float:
    default = float(lever.default)
    most = min(lever.high, max(default * 100, 1.0))
    return chance.choice((lever.low, default, chance.uniform(max(lever.low, lever.floor), most)))


def terms_of(seed: int) -> Terms:
    chance = random.Random(seed)
    return Terms(
        rates(chance),
        rates(chance),
        trains_by_hour=chance.random() < 0.5,
        minimum_fee=chance.choice((0.0, 50.0)),
        validation_share=chance.choice((0.0, 0.125)),
        serves_by_hour=chance.random() < 0.5,
        gpus_per_replica=chance.randint(1, 8),
        capacity=chance.choice((None, CAPACITY)),
        storage_per_month=chance.uniform(0, 100),
        ends_in_months=chance.choice((float("inf"), 0.0, chance.uniform(0, 24))),
    )


def rates(chance: random.Random) -> Rates:
    entry, cached, output = (chance.choice((0.0, chance.uniform(0, 10))) for _ in range(3))
    return Rates(entry, cached, output, chance.random(), tiers(chance))


def tiers(chance: random.Random) -> tuple[LongPrompt, ...]:
    return tuple(LongPrompt(above, *(chance.uniform(0, 100) for _ in range(3))) for above in (2000, 100_000))


SEEDS = st.integers(0, 2**32)
NUMBERS = SEEDS.map(drawn)
TERMS = SEEDS.map(terms_of)


def slack(found: model.Outcome) -> float:
    return 1e-9 * (1 + found.upfront + found.horizon * (found.monthly_baseline + found.monthly_tuned))


COSTLY = [
    "train_price",
    "gpu_hour_price",
    "label_minutes",
    "label_wage",
    "review_minutes",
    "review_wage",
    "engineering_hours",
    "engineering_wage",
    "evaluation_cost",
    "ops_hours_per_month",
    "rows",
    "epochs",
    "peak_to_mean",
]


@given(st.sampled_from(COSTLY), NUMBERS, TERMS, st.floats(1, 10))
def test_what_the_tuned_arm_pays_more_for_never_helps(name: str, numbers: Numbers, terms: Terms, times: float) -> None:
    dearer = model.outcome(replace(numbers, **{name: getattr(numbers, name) * times}), terms)
    found = model.outcome(numbers, terms)
    assert dearer.net <= found.net + slack(dearer)
    assert dearer.upfront >= found.upfront - slack(dearer)


@given(NUMBERS, TERMS, st.floats(1, 10))
def test_a_dearer_baseline_never_hurts(numbers: Numbers, terms: Terms, times: float) -> None:
    dearer = model.outcome(replace(numbers, baseline_price=numbers.baseline_price * times), terms)
    assert dearer.net >= model.outcome(numbers, terms).net - slack(dearer)


@given(NUMBERS, TERMS, st.floats(1, 10))
def test_more_requests_cost_more_in_both_arms_and_need_no_fewer_replicas(
    numbers: Numbers, terms: Terms, times: float
) -> None:
    more, found = (
        model.outcome(replace(numbers, requests_per_month=numbers.requests_per_month * by), terms)
        for by in (times, 1.0)
    )
    assert more.monthly_baseline >= found.monthly_baseline * (1 - 1e-9)
    assert more.monthly_tuned >= found.monthly_tuned * (1 - 1e-9)
    assert more.replicas >= found.replicas


@given(NUMBERS, TERMS)
def test_replicas_are_whole_and_never_overworked(numbers: Numbers, terms: Terms) -> None:
    found = model.outcome(numbers, terms)
    assert found.replicas == int(found.replicas) >= (1 if terms.serves_by_hour or terms.capacity else 0)
    assert 0 <= found.utilisation <= 1 + 1e-9


@given(NUMBERS, TERMS)
def test_the_curves_end_where_the_net_says(numbers: Numbers, terms: Terms) -> None:
    found, curves = model.outcome(numbers, terms), months.curves(numbers, terms)
    first, last = curves[0], curves[-1]
    assert (first.baseline, first.tuned) == (0.0, found.upfront) if found.horizon else last == first
    assert last.month == found.horizon == min(numbers.horizon_months, terms.ends_in_months)
    assert last.baseline - last.tuned == pytest.approx(found.net, abs=slack(found) + 1e-9 * found.retrain_cost * 200)
    assert all(before.month < after.month for before, after in pairwise(curves))


def test_a_retrain_is_paid_when_it_is_due_and_not_at_the_end() -> None:
    numbers = replace(CLASSIFIER, retrain_every_months=4, horizon_months=12, requests_per_month=0)
    found, curves = model.outcome(numbers, HAIKU), months.curves(numbers, HAIKU)
    rises = [round(after.tuned - before.tuned, 6) for before, after in pairwise(curves)]
    assert found.retrains == 2 and found.retrain_cost == pytest.approx((9 + 3600 + 495) / 3)
    assert rises == [1.95 + (1368.0 if month in (4, 8) else 0.0) for month in range(1, 13)]


@given(NUMBERS, TERMS)
def test_the_arms_meet_at_the_payback_without_retrains(numbers: Numbers, terms: Terms) -> None:
    numbers = replace(numbers, retrain_every_months=0, horizon_months=120)
    found = model.outcome(numbers, terms)
    if found.payback_months < found.horizon:
        short = replace(terms, ends_in_months=found.payback_months)
        assert model.outcome(numbers, short).net == pytest.approx(0, abs=1e-6 * (1 + found.upfront))


@given(NUMBERS, NUMBERS, TERMS)
def test_arrays_say_what_numbers_say(one: Numbers, other: Numbers, terms: Terms) -> None:
    both = Numbers(**{field.name: _pair(one, other, field.name) for field in fields(Numbers)})
    together = asdict(model.outcome(both, terms))
    for at, numbers in enumerate((one, other)):
        alone = asdict(model.outcome(numbers, terms))
        at_once = {name: float(numpy.broadcast_to(value, 2)[at]) for name, value in together.items()}
        assert at_once == pytest.approx(alone, rel=1e-12)


def _pair(one: Numbers, other: Numbers, name: str) -> Any:
    return numpy.array([getattr(one, name), getattr(other, name)])


def test_a_loss_with_nothing_put_in_is_no_endless_return() -> None:
    free = replace(CLASSIFIER, rows=0, engineering_hours=0, evaluation_cost=0)
    assert model.outcome(replace(free, requests_per_month=1), HAIKU).roi == -float("inf")
    assert model.outcome(free, HAIKU).roi == float("inf")


def test_the_horizon_ends_with_the_base() -> None:
    assert model.outcome(CLASSIFIER, replace(HAIKU, ends_in_months=1.8)).horizon == 1.8
    assert model.outcome(CLASSIFIER, replace(HAIKU, ends_in_months=99)).horizon == 12


@pytest.mark.parametrize(("prompt", "price"), [(100_000, 1.0), (100_001, 2.0), (200_001, 3.0)])
def test_a_long_prompt_pays_its_tier_for_all_of_its_tokens(prompt: float, price: float) -> None:
    tiers = (LongPrompt(200_000, 3.0, 0.3, 15.0), LongPrompt(100_000, 2.0, 0.2, 10.0))
    numbers = replace(CLASSIFIER, static_prompt_tokens=90_000, dynamic_prompt_tokens=prompt - 90_000, cache_hit_rate=0)
    terms = Terms(Rates(1.0, 0.1, 5.0, 0.5, tiers), Rates())
    found, _ = model.per_request(numbers, terms)
    assert found == pytest.approx((prompt * price + 60 * 5 * price) / 1e6)


def test_what_may_wait_is_cheaper_and_needs_no_room_at_the_peak() -> None:
    terms = replace(TERRA, capacity=CAPACITY)
    numbers = replace(SELF_HOSTED, requests_per_month=1e8, peak_to_mean=4.0)
    waited, batched = (model.outcome(replace(numbers, batch_share=share), terms) for share in (0.0, 0.5))
    assert batched.per_request_baseline == pytest.approx(0.75 * waited.per_request_baseline)
    assert batched.replicas == -(-waited.replicas // 2) and batched.utilisation > 1.5 * waited.utilisation
    all_wait = model.outcome(replace(numbers, batch_share=1.0), terms)
    assert all_wait.replicas == -(-waited.replicas // 4)


def test_one_replica_is_counted_where_nobody_knows_what_it_carries() -> None:
    found = model.outcome(replace(SELF_HOSTED, requests_per_month=1e9), TERRA)
    assert (found.replicas, found.utilisation) == (1, 0)


def test_one_s_own_gpus_are_counted_and_not_paid_for() -> None:
    own = Terms(TERRA.baseline, Rates(), capacity=CAPACITY)
    found = model.outcome(replace(SELF_HOSTED, requests_per_month=1e9, peak_to_mean=2), own)
    assert found.replicas > 1 and found.fixed_monthly == 8 * 90


@pytest.mark.parametrize(("field", "more"), [("prompt_s", 278), ("output_s", 60), ("attention_s", 60 * 308)])
def test_a_request_keeps_a_replica_busy_by_three_parts(field: str, more: float) -> None:
    numbers = replace(CLASSIFIER, tuned_static_prompt_tokens=150, dynamic_prompt_tokens=128)
    one = replace(Capacity(0.0, 0.0, 0.0), **{field: 1.0})
    assert serving.seconds_per_request(numbers, one) == more


def test_the_worth_of_errors_stays_out_of_the_cash() -> None:
    worth = replace(CLASSIFIER, value_per_avoided_error=2.0, error_rate_drop=0.01)
    found, cash = model.outcome(worth, HAIKU), model.outcome(CLASSIFIER, HAIKU)
    assert replace(found, value_per_request=0.0, net_with_value=found.net) == cash
    assert (found.value_per_request, found.net_with_value) == pytest.approx((0.02, cash.net + 12 * 200_000 * 0.02))


CUTS: list[tuple[str, Callable[[Numbers], Numbers]]] = [
    ("engineering", lambda numbers: replace(numbers, engineering_hours=0)),
    ("labelling", lambda numbers: replace(numbers, label_minutes=0)),
    ("review", lambda numbers: replace(numbers, review_share=0)),
    ("evaluation", lambda numbers: replace(numbers, evaluation_cost=0)),
]


@pytest.mark.parametrize(("part", "without"), CUTS, ids=[name for name, _ in CUTS])
def test_each_part_of_the_upfront_cost_is_its_own(part: str, without: Callable[[Numbers], Numbers]) -> None:
    before, after = model.outcome(DEFAULTS, HAIKU), model.outcome(without(DEFAULTS), HAIKU)
    assert getattr(after, part) == 0 and before.upfront - after.upfront == pytest.approx(getattr(before, part))
