"""The figures of a result as lines: one list for the command's tables, for scenarios side by side and for exports."""

import math
from dataclasses import dataclass
from typing import Literal

from engine.costing.found import Found
from engine.costs.money import usd

Unit = Literal["USD", "months", "requests", "share", "replicas", "times"]


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    """As in `cost --json`; what is nested there has a point: upfront.training."""
    label: str
    value: float
    """Infinite: never."""
    unit: Unit

    @property
    def said(self) -> str:
        """The value as a person reads it."""
        if math.isinf(self.value):
            return "never" if self.unit in ("months", "requests") else "-endless" if self.value < 0 else "endless"
        match self.unit:
            case "USD":
                return usd(self.value)
            case "share":
                return f"{self.value:.1%}"
            case "months":
                return f"{self.value:,.4g}"
        return f"{self.value:,.0f}"


def lines(found: Found) -> tuple[Line, ...]:
    """Every figure of a result, in the order in which they are shown."""
    one = found.outcome
    return (
        Line("upfront.training", "training, all cycles", one.training, "USD"),
        Line("upfront.labelling", "labelling", one.labelling, "USD"),
        Line("upfront.review", "review", one.review, "USD"),
        Line("upfront.engineering", "engineering", one.engineering, "USD"),
        Line("upfront.evaluation", "evaluation", one.evaluation, "USD"),
        Line("upfront.total", "upfront", one.upfront, "USD"),
        Line("retrains", "trained again", one.retrains, "times"),
        Line("retrain_cost", "each time", one.retrain_cost, "USD"),
        Line("per_request.tuned", "a request, tuned, tokens", one.per_request_tuned, "USD"),
        Line("per_request.baseline", "a request, baseline", one.per_request_baseline, "USD"),
        Line("fixed_monthly", "fixed a month", one.fixed_monthly, "USD"),
        Line("replicas", "replicas", one.replicas, "replicas"),
        Line("utilisation", "busy on the average", one.utilisation, "share"),
        Line("monthly.tuned", "a month, tuned", one.monthly_tuned, "USD"),
        Line("monthly.baseline", "a month, baseline", one.monthly_baseline, "USD"),
        Line("monthly.saving", "saved a month", one.monthly_saving, "USD"),
        Line("break_even_requests_per_month", "break-even, requests/month", found.break_even, "requests"),
        Line("payback_months", "earned back after, months", one.payback_months, "months"),
        Line("horizon_months", "horizon, months", one.horizon, "months"),
        Line("net", "net", one.net, "USD"),
        Line("roi", "return on what is put in", one.roi, "share"),
        Line("net_with_value", "net with avoided errors", one.net_with_value, "USD"),
        *_drawn(found),
    )


def _drawn(found: Found) -> tuple[Line, ...]:
    drawn = found.monte_carlo
    if drawn is None:
        return ()
    return (
        Line("monte_carlo.p10", "net, one in ten is below", drawn.p10, "USD"),
        Line("monte_carlo.p50", "net, the middle", drawn.p50, "USD"),
        Line("monte_carlo.p90", "net, one in ten is above", drawn.p90, "USD"),
        Line("monte_carlo.p_positive", "chance of a gain", drawn.p_positive, "share"),
    )
