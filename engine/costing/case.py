"""One scenario against catalogue and project: every lever's value, what is charged, what should be known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

from engine.costing import derived
from engine.costing.charged import Charged, Missing, charged, missing
from engine.costing.facts import ProjectFacts
from engine.costing.notes import Note, notes
from engine.costing.picked import Picked, Settings, pick
from engine.costing.prices import Price
from engine.costing.problems import at, together
from engine.costing.scenario import Scenario
from engine.costing.speeds import Served
from engine.costing.values import Value
from engine.costs import levers
from engine.costs.levers import Numbers
from engine.costs.terms import Terms
from engine.errors import UsageError
from engine.providers.entries import Catalogue, Destination, Gpu, PricedModel, Tunable

_DEAREST = 1000.0
"""Times today's price: nobody means more, and far beyond sums are no numbers any more."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that the cost model needs, and where each of its numbers comes from."""

    scenario: Scenario
    values: Mapping[str, Value]
    """One for every lever, in the order in which levers are shown."""
    numbers: Numbers
    picked: Picked
    charged: Charged
    notes: tuple[Note, ...]
    """The gravest first."""
    lacks: tuple[Missing, ...]
    """Figures that no source gives; found() raises until they are set."""
    today: date
    catalogue: Catalogue
    facts: ProjectFacts

    @property
    def destination(self) -> Destination:
        return self.picked.destination

    @property
    def tuned(self) -> Tunable:
        return self.picked.tuned

    @property
    def baseline(self) -> PricedModel:
        return self.picked.baseline

    @property
    def gpu(self) -> Gpu | None:
        """What trains and serves, where it is known."""
        return self.picked.gpu

    @property
    def terms(self) -> Terms:
        return self.charged.terms

    @property
    def prices(self) -> tuple[Price, ...]:
        """Every price that enters, by whom it is charged, with its source."""
        return self.charged.prices

    @property
    def serving(self) -> Served | None:
        """What a replica carries, and who says so; None: not known, or none is paid."""
        return self.charged.serving

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of what is lacking: of levers, or of prices."""
        return tuple(one.name for one in self.lacks)

    @property
    def ranges(self) -> dict[str, tuple[float, float]]:
        """Least and greatest in tornado and simulation, by lever; each of the scenario's own holds the value."""
        own = {name: _holding(pair, getattr(self.numbers, name)) for name, pair in self.scenario.ranges.items()}
        return {**levers.ranges(self.numbers), **own}


def case(scenario: Scenario, catalogue: Catalogue, facts: ProjectFacts, today: date) -> Case:
    """The case of `scenario`. Raises UsageError with every problem: unknown or closed destinations and models, values
    out of bounds or against each other."""
    settings, picked = _given(scenario, catalogue, facts, today)
    values = derived.values(settings, picked, catalogue, facts)
    numbers = Numbers(**{one.name: values[one.name].value for one in fields(Numbers) if one.name in values})  # type: ignore[arg-type]
    _consistent(numbers)
    precision = str(values["serving_quantisation"].value)
    made = Case(
        scenario=scenario,
        values=values,
        numbers=numbers,
        picked=picked,
        charged=charged(settings, numbers, precision, picked, catalogue, today),
        notes=(),
        lacks=missing(picked, precision, [name for name, value in values.items() if not value.found]),
        today=today,
        catalogue=catalogue,
        facts=facts,
    )
    return replace(made, notes=notes(made))


def _given(scenario: Scenario, catalogue: Catalogue, facts: ProjectFacts, today: date) -> tuple[Settings, Picked]:
    """What is set, checked, and the three choices. Raises UsageError with the problems of both."""
    problems: list[UsageError] = []
    settings = _checked(scenario, problems)
    picked = None
    try:
        picked = pick(settings, catalogue, facts, today)
    except UsageError as error:
        problems.append(error)
    if problems or picked is None:
        raise together(problems)
    return settings, picked


def _checked(scenario: Scenario, problems: list[UsageError]) -> Settings:
    settings: dict[str, float | str] = {}
    for name, value in scenario.settings.items():
        with at(name, problems):
            settings[name] = levers.check(name, value)
    for name, pair in scenario.ranges.items():
        with at(f"range of {name}", problems):
            check_range(name, pair)
    return settings


def check_range(name: str, pair: tuple[float, float]) -> None:
    """Raises UsageError for the range of what is no number, and for one whose ends are out of order or bounds."""
    if name != "baseline_price":
        lever = levers.by_name(name)
        if lever.kind == "choice":
            raise UsageError(f"{name} is a choice, which has no range", hint="leave it out of [ranges]")
        for end in pair:
            levers.check(name, end)
    if pair[0] > pair[1]:
        raise UsageError(f"{pair[0]:g} to {pair[1]:g} is no range", hint="the least first, then the greatest")
    if name == "baseline_price" and not 0 <= pair[0] <= pair[1] <= _DEAREST:
        hint = f"factors on today's price, from 0 to {_DEAREST:,g}"
        raise UsageError(f"{pair[0]:g} to {pair[1]:g} is no range of a price", hint=hint)


def _consistent(numbers: Numbers) -> None:
    """Raises UsageError for values that are possible one by one, and not together."""
    problems = []
    if not numbers.static_prompt_tokens + numbers.dynamic_prompt_tokens:
        both = "static_prompt_tokens and dynamic_prompt_tokens are both 0"
        problems.append(UsageError(f"{both}: a request without a prompt", hint="set the one that your prompt has"))
    elif not numbers.tuned_static_prompt_tokens + numbers.dynamic_prompt_tokens:
        both = "tuned_static_prompt_tokens and dynamic_prompt_tokens are both 0"
        problems.append(UsageError(f"{both}: nothing is left to be asked", hint="what is asked anew is dynamic"))
    if problems:
        raise together(problems)


def _holding(pair: tuple[float, float], value: float) -> tuple[float, float]:
    return min(pair[0], value), max(pair[1], value)
