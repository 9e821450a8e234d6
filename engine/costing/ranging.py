"""The range of a lever as a person types it: between what tornado and simulation vary it."""

import re
from dataclasses import replace

from engine.costing.case import check_range
from engine.costing.scenario import Scenario
from engine.costs import typed
from engine.costs.levers import by_name, check
from engine.errors import UsageError

_BETWEEN = re.compile(r"\s*\.\.\s*|\s+to\s+|\s+")
PRICE = "baseline_price"
"""No lever, but a range: a factor on all that the baseline is charged."""
_FORM = "two values, the least first: 50k to 2M, 60% to 95%, 0.5..2"


def set_range(scenario: Scenario, name: str, text: str | None) -> Scenario:
    """`scenario` with one range; None: between the bounds that its spread gives, as without one.

    Raises UsageError for an unknown lever, for a choice, and for what is no range of it.
    """
    ranges = {one: pair for one, pair in scenario.ranges.items() if one != name}
    if text is None:
        return replace(scenario, ranges=ranges)
    ends = _BETWEEN.split(text.strip())
    if len(ends) != 2:
        raise UsageError(f"{name}: {text.strip()!r} is no range", hint=_FORM)
    pair = (_end(name, ends[0]), _end(name, ends[1]))
    check_range(name, pair)
    return replace(scenario, ranges={**ranges, name: pair})


def _end(name: str, text: str) -> float:
    if name != PRICE:
        if by_name(name).kind == "choice":
            raise UsageError(f"{name}: a choice has no range", hint="set it as it is to be: --set")
        return float(check(name, text))
    number = typed.number(text.lower().removeprefix("x"))
    if number is None:
        raise UsageError(f"{name}: {text!r} is no number", hint="a factor: 0.5 is half of today's price, 2 is double")
    return number
