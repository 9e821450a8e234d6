"""Excel and Parquet read in a process of their own, which a hostile file may crash.

Their libraries are native code: libarrow ends its process on a wrong histogram in a column index, and some kilobytes
of run lengths decode to any amount of memory. Here either is a DataError.

    python -m engine.data.apart '[FORM, NAME, SHEET]' <FILE     writes one JSON line a record
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO

import orjson

from engine import errors
from engine.data.jsontext import dumps
from engine.data.problems import Place, Problem
from engine.data.records import MAX_RECORD, Progress, Record, too_long
from engine.errors import DataError, TunewrightError

MAX_MEMORY = 4 * 2**30
"""Bytes of address space of the process; the largest workbook that is let through takes about 2 GiB."""
_INSTEAD = "write the file again, or export it as CSV or JSONL"


def records_apart(form: str, file: BinaryIO, name: str, sheet: str | None, progress: Progress) -> Iterator[Record]:
    """The records of a file of Excel or Parquet. Raises what its reader raises, DataError where the reader crashes."""
    with tempfile.TemporaryFile() as said:
        process = _started(form, file, name, sheet, said)
        assert process.stdout is not None
        try:
            for line in process.stdout:
                message = orjson.loads(line)
                if "error" in message:
                    raise _error(message["error"])
                if "done" not in message:
                    return
                yield _record(message, name)
                progress(message["done"])
            _require_crash(process.wait(), said)
            raise DataError(f"reading it as {form} crashed", hint=_INSTEAD, where=name)
        finally:
            process.kill()
            process.stdout.close()
            process.wait()


def _started(form: str, file: BinaryIO, name: str, sheet: str | None, said: IO[bytes]) -> subprocess.Popen[bytes]:
    file.seek(0)
    here = str(Path(__file__).parent.parent.parent)
    path = os.pathsep.join(part for part in (here, os.environ.get("PYTHONPATH", "")) if part)
    return subprocess.Popen(
        [sys.executable, "-m", "engine.data.apart", json.dumps([form, name, sheet])],
        stdin=file,
        stdout=subprocess.PIPE,
        stderr=said,
        env={**os.environ, "PYTHONPATH": path},
        # Ctrl-C reaches us alone: the process ends when its pipe closes.
        start_new_session=True,
    )


def _record(message: dict[str, Any], name: str) -> Record:
    problems = tuple(Problem(*problem) for problem in message["problems"])
    return Record(Place(name, message["line"], 0), message["value"], problems)


def _error(said: dict[str, Any]) -> TunewrightError:
    kind: type[TunewrightError] = getattr(errors, said.pop("kind"))
    if "choices" in said:
        said["choices"] = tuple(said["choices"])
    return kind(said.pop("message"), **said)


def _require_crash(code: int, said: IO[bytes]) -> None:
    """Raises RuntimeError where it was no crash of a library but a fault of ours."""
    if code == 1:
        said.seek(0)
        raise RuntimeError(said.read(MAX_RECORD).decode("utf-8", "replace"))


def _main(form: str, name: str, sheet: str | None) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout.buffer
    try:
        _write(form, name, sheet, out)
    except MemoryError:
        message = f"it needs more than {MAX_MEMORY // 2**30} GiB of memory"
        out.write(_line_of(DataError(message, hint=_INSTEAD, where=name)))
    except TunewrightError as error:
        out.write(_line_of(error))
    out.flush()


def _write(form: str, name: str, sheet: str | None, out: IO[bytes]) -> None:
    done = 0

    def progress(read: int) -> None:
        nonlocal done
        done = read

    for record in _records(form, sys.stdin.buffer, name, sheet, progress):
        out.write(_line(record, done))
    out.write(b"{}\n")


def _records(form: str, file: BinaryIO, name: str, sheet: str | None, progress: Progress) -> Iterator[Record]:
    if form == "Excel":
        from engine.data.read_excel import excel_records

        return excel_records(file, name, sheet, progress)
    from engine.data.read_parquet import parquet_records

    return parquet_records(file, name, progress)


def _line(record: Record, done: int) -> bytes:
    problems = [(one.rule, one.message, one.hint, one.severity) for one in record.problems]
    line = dumps({"line": record.place.line, "value": record.value, "problems": problems, "done": done})
    if len(line) <= MAX_RECORD:
        return line + b"\n"
    return _line(Record(record.place, None, (too_long(),)), done)


def _line_of(error: TunewrightError) -> bytes:
    said = {"kind": type(error).__name__, "message": error.message, "hint": error.hint, "where": error.where}
    if isinstance(error, errors.ChoiceNeeded):
        said |= {"option": error.option, "choices": error.choices}  # type: ignore[dict-item]
    return json.dumps({"error": said}).encode() + b"\n"


if __name__ == "__main__":
    _main(*json.loads(sys.argv[1]))
