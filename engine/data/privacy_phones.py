"""Phone numbers: by a writing that little else has, by the words before them, or by the numbering plan of a region.

The numbering plans are those of the phonenumbers library. It takes some 50 us a number (measured) and is asked only
about runs of digits that are written in a way that a number could be.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from engine.data.privacy_checks import digits
from engine.data.privacy_rules import NUMBER_OF_SOMETHING, Accept, Rule, Span, before, parts
from engine.errors import UsageError

REGIONS = ("US", "GB")
"""Whose national numbers are known where the project names no others; international writing needs no region."""

_SIGNS = r" .\-/\x{a0}\x{202f}\x{2010}-\x{2013}"
_MORE = r"(?:(?: ?x| ?#|,? ?ext\.?| extension) ?[0-9]{1,6}\b)?"
_NOUNS = (
    "phone|telephone|tel|mobile|mob|cell|cellphone|fax|whatsapp|handy|telefon|telefono|teléfono|téléphone|celular|"
    "móvil|rufnummer|hotline"
)
_VERBS = "call|dial|ring|text|sms|contact|reach|anrufen|appelez"


_INTERNATIONAL = rf"(?:\+ ?|\(\+|\b00[ -]?)[1-9](?:[{_SIGNS}()]{{0,3}}[0-9]){{6,16}}{_MORE}"
_AMERICAN = (
    rf"(?:\b1[ .-])?(?:\([0-9]{{3}}\) ?|\b[0-9]{{3}}[{_SIGNS}]{{1,3}})[0-9]{{3}}[{_SIGNS}]{{1,3}}[0-9]{{4}}{_MORE}"
)
_TRUNK = (
    rf"(?:\(0[1-9][0-9]{{0,4}}\)|\b0[1-9][0-9]{{0,4}})[{_SIGNS}]{{1,3}}[0-9]{{2,}}"
    rf"(?:[{_SIGNS}]{{1,3}}[0-9]{{2,}}){{0,4}}{_MORE}"
)
_SAID = (
    rf"(?i)\b(?:(?:{_NOUNS})\b[^0-9+(\n]{{0,24}}|(?:{_VERBS})\b[a-z ]{{0,16}}:? ?)"
    rf"([+(]?[0-9](?:[{_SIGNS}()]{{0,2}}[0-9]){{6,14}}){_MORE}"
)
_BARE = r"\b(?:1?[2-9][0-9]{9}|0[1-9][0-9]{7,10})\b"
_RUN = rf"\(?\b[0-9](?:[{_SIGNS}()]{{0,3}}[0-9]){{8,}}{_MORE}"

_DATE = re.compile(r"(?<!\d)(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{4})(?!\d)")


def known_regions(said: object, where: str | None = None) -> tuple[str, ...]:
    """Two-letter codes of countries, checked against the library's plans. Raises UsageError for what is none."""
    codes = tuple(str(one).strip().upper() for one in said) if isinstance(said, list | tuple) else ()
    if codes == REGIONS:
        return codes
    import phonenumbers

    wrong = [one for one in codes if one not in phonenumbers.SUPPORTED_REGIONS]
    if not codes or wrong:
        hint = 'two-letter codes of countries, such as regions = ["US", "GB", "DE"] under [privacy]'
        raise UsageError(f"{wrong[0] if wrong else said!r}: no region of phone numbers", hint=hint, where=where)
    return codes


Fits = Callable[[str, str], bool]
"""(number, what stands before it) -> whether it is a phone."""


def _written(fits: Fits) -> Accept:
    """The longest part from the left that is a phone by its writing."""

    def accept(match: Any, _: Sequence[str]) -> Iterator[Span]:
        text = match.string
        whole = (span for span in _parts(text, match.span(), 1) if fits(text[slice(*span)], before(text, span[0])))
        return islice(whole, 1)

    return accept


def _said(match: Any, _: Sequence[str]) -> Iterator[Span]:
    """What the words before it call a phone, unless words between say otherwise."""
    text, span = match.string, match.span(1)
    counts = _DATE.search(match[1]) or NUMBER_OF_SOMETHING.search(before(text, span[0]))
    if _free(text, *span) and not counts:
        yield span


def _planned(match: Any, regions: Sequence[str]) -> Iterator[Span]:
    """Parts that are in use by the numbering plan of a region, and written as it is dialled there."""
    text = match.string
    for span in _parts(text, match.span()):
        number = text[slice(*span)]
        if any(_in_use(number, region) for region in regions):
            counts = _DATE.search(number) or NUMBER_OF_SOMETHING.search(before(text, span[0]))
            yield from () if counts else (span,)


def _parts(text: str, whole: Span, *starts: int) -> Iterator[Span]:
    """Parts of a run of digits that could be a number."""
    for start, last in parts(text, whole, *starts):
        end = start + len(text[start:last].rstrip(" .-/()\u00a0"))
        sized = 7 <= len(digits(text[start:end])) <= 21 and text[end - 1].isdigit()
        if sized and _free(text, start, end):
            yield start, end


def _free(text: str, start: int, end: int) -> bool:
    """Whether no letter or digit touches the number, and no point or dash makes it a part of something longer."""
    after = text[end : end + 2]
    longer = after[:1] in ("-", ".", "/", ":", ",") and after[1:].isdigit()
    joined = start > 1 and text[start - 1] in ".-:," and text[start - 2].isalnum()
    return not (text[max(0, start - 1) : start].isalnum() or joined or after[:1].isalnum() or longer)


def _international(number: str, before: str) -> bool:
    """+ and a country code with a number as long as that country has; after 00 it must also be in use."""
    import phonenumbers

    plus = "+" + digits(re.split("[xe#]", number)[0].replace("(0)", "")).removeprefix("00")
    try:
        parsed = phonenumbers.parse(plus, None)
    except phonenumbers.NumberParseException:
        return False
    if number.startswith("00"):
        return phonenumbers.is_valid_number(parsed) and not NUMBER_OF_SOMETHING.search(before)
    return phonenumbers.is_possible_number(parsed)


def _american(number: str, before: str) -> bool:
    """Three, three and four digits: a writing of its own, whether or not the area code is in use."""
    return not NUMBER_OF_SOMETHING.search(before)


def _trunk(number: str, before: str) -> bool:
    """0 and an area code, 9 to 12 digits in all; with points at least three groups, as 03.14159265 is a number."""
    groups = len(re.findall(r"\d+", number))
    sized = 9 <= len(digits(re.split("[xe#]", number)[0])) <= 12 and (groups > 2 or "." not in number)
    return sized and not _DATE.search(number) and not NUMBER_OF_SOMETHING.search(before)


@cache
def _plan(region: str) -> tuple[str, re.Pattern[str]]:
    """(what is dialled before a national number, the numbers that can be)"""
    import phonenumbers

    plan = phonenumbers.PhoneMetadata.metadata_for_region(region)
    assert plan is not None and plan.general_desc is not None
    return plan.national_prefix or "", re.compile(plan.general_desc.national_number_pattern or "")


def _in_use(number: str, region: str) -> bool:
    """Whether the number is assigned; one without the 0 that its region dials is not taken for one."""
    import phonenumbers

    prefix, pattern = _plan(region)
    plain = digits(re.split("[xe#]", number)[0])
    national = plain.removeprefix(prefix)
    if not pattern.fullmatch(national) or (prefix == "0" and plain == national):
        return False
    try:
        return phonenumbers.is_valid_number_for_region(phonenumbers.parse(number, region), region)
    except phonenumbers.NumberParseException:
        return False


PHONE_RULES = (
    Rule("phone", _INTERNATIONAL, _written(_international)),
    Rule("phone", _AMERICAN, _written(_american)),
    Rule("phone", _TRUNK, _written(_trunk)),
    Rule("phone", _SAID, _said),
    Rule("phone", _BARE, _planned),
)
"""The surest writing first. They write all national numbers of countries that dial 0 or are called by +1."""
OTHER_PLANS = Rule("phone", _RUN, _planned)
"""Any run of digits, for the regions that a project names beside REGIONS: it costs four times the others together."""
