"""Reads one table of a catalogue file strictly: every problem is told at its key, and none stops the reading."""

import difflib
import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar, cast, get_args

from engine.providers.figures import Confidence, Ends, Figure, NotFound, Said, Source, Unit

_Choice = TypeVar("_Choice", bound=str)
_NOWHERE = Source("", date.min, "single source")
_NEVER_NOTHING = ("GB", "TFLOP per s", "TB per s", "billion parameters", "requests per s", "tokens per s")
_NOTHING = Figure(0, "USD", _NOWHERE)
"""Stands where a figure could not be read; the problem that was told keeps it out of the catalogue."""
_SHIPPED = tuple(name for name in get_args(Confidence) if name != "yours")
_LARGEST = 1e12


@dataclass(slots=True)
class File:
    """What holds for all tables of one file."""

    name: str
    today: date
    sources: dict[str, Source] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def read_sources(self, table: "Table") -> None:
        """Sources by their short names, which figures of this file use."""
        for name, entry in table.named("sources"):
            confidence = entry.choice("confidence", cast(tuple[Confidence, ...], _SHIPPED))
            self.sources[name] = Source(entry.text("text"), entry.past("as_of"), confidence)
            entry.done()


class Table:
    """One table; `done` tells the keys that nobody asked for."""

    def __init__(self, file: File, path: str, values: Mapping[str, Any], source: str | None = None) -> None:
        self.file = file
        self.path = path
        self._values = values
        self._asked: set[str] = set()
        self._source = source
        if "source" in values:
            self._source = self.text("source")

    def has(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def problem(self, key: str, wrong: str, hint: str) -> None:
        where = ".".join(part for part in (self.path, key) if part)
        self.file.problems.append(f"{self.file.name}: {where}: {wrong}; {hint}")

    def done(self) -> None:
        for key in self._values:
            if key not in self._asked:
                [*near] = difflib.get_close_matches(key, sorted(self._asked), n=1, cutoff=0)
                self.problem(key, "unknown key", f"the nearest is {near[0]}" if near else "remove it")

    def text(self, key: str) -> str:
        value = self._get(key)
        if isinstance(value, str) and value.strip():
            return value
        self._wrong(key, value, "a text")
        return ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none where the key is missing."""
        value = self._get(key) if self.has(key) else []
        if isinstance(value, list) and all(isinstance(item, str) and item for item in value):
            return tuple(value)
        self._wrong(key, value, "a list of texts")
        return ()

    def flag(self, key: str, default: bool) -> bool:
        value = self._get(key) if self.has(key) else default
        if not isinstance(value, bool):
            self._wrong(key, value, "true or false")
        return value is True

    def whole(self, key: str, default: int) -> int:
        """A whole number above 0 or, where the key is missing, the default."""
        value = self._get(key) if self.has(key) else default
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST:
            return value
        self._wrong(key, value, "a whole number")
        return default

    def number(self, key: str) -> float:
        value = self._get(key)
        if not _is_number(value):
            self._wrong(key, value, "a number from 0")
            return 0.0
        return float(value)

    def choice(self, key: str, choices: Sequence[_Choice]) -> _Choice:
        value = self._get(key)
        if value not in choices:
            self._wrong(key, value, f"one of {', '.join(choices)}")
            return choices[0]
        return cast(_Choice, value)

    def day(self, key: str) -> date:
        value = self._get(key)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        self._wrong(key, value, "a day such as 2026-11-21, without quotes")
        return date.min

    def past(self, key: str) -> date:
        """A day that was: nobody can have read a price tomorrow."""
        day = self.day(key)
        if day > self.file.today:
            self.problem(key, f"{day} is in the future (today is {self.file.today})", "a source speaks of a past day")
        return day

    def table(self, key: str) -> "Table":
        value = self._get(key)
        if not isinstance(value, dict):
            self._wrong(key, value, "a table")
            value = {}
        return self._inner(key, value)

    def tables(self, key: str) -> list["Table"]:
        """A list of tables; none where the key is missing."""
        value = self._get(key) if self.has(key) else []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self._wrong(key, value, "a list of tables")
            return []
        return [self._inner(f"{key}[{_label(item, at)}]", item) for at, item in enumerate(value)]

    def named(self, key: str) -> list[tuple[str, "Table"]]:
        """The tables of a table, by name."""
        table = self.table(key)
        return [(name, table.table(name)) for name in table._values]

    def figure(self, key: str, unit: Unit) -> Figure:
        """A number, whose source is the table's own, or a table of its own: value, source, low, high, note."""
        value = self._get(key)
        if isinstance(value, dict):
            return self._figure_table(self._inner(key, value), unit)
        if not _is_number(value):
            self._wrong(key, value, f"a number of {unit} from 0")
            return _NOTHING
        self._possible(key, float(value), unit)
        return Figure(float(value), unit, self.cited(key))

    def figure_or_none(self, key: str, unit: Unit) -> Figure | None:
        return self.figure(key, unit) if self.has(key) else None

    def figure_or_not_found(self, key: str, unit: Unit) -> Figure | NotFound:
        """A figure, or { not_found = DAY }."""
        return self._not_found(key) or self.figure(key, unit)

    def figure_if_any(self, key: str, unit: Unit) -> Figure | NotFound | None:
        return self.figure_or_not_found(key, unit) if self.has(key) else None

    def said(self, key: str) -> Said:
        """A text, whose source is the table's own, or a table of its own: text, source."""
        value = self._get(key)
        if isinstance(value, dict):
            table = self._inner(key, value)
            said = Said(table.text("text"), table.cited("source"))
            table.done()
            return said
        return Said(self.text(key), self.cited(key))

    def said_or_not_found(self, key: str) -> Said | NotFound:
        return self._not_found(key) or self.said(key)

    def ends(self, key: str) -> Ends | None:
        """The day of a shutdown: on, source, note."""
        if not self.has(key):
            return None
        table = self.table(key)
        ends = Ends(table.day("on"), table.cited("source"), table.text("note") if table.has("note") else "")
        table.done()
        return ends

    def _figure_table(self, table: "Table", unit: Unit) -> Figure:
        value = table.number("value")
        low, high = (table.number(key) if table.has(key) else None for key in ("low", "high"))
        note = table.text("note") if table.has("note") else ""
        if (low is not None and low > value) or (high is not None and high < value):
            table.problem("value", f"{value:g} is outside {low} to {high}", "low <= value <= high")
        table._possible("value", value, unit)
        table.done()
        return Figure(value, unit, table.cited("source"), low, high, note)

    def _possible(self, key: str, value: float, unit: Unit) -> None:
        if unit == "share" and value > 1:
            self.problem(key, f"{value:g} is no share", "from 0 to 1: a half is 0.5")
        if unit in _NEVER_NOTHING and value == 0:
            self.problem(key, f"0 {unit} is impossible", "more than 0: times are divided by it")

    def _not_found(self, key: str) -> NotFound | None:
        value = self._values.get(key)
        if not isinstance(value, dict) or "not_found" not in value:
            return None
        self._asked.add(key)
        table = self._inner(key, value)
        found = NotFound(table.past("not_found"))
        table.done()
        return found

    def cited(self, key: str) -> Source:
        """The table's own source, or that of the table around it; `key` names what lacks one."""
        if self._source is None:
            self.problem(key, "no source", "write source = NAME here or in its table, and [sources.NAME]")
        elif self._source not in self.file.sources:
            known = ", ".join(sorted(self.file.sources)) or "none"
            self.problem(key, f"unknown source {self._source!r}", f"sources of this file: {known}")
        return self.file.sources.get(self._source or "", _NOWHERE)

    def _inner(self, key: str, values: Mapping[str, Any]) -> "Table":
        return Table(self.file, ".".join(part for part in (self.path, key) if part), values, self._source)

    def _get(self, key: str) -> Any:
        self._asked.add(key)
        return self._values.get(key)

    def _wrong(self, key: str, value: Any, wanted: str) -> None:
        if key not in self._values:
            self.problem(key, "missing", f"write {wanted}")
        else:
            self.problem(key, f"{shown(value)} is not {wanted}", f"write {wanted}")


def shown(value: Any) -> str:
    """A value as a problem shows it, in 30 characters or so."""
    return str(value) if isinstance(value, date) else reprlib.repr(value)


def _is_number(value: Any) -> bool:
    """Not NaN, not infinite, not below 0, and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _LARGEST


def _label(entry: Mapping[str, Any], at: int) -> str:
    """How a problem names one of a list: by its id, or its place."""
    found = next((entry[key] for key in ("id", "model") if isinstance(entry.get(key), str)), None)
    return str(found or at + 1)
