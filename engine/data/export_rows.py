"""Row by row into the files of an export; what would not come back the same is refused, with the reason."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from engine.data.export_forms import Form
from engine.data.formats import Layout
from engine.data.jsontext import dumps, parse
from engine.data.mapping import Mapping as Columns
from engine.data.prepare import prepare
from engine.data.problems import Place
from engine.data.records import Progress, Record
from engine.data.rows import Row
from engine.data.targets import Target, target_problems
from engine.data.validate import validate
from engine.data.versions import Version

_ELSEWHERE = "an import would not give the same row again"
_TAKEN = frozenset(
    {"messages", "conversations", "conversation", "instruction", "input", "output", "history", "system", "prompt"}
    | {"completion", "chosen", "rejected", "chosen_messages", "rejected_messages", "preferred_output", "kto_tag"}
    | {"non_preferred_output", "tools", "functions", "parallel_tool_calls", "text"}
)
"""Columns that mean something in one form or another; beside the turns they would be read as that."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that the form cannot hold."""

    number: int
    """In the version, from 0."""
    id: str
    why: str


@dataclass(frozen=True, slots=True)
class What:
    """What of a version is written, and how."""

    form: Form
    splits: tuple[str | None, ...]
    """None stands for the rows of a version that is not split."""
    prefix: str
    """Of every file's name."""
    meta: bool
    mark: bytes
    """What every file begins with."""
    target: Target | None = None
    """What the host asks of rows; one that it would refuse is refused here."""


@dataclass(slots=True)
class _File:
    name: str
    split: str | None
    kind: str
    file: BinaryIO
    rows: int = 0
    size: int = 0
    weights: bool = False
    hash: Any = field(default_factory=hashlib.sha256)

    def write(self, text: bytes) -> None:
        self.file.write(text)
        self.hash.update(text)
        self.size += len(text)

    def document(self) -> dict[str, Any]:
        return {
            "file": self.name,
            "split": self.split,
            "kind": self.kind,
            "rows": self.rows,
            "bytes": self.size,
            "sha256": self.hash.hexdigest(),
        }


@dataclass(frozen=True, slots=True)
class Sent:
    """What was written, and what was not."""

    files: list[dict[str, Any]]
    """file, split, kind, rows, bytes, sha256"""
    refused: list[Refused]
    weights: bool
    """Whether some turn is not to be learned."""
    columns: dict[str, int]
    """Other columns that do not go along -> rows that have them."""


def send(version: Version, what: What, folder: Path, progress: Progress) -> Sent:
    """Writes the rows into files of `folder`, one for each split and kind of row. `progress` gets rows."""
    files: dict[tuple[str | None, str], _File] = {}
    refused: list[Refused] = []
    columns: Counter[str] = Counter()
    with ExitStack() as stack:
        for number, row in enumerate(version.rows()):
            progress(number)
            if row.split not in what.splits:
                continue
            line = line_of(row, what)
            if isinstance(line, str):
                refused.append(Refused(number, row.id, line))
                continue
            along = {*_along(row, what), "tools", "parallel_tool_calls"}
            columns.update(name for name in row.meta if name not in along)
            key = (row.split, row.kind)
            if key not in files:
                files[key] = _opened(stack, folder, what, *key)
            files[key].write(line)
            files[key].rows += 1
            files[key].weights |= any(turn.get("weight") is not None for turn in row.messages)
    order = sorted(files.values(), key=lambda one: (what.splits.index(one.split), one.kind != "sft", one.kind))
    weights = any(one.weights for one in order)
    return Sent([one.document() for one in order], refused, weights, dict(columns))


def _opened(stack: ExitStack, folder: Path, what: What, split: str | None, kind: str) -> _File:
    several = len(what.form.reads) > 1 and kind != "sft"
    name = f"{what.prefix}{split or 'rows'}{f'_{kind}' if several else ''}.jsonl"
    file = _File(name, split, kind, stack.enter_context((folder / name).open("wb")))
    file.write(what.mark)
    return file


def line_of(row: Row, what: What) -> bytes | str:
    """The line of a row; or why the form cannot hold it, or the host would refuse it."""
    record = _unwelcome(row, what.target) or what.form.encode(row)
    if isinstance(record, str):
        return record
    line = dumps({**record, **_along(row, what)}) + b"\n"
    return _changed(line, row, what.form) or line


def _unwelcome(row: Row, target: Target | None) -> str | None:
    """Why the host would refuse the row; None when it would not."""
    if target is None:
        return None
    tools = row.meta.get("tools")
    problems = [*validate(row.messages, tools, target.own), *target_problems(target, row.messages, row.meta)]
    return "; ".join(one.message for one in problems if one.severity == "error") or None


def _along(row: Row, what: What) -> Mapping[str, Any]:
    """The other columns that go along."""
    if not (what.form.room and what.meta):
        return {}
    return {
        name: value for name, value in row.meta.items() if name not in _TAKEN and not isinstance(value, bool | None)
    }


def _changed(line: bytes, row: Row, form: Form) -> str | None:
    """Why reading `line` by our own rules gives another row than `row`, or none; None when it gives the same."""
    record = Record(Place("export", 1, 0), *parse(line))
    read = prepare(record, Layout(form.reads[row.kind], Columns()))
    if read.row is None:
        first = next(problem for problem in read.problems if problem.severity == "error")
        return f"{_ELSEWHERE}: {first.rule}"
    return None if read.row.id == row.id else _ELSEWHERE
