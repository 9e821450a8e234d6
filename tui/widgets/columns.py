"""Texts beside each other, each wrapped in a column of its own."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len

from tui.widgets.painted import Part, Row, wrap

_BETWEEN = " | "


def beside(texts: Sequence[Sequence[Row]], width: int) -> list[Row]:
    """`texts`, each given as paragraphs, as rows of at most `width` cells."""
    each = max(1, (width - len(_BETWEEN) * (len(texts) - 1)) // max(1, len(texts)))
    columns = [[line for paragraph in text for line in wrap(paragraph, each)] for text in texts]
    return [tuple(_joined(lines, each)) for lines in zip_longest(*columns, fillvalue=())]


def _joined(lines: Sequence[Row], width: int) -> Iterator[Part]:
    for number, line in enumerate(lines):
        if number:
            yield _BETWEEN, "dim"
        yield from line
        if number < len(lines) - 1:
            yield " " * max(0, width - sum(cell_len(text) for text, _ in line)), ""
