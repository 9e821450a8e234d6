"""Settings of the levers that were given a name: saved, opened, deleted, and chosen to be compared."""

from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import BindingType
from textual.types import CSSPathType

from engine import clock, scenarios
from engine.costing import Case, Found, Scenario, case, found
from engine.costing.values import said
from engine.costs.levers import by_name
from engine.costs.money import usd
from engine.errors import TunewrightError, UsageError
from engine.project import Project
from tui.keys import Key, bindings
from tui.screens.ask import Ask, Choose
from tui.screens.drill import KEYS, OPEN, Drill
from tui.screens.whatif_compare import CompareScreen
from tui.screens.whatif_prices import SIZES
from tui.screens.whatif_turns import KEPT
from tui.widgets.fitted import fitted
from tui.widgets.painted import Row, row

_NAME, _MODELS = 26, 30
_NARROW, _WIDE = 34, 76
"""Columns from which a line has room for what comes of it, and for the models."""
NOW = ""
"""The name of the levers as they stand, which have none of their own in the list."""


class SaveScreen(Ask):
    """Asks for a name and keeps the scenario under it; dismissed with the name. One that is taken by another scenario
    is replaced when Enter is pressed a second time."""

    def __init__(self, project: Project, scenario: Scenario) -> None:
        self._project, self._scenario = project, scenario
        self._warned = scenario.name
        """The name that may be replaced: its own, and one of which it was said that it is taken."""
        why = [
            row("Kept in the project's folder scenarios/, as a short file that can be read and edited."),
            row("Only what you set is in it: all else follows from project and catalogue, and changes with them."),
        ]
        super().__init__("Save these levers under which name?", why, scenario.name, check=self._save)

    def _save(self, text: str) -> None:
        name = text.strip()
        if name in scenarios.names(self._project) and name != self._warned:
            self._warned = name
            raise UsageError(
                f"there is a scenario {name!r} already", hint="Enter again replaces it; or type another name"
            )
        scenarios.save(self._project, replace(self._scenario, name=name), replace=name == self._warned)


@dataclass(frozen=True, slots=True)
class _Known:
    """A scenario that was read, with what comes of it today; or why that cannot be."""

    case: Case | None
    found: Found | None
    problem: TunewrightError | None = None


class ScenariosScreen(Drill[str]):
    """A line a scenario, the levers as they stand first; dismissed with the scenario that is opened, or with None."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["drill.tcss", "whatif_views.tcss"]
    VERTICAL_BREAKPOINTS = SIZES
    OWN: ClassVar[tuple[Key, ...]] = (
        OPEN,
        Key("m", "mark", "mark", "mark for the comparison, three at most; again takes the mark away"),
        Key("c", "compare", "compare", "the marked ones side by side; with none marked, this one and the levers"),
        Key("x", "delete", "delete", "delete the marked line's scenario"),
        Key("u", "undo", "undo", "bring back what was deleted here last", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings((*OWN[1:], *KEYS))
    ABOUT = (
        "A scenario is the set of levers that you turned, under a name. It is reckoned anew with today's prices each "
        "time. Enter opens one in the what-if, where u leads back; m marks up to three, c shows them side by side."
    )

    def __init__(self, project: Project, now: Case) -> None:
        super().__init__("Scenarios", listed(project))
        # Whatever they were opened from: since then they may have been turned.
        self._project, self._now = project, replace(now, scenario=replace(now.scenario, name=NOW))
        self._known: dict[str, _Known] = {}
        self._marked: list[str] = []
        self._deleted: list[Scenario] = []

    # What is listed.

    def line(self, item: str) -> Row:
        mark = f"[{self._marked.index(item) + 1}] " if item in self._marked else "    "
        name = "the levers as they stand" if item == NOW else item
        room = self.app.size.width
        width = min(_NAME, room - 18 if room >= _NARROW else max(1, room - 5))
        return row((f"{mark}{fitted(name, width)} ", "strong"), *self._result(item))

    def text(self, item: str) -> str:
        # The filter looks at names alone: to reckon every scenario would take it seconds.
        return item or "the levers as they stand"

    def _result(self, item: str) -> Row:
        known = self._reckoned(item)
        if known.problem or known.case is None or known.found is None:
            return row(("cannot be reckoned: see below", "bad"))
        net = known.found.outcome.net
        said = (f"{usd(net, sign=True):>12}", "good" if net > 0 else "")
        models = f"{known.case.tuned.model} at {known.case.destination.id}"
        return row(f"{fitted(models, _MODELS)} net " if self.app.size.width >= _WIDE else "", said)

    def detail(self, item: str) -> list[Row]:
        known = self._reckoned(item)
        if known.problem or known.case is None or known.found is None:
            why = known.problem
            return [row((str(why), "bad")), row(why.hint)] if why else []
        outcome, settings, values = known.found.outcome, known.case.scenario.settings, known.case.values
        payback = outcome.payback_months
        back = f"pays back in {payback:,.1f} months" if payback <= outcome.horizon else "does not pay back in that time"
        turned = " · ".join(f"{by_name(name).short} {said(by_name(name), values[name])}" for name in settings)
        return [
            row(
                f"upfront {usd(outcome.upfront)} · a month {usd(outcome.monthly_tuned)} against "
                f"{usd(outcome.monthly_baseline)} · {outcome.horizon:g} months · ",
                (back, "strong"),
            ),
            row((f"set here: {turned or 'nothing, all as proposed'}", "dim")),
        ]

    def _reckoned(self, item: str) -> _Known:
        if item not in self._known:
            try:
                here = self._now if item == NOW else self._case(scenarios.load(self._project, item))
                self._known[item] = _Known(here, found(here, simulate=False))
            except TunewrightError as error:
                self._known[item] = _Known(None, None, error)
        return self._known[item]

    def _case(self, scenario: Scenario) -> Case:
        return case(scenario, self._now.catalogue, self._now.facts, clock.today())

    # What is done.

    def opened(self, number: int) -> None:
        known = self._reckoned(self.items[number])
        if known.problem or known.case is None:
            self.say("it cannot be opened: see below the list")
            return
        self.dismiss(known.case.scenario if self.items[number] != NOW else None)

    def action_mark(self) -> None:
        if self.marked is None:
            return
        item = self.items[self.marked]
        if item in self._marked:
            self._marked.remove(item)
        elif len(self._marked) == scenarios.MOST_COMPARED:
            self.say(f"{scenarios.MOST_COMPARED} are marked already: m on one of them takes its mark away")
            return
        else:
            self._marked.append(item)
        self.show_items()

    def action_compare(self) -> None:
        chosen = self._marked or [NOW, *([self.items[self.marked]] if self.marked else [])]
        known = [self._reckoned(item) for item in chosen]
        # The list does without the simulation; where two are weighed against each other it belongs to them.
        able = [(one.case, found(one.case)) for one in known if one.case is not None and one.found is not None]
        if len(able) < len(known):
            self.say("one of them cannot be reckoned: the list says why below")
        elif len(able) < 2:
            self.say("mark two or three with m; the levers as they stand can be one of them")
        else:
            self.app.push_screen(CompareScreen(able))

    def action_delete(self) -> None:
        if not self.marked:
            self.say("the levers as they stand are not saved: there is nothing to delete")
            return
        name = self.items[self.marked]
        problem = self._reckoned(name).problem
        if problem is None:
            self._delete(name)
            return
        rows = [row(("no, leave it", "strong")), row(("yes, delete it for good", "strong"))]
        why = [row(str(problem)), row("What cannot be read cannot be brought back after.")]
        question = Choose(f"Delete {name}, which is damaged?", rows, why)
        self.app.push_screen(question, self.answered(lambda number: self._delete(name) if number else None))

    def _delete(self, name: str) -> None:
        known = self._reckoned(name)
        scenarios.delete(self._project, name)
        if known.case is not None:
            self._deleted.append(known.case.scenario)
        self._read_again(f"deleted {name}" + (" · u brings it back" if known.case is not None else ""))

    def action_undo(self) -> None:
        if not self._deleted:
            self.say("nothing was deleted here")
            return
        scenarios.save(self._project, self._deleted[-1])
        self._read_again(f"{self._deleted.pop().name} is there again")

    def _read_again(self, said: str) -> None:
        items = listed(self._project)
        self._known = {NOW: self._reckoned(NOW)}
        self._marked = [name for name in self._marked if name in items]
        self.show_items(items)
        self.say(said)


def listed(project: Project) -> list[str]:
    """The levers as they stand, then the scenarios: without the one in which those levers are kept by themselves."""
    return [NOW, *(name for name in scenarios.names(project) if name != KEPT)]
