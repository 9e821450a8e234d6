"""Words beside which names and addresses stand: rows to look at by eye. They are hints at a risk, and no findings."""

from typing import NamedTuple

import re2

from engine.data.masking import encodable
from engine.data.patterns import options


class Cue(NamedTuple):
    """Where such words stand: text[start:end]."""

    start: int
    end: int
    hints_at: str
    """a name, an address, a date of birth, an identity document"""


_NAME = r"\p{Lu}\p{Ll}[\p{L}'\x{2019}-]*"
_TITLE = "Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Señor|Señora"
_NOBODY = (
    "Sir|Madam|Team|All|Customer|Colleague|Reader|User|Friend|Support|Hiring|Everyone|Everybody|There|World|Valued|"
    "Diary|God|Lord|Santa"
)
_CUES = {
    "a name": (
        r"\b(?i:my name is|my name's|call me|name\s?:|signed\s?:|ich heiße|mein name ist|je m'appelle|me llamo) "
        rf"{_NAME}|\b(?:Dear|Hi|Hello|Liebe|Lieber|Chère|Cher|Estimado|Estimada) (?:{_TITLE})?\.? ?{_NAME}[ ,!:]"
        rf"|\b(?:{_TITLE})\.? {_NAME}"
        rf"|\b(?i:regards|sincerely|yours|cheers|thanks|grüße|cordialement|saludos),?\s*\n+\s*{_NAME}"
    ),
    "an address": (
        r"\b(?i:i live (?:at|in|on)|my address|home address|deliver(?:ed)? to|ship(?:ped)? to|wohne in|j'habite|"
        r"vivo en)\b"
        r"|\b[0-9]{1,5}[A-Za-z]? (?:\p{Lu}[\p{L}.'-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|"
        r"Boulevard|Blvd|Square|Way|Close|Terrace)\b"
        r"|\b\p{Lu}[\p{L}-]+(?:straße|strasse|str\.|weg|platz|allee|gasse) [0-9]{1,4}"
    ),
    "a date of birth": r"\b(?i:born on|date of birth|birthday is|d\.?o\.?b\.?\s?:|geboren am|née? le|nacido el)",
    "an identity document": (
        r"\b(?i:passport|driver'?s licen[cs]e|driving licen[cs]e|national id|insurance|medical record|patient id)"
        r"(?i: number| no\.?| nr\.?)\b"
    ),
}
_PATTERNS = {what: re2.compile(pattern, options()) for what, pattern in _CUES.items()}
_ANY = re2.compile("|".join(f"(?:{pattern})" for pattern in _CUES.values()), options())
_TO_NOBODY = re2.compile(rf"^(?:Dear|Hi|Hello|Hallo) (?:{_NOBODY})\b", options())


def cues(text: str) -> tuple[Cue, ...]:
    """Words in `text` beside which somebody's name, address or papers stand; in order."""
    seen = encodable(text)
    if not _ANY.search(seen):
        return ()
    found = [
        Cue(match.start(), match.end(), what)
        for what, pattern in _PATTERNS.items()
        for match in pattern.finditer(seen)
        if not _TO_NOBODY.search(match[0])
    ]
    return tuple(sorted(found))
