"""Text cut or filled to a number of cells, for columns of a list."""

from rich.cells import cell_len, set_cell_size

from engine.safe_text import one_line

_LONGEST = 400
"""Characters that are looked at: no column is wider."""


def fitted(text: str, size: int) -> str:
    """`text` in exactly `size` cells; what is cut off is told by two dots."""
    shown = one_line(text, _LONGEST)
    if cell_len(shown) <= size:
        return set_cell_size(shown, max(0, size))
    return set_cell_size(shown, max(0, size - 2)) + ".."[: max(0, size)]
