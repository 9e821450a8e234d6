"""Where the lines of the report lead: to the rows behind each."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

from textual.screen import Screen

from engine.data.checklist import Item, checklist
from engine.data.report import Member, Report
from engine.on_demand import OnDemand
from engine.project import Project
from tui.screens.data_categories import CategoriesScreen
from tui.screens.data_checklist import ChecklistScreen
from tui.screens.data_clusters import ClustersScreen
from tui.screens.data_contradictions import ContradictionsScreen
from tui.screens.data_findings import FindingScreen
from tui.screens.data_lengths import LengthsScreen

Door = Callable[[], Screen[Any] | None]


class Joined(OnDemand[Member]):
    """Several lists as one, read as they are asked for."""

    def __init__(self, *lists: Sequence[Member]) -> None:
        self._lists = [one for one in lists if one]
        self._ends = list(accumulate(map(len, self._lists)))
        super().__init__(self._ends[-1] if self._ends else 0)

    def made(self, place: int) -> Member:
        number = bisect_right(self._ends, place)
        return self._lists[number][place - self._ends[number]]


class Doors:
    """behind(kind, rule) -> the screen that shows it, None when there is nothing to show."""

    def __init__(
        self, project: Project, report: Report, clean: Callable[[], None], opens: Callable[[Item], bool]
    ) -> None:
        """`clean` asks what is to be dropped; `opens` goes where something can be done about a checklist item."""
        self._project, self._report, self._clean, self._opens = project, report, clean, opens

    def behind(self, kind: str, rule: str = "") -> Screen[Any] | None:
        """The screen behind a line of this kind; a line of one rule has `rule`."""
        doors: dict[str, Door] = {
            "import": self._left_out,
            "problem": lambda: self.rule(rule),
            "secrets": lambda: self.rule("masked-secret"),
            "duplicates": self._duplicates,
            "contradictions": self._contradictions,
            "categories": lambda: CategoriesScreen(self._report),
            "lengths": lambda: LengthsScreen(self._report),
            "checklist": lambda: ChecklistScreen(checklist(self._project, self._report), self._opens),
        }
        return doors[kind]() if kind in doors else None

    def rule(self, rule: str) -> Screen[Any] | None:
        """Every place of a rule."""
        if rule in ("duplicate", "near-duplicate"):
            return self._duplicates()
        if rule in ("contradiction", "near-contradiction"):
            return self._contradictions()
        members, finding = self._report.members(rule), self._report.finding(rule)
        title = finding.title if finding else rule
        return FindingScreen(f"{title}: {len(members):,}", members, self._report.version) if members else None

    def _left_out(self) -> Screen[Any] | None:
        errors = [one.rule for one in self._report.findings if one.severity == "error"]
        records = Joined(*map(self._report.members, errors))
        return FindingScreen(f"Left out: {len(records):,}", records, self._report.version) if records else None

    def _duplicates(self) -> Screen[Any] | None:
        clusters = Joined(*map(self._report.members, ("duplicate", "near-duplicate")))
        return (
            ClustersScreen("Duplicates", clusters, self._project, self._report.version, self._clean)
            if clusters
            else None
        )

    def _contradictions(self) -> Screen[Any] | None:
        certain, near = map(self._report.members, ("contradiction", "near-contradiction"))
        every = Joined(certain, near)
        if not every:
            return None
        return ContradictionsScreen(every, len(certain), self._project, self._report.version, self._clean)
