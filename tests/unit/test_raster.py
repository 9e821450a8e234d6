"""Curves as text: whatever the numbers are there are rows of the right size, and what they show is true."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.canvas import CROSS
from engine.runs.axis import LABEL, Axis, short
from engine.runs.decimate import Decimated, Decimator
from engine.runs.raster import OVERLAYS, Curves, Drawing, bounds, draw, words
from engine.runs.series import Series
from engine.runs.spark import spark

LOSSES = st.lists(
    st.one_of(
        st.floats(), st.floats(0.1, 5.0), st.sampled_from([0.0, -1.0, math.nan, math.inf, 1e308, -1e308, 5e-324])
    ),
    max_size=60,
)
POINTS = st.lists(st.tuples(st.integers(-5, 5000), st.one_of(st.floats(), st.floats(0.1, 5.0))), max_size=60).map(
    lambda points: sorted({step: loss for step, loss in points}.items())
)
SIZES = st.tuples(st.integers(-1, 90), st.integers(-1, 20))


def decimated(steps: int, points: list[tuple[int, float]], span: float = 1.0) -> Decimated:
    trace = Decimated(steps, span)
    trace.add([step for step, _ in points], [loss for _, loss in points])
    return trace


def drawn(curves: Curves, width: int, height: int, *, log: bool = False, **options: Any) -> Drawing:
    found = bounds(curves, log=log)
    axis = Axis(log=log).around(*found) if found else Axis(log=log)
    return draw(curves, width, height, axis, **options)


def of(*losses: float, steps: int | None = None) -> Curves:
    points = list(enumerate(losses, start=1))
    return Curves(decimated(steps or max(1, len(losses)), points), Decimated(steps or max(1, len(losses))))


def row_of(drawing: Drawing, column: int) -> list[int]:
    """Rows, from the top, that hold something in a column."""
    return [y for y, glyphs in enumerate(drawing.glyphs) if glyphs[column] != " "]


@settings(deadline=None)
@given(POINTS, POINTS, POINTS, st.integers(1, 6000), SIZES, st.booleans(), st.booleans(), st.booleans())
def test_whatever_the_numbers_there_are_rows_of_the_right_size(
    losses: list[tuple[int, float]],
    validations: list[tuple[int, float]],
    other: list[tuple[int, float]],
    steps: int,
    size: tuple[int, int],
    log: bool,
    smooth: bool,
    ascii_only: bool,
) -> None:
    curves = Curves(decimated(steps, losses, 5.0), decimated(steps, validations), (decimated(steps, other, 5.0),))
    drawing = drawn(curves, *size, log=log, smooth=smooth, ascii_only=ascii_only)
    width, height = (max(0, one) for one in size)
    for rows in (drawing.glyphs, drawing.inks):
        assert [len(row) for row in rows] == [width] * height
    assert all(
        ink != " "
        for glyphs, inks in zip(drawing.glyphs, drawing.inks, strict=True)
        for glyph, ink in zip(glyphs, inks, strict=True)
        if glyph != " "
    )
    assert not ascii_only or "".join(drawing.glyphs).isascii()
    assert words(curves, log=log) or not any("x" in inks for inks in drawing.inks)


@settings(deadline=None)
@given(POINTS, st.integers(1, 6000), st.integers(1, 20))
def test_point_by_point_is_all_at_once(points: list[tuple[int, float]], steps: int, piece: int) -> None:
    at_once, grown = decimated(steps, points, 7.0), Decimated(steps, 7.0)
    for start in range(0, len(points), piece):
        part = points[start : start + piece]
        grown.add([step for step, _ in part], [loss for _, loss in part])
    for name in ("low", "high", "over_zero", "marked", "first_bad", "first_unloggable"):
        assert repr(getattr(grown, name)) == repr(getattr(at_once, name))
    assert grown.smooth == pytest.approx(at_once.smooth, nan_ok=True)


@settings(deadline=None)
@given(POINTS, st.integers(1, 5000))
def test_a_stretch_holds_the_least_and_greatest_of_its_steps(points: list[tuple[int, float]], steps: int) -> None:
    trace = decimated(steps, points)
    for place in {trace.place(step) for step, _ in points} | {0, len(trace.low) - 1}:
        inside = [loss for step, loss in points if trace.place(step) == place]
        finite = [max(-1e300, min(1e300, loss)) for loss in inside if math.isfinite(loss)]
        assert (trace.low[place], trace.high[place]) == (min(finite, default=math.inf), max(finite, default=-math.inf))
        assert trace.marked[place] == (len(finite) < len(inside))


def test_a_run_that_is_resumed_is_followed_from_where_it_was_cut() -> None:
    series = Series("loss")
    series.add([{"step": step, "loss": float(step)} for step in range(1, 9)])
    decimator = Decimator(series, "loss", 10)
    assert decimator.catch_up().high[7] == 8.0
    series.cut(4)
    series.add([{"step": 5, "loss": 1.0}])
    trace = decimator.catch_up()
    assert (trace.high[4], trace.high[7], trace.count) == (1.0, -math.inf, 5)


def test_the_average_has_no_bias_towards_zero() -> None:
    trace = decimated(9, [(step, 4.0) for step in range(1, 10)], 20.0)
    assert trace.smooth == pytest.approx([4.0] * 9)
    rising = decimated(3, [(1, 1.0), (2, 2.0), (3, 3.0)], 3.0)
    # alpha = 1/2: weights 1/4, 1/2, 1 of the three, over their sum.
    assert rising.smooth[2] == pytest.approx((0.25 * 1 + 0.5 * 2 + 1 * 3) / 1.75)


def test_higher_losses_stand_higher_and_later_ones_further_right() -> None:
    drawing = drawn(of(4.0, 3.0, 2.0, 1.0), 4, 8, smooth=False)
    tops = [row_of(drawing, column)[-1] for column in range(4)]
    assert tops == sorted(tops) and tops[0] < tops[3]
    half = drawn(of(4.0, 1.0, steps=4), 8, 8)
    assert not any(glyphs[4:].strip() for glyphs in half.glyphs), "what is not trained yet is blank"


def test_a_few_points_are_joined_by_a_line() -> None:
    drawing = drawn(of(5.0, 1.0, 5.0), 30, 10)
    low = [row_of(drawing, column)[-1] for column in range(5, 25)]
    assert low[:10] == sorted(low[:10]) and low[10:] == sorted(low[10:], reverse=True)
    assert len(set(low)) > 5


def test_a_long_run_keeps_its_one_spike() -> None:
    losses = [1.0] * 50_000
    losses[20_000] = 9.0
    drawing = drawn(of(*losses), 50, 10, smooth=False)
    assert drawing.glyphs[0].strip() == "" or row_of(drawing, 20)[0] == min(row_of(drawing, n)[0] for n in range(50))
    assert row_of(drawing, 20)[0] < row_of(drawing, 10)[0]


@pytest.mark.parametrize(
    ("losses", "log", "said", "column"),
    [
        ([1.0, math.nan, 2.0, 1.0], False, "NaN at step 2", 1),
        ([1.0, 2.0, 1.0, math.inf], False, "infinite at step 4", 3),
        ([math.nan] * 4, True, "NaN at step 1", 0),
        ([1.0, 2.0, 0.0, 1.0], True, "zero or less at step 3: not on a log axis", 2),
        ([1.0, 2.0, 0.0, 1.0], False, "", None),
    ],
)
def test_what_cannot_be_drawn_is_a_cross_on_top_and_a_word(
    losses: list[float], log: bool, said: str, column: int | None
) -> None:
    curves = of(*losses)
    drawing = drawn(curves, 4, 5, log=log)
    assert words(curves, log=log) == said
    assert drawing.glyphs[0].find(CROSS) == (-1 if column is None else column)
    assert drawn(curves, 4, 5, log=log, ascii_only=True).glyphs[0].find("x") == drawing.glyphs[0].find(CROSS)


def test_a_validation_that_is_no_number_is_said_of_the_validation() -> None:
    curves = Curves(decimated(9, [(1, 1.0)]), decimated(9, [(5, math.nan)]))
    assert words(curves, log=False) == "validation NaN at step 5"
    assert drawn(curves, 9, 3).glyphs[0][4] == CROSS


def test_layers_are_told_apart_by_ink_and_by_glyph() -> None:
    raw = [(step, 2.0 + step % 2) for step in range(1, 101)]
    curves = Curves(
        decimated(100, raw, 20.0), decimated(100, [(50, 4.5)]), (decimated(100, [(n, 1.0) for n in range(1, 61)]),)
    )
    drawing = drawn(curves, 20, 10)
    assert {"r", "s", "v", "1"} <= set("".join(drawing.inks))
    assert "".join(drawing.glyphs).count("◆") == 1
    assert "".join(drawing.glyphs).count(OVERLAYS[0]) == 12, "a character a column, over 60 of 100 steps"
    assert "o" in "".join(drawn(curves, 20, 10, ascii_only=True).glyphs)
    assert "r" not in "".join(drawn(curves, 20, 10, smooth=False).inks)


@given(LOSSES, st.booleans())
def test_the_axis_shows_all(losses: list[float], log: bool) -> None:
    shown = [loss for loss in losses if Axis(log=log).shows(loss) and abs(loss) <= 1e300]
    if shown:
        low, high = min(shown), max(shown)
        axis = Axis(log=log).around(low, high)
        assert axis.low < axis.high
        assert all(-1e-9 <= axis.depth(axis.at(one)) <= 1 + 1e-9 for one in (low, high))
        assert all(0 < len(label) <= LABEL for label in axis.labels())


def test_the_axis_moves_seldom() -> None:
    losses = [0.4 + 2.6 * math.exp(-step / 150) + 0.1 * abs(math.sin(1.7 * step)) for step in range(1, 1001)]
    axes = [Axis().around(min(losses[:step]), max(losses[:step])) for step in range(1, 1001)]
    moved = [step for step in range(1, 1000) if axes[step] != axes[step - 1]]
    # Each time the curve is sent whole: in the first fifth of a run, and then hardly ever.
    assert len(moved) <= 30 and sum(step > 200 for step in moved) <= 3
    assert Axis().around(1.0, 9.5) == Axis().around(1.1, 9.4)


def test_labels_say_where_the_axis_begins_and_ends() -> None:
    assert Axis(0.5, 3.5).labels() == ("3.5", "2.0", "0.5")
    assert Axis(0.0, 12000.0).labels() == ("12000", "6000", "0")
    assert Axis(-4.0, 0.0, log=True).labels() == ("1", "0.01", "1e-4")
    assert Axis(-1e300, 1e300).labels() == ("1e300", "0", "-1e300")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.8123456, "0.8123"),
        (-0.0012345, "-0.0012"),
        (1e-4, "1e-4"),
        (1.5e-5, "1.5e-5"),
        (-1.5e-300, "-2e-300"),
        (1234.567, "1235"),
        (12345.0, "12345"),
        (99999.9, "100000"),
        (123456.0, "1.2e5"),
        (0.0, "0"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_read_as_a_person_writes_them(number: float, text: str) -> None:
    assert short(number) == text


@settings(deadline=None)
@given(st.floats())
def test_no_number_is_longer_than_its_place(number: float) -> None:
    assert 0 < len(short(number)) <= LABEL


@settings(deadline=None)
@given(LOSSES, st.integers(-1, 40), st.booleans())
def test_a_spark_is_as_long_as_it_may_be_and_crosses_what_is_no_number(
    values: list[float], width: int, ascii_only: bool
) -> None:
    text = spark(values, width, ascii_only)
    assert len(text) == max(0, min(width, len(values)))
    if width >= len(values):
        cross = "x" if ascii_only else CROSS
        assert [one == cross for one in text] == [not math.isfinite(value) for value in values]


def test_a_spark_rises_with_its_values() -> None:
    assert spark([1, 2, 3, 4, 5, 6, 7, 8], 8) == "▁▂▃▄▅▆▇█"
    assert spark([1, 1, 3, 3], 2, True) == "_#" and spark([2.0, 2.0], 5) == "▁▁" and spark([], 5) == ""
    assert spark([1.0, math.nan, 3.0], 3, True) == "_x#"
