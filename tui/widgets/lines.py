"""A list with a cursor. One key moves it and costs the two rows that change."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.keys import LISTS, bindings
from tui.widgets.painted import Painted, Row


class Lines(Painted, can_focus=True):
    """Rows of which one is marked."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--cursor"}
    DEFAULT_CSS = """
    Lines {
        & .lines--cursor { text-style: bold; }
        &:focus .lines--cursor { text-style: reverse; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings(one for one in LISTS if not one.action.startswith("app."))

    @dataclass
    class Highlighted(Message):
        """The cursor has moved."""

        lines: "Lines"
        index: int

        @property
        def control(self) -> "Lines":
            return self.lines

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Lines.Highlighted) and message.lines is self.lines

    @dataclass
    class Chosen(Message):
        """Enter was pressed on a row."""

        lines: "Lines"
        index: int

        @property
        def control(self) -> "Lines":
            return self.lines

    @dataclass
    class Paged(Message):
        """A page was asked for, and the list has but one: what stands below it may have more."""

        lines: "Lines"
        pages: int

    def __init__(self, rows: Iterable[Row] = (), *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(rows, id=id, classes=classes)
        self.cursor = 0

    def show(self, rows: Iterable[Row], cursor: int | None = None) -> None:
        """Shows `rows`; the cursor stays where it is unless `cursor` says otherwise."""
        self._replace(list(rows))
        self.move_to(self.cursor if cursor is None else cursor)

    def move_to(self, index: int) -> None:
        """Marks row `index`, or the nearest there is."""
        new = max(0, min(index, len(self.rows) - 1))
        if new != self.cursor:
            old, self.cursor = self.cursor, new
            self.refresh_row(old)
            self.refresh_row(new)
            self.post_message(self.Highlighted(self, new))
        self._into_view()

    def _into_view(self) -> None:
        # Half a page at once: scrolling by one row would repaint the whole list at every key.
        # Without a size yet nothing can be out of sight.
        if self.size.height and not self.top <= self.cursor < self.top + self.size.height:
            self.turn_to(self.cursor - self.size.height // 2)

    def on_resize(self) -> None:
        super().on_resize()
        self._into_view()

    def _style_of(self, number: int) -> Style:
        if number == self.cursor and number < len(self.rows):
            return self.rich_style + self.get_component_rich_style("lines--cursor", partial=True)
        return self.rich_style

    def action_move(self, rows: int) -> None:
        self.move_to(self.cursor + rows)

    def action_page(self, pages: int) -> None:
        if len(self.rows) <= self.size.height:
            self.post_message(self.Paged(self, pages))
            return
        self.move_to(self.cursor + pages * max(1, self.size.height - 1))

    def action_edge(self, index: int) -> None:
        self.move_to(index if index >= 0 else len(self.rows) - 1)

    def action_choose(self) -> None:
        if self.rows:
            self.post_message(self.Chosen(self, self.cursor))

    def on_focus(self) -> None:
        self.refresh_row(self.cursor)

    def on_blur(self) -> None:
        self.refresh_row(self.cursor)

    def on_click(self, event: events.Click) -> None:
        index = event.y + self.top
        if index < len(self.rows):
            self.action_choose() if index == self.cursor else self.move_to(index)
