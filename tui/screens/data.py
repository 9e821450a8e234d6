"""Data: files become rows; every line of the report on them leads to the rows behind it."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.data.adopt import current
from engine.data.checklist import Item
from engine.data.mapping import Mapping
from engine.data.overview import Overview, overview
from engine.data.report import Report, saved_report
from engine.journey import STEPS
from engine.quality import quality
from engine.sample import proposed
from tui.keys import Key, bindings
from tui.screens.ask import Choose
from tui.screens.data_doors import Doors
from tui.screens.data_found import ABOUT as ABOUT_FOUND
from tui.screens.data_found import found_lines
from tui.screens.data_import import Importing
from tui.screens.data_lines import ABOUT, Entry, before_import, descent_row, next_kind, report_s, road
from tui.screens.data_made import made_panel
from tui.screens.data_uses import ABOUT as ABOUT_USES
from tui.screens.data_uses import Uses, more_lines
from tui.screens.panel import Panel
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

_BY_ITSELF_S = 10.0
"""A report that takes no longer is made by itself after a command that made a new version."""
DROPS = (
    ("duplicates,near,conflicts", "all of it (recommended)", "as decided; else one of a cluster, no contradiction"),
    ("duplicates,conflicts", "equal, contradictions", "nearly equal rows stay: they are kept in one split"),
    ("duplicates,near", "equal and nearly equal", "rows that count twice make the model lean towards them"),
    ("duplicates", "equal rows only", "the first of each, or the one that you chose, stays"),
    ("conflicts", "contradictions only", "what you decided about each; of the others all rows go"),
)
"""--drop, what it is, and what becomes of the rows."""
IN_REVIEW = ("reviewed", "agreement", "guideline")
LEADS = {
    "secrets_masked": "secrets",
    "pii": "privacy",
    "split_proof": "split",
    "tokens": "lengths",
    "balance": "categories",
    "minimum": "categories",
    "diversity": "duplicates",
    "licence": "origin",
    "origin": "origin",
}
"""Item of the checklist -> kind of the line where something can be done about it; IN_REVIEW: in step 3."""


class DataScreen(StepScreen):
    """The road through the step on top, the report's lines below; Enter goes where the marked line leads."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "data.tcss"]
    STEP = "data"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("i", "import_files", "import", "import files into a new version"),
        Key("r", "report", "report", "look for flaws in the current version, anew where that was done"),
        Key("c", "clean", "clean", "a new version without duplicates and contradictions"),
        Key("s", "split", "split", "a new version in train, validation and test; once that is done, its proof"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "Rows are read, judged by rules, freed of secrets, compared and split by whole groups; every step makes a new "
        "version and changes none. The first marked line is the next thing to do. Below the road stands what was "
        "found: Enter on a line shows the rows behind it, / filters there, esc comes back. Rows are not translated."
    )

    def __init__(self) -> None:
        super().__init__()
        self._importing = Importing(self, self.unless_stale)
        self._uses = Uses(self)
        self._found: Overview | None = None
        self._report: Report | None = None
        self._entries: list[Entry] = []
        self._stood: object = None
        self._offered: str | None = None
        """The version whose report was made here, or offered."""

    def body(self) -> Iterable[Widget]:
        yield Painted([row((STEPS[self.STEP].asks, "head"))], classes="title")
        yield Painted(id="descent")
        yield Lines(id="steps")
        yield Prose(id="detail")

    def watched(self) -> Sequence[Path]:
        name = self.project.data_version()
        folder = self.project.report_folder(name) if name else self.project.data
        return (*super().watched(), folder / "report.json", folder.parent / "choices.jsonl")

    def reload_body(self) -> None:
        self._found, self._report = overview(self.project), saved_report(self.project)
        stands, after = self._stand()
        at = [one.kind for one in self._entries].index(after)
        lines = self.query_one("#steps", Lines)
        lines.show([one.line for one in self._entries], None if stands == self._stood else at)
        self._stood = stands
        self.query_one("#descent", Painted).show([descent_row(self._found)])
        self._show_detail()

    def _stand(self) -> tuple[object, str]:
        """Makes the lines; (what has to change for another line to be marked, kind of the one that comes next)"""
        assert self.status
        found, report = self._found, self._report
        if found is None:
            files = proposed(self.project).files
            self._entries = before_import(files)
            return "", "sample" if files else "import"
        items = {one.item: one for one in self.status.items}
        self._entries = [
            *road(found, report, items),
            *(found_lines(report, quality(self.project, report)) if report else []),
            *more_lines(self.project, found),
        ]
        after = next_kind(found, report, items)
        return (found.version.name, after), after

    @property
    def _entry(self) -> Entry:
        return self._entries[self.query_one("#steps", Lines).cursor]

    @on(Lines.Highlighted, "#steps")
    def _show_detail(self) -> None:
        self.query_one("#detail", Prose).show(self._entry.detail if self._entries else [])

    def topic(self) -> list[Row]:
        about = {**ABOUT, **ABOUT_FOUND, **ABOUT_USES}
        return [row(about[self._entry.kind])] if self._entries and self._entry.kind in about else []

    def action_waive(self) -> None:
        # On the line about personal data it is that which is meant.
        if self._entries and self._entry.kind == "privacy" and self._fails("pii"):
            self._waive("pii")
        else:
            super().action_waive()

    def _fails(self, item: str) -> bool:
        return any(one.item == item and one.state == "failed" for one in self.status.items) if self.status else False

    # Enter.

    @on(Lines.Chosen, "#steps")
    def _chosen(self) -> None:
        self._open(self._entry.kind, self._entry.rule)

    def _open(self, kind: str, rule: str = "") -> None:
        """Goes where a line of this kind leads: does what comes next, or shows what there is."""
        acts: dict[str, Callable[[], None]] = {
            "sample": self._look_at_proposed,
            "report": self.action_report,
            "clean": self.action_clean,
            "repairs": self._repair,
            "more": self.action_import_files,
        }
        if kind in acts and not (kind == "report" and self._report):
            acts[kind]()
        elif kind == "split":
            self.action_split()
        elif self._found is None:
            self.action_import_files()
        elif not self._uses.open(kind):
            self._show(kind, rule)

    def _show(self, kind: str, rule: str) -> None:
        """The rows behind a line; of one without rows, what is known of it."""
        behind = self._doors.behind(kind, rule) if self._doors else None
        if behind:
            self.app.push_screen(behind)
            return
        entry = next(one for one in self._entries if (one.kind, one.rule) == (kind, rule))
        about = [one for one in self.topic() if one not in entry.detail]
        self.app.push_screen(Panel(kind.title(), [*entry.detail, row(""), *about]))

    @property
    def _doors(self) -> Doors | None:
        return Doors(self.project, self._report, self.action_clean, self._open_item) if self._report else None

    def _open_item(self, item: Item) -> bool:
        """Goes from an item of the checklist to where something can be done about it, if there is such a place."""
        behind = self._doors.rule(item.rule) if self._doors and item.rule else None
        if behind:
            self.app.push_screen(behind)
        elif item.item in IN_REVIEW:
            self.wizard.jump("review")
        elif item.item in LEADS:
            self._open(LEADS[item.item])
        else:
            return False
        return True

    @property
    def _split_done(self) -> bool:
        return bool(self._found and self._found.split)

    # Import.

    def action_import_files(self) -> None:
        self._importing.start()

    def _look_at_proposed(self) -> None:
        given = proposed(self.project)
        self._importing.look_at(given.files, ("--mapping", given.mapping) if given.mapping else ())

    def _repair(self) -> None:
        """Looks at the files of the import again: r on the samples shows the repairs."""
        assert self._found
        manifest = self._found.manifest
        files = [source["path"] for source in manifest["sources"]]
        self._importing.look_at(files, Mapping.from_document(manifest["mapping"]).flags())

    def finished(self, command: Sequence[str], document: Any) -> None:
        if command[1] == "look":
            self._importing.looked(document)
        elif panel := made_panel(command, document):
            self.app.push_screen(panel)
        self._report_by_itself()

    def on_mount(self) -> None:
        # A version that is there already is looked at when the person asks for it.
        self._offered = self.project.data_version()

    def on_screen_resume(self) -> None:
        # Another screen, such as that of personal data, may have made a version.
        if self._seen is not None and self.wizard.work is None:
            self._report_by_itself()

    def _report_by_itself(self) -> None:
        """Makes the report on a version that is new here, once, and where it takes no longer than one would wait."""
        name = self.project.data_version()
        if name in (None, self._offered):
            return
        self._offered = name
        if saved_report(self.project) is None and report_s(len(current(self.project))) <= _BY_ITSELF_S:
            self.act_meanwhile("data", "report", "--again")

    # Report, clean and split.

    def action_report(self) -> None:
        running = self.wizard.work
        if self._nothing_yet("look at") or (running and running.command[:2] == ("data", "report")):
            return
        self.act("data", "report", "--again")

    def action_clean(self) -> None:
        if self._nothing_yet("clean"):
            return

        def chosen(number: int) -> None:
            self.unless_stale(lambda: self.act("data", "clean", "--drop", DROPS[number][0]))

        rows = [row((f"{name:<24} ", "strong"), why) for _, name, why in DROPS]
        self.choose(Choose("Drop what?", rows, [row(ABOUT["clean"])]), chosen)

    def action_split(self) -> None:
        if self._nothing_yet("split"):
            return
        if self._split_done:
            self._uses.open("proof")
        else:
            self.unless_stale(lambda: self.act("data", "split"))

    def _nothing_yet(self, what: str) -> bool:
        if self.project.data_version() is not None:
            return False
        self.wizard.say(f"there is nothing to {what} yet: import files first")
        return True
