"""Personal data that has a shape: found and counted, not changed.

Names, addresses and organisations have none and cannot be found offline: every report says that they were not sought.
"""

import re
from collections import Counter
from collections.abc import Iterator

import re2

NOT_SCANNED = ("names", "addresses", "organisations")

_PATTERNS = {
    "email": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}",
    "iban": r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
    "card": r"\b[0-9](?:[ -]?[0-9]){12,18}\b",
    "phone": (
        r"(?:\+|\b00)[1-9][0-9]{0,2}[ ./-]?(?:\([0-9]{1,5}\)[ ./-]?)?[0-9](?:[ ./-]?[0-9]){5,12}\b"
        r"|\(?\b[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b"
        r"|\b0[1-9][0-9]{1,4}[ /-][0-9](?:[ -]?[0-9]){4,9}\b"
    ),
}
_COMPILED = {kind: re2.compile(pattern) for kind, pattern in _PATTERNS.items()}
# Two characters of a find at least: most texts end here.
_ANY = re.compile(r"[@0-9](?:(?<=@)|[0-9 ().-]{2})")


def findings(text: str) -> Counter[str]:
    """Places in `text` that look like personal data, by kind; a place counts once."""
    found: Counter[str] = Counter()
    if not _ANY.search(text):
        return found
    done = 0
    for start, end, kind in sorted(_matches(text)):
        if start >= done:
            found[kind] += 1
            done = end
    return found


def _matches(text: str) -> Iterator[tuple[int, int, str]]:
    for kind, pattern in _COMPILED.items():
        for match in pattern.finditer(text):
            if _CHECKS[kind](match[0]):
                yield *match.span(), kind


def _luhn(text: str) -> bool:
    """ISO/IEC 7812-1 check digit over 13 to 19 digits that are not all the same."""
    digits = [int(character) for character in text if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _mod_97(text: str) -> bool:
    """ISO 13616 check digits of an IBAN (15 to 34 characters); words that follow it may have been caught with it."""
    groups = text.split(" ")
    return any(_iban("".join(groups[:count])) for count in range(len(groups), 0, -1))


def _iban(compact: str) -> bool:
    if not 15 <= len(compact) <= 34:
        return False
    moved = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def _phone(text: str) -> bool:
    """E.164 allows 15 digits; fewer than 8 are extensions and order numbers."""
    return 8 <= sum(character.isdigit() for character in text) <= 15


_CHECKS = {"email": lambda text: True, "iban": _mod_97, "card": _luhn, "phone": _phone}
