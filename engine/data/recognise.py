"""What a file is, by its bytes: how it is packed, in which form it holds records, in which encoding."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from engine.data import encodings
from engine.data.apart import records_apart
from engine.data.jsontext import parse
from engine.data.read_csv import csv_records, is_table
from engine.data.read_json import json_records
from engine.data.read_jsonl import json_lines
from engine.data.records import BOM, How, Progress, Record
from engine.data.stream import HEAD
from engine.data.unpack import packing, unpacked
from engine.durable import disk_errors
from engine.errors import DataError, TunewrightError, UsageError
from engine.safe_text import one_line

READABLE = "a .jsonl, .json, .csv, .tsv, .xlsx or .parquet file, or one of these packed as .gz, .bz2, .xz, .zst or .zip"
"""What can be read, for hints."""

Form = Literal["JSON lines", "JSON", "CSV", "Excel", "Parquet"]

_PARQUET = b"PAR1"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"
_OTHERS = {
    _OLD_OFFICE: ("an old .xls workbook, or one with a password", "save it as .xlsx, without a password"),
    b"%PDF": ("a PDF", "export the text as JSONL or CSV, with questions and answers apart"),
    b"ARROW1": ("an Arrow (Feather) file", "write it as Parquet"),
    b"SQLite format 3": ("a database", "export the table as CSV"),
    b"Obj\x01": ("an Avro file", "write it as Parquet or JSONL"),
    b"\x80\x04": ("a Python pickle, which can run code when it is opened", "write it as JSONL"),
    b"\x80\x05": ("a Python pickle, which can run code when it is opened", "write it as JSONL"),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "unpack it and name the files"),
    b"Rar!": ("a RAR archive", "unpack it and name the files"),
    b"<!doctype": ("a web page", "the download gave a page in place of the file: check the address"),
    b"<html": ("a web page", "the download gave a page in place of the file: check the address"),
    b"<?xml": ("XML", "export it as JSONL or CSV"),
}
_JSON = re.compile(rb'\[\s*[\[{]|\{\s*"')
_TAR = slice(257, 262)
_LINES = (".jsonl", ".ndjson")
_TABLES = (".csv", ".tsv", ".tab", ".psv")
_PACKED_NAMES = (".gz", ".bz2", ".xz", ".zst", ".zip")
_NULS = 0.01
_CONTROLS = 0.05
"""The shares of NUL and of all control bytes from which a file is no text; a few are faults of single rows. Any bytes
hold 10 % of them."""
_CONTROL = bytes({*range(32)} - {*b"\t\n\r\v\f\x1b"})


@dataclass(frozen=True, slots=True)
class Recognised:
    """An open file and what it is."""

    form: Form
    packed: str | None
    """gzip, bzip2, xz, zstd or zip; None for a plain file."""
    encoding: str
    """Of a text; it is read as UTF-8, whatever it was."""
    content: BinaryIO
    """Unpacked and in UTF-8."""

    @property
    def is_text(self) -> bool:
        """Whether its records know their byte offsets."""
        return self.form not in ("Excel", "Parquet")

    @property
    def undone(self) -> dict[str, str]:
        """What a person should know was undone: `encoding` and `packed`, each only where there is something to say."""
        encoding = {"encoding": self.encoding} if self.encoding != encodings.UTF8 else {}
        return encoding | ({"packed": self.packed} if self.packed else {})


def recognised(file: BinaryIO, path: Path, how: How) -> Recognised:
    """What `file` is. Raises DataError for what holds no records, ChoiceNeeded where it must be said how to read it."""
    where = str(path)
    content: BinaryIO = file
    packed = packing(_head(file))
    if packed == "zip" and _is_workbook(file, where):
        return Recognised("Excel", None, encodings.UTF8, file)
    if packed:
        content = unpacked(file, packed, where)
    head = _head(content)
    if head.startswith(_PARQUET):
        return Recognised("Parquet", packed, encodings.UTF8, _searchable(content) if packed else file)
    if packed and packing(head) == "zip":
        return _packed_workbook(content, packed, where)
    _refuse_others(head, packed, where)
    return _text(content, packed, path, how)


def records_of(found: Recognised, name: str, how: How, progress: Progress) -> Iterator[Record]:
    """The records of `found`. `progress` is called only for the forms that know no byte offsets, with shares of its
    size."""
    if not found.is_text:
        return records_apart(found.form, found.content, name, how.sheet, progress)
    if found.form == "CSV":
        return csv_records(found.content, name, _delimiter(how, found.content, name))
    if found.form == "JSON":
        return json_records(found.content, name, how.sheet)
    return json_lines(found.content, name)


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return head


def _is_workbook(file: BinaryIO, where: str) -> bool:
    from engine.data.workbook import is_workbook

    return is_workbook(file, where)


def _packed_workbook(content: BinaryIO, packed: str, where: str) -> Recognised:
    found = _searchable(content)
    try:
        if _is_workbook(found, where):
            return Recognised("Excel", packed, encodings.UTF8, found)
        raise _packed_twice("zip", packed, where)
    except DataError:
        found.close()
        raise


def _packed_twice(inner: str, outer: str | None, where: str) -> DataError:
    return DataError(f"it is {inner} data inside {outer}", hint="unpack it once and name the result", where=where)


def _searchable(content: BinaryIO) -> BinaryIO:
    """`content` unpacked onto the disk: Excel and Parquet are read from their end."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the records are read
    try:
        with disk_errors(Path(tempfile.gettempdir())):
            while piece := content.read(HEAD):
                file.write(piece)
            file.seek(0)
    except TunewrightError:
        file.close()
        raise
    return file


def _refuse_others(head: bytes, packed: str | None, where: str) -> None:
    if inner := packing(head):
        raise _packed_twice(inner, packed, where)
    if head[_TAR] == b"ustar":
        raise DataError("it is a tar archive", hint="unpack it and name the files", where=where)
    start = head.lstrip()[:20].lower()
    for magic, (name, hint) in _OTHERS.items():
        if head.startswith(magic) or start.startswith(magic):
            raise DataError(f"it is {name}", hint=hint, where=where)


def _text(content: BinaryIO, packed: str | None, path: Path, how: How) -> Recognised:
    where = str(path)
    head = _head(content)
    encoding = encodings.named(how.encoding) if how.encoding is not None else _encoding(head, where)
    if encoding != encodings.UTF8:
        content = encodings.as_utf8(content, encoding)
        head = _head(content)
    if not head.removeprefix(BOM).strip():
        raise DataError("the file is empty", hint="export it again", where=where)
    if b"\r" in head and b"\n" not in head:
        content = encodings.with_newlines(content)
        head = _head(content)
    name = _plain_name(path)
    form = _form(head, name)
    if form == "CSV" and not how.delimiter and Path(name).suffix not in _TABLES and not is_table(head):
        hint = "chat rows need a question and an answer each: JSONL, or CSV with the columns prompt and completion"
        raise DataError("it is running text, not rows", hint=hint, where=where)
    return Recognised(form, packed, encoding, content)


def _encoding(head: bytes, where: str) -> str:
    controls = len(head) - len(head.translate(None, _CONTROL))
    many = head.count(0) > _NULS * len(head) or controls > _CONTROLS * len(head)
    if many and not encodings.marked(head) and not encodings.wide(head):
        raise DataError("the file is binary", hint=f"name {READABLE}", where=where)
    return encodings.encoding_of(head, where)


def _plain_name(path: Path) -> str:
    """The name in small letters, without that of the packing."""
    name = path.name.lower()
    return name.rpartition(".")[0] if name.endswith(_PACKED_NAMES) else name


def _form(head: bytes, name: str) -> Form:
    """JSON lines, JSON or CSV: by what stands first; the name decides where that is broken."""
    text = head.removeprefix(BOM).lstrip()
    first, _, rest = text.partition(b"\n")
    # A name that promises a table needs more than a bracket to be overruled.
    is_json = bool(_JSON.match(text)) if name.endswith(_TABLES) else text.startswith((b"[", b"{"))
    if name.endswith(_LINES):
        return "JSON lines" if not is_json or _is_line(first, rest) else "JSON"
    if not is_json and not name.endswith(".json"):
        return "CSV"
    return "JSON lines" if text.startswith(b"{") and _whole(first) and _starts_line(rest) else "JSON"


def _is_line(first: bytes, rest: bytes) -> bool:
    """Whether the first line of a .jsonl file is a record of its own, if only a broken one."""
    spread = first.strip() == b"{" or (bool(rest.strip()) and not _starts_line(rest))
    return first.startswith(b"{") and (not spread or _whole(first))


def _starts_line(rest: bytes) -> bool:
    """Whether what follows a first line begins another record on a line, not one spread over several."""
    second = rest.lstrip().partition(b"\n")[0].strip()
    return second.startswith(b"{") and second != b"{"


def _whole(line: bytes) -> bool:
    return not any(problem.rule in ("json-syntax", "encoding") for problem in parse(line.strip()).problems)


def _delimiter(how: How, content: BinaryIO, name: str) -> str | None:
    if how.delimiter is None:
        return "\t" if _plain_name(Path(name)).endswith((".tsv", ".tab")) and b"\t" in _head(content) else None
    said = {"tab": "\t", "\\t": "\t"}.get(how.delimiter, how.delimiter)
    if len(said) != 1 or said in '"\r\n\0':
        raise UsageError(f"{one_line(said, 20)!r} cannot separate cells", hint="name one character: , ; | or tab")
    return said
