"""What comes of a case: money, break-evens, months, and how sure all that is."""

import math
from dataclasses import dataclass

from engine.costing.case import Case
from engine.costing.problems import together
from engine.costs import break_even, model, monte_carlo, months, tornado
from engine.costs.break_even import Crossing
from engine.costs.model import Outcome
from engine.costs.monte_carlo import MonteCarlo
from engine.costs.months import Month
from engine.costs.tornado import Bar
from engine.errors import UsageError


@dataclass(frozen=True, slots=True)
class Found:
    outcome: Outcome
    crossings: tuple[Crossing, ...]
    """Every volume a month at which both arms cost the same over the horizon."""
    tornado: tuple[Bar, ...]
    """The widest first."""
    monte_carlo: MonteCarlo | None
    """None: not simulated."""
    months: tuple[Month, ...]
    break_even: float
    """Requests a month from which it pays: the first such crossing; 0: at any volume; infinite: at none."""


def found(case: Case, *, simulate: bool = True) -> Found:
    """What comes of `case`; without `simulate` at once and without numpy.

    Raises UsageError, with what to set, while a figure is lacking.
    """
    if case.lacks:
        raise together([UsageError(one.said, hint=one.hint) for one in case.lacks])
    numbers, terms, ranges = case.numbers, case.terms, case.ranges
    crossings = break_even.crossings(numbers, terms)
    return Found(
        outcome=model.outcome(numbers, terms),
        crossings=crossings,
        tornado=tornado.bars(numbers, terms, ranges),
        monte_carlo=monte_carlo.simulate(numbers, terms, ranges) if simulate else None,
        months=months.curves(numbers, terms),
        break_even=next((one.requests for one in crossings if one.way == "pays"), math.inf),
    )
