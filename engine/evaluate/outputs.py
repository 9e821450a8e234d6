"""What a system answered, saved one JSON line a row in `evals/<set>.<system>.jsonl`."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.durable import read_lines, write_atomic
from engine.errors import DataError

_RERUN = "generate the outputs again with `tunewright evaluate`"


@dataclass(frozen=True, slots=True)
class Output:
    """One answer of one system to one row, with all that scoring needs."""

    id: str
    """The row's id: rows are paired by it when two systems are compared."""
    cluster: str
    """Rows of one cluster (a phrasing, a customer) are not independent and are resampled together."""
    prompt: list[dict[str, Any]]
    """The messages before the answer, as given to the system (few-shot examples included)."""
    reference: str
    output: str
    stopped: bool
    """True: the system ended by itself, with its end token. False: it was cut at the cap."""
    tokens: int
    """Generated tokens, end token not counted."""


_TYPES: dict[str, type] = {
    "id": str,
    "cluster": str,
    "prompt": list,
    "reference": str,
    "output": str,
    "stopped": bool,
    "tokens": int,
}


def read_outputs(path: Path) -> list[Output]:
    """The outputs in `path`, in the order of first appearance; of two lines with one id the last wins.

    A torn line is passed over: the row was generated again when the worker came back.
    Raises DataError when the file is missing, holds no output, or a line lacks a field.
    """
    if not path.is_file():
        raise DataError("no saved outputs here", hint=_RERUN, where=str(path))
    found = {output.id: output for _, output in scan_outputs(path)}
    if not found:
        raise DataError("the file holds no output", hint=_RERUN, where=str(path))
    return list(found.values())


def scan_outputs(path: Path) -> Iterator[tuple[int, Output]]:
    """(its place for `output_at`, output) for each line of `path`. Raises DataError when a line lacks a field."""
    start = 0
    for number, (end, line) in enumerate(read_lines(path), start=1):
        yield start, _parse(line, where=f"{path}:{number}")
        start = end


def output_at(path: Path, start: int) -> Output:
    """The output at a place that `scan_outputs` gave. Raises DataError when the file has changed since."""
    for _, line in read_lines(path, start):
        return _parse(line, where=str(path))
    raise DataError("the saved outputs have changed", hint="open them again", where=str(path))


def _parse(line: Any, where: str) -> Output:
    if not isinstance(line, dict):
        raise DataError(f"a saved output is a JSON object, this is {type(line).__name__}", hint=_RERUN, where=where)
    wrong = [name for name, kind in _TYPES.items() if not isinstance(line.get(name), kind)]
    if wrong:
        raise DataError(f"missing or of the wrong type: {', '.join(wrong)}", hint=_RERUN, where=where)
    return Output(**{name: line[name] for name in _TYPES})


def write_outputs(path: Path, outputs: Iterable[Output]) -> None:
    """Replaces `path` by `outputs` in one step."""
    write_atomic(path, b"".join(orjson.dumps(asdict(output), option=orjson.OPT_APPEND_NEWLINE) for output in outputs))
