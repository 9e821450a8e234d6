"""Cells on which curves are drawn as text, and the round numbers of their axes.

A braille character holds two dots across and four down; in ASCII one of four heights.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bit of the dot in each column and row of a braille character, from U+2800 on (Unicode 16.0, section 21.1)."""
_HEIGHTS = "'-._"
"""From the top; a cell with more than one height is a bar."""
CROSS = "\u00d7"

Spot = tuple[float, float, float]
"""How far to the right (0 to 1, less than 1), and the least and greatest value there."""


class Canvas:
    """Rows of equal width, top first, on which layers are drawn; a later layer covers an earlier one cell by cell.

    `depth` says how far below the top a value stands, as a part of the height.
    """

    def __init__(self, width: int, height: int, depth: Callable[[float], float], ascii_only: bool) -> None:
        self.width, self.height = max(0, width), max(0, height)
        self._depth, self._ascii = depth, ascii_only
        self._across = 1 if ascii_only else 2
        self.glyphs = [[" "] * self.width for _ in range(self.height)]
        self.inks = [[" "] * self.width for _ in range(self.height)]
        """What each cell belongs to: a letter a layer."""

    def line(self, ink: str, spots: Iterable[Spot]) -> None:
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

    def glyphs_at(self, ink: str, glyph: str, spots: Iterable[Spot]) -> None:
        """One character a column, at the least value of the last spot there."""
        rows = {int(x * self.width): self.row(low) for x, low, _ in spots}
        for cell, y in rows.items():
            self.put(cell, y, ink, glyph)

    def top_marks(self, ink: str, places: Iterable[float]) -> None:
        """Crosses in the top row."""
        for x in places:
            self.put(int(x * self.width), 0, ink, "x" if self._ascii else CROSS)

    def put(self, cell: int, y: int, ink: str, glyph: str) -> None:
        """One character in column `cell` of row `y`."""
        self.glyphs[y][cell], self.inks[y][cell] = glyph, ink

    def row(self, value: float) -> int:
        """The row in which a value stands, 0 at the top."""
        return self._dot_row(value) // 4

    def rows(self) -> tuple[list[str], list[str]]:
        """The characters and the inks, row by row."""
        return ["".join(one) for one in self.glyphs], ["".join(one) for one in self.inks]

    def _joined(self, spots: Iterable[Spot]) -> Iterator[tuple[int, int, int]]:
        """(column of dots, top, bottom) of every stroke, those that close gaps included."""
        before: tuple[int, int, int] | None = None
        for stroke in self._strokes(spots):
            if before is not None:
                yield from _bridge(before, stroke)
            yield stroke
            before = stroke

    def _strokes(self, spots: Iterable[Spot]) -> Iterator[tuple[int, int, int]]:
        """One stroke a column that holds spots."""
        columns = self.width * self._across
        for column, same in groupby(spots, key=lambda spot: int(spot[0] * columns)):
            _, lows, highs = zip(*same, strict=True)
            yield column, self._dot_row(max(highs)), self._dot_row(min(lows))

    def _dot_row(self, value: float) -> int:
        last = self.height * 4 - 1
        return max(0, min(last, round(self._depth(value) * last)))

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


def round_up(number: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50 ... and their inverses; `number` is above 0."""
    power = 10.0 ** math.floor(math.log10(number))
    return next((factor * power for factor in (1, 2, 5) if number <= factor * power), 10 * power)
