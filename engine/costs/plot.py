"""What both arms have cost by each month, as rows of characters: pure, without colour and without a terminal.

Amounts that cannot be drawn (NaN, infinite) are left out; the axis of money always holds zero, so that no difference
looks larger than it is.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.canvas import CROSS, Canvas, Spot, round_up
from engine.costs.months import Month

_MOST = 1e300
"""Amounts beyond are drawn as this one: twice it is still a float."""
_ROWS_A_TICK = 2
_LEAST = 3
"""Rows of a plot so small that it has none for the months."""
_UNDER = "month"
_CELLS_BETWEEN = 3
_NARROWEST = 30
"""Columns below which the labels of money leave their room to the curve."""
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
"""Months between two labels."""
_UNITS = ((1e12, 1e12, "T"), (1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e5, 1e3, "k"))
"""(reach, size, letter): an axis that reaches as far is labelled in units of that size; $50,000 can still be read."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Rows of equal width, top first."""

    glyphs: list[str]
    inks: list[str]
    """What each cell belongs to: t the tuned arm, b the baseline, x where they meet, e the end of the tuned model's
    base, a a label, c the column of the month that is read."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """Where both arms have cost the same."""

    month: float
    cost: float
    """USD."""


def meetings(months: Sequence[Month]) -> tuple[Meeting, ...]:
    """Every place where the dearer arm becomes the cheaper one; between two months the costs are taken as straight."""
    return tuple(_meetings(months))


def _meetings(months: Sequence[Month]) -> Iterator[Meeting]:
    lead = 0.0
    """How much dearer the tuned arm was when the two last differed."""
    for before, after in pairwise(months):
        here, there = before.tuned - before.baseline, after.tuned - after.baseline
        lead = here or lead
        if math.isfinite(here) and math.isfinite(there) and (lead > 0 > there or lead < 0 < there):
            part = here / (here - there)
            month = before.month + part * (after.month - before.month)
            yield Meeting(month, before.tuned + part * (after.tuned - before.tuned))


def draw(
    months: Sequence[Month], horizon: float, width: int, height: int, *, read: int | None = None, ascii_only: bool
) -> Plot:
    """`height` rows of `width` cells, labels included, less than none counting as none.

    The axis of months reaches to `horizon`, the months that were asked for: where `months` end before, a line says so.
    `read`: the place in `months` whose column is marked.
    """
    width, height = max(0, width), max(0, height)
    under = height > _LEAST
    scale = _scale([amount for one in months for amount in (one.baseline, one.tuned)], height - under)
    widest = max(len(_UNDER), *(len(scale.label(value)) for value in scale.ticks))
    gutter = widest + 1 if width >= _NARROWEST else 0
    canvas = Canvas(width - gutter, height - under, scale.depth, ascii_only)
    across = _Across(_far(months, horizon), canvas.width)
    if canvas.width and canvas.height:
        _draw_arms(canvas, months, across, ascii_only)
    glyphs, inks = canvas.rows()
    if read is not None and 0 <= read < len(months) and canvas.width:
        cell = across.cell(months[read].month)
        inks = [f"{one[:cell]}c{one[cell + 1 :]}" for one in inks]
    labels = {canvas.row(value): scale.label(value) for value in scale.ticks} if canvas.height else {}
    left = [labels.get(y, "") for y in range(len(glyphs))]
    if under:
        left, glyphs, inks = [*left, _UNDER], [*glyphs, across.labels()], [*inks, "a" * canvas.width]
    if gutter:
        glyphs = [f"{text:>{widest}} {one}" for text, one in zip(left, glyphs, strict=True)]
    return Plot(glyphs, ["a" * gutter + one for one in inks])


def _far(months: Sequence[Month], horizon: float) -> float:
    """The month at the right end."""
    far = max((month for month in (horizon, *(one.month for one in months)) if math.isfinite(month)), default=1.0)
    return far if far > 0 else 1.0


def _draw_arms(canvas: Canvas, months: Sequence[Month], across: "_Across", ascii_only: bool) -> None:
    if months and months[-1].month < across.far:
        cell = across.cell(months[-1].month)
        for y in range(canvas.height):
            canvas.put(cell, y, "e", "|" if ascii_only else "│")
    canvas.glyphs_at("b", "+", _walked(canvas, [(one.month, one.baseline) for one in months], across))
    canvas.line("t", _spots([(one.month, one.tuned) for one in months], across))
    for one in meetings(months):
        canvas.put(across.cell(one.month), canvas.row(_drawable(one.cost)), "x", "x" if ascii_only else CROSS)


def _spots(points: Sequence[tuple[float, float]], across: "_Across") -> Iterator[Spot]:
    for month, amount in points:
        if math.isfinite(amount) and math.isfinite(month):
            yield across.place(month), _drawable(amount), _drawable(amount)


def _walked(canvas: Canvas, points: Sequence[tuple[float, float]], across: "_Across") -> Iterator[Spot]:
    """A spot in every column between the first point and the last, on the straight line from one to the next."""
    spots = list(_spots(points, across))
    yield from spots[:1]
    for (start, low, _), (end, high, _) in pairwise(spots):
        first, last = int(start * canvas.width), int(end * canvas.width)
        for cell in range(first + 1, last + 1):
            amount = low + (high - low) * ((cell - first) / (last - first))
            yield (cell + 0.5) / canvas.width, amount, amount


def _drawable(amount: float) -> float:
    return max(-_MOST, min(_MOST, amount))


@dataclass(frozen=True, slots=True)
class _Across:
    """The axis of months, from 0 to `far`, over `width` columns."""

    far: float
    width: int

    def place(self, month: float) -> float:
        """How far to the right, less than 1: the middle of the month's column."""
        part = max(0.0, min(1.0, month / self.far))
        return (part * (self.width - 1) + 0.5) / self.width

    def cell(self, month: float) -> int:
        return int(self.place(month) * self.width)

    def labels(self) -> str:
        """A row with the months under their columns."""
        row = [" "] * self.width
        wide = len(f"{self.far:.0f}") + _CELLS_BETWEEN
        step = next((step for step in _STEPS if self.far / step * wide <= self.width), None)
        for month in range(0, math.floor(self.far) + 1, step) if step else ():
            text = str(month)
            cell = min(self.cell(month), self.width - len(text))
            row[cell : cell + len(text)] = text
        return "".join(row)


@dataclass(frozen=True, slots=True)
class _Scale:
    """The axis of money, its ends multiples of `step`."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + number * self.step for number in range(count + 1)]

    def depth(self, amount: float) -> float:
        return (self.high - amount) / (self.high - self.low)

    def label(self, amount: float) -> str:
        """An amount on this axis: $0, $2,500, $0.05, $1.2M."""
        reach = max(abs(self.low), abs(self.high))
        _, size, unit = next((one for one in _UNITS if reach >= one[0]), (0.0, 1.0, ""))
        if reach >= 1e15:
            return f"{'-' if amount < 0 else ''}${abs(amount):.0e}".replace("e+", "e")
        decimals = max(0, -math.floor(math.log10(self.step / size) + 1e-9))
        said = round(amount / size, decimals)
        return f"{'-' if said < 0 else ''}${abs(said):,.{decimals if said else 0}f}{unit if said else ''}"


def _scale(amounts: Sequence[float], rows: int) -> _Scale:
    """The axis that holds zero and every amount, with a label every second row at most."""
    known = [_drawable(amount) for amount in amounts if math.isfinite(amount)]
    low, high = min([0.0, *known]), max([0.0, *known])
    if high - low < 1e-6:
        high = low + 1.0
    step = round_up((high - low) / max(1, rows // _ROWS_A_TICK))
    return _Scale(math.floor(low / step) * step, math.ceil(high / step) * step, step)
