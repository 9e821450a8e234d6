"""Numbers as people type them: 1,000 · 1e6 · 200k · 2.5M · $3.99 · 80%."""

import re

_DIGITS = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d{1,3})?"
_FORM = re.compile(rf"\$?\s*(?P<digits>{_DIGITS})\s*(?P<ending>[km%]?)", re.IGNORECASE | re.ASCII)
_FACTORS = {"": 1.0, "k": 1e3, "m": 1e6}


def number(text: str) -> float | None:
    """The number that is meant; None where it is none. A comma groups thousands, so 1,5 is not taken for 1.5 or 15."""
    match = _FORM.fullmatch(text.strip())
    if match is None:
        return None
    try:
        value = float(match["digits"].replace(",", ""))
    except ValueError:
        return None
    ending = match["ending"].lower()
    return value / 100 if ending == "%" else value * _FACTORS[ending]
