"""Files to records, streaming: JSON lines here, JSON documents in read_json, CSV in read_csv.

Nothing is ever loaded whole, and no file can stop the reading with anything but a DataError: a record that cannot be
read is a problem of that record.
"""

import os
import shlex
import stat
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

from engine.data.jsontext import parse
from engine.data.problems import Place
from engine.data.read_csv import csv_records
from engine.data.read_json import json_records
from engine.data.records import BOM, Progress, Record, lines, no_progress, too_long
from engine.errors import DataError, ResourceError, UsageError

_OTHER_ENCODINGS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}
_PACKED = {
    b"\x1f\x8b": "gzip",
    b"PK\x03\x04": "zip or Excel",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"PAR1": "Parquet",
}


def records(path: Path, progress: Progress = no_progress) -> Iterator[Record]:
    """Every record of a JSONL, JSON or CSV file, in order; `progress` gets the bytes read so far.

    Raises DataError for anything but a regular, non-empty text file in UTF-8, ResourceError when it may not be read.
    """
    with open_regular(path) as file:
        for record in _reader(path, file)(file, path.name):
            yield record
            progress(record.place.byte)


def open_regular(path: Path) -> BufferedReader:
    """Opens a regular file, refusing links, folders, pipes and devices: what is checked is what is read."""
    try:
        _require_regular(path, os.lstat(path).st_mode)
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError as error:
        raise DataError("no such file", hint="check the path", where=str(path)) from error
    except PermissionError as error:
        raise ResourceError("no permission to read", hint="check the owner of the file", where=str(path)) from error
    except OSError as error:
        raise DataError(f"cannot be opened: {error.strerror}", hint="check the path", where=str(path)) from error
    file = open(handle, "rb")  # noqa: SIM115 - closed by the caller
    _require_regular(path, os.fstat(handle).st_mode)
    return file


def _require_regular(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        return
    if stat.S_ISLNK(mode):
        raise DataError("is a symbolic link", hint="name the file that it points to", where=str(path))
    kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
    raise DataError(f"is {kind}", hint="name a .jsonl, .json or .csv file", where=str(path))


def _reader(path: Path, file: BinaryIO) -> Callable[[BinaryIO, str], Iterator[Record]]:
    """The reader for this file, by its first bytes and its name. The file stands at its start again afterwards."""
    head = file.read(65536)
    _require_text(path, head)
    text = head.removeprefix(BOM).lstrip()
    file.seek(0)
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return json_lines
    if path.suffix.lower() in (".csv", ".tsv"):
        return csv_records
    if path.suffix.lower() != ".json" and not text.startswith((b"[", b"{")):
        return csv_records
    return json_lines if _one_object_a_line(text) else json_records


def _require_text(path: Path, head: bytes) -> None:
    if not head.removeprefix(BOM).strip():
        raise DataError("the file is empty", hint="export it again", where=str(path))
    for start, name in _OTHER_ENCODINGS.items():
        if head.startswith(start):
            hint = f"save it as UTF-8: iconv -f {name} -t UTF-8 FILE > NEW"
            raise DataError(f"the file is {name}, not UTF-8", hint=hint, where=str(path))
    for start, name in _PACKED.items():
        if head.startswith(start):
            raise DataError(f"the file is {name}", hint="unpack it, or export it as JSONL or CSV", where=str(path))
    if b"\0" in head:
        raise DataError("the file is binary (it holds NUL bytes)", hint="export it as JSONL or CSV", where=str(path))


def _one_object_a_line(text: bytes) -> bool:
    """Whether a .json file is really JSON lines: the first line is a whole object and more follows."""
    first, _, rest = text.partition(b"\n")
    return first.startswith(b"{") and bool(rest.strip()) and not parse(first.strip()).problems


def json_lines(file: BinaryIO, name: str) -> Iterator[Record]:
    """One JSON value a line; blank lines are nothing."""
    for line in lines(file):
        place = Place(name, line.number, line.byte)
        if line.text is None:
            yield Record(place, None, (too_long(),))
        elif text := line.text.strip(b" \t\r\n"):
            value, problems = parse(text)
            yield Record(place, value, problems)


def paths_in(text: str) -> list[Path]:
    """The paths in `text`, written as in a shell. Raises UsageError when there is none, or a quote stands open."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"{error}", hint="close the quote") from error
    if not words or any("\0" in word for word in words):
        raise UsageError("no file is named", hint="type the path of a .jsonl, .json or .csv file")
    return [Path(os.path.abspath(Path(word).expanduser())) for word in words]


def check_paths(text: str) -> None:
    """Raises DataError or ResourceError for the first path that is no file to read."""
    for path in paths_in(text):
        open_regular(path).close()
