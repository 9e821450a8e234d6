"""A contradiction as a person decides it: what was asked, and each different answer with the rows that give it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from engine.data.rows import Row
from engine.data.versions import Version
from engine.data.words import words

READ = 200
"""Rows of one cluster or contradiction that are read: nobody compares more by eye."""


@dataclass(frozen=True, slots=True)
class Opposed:
    """One of the answers."""

    row: Row
    """The first that gives it."""
    category: str | None
    numbers: list[int] = field(default_factory=list)
    """Rows that give it, as far as they were read."""


def read_rows(version: Version, numbers: Sequence[int]) -> Iterator[tuple[int, Row]]:
    """The first READ of these rows, with their numbers."""
    return ((number, version.row(number)) for number in islice(numbers, READ))


def opposed(version: Version, numbers: Sequence[int], *, by_category: bool = False) -> list[Opposed]:
    """The different answers among the rows of a contradiction, or its categories, in the order of the rows.

    Answers are compared by their words, as everywhere: case and punctuation make no difference.
    """
    name = version.manifest["mapping"]["category"]
    found: dict[tuple[str, ...], Opposed] = {}
    for number, row in read_rows(version, numbers):
        category = row.category(name)
        said = (category or "",) if by_category else (category or "", *words(row.answer))
        found.setdefault(said, Opposed(row, category)).numbers.append(number)
    return list(found.values())
