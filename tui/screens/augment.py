"""Augment: rows made from train rows, read by a person before they may be learned."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.augment.candidates import Ledger, candidates_file, refused_file
from engine.augment.endpoint import endpoint
from engine.augment.methods import METHODS, Method
from engine.augment.status import Standing, Status, find_status
from engine.review.verdicts import CANDIDATES
from engine.reviewers import keep_queue, readers
from tui.keys import Key, bindings
from tui.screens.ask import Choose
from tui.screens.augment_order import Ordering
from tui.screens.augment_text import HEADER, Entry, action_entries, done_text, method_entry
from tui.screens.panel import Panel
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose


class AugmentScreen(StepScreen):
    """Opened from the data step; esc goes back to it."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "augment.tcss"]
    STEP = "data"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("r", "read", "read them", "read the candidates one by one; nothing is learned that nobody approved"),
        Key("a", "apply", "apply", "a new version of the data with the approved candidates in train"),
        Key("e", "endpoint", "endpoint", "the model that paraphrase, back-translation and synthetic ask"),
        Key("x", "drop", "take out", "a new version without made-up rows", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "Made-up rows come from train rows alone; validation and test are only compared with, so that nothing leaks. "
        "Each is checked before a person sees it: no copy, the same numbers, names and label words, the same language, "
        "no personal data. What passes waits in the review and is in no version of the data until it is approved and "
        "applied. The same by command: tunewright augment look, make, status, apply, drop, endpoint."
    )

    def __init__(self) -> None:
        super().__init__()
        self._ledger: Ledger | None = None
        self._standing: Standing | None = None
        self._status: Status | None = None
        self._entries: list[Entry] = []
        self._ordering = Ordering(self)

    def body(self) -> Iterable[Widget]:
        yield Painted([row(("Augment: more rows for train, made from train", "head"))], classes="title")
        yield Painted([HEADER], id="header")
        yield Lines(id="methods")
        yield Prose(id="detail")

    def watched(self) -> Sequence[Path]:
        project = self.project
        logs = readers(project).values()
        return (*super().watched(), candidates_file(project), refused_file(project), project.reviews, *logs)

    def reload_body(self) -> None:
        if self._ledger is None or self._standing is None:
            self._ledger, self._standing = Ledger(self.project), Standing(self.project)
        self._ledger.refresh()
        self._standing.refresh()
        self._status = status = find_status(self.project, self._ledger, self._standing)
        methods = [method_entry(one, status.unready(METHODS[one.name])) for one in status.methods]
        self._entries = [*methods, *action_entries(status, endpoint(self.project))]
        self.query_one("#methods", Lines).show([one.line for one in self._entries])
        self._show_detail()

    @on(Lines.Highlighted, "#methods")
    def _show_detail(self) -> None:
        entry = self._entry
        self.query_one("#detail", Prose).show(entry.detail if entry else ())

    @property
    def _entry(self) -> Entry | None:
        cursor = self.query_one("#methods", Lines).cursor
        return self._entries[cursor] if cursor < len(self._entries) else None

    def topic(self) -> list[Row]:
        return list(self._entry.detail) if self._entry else []

    # Enter.

    @on(Lines.Chosen, "#methods")
    def _chosen(self) -> None:
        entry = self._entry
        if entry is None:
            return
        acts: dict[str, Callable[[], None]] = {
            "read": self.action_read,
            "apply": self.action_apply,
            "drop": self.action_drop,
            "endpoint": self.action_endpoint,
        }
        if entry.name in METHODS:
            self._order(METHODS[entry.name])
        else:
            acts[entry.name]()

    def _order(self, method: Method) -> None:
        """Asks what is still to be known, then looks; a method that lacks something asks for that."""
        assert self._status
        why = self._status.unready(method)
        if why is None:
            self._ordering.start(method)
        elif self._status.split:
            self.action_endpoint()
        else:
            self.wizard.say("made-up rows come from train alone: split the data first")

    def finished(self, command: Sequence[str], document: Any) -> None:
        if command[1] == "look":
            self._ordering.looked(document)
        else:
            self.app.push_screen(Panel("Done", done_text(command[1], document)))

    # What the keys do.

    def action_read(self) -> None:
        if self._status is None or not any(one.made for one in self._status.methods):
            self.wizard.say("no candidate is there to read: Enter on a method makes some")
            return
        keep_queue(self.project, CANDIDATES)
        self.wizard.go("review")

    def action_apply(self) -> None:
        if self._status is None or not self._status.approved:
            self.wizard.say("no candidate is approved yet: r reads them")
            return
        self.unless_stale(lambda: self.act("augment", "apply"))

    def action_drop(self) -> None:
        in_data = self._status.in_data if self._status else {}
        if not in_data:
            self.wizard.say("no made-up row is in the data")
            return
        names = list(in_data)
        rows = [row((f"{name:<17}", "strong"), f"{in_data[name]:,} rows") for name in names]
        everything = row((f"{'all of them':<17}", "strong"), f"{sum(in_data.values()):,} rows")

        def chosen(number: int) -> None:
            which = ("--method", names[number]) if number < len(names) else ("--all",)
            self.unless_stale(lambda: self.act("augment", "drop", *which))

        self.choose(Choose("Take which made-up rows out of the data?", [*rows, everything]), chosen)

    def action_endpoint(self) -> None:
        self._ordering.endpoint(endpoint(self.project))

    def action_back(self) -> None:
        if self.wizard.work is not None:
            super().action_back()
        else:
            self.dismiss(None)
