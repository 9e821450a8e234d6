"""CSV as records: every value stays the text it is ("007", "NA" and "1e5" too)."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from engine.data.header import Header
from engine.data.jsontext import ENCODING_HINT
from engine.data.problems import Place, Problem
from engine.data.records import MAX_RECORD, Line, Record, lines, too_long
from engine.errors import ChoiceNeeded, DataError

NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
DELIMITERS = tuple(NAMES)
_MEND = "mend the quotes of this record: two of them stand for one inside a cell"
_RESTARTS = 20
"""Records with an open quote behind which reading begins again at the next line; more would take squared time."""
_SAMPLE = 64 * 1024
_DOUBT = 0.2
"""Shares of fitting records that lie closer together than this do not tell two delimiters apart."""
_TABLE = 0.5
"""The share of records with as many cells as the header from which a text is a table."""
_HEADER_ALONE = 0.05
"""What a delimiter is worth that stands in the header and fits no record."""


def csv_records(file: BinaryIO, name: str, delimiter: str | None = None) -> Iterator[Record]:
    """One dictionary a record, keyed by the header.

    Raises DataError when the header is missing or ambiguous, ChoiceNeeded when two delimiters fit as well.
    """
    csv.field_size_limit(MAX_RECORD)
    delimiter = delimiter or _delimiter(file, name)
    file.seek(0)
    source = _Source(file, name)
    rows = csv.reader(source, delimiter=delimiter, strict=True)
    header = _header(rows, source)
    while True:
        source.begin()
        try:
            row = next(rows, None)
        except csv.Error as error:
            if "unexpected end" in str(error):
                problem = Problem("csv-syntax", "a quote is opened here and never closed", _MEND)
                source.restart()
            else:
                problem = Problem("csv-syntax", str(error), _MEND)
            yield Record(source.place(), None, source.refused or (problem,))
            continue
        if row is None:
            break
        if row:
            yield _record(header, row, source)
    if source.refused:
        yield Record(source.place(), None, source.refused)


def _record(header: Header, row: list[str], source: "_Source") -> Record:
    if source.refused:
        return Record(source.place(), None, source.refused)
    value = header.row(row)
    if value is None:
        message = f"{len(row)} cells where the header has {len(header.names)}"
        hint = "quote cells that hold the delimiter or a line break"
        return Record(source.place(), None, (Problem("csv-cells", message, hint),))
    return Record(source.place(), value)


def _header(rows: Iterator[list[str]], source: "_Source") -> Header:
    try:
        cells = next((row for row in rows if row), [])
    except csv.Error as error:
        raise DataError(
            f"the header is not CSV: {error}", hint="mend the quotes of the header", where=source.where()
        ) from error
    if source.refused:
        problem = source.refused[0]
        raise DataError(f"the header cannot be read: {problem.message}", hint=problem.hint, where=source.where())
    return Header(cells, source.where())


def _delimiter(file: BinaryIO, where: str) -> str:
    """The delimiter under which the first records agree with the header best. Raises ChoiceNeeded where two do."""
    file.seek(0)
    text = file.read(_SAMPLE).decode("utf-8", "replace")
    fits = sorted(((_agreement(text, delimiter), delimiter) for delimiter in DELIMITERS), reverse=True)
    (best, first), (next_best, _) = fits[:2]
    if next_best > best - _DOUBT and next_best > 0:
        choices = tuple(delimiter for fit, delimiter in fits if fit > best - _DOUBT)
        hint = f"say which one it is, for example --delimiter {_flag(first)}"
        message = f"the cells may be separated by {' or by '.join(NAMES[choice] for choice in choices)}"
        raise ChoiceNeeded(message, option="delimiter", choices=choices, hint=hint, where=where)
    return first if best > 0 else DELIMITERS[0]


def is_table(head: bytes) -> bool:
    """Whether a text without a telling name holds rows of cells."""
    text = head[:_SAMPLE].decode("utf-8", "replace")
    return any(_agreement(text, delimiter) >= _TABLE for delimiter in DELIMITERS)


def _flag(delimiter: str) -> str:
    return "tab" if delimiter == "\t" else f"'{delimiter}'"


def _agreement(text: str, delimiter: str) -> float:
    """The share of records that have as many cells as the header; 0 where the header has one cell."""
    rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter):
            if row:
                rows.append(len(row))
    except csv.Error:
        pass
    if not rows or rows[0] < 2:
        return 0.0
    # The last record is cut where the sample ends.
    judged = rows[1:-1] or rows[1:]
    return max(sum(cells == rows[0] for cells in judged) / len(judged) if judged else 1.0, _HEADER_ALONE)


class _Source:
    """Feeds lines to the csv reader and remembers where the current record began and what was wrong in it."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._lines = lines(file)
        self._name = name
        self._place = Place(name, 1, 0)
        self._record: list[Line] = []
        self._again: list[Line] = []
        self._restarts = 0
        self._size = 0
        self.refused: tuple[Problem, ...] = ()

    def begin(self) -> None:
        """A new record begins with the next line."""
        self._record, self._size, self.refused = [], 0, ()

    def restart(self) -> None:
        """Takes back all lines of the current record but its first: an open quote there swallowed the others."""
        if self._restarts < _RESTARTS:
            self._restarts += 1
            self._again = self._record[:0:-1] + self._again

    def place(self) -> Place:
        return self._place

    def where(self) -> str:
        return f"{self._name}:{self._place.line}"

    def __iter__(self) -> "_Source":
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        number, byte, text = line
        if not self._record:
            self._place = Place(self._name, number, byte)
        self._record.append(line)
        self._size += len(text or b"")
        if text is None or self._size > MAX_RECORD:
            self.refused = (too_long(),)
            raise StopIteration
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError as error:
            message = f"byte {byte + error.start} of the file is not UTF-8 (0x{text[error.start]:02x})"
            self.refused = (Problem("encoding", message, ENCODING_HINT),)
            return text.decode("utf-8", "replace")
