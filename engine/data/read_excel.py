"""Excel workbooks as records: every value as the text that it is, "007" and "NA" too."""

import datetime
import os
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from engine.data.header import Header
from engine.data.problems import Place, Problem
from engine.data.records import Progress, Record
from engine.data.workbook import Sheet, taken_apart
from engine.errors import ChoiceNeeded, DataError
from engine.safe_text import one_line

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

T = TypeVar("T")

_WHOLE = 1e15
"""Below this a number of Excel holds every whole number exactly."""


def excel_records(file: BinaryIO, name: str, sheet: str | None, progress: Progress) -> Iterator[Record]:
    """One dictionary of texts a row, keyed by the first row that is not empty; the line of its place is the row number.

    `progress` gets the bytes of the file in proportion to the rows that are read. Raises DataError for a broken file, a
    bomb or an unusable header, ChoiceNeeded when several sheets hold something and `sheet` names none.
    """
    size = os.fstat(file.fileno()).st_size
    chosen = _chosen(taken_apart(file, size, name), sheet, name)
    loaded = _loaded(lambda: _open(file, chosen.name), name)
    rows = _rows(loaded, chosen)
    number, cells = next(rows, (0, []))
    header = Header(_trimmed(cells), f"{name}:{number}")
    warnings = _Warnings(loaded, chosen)
    for number, cells in rows:
        yield _record(header, cells, Place(name, number, 0), warnings.of(number))
        progress(size * number // max(loaded.total_height, 1))


def _open(file: BinaryIO, sheet: str) -> "CalamineSheet":
    from python_calamine import CalamineWorkbook

    file.seek(0)
    return CalamineWorkbook.from_filelike(file).get_sheet_by_name(sheet)


def _loaded(load: Callable[[], T], where: str) -> T:
    """What `load` gives; what a library in Rust raises or panics with becomes a DataError."""
    from python_calamine import CalamineError

    try:
        return load()
    except CalamineError as error:
        said = one_line(str(error).strip()) or type(error).__name__
        raise DataError(f"the workbook cannot be read: {said}", hint="save it again with Excel", where=where) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise DataError("the workbook is damaged", hint="save it again with Excel", where=where) from error


def _chosen(sheets: Sequence[Sheet], wanted: str | None, where: str) -> Sheet:
    names = [sheet.name for sheet in sheets]
    full = [sheet for sheet in sheets if sheet.cells and sheet.visible] or [sheet for sheet in sheets if sheet.cells]
    if not full:
        raise DataError("the workbook is empty", hint="export it again", where=where)
    if wanted is not None:
        if wanted in names:
            return sheets[names.index(wanted)]
        said = f"it has no sheet called {one_line(wanted, 40)!r}"
        raise DataError(said, hint=f"name one of: {_listed(names)}", where=where)
    if len(full) == 1:
        return full[0]
    choices = tuple(dict.fromkeys([sheet.name for sheet in full] + [sheet.name for sheet in sheets if sheet.cells]))
    hint = f"say which one is meant, for example --sheet {shlex.quote(one_line(choices[0], 40))}"
    message = f"it has several sheets: {_listed(choices)}"
    raise ChoiceNeeded(message, option="sheet", choices=choices, hint=hint, where=where)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(one_line(name, 40) for name in names)


def _rows(loaded: "CalamineSheet", sheet: Sheet) -> Iterator[tuple[int, list[str]]]:
    """(row number from 1, its cells as text) of all rows that are not empty."""
    first = (loaded.start or (0, 0))[1]
    for row, values in enumerate(loaded.iter_rows()):
        cells = [_text(value) for value in values]
        if sheet.digits:
            for at in range(len(cells)):
                cells[at] = sheet.digits.get((row, first + at), cells[at])
        if any(cells):
            yield row + 1, cells


def _trimmed(cells: list[str]) -> list[str]:
    """Without the empty cells at the end: another row of the sheet is longer."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    return cells


def _record(header: Header, cells: list[str], place: Place, warnings: tuple[Problem, ...]) -> Record:
    value = header.row(cells)
    if value is None:
        message = f"{len(_trimmed(cells))} cells where the header has {len(header.names)}"
        return Record(place, None, (Problem("excel-cells", message, "give every column a name in the first row"),))
    return Record(place, value, warnings)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and value.is_integer() and abs(value) < _WHOLE:
        return str(int(value))
    if isinstance(value, datetime.timedelta):
        minutes, seconds = divmod(int(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else repr(value)


class _Warnings:
    """What a person should know of single rows; asked in the order of the rows."""

    def __init__(self, loaded: "CalamineSheet", sheet: Sheet) -> None:
        self._never = sheet.never_computed
        self._open = 0
        self._row = -1
        self._changes: Counter[int] = Counter()
        """Merged ranges that begin, less those that ended, by row: a range can span a million rows."""
        for (first, _), (last, _) in loaded.merged_cell_ranges or ():
            self._changes[first] += 1
            self._changes[last + 1] -= 1

    def of(self, number: int) -> tuple[Problem, ...]:
        """The warnings of the row `number`, from 1."""
        while self._row < number - 1:
            self._row += 1
            self._open += self._changes.get(self._row, 0)
        found = []
        if cell := self._never.get(number - 1):
            message = f"the formula in {cell} has no value: the file was never computed"
            hint = "open it in Excel or LibreOffice, save it, and read it again"
            found.append(Problem("formula-without-value", message, hint, "warning"))
        if self._open:
            message = "cells are merged here: only the first of them holds the value"
            found.append(Problem("merged-cells", message, "fill the value into each cell", "warning"))
        return tuple(found)
