"""Risk as rows of characters: how far each lever moves the outcome, and how the draws are spread.

What is a loss and what a gain is told by the character, not by a colour.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_LOSS, _GAIN = ("░", "-"), ("█", "#")
_NOW = ("│", "|")
_ZERO = ":"
_EIGHTHS = ("▁▂▃▄▅▆▇█", "....:::#")
_MOST = 1e300
"""Amounts beyond are drawn as this one: twice it is still a float."""


@dataclass(frozen=True, slots=True)
class Span:
    """USD at the left and at the right end of a row."""

    low: float
    high: float

    @classmethod
    def over(cls, amounts: Iterable[float]) -> "Span":
        """The span that holds them all, those that are no numbers left out."""
        known = [max(-_MOST, min(_MOST, one)) for one in amounts if not math.isnan(one)] or [0.0]
        return cls(min(known), max(known))

    def cell(self, amount: float, width: int) -> int:
        """The column of an amount; beyond an end the last one there."""
        if self.high <= self.low or math.isnan(amount):
            return max(0, width // 2)
        part = (max(self.low, min(self.high, amount)) - self.low) / (self.high - self.low)
        return max(0, min(width - 1, int(part * width)))

    def amount(self, cell: int, width: int) -> float:
        """The amount in the middle of a column."""
        return self.low + (self.high - self.low) * (cell + 0.5) / width

    def holds(self, amount: float) -> bool:
        return self.low <= amount <= self.high


def bar(ends: tuple[float, float], now: float, span: Span, width: int, *, ascii_only: bool) -> str:
    """A row of `width` cells: from one outcome to the other, losses in another character than gains, `now` marked.

    Zero is marked where the bar does not reach it.
    """
    if width <= 0:
        return ""
    style = int(ascii_only)
    row = [" "] * width
    if span.holds(0.0):
        row[span.cell(0.0, width)] = _ZERO
    first, last = sorted(span.cell(one, width) for one in ends)
    for cell in range(first, last + 1):
        row[cell] = (_LOSS if span.amount(cell, width) < 0 else _GAIN)[style]
    row[span.cell(now, width)] = _NOW[style]
    return "".join(row)


def histogram(counts: Sequence[int], width: int, height: int, *, ascii_only: bool) -> list[str]:
    """`height` rows of `width` cells, top first: the most frequent outcome fills the height."""
    width, height = max(0, width), max(0, height)
    columns = [_mean(counts, cell, width) for cell in range(width)] if counts else [0.0] * width
    most = max(columns, default=0.0)
    eighths = [math.ceil(one / most * height * 8) if most > 0 else 0 for one in columns]
    marks = _EIGHTHS[int(ascii_only)]
    return ["".join(_block(marks, level - 8 * (height - 1 - y)) for level in eighths) for y in range(height)]


def _mean(counts: Sequence[int], cell: int, width: int) -> float:
    """The average of the counts that fall into a column; where there are fewer counts than columns, the nearest one."""
    first = len(counts) * cell // width
    last = max(first + 1, len(counts) * (cell + 1) // width)
    return sum(counts[first:last]) / (last - first)


def _block(marks: str, eighths: int) -> str:
    return marks[min(eighths, 8) - 1] if eighths > 0 else " "


def marked(marks: Mapping[str, float], span: Span, width: int) -> str:
    """A row with each text under its amount, the earlier ones first; one that has no room is left out."""
    row = [" "] * max(0, width)
    for text, amount in marks.items():
        start = max(0, min(span.cell(amount, width) - len(text) // 2, width - len(text)))
        around = row[max(0, start - 1) : start + len(text) + 1]
        if len(text) <= width and span.holds(amount) and not "".join(around).strip():
            row[start : start + len(text)] = text
    return "".join(row)
