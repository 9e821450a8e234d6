"""Personal data that has a shape: found, and not changed.

Names, addresses and organisations have none and cannot be found offline: every report says that they were not sought.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import re2

from engine.data.patterns import one_pass, options
from engine.data.privacy_phones import OTHER_PLANS, PHONE_RULES, REGIONS
from engine.data.privacy_rules import KINDS, RULE_LIST

NOT_SCANNED = ("names", "addresses", "organisations")


class Place(NamedTuple):
    """Where a text holds personal data: text[start:end]."""

    start: int
    end: int
    kind: str
    """One of KINDS."""


_RULES = (*RULE_LIST, *PHONE_RULES, OTHER_PLANS)
FIRES = tuple(rule.fires or rule.pattern for rule in _RULES[:-1])
"""Where none of these is in a text as `seen`, and the regions are REGIONS, nothing is found in it."""
_FILTER = one_pass(FIRES)
"""3 us for 470 characters, measured."""
_PATTERNS = [re2.compile(rule.pattern, options()) for rule in _RULES]
_ORDER = list(KINDS)
# In JSON and code a text may hold escapes: what follows \n is the beginning of a word.
_ESCAPES = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[\"\\/bfnrt])")


def findings(text: str, regions: Sequence[str] = REGIONS) -> Counter[str]:
    """Places in `text` that look like personal data, by kind; a place counts once."""
    return Counter(place.kind for place in places(text, regions))


def places(text: str, regions: Sequence[str] = REGIONS) -> tuple[Place, ...]:
    """The same places in order; none overlap. `regions`: two-letter codes of countries whose phone numbers are known.

    Never raises, whatever the text.
    """
    read = seen(text)
    fired = [*(_FILTER.Match(read) or ()), *([len(_RULES) - 1] if regions != REGIONS else ())]
    if not fired:
        return ()
    found: list[Place] = []
    for one in sorted(_found(read, fired, regions), key=lambda one: _ORDER.index(one.kind)):
        at = bisect_left(found, one)
        free = (not at or found[at - 1].end <= one.start) and (at == len(found) or one.end <= found[at].start)
        if free:
            found.insert(at, one)
    return tuple(found)


def _found(text: str, fired: Iterable[int], regions: Sequence[str]) -> Iterator[Place]:
    for number in sorted(fired):
        rule = _RULES[number]
        for match in _PATTERNS[number].finditer(text):
            yield from (Place(start, end, rule.kind) for start, end in rule.accept(match, regions))


def seen(text: str) -> str:
    """`text` as the rules see it, as long as it is: RE2 wants UTF-8, and an escape ends a word."""
    if "\\" in text:
        text = _ESCAPES.sub(_stand_in, text)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _stand_in(match: re.Match[str]) -> str:
    code = match[1]
    return "x" * 6 if code and chr(int(code, 16)).isalnum() else "\n" * len(match[0])
