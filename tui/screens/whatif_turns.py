"""What stands on the table: the case and what comes of it, every turn with its way back."""

from collections.abc import Mapping
from dataclasses import replace
from threading import Lock

from engine import scenarios
from engine.clock import today
from engine.costing import Case, Change, Found, Scenario, Value, case, deltas, facts, found, set_lever, turn
from engine.costs.levers import Lever, by_name
from engine.errors import TunewrightError, UsageError
from engine.project import Project
from engine.providers import catalogue

KEPT = "as-last-turned"
"""The scenario in which every turn is kept, so that nothing is lost with the connection."""


class Turns:
    """Raises what a damaged project raises when it is made; a scenario, or a destination, that cannot be is passed over
    and told in `problems`."""

    def __init__(self, project: Project, destination: str | None = None) -> None:
        self.project = project
        self.problems: list[TunewrightError] = []
        self._past: list[Scenario] = []
        self._on_disk = Scenario(KEPT)
        self._writing = Lock()
        self._other: tuple[Lever | None, Scenario, Value | None] = None, Scenario(), None
        """What was asked for last by `without`: it is asked again at every turn of the same lever."""
        self._read()
        self._before: Found | None = None
        self.case = self._first()
        self.found = _found(self.case)
        if destination:
            self._begin_at(destination)

    @property
    def scenario(self) -> Scenario:
        return self.case.scenario

    @property
    def changes(self) -> Mapping[str, Change]:
        """What the last turn did, by figure; the simulation's only when it is done."""
        return deltas(self._before, self.found) if self._before and self.found else {}

    def _read(self) -> None:
        self._today = today()
        self._catalogue = catalogue.for_project(self.project, self._today)
        self._facts = facts(self.project)

    def _case(self, scenario: Scenario) -> Case:
        return case(scenario, self._catalogue, self._facts, self._today)

    def _first(self) -> Case:
        """As it was left; else as the project says; else by the defaults alone."""
        for given in (self._kept(), Scenario()):
            try:
                return self._case(given)
            except UsageError as error:
                self.problems.append(error)
        return self._case(Scenario(settings={"destination": by_name("destination").default}))

    def _begin_at(self, destination: str) -> None:
        try:
            self.take(set_lever(self.scenario, "destination", destination, self._catalogue))
        except UsageError as error:
            self.problems.append(error)

    def _kept(self) -> Scenario:
        try:
            if KEPT in scenarios.names(self.project):
                self._on_disk = scenarios.load(self.project, KEPT)
        except TunewrightError as error:
            self.problems.append(error)
        return replace(self._on_disk, name="")

    def without(self, lever: Lever) -> Value | None:
        """What a lever would stand at if it were not set; None where it is not, and where that cannot be."""
        if lever.name not in self.scenario.settings:
            return None
        wanted = self._set(lever, None)
        if (lever, wanted) != self._other[:2]:
            try:
                self._other = lever, wanted, self._case(wanted).values[lever.name]
            except UsageError:
                self._other = lever, wanted, None
        return self._other[2]

    # What is done.

    def turn(self, lever: Lever, places: int) -> str:
        """Turns a lever; why, if nothing moved. Raises UsageError."""
        if self.take(turn(self.case, lever.name, places)):
            return self.effect(lever)
        only = lever.kind == "choice"
        return f"{lever.short}: {'there is no other here' if only else 'it stands at its end, Enter types any value'}"

    def effect(self, lever: Lever) -> str:
        """That no figure has moved, if so."""
        idle = self._before and self.found and not self.changes
        return f"{lever.short}: no figure changes, it has no effect as things stand" if idle else ""

    def check(self, lever: Lever, text: str) -> None:
        """Raises UsageError for a text that the lever, or the case, does not take."""
        self._case(self._set(lever, text))

    def set(self, lever: Lever, text: str | None) -> bool:
        """As typed; None: back to its default. Raises UsageError."""
        return self.take(self._set(lever, text))

    def _set(self, lever: Lever, text: str | None) -> Scenario:
        return set_lever(self.scenario, lever.name, text, self._catalogue)

    def take(self, scenario: Scenario) -> bool:
        """Puts a scenario on the table; whether it differs. Raises UsageError when it cannot be."""
        if scenario == self.scenario:
            return False
        before = self.scenario
        self._show(self._case(scenario))
        self._past.append(before)
        return True

    def rename(self, name: str) -> None:
        """The same settings, saved under a name."""
        self.case = replace(self.case, scenario=replace(self.scenario, name=name))

    def undo(self) -> bool:
        """Takes the last turn back; whether there was one."""
        if not self._past:
            return False
        self._show(self._case(self._past[-1]))
        self._past.pop()
        return True

    def read_again(self) -> None:
        """With the prices of now."""
        self._other = None, Scenario(), None
        self._read()
        self._show(self._case(self.scenario))

    def _show(self, case: Case) -> None:
        self._before, self.case, self.found = self.found, case, _found(case)

    def simulated(self, found: Found) -> None:
        """The same with its simulation."""
        self.found = found

    def keep(self, scenario: Scenario) -> None:
        """Writes it down, for the next time and for `tunewright cost --scenario`, unless another one has taken its
        place by now; may be called from a thread."""
        kept = replace(scenario, name=KEPT)
        with self._writing:
            if scenario == self.scenario and kept != self._on_disk:
                scenarios.save(self.project, kept, replace=True)
                self._on_disk = kept


def _found(case: Case) -> Found | None:
    """At once and without numpy; None while a figure is missing."""
    return None if case.missing else found(case, simulate=False)
