"""What both arms have cost by each month: two curves, which meet where the tuned model has paid back."""

import math
from dataclasses import dataclass

from engine.costs import model
from engine.costs.levers import Numbers
from engine.costs.terms import Terms


@dataclass(frozen=True, slots=True)
class Month:
    month: float
    """Months since the beginning; the last is the horizon, which need not be whole."""
    baseline: float
    """USD by then."""
    tuned: float


def curves(numbers: Numbers, terms: Terms) -> tuple[Month, ...]:
    """From the beginning, when the tuned arm has its upfront cost alone, month by month to the horizon, where the two
    lie apart by the outcome's net. A retrain is paid when it is due. Numbers must be plain."""
    found = model.outcome(numbers, terms)
    whole = range(math.ceil(found.horizon))
    return tuple(_month(found, numbers, at) for at in [*map(float, whole), found.horizon])


def _month(found: model.Outcome, numbers: Numbers, month: float) -> Month:
    every = numbers.retrain_every_months
    times = min(found.retrains, month // every) if every else 0.0
    tuned = found.upfront + month * found.monthly_tuned + times * found.retrain_cost
    return Month(month, month * found.monthly_baseline, tuned)
