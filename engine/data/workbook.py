"""An Excel file taken apart before anything loads it: its size, its sheets, and what a loader would change or lose.

A loader builds each sheet as a full table, and repeats a shared text in every cell that names it. A file of some
kilobytes can so ask for terabytes: everything is unpacked and counted here first.
"""

import re
import string
import zipfile
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from engine.data.unpack import BROKEN, Unpacked, broken
from engine.errors import DataError

MAX_CELLS = 20_000_000
"""Cells of a sheet as a full table: 19 columns of Excel's 1,048,576 rows, about 640 MB when loaded."""
MAX_TEXT = 512 * 2**20
"""Characters in all cells of a workbook; a real cell holds at most 32,767."""
_INSTEAD = "save the sheet as .csv"
_PIECE = 64 * 1024
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TEXTS = "xl/sharedStrings.xml"
_LETTERS = string.ascii_letters
_DIGITS = string.digits
_NOT_EXACT = re.compile(r"[+-]?\d{16,}")
_OTHERS = {
    "xl/workbook.bin": "an .xlsb workbook",
    "content.xml": "an OpenDocument file",
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a presentation",
}


@dataclass(slots=True)
class Sheet:
    """One sheet, as its XML has it. Rows and columns count from 0."""

    name: str
    visible: bool
    cells: int = 0
    """With a value."""
    digits: dict[tuple[int, int], str] = field(default_factory=dict)
    """Whole numbers of more digits than a number of Excel keeps, as the file writes them."""
    never_computed: dict[int, str] = field(default_factory=dict)
    """{row: the first of its cells whose formula has no value}"""


def is_workbook(file: BinaryIO, where: str) -> bool:
    """Whether a zip file is an .xlsx or .xlsm. Raises DataError for other documents, and for what is no zip."""
    try:
        names = set(zipfile.ZipFile(file).namelist())
    except BROKEN as error:
        raise broken("zip", error, where) from error
    if _WORKBOOK in names:
        return True
    for name, kind in _OTHERS.items():
        if name in names:
            raise DataError(f"it is {kind}", hint="save the rows as .xlsx or .csv", where=where)
    return False


def taken_apart(file: BinaryIO, packed: int, where: str) -> Sequence[Sheet]:
    """The sheets of the workbook in `file`, which has `packed` bytes.

    Raises DataError for a bomb, by declared and by counted sizes, and for XML that is not whole.
    """
    try:
        archive = zipfile.ZipFile(file)
        members = _members(archive, packed, where)
        parts = _Parts(archive, Unpacked(packed, where, _INSTEAD), where)
        texts = parts.text_lengths() if _TEXTS.lower() in members else array("I")
        relations = {one["Id"]: one["Target"] for one in parts.elements(_RELATIONS, "Relationship")}
        sheets = []
        for one in parts.elements(_WORKBOOK, "sheet"):
            part = _part(relations[_relation(one)])
            sheet = Sheet(one["name"], one.get("state", "visible") == "visible")
            parts.read(part, _SheetReader(sheet, texts, where))
            sheets.append(sheet)
        parts.count_others(members)
        return sheets
    except BROKEN as error:
        raise broken("Excel", error, where) from error
    except KeyError as error:
        raise broken("Excel", ValueError(f"it lacks the part or the name {error}"), where) from error
    except (expat.ExpatError, ValueError) as error:
        raise broken("Excel", error, where) from error


def _part(target: str) -> str:
    """The name in the archive of what a relation points to: from its root, or from the folder of the workbook."""
    return target.lstrip("/") if target.lstrip("/").startswith("xl/") else f"xl/{target}"


def _relation(sheet: Mapping[str, str]) -> str:
    """The attribute `id` of the relationships, whatever the prefix of their name space."""
    return next((value for name, value in sheet.items() if name.endswith(":id")), "")


def _members(archive: zipfile.ZipFile, packed: int, where: str) -> set[str]:
    """The names inside, in small letters."""
    names = [name.lower() for name in archive.namelist()]
    if len(set(names)) < len(names):
        raise DataError("two parts of the workbook have one name", hint="save it again", where=where)
    declared = Unpacked(packed, where, _INSTEAD)
    for member in archive.infolist():
        declared.add(member.file_size)
    return set(names)


class _Parts:
    """The XML files inside, each read once and counted."""

    def __init__(self, archive: zipfile.ZipFile, count: Unpacked, where: str) -> None:
        self._archive = archive
        self._count = count
        self._where = where
        # Some writers say SharedStrings.xml: capitals tell nothing apart.
        self._names = {name.lower(): name for name in archive.namelist()}
        self._read: set[str] = set()

    def read(self, name: str, reader: "_Reader") -> None:
        """Runs `reader` over the part `name`. Raises KeyError when there is none."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = reader.start
        parser.EndElementHandler = reader.end
        parser.CharacterDataHandler = reader.text
        parser.StartDoctypeDeclHandler = self._refuse_declarations
        self._read.add(name.lower())
        with self._archive.open(self._names[name.lower()]) as part:
            while piece := part.read(_PIECE):
                self._count.add(len(piece))
                parser.Parse(piece)
        parser.Parse(b"", True)

    def elements(self, name: str, element: str) -> list[dict[str, str]]:
        """The attributes of all `element`s of a part."""
        found = _Attributes(element)
        self.read(name, found)
        return found.found

    def text_lengths(self) -> "array[int]":
        """The length of each shared text."""
        lengths = _Lengths()
        self.read(_TEXTS, lengths)
        return lengths.found

    def count_others(self, names: set[str]) -> None:
        """Unpacks what no one asked for: a loader may."""
        for name in names - self._read:
            with self._archive.open(self._names[name]) as part:
                while piece := part.read(_PIECE):
                    self._count.add(len(piece))

    def _refuse_declarations(self, *_: object) -> None:
        raise DataError("its XML declares entities", hint="save it again with Excel", where=self._where)


class _Reader:
    """What happens at each element of a part; names come without the prefix of their name space."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Characters of the element that is open."""


class _Attributes(_Reader):
    def __init__(self, element: str) -> None:
        self._element = element
        self.found: list[dict[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == self._element:
            self.found.append(attributes)


class _Lengths(_Reader):
    def __init__(self) -> None:
        self.found = array("I")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "si":
            self.found.append(0)

    def text(self, text: str) -> None:
        if self.found:
            self.found[-1] += len(text)


class _SheetReader(_Reader):
    """Follows the cells of one sheet."""

    def __init__(self, sheet: Sheet, texts: "array[int]", where: str) -> None:
        self._sheet = sheet
        self._texts = texts
        self._where = where
        self._row = self._column = -1
        self._last_row = self._last_column = 0
        self._kind = ""
        self._in_value = self._formula = False
        self._value = ""
        self._characters = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "c":
            self._begin_cell(attributes.get("r"))
            self._kind, self._value, self._formula = attributes.get("t", "n"), "", False
        elif name == "row":
            self._row = int(attributes["r"]) - 1 if "r" in attributes else self._row + 1
            self._column = -1
        elif name in ("v", "t"):
            self._in_value = True
        elif name == "f":
            self._formula = True

    def _begin_cell(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
            return
        # A loader believes the cell, whatever its row says.
        self._column = _column(reference)
        self._row = int(reference.lstrip(_LETTERS)) - 1

    def text(self, text: str) -> None:
        if self._in_value:
            self._value += text

    def end(self, name: str) -> None:
        name = _local(name)
        if name in ("v", "t"):
            self._in_value = False
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        if not self._value:
            if self._formula:
                self._sheet.never_computed.setdefault(self._row, f"{_letters(self._column)}{self._row + 1}")
            return
        self._sheet.cells += 1
        self._last_row, self._last_column = max(self._last_row, self._row), max(self._last_column, self._column)
        if self._kind == "n" and _NOT_EXACT.fullmatch(self._value):
            self._sheet.digits[self._row, self._column] = self._value
        shared = self._kind == "s" and int(self._value) < len(self._texts)
        self._characters += self._texts[int(self._value)] if shared else len(self._value)
        self._require_size()

    def _require_size(self) -> None:
        cells = (self._last_row + 1) * (self._last_column + 1)
        if cells > MAX_CELLS:
            last = f"{_letters(self._last_column)}{self._last_row + 1}"
            message = f"the sheet reaches to cell {last}: a table of {cells:,} cells"
            raise DataError(message, hint="delete the cells far off, or save it as .csv", where=self._where)
        if self._characters > MAX_TEXT:
            message = f"the cells hold more than {MAX_TEXT // 2**20} MiB of text"
            raise DataError(message, hint="save it as .csv, which is read row by row", where=self._where)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _column(reference: str) -> int:
    """The column of a cell such as AB12, from 0."""
    number = 0
    for letter in reference.rstrip(_DIGITS).upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
