"""Prompt, reference and what each system answered, one row of a set at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen

from engine.errors import TunewrightError
from engine.side_by_side import Answers, SideBySide
from tui.keys import MOVING, Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.panel import Panel
from tui.screens.step import key_row
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from tui.app import Wizard

KEYS = (
    Key("n,right", "page(1)", "next", "the next row"),
    Key("p,left", "page(-1)", "back", "the row before"),
    Key("f", "filter", "filter", "show only some rows: those that the tuned model gets wrong, wins, loses; or all"),
    Key("y", "copy", "copy", "copy prompt, reference and answers to the clipboard (OSC 52)"),
    Key("question_mark", "help", "help", "what is shown, and every key"),
    Key("escape,o,q", "close", "close", "back to the table"),
)
_ABOUT = (
    "The same prompt, answered by every system: right and wrong by exact match, as in the table. The worked examples "
    "that base_few_shot was given before the prompt are not shown."
)


@dataclass
class AnswersRead(Message):
    """The places of all answers are known."""

    paired: SideBySide


@dataclass
class AnswersUnread(Message):
    """The saved answers cannot be read."""

    error: TunewrightError


class AnswersScreen(ErrorNet, ModalScreen[None]):
    """Pages through a set. `read` is called in a thread: a large set takes a while."""

    CSS_PATH = "answers.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, name: str, read: Callable[[], SideBySide]) -> None:
        super().__init__()
        self._set = name
        self._read = read
        self._paired: SideBySide | None = None
        self._filter = 0
        self._rows: Sequence[int] = ()
        """Numbers of the rows that the filter lets through."""
        self._at = 0

    def compose(self) -> ComposeResult:
        yield Painted([row((f"Answers on {self._set}", "head"), ": reading ...")], id="title")
        yield Prose(id="text")
        yield Painted([key_row(KEYS)], id="foot")

    def on_mount(self) -> None:
        self._read_all()

    @work(thread=True)
    def _read_all(self) -> None:
        try:
            self.post_message(AnswersRead(self._read()))
        except TunewrightError as error:
            self.post_message(AnswersUnread(error))

    def on_answers_read(self, message: AnswersRead) -> None:
        self._paired = message.paired
        self._let_through()

    def on_answers_unread(self, message: AnswersUnread) -> None:
        self._refuse(message.error)

    def _refuse(self, error: TunewrightError) -> None:
        wizard = cast("Wizard", self.app)
        self.dismiss()
        wizard.call_later(wizard.show_error, error)

    def _let_through(self) -> None:
        assert self._paired is not None
        self._rows, self._at = self._paired.matching(self._filters[self._filter]), 0
        self._show()

    @property
    def _filters(self) -> Sequence[str]:
        return self._paired.filters() if self._paired else ("all",)

    def _show(self) -> None:
        """The row at the cursor; the view closes when its files have changed under it."""
        assert self._paired is not None
        place = f"{self._at + 1} of {len(self._rows)}" if self._rows else "none"
        title = row((f"Answers on {self._set}", "head"), f" · {place} · filter: {self._filters[self._filter]}")
        try:
            shown = answer_rows(self._paired.at(self._rows[self._at])) if self._rows else [row("No row is like that.")]
        except TunewrightError as error:
            self._refuse(error)
            return
        self.query_one("#title", Painted).show([title])
        self.query_one("#text", Prose).show(shown)

    def action_page(self, rows: int) -> None:
        if self._rows:
            self._at = (self._at + rows) % len(self._rows)
            self._show()

    def action_filter(self) -> None:
        if self._paired is not None:
            self._filter = (self._filter + 1) % len(self._filters)
            self._let_through()

    def action_copy(self) -> None:
        shown = self.query_one("#text", Prose).rows
        cast("Wizard", self.app).copy("\n".join("".join(text for text, _ in one) for one in shown))

    def action_help(self) -> None:
        keys = [row((f"  {one.cap:<8}", "strong"), one.help) for one in (*KEYS, *MOVING)]
        self.app.push_screen(Panel("Help", [row(_ABOUT), row(""), *keys]))

    def action_close(self) -> None:
        self.dismiss()


def answer_rows(shown: Answers) -> list[Row]:
    """One row of a set as a person reads it."""
    rows = [row((f"{turn.get('role')}: ", "dim"), str(turn.get("content"))) for turn in shown.prompt]
    rows += [row(""), row(("should be", "strong")), row(f"{shown.reference}")]
    for system, answer in shown.answers.items():
        glyph, word, role = ("✓", "right", "good") if shown.right[system] else ("✗", "wrong", "bad")
        rows += [row(""), row((f"{system}: ", "strong"), (f"{glyph} {word}", role)), row(answer or "(nothing)")]
    return rows
