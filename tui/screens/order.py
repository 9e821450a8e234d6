"""A command put together line by line: what is chosen stands in a list, what it means below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.project import Project
from tui.keys import Key, bindings
from tui.screens.ask import Ask
from tui.screens.net import ErrorNet
from tui.screens.panel import SHORT, Panel, key_text
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, row
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from tui.app import Wizard

KEYS = (
    Key("right,l", "change(1)", "change", "the next value of the marked line"),
    Key("left,h", "change(-1)", "change back", "the value before", shown=False),
    Key("question_mark", "help", "help", "what this does, and every key"),
    Key("escape,q", "close", "back", "back; nothing is done"),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """One line: what is set, to what, and what that means."""

    name: str
    value: str
    about: Sequence[str]
    change: Callable[[int], object] | None = None
    """Left and right: the value so many places on."""
    open: Callable[[], object] | None = None
    """Enter; None: as right."""


class Order(ErrorNet, ModalScreen[tuple[str, ...] | None]):
    """Dismissed with the command to run, or with None. An order overrides TITLE, ABOUT and settings()."""

    CSS_PATH = "order.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    TITLE: ClassVar[str]
    ABOUT: ClassVar[str]
    """What is done and why, for the help."""
    WIDTH: ClassVar[int] = 22
    """Cells of the names."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Setting] = []

    def settings(self) -> list[Setting]:
        """The lines as they stand now; the first does what is ordered."""
        raise NotImplementedError

    @property
    def project(self) -> Project:
        project = cast("Wizard", self.app).project
        assert project is not None
        return project

    def compose(self) -> ComposeResult:
        yield Painted([row((self.TITLE, "head"))], id="title")
        yield Lines(id="list")
        yield Prose(id="detail")
        keys = (("enter", "do it, or type"), ("left/right", "change"), ("?", "help"), ("esc", "back"))
        yield Painted([row(*(part for cap, what in keys for part in ((cap, "strong"), f" {what}   ")))], id="foot")

    def on_mount(self) -> None:
        self.show_settings()

    def show_settings(self) -> None:
        """Shows the lines as they stand now."""
        self._shown = self.settings()
        lines = [row((f"{one.name:<{self.WIDTH}}", "strong"), one.value) for one in self._shown]
        self.query_one("#list", Lines).show(lines)
        self._show_detail()

    @property
    def _marked(self) -> Setting:
        return self._shown[self.query_one("#list", Lines).cursor]

    @on(Lines.Highlighted, "#list")
    def _show_detail(self) -> None:
        self.query_one("#detail", Prose).show([row(line) for line in self._marked.about])

    @on(Lines.Chosen, "#list")
    def _chosen(self) -> None:
        one = self._marked
        if one.open:
            one.open()
        else:
            self.action_change(1)

    def action_change(self, places: int) -> None:
        if change := self._marked.change:
            change(places)
            self.show_settings()

    def ask(self, question: Ask, then: Callable[[str], object]) -> None:
        """Asks for a text; `then` is called with it unless the person cancels."""

        def told(answer: str) -> None:
            then(answer)
            self.show_settings()

        self.app.push_screen(question, self.answered(told))

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(self.ABOUT), *key_text(KEYS, ())]))

    def action_close(self) -> None:
        self.dismiss(None)


def turned(values: Sequence[str], now: str, places: int) -> str:
    """The value so many places on from `now`, round and round."""
    return values[(values.index(now) + places) % len(values)] if now in values else values[0]
