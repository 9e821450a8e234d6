"""What an inspection of a version found, kept beside it: read in milliseconds, however many rows there are.

reports/<version>/
  report.json     findings, what was counted, and the folder below that holds the rest; replaced last, in one step
  <number>/
    members.jsonl  one line a member: what was found, where, what mends it
    members.idx    where each of these lines begins, rule after rule: little-endian 64-bit offsets
    flags.u32      (row, member) for every row of a member, sorted: little-endian 32-bit pairs
    risky.u32      rows with flags, worst first
    lists.u32      rows of categories and rows by length, with their values, end to end

Reading needs neither numpy nor the rows.
"""

import mmap
import struct
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import orjson

from engine.data.records import Progress, no_progress
from engine.data.versions import Version, open_version
from engine.durable import read_json
from engine.errors import DataError
from engine.on_demand import OnDemand
from engine.project import Project

Severity = Literal["error", "warning", "note"]

_U64, _U32, _PAIR = struct.Struct("<Q"), struct.Struct("<I"), struct.Struct("<II")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule and how often something was found by it; `Report.members(rule)` gives each place."""

    rule: str
    severity: Severity
    """An error keeps rows out, a warning should be looked at, a note is good to know."""
    title: str
    """In words, without the count: duplicates; prompts with different answers."""
    hint: str
    """The next thing to do."""
    count: int
    """Members: rows, clusters or records."""


@dataclass(frozen=True, slots=True)
class Member:
    """One place of a finding."""

    rows: tuple[int, ...]
    """Numbers in the version: one of a problem, several of a cluster or contradiction, none of a left-out record."""
    place: str
    """FILE:LINE of the first row, or of the record."""
    message: str
    """What is wrong, with the value; of a cluster, how near the rows are."""
    hint: str
    number: int = 0
    """By which `data keep` names a cluster or a contradiction, from 1; 0 for what is neither."""
    byte: int | None = None
    """Of a left-out record: where it begins in its file."""
    key: str = ""
    """By which data.choices knows a cluster or a contradiction."""


class Members(OnDemand[Member]):
    """The members of one rule."""

    def __init__(self, report: "Report", first: int, count: int) -> None:
        super().__init__(count)
        self._report, self._first = report, first

    def made(self, place: int) -> Member:
        return self._report.member(self._first + place)


class Listed(OnDemand[Member]):
    """Rows of a category, or rows by length: kept as numbers, put into words when they are asked for."""

    def __init__(self, report: "Report", said: Mapping[str, Any], count: int | None = None) -> None:
        super().__init__(int(said["count"]) if count is None else count)
        self._report, self._said = report, said

    def made(self, place: int) -> Member:
        row = self._number("rows", place)
        message = str(self._said["message"])
        if self._said["values"] is not None:
            message = message.replace("{value}", f"{self._number('values', place):,}")
        return Member((row,), self._report.place(row), message, self._said["hint"])

    def over(self, least: int) -> "Listed":
        """The first of them, of which the values are over `least`; values fall."""
        count = bisect_left(range(len(self)), -least, key=lambda place: -self._number("values", place))
        return Listed(self._report, self._said, count)

    def _number(self, which: str, place: int) -> int:
        numbers = self._report.file("lists.u32")
        number: int = _U32.unpack_from(numbers, 4 * (self._said[which] + place))[0]
        return number


class Report:
    """The report on one version. `findings`, `facts`, `members(rule)`, `flags(row)`, `risky()`"""

    def __init__(self, folder: Path, version: Version, document: Mapping[str, Any]) -> None:
        self._folder, self._document = folder, document
        self.version = version
        self.findings: tuple[Finding, ...] = tuple(Finding(**one) for one in document["findings"])
        """Errors first, then warnings, then notes; only what was found."""
        self._firsts: list[int] = document["firsts"]
        """For each finding the number of its first member."""
        self._files: dict[str, mmap.mmap | bytes] = {}

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was counted, under the names of `data check --json`, and more: see data.inspection."""
        facts: Mapping[str, Any] = self._document["facts"]
        return facts

    @property
    def made(self) -> str:
        """When, in UTC."""
        return str(self._document["made"])

    def document(self) -> dict[str, Any]:
        """For --json: the facts and the findings, without the members."""
        findings = [{name: getattr(one, name) for name in Finding.__slots__} for one in self.findings]
        return {"version": self.version.name, "made": self.made, **self.facts, "findings": findings}

    def finding(self, rule: str) -> Finding | None:
        """What was found by one rule; None when nothing was."""
        return next((one for one in self.findings if one.rule == rule), None)

    @cached_property
    def rules(self) -> tuple[str, ...]:
        """What `members` knows: findings, category:NAME, longest, longer-than:TOKENS (of any number of tokens)."""
        cuts = [f"longer-than:{cut['max_length']}" for cut in self.facts["tokens"]["cut_at"]]
        return (*(one.rule for one in self.findings), *self._document["lists"], *cuts)

    def members(self, rule: str) -> Sequence[Member]:
        """Every place where something was found by `rule`, see `rules`; empty when nothing was."""
        for first, finding in zip(self._firsts, self.findings, strict=True):
            if finding.rule == rule:
                return Members(self, first, finding.count)
        longer = rule.removeprefix("longer-than:")
        if longer != rule and longer.isdecimal():
            return Listed(self, self._document["lists"]["longest"]).over(int(longer))
        listed = self._document["lists"].get(rule)
        return Listed(self, listed) if listed else ()

    def flags(self, row: int) -> tuple[tuple[str, str], ...]:
        """(rule, message) of everything that was found in the row of this number; findings in their order."""
        return tuple((rule, one.message) for rule, one in self.found_in(row))

    def found_in(self, row: int) -> tuple[tuple[str, Member], ...]:
        """(rule, member) of everything that was found in the row of this number; findings in their order."""
        pairs = self.file("flags.u32")
        count = len(pairs) // _PAIR.size
        at = bisect_left(range(count), row, key=lambda place: _PAIR.unpack_from(pairs, 8 * place)[0])
        found = []
        while at < count and (pair := _PAIR.unpack_from(pairs, 8 * at))[0] == row:
            rule = self.findings[bisect_right(self._firsts, pair[1]) - 1].rule
            found.append((rule, self.member(pair[1])))
            at += 1
        return tuple(found)

    def risky(self) -> list[int]:
        """Numbers of the rows in which something was found, the worst first. Raises DataError for a damaged file."""
        try:
            numbers = [number for (number,) in _U32.iter_unpack(self.file("risky.u32"))]
        except struct.error as error:
            raise self._damaged() from error
        if numbers and max(numbers) >= len(self.version):
            raise self._damaged()
        return numbers

    def member(self, number: int) -> Member:
        """Member by its number over all findings. Raises DataError for a damaged file."""
        offsets, lines = self.file("members.idx"), self.file("members.jsonl")
        try:
            (start,) = _U64.unpack_from(offsets, 8 * number)
            said = orjson.loads(bytes(lines[start : lines.find(b"\n", start)]))
            return Member(tuple(said.pop("rows")), **said)
        except (struct.error, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            raise self._damaged() from error

    def place(self, row: int) -> str:
        """FILE:LINE of a row."""
        source = self.version.row(row).source
        return f"{source.get('file', '')}:{source.get('line', '')}"

    def _damaged(self) -> DataError:
        hint = "make it anew: tunewright data report --again"
        return DataError("the report is damaged", hint=hint, where=str(self._folder))

    def file(self, name: str) -> mmap.mmap | bytes:
        """The bytes of one of the files, mapped once. Raises DataError when the report has been replaced since."""
        if name not in self._files:
            try:
                with open(self._folder / self._document["folder"] / name, "rb") as file:
                    mapped = file.seek(0, 2)
                    self._files[name] = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if mapped else b""
            except FileNotFoundError as error:
                hint = "open it again, or make it anew: tunewright data report --again"
                raise DataError("the report was made anew", hint=hint, where=str(self._folder)) from error
        return self._files[name]


def saved_report(project: Project) -> Report | None:
    """The report on the project's current version; None before it is made, or before the first import.

    Raises DataError when the version is damaged.
    """
    name = project.data_version()
    if name is None:
        return None
    folder = project.report_folder(name)
    try:
        document = read_json(folder / "report.json")
    except FileNotFoundError:
        return None
    except DataError:
        return None  # It is made from the rows, so that a damaged one is made anew like a missing one.
    if not isinstance(document, dict) or document.get("form") != FORM:
        return None
    return Report(folder, open_version(project.version_folder(name)), document)


FORM = 1
"""Of report.json; a report of another form is made anew."""


def make_report(project: Project, read: Progress = no_progress, compared: Progress = no_progress) -> Report:
    """Inspects the project's current version and keeps what was found; an earlier report on it is replaced.

    `read` gets the number of rows read so far, `compared` per cent. Raises DataError before the first import or when
    the version is damaged, ResourceError when the disk refuses.
    """
    from engine.data.inspection import inspect  # numpy comes with it

    inspect(project, read, compared)
    made = saved_report(project)
    assert made is not None
    return made
