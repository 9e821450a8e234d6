"""Curves as text: pure functions from numbers to rows of characters, without colour and without a terminal.

A braille character holds two dots across and four down; in ASCII one of four heights. Numbers that cannot be drawn
(NaN, infinite, zero on a logarithmic axis) enter no arithmetic: they are marks on the top row.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from engine.runs.axis import Axis
from engine.runs.decimate import Decimated

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bit of the dot in each column and row of a braille character, from U+2800 on (Unicode 16.0, section 21.1)."""
_HEIGHTS = "'-._"
"""From the top; a cell with more than one height is a bar."""
CROSS = "\u00d7"
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
    page = _Page(max(0, width), max(0, height), axis, ascii_only)
    if page.width and page.height:
        page.line("r" if smooth else "s", _extent(curves.trace, axis))
        for number, other in enumerate(curves.others):
            page.glyphs_at(str(number + 1), OVERLAYS[number], _averages(other, axis))
        if smooth:
            page.line("s", _averages(curves.trace, axis))
        page.glyphs_at("v", "o" if ascii_only else "◆", _averages(curves.evals, axis))
        if words(curves, log=axis.log):
            page.top_marks(_undrawable(curves, axis))
    return Drawing(["".join(row) for row in page.glyphs], ["".join(row) for row in page.inks])


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


_Spot = tuple[float, float, float]
"""How far along the steps (0 to 1), and the least and greatest loss there."""


def _extent(trace: Decimated, axis: Axis) -> Iterator[_Spot]:
    least = trace.over_zero if axis.log else trace.low
    for place, (low, high) in enumerate(zip(least, trace.high, strict=True)):
        if low <= high:
            yield (place + 0.5) / len(least), low, high


def _averages(trace: Decimated, axis: Axis) -> Iterator[_Spot]:
    for place, value in enumerate(trace.smooth):
        if axis.shows(value):
            yield (place + 0.5) / len(trace.smooth), value, value


def _undrawable(curves: Curves, axis: Axis) -> Iterator[float]:
    for trace in (curves.trace, curves.evals):
        for place, (marked, low) in enumerate(zip(trace.marked, trace.low, strict=True)):
            if marked or (axis.log and low <= 0):
                yield (place + 0.5) / len(trace.marked)


class _Page:
    """Cells on which layers are drawn; a later layer covers an earlier one cell by cell."""

    def __init__(self, width: int, height: int, axis: Axis, ascii_only: bool) -> None:
        self.width, self.height = width, height
        self._axis, self._ascii = axis, ascii_only
        self._across = 1 if ascii_only else 2
        self.glyphs = [[" "] * width for _ in range(height)]
        self.inks = [[" "] * width for _ in range(height)]

    def line(self, ink: str, spots: Iterator[_Spot]) -> None:
        """Vertical strokes from least to greatest, joined from spot to spot."""
        bits = [[0] * self.width for _ in range(self.height)]
        for column, top, bottom in self._joined(spots):
            cell, dot = divmod(column, self._across)
            for y in range(top, bottom + 1):
                bits[y // 4][cell] |= _DOTS[dot][y % 4]
        for glyphs, inks, row in zip(self.glyphs, self.inks, bits, strict=True):
            for cell, mask in enumerate(row):
                if mask:
                    glyphs[cell], inks[cell] = self._character(mask), ink

    def glyphs_at(self, ink: str, glyph: str, spots: Iterator[_Spot]) -> None:
        """One character a column, at the last spot there."""
        rows = {int(x * self.width): self._row(low) // 4 for x, low, _ in spots}
        for cell, y in rows.items():
            self.glyphs[y][cell], self.inks[y][cell] = glyph, ink

    def top_marks(self, places: Iterator[float]) -> None:
        for x in places:
            cell = int(x * self.width)
            self.glyphs[0][cell], self.inks[0][cell] = "x" if self._ascii else CROSS, "x"

    def _joined(self, spots: Iterator[_Spot]) -> Iterator[tuple[int, int, int]]:
        """(column of dots, top, bottom) of every stroke, those that close gaps included."""
        before: tuple[int, int, int] | None = None
        for stroke in self._strokes(spots):
            if before is not None:
                yield from _bridge(before, stroke)
            yield stroke
            before = stroke

    def _strokes(self, spots: Iterator[_Spot]) -> Iterator[tuple[int, int, int]]:
        """One stroke a column that holds spots."""
        columns = self.width * self._across
        for column, same in groupby(spots, key=lambda spot: int(spot[0] * columns)):
            _, lows, highs = zip(*same, strict=True)
            yield column, self._row(max(highs)), self._row(min(lows))

    def _row(self, loss: float) -> int:
        """Row of dots, 0 at the top."""
        last = self.height * 4 - 1
        return max(0, min(last, round(self._axis.depth(self._axis.at(loss)) * last)))

    def _character(self, mask: int) -> str:
        if not self._ascii:
            return chr(0x2800 + mask)
        heights = [glyph for glyph, bit in zip(_HEIGHTS, _DOTS[0], strict=True) if mask & bit]
        return heights[0] if len(heights) == 1 else "|"


def _bridge(before: tuple[int, int, int], after: tuple[int, int, int]) -> Iterator[tuple[int, int, int]]:
    """Strokes that lead from one to the next: a straight line over empty columns, a riser between neighbours."""
    (start, top, bottom), (end, next_top, next_bottom) = before, after
    if bottom < next_top:
        here, there = bottom, next_top
    elif next_bottom < top:
        here, there = top, next_bottom
    else:
        here = there = (max(top, next_top) + min(bottom, next_bottom)) // 2
    y = here
    for column in range(start + 1, end + 1):
        target = here + (there - here) * (column - start) // (end - start)
        yield column, min(y, target), max(y, target)
        y = target
