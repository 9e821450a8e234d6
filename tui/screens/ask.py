"""One thing asked: a text to type, or a choice from a list."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.errors import TunewrightError, as_ours
from engine.journey import by_step
from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.panel import SHORT
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.widgets.typed import TypedLine

KEYS = (Key("escape", "close", "cancel", "leave without an answer"),)
FILTER_KEYS = (
    *KEYS,
    Key("slash", "filter", "filter", "type to see only what matches"),
    Key("down", "move(1)", "down", "one line down", shown=False),
    Key("up", "move(-1)", "up", "one line up", shown=False),
)


class Ask(ErrorNet, ModalScreen[str | None]):
    """Asks for a line of text; dismissed with it, or with None."""

    CSS_PATH = "panel.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(
        self, question: str, why: Sequence[Row], given: str = "", check: Callable[[str], object] | None = None
    ) -> None:
        """`check` raises a TunewrightError for a text that does not fit; what it says is shown and nothing is lost."""
        super().__init__()
        self._question = question
        self._why = why
        self._given = given
        self._check = check

    def compose(self) -> ComposeResult:
        yield Prose([row((self._question, "head"))], id="title")
        yield TypedLine(self._given)
        yield Prose((), id="problem")
        yield Prose(self._why, id="text")
        yield Painted([row(("enter", "strong"), " save   ", ("esc", "strong"), " cancel")], id="foot")

    def on_mount(self) -> None:
        self.query_one(TypedLine).focus()

    @on(TypedLine.Submitted)
    def _submitted(self, event: TypedLine.Submitted) -> None:
        event.stop()
        try:
            if self._check:
                self._check(event.value)
        except (TunewrightError, OSError) as refused:
            error = as_ours(refused)
            self.query_one("#problem", Prose).show([row((by_step(str(error)), "bad")), row(by_step(error.hint))])
            return
        self.dismiss(event.value)

    def action_close(self) -> None:
        self.dismiss(None)


class Choose(ErrorNet, ModalScreen[int | None]):
    """Asks for one of several; dismissed with its number in `rows`, or with None.

    "/" filters by typing; with `typing` one types at once, as in a palette of many.
    """

    CSS_PATH = "panel.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    BINDINGS: ClassVar[list[BindingType]] = bindings(FILTER_KEYS)

    def __init__(
        self, question: str, rows: Sequence[Row], why: Sequence[Row] = (), cursor: int = 0, *, typing: bool = False
    ) -> None:
        super().__init__()
        self._question = question
        self._choices = rows
        self._why = why
        self._cursor = cursor
        self._typing = typing
        self._shown = list(range(len(rows)))

    def compose(self) -> ComposeResult:
        yield Prose([row((self._question, "head"))], id="title")
        if self._why:
            yield Prose(self._why, id="why")
        box = TypedLine(placeholder="type a part of what you look for")
        box.display = self._typing
        yield box
        yield Lines(self._choices, id="list")
        keys = (("enter", "choose"), ("/", "filter"), ("esc", "cancel"))
        yield Painted([row(*(part for cap, what in keys for part in ((cap, "strong"), f" {what}   ")))], id="foot")

    def on_mount(self) -> None:
        choices = self.query_one("#list", Lines)
        choices.move_to(self._cursor)
        (self.query_one(TypedLine) if self._typing else choices).focus()

    def action_filter(self) -> None:
        box = self.query_one(TypedLine)
        box.display = True
        box.focus()

    def action_move(self, rows: int) -> None:
        """Moves the mark while one types."""
        self.query_one("#list", Lines).action_move(rows)

    @on(TypedLine.Changed)
    def _changed(self, event: TypedLine.Changed) -> None:
        words = event.value.casefold().split()
        texts = ["".join(text for text, _ in one).casefold() for one in self._choices]
        self._shown = [number for number, text in enumerate(texts) if all(word in text for word in words)]
        self.query_one("#list", Lines).show([self._choices[number] for number in self._shown], cursor=0)

    @on(TypedLine.Submitted)
    def _filtered(self, event: TypedLine.Submitted) -> None:
        event.stop()
        if self._shown:
            self.dismiss(self._shown[self.query_one("#list", Lines).cursor])

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.dismiss(self._shown[event.index])

    def action_close(self) -> None:
        self.dismiss(None)
