"""What there is to read: rows in an order, each read from the disk only when it is asked for."""

import mmap
import os
import struct
import weakref
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

from engine.data.rows import ID, Row, parse_row
from engine.data.versions import Version
from engine.review.verdicts import Decision, Verdicts

_BEGINS = b'{"id":"'
_OFFSET = struct.Struct("<Q")


class Rows(Protocol):
    """A version, or anything else that holds rows by number."""

    def row(self, number: int) -> Row:
        """Row `number`, from 0."""

    def id(self, number: int) -> str:
        """Its id."""


Why = Callable[[int], tuple[str, ...]]
"""Number of a row -> why it is here, a line each."""


def _unsaid(number: int) -> tuple[str, ...]:
    return ()


class Queue:
    """Rows of `source` in the order of `numbers`, which are drawn one by one. id(place), row(place), unseen(log)"""

    def __init__(self, source: Rows, numbers: Iterable[int], size: int, why: Why = _unsaid) -> None:
        self._source = source
        self._order = iter(numbers)
        self._size = size
        self._why = why
        self._drawn: list[tuple[int, str]] = []
        """(number, id) of the rows so far."""

    def __len__(self) -> int:
        return self._size

    def id(self, place: int) -> str:
        """Id of the row at `place`, from 0."""
        while place >= len(self._drawn):
            number = next(self._order)
            self._drawn.append((number, self._source.id(number)))
        return self._drawn[place][1]

    def number(self, place: int) -> int:
        """Number of that row in its source."""
        self.id(place)
        return self._drawn[place][0]

    def row(self, place: int) -> Row:
        """The row itself. Raises DataError when it is damaged."""
        return self._source.row(self.number(place))

    def why(self, place: int) -> tuple[str, ...]:
        """What a reader should know before the verdict; nothing in a queue that is read blind."""
        return self._why(self.number(place))

    def unseen(self, log: Verdicts) -> int:
        """Place of the first row that nobody has judged or skipped; drawn up to there."""
        for place in range(self._size):
            if log.standing(self.id(place)) is None:
                return place
        return self._size

    def said(self, log: Verdicts) -> Iterator[Decision]:
        """The verdicts on the rows up to the first without one."""
        for place in range(self.unseen(log)):
            if one := log.standing(self.id(place)):
                yield one

    def skipped(self, log: Verdicts) -> int | None:
        """Place of the row that was skipped the longest ago and has no verdict since; None when there is none."""
        places = {row: place for place, (_, row) in enumerate(self._drawn)}
        for one in log.order:
            if one.verdict == "skip" and log.standing(one.row) is one and one.row in places:
                return places[one.row]
        return None


class VersionRows:
    """A version whose ids are read without the rest of their rows: those of 1,000 rows in 2 ms instead of 80."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._rows, self._index = (self._opened(version.folder / name) for name in ("rows.jsonl", "rows.idx"))

    def row(self, number: int) -> Row:
        return self._version.row(number)

    def id(self, number: int) -> str:
        (start,) = _OFFSET.unpack(os.pread(self._index, _OFFSET.size, number * _OFFSET.size))
        begin = os.pread(self._rows, ID.stop, start)
        # A line that begins otherwise is damaged, and reading it says so.
        return begin[ID].decode("ascii") if begin.startswith(_BEGINS) else self.row(number).id

    def _opened(self, path: Path) -> int:
        # Not mapped: every look would bring 64 KiB into memory and keep them there.
        handle = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, handle)
        return handle


class Listed:
    """Rows that are held in memory: a few, or such as no version holds."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = list(rows)

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> Row:
        return self._rows[number]

    def id(self, number: int) -> str:
        return self._rows[number].id


def rows_beginning(version: Version, beginning: str) -> Iterator[Row]:
    """The rows of `version` whose id begins so: one for a whole id, none when it does not hold it.

    Found by their first bytes, not by reading every row; for many ids data.rows.find_rows, which reads once, is faster.
    """
    with open(version.folder / "rows.jsonl", "rb") as file:
        size = file.seek(0, 2)
        if not size:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            for at in _places(text, _BEGINS + beginning.encode()):
                if row := parse_row(text[at : text.find(b"\n", at) + 1]):
                    yield row


def _places(text: mmap.mmap, begins: bytes) -> Iterator[int]:
    """Where lines begin so: a column of a row may hold the same bytes."""
    at = text.find(begins)
    while at >= 0:
        if at == 0 or text[at - 1 : at] == b"\n":
            yield at
        at = text.find(begins, at + 1)
