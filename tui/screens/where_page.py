"""One destination, whole: every figure with its source, date and age, and the commands that bring the rows there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.data.outcomes import exported
from engine.where.page import Fact, Page, Section
from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.panel import SHORT, Panel, key_text
from tui.screens.step import key_row
from tui.widgets.painted import Painted, Row, row, wrap
from tui.widgets.prose import Prose

Wish = Literal["choose", "costs", "upload"]
"""What is to be done with the destination that was read."""
KEYS = (
    Key("enter", "wish('choose')", "choose", "make it this project's destination; what has to be confirmed is asked"),
    Key("c", "wish('costs')", "costs", "turn the levers: what it costs there, and whether that pays back"),
    Key("e", "wish('upload')", "file", "write the checked file to upload there; nothing is sent"),
    Key("right", "turn(1)", "next", "the next destination of the table"),
    Key("left", "turn(-1)", "before", "the one before", shown=False),
    Key("y", "copy", "copy", "copy its commands to the clipboard (OSC 52); the whole page where it has none"),
    Key("question_mark", "help", "help", "what is shown, and every key"),
    Key("escape,q", "close", "back", "back to the table; nothing is chosen"),
)
_ABOUT = (
    "All that is known of one destination. Each figure says who told it, as of when and how sure that is: official is "
    "the maker's own page, transcribed a dated copy by others, single source one report alone. What is older than 60 "
    "days is marked stale; what no source tells is not found, and never guessed. Enter chooses it."
)
_NAME = 22
_HANGING = 60
"""Columns from which texts stand beside their names."""


class PageScreen(ErrorNet, ModalScreen[tuple[str, Wish | None]]):
    """Dismissed with the id of the destination that is shown, and what is wished of it."""

    CSS_PATH = "where_page.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, ids: list[str], at: int, read: Callable[[str], Page]) -> None:
        """`ids` of the destinations that are paged through; `read` gives the page of one."""
        super().__init__()
        self._ids, self._at, self._read = ids, at, read
        self._page: Page | None = None

    def compose(self) -> ComposeResult:
        yield Painted(id="title")
        yield Prose(id="text")
        yield Painted([key_row([one for one in KEYS if one.shown])], id="foot")

    def on_mount(self) -> None:
        self._show_page()

    def _show_page(self) -> None:
        page = self._page = self._read(self._ids[self._at])
        place = f" · {self._at + 1} of {len(self._ids)}" if len(self._ids) > 1 else ""
        self.query_one("#title", Painted).show([row((page.title, "head"), (place, "dim"))])
        text = self.query_one("#text", Prose)
        text.show(page_rows(page, self.app.size.width))
        text.turn_to(0)

    def on_resize(self) -> None:
        if self._page is not None:
            self.query_one("#text", Prose).show(page_rows(self._page, self.app.size.width))

    def action_turn(self, places: int) -> None:
        self._at = (self._at + places) % len(self._ids)
        self._show_page()

    def action_wish(self, wish: Wish) -> None:
        self.dismiss((self._ids[self._at], wish))

    def action_close(self) -> None:
        self.dismiss((self._ids[self._at], None))

    def action_copy(self) -> None:
        if self._page is None:
            return
        commands = [line for section in self._page.sections for line in section.lines]
        text = "\n".join(commands or ["".join(part for part, _ in one) for one in page_rows(self._page, 10_000)])
        self.app.copy_to_clipboard(text.encode("utf-8", "replace").decode())
        self.query_one("#title", Painted).show([row((f"copied: {len(text.splitlines())} lines", "strong"))])

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(_ABOUT), *key_text(KEYS, ())]))


def page_rows(page: Page, width: int) -> list[Row]:
    """A page in `width` cells, as it is read: what speaks against it first."""
    flags = [row((f"! {flag}", "warn")) for flag in page.flags]
    return [*flags, *(line for section in page.sections for line in _section(section, width))]


def _section(section: Section, width: int) -> Iterator[Row]:
    yield row("")
    yield row((section.title, "strong"))
    for one in section.facts:
        yield from _fact(one, width)
    yield from (row(f"  {line}") for line in section.lines)


def _fact(one: Fact, width: int) -> Iterator[Row]:
    """The name, and beside it the text with where it comes from."""
    mark = f" [{one.mark}]" if one.mark not in ("", "not found") else ""
    origin = f" · {one.origin}" if one.origin else ""
    told = row(one.text, (mark, "warn"), (origin, "dim"))
    yield from hanging(f"{one.name:<{_NAME}} " if one.name else "", told, width)


def hanging(name: str, told: Row, width: int) -> Iterator[Row]:
    """A name, and beside it a text of several lines."""
    head = f"  {name}"
    if width < _HANGING:
        yield row(head, *told)
        return
    for number, line in enumerate(wrap(told, width - len(head) - 1)):
        yield ((" " * len(head) if number else head, ""), *line)


def upload_text(document: Mapping[str, Any]) -> list[Row]:
    """What `providers upload` wrote, what to type there, and what to know."""
    typed = [row(f"  {line}") for line in document["commands"]]
    notes = [row(f"- {note}") for note in document["notes"]]
    said = [row(line) for line in exported(document)]
    return [*said, row(""), row(("Typed by you, there:", "strong")), *typed, row(""), *notes]
