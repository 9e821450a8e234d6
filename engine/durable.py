"""Files that survive a crash: whole or not at all, and logs whose last line may be torn."""

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from engine.errors import DataError, ResourceError

_REASONS = {
    errno.ENOSPC: (
        "the disk is full",
        "free some space there and run the command again; what was saved before is whole",
    ),
    errno.EDQUOT: ("your disk quota is used up", "free some space and run the command again; what was saved is whole"),
    errno.EROFS: ("the file system is read-only", "copy the project to a folder you can write, or remount it"),
    errno.EACCES: ("no permission to write", "check the owner of the folder, or choose another with --project"),
    errno.EPERM: ("no permission to write", "check the owner of the folder, or choose another with --project"),
}


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turns a full, read-only or forbidden disk into a ResourceError that names the file, or else `path`."""
    try:
        yield
    except OSError as error:
        if error.errno not in _REASONS:
            raise
        message, hint = _REASONS[error.errno]
        raise ResourceError(message, hint=hint, where=str(error.filename or path)) from error


def write_atomic(path: Path, content: bytes) -> None:
    """Replaces `path` by `content` in one step: temporary file, fsync, rename, fsync of the folder.

    Raises ResourceError when the disk refuses; the old file is then untouched.
    """
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            with open(temporary, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync(path.parent)


def sync(path: Path) -> None:
    """Makes the content of a file, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, document: Any) -> None:
    """`write_atomic` of one indented JSON document."""
    write_atomic(path, orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def read_json(path: Path) -> Any:
    """The document in `path`. Raises DataError, with the place, when it is not JSON; OSError as it comes."""
    try:
        return orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise DataError(
            f"not JSON: {error}", hint="restore the file from a backup, or delete it", where=str(path)
        ) from error


def append_line(path: Path, document: Any, *, sync: bool = True) -> None:
    """Appends one JSON line in a single write; with `sync` it is on the disk when this returns.

    A line that an earlier crash left without its newline is closed first, so that it damages no later one.
    """
    line = orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE)
    with disk_errors(path):
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            _write_all(handle, b"\n" + line if torn else line)
            if sync:
                os.fsync(handle)
        finally:
            os.close(handle)


def _write_all(handle: int, content: bytes) -> None:
    # A full disk takes part of a line without an error; the next write then says so.
    while content:
        content = content[os.write(handle, content) :]


def read_lines(path: Path, start: int = 0) -> Iterator[tuple[int, Any]]:
    """(offset after the line, document) for each whole JSON line from byte `start`; a missing file has none.

    Torn or damaged lines are passed over: an appender that died in the middle loses its own line and no other.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DataError(
                "not a regular file", hint="move it away, and restore the file from a copy", where=str(path)
            )
        file = open(path, "rb")  # noqa: SIM115 - closed by the with below
    except FileNotFoundError:
        return
    with file:
        file.seek(start)
        position = start
        for line in file:
            if not line.endswith(b"\n"):
                return
            position += len(line)
            with contextlib.suppress(orjson.JSONDecodeError):
                yield position, orjson.loads(line)
