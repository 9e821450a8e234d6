"""One of several, decided by one key: the next one comes by itself, and every decision is on the disk before that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.screen import ModalScreen

from engine.data.choices import Choice
from engine.data.report import Member
from engine.data.versions import Version
from engine.keeping import Listing, choices, keep, take_back
from engine.project import Project
from tui.keys import Key
from tui.screens.net import ErrorNet
from tui.screens.panel import SHORT, Panel, key_text
from tui.screens.step import key_row
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

CLOSING = (
    Key("u", "undo", "undo", "take the last decision back, as often as you like, also after a restart"),
    Key("n,right,l", "turn(1)", "next", "the next of the list"),
    Key("p,left,h", "turn(-1)", "before", "the one before", shown=False),
    Key("y", "copy", "copy", "copy the text to the clipboard (OSC 52)", shown=False),
    Key("question_mark", "help", "help", "what is shown, and every key"),
    Key("escape,q", "close", "back", "back to the list; what was decided is kept"),
)
_LOOKED = 1000
"""Members that are passed over at most in the search for one that is undecided."""


@dataclass(frozen=True, slots=True)
class Option:
    """One that may stay."""

    rows: tuple[int, ...]
    """Numbers in the version."""
    said: str
    """In the list: where from, how many."""


@dataclass(frozen=True, slots=True)
class Pages:
    """What is paged through: `numbers` are places in `members`, `at` is the one to begin with."""

    members: Sequence[Member]
    numbers: Sequence[int]
    at: int


class PickScreen(ErrorNet, ModalScreen[int]):
    """Pages through members of a finding; dismissed with the place where it was left.

    A picker overrides TITLE, KEYS, ABOUT, LISTING, options() and text().
    """

    CSS_PATH = "data_pick.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    AUTO_FOCUS = "#which"

    TITLE: ClassVar[str]
    KEYS: ClassVar[Sequence[Key]]
    """Its class also sets BINDINGS = bindings(KEYS), without the keys of the list."""
    ABOUT: ClassVar[str]
    LISTING: ClassVar[Listing]

    def __init__(self, project: Project, version: Version, pages: Pages) -> None:
        super().__init__()
        self.project, self.version = project, version
        self._pages, self._at = pages, pages.at
        self._options: list[Option] = []
        self._decided: list[tuple[int, str]] = []
        """(place in the pages, key) of what was decided here, for the way back."""

    # What a picker gives.

    def options(self, member: Member) -> list[Option]:
        """What can stay; reads what text() shows."""
        raise NotImplementedError

    def text(self) -> list[Row]:
        """All options in full, each under a head that begins with its number."""
        raise NotImplementedError

    # What it shows.

    @property
    def number(self) -> int:
        """Place of the member that is shown among all of them."""
        return self._pages.numbers[self._at]

    @property
    def member(self) -> Member:
        return self._pages.members[self.number]

    def compose(self) -> ComposeResult:
        yield Painted(id="title")
        yield Lines(id="which")
        yield Prose(id="text")
        yield Painted(id="said")
        yield Painted([key_row([one for one in self.KEYS if one.shown])], id="foot")

    def on_mount(self) -> None:
        self._show_member()

    def on_resize(self) -> None:
        if self._options:
            self._show_text()

    def say(self, text: str) -> None:
        """A word above the keys."""
        self.query_one("#said", Painted).show([row((text, "strong"))])

    def _show_member(self, said: str = "") -> None:
        member = self.member
        self._options = self.options(member)
        choice = choices(self.project).of(member)
        lines = [
            row((f"{number} {becomes(choice, option.rows):<6} ", "strong"), option.said)
            for number, option in enumerate(self._options, start=1)
        ]
        self.query_one("#which", Lines).show(lines, cursor=0)
        place = f" · {self._at + 1:,} of {len(self._pages.numbers):,} · {member.message}"
        self.query_one("#title", Painted).show([row((self.TITLE, "head"), (place, "dim"))])
        self.say(said)
        self._show_text()

    @on(Lines.Highlighted, "#which")
    def _show_text(self) -> None:
        start = f"{self.query_one('#which', Lines).cursor + 1} "
        prose = self.query_one("#text", Prose)
        prose.show(self.text())
        heads = [at for at, one in enumerate(prose.rows) if one and one[0][1] == "head" and one[0][0].startswith(start)]
        prose.turn_to(heads[0] if heads else 0)

    @on(Lines.Paged)
    def _paged(self, event: Lines.Paged) -> None:
        self.query_one("#text", Prose).action_page(event.pages)

    # What is decided.

    @on(Lines.Chosen, "#which")
    def _chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.action_pick(event.index + 1)

    def action_pick(self, number: int) -> None:
        if number <= len(self._options):
            self.decide(self._options[number - 1].rows, f"{number} stays")

    def decide(self, rows: Sequence[int] | None, said: str, reason: str | None = None) -> None:
        """Writes down which rows stay (None: all, for a reason) and goes on to the next that is undecided."""
        with self.project.changing("data keep"):
            keep(self.project, self.LISTING, self.member.number, rows, reason)
        self._decided.append((self._at, self.member.key))
        place = f"{self._at + 1:,}"
        self._to_undecided()
        self._show_member(f"{place}: {said} · u takes it back")

    def _to_undecided(self) -> None:
        chosen, count = choices(self.project), len(self._pages.numbers)
        for step in range(1, min(count, _LOOKED)):
            number = self._pages.numbers[(self._at + step) % count]
            if chosen.of(self._pages.members[number]) is None:
                self._at = (self._at + step) % count
                return

    def action_undo(self) -> None:
        with self.project.changing("data keep"):
            taken = take_back(self.project)
        here = self._decided.pop() if self._decided else None
        if here and here[1] == taken.key:
            self._at = here[0]
            self._show_member("taken back")
        else:
            self._show_member(f"taken back: an earlier decision, about a {taken.kind}")

    def action_turn(self, places: int) -> None:
        self._at = (self._at + places) % len(self._pages.numbers)
        self._show_member()

    def action_copy(self) -> None:
        text = "\n".join("".join(part for part, _ in one) for one in self.query_one("#text", Prose).rows)
        self.app.copy_to_clipboard(text.encode("utf-8", "replace").decode())
        self.say(f"copied: {len(text):,} characters")

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(self.ABOUT), *key_text(self.KEYS, ())]))

    def action_close(self) -> None:
        self.dismiss(self._at)


def becomes(choice: Choice | None, rows: Sequence[int]) -> str:
    """What becomes of rows after a decision: stays, goes; nothing while there is none."""
    if choice is None:
        return ""
    return "stays" if set(choice.stays) & set(rows) else "goes"
