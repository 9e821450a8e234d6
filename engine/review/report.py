"""Where a review stands, in numbers."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.review.agreement import Agreement
from engine.review.pace import STREAK
from engine.review.queue import goal
from engine.review.statistics import Bound, Counts
from engine.review.verdicts import RANDOM


@dataclass(frozen=True, slots=True)
class Report:
    """Where the review of `version` stands."""

    version: str
    counts: Counts
    """Rows, each once: the verdict that stands among those of all readers."""
    bound: Bound
    target: int
    """Rows to look at before the gate says anything."""
    limit: float
    """Share of bad rows that the bound may allow."""
    to_apply: int
    """Bad rows, of whatever queue, that are still in the data as they were."""
    reasons: Mapping[str, int]
    """Code -> rows rejected for it; the most frequent first."""
    own: int
    """Rows that this reader has judged in the random queue."""
    readers: Mapping[str, int]
    """Reader -> rows judged in the random queue."""
    agreement: Agreement | None
    disagreements: int
    """Rows that readers judged differently and nobody has settled; they count as bad."""
    consistency: tuple[int, int] | None
    """(judged alike, shown again to their reader); None before the first."""
    too_fast: int
    """Rows of this reader that were decided faster than they can be read."""
    streak: int
    """Most rows that this reader accepted one after the other."""
    pace: float | None
    """Seconds a card of the random queue takes this reader, of late."""
    others: Mapping[str, Counts]
    """Queue -> what all readers have judged in it; none of it enters the bound."""
    guideline: int | None
    """Version in force."""
    older: int
    """Verdicts of the sample that were made under an older guideline, or before there was one."""

    @property
    def done(self) -> bool:
        return self.bound.looked_at >= self.target

    @property
    def whole(self) -> bool:
        """Whether the reader has come just to a goal: the place to stop, or to choose to go on."""
        return self.own > 0 and goal(self.own - 1, self.bound.rows) == self.own

    @property
    def doubts(self) -> tuple[str, ...]:
        """What the gate should know of the bound; it changes as seldom as the bound itself."""
        counts, found = self.counts, []
        if counts.many_skipped:
            cards = f"{counts.skipped:,} of {counts.looked_at + counts.skipped:,} cards were skipped"
            found.append(f"{cards}, over 10 %: what is hard to judge may be worse than what was judged")
        if self.disagreements:
            rows = f"{self.disagreements:,} {'row' if self.disagreements == 1 else 'rows'}"
            found.append(f"readers disagree on {rows}: bad until one of them settles it")
        if self.too_fast:
            found.append("rows were decided faster than they can be read")
        return tuple(found)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the bound doubtful, with numbers."""
        found = list(self.doubts)
        if self.too_fast:
            rows = f"{self.too_fast:,} {'row' if self.too_fast == 1 else 'rows'}"
            found[-1] = f"{rows} decided faster than they can be read: over 40 words in under 1.5 s"
        if self.streak >= STREAK:
            found.append(f"{self.streak:,} rows were accepted one after the other: were they read?")
        return tuple(found)

    @property
    def warning(self) -> str | None:
        return "; ".join(self.warnings) or None

    def document(self) -> dict[str, Any]:
        """For --json; `agreement` is null until a second reader has read the same rows."""
        same = self.consistency
        return {
            "queue": RANDOM,
            "version": self.version,
            "rows": self.bound.rows,
            "target": self.target,
            "seen": self.bound.looked_at,
            "bad": self.bound.bad,
            "bound_95": self.bound.share,
            "interval": self.bound.interval,
            "agreement": self.agreement and self.agreement.document(),
            "disagreements": self.disagreements,
            "self_consistency": same and {"same": same[0], "of": same[1]},
            "readers": dict(self.readers),
            "counts": asdict(self.counts),
            "reasons": dict(self.reasons),
            "to_apply": self.to_apply,
            "limit": self.limit,
            "pace_s": self.pace,
            "other_queues": {name: asdict(one) for name, one in self.others.items()},
            "too_fast": self.too_fast,
            "longest_accept_streak": self.streak,
            "guideline": {"version": self.guideline, "verdicts_under_older": self.older},
            "sentence": self.bound.sentence,
            "warning": self.warning,
        }
