"""CSV as records: every value stays the text it is ("007", "NA" and "1e5" too)."""

import csv
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from engine.data.problems import Place, Problem
from engine.data.records import MAX_RECORD, Record, lines, too_long
from engine.errors import DataError

_DELIMITERS = (",", ";", "\t")
_SAMPLE = 64 * 1024


def csv_records(file: BinaryIO, name: str) -> Iterator[Record]:
    """One dictionary a record, keyed by the header. Raises DataError when the header is missing or ambiguous."""
    csv.field_size_limit(MAX_RECORD)
    source = _Source(file, name)
    rows = csv.reader(source, delimiter=_delimiter(file), strict=True)
    header = _header(rows, source)
    while True:
        source.begin()
        try:
            row = next(rows, None)
        except csv.Error as error:
            problem = Problem("csv-syntax", str(error), "mend the quotes of this record")
            yield Record(source.place(), None, source.refused or (problem,))
            continue
        if row is None:
            break
        if row:
            yield _record(header, row, source)
    if source.refused:
        yield Record(source.place(), None, source.refused)


def _record(header: list[str], row: list[str], source: "_Source") -> Record:
    if source.refused:
        return Record(source.place(), None, source.refused)
    if len(row) != len(header):
        message = f"{len(row)} cells where the header has {len(header)}"
        hint = "quote cells that hold the delimiter or a line break"
        return Record(source.place(), None, (Problem("csv-cells", message, hint),))
    return Record(source.place(), dict(zip(header, row, strict=True)))


def _header(rows: Iterator[list[str]], source: "_Source") -> list[str]:
    try:
        header = next(rows, [])
    except csv.Error as error:
        raise DataError(
            f"the header is not CSV: {error}", hint="mend the quotes of the header", where=source.where()
        ) from error
    if source.refused:
        problem = source.refused[0]
        raise DataError(f"the header cannot be read: {problem.message}", hint=problem.hint, where=source.where())
    repeated = [column for column, count in Counter(header).items() if count > 1]
    if not header or "" in header or repeated:
        wrong = f"the column {repeated[0]!r} stands twice" if repeated else "a column has no name"
        raise DataError(f"the header is unusable: {wrong}", hint="give every column its own name", where=source.where())
    return header


def _delimiter(file: BinaryIO) -> str:
    """The delimiter under which the first records agree with the header best; the more columns, the better."""
    start = file.tell()
    text = file.read(_SAMPLE).decode("utf-8", "replace")
    file.seek(start)
    return max(_DELIMITERS, key=lambda delimiter: _agreement(text, delimiter))


def _agreement(text: str, delimiter: str) -> tuple[float, int]:
    try:
        rows = [row for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter) if row]
    except csv.Error:
        return 0.0, 0
    columns = len(rows[0]) if rows else 0
    if columns < 2:
        return 0.0, columns
    # The last record is cut where the sample ends.
    judged = rows[1:-1] or rows[1:]
    return (sum(len(row) == columns for row in judged) / len(judged) if judged else 1.0), columns


class _Source:
    """Feeds lines to the csv reader and remembers where the current record began and what was wrong in it."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._lines = lines(file)
        self._name = name
        self._place = Place(name, 1, 0)
        self._began = False
        self._size = 0
        self.refused: tuple[Problem, ...] = ()

    def begin(self) -> None:
        """A new record begins with the next line."""
        self._began, self._size, self.refused = False, 0, ()

    def place(self) -> Place:
        return self._place

    def where(self) -> str:
        return f"{self._name}:{self._place.line}"

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> str:
        number, byte, text = next(self._lines)
        if not self._began:
            self._began, self._place = True, Place(self._name, number, byte)
        self._size += len(text or b"")
        if text is None or self._size > MAX_RECORD:
            # Ends the reading: an open quote would swallow the rest of the file, line by line.
            self.refused = (too_long(),)
            raise StopIteration
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"byte {byte + error.start} of the file is not UTF-8 (0x{text[error.start]:02x})"
            self.refused = (Problem("encoding", message, "save the file as UTF-8"),)
            return text.decode("utf-8", "replace")
