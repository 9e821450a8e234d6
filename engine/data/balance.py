"""How many examples each category has, how even they are, and whether that is enough."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.corpus import Corpus
from engine.data.shingles import I64

RANGES = {
    "classification": ((50, 100), (200, 500)),
    "extraction": ((100, 200), (500, 1000)),
    "style": ((50, 100), (200, 500)),
    "reasoning": ((200, 500), (1000, 5000)),
    "domain": ((500, 1000), (2000, 10000)),
}
"""Task -> (minimum, recommended) per category. The field's guidance (OpenAI: gains from 50-100; Azure: hundreds to
thousands for a new skill); it counts unique groups that are trained on, not rows."""

UNEVEN, VERY_UNEVEN = 5, 10
"""Largest to smallest category: from here a warning, and a strong one."""


ALL, NONE = "(all rows)", "(no category)"


def by_name(corpus: Corpus, rows: I64) -> dict[str, int]:
    """How many of `rows` are in each category, the largest first; all of them under one name where there is none."""
    counts = np.bincount(corpus.categories[rows] + 1, minlength=len(corpus.names) + 1)
    named = {name: int(count) for name, count in zip(corpus.names, counts[1:], strict=True) if count}
    if counts[0]:
        named[NONE if named else ALL] = int(counts[0])
    return dict(sorted(named.items(), key=lambda item: (-item[1], item[0])))


def groups_by_name(corpus: Corpus, rows: I64, groups: npt.NDArray[np.generic]) -> dict[str, int]:
    """How many distinct `groups` (one for each of `rows`) each category has; a group may belong to several."""
    _, number = np.unique(groups, return_inverse=True)
    _, first = np.unique(number * (len(corpus.names) + 1) + corpus.categories[rows] + 1, return_index=True)
    return by_name(corpus, rows[first])


def balance(counts: Mapping[str, int]) -> dict[str, Any]:
    """Shares, largest to smallest ratio and effective number of categories (exponential of the entropy)."""
    total = sum(counts.values())
    shares = {name: count / total for name, count in counts.items()}
    ratio = max(counts.values()) / min(counts.values()) if counts else None
    effective = math.exp(-sum(share * math.log(share) for share in shares.values())) if counts else 0.0
    return {
        "categories": {name: {"rows": counts[name], "share": round(shares[name], 4)} for name in counts},
        "ratio": round(ratio, 2) if ratio else None,
        "effective_categories": round(effective, 2),
        "warning": _unevenness(ratio or 1),
    }


def _unevenness(ratio: float) -> str | None:
    if ratio <= UNEVEN:
        return None
    strength = "very uneven" if ratio > VERY_UNEVEN else "uneven"
    return f"{strength}: the largest category has {ratio:.1f} times the rows of the smallest; collect more of the small"


def sizing(groups: Mapping[str, int], task: str, counted: str) -> dict[str, Any]:
    """Unique groups per category against what the task needs; `counted` says among which rows they were counted."""
    (minimum, _), (recommended, _) = RANGES[task]
    states = {name: {"groups": count, "state": _state(count, minimum, recommended)} for name, count in groups.items()}
    return {
        "task": task,
        "minimum": minimum,
        "recommended": recommended,
        "counted": counted,
        "categories": states,
        "short": sorted(name for name, count in groups.items() if count < minimum),
    }


def _state(count: int, minimum: int, recommended: int) -> str:
    if count < minimum:
        return f"too few: {minimum - count} more needed"
    return "enough" if count < recommended else "as recommended"
