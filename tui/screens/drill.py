"""One level below the report: a list of any length, and more about the marked line; Enter goes further down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen
from textual.types import CSSPathType
from textual.worker import get_current_worker

from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.panel import SHORT, Panel, key_text
from tui.screens.step import key_row
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.widgets.typed import TypedLine
from tui.widgets.window import LongLines, Made

if TYPE_CHECKING:
    from tui.app import Wizard

Item = TypeVar("Item")

OPEN = Key("enter", "choose", "open", "what the marked line stands for")
KEYS = (
    Key("slash", "filter", "filter", "type to see only the lines with these words"),
    Key("y", "copy", "copy", "copy the marked line to the clipboard (OSC 52)"),
    Key("question_mark", "help", "help", "what is shown, and every key"),
    Key("escape,q", "back", "back", "end the filter; else back to where you were"),
)


@dataclass
class Filtered(Message):
    """The lines with these words are known."""

    words: str
    matching: Sequence[int]

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Filtered)


class Drill(ErrorNet, ModalScreen[Any], Generic[Item]):
    """A list of `items`. A drill overrides ABOUT, line() and detail(), opened() where Enter leads further, and
    left_with() where who has opened it waits for more than its end."""

    CSS_PATH: ClassVar[CSSPathType | None] = "drill.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    OWN: ClassVar[Sequence[Key]] = (OPEN,)
    """The drill's own keys; its class also sets BINDINGS = bindings((*OWN, *KEYS))."""
    ABOUT: ClassVar[str]
    """What is listed and what can be done with it, for the help."""

    def __init__(self, title: str, items: Sequence[Item]) -> None:
        """`items` may be read as they are asked for: only those on the screen are."""
        super().__init__()
        self.title_text = title
        self.items = items
        self._shown: Sequence[int] = range(len(items))
        self._words = ""

    # What a drill gives.

    def line(self, item: Item) -> Row:
        """The line of an item."""
        raise NotImplementedError

    def detail(self, item: Item) -> list[Row]:
        """What is said below the list about the marked item."""
        return []

    def text(self, item: Item) -> str:
        """What the filter looks at."""
        return "".join(text for text, _ in self.line(item))

    def copied(self, item: Item) -> str:
        """What `y` copies."""
        return self.text(item).strip()

    def opened(self, number: int) -> None:
        """Enter on item `number`."""

    def left_with(self) -> object:
        """What it is dismissed with on the way back."""
        return None

    # What a drill uses.

    @property
    def wizard(self) -> "Wizard":
        return cast("Wizard", self.app)

    @property
    def shown(self) -> Sequence[int]:
        """Numbers of the items that the filter lets through."""
        return self._shown

    @property
    def marked(self) -> int | None:
        """Number of the marked item; None when nothing is listed."""
        cursor = self.query_one("#list", LongLines).cursor
        return self._shown[cursor] if cursor < len(self._shown) else None

    def move_to(self, at: int) -> None:
        """Marks line `at`: where what was opened from here was left."""
        self.query_one("#list", LongLines).move_to(at)

    def say(self, text: str) -> None:
        """A word above the keys, until the mark moves."""
        self.query_one("#said", Painted).show([row((text, "strong"))])

    def show_items(self, items: Sequence[Item] | None = None, cursor: int | None = None) -> None:
        """Shows the list again, or other `items`."""
        if items is not None:
            self.items, self._shown, self._words = items, range(len(items)), ""
        lines = self.query_one("#list", LongLines)
        lines.show_made(Made(len(self._shown), lambda at: self.line(self.items[self._shown[at]])), cursor)
        self._show_marked()

    # What all drills do.

    def compose(self) -> ComposeResult:
        yield Painted(id="title")
        box = TypedLine(placeholder="words that the line must have; enter ends typing, esc ends the filter")
        box.display = False
        yield box
        yield LongLines(id="list")
        yield Prose(id="detail")
        yield Painted(id="said")
        yield Painted([key_row([one for one in (*self.OWN, *KEYS) if one.shown])], id="foot")

    def on_mount(self) -> None:
        self.show_items()

    def on_screen_resume(self) -> None:
        # What was opened from here may have changed what is said.
        if self.query("#list"):
            self.show_items()

    @on(Lines.Highlighted, "#list")
    def _moved(self) -> None:
        self.query_one("#said", Painted).show([])
        self._show_marked()

    def _show_marked(self) -> None:
        number = self.marked
        at = f" · {self.query_one('#list', LongLines).cursor + 1:,} of {len(self._shown):,}" if self._shown else ""
        found = f" · of {len(self.items):,} by the filter" if self._words else ""
        self.query_one("#title", Painted).show([row((self.title_text, "head"), (f"{at}{found}", "dim"))])
        nothing = [row(("nothing is like that", "dim"))]
        self.query_one("#detail", Prose).show(nothing if number is None else self.detail(self.items[number]))

    @on(Lines.Chosen, "#list")
    def _chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        if self.marked is not None:
            self.opened(self.marked)

    @on(Lines.Paged)
    def _paged(self, event: Lines.Paged) -> None:
        self.query_one("#detail", Prose).action_page(event.pages)

    # The filter.

    def action_filter(self) -> None:
        box = self.query_one(TypedLine)
        box.display = True
        box.focus()

    @on(TypedLine.Changed)
    def _typed(self, event: TypedLine.Changed) -> None:
        self._find(event.value)

    @on(TypedLine.Submitted)
    def _typed_whole(self, event: TypedLine.Submitted) -> None:
        event.stop()
        self.query_one("#list").focus()

    @work(thread=True, exclusive=True, group="filter")
    def _find(self, typed: str) -> None:
        """Looks at every item, in a thread: a hundred thousand take a moment."""
        words = typed.casefold().split()
        worker, matching = get_current_worker(), []
        for number, item in enumerate(self.items):
            if worker.is_cancelled:
                return
            text = self.text(item).casefold() if words else ""
            if all(word in text for word in words):
                matching.append(number)
        self.post_message(Filtered(typed.strip(), matching))

    def on_filtered(self, message: Filtered) -> None:
        self._words, self._shown = message.words, message.matching
        self.show_items(cursor=0)

    def action_back(self) -> None:
        box = self.query_one(TypedLine)
        if box.display:
            self.query_one("#list").focus()
            box.display = False
            box.value = ""
        else:
            self.dismiss(self.left_with())

    def action_copy(self) -> None:
        if self.marked is not None:
            text = self.copied(self.items[self.marked])
            self.app.copy_to_clipboard(text.encode("utf-8", "replace").decode())
            self.say(f"copied: {text}")

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(self.ABOUT), *key_text((*self.OWN, *KEYS), ())]))
