"""The catalogue that ships: every figure says who says so and when, and the prices are those of the sources."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from engine.data.export_forms import FORMS
from engine.data.targets import TARGETS
from engine.errors import UsageError
from engine.providers import catalogue
from engine.providers.entries import Catalogue, Upload
from engine.providers.figures import STALE_DAYS, Ends, Figure, NotFound, Said, Source

TODAY = date(2026, 11, 21)
UNITS = {
    "input": "USD per 1M tokens",
    "cached_input": "USD per 1M tokens",
    "output": "USD per 1M tokens",
    "train": "USD per 1M tokens",
    "per_hour": "USD per hour",
    "storage": "USD per month",
    "batch_discount": "share",
    "minimum_fee": "USD",
    "above": "tokens",
    "memory": "GB",
    "compute": "TFLOP per s",
    "bandwidth": "TB per s",
    "parameters": "billion parameters",
    "rows_minimum": "rows",
    "rows_maximum": "rows",
}


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return catalogue.load(today=TODAY)


def walk(entry: object, where: str = "") -> Iterator[tuple[str, str, object]]:
    """Everything below an entry that has a source or was not found: where it is, the field, and the thing itself."""
    name = where.rpartition(".")[2]
    if isinstance(entry, Figure | Said | Ends | NotFound | Upload):
        yield where, name, entry
    elif isinstance(entry, tuple):
        for at, one in enumerate(entry):
            yield from walk(one, f"{where}[{getattr(one, 'id', getattr(one, 'model', at))}]")
    elif is_dataclass(entry) and not isinstance(entry, type):
        for one in fields(entry):
            yield from walk(getattr(entry, one.name), f"{where}.{one.name}")


def test_all_files_are_sound(shipped: Catalogue) -> None:
    assert shipped.problems == ()


def test_every_figure_has_a_source_a_past_date_and_a_confidence(shipped: Catalogue) -> None:
    seen = 0
    for where, _, thing in walk(shipped):
        if isinstance(thing, NotFound):
            assert thing.on <= TODAY, where
            continue
        source: Source = thing.source  # type: ignore[attr-defined]
        assert source.text.strip(), where
        assert date(2023, 1, 1) < source.as_of <= TODAY, where
        assert source.confidence in ("official", "transcribed", "single source"), where
        seen += 1
    assert seen > 500


def test_every_figure_is_in_the_unit_of_its_field_and_in_its_range(shipped: Catalogue) -> None:
    for where, name, thing in walk(shipped):
        if isinstance(thing, Figure):
            expected = UNITS.get(name, "requests per s" if thing.value < 200 else "tokens per s")
            assert thing.unit == expected, where
            assert 0 <= (thing.low or 0) <= thing.value <= (thing.high or thing.value), where


def test_there_are_the_destinations_that_people_look_for(shipped: Catalogue) -> None:
    ids = {there.id for there in shipped.destinations}
    assert {
        "this-machine", "together", "fireworks", "tinker", "nebius", "prime-intellect",
        "bedrock", "bedrock-provisioned", "bedrock-llama", "google", "azure", "azure-openai",
        "openai", "runpod-h100-sxm-secure", "lambda-h100-sxm",
    } <= ids  # fmt: skip
    closed = {there.id for there in shipped.destinations if there.status == "closed"}
    assert closed == {"anthropic", "mistral", "cohere", "prime-intellect"}
    assert [there.id for there in shipped.destinations if not there.data_leaves] == ["this-machine"]


@pytest.mark.parametrize(
    ("model", "prices"),
    [  # input, cached input, output; the second table of each provider's price list in November 2026
        ("gpt-6-luna", (0.10, 0.01, 0.50)),
        ("gpt-6.1-terra", (1.00, 0.05, 5.00)),
        ("gpt-6-sol", (2.00, 0.20, 10.00)),
        ("gpt-6-astra", (10.00, 1.00, 50.00)),
        ("gpt-5.4-nano", (0.20, 0.02, 1.25)),
        ("gpt-5-mini", (0.25, 0.025, 2.00)),
        ("gpt-4.1", (2.00, 0.50, 8.00)),
        ("gpt-4o-mini", (0.15, 0.075, 0.60)),
        ("claude-haiku-5-5", (0.10, 0.01, 0.50)),
        ("claude-haiku-4-5", (1.00, 0.10, 5.00)),
        ("claude-sonnet-5-5", (2.00, 0.10, 10.00)),
        ("claude-opus-5-5", (4.00, 0.20, 20.00)),
        ("nova-micro", (0.035, 0.00875, 0.14)),
        ("nova-lite", (0.06, 0.015, 0.24)),
        ("nova-pro", (0.80, 0.20, 3.20)),
        ("nova-2-lite", (0.30, 0.075, 2.50)),
        ("gemini-3.5-flash", (1.50, 0.15, 9.00)),
        ("gemini-3.5-flash-lite", (0.30, 0.03, 2.50)),
        ("qwen3-8b-novita", (0.035, None, 0.138)),
        ("llama-3.3-70b-deepinfra", (0.10, None, 0.32)),
        ("ministral-8b", (0.15, 0.015, 0.15)),
    ],
)
def test_prices_of_models_as_they_are(
    shipped: Catalogue, model: str, prices: tuple[float, float | None, float]
) -> None:
    found = catalogue.priced_model(shipped, model)
    cached = found.cached_input.value if found.cached_input else None
    assert (found.input.value, cached, found.output.value) == prices


def test_long_prompts_cost_more(shipped: Catalogue) -> None:
    (tier,) = catalogue.priced_model(shipped, "claude-haiku-5-5").tiers
    assert (tier.above.value, tier.input.value, tier.output.value) == (100_000, 0.5, 2.5)
    (tier,) = catalogue.priced_model(shipped, "gpt-6-luna").tiers
    assert (tier.above.value, tier.input.value, tier.output.value) == (272_000, 0.2, 0.75)


def test_what_ends_says_when(shipped: Catalogue) -> None:
    ends = {model.id: model.ends.on for model in shipped.models if model.ends}
    assert ends["gpt-5-mini"] == date(2026, 12, 11)
    assert ends["gpt-4.1"] == date(2027, 1, 14)
    there = catalogue.destination(shipped, "openai")
    assert there.status == "existing customers"
    assert there.ends and there.ends.on == date(2027, 1, 6)
    assert {tuned.ends.on for tuned in there.models if tuned.ends} == {date(2027, 1, 14)}


@pytest.mark.parametrize(
    ("destination", "model", "price"),
    [
        ("openai", "gpt-4.1", 25),
        ("openai", "gpt-4.1-mini", 5),
        ("openai", "gpt-4o-mini", 3),
        ("bedrock", "nova-micro", 1),
        ("together", "qwen3-8b", 0.48),
        ("together", "llama-3.3-70b", 2.9),
        ("fireworks", "qwen3-8b", 0.5),
        ("tinker", "qwen3-8b", 0.44),
        ("prime-intellect", "qwen3.5-9b", 0.6),
        ("bedrock", "nova-lite", None),
        ("google", "gemini-3.5-flash", None),
        ("nebius", "llama-3.1-8b", None),
        ("azure", "gpt-oss-20b", None),
    ],
)
def test_prices_of_training(shipped: Catalogue, destination: str, model: str, price: float | None) -> None:
    train = catalogue.tunable(shipped, destination, model).train
    assert train == NotFound(TODAY) if price is None else isinstance(train, Figure) and train.value == price


def test_of_several_prices_over_time_the_newest_counts(shipped: Catalogue) -> None:
    hours = {there.id: there.serving.per_hour for there in shipped.destinations}
    newest = {
        "runpod-h100-sxm-secure": (3.99, date(2026, 11, 9)),
        "vast-h100-sxm": (2.4024, date(2026, 10, 19)),
        "fireworks": (8.0, date(2026, 10, 7)),
        "bedrock-provisioned": (108.15, TODAY),
    }
    for there, (price, day) in newest.items():
        figure = hours[there]
        assert figure and (figure.value, figure.source.as_of) == (price, day)


def test_rented_gpus_are_known_by_card_and_number(shipped: Catalogue) -> None:
    rented = [there for there in shipped.destinations if there.kind == "rented GPU"]
    assert len(rented) > 25
    for there in rented:
        assert there.serving.gpu and there.serving.per_hour and there.any_open_model and not there.upload
        catalogue.gpu(shipped, there.serving.gpu)
    assert catalogue.destination(shipped, "aws-h100-sxm-8").serving.gpus_minimum == 8


def test_any_open_model_can_be_tuned_where_one_rents(shipped: Catalogue) -> None:
    rented = catalogue.tunable(shipped, "runpod-h100-sxm-secure", "qwen3-8b")
    assert rented.train is None and rented.parameters and rented.parameters.value == 8.19
    assert {model.id for model in shipped.open_models} <= {
        tuned.model for tuned in catalogue.tunables(shipped, catalogue.destination(shipped, "this-machine"))
    }


def test_what_others_measured(shipped: Catalogue) -> None:
    served = {
        (one.precision, one.prompt_tokens, one.output_tokens): one.figure.value
        for one in shipped.throughputs
        if one.what == "serving"
    }
    assert served == {
        ("fp8", 1024, 128): 32.25802607049752,
        ("fp8", 128, 128): 129,
        ("fp8", 2048, 2048): 1.78,
        ("fp8", 8192, 512): 1.54,
        ("bf16", 1024, 128): 23.6,
    }
    trained = {(one.gpu, one.parameters, one.precision): one.figure.value for one in shipped.throughputs}
    assert trained["a100-80", 7, "LoRA"] == pytest.approx(8 * 2048 / 5.2)
    assert trained["a100-80", 7, "QLoRA"] == pytest.approx(8 * 2048 / 7.0)
    assert trained["rtx-4060", 1.54, "LoRA"] == 628


def test_rows_go_up_in_a_form_and_by_rules_that_exist(shipped: Catalogue) -> None:
    for there in shipped.destinations:
        if there.upload:
            assert there.upload.form in FORMS, there.id
            assert there.upload.target is None or there.upload.target in TARGETS, there.id
            assert any("FILE" in command for command in there.upload.commands), there.id


def test_a_service_that_takes_rows_tells_how_they_get_there(shipped: Catalogue) -> None:
    without = {there.id for there in shipped.destinations if there.kind == "service" and not there.upload}
    assert without == {"anthropic", "mistral", "cohere", "prime-intellect"}


def test_an_open_model_has_one_size_wherever_it_is_tuned(shipped: Catalogue) -> None:
    sizes = {model.id: model.parameters for model in shipped.open_models}
    tuned = [model for there in shipped.destinations for model in there.models if model.model in sizes]
    assert len(tuned) > 10
    assert all(model.parameters == sizes[model.model] for model in tuned)


@pytest.mark.parametrize(
    ("find", "asked", "nearest"),
    [
        (catalogue.destination, "fireworx", "fireworks"),
        (catalogue.priced_model, "gpt-6-lunar", "gpt-6-luna"),
        (catalogue.gpu, "h100", "h100-sxm"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(shipped: Catalogue, find: Any, asked: str, nearest: str) -> None:
    with pytest.raises(UsageError, match=asked) as raised:
        find(shipped, asked)
    assert nearest in raised.value.hint


def test_an_unknown_model_at_a_destination_is_answered_with_what_is_there(shipped: Catalogue) -> None:
    with pytest.raises(UsageError, match="at openai 'gpt-5'") as raised:
        catalogue.tunable(shipped, "openai", "gpt-5")
    assert "gpt-4.1" in raised.value.hint


def test_age_and_staleness_follow_the_day_that_is_given(shipped: Catalogue) -> None:
    figure = catalogue.destination(shipped, "runpod-l40s-secure").serving.per_hour
    assert figure and figure.source.as_of == date(2026, 9, 25)
    assert figure.source.age_days(TODAY) == 57
    fresh = figure.source.as_of + timedelta(days=STALE_DAYS)
    assert not figure.source.is_stale(fresh)
    assert figure.source.is_stale(fresh + timedelta(days=1))


def test_today_is_the_clock_of_the_tests() -> None:
    assert catalogue.load().problems == ()


def test_before_its_sources_were_written_the_catalogue_is_told_to_come_from_the_future() -> None:
    early = catalogue.load(today=date(2026, 11, 1))
    assert any(problem.startswith("openai.toml: sources.litellm.as_of: 2026-11-21") for problem in early.problems)
    assert "gpt-6-luna" not in {model.id for model in early.models}
