"""Why a made-up row is kept from readers."""

from collections.abc import Mapping
from dataclasses import dataclass

REASONS: Mapping[str, str] = {
    "copy": "a near copy of the row it was made from",
    "known": "a near copy of another row or candidate",
    "held-out": "too close to a validation or test row",
    "number": "a number was changed, lost or added",
    "entity": "a name, code or quotation was changed or lost",
    "label": "a word that the answer rests on was lost",
    "answer": "the answer does not fit the rows it was made after",
    "language": "another language or script",
    "length": "under half or over twice as long",
    "secret": "it holds what looks like a secret",
    "privacy": "it holds personal data that its parent has not",
    "control": "it holds characters that a terminal obeys or the eye misses",
    "turns": "it is no row that may be learned",
    "empty": "the model answered with nothing",
    "malformed": "the model's answer has not the form that was asked for",
    "declined": "the model declined",
    "unknown-language": "the language is not one of those that this method knows",
}
"""Reason -> in words."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a made-up row is not shown to anybody."""

    reason: str
    """A key of REASONS."""
    message: str
