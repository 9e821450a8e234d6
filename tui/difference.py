"""Only the cells that differ from what the terminal shows already are sent.

Textual repaints whole widgets, and the whole screen several times when one screen follows another: 5.5 KB each time at
80x24 (8.2.8, measured). Over a slow link that is seen. Here the last frame sent is remembered, as curses does.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual._compositor import CompositorUpdate
from textual.strip import Strip

Cell = tuple[str, Style | None]
"""A character with what combines with it, and its style; the second cell of a wide one is empty."""
_GAP = 6
"""Equal cells of one style between two different ones that are sent again: moving the cursor costs as many bytes."""


class Frame(CompositorUpdate):
    """A finished sequence, in the form that Textual's driver takes."""

    def __init__(self, sequence: str) -> None:
        self._sequence = sequence

    def render_segments(self, console: Console) -> str:
        return self._sequence


class Sent:
    """What the terminal shows, as far as we have sent it."""

    def __init__(self) -> None:
        self._strips: list[Strip] = []
        self._rows: list[list[Cell]] = []

    def forget(self) -> None:
        """The terminal was resized, or another program has drawn on it."""
        self._strips, self._rows = [], []

    def difference(self, strips: Sequence[Strip], console: Console) -> str:
        """The shortest sequence, or nearly, that turns what was sent last into `strips`; empty when they are equal."""
        if len(strips) != len(self._strips):
            self.forget()
        known = bool(self._strips)
        pieces = _Pieces(console)
        rows = []
        for y, strip in enumerate(strips):
            if known and strip == self._strips[y]:
                rows.append(self._rows[y])
                continue
            row = list(_cells(strip))
            before = self._rows[y] if known and len(self._rows[y]) == len(row) else None
            for start, end in _spans(before, row):
                pieces.write(y, start, row[start:end])
            rows.append(row)
        self._strips, self._rows = list(strips), rows
        return pieces.sequence()


class _Pieces:
    """Cells to be written, by style: each style is sent once (40 bytes), each place in 8 bytes."""

    def __init__(self, console: Console) -> None:
        self._colours = console._color_system or ColorSystem.TRUECOLOR
        self._written: dict[str, list[str]] = {"": []}

    def write(self, y: int, x: int, cells: Sequence[Cell]) -> None:
        for style, same in groupby(cells, key=itemgetter(1)):
            codes = Strip.render_ansi(style, self._colours) if style is not None else ""
            characters = [character for character, _ in same]
            self._written.setdefault(codes, []).append(f"\x1b[{y + 1};{x + 1}H{''.join(characters)}")
            x += len(characters)

    def sequence(self) -> str:
        """All of it; the style is the plain one before and after."""
        plain, *styled = self._written.items()
        # Taking the old style off and putting the new one on is one sequence.
        parts = [
            f"\x1b[{'0;' if number else ''}{codes}m{''.join(texts)}" for number, (codes, texts) in enumerate(styled)
        ]
        return "".join([*plain[1], *parts, "\x1b[0m" if parts else ""])


def _cells(strip: Strip) -> Iterator[Cell]:
    for text, style, control in strip:
        if control:
            continue
        cluster, size = "", 0
        for character in text:
            width = get_character_cell_size(character)
            if width and size:
                yield from _cell(cluster, size, style)
                cluster, size = "", 0
            cluster += character
            size += width
        yield from _cell(cluster, size, style)


def _cell(cluster: str, size: int, style: Style | None) -> Iterator[Cell]:
    # What combines with nothing, at the end of a text, has no cell.
    if size:
        yield cluster, style
    if size == 2:
        yield "", style


def _spans(before: Sequence[Cell] | None, after: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """(start, end) of the runs of cells to send; never one half of a wide character."""
    if before is None:
        yield 0, len(after)
        return
    start = end = -1
    for x, (old, new) in enumerate(zip(before, after, strict=True)):
        if old == new:
            continue
        if start < 0:
            start = x
        elif x - end > _GAP or any(style != after[x][1] for _, style in after[end:x]):
            yield _whole(start, end, after)
            start = x
        end = x + 1
    if start >= 0:
        yield _whole(start, end, after)


def _whole(start: int, end: int, row: Sequence[Cell]) -> tuple[int, int]:
    while start > 0 and row[start][0] == "":
        start -= 1
    while end < len(row) and row[end][0] == "":
        end += 1
    return start, end
