"""What the what-if shows: levers left, figures right, what is marked below; only what differs is painted."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.screen import ModalScreen

from engine.costing.verdict import verdict
from engine.costs.levers import LEVERS, Lever
from engine.errors import TunewrightError
from engine.journey import by_step
from engine.project import Project
from tui.screens.net import ErrorNet
from tui.screens.whatif_figures import Shown, figure_row, figures
from tui.screens.whatif_levers import LEGEND, lever_row, lever_text
from tui.screens.whatif_turns import Turns
from tui.widgets.grouped import Grouped
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from tui.app import Wizard

_WIDTHS = [(0, "-thin"), (76, "-usual"), (110, "-wide")]
"""Below 76 columns the figures stand under the levers; from 110 on what they mean stands below them."""
_HEIGHTS = [(0, "-short"), (12, "-low"), (22, "-tall")]
_CAPS = (
    ("left/right", "turn"),
    ("enter", "type"),
    ("v", "curves"),
    ("t", "risk"),
    ("d", "prices"),
    ("s", "save"),
    ("?", "all keys"),
)
_FOOT = row(*(part for cap, what in _CAPS for part in ((cap, "strong"), f" {what}  ")))
_SEVERITY = {"stop": ("stop: ", "bad"), "warning": ("warning: ", "warn"), "note": ("note: ", "dim")}


class Board(ErrorNet, ModalScreen[None]):
    """Shows `turns`; what is done with it is another's."""

    CSS_PATH = "whatif.tcss"
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    AUTO_FOCUS = "#levers"

    def __init__(self, project: Project, destination: str | None) -> None:
        super().__init__()
        self.project = project
        self.turns = Turns(project, destination)
        self.shown: list[Shown] = []
        """The figures as they stand on the right."""
        self._lines: list[Lever | None] = list(_lines())
        self.said = ""
        """In the place of the note, until the next turn."""

    def compose(self) -> ComposeResult:
        yield Painted(id="title")
        with Container(id="both"):
            yield Grouped(id="levers")
            with Container(id="right"):
                yield Lines(id="figures")
                yield Prose(id="beside")
        yield Prose(id="verdict")
        yield Painted(id="note")
        yield Prose(id="below")
        yield Painted([_FOOT], id="foot")

    def on_mount(self) -> None:
        # Rows are fitted to the room of their lists, which is known once they were laid out.
        self.call_after_refresh(self.paint)
        for problem in self.turns.problems:
            self.call_after_refresh(self.wizard.show_error, problem)

    def on_resize(self) -> None:
        if self.shown:
            self.paint()

    @property
    def wizard(self) -> "Wizard":
        return cast("Wizard", self.app)

    def paint(self) -> None:
        """What differs from what stands there; nothing else is sent."""
        levers, scenario = self.query_one("#levers", Grouped), self.turns.scenario
        rows = [row((self._heading(at), "head")) if one is None else self._row(one) for at, one in self._numbered()]
        levers.show_groups(rows, [at for at, one in self._numbered() if one is None])
        ranges = f", {len(scenario.ranges)} ranges" if scenario.ranges else ""
        of = f"  {scenario.name or 'not saved'}, {len(scenario.settings)} set{ranges}  "
        self.query_one("#title", Painted).show([row(("What if?", "head"), of, (LEGEND, "dim"))])
        self.paint_figures()
        self._paint_note()
        self._paint_detail()

    def _numbered(self) -> Iterator[tuple[int, Lever | None]]:
        return enumerate(self._lines)

    def _row(self, lever: Lever) -> Row:
        return lever_row(self.turns.case, lever, self.query_one("#levers").size.width)

    def _heading(self, at: int) -> str:
        following = self._lines[at + 1]
        return following.group if following else ""

    def paint_figures(self) -> None:
        case, found = self.turns.case, self.turns.found
        lines, changes = self.query_one("#figures", Lines), self.turns.changes
        marked = self.figure.name if self.shown else "net"
        self.shown = figures(case, found)
        lines.show(
            (figure_row(one, changes.get(one.name), lines.size.width) for one in self.shown), self._number_of(marked)
        )
        said = verdict(case, found)[0] if found else self.shown[0].about[0]
        self.query_one("#verdict", Prose).show([row((said, "strong"))])

    def _number_of(self, name: str) -> int:
        """Of a figure that is not there: of the net, which small terminals show first."""
        names = [one.name for one in self.shown]
        return names.index(name if name in names else "net")

    def _paint_note(self) -> None:
        """What was said last, else the gravest of what is to be known; the others are one key away."""
        notes, place = self.turns.case.notes, self.query_one("#note", Painted)
        if self.said or not notes:
            place.show([row((self.said, "strong"))])
            return
        head, role = _SEVERITY[notes[0].severity]
        more = f" (i: {len(notes) - 1} more)" if len(notes) > 1 else " (i: all)"
        said, room = by_step(notes[0].text), place.size.width - len(head) - len(more)
        place.show([row((head, role), said if len(said) <= room else f"{said[: room - 1]}…", (more, "dim"))])

    def say(self, text: str) -> None:
        """A word in the place of the note, until the next turn."""
        self.said = text
        self._paint_note()

    def tell(self, error: TunewrightError) -> None:
        self.say(by_step(f"{error} · {error.hint}"))

    @on(Lines.Highlighted)
    def _paint_detail(self) -> None:
        topic = self.topic()
        self.query_one("#below", Prose).show(topic)
        self.query_one("#beside", Prose).show([*topic, row(""), row(("To know", "head")), *self.notes()])

    def notes(self) -> list[Row]:
        notes = [row(_SEVERITY[one.severity], by_step(one.text)) for one in self.turns.case.notes]
        return notes or [row("There is nothing.")]

    @on(Lines.Paged)
    def _page_detail(self, event: Lines.Paged) -> None:
        self.query_one("#below", Prose).action_page(event.pages)

    def on_descendant_focus(self) -> None:
        if self.shown:
            self._paint_detail()

    def topic(self) -> list[Row]:
        """All about what is marked."""
        if self.on_figures:
            one = self.figure
            return [row((one.copied, "strong")), *map(row, one.about)]
        return lever_text(self.turns.case, self.lever, self.turns.without(self.lever))

    @property
    def on_figures(self) -> bool:
        return self.focused is not None and self.focused.id == "figures"

    @property
    def lever(self) -> Lever:
        lever = self._lines[self.query_one("#levers", Grouped).cursor]
        assert lever is not None
        return lever

    @property
    def figure(self) -> Shown:
        return self.shown[self.query_one("#figures", Lines).cursor]


def _lines() -> Iterator[Lever | None]:
    """The levers in their order, None where a heading stands."""
    group = ""
    for lever in LEVERS:
        if lever.group != group:
            group = lever.group
            yield None
        yield lever
