"""A list under headings: the mark passes over them."""

from collections.abc import Collection, Iterable

from tui.widgets.lines import Lines
from tui.widgets.painted import Row


class Grouped(Lines):
    """Lines of which some are headings."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._heads: Collection[int] = ()

    def show_groups(self, rows: Iterable[Row], heads: Collection[int], cursor: int | None = None) -> None:
        """Shows `rows`, of which those numbered in `heads` are headings; the mark stays unless `cursor` is given."""
        self._heads = heads
        self.show(rows, cursor)

    def move_to(self, index: int) -> None:
        """Marks row `index`, or the nearest there is that is no heading, in the direction of the move first."""
        index = max(0, min(index, len(self.rows) - 1))
        onward = range(index, len(self.rows)) if index >= self.cursor else range(index, -1, -1)
        around = sorted(range(len(self.rows)), key=lambda at: abs(at - index))
        super().move_to(next((at for at in (*onward, *around) if at not in self._heads), index))
        if self.cursor == min((at for at in range(len(self.rows)) if at not in self._heads), default=0):
            # Its heading can then be seen too.
            self.turn_to(0)

    def _more(self) -> tuple[int, int]:
        # How many are hidden is not written over the marked row: its end is what one looks at.
        above, below = super()._more()
        at = self.cursor - self.top
        return 0 if at == 0 else above, 0 if at == self.size.height - 1 else below
