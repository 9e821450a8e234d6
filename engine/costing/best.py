"""Which of several results is the best for who tunes, figure by figure."""

from collections.abc import Sequence

from engine.costing.lines import Line

_MORE = ("monthly.saving", "net", "roi", "net_with_value")
_LESS = (
    "retrain_cost",
    "per_request.tuned",
    "fixed_monthly",
    "replicas",
    "monthly.tuned",
    "break_even_requests_per_month",
    "payback_months",
)
"""What the baseline costs is neither: a dear one is no merit of what would replace it."""


def best(alike: Sequence[Line]) -> int | None:
    """The place of the best of one figure's lines; None where two share it, or none is better than another."""
    name, values = alike[0].name, [line.value for line in alike]
    if name in _MORE or name.startswith("monte_carlo."):
        at = values.index(max(values))
    elif name in _LESS or name.startswith("upfront."):
        at = values.index(min(values))
    else:
        return None
    return at if values.count(values[at]) == 1 and len(values) > 1 else None
