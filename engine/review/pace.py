"""How fast a reader goes, from the times in the log."""

import statistics
from collections.abc import Sequence
from datetime import datetime

from engine.review.verdicts import Decision

_RECENT = 20
"""Verdicts that the pace is taken from: it follows a reader who tires."""
_FEWEST = 5


def pace(decisions: Sequence[Decision]) -> float | None:
    """Median seconds from a card's appearance to its verdict over the last 20; None with fewer than 5.

    The median, so that one walk to the coffee machine does not count.
    """
    found = [seconds for one in decisions[-_RECENT:] if (seconds := _seconds(one)) is not None]
    return statistics.median(found) if len(found) >= _FEWEST else None


def _seconds(decision: Decision) -> float | None:
    """None where another hand wrote something else than times, or the clock was set back in between."""
    try:
        taken = datetime.fromisoformat(decision.at) - datetime.fromisoformat(decision.shown)
    except (ValueError, TypeError):
        return None
    return taken.total_seconds() if taken.total_seconds() >= 0 else None
