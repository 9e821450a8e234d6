"""Where: this machine, services and rented GPUs side by side; one of them is chosen."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.clock import today
from engine.journey import STEPS
from engine.machine.record import HERE, recorded_destination
from engine.providers.catalogue import for_project
from engine.providers.entries import Catalogue, Destination
from engine.providers.telling import LEGEND
from engine.where.chosen import Chosen, chosen
from engine.where.constraints import Constraints, asked_for, constraints
from engine.where.destinations import Candidate, candidates, ends_soon
from tui.keys import Key, bindings
from tui.screens.measured import tried
from tui.screens.panel import SHORT, Panel
from tui.screens.step import StepScreen
from tui.screens.where_table import Entry, about, captions, entries, table_line
from tui.widgets.grouped import Grouped
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.widgets.rail import WIDE

if TYPE_CHECKING:
    from tui.screens.where_page import Wish

_HEIGHTS = [*SHORT[:1], (12, "-low"), (20, "-tall")]
_HOW = (
    row(("enter", "strong"), " opens its page, with the source of every figure; enter there chooses it"),
    row(("ends: it fits, but is shut down before your horizon is over · > is chosen", "dim")),
)


class WhereScreen(StepScreen):
    """A row a destination; Enter opens its page, and Enter there chooses it."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "where.tcss"]
    VERTICAL_BREAKPOINTS = _HEIGHTS
    STEP = "where"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("slash", "constraints", "asked", "what the project asks: region, method, model size, budgets, privacy"),
        Key("f", "fitting", "fitting", "only what fits, or everything again"),
        Key("c", "costs", "costs", "turn the levers: what the marked one costs, and whether that pays back"),
        Key("l", "inspect", "look", "inspect this machine: what it has and lacks"),
        Key("e", "upload", "file", "write the checked file to upload to the marked one; nothing is sent", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "Every place that can train, with prices that carry their source and date. Enter opens the page of the marked "
        "one, and Enter there chooses it; another, or this machine again, can be chosen at any time. `ends` in the "
        "table is one that fits, but is shut down before your horizon is over.\n"
        "Services train on their own machines, and most of them serve what was trained, per token or by the hour. A "
        "rented GPU is a machine of your own: it is billed while it is on, busy or idle, until you delete it. Closed "
        "ones are listed with the date, so that nobody looks for them.\n"
        "Nothing is sent anywhere from here, and no account is used: for a hosted destination you get the checked file "
        "and the provider's own commands, and the wizard cannot follow a job there. Train, in step 7, runs on this "
        "machine all the same."
    )

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._read: tuple[Catalogue, Constraints] | None = None
        """What the candidates were found with."""
        self._found: Sequence[Candidate] = ()
        self._where: Chosen | None = None
        self._fitting = False

    def body(self) -> Iterable[Widget]:
        yield Painted(id="title", classes="title")
        yield Painted(id="asked", classes="title")
        yield Painted(id="captions", classes="title")
        yield Grouped(id="table")
        yield Prose(id="detail")
        yield Painted(_HOW, id="how", classes="title")

    def reload_body(self) -> None:
        marked = self._marked.key if self._marked else None
        where = self._where = chosen(self.project)
        key = marked or (where.id if where else HERE)
        catalogue, wanted = self.catalogue, constraints(self.project)
        if self._read is None or catalogue is not self._read[0] or wanted != self._read[1]:
            # A step is reloaded three times while it opens, and the comparison takes 15 ms.
            self._read, self._found = (catalogue, wanted), candidates(catalogue, wanted, today())
        ending = {one.id for one in catalogue.destinations if ends_soon(one, wanted, today())}
        self._entries = entries(self._found, catalogue.problems, ending, fitting=self._fitting)
        asked = asked_for(wanted) or "nothing yet; / sets region, method, model size and budgets"
        self.query_one("#asked", Painted).show([row((f"asked for: {asked}", "dim"))])
        self._show_table(key, where.id if where else None)
        self._show_detail()

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue with the project's own prices; its files are parsed once and looked at again when changed."""
        return for_project(self.project, today())

    def watched(self) -> Sequence[Path]:
        return (*super().watched(), self.project.machine)

    # What is shown.

    def _show_table(self, key: str, where: str | None) -> None:
        width = self.query_one("#body").size.width or self.app.size.width
        keys = [one.key for one in self._entries]
        heads = {at for at, one in enumerate(self._entries) if one.heads}
        lines = [table_line(one, where, width) for one in self._entries]
        self.query_one("#table", Grouped).show_groups(lines, heads, keys.index(key) if key in keys else None)
        fits = f"{sum(one.fits for one in self._found)} of {len(self._found)} fit"
        only = ", f: all" if self._fitting else ""
        self.query_one("#captions", Painted).show([captions(f"{fits}{only}", width)])
        self.query_one("#title", Painted).show([row((STEPS[self.STEP].asks, "head"), (f"  {LEGEND}", "dim"))])

    @property
    def _marked(self) -> Entry | None:
        """The marked line; None when nothing is listed."""
        at = self.query_one("#table", Lines).cursor
        return self._entries[min(at, len(self._entries) - 1)] if self._entries else None

    @property
    def _candidate(self) -> Candidate | None:
        """The destination of the marked line."""
        return self._marked.candidate if self._marked else None

    @on(Lines.Highlighted, "#table")
    def _show_detail(self) -> None:
        self.query_one("#detail", Prose).show(self.topic())

    def topic(self) -> list[Row]:
        marked = self._marked
        if marked is None:
            return [row("Nothing fits all that is asked. f shows everything, with reasons; / changes what is asked.")]
        return [
            *self._choice(marked.key),
            *(self._machine() if marked.key == HERE else ()),
            *about(marked, wide=self.app.size.width >= WIDE),
        ]

    def _choice(self, key: str) -> Iterator[Row]:
        """That it is chosen, and what comes of it."""
        if self._where is None or self._where.id != key:
            return
        there = "" if key == HERE else "; e writes the checked file, its page says what to type there"
        yield row(("Chosen", "strong"), f" on {self._where.since}{there}")
        for item in self.status.blocking if self.status else ():
            yield row((f"{item.means}: {item.state}", "bad"), "; choose it again, or another")

    def _machine(self) -> Iterator[Row]:
        """What was found of this machine when it was last looked at."""
        found, problem = tried(lambda: recorded_destination(self.project))
        yield from problem
        if found is None:
            yield row("l looks at processor, memory, disk, GPU and packages: a second or two.")
            return
        yield from (row((f"missing: {one.what}: ", "bad"), one.mend) for one in found.lacks)
        facts = " · ".join(f"{name}: {value}" for name, value in found.facts)
        yield row(f"measured here {found.looked}; l looks again. {facts}")

    def copied(self) -> str:
        return self._candidate.destination.id if self._candidate else super().copied()

    # What is done.

    @on(Lines.Chosen, "#table")
    def _open(self) -> None:
        marked = self._candidate
        if marked is None:
            problems = [row(f"- {problem}") for problem in self.catalogue.problems]
            self.app.push_screen(Panel("Left out of the catalogue", problems))
            return
        from engine.where.page import Page, page
        from tui.screens.where_page import PageScreen

        ids = [one.key for one in self._entries if one.candidate]

        def read(key: str) -> Page:
            return page(self.catalogue, key, self.project, today())

        self.app.push_screen(PageScreen(ids, ids.index(marked.destination.id), read), self.answered(self._wished))

    def _wished(self, told: "tuple[str, Wish | None]") -> None:
        """What was asked for on the page of a destination, which is marked from now on."""
        key, wish = told
        self._mark(key)
        there = next((one.destination for one in self._found if one.destination.id == key), None)
        acts = {"choose": self._choose, "costs": self._show_costs, "upload": self._upload}
        if wish is not None and there is not None:
            acts[wish](there)

    def _mark(self, key: str) -> None:
        keys = [one.key for one in self._entries]
        if key in keys:
            self.query_one("#table", Lines).move_to(keys.index(key))

    def _choose(self, there: Destination) -> None:
        if there.id == HERE:
            # It is looked at for a second or two, packages included: in a process of its own.
            self.act("providers", "choose", HERE)
            return
        from tui.screens.where_choose import Choosing

        Choosing(self, there, self.catalogue).begin()

    def _show_costs(self, there: Destination | None) -> None:
        from tui.screens.whatif import WhatIfScreen

        self.app.push_screen(WhatIfScreen(self.project, there.id if there else None))

    def _upload(self, there: Destination | None) -> None:
        if there is None or there.upload is None:
            # Later: a page that closes draws the gate line again.
            self.call_after_refresh(self.say, "nothing is uploaded there: mark a service, then e writes its file")
        else:
            self.act("providers", "upload", there.id)

    def action_costs(self) -> None:
        self._show_costs(self._candidate.destination if self._candidate else None)

    def action_upload(self) -> None:
        self._upload(self._candidate.destination if self._candidate else None)

    def action_constraints(self) -> None:
        from tui.screens.where_filters import FilterScreen

        self.app.push_screen(FilterScreen(self.catalogue))

    def action_fitting(self) -> None:
        self._fitting = not self._fitting
        self.reload()

    def action_inspect(self) -> None:
        self.act("doctor")

    def finished(self, command: Sequence[str], document: Any) -> None:
        if command[0] == "doctor":
            self._mark(HERE)
        elif command[1] == "upload":
            from tui.screens.where_page import upload_text

            self.app.push_screen(Panel("Written, and checked; nothing was sent", upload_text(document)))
