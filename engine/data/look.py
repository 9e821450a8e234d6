"""`data look`: how files would be read, from their first records, before anything is taken from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from engine.data.formats import SAMPLE
from engine.data.jsontext import dumps, parse
from engine.data.mapping import Mapping
from engine.data.masking import Mask, mask_text
from engine.data.prepare import Source, find_layout, prepare, require_named
from engine.data.problems import Tally
from engine.data.read import records
from engine.data.records import Record
from engine.data.rows import Row
from engine.errors import DataError, UsageError
from engine.safe_text import safe_text

SHOWN = 3
"""Samples of each file."""
_EXAMPLE = 100
"""Characters of a column's first value."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One file, judged by its first SAMPLE records."""

    path: Path
    records: int
    """Looked at."""
    columns: dict[str, Any]
    """Each with its first value that says something."""
    source: Source | None
    """None when it cannot be read in this way; `error` says why."""
    rows: tuple[Row, ...]
    """Those that are fit."""
    problems: tuple[dict[str, Any], ...]
    error: DataError | None

    def document(self) -> dict[str, Any]:
        """Plain data, without secrets and safe to show."""
        return {
            "file": self.path.name,
            "format": self.source.layout.format if self.source else None,
            "records": self.records,
            "columns": [mask_text(name) for name in self.columns],
            "examples": [_example(value) for value in self.columns.values()],
            "answer_keys": _answer_keys(self.rows),
            "samples": [_sample(row) for row in self.rows[:SHOWN]],
            "problems": list(self.problems),
            "error": _said(self.error),
        }


@dataclass(frozen=True, slots=True)
class Look:
    """Some files and the mapping in force."""

    files: tuple[Looked, ...]
    mapping: Mapping
    unnamed: UsageError | None
    """No row of any file has the columns to group by, or the category."""

    @property
    def error(self) -> DataError | UsageError | None:
        """Why the files cannot be imported in this way; None when they can."""
        return next((one.error for one in self.files if one.error), self.unnamed)

    def sources(self) -> list[Source]:
        """The files as they will be read. Raises `error`."""
        if self.error:
            raise self.error
        return [one.source for one in self.files if one.source]

    def document(self) -> dict[str, Any]:
        """`files`, `mapping` and `error`, as plain data, without secrets and safe to show."""
        mapping = Mask().value(self.mapping.document())
        return {"files": [one.document() for one in self.files], "mapping": mapping, "error": _said(self.error)}


def look(paths: Sequence[Path], mapping: Mapping) -> Look:
    """The first records of each file, read as `mapping` says.

    Raises DataError or ResourceError for a file without a readable record; one that only lacks a format, or not one
    alone, is an `error` in what is returned, since naming its columns mends it.
    """
    files = tuple(_look_at(path, mapping) for path in paths)
    try:
        require_named([row for one in files for row in one.rows], mapping)
    except UsageError as error:
        return Look(files, mapping, error)
    return Look(files, mapping, None)


def _look_at(path: Path, mapping: Mapping) -> Looked:
    first = list(islice(records(path), SAMPLE))
    columns = _columns(first)
    try:
        source = find_layout(path, mapping)
    except DataError as error:
        if not columns:
            raise
        return Looked(path, len(first), columns, None, (), (), error)
    return Looked(path, len(first), columns, source, *_judged(first, source), None)


def _columns(first: Sequence[Record]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for record in first:
        for name, value in record.value.items() if isinstance(record.value, dict) else ():
            columns[name] = columns.get(name) or value
    return columns


def _example(value: Any) -> str:
    text = value if isinstance(value, str) else dumps(value).decode() if value is not None else ""
    return safe_text(mask_text(text), _EXAMPLE)


def _judged(first: Sequence[Record], source: Source) -> tuple[tuple[Row, ...], tuple[dict[str, Any], ...]]:
    """(rows that are fit, problems by rule)"""
    tally, rows = Tally(), []
    for record in first:
        prepared = prepare(record, source.layout)
        tally.add(prepared.place, prepared.problems)
        if prepared.row:
            rows.append(prepared.row)
    return tuple(rows), tuple(tally.listed())


def _answer_keys(rows: Sequence[Row]) -> list[str]:
    """Keys of the answers that are JSON objects: rows can be counted by them, as by a column."""
    answers = (parse(row.answer.encode()).value for row in rows if row.answer.lstrip().startswith("{"))
    return [str(key) for key in dict.fromkeys(key for one in answers if isinstance(one, dict) for key in one)]


def _sample(row: Row) -> dict[str, Any]:
    turns = [{"role": turn["role"], "content": safe_text(turn["content"])} for turn in row.messages]
    return {"line": row.source["line"], "messages": turns}


def _said(error: DataError | UsageError | None) -> dict[str, str] | None:
    return {"message": str(error), "hint": error.hint} if error else None
