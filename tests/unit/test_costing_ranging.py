"""Ranges as people type them."""

import pytest

from engine.costing import Scenario
from engine.costing.ranging import set_range
from engine.errors import UsageError

BARE = Scenario("mine", {"rows": 5.0}, {"rows": (1.0, 9.0)})


@pytest.mark.parametrize(
    ("name", "text", "pair"),
    [
        ("requests_per_month", "50k to 2M", (50_000, 2_000_000)),
        ("requests_per_month", " 1,000..1e6 ", (1000, 1e6)),
        ("cache_hit_rate", "60% 0.95", (0.6, 0.95)),
        ("gpu_hour_price", "$2.69 .. $4.29", (2.69, 4.29)),
        ("baseline_price", "x0.5 to 2", (0.5, 2)),
        ("error_rate_drop", "-0.1 to 0.2", (-0.1, 0.2)),
        ("horizon_months", "6..6", (6, 6)),
        ("output_tokens", "1.0..9000000.0", (1, 9e6)),
    ],
)
def test_two_values_are_a_range_and_all_else_stays(name: str, text: str, pair: tuple[float, float]) -> None:
    ranged = set_range(BARE, name, text)
    assert ranged.ranges == {**BARE.ranges, name: pytest.approx(pair)}
    assert (ranged.name, ranged.settings) == (BARE.name, BARE.settings)
    assert set_range(ranged, name, None).ranges == BARE.ranges


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rows", "", "no range"),
        ("rows", "5", "no range"),
        ("rows", "1 2 3", "no range"),
        ("rows", "9..1", "no range"),
        ("rows", "0..5", "rows"),
        ("rows", "few..many", "'few'"),
        ("cache_hit_rate", "50%..150%", "150%"),
        ("destination", "a..b", "a choice has no range"),
        ("baseline_price", "half..2", "'half'"),
        ("baseline_price", "-1..2", "no range"),
        ("baseline_price", "1..1e300", "no range"),
        ("gpu_hour_price", "80%..120%", "80%"),
        ("requests_per_month", "1.000..2.000", "1.000"),
        ("rwos", "1..2", "rwos"),
    ],
)
def test_what_is_no_range_is_said_with_its_lever(name: str, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        set_range(BARE, name, text)
    assert caught.value.hint
