"""What a turned lever changed, in words."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from engine.costing.found import Found
from engine.costs.money import usd


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that moved."""

    name: str
    """As in FIGURES."""
    before: float
    after: float
    said: str
    """The difference in words: "$0.84 cheaper"."""
    better: bool | None
    """For the one who tunes; None: neither."""


@dataclass(frozen=True, slots=True)
class _Figure:
    of: Callable[[Found], float]
    up: str
    """What a greater one is: dearer, later, more."""
    down: str
    good: int
    """1: more is better; -1: less is; 0: neither."""
    unit: str = "USD"


def _rate(number: str) -> Callable[[Found], float]:
    """A figure of the simulation; NaN without one."""
    return lambda found: getattr(found.monte_carlo, number) if found.monte_carlo else math.nan


_FIGURES = {
    "upfront": _Figure(lambda found: found.outcome.upfront, "dearer", "cheaper", -1),
    "per_request_tuned": _Figure(lambda found: found.outcome.per_request_tuned, "dearer", "cheaper", -1),
    "per_request_baseline": _Figure(lambda found: found.outcome.per_request_baseline, "dearer", "cheaper", 1),
    "fixed_monthly": _Figure(lambda found: found.outcome.fixed_monthly, "dearer", "cheaper", -1),
    "monthly_tuned": _Figure(lambda found: found.outcome.monthly_tuned, "dearer", "cheaper", -1),
    "monthly_baseline": _Figure(lambda found: found.outcome.monthly_baseline, "dearer", "cheaper", 1),
    "monthly_saving": _Figure(lambda found: found.outcome.monthly_saving, "more saved", "less saved", 1),
    "replicas": _Figure(lambda found: found.outcome.replicas, "more", "fewer", -1, "replicas"),
    "utilisation": _Figure(lambda found: found.outcome.utilisation, "busier", "idler", 0, "share"),
    "break_even": _Figure(lambda found: found.break_even, "more needed", "fewer needed", -1, "requests"),
    "payback": _Figure(lambda found: found.outcome.payback_months, "later", "sooner", -1, "months"),
    "net": _Figure(lambda found: found.outcome.net, "better", "worse", 1),
    "net_with_value": _Figure(lambda found: found.outcome.net_with_value, "better", "worse", 1),
    "roi": _Figure(lambda found: found.outcome.roi, "better", "worse", 1, "share"),
    "horizon": _Figure(lambda found: found.outcome.horizon, "longer", "shorter", 0, "months"),
    "p10": _Figure(_rate("p10"), "better", "worse", 1),
    "p50": _Figure(_rate("p50"), "better", "worse", 1),
    "p90": _Figure(_rate("p90"), "better", "worse", 1),
    "gain": _Figure(_rate("p_positive"), "likelier", "less likely", 1, "share"),
}
FIGURES = tuple(_FIGURES)


def deltas(before: Found, after: Found) -> dict[str, Change]:
    """The figures that differ, by name; those of the simulation only when both were simulated."""
    changes = (_change(name, figure, figure.of(before), figure.of(after)) for name, figure in _FIGURES.items())
    return {one.name: one for one in changes if one}


def _change(name: str, figure: _Figure, before: float, after: float) -> Change | None:
    if before == after or math.isnan(before) or math.isnan(after) or _is_noise(before, after):
        return None
    rises = after > before
    better = rises == (figure.good > 0) if figure.good else None
    return Change(name, before, after, _said(figure, before, after), better)


def _is_noise(before: float, after: float) -> bool:
    """Of rounding, which no lever has turned."""
    return math.isclose(before, after, rel_tol=1e-12)


def _said(figure: _Figure, before: float, after: float) -> str:
    if math.isinf(after):
        return "now never" if after > 0 else "endless"
    if math.isinf(before):
        return "was never" if before > 0 else "was endless"
    word = figure.up if after > before else figure.down
    return f"{_amount(figure.unit, abs(after - before))} {word}"


def _amount(unit: str, size: float) -> str:
    if unit == "USD":
        return usd(size)
    if unit == "share":
        return f"{size * 100:,.0f} points" if size >= 1 else f"{size * 100:,.3g} points"
    if unit == "months":
        return f"{size:,.2g} months" if size < 10 else f"{size:,.0f} months"
    return f"{size:,.0f}"
