"""How many examples each category has, how even they are, and whether that is enough."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from engine.examples_needed import RANGES

MODELS = (("7B", 100, 500), ("13-70B", 500, 5000), ("175B and more", 1000, None))
"""Parameters of the model, unique examples in all that it is tuned with (from, to). The larger a model, the more it
takes to move it; quality goes before quantity: 100 great examples beat 1,000 noisy ones."""

UNEVEN, VERY_UNEVEN = 5, 10
"""Largest to smallest category: over this a warning, and a strong one."""

_ADVICE = (
    "collect more of the small categories, or take fewer rows of the large ones into train; leave validation and test "
    "as they are, and judge by macro-F1, in which every category counts the same"
)


def balance(counts: Mapping[str, int]) -> dict[str, Any]:
    """How even the categories are, and what to do about it.

    `ratio` is largest to smallest; `effective_categories` the exponential of the entropy (as many equal ones would be
    as varied); `chi_square` Pearson's test against equal counts, with its p-value.
    """
    total = sum(counts.values())
    shares = {name: count / total for name, count in counts.items()}
    ratio = max(counts.values()) / min(counts.values()) if counts else None
    effective = math.exp(-sum(share * math.log(share) for share in shares.values())) if counts else 0.0
    return {
        "categories": {name: {"rows": counts[name], "share": round(shares[name], 4)} for name in counts},
        "ratio": round(ratio, 2) if ratio else None,
        "effective_categories": round(effective, 2),
        "chi_square": _chi_square(list(counts.values())),
        "warning": _unevenness(ratio or 1),
        "advice": _ADVICE if (ratio or 1) > UNEVEN else None,
    }


def _chi_square(counts: Sequence[int]) -> dict[str, float] | None:
    """Pearson's test that all categories are equally frequent; None for fewer than two."""
    if len(counts) < 2:
        return None
    expected, degrees = sum(counts) / len(counts), len(counts) - 1
    statistic = sum((count - expected) ** 2 for count in counts) / expected
    return {"statistic": round(statistic, 2), "degrees": degrees, "p": upper_tail(statistic, degrees)}


def upper_tail(statistic: float, degrees: int) -> float:
    """Probability that a chi-square variable of so many degrees is larger: Q(degrees / 2, statistic / 2).

    From Q(a + 1, x) = Q(a, x) + x**a e**-x / Gamma(a + 1) (Abramowitz & Stegun 6.5.21), summed up from Q(1/2, x) =
    erfc(sqrt(x)) or Q(1, x) = e**-x.
    """
    x, a = statistic / 2, 0.5 if degrees % 2 else 1.0
    if x <= 0:
        return 1.0
    tail = math.erfc(math.sqrt(x)) if degrees % 2 else math.exp(-x)
    while a < degrees / 2:
        tail += math.exp(a * math.log(x) - x - math.lgamma(a + 1))
        a += 1
    return min(1.0, tail)


def _unevenness(ratio: float) -> str | None:
    if ratio <= UNEVEN:
        return None
    strength = "very uneven" if ratio > VERY_UNEVEN else "uneven"
    return f"{strength}: the largest category has {ratio:.1f} times the rows of the smallest; collect more of the small"


def sizing(groups: Mapping[str, int], task: str, counted: str) -> dict[str, Any]:
    """Unique groups per category against what the task needs; `counted` says among which rows they were counted."""
    (minimum, minimum_to), (recommended, recommended_to) = RANGES[task]
    states = {name: {"groups": count, "state": _state(count, minimum, recommended)} for name, count in groups.items()}
    return {
        "task": task,
        "minimum": minimum,
        "recommended": recommended,
        "ranges": {"minimum": [minimum, minimum_to], "recommended": [recommended, recommended_to]},
        "counted": counted,
        "groups": sum(groups.values()),
        "categories": states,
        "models": by_model(sum(groups.values())),
        "short": sorted(name for name, count in groups.items() if count < minimum),
    }


def by_model(groups: int) -> list[dict[str, Any]]:
    """What models of each size want in all, and whether `groups` is that."""
    return [
        {"model": model, "from": low, "to": high, "state": "too few" if groups < low else "enough"}
        for model, low, high in MODELS
    ]


def _state(count: int, minimum: int, recommended: int) -> str:
    if count < minimum:
        return f"too few: {minimum - count} more needed"
    return "enough" if count < recommended else "as recommended"
