"""`data look`: how files would be read, from their first records, before anything is taken from them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from engine.data.formats import FORMATS, SAMPLE
from engine.data.formats_calls import tool_name
from engine.data.jsontext import dumps, parse
from engine.data.mapping import Mapping
from engine.data.masking import Mask, mask_text
from engine.data.prepare import AS_IT_IS, Prepared, Source, Wishes, require_named, source_of
from engine.data.problems import Tally
from engine.data.read import recognised_as, records
from engine.data.records import Record
from engine.data.repairs import counted
from engine.data.rows import Message, Row
from engine.errors import ChoiceNeeded, DataError, TunewrightError, UsageError
from engine.safe_text import one_line, safe_text

SHOWN = 3
"""Samples of each file."""
_EXAMPLE = 100
"""Characters of a column's first value."""
_ARGUMENTS = 500
_TURNS = 40
"""Turns of a sample, and calls of a turn, that are shown; a record of 16 MB can hold 100,000."""
_COLUMNS = 200
"""Columns and keys that are listed; any can be named by its flag."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One file, judged by its first SAMPLE records."""

    path: Path
    records: int = 0
    """Looked at."""
    columns: dict[str, Any] | None = None
    """Each with its first value that says something; None when the records cannot be told yet."""
    source: Source | None = None
    """None when it cannot be read in this way; `error` says why."""
    judged: tuple[Prepared, ...] = ()
    error: DataError | None = None

    @property
    def rows(self) -> list[Row]:
        """Those that are fit."""
        return [one.row for one in self.judged if one.row]

    def document(self) -> dict[str, Any]:
        """Plain data, without secrets and safe to show."""
        columns, source = self.columns or {}, self.source
        return {
            "file": mask_text(self.path.name),
            "format": source.layout.format if source else None,
            "how": recognised_as(self.path, source.how) | source.said if source else {},
            "records": self.records,
            "columns": [mask_text(name) for name in columns],
            "examples": [_example(value) for value in columns.values()],
            "uses": self._uses(columns),
            "answer_keys": _answer_keys(self.rows),
            "samples": [_sample(row) for row in self.rows[:SHOWN]],
            "problems": self._problems(),
            "repairs": counted(Counter(name for one in self.judged for name in one.mendable)),
            "repaired": counted(Counter(name for one in self.judged for name in one.mended)),
            "error": _said(self.error),
        }

    def _uses(self, columns: Iterable[str]) -> list[dict[str, str]]:
        """What becomes of each column."""
        if self.source is None:
            return []
        used = frozenset(name for one in self.judged if one.row for name in one.used)
        return [{"column": mask_text(name), "use": _use(self.source, name, name in used)} for name in columns]

    def _problems(self) -> list[dict[str, Any]]:
        tally = Tally()
        for one in self.judged:
            tally.add(one.place, one.problems)
        return tally.listed()


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
        """`files`, `mapping`, the `formats` there are, `repairs` that would change rows, and `error`, as plain data,
        without secrets and safe to show. An error that a choice mends has its `option` and `choices`."""
        offered = Counter[str]()
        files = [one.document() for one in self.files]
        for one in files:
            offered.update({name: repair["rows"] for name, repair in one["repairs"].items()})
        mapping = Mask().value(self.mapping.document())
        formats = {name: one.says for name, one in FORMATS.items()}
        facts = {"files": files, "mapping": mapping, "formats": formats}
        return facts | {"repairs": counted(offered), "error": _said(self.error)}


def look(paths: Sequence[Path], mapping: Mapping, wishes: Wishes = AS_IT_IS) -> Look:
    """The first records of each file, read as `mapping` and `wishes` say.

    Raises DataError or ResourceError for a file without a readable record; one that only lacks a format, or that a
    choice makes readable, is an `error` in what is returned, since naming columns or choosing mends it.
    """
    files = tuple(_look_at(path, mapping, wishes) for path in paths)
    try:
        require_named([row for one in files for row in one.rows], mapping)
    except UsageError as error:
        return Look(files, mapping, error)
    return Look(files, mapping, None)


def _look_at(path: Path, mapping: Mapping, wishes: Wishes) -> Looked:
    try:
        first = list(islice(records(path, how=wishes.how), SAMPLE))
    except ChoiceNeeded as error:
        return Looked(path, error=error)
    looked = Looked(path, len(first), _columns(first))
    try:
        source = source_of(path, first, mapping, wishes)
    except DataError as error:
        if not looked.columns:
            raise
        return replace(looked, error=error)
    return replace(looked, source=source, judged=tuple(map(source.prepare, first)))


def _columns(first: Sequence[Record]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for record in first:
        for name, value in record.value.items() if isinstance(record.value, dict) else ():
            columns[name] = columns.get(name) or value
    return dict(islice(columns.items(), _COLUMNS))


def _use(source: Source, column: str, used: bool) -> str:
    mapping = source.layout.mapping
    said = [source.layout.use(column) or "read"] if used else ["kept beside the row"]
    said += ["keeps rows in one split"] if column in mapping.group else []
    said += ["rows are counted by it"] if column == mapping.category else []
    return "; ".join(said)


def _example(value: Any) -> str:
    text = value if isinstance(value, str) else dumps(value).decode() if value is not None else ""
    return safe_text(mask_text(text), _EXAMPLE)


def _answer_keys(rows: Sequence[Row]) -> list[str]:
    """Keys of the answers that are JSON objects: rows can be counted by them, as by a column."""
    answers = (parse(row.answer.encode()).value for row in rows if row.answer.lstrip().startswith("{"))
    keys = dict.fromkeys(key for one in answers if isinstance(one, dict) for key in one)
    return [str(key) for key in islice(keys, _COLUMNS)]


def _sample(row: Row) -> dict[str, Any]:
    """A row as it would be imported: every turn with its calls and its weight, the other answer, the judgement."""
    sample: dict[str, Any] = {"line": row.source["line"], "messages": [_turn(turn) for turn in row.messages[:_TURNS]]}
    if len(row.messages) > _TURNS:
        sample["more_turns"] = len(row.messages) - _TURNS
    tools = row.meta.get("tools")
    if names := [name for tool in tools[:_TURNS] if (name := tool_name(tool))] if isinstance(tools, list) else []:
        sample["tools"] = [one_line(name, 60) for name in names]
    if row.rejected is not None:
        sample["rejected"] = [_turn(turn) for turn in row.rejected[:_TURNS]]
    if row.label is not None:
        sample["label"] = row.label
    return sample


def _turn(turn: Message) -> dict[str, Any]:
    shown: dict[str, Any] = {"role": turn["role"], "content": safe_text(turn["content"])}
    if calls := turn.get("tool_calls"):
        shown["calls"] = [_call(call["function"]) for call in calls[:_TURNS]]
    if turn.get("weight") == 0:
        shown["weight"] = 0
    if name := turn.get("name"):
        shown["name"] = one_line(name, 60)
    return shown


def _call(function: dict[str, str]) -> str:
    return f"{one_line(function['name'], 60)}({one_line(function['arguments'], _ARGUMENTS)})"


def _said(error: TunewrightError | None) -> dict[str, Any] | None:
    if error is None:
        return None
    said: dict[str, Any] = {"message": str(error), "hint": error.hint}
    if isinstance(error, ChoiceNeeded):
        said |= {"option": error.option, "choices": list(error.choices)}
    return said
