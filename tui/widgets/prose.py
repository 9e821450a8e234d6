"""Text to read: rows wrapped to the width, scrolled when focused."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size

from tui.keys import MOVING, bindings
from tui.widgets.painted import Painted, Row, wrap


class Prose(Painted, can_focus=True):
    """Paragraphs, each a `Row` that may hold line breaks."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(MOVING)

    def __init__(self, text: Iterable[Row] = (), *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__((), id=id, classes=classes)
        self._text = list(text)

    def show(self, rows: Iterable[Row]) -> None:
        """Shows `rows` from the top, wrapped."""
        text = list(rows)
        if text != self._text:
            self._text = text
            self.turn_to(0)
            if self.styles.is_auto_height:
                # Without a row so far it has no width either, and could not wrap.
                self.refresh(layout=True)
        self._wrap()

    def _wrap(self) -> None:
        width = max(1, self.size.width)
        self._replace([line for paragraph in self._text for line in wrap(paragraph, width)] if self.size.width else [])

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return sum(len(wrap(paragraph, max(1, width))) for paragraph in self._text)

    def on_resize(self) -> None:
        self._wrap()
        super().on_resize()

    def action_move(self, rows: int) -> None:
        self.turn_to(self.top + rows)

    def action_page(self, pages: int) -> None:
        self.turn_to(self.top + pages * max(1, self.size.height - 1))

    def action_edge(self, index: int) -> None:
        self.turn_to(0 if index >= 0 else len(self.rows))
