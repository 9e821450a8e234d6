"""A proposal as a person judges it: the line as it is, and as it would be."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from engine.data.privacy import places
from engine.data.privacy_fields import Field, fields
from engine.data.privacy_scan import Proposal, Scanned
from engine.data.versions import Version

_NAMED = 12
"""Rows named in a line."""
AROUND = 160
"""Characters on either side: three lines of 80 columns in all."""


class Line(NamedTuple):
    """One place of a proposal: left + text + right is what stands there, left + surrogate + right what would."""

    label: str
    left: str
    text: str
    right: str
    surrogate: str


class Card(NamedTuple):
    """All places of one proposal."""

    where: str
    """FILE:LINE of the source."""
    lines: tuple[Line, ...]


def card(version: Version, proposal: Proposal, around: int = AROUND) -> Card:
    """What the row of `proposal` says. Raises DataError when the row is damaged."""
    row = version.row(proposal.number)
    return Card(
        f"{row.source.get('file', '?')}:{row.source.get('line', '?')}", tuple(_lines(fields(row), proposal, around))
    )


def _lines(texts: Sequence[Field], proposal: Proposal, around: int) -> Iterator[Line]:
    for number, start, end in proposal.at:
        one = texts[number]
        left, right = one.text[max(0, start - around) : start], one.text[end : end + around]
        before, after = "… " if start > around else "", " …" if end + around < len(one.text) else ""
        yield Line(one.label, before + left, one.text[start:end], right + after, proposal.surrogate)


def veiled(kind: str, text: str) -> str:
    """`text` with enough left to know it again and not enough to use it: j***@e***.org, +4*****67."""
    if kind == "email" and "@" in text:
        name, _, host = text.rpartition("@")
        site, _, top = host.rpartition(".")
        return f"{name[:1]}***@{site[:1]}***.{top}"
    ends = (2, 2) if len(text) >= 9 else (1, 1)
    middle = "".join("*" if one.isalnum() else one for one in text[ends[0] : len(text) - ends[1]])
    return f"{text[: ends[0]]}{middle}{text[len(text) - ends[1] :]}"


def veiled_text(text: str) -> str:
    """`text` with all personal data in it veiled: a column or a file may be named by an address."""
    parts, done = [], 0
    for one in places(text):
        parts += [text[done : one.start], veiled(one.kind, text[one.start : one.end])]
        done = one.end
    return "".join(parts) + text[done:]


def reading(of: Scanned) -> str | None:
    """Which rows to look at by eye, as no rule finds what they may hold; None when there are none."""
    if not of.cued:
        return None
    numbers = ", ".join(map(str, of.to_read[:_NAMED]))
    more = f" and {of.cued - _NAMED:,} more" if of.cued > _NAMED else ""
    return f"read by eye: {of.cued:,} rows have words beside which names or addresses stand: {numbers}{more}"
