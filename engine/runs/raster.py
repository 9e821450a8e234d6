"""Curves as text: pure functions from numbers to rows of characters, without colour and without a terminal.

Numbers that cannot be drawn (NaN, infinite, zero on a logarithmic axis) enter no arithmetic: they are marks on the top
row.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from engine.canvas import Canvas, Spot
from engine.runs.axis import Axis
from engine.runs.decimate import Decimated

OVERLAYS = "+~%"
"""The character of each run laid over."""


@dataclass(frozen=True, slots=True)
class Curves:
    """What is drawn together, over the planned steps of `trace`."""

    trace: Decimated
    evals: Decimated
    others: tuple[Decimated, ...] = ()
    """Runs laid over, three at most; their planned steps are those of `trace`."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Rows of equal width, top first."""

    glyphs: list[str]
    inks: list[str]
    """What each cell belongs to: r raw losses, s smoothed, v a validation, x not a number, 1 to 3 a run laid over."""


def draw(
    curves: Curves, width: int, height: int, axis: Axis, *, smooth: bool = True, ascii_only: bool = False
) -> Drawing:
    """`height` rows of `width` cells, less than none counting as none.

    With `smooth` the moving average stands over the raw losses.
    """
    page = Canvas(width, height, lambda loss: axis.depth(axis.at(loss)), ascii_only)
    if page.width and page.height:
        page.line("r" if smooth else "s", _extent(curves.trace, axis))
        for number, other in enumerate(curves.others):
            page.glyphs_at(str(number + 1), OVERLAYS[number], _averages(other, axis))
        if smooth:
            page.line("s", _averages(curves.trace, axis))
        page.glyphs_at("v", "o" if ascii_only else "◆", _averages(curves.evals, axis))
        if words(curves, log=axis.log):
            page.top_marks("x", _undrawable(curves, axis))
    return Drawing(*page.rows())


def bounds(curves: Curves, *, log: bool) -> tuple[float, float] | None:
    """The least and greatest loss to be drawn; None when there is none."""
    drawn = (curves.trace, curves.evals, *curves.others)
    low = min(min(one.over_zero if log else one.low) for one in drawn)
    high = max(max(one.high) for one in drawn)
    return (low, high) if low <= high else None


def words(curves: Curves, *, log: bool) -> str:
    """What the crosses mean: "NaN at step 412"; empty when there are none."""
    for what, trace in (("", curves.trace), ("validation ", curves.evals)):
        if trace.first_bad is not None:
            step, loss = trace.first_bad
            return f"{what}{'NaN' if math.isnan(loss) else 'infinite'} at step {step}"
    below = [one.first_unloggable for one in (curves.trace, curves.evals) if one.first_unloggable is not None]
    return f"zero or less at step {min(below)}: not on a log axis" if log and below else ""


def _extent(trace: Decimated, axis: Axis) -> Iterator[Spot]:
    least = trace.over_zero if axis.log else trace.low
    for place, (low, high) in enumerate(zip(least, trace.high, strict=True)):
        if low <= high:
            yield (place + 0.5) / len(least), low, high


def _averages(trace: Decimated, axis: Axis) -> Iterator[Spot]:
    for place, value in enumerate(trace.smooth):
        if axis.shows(value):
            yield (place + 0.5) / len(trace.smooth), value, value


def _undrawable(curves: Curves, axis: Axis) -> Iterator[float]:
    for trace in (curves.trace, curves.evals):
        for place, (marked, low) in enumerate(zip(trace.marked, trace.low, strict=True)):
            if marked or (axis.log and low <= 0):
                yield (place + 0.5) / len(trace.marked)
