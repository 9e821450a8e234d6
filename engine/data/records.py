"""A record as a file holds it, and the lines that records are cut from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from engine.data.problems import Place, Problem

MAX_RECORD = 16 * 2**20
"""Bytes of one record at most. The longest real training rows are below 1 MB; a longer line is a broken file."""

Progress = Callable[[int], None]
"""Called with how much is done so far: bytes of files, or rows."""

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class How:
    """What a person has said about a file that its bytes leave open; None where the bytes decide."""

    encoding: str | None = None
    """Of a text file without a byte order mark, by a name that Python knows: cp1252, shift_jis."""
    sheet: str | None = None
    """Of an Excel workbook, or the key of the list in a JSON object that holds several."""
    delimiter: str | None = None
    """Of a CSV file: one character."""


AS_FOUND = How()
"""Nothing is said: what the bytes leave open is asked."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the file holds it, before anyone asks what it means."""

    place: Place
    value: Any
    """None when `problems` holds an error."""
    problems: tuple[Problem, ...] = ()


class Line(NamedTuple):
    """One line of bytes with its newline; `text` is None when it is longer than MAX_RECORD."""

    number: int
    byte: int
    text: bytes | None


def no_progress(done: int) -> None:
    """For callers who show none."""


def lines(file: BinaryIO) -> Iterator[Line]:
    """Lines split on b"\\n" alone (U+2028 and U+0085 are text); a line over MAX_RECORD is passed over unread."""
    number = byte = 0
    while text := file.readline(MAX_RECORD + 1):
        number += 1
        size = len(text)
        whole = size <= MAX_RECORD or text.endswith(b"\n")
        while not text.endswith(b"\n") and (more := file.readline(MAX_RECORD)):
            text = more
            size += len(more)
        start = len(BOM) if byte == 0 and text.startswith(BOM) else 0
        yield Line(number, byte + start, text[start:] if whole else None)
        byte += size


def too_long() -> Problem:
    """The problem of a record over MAX_RECORD."""
    return Problem(
        "record-too-long",
        f"longer than {MAX_RECORD // 2**20} MiB",
        "split the record, or mend the missing line break",
    )
