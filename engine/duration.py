"""Times in words, everywhere the same: how long, how long about, how long ago."""

import math


def duration(seconds: float) -> str:
    """Seconds in words: 8 s, 3 min 20 s, 2 h 05 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


_CENTURY_S = 100 * 365.25 * 86_400


def roughly(seconds: float) -> str:
    """Seconds in words that change seldom, rounded up: on a live screen each change is sent over the line."""
    minutes = math.ceil(seconds / 60)
    if minutes <= 1:
        return "under 1 min"
    if minutes < 10:
        return f"{minutes} min"
    if minutes < 60:
        return f"{math.ceil(minutes / 5) * 5} min"
    hours = math.ceil(minutes / 30) / 2
    return f"{hours:g} h" if hours < 48 else f"{hours / 24:.0f} days"


def ago(seconds: float) -> str:
    """How long ago something was: just now, 3 min 20 s ago. A clock that was set back makes an age negative."""
    if seconds > _CENTURY_S:
        return "at no known time"
    return f"{duration(seconds)} ago" if seconds >= 60 else "just now"
