"""Rows of bars over planned steps: what is there stays, and no number is too odd."""

import math

from hypothesis import given
from hypothesis import strategies as st

from engine.canvas import CROSS
from engine.runs.series import Series
from engine.runs.spark import bars, fitted, sampled

NUMBERS = st.floats(allow_nan=True, allow_infinity=True)
POINTS = st.lists(st.tuples(st.integers(1, 60), NUMBERS), min_size=1, max_size=40, unique_by=lambda point: point[0])


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@given(POINTS, st.integers(1, 80), st.integers(0, 50))
def test_values_once_shown_stay_and_every_one_gets_a_bar(
    points: list[tuple[int, float]], steps: int, count: int
) -> None:
    series, before = Series("loss"), list[float]()
    for step, loss in sorted(points):
        series.add([{"step": step, "loss": loss}])
        values = sampled(series, "loss", max(steps, 60), count)
        # A stretch that begins before its first point was logged takes the value before; only the last may change.
        assert all(map(same, before[:-1], values)) and len(before) <= len(values) <= count
        drawn = bars(values, fitted(values))
        assert len(drawn) == len(values)
        assert [glyph == CROSS for glyph in drawn] == [not math.isfinite(value) for value in values]
        assert bars(values, fitted(values), ascii_only=True).isascii()
        before = values


def test_bars_stand_on_one_axis_that_moves_seldom() -> None:
    axis = fitted([0.0, 10.0])
    assert bars([0.0, 5.0, 10.0], axis) == "▁▄▇"
    assert fitted([9.8, math.nan, 0.0]) == axis and fitted([0.0, 50.0]) != axis
    assert bars([math.nan], fitted([math.nan])) == CROSS


def test_a_row_follows_the_planned_steps() -> None:
    series = Series("loss")
    series.add([{"step": step, "loss": float(step)} for step in range(10, 51, 10)])
    assert sampled(series, "loss", 100, 10) == [10.0, 20.0, 30.0, 40.0, 50.0]
    assert sampled(Series("loss"), "loss", 100, 10) == []
