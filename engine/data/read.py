"""Files to records, streaming: what a file is is recognised by its bytes, each form has its reader.

Nothing but a workbook is ever loaded whole, and no file can stop the reading with anything but a DataError: a record
that cannot be read is a problem of that record.
"""

import hashlib
import os
import shlex
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from engine.data.encodings import UTF8, unreadable
from engine.data.recognise import READABLE, recognised, records_of
from engine.data.records import AS_FOUND, How, Progress, Record, no_progress
from engine.data.stream import HEAD
from engine.errors import DataError, ResourceError, UsageError

_SYSTEM = ("/proc/", "/sys/")


def records(path: Path, progress: Progress = no_progress, how: How = AS_FOUND) -> Iterator[Record]:
    """Every record of a file, in order; `progress` gets how many bytes of the file have been read.

    Raises DataError for anything but a regular file that holds records, ChoiceNeeded (a DataError) where `how` must say
    how to read it, UsageError for a `how` that cannot be meant, ResourceError when the file may not be read,
    MissingDependencyError for Parquet without its package.
    """
    from engine.data.masking import mask_text

    with ExitStack() as opened:
        file = opened.enter_context(open_regular(path))
        found = recognised(file, path, how)
        opened.enter_context(found.content)
        name = mask_text(path.name)  # It goes into every row and message.
        for record in records_of(found, name, how, progress):
            yield record if found.encoding == UTF8 else _in_its_encoding(record, found.encoding)
            if found.is_text:
                progress(record.place.byte if found.content is file else file.tell())


def recognised_as(path: Path, how: How = AS_FOUND) -> dict[str, str]:
    """What is undone before `path` is read: its `encoding` where it is not UTF-8, and how it is `packed`.

    Raises what `records` raises before the first record.
    """
    with open_regular(path) as file:
        found = recognised(file, path, how)
        found.content.close()
        return found.undone


def _in_its_encoding(record: Record, encoding: str) -> Record:
    """The reader saw UTF-8: what it says of bytes is not true of the file."""
    problems = tuple(unreadable(encoding) if one.rule == "encoding" else one for one in record.problems)
    return replace(record, problems=problems)


def open_regular(path: Path) -> BinaryIO:
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
    file = open(handle, "rb", buffering=HEAD)  # noqa: SIM115 - closed by the caller
    try:
        _require_regular(path, os.fstat(handle).st_mode)
    except DataError:
        file.close()
        raise
    return file


def sha256_of(path: Path, progress: Progress = no_progress) -> str:
    """Of the bytes of a regular file, in hex; `progress` gets how many were read. Raises as `open_regular`."""
    digest, size = hashlib.sha256(), 0
    with open_regular(path) as file:
        while part := file.read(2**20):
            digest.update(part)
            size += len(part)
            progress(size)
    return digest.hexdigest()


def _require_regular(path: Path, mode: int) -> None:
    if stat.S_ISREG(mode):
        if os.path.realpath(path).startswith(_SYSTEM):
            raise DataError("is a file of the system", hint=f"name {READABLE}", where=str(path))
        return
    if stat.S_ISLNK(mode):
        raise DataError("is a symbolic link", hint="name the file that it points to", where=str(path))
    kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
    raise DataError(f"is {kind}", hint=f"name {READABLE}", where=str(path))


def paths_in(text: str) -> list[Path]:
    """The paths in `text`, written as in a shell. Raises UsageError when there is none, or a quote stands open."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError(f"{error}", hint="close the quote") from error
    if not words or any("\0" in word for word in words):
        raise UsageError("no file is named", hint=f"type the path of {READABLE}")
    return [Path(os.path.abspath(Path(word).expanduser())) for word in words]


def check_paths(text: str) -> None:
    """Raises DataError or ResourceError for the first path that is no file to read."""
    for path in paths_in(text):
        open_regular(path).close()
