"""The day on which prices are old or young and services have ended: one clock, which TUNEWRIGHT_TODAY sets."""

import os
from datetime import UTC, date, datetime

from engine.errors import UsageError

VARIABLE = "TUNEWRIGHT_TODAY"


def today() -> date:
    """Today in UTC, or the day in TUNEWRIGHT_TODAY (YYYY-MM-DD). Raises UsageError when that is no day."""
    given = os.environ.get(VARIABLE)
    if not given:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(given)
    except ValueError as error:
        raise UsageError(f"{VARIABLE}: {given!r} is no day", hint="write it as 2026-11-21, or unset it") from error
