"""Which lever decides: each is set to the ends of its range, all others stay."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.costs import model
from engine.costs.levers import Numbers
from engine.costs.terms import Terms


@dataclass(frozen=True, slots=True)
class Bar:
    name: str
    """Of the lever, or baseline_price."""
    low: float
    high: float
    """The ends of its range."""
    net_low: float
    """Net within the horizon, USD, at `low`."""
    net_high: float

    @property
    def swing(self) -> float:
        """USD between the two."""
        return abs(self.net_high - self.net_low)


def bars(numbers: Numbers, terms: Terms, ranges: Mapping[str, tuple[float, float]]) -> tuple[Bar, ...]:
    """One bar a range, the greatest swing first."""
    drawn = [_bar(numbers, terms, name, low, high) for name, (low, high) in ranges.items()]
    return tuple(sorted(drawn, key=lambda bar: -bar.swing))


def _bar(numbers: Numbers, terms: Terms, name: str, low: float, high: float) -> Bar:
    at_low, at_high = (model.outcome(replace(numbers, **{name: at}), terms).net for at in (low, high))
    return Bar(name, low, high, at_low, at_high)
