"""How fast a reader goes, from the times in the log, and whether that is faster than anyone can read."""

import statistics
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from engine.review.verdicts import Decision

_RECENT = 20
"""Verdicts that the pace is taken from: it follows a reader who tires."""
_FEWEST = 5
LONG_WORDS = 40
FAST_S = 1.5
"""Forty words in 1.5 s are 1,600 a minute: four to six times what people read."""
STREAK = 30
"""Accepted one after the other: at 5 % bad rows that happens once in five times by chance, and often by habit."""


def pace(decisions: Sequence[Decision]) -> float | None:
    """Median seconds from a card's appearance to its verdict over the last 20; None with fewer than 5.

    The median, so that one walk to the coffee machine does not count.
    """
    found = [seconds for one in decisions[-_RECENT:] if (seconds := _seconds(one)) is not None]
    return statistics.median(found) if len(found) >= _FEWEST else None


def too_fast(decisions: Iterable[Decision]) -> int:
    """Rows of over 40 words that were decided in under 1.5 s; a skip is no decision."""
    long = (one for one in decisions if one.verdict != "skip" and (one.words or 0) > LONG_WORDS)
    return sum((seconds := _seconds(one)) is not None and seconds < FAST_S for one in long)


def longest_streak(decisions: Iterable[Decision]) -> int:
    """Most rows that were accepted one after the other."""
    runs = groupby(decisions, key=lambda one: one.verdict == "accept")
    return max((sum(1 for _ in run) for accepted, run in runs if accepted), default=0)


def _seconds(decision: Decision) -> float | None:
    """None where another hand wrote something else than times, or the clock was set back in between."""
    try:
        taken = datetime.fromisoformat(decision.at) - datetime.fromisoformat(decision.shown)
    except (ValueError, TypeError):
        return None
    return taken.total_seconds() if taken.total_seconds() >= 0 else None
