"""What personal data with a shape looks like: one rule a writing, its check, and how it is told from its neighbours.

Patterns are ours and run in RE2: linear time, whatever the text. A rule finds a candidate; its check decides.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from engine.data import privacy_checks as checks
from engine.data.privacy_checks import IBAN_LENGTH, Check, digits

RULES = 1
"""Version of these rules. A change of what is found makes it one more: findings are then looked for again."""

KINDS = {
    "email": "e-mail addresses, also written with (at) and (dot)",
    "iban": "account numbers: IBAN with the length of its country and mod 97",
    "card": "payment cards: the network's prefix and length, and the Luhn digit",
    "national_id": (
        "numbers of persons with check digits: Belgium, Brazil (CPF), Canada (SIN), China, Finland, France (NIR), "
        "India (Aadhaar), Italy (codice fiscale), Norway, Poland (PESEL), Spain (DNI, NIE), Sweden, United Kingdom "
        "(National Insurance, by its letters); where the text names them also England (NHS), Germany (tax number), "
        "Netherlands (BSN), Romania (CNP), Turkey"
    ),
    "ssn": "US social security and taxpayer numbers, in ranges that are issued",
    "ip": "IPv4 and IPv6 addresses, less version numbers, masks and the machine itself",
    "phone": "phone numbers, by their writing or by the numbering plan of the regions",
}
"""Every kind, the surest first: where two overlap, the first one counts."""

Span = tuple[int, int]


Accept = Callable[[Any, Sequence[str]], Iterable[Span]]
"""(match, regions) -> the findings in it."""


class Rule(NamedTuple):
    """One way of writing one kind."""

    kind: str
    pattern: str
    accept: Accept
    fires: str = ""
    """Tried first, where it is much cheaper than `pattern`: without it in a text, `pattern` is not tried."""


def alone(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit touches text[start:end], nor a sign that makes it a part of something longer."""
    left, right = text[start - 1 : start] if start else "", text[end : end + 2]
    longer = right[:1] in ("-", ".", "/") and right[1:].isdigit()
    return not (left.isalnum() or left in ("-", ".", "_", "+") or right[:1].isalnum() or longer)


NUMBER_OF_SOMETHING = re.compile(
    r"(?:\b(?:order|invoice|ticket|ref|reference|case|tracking|serial|sku|part|item|account|acct|customer|id|isbn|issn|"
    r"doi|asin|ean|gtin|upc|imei|version|build|model|parcel|shipment|transaction|booking|claim|policy|contract|article|"
    r"bestellung|auftrag|rechnung|kundennummer|timestamp|epoch|pid|port|bytes|population|zip|postcode)s?"
    r"(?:[ _-]?(?:no|nr|num|number|id|code|key|n°))?\.?\s*(?:is|was|are|of)?\s*[:=#(\"']*\s*"
    r"|#\s?|n°\s?|№\s?|[/_&@$€£-])$",
    re.IGNORECASE,
)
"""Ends what stands before a number that counts or names a thing."""
_BEFORE = 32
_GAP = re.compile(r"[ \u00a0\u202f]+")
_MOST_GROUPS = 12


def before(text: str, start: int) -> str:
    """What stands before a number, as far as it can say what the number is."""
    return text[max(0, start - _BEFORE) : start]


def parts(text: str, span: Span, starts: int = _MOST_GROUPS) -> Iterator[Span]:
    """The span, then shorter parts of it between its gaps: two numbers may stand side by side."""
    start, end = span
    gaps = [found.span() for found in _GAP.finditer(text, start, end)][:_MOST_GROUPS]
    for first in [start, *(after for _, after in gaps)][:starts]:
        for last in [end, *(before for before, _ in reversed(gaps) if before > first)]:
            yield first, last


def _checked(check: Check) -> Accept:
    """The match as it is, if nothing touches it and it is not said to be another number."""

    def accept(match: Any, _: Sequence[str]) -> Iterator[Span]:
        text, number = match.string, match[0]
        said = before(text, match.start())
        counts = number.isdigit() and (NUMBER_OF_SOMETHING.search(said) or said.endswith(("00 ", "00-")))
        if alone(text, *match.span()) and not counts and check(number):
            yield match.span()

    return accept


def _one(find: Callable[[Any], Span | None]) -> Accept:
    """A rule that finds one span in a match, or none."""
    return lambda match, _: (span for span in [find(match)] if span)


def _named(check: Check) -> Accept:
    """The number is the first group; the words before it say what it is."""
    return lambda match, _: (match.span(1) for _ in range(check(match[1])))


def _card(match: Any, _: Sequence[str]) -> Iterator[Span]:
    """Parts of a run of digits that are cards, where numbers stand side by side."""
    text = match.string
    for start, end in parts(text, match.span()):
        bare = text[start:end].isdigit() and NUMBER_OF_SOMETHING.search(before(text, start))
        sized = 12 <= len(digits(text[start:end])) <= 19 and alone(text, start, end)
        if sized and not bare and checks.card(text[start:end]):
            yield start, end


_VERSION = re.compile(
    r"(?:\b(?:v|ver|vers|version|release|build|rev|revision|firmware|driver|section|chapter|clause|step|figure|oid|"
    r"upgrade[ds]? (?:to|from)|updated? to|python|java|linux|kernel|android|ios|macos|windows)\.?:? ?v?"
    r"|§ ?|==|[A-Za-z]/)$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\b(?:ip|ips|ipv4|address|addr|host|server|client|gateway|dns|ping|ssh|from|at)\W{0,3}(?:is )?$")


def _ip_v4(match: Any) -> Span | None:
    """One digit in each of the four places is a version number, unless the text says that it is an address."""
    text, (start, end) = match.string, match.span()
    said, address = before(text, start), match[0]
    if not alone(text, start, end) or not checks.ip_v4(address) or _VERSION.search(said):
        return None
    plain = len(address) > 7 or bool(_ADDRESS.search(said.lower())) or said.endswith("//")
    return (start, end) if plain else None


def _ip_v6(match: Any) -> Span | None:
    start = match.start()
    left = match.string[start - 1 : start] if start else ""
    text = match[0].rstrip(":") if not match[0].endswith("::") else match[0]
    fits = not (left.isalnum() or left in tuple(":.-_")) and checks.ip_v6(text)
    return (start, start + len(text)) if fits else None


_NO_ADDRESS = re.compile(r"@\d+x\.(?:png|jpe?g|gif|svg|webp)$", re.IGNORECASE)
"""icon@2x.png is a file."""


def _email(match: Any) -> Span | None:
    start, end = match.span()
    rest = match.string[end : end + 1]
    # git@host.example:path is a login that everybody shares.
    shared = match[0].lower().startswith("git@") and rest == ":"
    if shared or _NO_ADDRESS.search(match[0]):
        return None
    return start + len(match[0]) - len(match[0].lstrip(".'&%+-")), end


def _spelt(match: Any) -> Span | None:
    """The last word must be a top-level domain by its letters: numbers have points too."""
    last = re.split(r"[^A-Za-z0-9-]+", match[0].rstrip(">)]}"))[-1]
    return match.span() if last.isalpha() and 2 <= len(last) <= 24 else None


_IBAN_BREAKS = " .\u00a0\u202f-"


def _iban(match: Any) -> Span | None:
    """The country's length counted off from the first letter: text may run into it at both ends, digits may not."""
    text, start = match.string, match.start()
    wanted = IBAN_LENGTH.get(match[0][:2].upper(), 0)
    at, compact = start, ""
    while at < len(text) and len(compact) < wanted:
        if text[at].isascii() and text[at].isalnum():
            compact += text[at]
        elif text[at] not in _IBAN_BREAKS:
            return None
        at += 1
    groups = re.split(f"[{_IBAN_BREAKS}]", text[start:at])
    # Hexadecimal numbers are in small letters, too, and words come after them.
    cased = compact == compact.upper() or (compact == compact.lower() and all(len(one) == 4 for one in groups[:-1]))
    if text[at : at + 1].isdigit() or not cased or not wanted:
        return None
    return (start, at) if checks.iban(compact.upper()) else None


_NAME = r"[A-Za-z0-9._%+-]{1,64}"
_LABEL = r"[A-Za-z0-9-]{1,63}"
_BRACKETED = r" ?[\[({<] ?(?i:at|@) ?[\])}>] ?"
_POINT = r"(?: ?[\[({<] ?(?i:dot|punkt|\.) ?[\])}>] ?|\.| (?i:dot) )"
_SPELT = (
    rf"{_NAME}{_BRACKETED}{_LABEL}(?:{_POINT}{_LABEL}){{1,6}}|{_NAME} (?i:at) {_LABEL}(?: (?i:dot) {_LABEL}){{1,6}}"
)
_HEX = "[0-9A-Fa-f]{1,4}"

_ID = "national_id"

RULE_LIST = (
    Rule(
        "email",
        r"[\p{L}\p{N}._%+'&-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}[\p{L}\p{N}])?\.)+"
        r"(?:xn--[a-z0-9]{2,59}|\p{L}{2,24})",
        _one(_email),
        "@",
    ),
    Rule("email", rf"\b{_SPELT}\b", _one(_spelt), r"(?i) dot |[\[({<] ?(?:at|@) ?[\])}>]"),
    Rule("iban", r"(?i)[A-Z]{2}[0-9]{2}", _one(_iban), r"(?i)[A-Z]{2}[0-9]{2}[ \-.\x{a0}\x{202f}]?[A-Z0-9]{4}"),
    Rule("card", r"\b[0-9](?:[ \-.\x{a0}]?[0-9]){11,}", _card, r"\b[2-6](?:[ \-.\x{a0}]?[0-9]){11}"),
    Rule(_ID, r"\b[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}\b", _checked(checks.cpf)),
    Rule(_ID, r"\b(?:[XYZ]-?|[0-9])[0-9]{7}-?[A-Z]\b", _checked(checks.dni)),
    Rule(
        _ID,
        r"\b[12] ?[0-9]{2} ?(?:0[1-9]|1[0-2]) ?[0-9][0-9AB] ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}\b",
        _checked(checks.nir),
    ),
    Rule(_ID, r"\b[A-Z]{6}[0-9]{2}[ABCDEHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]\b", _checked(checks.codice_fiscale)),
    Rule(_ID, r"\b[0-9]{11}\b", _checked(lambda text: checks.eleven(text) or checks.belgian(text))),
    Rule(_ID, r"\b(?:[0-9]{2})?[0-9]{6}[-+][0-9]{4}\b", _checked(checks.swedish)),
    Rule(_ID, r"\b[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]\b", _checked(checks.finnish)),
    Rule(_ID, r"\b[0-9]{2}\.[0-9]{2}\.[0-9]{2}[- ][0-9]{3}\.[0-9]{2}\b", _checked(checks.belgian)),
    Rule(_ID, r"\b[1-9][0-9]{16}[0-9Xx]\b", _checked(checks.chinese)),
    Rule(_ID, r"\b[1-9][0-9]{2}[ -][0-9]{3}[ -][0-9]{3}\b", _checked(checks.sin)),
    Rule(_ID, r"\b[2-9][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}\b", _checked(checks.aadhaar)),
    Rule(_ID, r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b", _checked(checks.nino)),
    Rule(_ID, r"(?i)\bcnp\b[^0-9\n]{0,24}([1-8][0-9]{12})\b", _named(checks.romanian)),
    Rule(_ID, r"(?i)(?:kimlik\S{0,12}|\bt\.?c\.?\s)[^0-9\n]{0,24}([1-9][0-9]{10})\b", _named(checks.turkish)),
    Rule(_ID, r"(?i)\bnhs\b[^0-9\n]{0,24}([0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4})\b", _named(checks.nhs)),
    Rule(
        _ID,
        r"(?i)\b(?:bsn|burgerservicenummer)\b[^0-9\n]{0,24}([0-9]{4}\.?[0-9]{2}\.?[0-9]{3})\b",
        _named(checks.bsn),
    ),
    Rule(
        _ID,
        r"(?i)(?:steuer\S{0,24}|\btax id|\btin\b|idnr)[^0-9\n]{0,24}([0-9]{2} ?[0-9]{3} ?[0-9]{3} ?[0-9]{3})\b",
        _named(checks.steuer_id),
    ),
    Rule("ssn", r"\b[0-9]{3}(?:-[0-9]{2}-|[ ][0-9]{2}[ ]|\.[0-9]{2}\.)[0-9]{4}\b", _checked(checks.ssn)),
    Rule(
        "ssn",
        r"(?i)(?:\bssn\b|social security|\bitin\b)[^0-9\n]{0,24}([0-9]{9})\b",
        _named(lambda text: checks.ssn(f"{text[:3]}-{text[3:5]}-{text[5:]}")),
    ),
    Rule("ip", r"\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b", _one(_ip_v4)),
    Rule(
        "ip",
        rf"(?:{_HEX}:){{1,7}}:(?:{_HEX}(?::{_HEX}){{0,6}})?|(?:{_HEX}:){{7}}{_HEX}",
        _one(_ip_v6),
        rf"(?:{_HEX}:){{7}}|[0-9A-Fa-f]{{3,4}}:(?:{_HEX}:){{0,6}}:",
    ),
)
