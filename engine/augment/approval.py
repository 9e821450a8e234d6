"""How often a method's rows are approved, and what that says about those that nobody has read."""

import math

from engine.intervals import wilson

ALPHA = 0.05
"""One-sided: the bound misses in one case of twenty."""


def at_least(approved: int, read: int) -> float:
    """The exact one-sided 95 % lower bound of a rate (Clopper & Pearson 1934).

    The rate at which `approved` or more of `read` have a probability of 5 %; by bisection on the binomial tail, to
    1e-9. It holds for rows made alike, if those that were read stand for the others.
    """
    if not approved:
        return 0.0
    low, high = 0.0, approved / read
    while high - low > 1e-9:
        middle = (low + high) / 2
        low, high = (middle, high) if _tail(approved, read, middle) < ALPHA else (low, middle)
    return low


def rate(approved: int, read: int) -> dict[str, float] | None:
    """{"rate", "low", "high", "at_least"}: the share, its 95 % interval (Wilson), its bound; None with nothing read."""
    if not read:
        return None
    low, high = wilson(approved, read)
    return {"rate": approved / read, "low": low, "high": high, "at_least": at_least(approved, read)}


def _tail(least: int, n: int, p: float) -> float:
    """Probability of `least` or more hits in `n` draws."""
    if p <= 0.0 or p >= 1.0:
        return float(p >= 1.0)
    hit, missed = math.log(p), math.log1p(-p)
    return math.fsum(math.exp(_log_ways(n, k) + k * hit + (n - k) * missed) for k in range(least, n + 1))


def _log_ways(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
