"""A scenario: the levers that somebody has set, by name; all others follow from project and catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.costing import offered
from engine.costs.levers import by_name, check, choice, notch
from engine.providers.catalogue import tunables
from engine.providers.entries import Catalogue

if TYPE_CHECKING:
    from engine.costing.case import Case


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str = ""
    settings: Mapping[str, float | str] = field(default_factory=dict)
    """Checked values by lever."""
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Least and greatest in tornado and simulation, by lever; others from the levers' own spread."""


def set_lever(scenario: Scenario, name: str, text: str | None, catalogue: Catalogue | None = None) -> Scenario:
    """`scenario` with one lever as typed; None gives it back to its default.

    With a catalogue a tuned model that a new destination does not have goes back to its default too. Raises UsageError
    for an unknown lever, and for a value that the lever does not take.
    """
    lever = by_name(name)
    settings = {one: value for one, value in scenario.settings.items() if one != name}
    if text is not None:
        settings[name] = check(name, text.strip() if lever.kind == "choice" else text)
    changed = replace(scenario, settings=settings)
    return _fitting(changed, catalogue) if catalogue and name == "destination" else changed


def turn(case: "Case", lever: str, places: int) -> Scenario:
    """The case's scenario with one lever turned by `places` notches (negative: down); at a bound it stays."""
    one, value = by_name(lever), case.values[lever]
    if isinstance(value.value, str):
        turned: float | str = choice(choices(case, lever), value.value, places)
    else:
        start = value.value if value.found else one.default
        turned = notch(one, start, places)
    if turned == value.value:
        return case.scenario
    changed = replace(case.scenario, settings={**case.scenario.settings, lever: turned})
    return _fitting(changed, case.catalogue) if lever == "destination" else changed


def choices(case: "Case", lever: str) -> tuple[str, ...]:
    """What a lever of kind "choice" may be set to here, in order; empty for numbers. What is closed is left out."""
    catalogue, today = case.catalogue, case.today
    match lever:
        case "destination":
            return tuple(one.id for one in offered.places(catalogue, today))
        case "tuned_model":
            return tuple(one.model for one in offered.to_tune(catalogue, case.destination, today))
        case "baseline_model":
            return tuple(one.id for one in offered.to_replace(catalogue, today))
    return by_name(lever).choices


def _fitting(scenario: Scenario, catalogue: Catalogue) -> Scenario:
    """Without a tuned model that its destination has not; a destination that is not set may be any."""
    there = next((one for one in catalogue.destinations if one.id == scenario.settings.get("destination")), None)
    if there and scenario.settings.get("tuned_model") in [one.model for one in tunables(catalogue, there)]:
        return scenario
    kept = {name: value for name, value in scenario.settings.items() if name != "tuned_model"}
    return replace(scenario, settings=kept)
