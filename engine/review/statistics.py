"""What the rows that were looked at say about those that were not."""

import math
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from engine.intervals import wilson
from engine.review.queue import TARGET
from engine.review.verdicts import Decision

ALPHA = 0.05
"""One-sided: the bound is exceeded by chance in one review out of twenty."""
_ROUNDING = 1e-9
"""Probabilities of just ALPHA happen (1 drawn of 20), and a sum of floats may miss them by 1e-13."""
LIMIT = 0.10
"""Share of bad rows that the bound may allow, unless [review] limit in project.toml says otherwise."""
MANY_SKIPPED = 0.10


@dataclass(frozen=True, slots=True)
class Counts:
    """Verdicts by kind. An edit that left the answer as it was counts as accepted."""

    accepted: int = 0
    rejected: int = 0
    edited: int = 0
    flagged: int = 0
    skipped: int = 0

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> "Counts":
        """How often each verdict was given."""
        found = {"accept": 0, "reject": 0, "edit": 0, "flag": 0, "skip": 0}
        for decision in decisions:
            found["accept" if decision.verdict == "edit" and not decision.edits else decision.verdict] += 1
        return cls(found["accept"], found["reject"], found["edit"], found["flag"], found["skip"])

    @property
    def looked_at(self) -> int:
        """Rows with a verdict; a skip is none."""
        return self.accepted + self.bad

    @property
    def bad(self) -> int:
        return self.rejected + self.edited + self.flagged

    @property
    def many_skipped(self) -> bool:
        """Whether so many cards were skipped that the others may not stand for all."""
        return self.skipped > MANY_SKIPPED * (self.looked_at + self.skipped)


@dataclass(frozen=True, slots=True)
class Bound:
    """`bad` of `looked_at` rows, drawn at random from `rows`, and what follows for the rest."""

    rows: int
    looked_at: int
    bad: int
    remedied: int = 0
    """Of the bad rows, those that a later version holds no more."""
    refused: int = 0
    """Rows not looked at that a later version holds no more."""

    @property
    def unread(self) -> int:
        return max(0, self.rows - self.looked_at - self.refused)

    @property
    def share(self) -> float | None:
        """At most this share of the rows not looked at is bad (95 %); None before the first verdict.

        Where every row was looked at: the share of bad rows that are still there.
        """
        if not self.looked_at:
            return None
        if not self.unread:
            return (self.bad - self.remedied) / self.rows
        return min(1.0, (most_bad(self.rows, self.looked_at, self.bad) - self.bad) / self.unread)

    @property
    def interval(self) -> tuple[float, float] | None:
        """Of the rate of bad rows, 95 % (Wilson 1927), for display; None before the first verdict."""
        return wilson(self.bad, self.looked_at) if self.looked_at else None

    @property
    def percent(self) -> float | None:
        """Fewer than so many per cent of the rows not looked at are bad (95 %); None while nothing can be said."""
        share = self.share
        if share is None or not self.unread:
            return None
        # Rounded up, so that "fewer than" stays true.
        percent = (math.floor(share * 1000 + 1e-9) + 1) / 10
        return percent if percent <= 100 else None

    @property
    def sentence(self) -> str:
        """The bound in words."""
        share, found = self.share, f"{self.bad:,} bad of {self.looked_at:,} looked at"
        if share is None:
            return f"none of {self.rows:,} rows has been looked at"
        if not self.unread:
            left = self.bad - self.remedied
            return f"{found}, which is every row: {left:,} of them {'is' if left == 1 else 'are'} still in the data"
        percent = self.percent
        rest = "of the rows not looked at would be rejected or changed"
        if percent is None:
            return f"{found}: that says nothing yet about the rows not looked at"
        return f"{found}: with 95 % confidence fewer than {percent:.1f} % {rest}"


@lru_cache(maxsize=256)  # Asked several times a key press; 2 ms for 1,000 rows looked at, 40 of them bad.
def most_bad(rows: int, looked_at: int, bad: int) -> int:
    """The most bad rows that `rows` can hold when `bad` of `looked_at` drawn ones are (exact, one-sided 95 %).

    The largest K for which drawing `bad` or fewer has a hypergeometric probability over ALPHA; for ever more rows
    K / rows becomes the bound of Clopper & Pearson 1934.
    """

    def ruled_out(total: int) -> bool:
        return _tail(rows, looked_at, bad, total) <= ALPHA + _ROUNDING

    return bad - 1 + bisect_left(range(bad, rows - looked_at + bad + 1), True, key=ruled_out)


def _tail(rows: int, drawn: int, bad: int, total: int) -> float:
    """Probability of `bad` or fewer among `drawn` of `rows`, of which `total` are bad."""
    all_ways = _log_ways(rows, drawn)
    lowest = max(0, drawn - (rows - total))
    return math.fsum(
        math.exp(_log_ways(total, hit) + _log_ways(rows - total, drawn - hit) - all_ways)
        for hit in range(lowest, min(bad, total) + 1)
    )


def _log_ways(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def decisive(now: Bound, decisions: Iterable[Decision]) -> Bound:
    """The bound that the gate takes: the worst of that at the last whole hundred and those at bad rows since then.

    Good news counts at whole hundreds only: reading on until the bound pleases would break its 95 %. Bad news counts
    at once. `decisions` are in the order of the queue, without skips.
    """
    whole, bad = now.looked_at // TARGET * TARGET, [decision.bad for decision in decisions]
    if not whole or not now.unread:
        return now
    ends = [whole, *(place + 1 for place in range(whole, len(bad)) if bad[place])]
    bounds = [Bound(now.rows, end, sum(bad[:end]), refused=now.refused) for end in ends]
    return max(bounds, key=lambda bound: bound.share or 0.0)
