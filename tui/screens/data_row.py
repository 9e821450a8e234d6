"""Rows of the data as a person reads them, one at a time, each under what was found in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen

from engine.errors import TunewrightError, as_ours
from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.panel import SHORT, Panel, error_text, key_text
from tui.screens.step import key_row
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

KEYS = (
    Key("n,right,l", "turn(1)", "next", "the next of the list"),
    Key("p,left,h", "turn(-1)", "before", "the one before"),
    Key("y", "copy", "copy", "copy the whole text to the clipboard (OSC 52)"),
    Key("question_mark", "help", "help", "what is shown, and every key"),
    Key("escape,q", "close", "back", "back to the list"),
)
_ABOUT = "What was found and what to do about it stands first, then the row itself, every turn under its role."


@dataclass
class RowRead(Message):
    """The text of one of them is there."""

    at: int
    text: list[Row]

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, RowRead)


class RowScreen(ErrorNet, ModalScreen[int]):
    """Pages through `numbers`; `read` makes the text of one, in a thread.

    Dismissed with the place where it was left.
    """

    CSS_PATH = "drill.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, title: str, numbers: Sequence[int], at: int, read: Callable[[int], list[Row]]) -> None:
        """`at` is the place in `numbers` to begin with."""
        super().__init__()
        self._title = title
        self._numbers = numbers
        self._at = at
        self._read = read
        self._text: list[Row] = []

    def compose(self) -> ComposeResult:
        yield Painted(id="title")
        yield Prose(id="text")
        yield Painted(id="said")
        yield Painted([key_row(KEYS)], id="foot")

    def on_mount(self) -> None:
        self.action_turn(0)

    def action_turn(self, rows: int) -> None:
        self._at = (self._at + rows) % len(self._numbers)
        place = f" · {self._at + 1:,} of {len(self._numbers):,}"
        self.query_one("#title", Painted).show([row((self._title, "head"), (place, "dim"))])
        self.query_one("#said", Painted).show([])
        self._read_it(self._at)

    @work(thread=True, exclusive=True)
    def _read_it(self, at: int) -> None:
        # In a thread: a record that was left out is read from its file, which is hashed first.
        try:
            text = self._read(self._numbers[at])
        except (TunewrightError, OSError) as error:
            text = error_text(as_ours(error).message, as_ours(error).hint)
        self.post_message(RowRead(at, text))

    def on_row_read(self, message: RowRead) -> None:
        if message.at == self._at:
            self._text = message.text
            self.query_one("#text", Prose).show(message.text)

    def action_copy(self) -> None:
        text = "\n".join("".join(part for part, _ in one) for one in self._text)
        self.app.copy_to_clipboard(text.encode("utf-8", "replace").decode())
        self.query_one("#said", Painted).show([row((f"copied: {len(text):,} characters", "strong"))])

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(_ABOUT), *key_text(KEYS, ())]))

    def action_close(self) -> None:
        self.dismiss(self._at)
