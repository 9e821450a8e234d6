"""A lever takes what a person types, refuses what cannot be, and turns by notches that stay within its bounds."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.costs import levers
from engine.costs.levers import LEVERS, Lever
from engine.errors import UsageError
from tests.unit.cost_cases import DEFAULTS, RANGES, SELF_HOSTED

SHARED = """
requests_per_month static_prompt_tokens dynamic_prompt_tokens output_tokens cache_hit_rate batch_share
baseline_model tuned_model destination tuned_static_prompt_tokens rows tokens_per_row epochs cycles
train_price gpu_hour_price gpu_tokens_per_s peak_to_mean serving_quantisation label_minutes review_share
review_minutes engineering_hours label_wage review_wage engineering_wage evaluation_cost ops_hours_per_month
retrain_every_months horizon_months value_per_avoided_error error_rate_drop
"""
NUMERIC = [lever for lever in LEVERS if lever.kind != "choice"]


def values(lever: Lever) -> st.SearchStrategy[float]:
    return st.floats(lever.low, lever.high).filter(lambda value: value == 0 or value >= lever.floor)


def test_the_levers_are_those_that_all_share() -> None:
    assert [lever.name for lever in LEVERS] == SHARED.split()
    assert [field.name for field in fields(levers.Numbers)] == [*(lever.name for lever in NUMERIC), "baseline_price"]


@pytest.mark.parametrize("lever", LEVERS, ids=lambda lever: lever.name)
def test_each_lever_fits_a_line_and_has_a_default_that_it_takes(lever: Lever) -> None:
    assert lever.reason and lever.group and 0 < len(lever.short) <= 26
    assert levers.check(lever.name, lever.default) == lever.default
    assert len(levers.bounds(lever)) < 60


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,000", 1000.0),
        ("1e6", 1e6),
        ("200k", 2e5),
        ("2.5M", 2.5e6),
        ("2.5m", 2.5e6),
        (" 12,345,678.5 ", 12345678.5),
        ("+7", 7.0),
        (3, 3.0),
    ],
)
def test_a_number_as_people_type_it(typed: object, value: float) -> None:
    assert levers.check("requests_per_month", typed) == value


@pytest.mark.parametrize(
    ("name", "typed"), [("cache_hit_rate", "80%"), ("cache_hit_rate", "0.8"), ("cache_hit_rate", ".8")]
)
def test_a_share_in_both_forms(name: str, typed: str) -> None:
    assert levers.check(name, typed) == 0.8


def test_money_with_its_sign() -> None:
    assert levers.check("gpu_hour_price", "$3.99") == 3.99


def test_three_digits_behind_the_point_are_a_fraction_where_thousands_are_not_possible() -> None:
    assert levers.check("gpu_hour_price", "$3.125") == 3.125
    assert levers.check("value_per_avoided_error", "1.2500") == 1.25
    assert levers.check("cache_hit_rate", "0.985") == 0.985


@pytest.mark.parametrize(
    ("name", "typed", "hint"),
    [
        ("requests_per_month", "-5", "1 or more"),
        ("requests_per_month", "0", "1 or more"),
        ("requests_per_month", "1e13", "1 or more"),
        ("cache_hit_rate", "80", "80% or 0.8"),
        ("epochs", "0", "between 0.1 and 100 epochs"),
        ("horizon_months", "0", "between 1 and 120 months"),
        ("retrain_every_months", "0.1", "0, or between 0.25 and 120"),
        ("output_tokens", "1,5", "between 1 and 10,000,000 tokens"),
        ("rows", "500%", "between 1"),
        ("rows", "$500", "between 1"),
        ("epochs", "300%", "between 0.1"),
        ("gpu_hour_price", "80%", "between 0"),
        ("cache_hit_rate", "$0.8", "80% or 0.8"),
        ("rows", "1.000", "1,000"),
        ("requests_per_month", "2.500.000", "2,500,000"),
        ("evaluation_cost", "$2.500", "2,500"),
        ("value_per_avoided_error", "1.250", "1.2500"),
        ("gpu_tokens_per_s", "3.000", "3,000"),
        ("output_tokens", "1.5.2", "between 1"),
        ("output_tokens", "", "between 1"),
        ("output_tokens", "٣", "between 1"),
        ("output_tokens", "1e999", "between 1"),
        ("output_tokens", "many", "between 1"),
        ("output_tokens", float("nan"), "between 1"),
        ("output_tokens", float("inf"), "between 1"),
        ("output_tokens", True, "between 1"),
        ("output_tokens", None, "between 1"),
        ("output_tokens", "9" * 5000, "between 1"),
        ("serving_quantisation", "fp4", "one of bf16, fp8, int8, int4"),
        ("serving_quantisation", 8, "one of bf16"),
        ("destination", " ", "the name of one in the catalogue"),
    ],
)
def test_what_cannot_be_is_refused_at_the_lever(name: str, typed: object, hint: str) -> None:
    with pytest.raises(UsageError, match=name) as refused:
        levers.check(name, typed)
    assert hint in refused.value.hint and len(refused.value.message) < 200


def test_an_unknown_lever_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="'cache_rate'") as refused:
        levers.by_name("cache_rate")
    assert "cache_hit_rate" in refused.value.hint
    with pytest.raises(UsageError) as refused:
        levers.by_name("xyzzy")
    assert "--levers" in refused.value.hint


@given(
    st.sampled_from(NUMERIC).flatmap(lambda lever: st.tuples(st.just(lever), values(lever))), st.sampled_from([1, -1])
)
def test_a_notch_moves_and_stays_within_the_bounds(case: tuple[Lever, float], way: int) -> None:
    lever, value = case
    turned = levers.notch(lever, value, way)
    assert levers.check(lever.name, turned) == turned
    assert isinstance(turned, float)
    assert (turned - value) * way > 0 or turned == value == (lever.high if way > 0 else lever.low)


@given(st.sampled_from([lever for lever in NUMERIC if not lever.step]), st.integers(0, 200))
def test_round_notches_lead_back(lever: Lever, steps: int) -> None:
    up = [lever.low]
    for _ in range(steps):
        up.append(float(levers.notch(lever, up[-1], 1)))
    assert levers.notch(lever, up[0], steps) == up[-1]
    if up[-1] < lever.high and steps > 1:
        assert levers.notch(lever, up[-1], -1) == up[-2]


@pytest.mark.parametrize("value", [999_999_999.0, 999_999_999_999.9, 1000.0000001, 999.9999999])
def test_a_notch_from_beside_a_round_number(value: float) -> None:
    requests = levers.by_name("requests_per_month")
    assert float(levers.notch(requests, value, -1)) < value < float(levers.notch(requests, value, 1))


def test_notches_are_round_numbers() -> None:
    requests, price, hit = (levers.by_name(name) for name in ("requests_per_month", "train_price", "cache_hit_rate"))
    assert [levers.notch(requests, 200_000.0, places) for places in (-2, -1, 1, 2)] == [5e4, 1e5, 5e5, 1e6]
    assert [levers.notch(requests, 123_456.0, places) for places in (-1, 1)] == [1e5, 2e5]
    assert [levers.notch(price, value, 1) for value in (0.0, 0.01, 0.5)] == [0.01, 0.02, 1.0]
    assert [levers.notch(price, value, -1) for value in (0.01, 0.02, 0.0)] == [0.0, 0.01, 0.0]
    assert [levers.notch(hit, value, 1) for value in (0.8, 0.98, 1.0)] == [0.85, 1.0, 1.0]


def test_a_choice_goes_round() -> None:
    precision = levers.by_name("serving_quantisation")
    assert [levers.notch(precision, "bf16", places) for places in (1, -1, 4)] == ["fp8", "int4", "bf16"]
    assert [levers.choice(("a", "b"), "gone", places) for places in (1, -1)] == ["a", "b"]
    with pytest.raises(UsageError, match="nothing to choose"):
        levers.notch(levers.by_name("destination"), "together", 1)


def test_the_ranges_of_the_example() -> None:
    found = levers.ranges(SELF_HOSTED)
    assert list(found) == list(RANGES)
    assert {name: ends for name, ends in found.items() if name != "gpu_hour_price"} == {
        name: ends for name, ends in RANGES.items() if name != "gpu_hour_price"
    }
    assert found["gpu_hour_price"] == pytest.approx(RANGES["gpu_hour_price"], rel=0.01)


@given(
    st.sampled_from(levers.RANGED[2:] + levers.RANGED[:1]).flatmap(
        lambda name: st.tuples(st.just(name), values(levers.by_name(name)))
    )
)
def test_a_range_holds_its_value_and_stays_within_the_bounds(case: tuple[str, float]) -> None:
    name, value = case
    low, high = levers.ranges(replace(DEFAULTS, **{name: value}))[name]
    assert levers.by_name(name).low <= low <= value <= high <= levers.by_name(name).high
    assert low < high or value < 1e-9


def test_what_is_not_there_is_certain() -> None:
    found = levers.ranges(replace(DEFAULTS, cache_hit_rate=0, ops_hours_per_month=0))
    assert found["cache_hit_rate"] == found["ops_hours_per_month"] == (0, 0)
    assert levers.ranges(replace(DEFAULTS, cache_hit_rate=0.3))["cache_hit_rate"] == (0.3, 0.98)
