"""A scan of a whole version: where its personal data stands and what would stand there instead, without any of it.

reports/<version>/privacy.json   what was scanned, by which rules, and the counts
reports/<version>/privacy.jsonl  one Proposal a line: numbers of rows, fields and characters; no value, no hash of one
"""

import contextlib
import hashlib
import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from engine.data.adopt import current
from engine.data.mapping import Mapping
from engine.data.privacy_cues import cues
from engine.data.privacy_fields import Field, fields, row_places
from engine.data.privacy_phones import REGIONS, known_regions
from engine.data.privacy_rules import RULES
from engine.data.records import Progress, no_progress
from engine.data.rows import Row
from engine.data.versions import Version, open_version
from engine.durable import read_json, read_lines, write_atomic, write_json
from engine.project import Project

At = tuple[int, int, int]
"""(number of the field in privacy_fields.fields, first character, character after the last)"""
_SURROGATE = re.compile(r"<([A-Z][A-Z_]*)_([0-9]{1,9})>")
_FIRST_TO_READ = 100
_COLUMN = "_COLUMN"
"""In a column that groups rows a surrogate is one of the whole version: strangers must not become one group."""


class Proposal(NamedTuple):
    """One piece of personal data in one row, wherever it stands in it, and what would stand there instead."""

    number: int
    """Of the row in the version, from 0."""
    row: str
    """Its id."""
    id: str
    """Of this proposal: 16 hex digits, made of the row and the place in it; the same in every version of that row."""
    kind: str
    value: int
    """Equal pieces of data have the same number, from 0 in the order of the version."""
    surrogate: str
    at: tuple[At, ...]


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was scanned, and how much was found."""

    version: str
    rules: int
    regions: tuple[str, ...]
    rows: int
    turns: int
    fields: int
    """Texts: turns, calls, columns and their names."""
    by_kind: dict[str, int]
    """Places; one piece of data may stand in several."""
    cued: int
    """Rows with words beside which names and addresses stand: only a person can tell."""
    to_read: tuple[int, ...]
    """Numbers of the first of them, from 1."""

    def document(self) -> dict[str, Any]:
        """For --json and privacy.json."""
        return {**asdict(self), "regions": list(self.regions), "to_read": list(self.to_read)}


@dataclass(slots=True)
class Numbering:
    """Surrogates: equal data has one within a conversation, different data never shares one."""

    taken: Counter[tuple[Hashable, str]] = field(default_factory=Counter)
    """(conversation, kind) -> the highest number that stands in its texts or was given."""
    _given: dict[tuple[Hashable, str, str], str] = field(default_factory=dict)

    def keep(self, conversation: Hashable, text: str) -> None:
        """Never gives what stands in `text` already."""
        if "<" in text:
            for kind, number in _SURROGATE.findall(text):
                self.taken[conversation, kind] = max(self.taken[conversation, kind], int(number))

    def of(self, conversation: Hashable, kind: str, value: str) -> str:
        """<EMAIL_1> for the first e-mail address of the conversation."""
        known = self._given.get((conversation, kind, value))
        if known is None:
            self.taken[conversation, kind] += 1
            known = self._given[conversation, kind, value] = f"<{kind}_{self.taken[conversation, kind]}>"
        return known


def regions_of(project: Project) -> tuple[str, ...]:
    """The countries of [privacy] regions in project.toml, else REGIONS. Raises UsageError for one that is none."""
    said = project.settings().get("privacy", {}).get("regions", list(REGIONS))
    return known_regions(said, str(project.settings_file))


def conversation(row: Row, number: int, columns: Sequence[str]) -> Hashable:
    """What surrogates are the same in: rows that agree in the first group column that they have, else the row."""
    name = next((column for column in columns if row.meta.get(column) not in (None, "")), None)
    return number if name is None else (name, str(row.meta[name]))


def canonical(kind: str, text: str) -> str:
    """The same for every writing of one value: case, separators and JSON escapes do not matter."""
    if "\\" in text:
        # What is no escape of JSON stays as it is.
        with contextlib.suppress(orjson.JSONDecodeError):
            text = str(orjson.loads(f'"{text}"'))
    if kind == "email":
        return " ".join(text.casefold().split())
    plain = "".join(one for one in text.casefold().replace("(0)", "") if one.isalnum() or one in ":.")
    return plain if kind == "ip" else re.sub(r"[.:]", "", plain).removeprefix("00")


class _Found(NamedTuple):
    """A proposal in the making."""

    number: int
    row: str
    id: str
    kind: str
    text: str
    """Canonical; it never leaves this module."""
    conversation: Hashable
    at: tuple[At, ...]
    in_column: bool


def row_proposals(row: Row, number: int, regions: Sequence[str], columns: Sequence[str] = ()) -> Iterator[_Found]:
    """What is found in one row, equal data once, in the order of its texts."""
    yield from _of_texts(row, number, fields(row), regions, columns)


def _of_texts(
    row: Row, number: int, texts: Sequence[Field], regions: Sequence[str], columns: Sequence[str]
) -> Iterator[_Found]:
    found: dict[tuple[str, str, bool], list[At]] = {}
    grouping = {f"column {name}" for name in columns}
    for at, place in row_places(texts, regions):
        one = texts[at]
        key = (place.kind, canonical(place.kind, one.text[place.start : place.end]), one.label in grouping)
        found.setdefault(key, []).append((at, place.start, place.end))
    if not found:
        return
    whole = fingerprint(texts)
    told = conversation(row, number, columns)
    for ordinal, ((kind, text, in_column), at_all) in enumerate(found.items()):
        name = _id(row.id, whole, kind, ordinal)
        yield _Found(number, row.id, name, kind, text, told, tuple(at_all), in_column)


def fingerprint(texts: Sequence[Field]) -> str:
    """Tells one state of a row's texts from another, columns included, which its id does not cover."""
    return hashlib.blake2b("\0".join(one.text for one in texts).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _id(row: str, whole: str, kind: str, ordinal: int) -> str:
    return hashlib.blake2b(f"{RULES} {row} {whole} {kind} {ordinal}".encode(), digest_size=8).hexdigest()


def scan(project: Project, progress: Progress = no_progress) -> Scanned:
    """Scans the current version and keeps what was found, for `proposals`; `progress` gets the number of rows.

    Raises DataError before the first import, UsageError for a region that is none.
    """
    version, regions = current(project), regions_of(project)
    columns = Mapping.from_document(version.manifest["mapping"]).group
    numbering, counts = Numbering(), Counter[str]()
    found: list[_Found] = []
    to_read: list[int] = []
    for number, row in enumerate(version.rows()):
        progress(number)
        texts = fields(row)
        counts.update(turns=len(row.messages) + len(row.rejected or ()), fields=len(texts))
        if cues("\n\n".join(one.text for one in texts)):
            to_read.append(number + 1)
        told = conversation(row, number, columns)
        for one in texts:
            numbering.keep(told, one.text)
            numbering.keep(None, one.text)
        found += _of_texts(row, number, texts, regions, columns)
    by_kind = Counter(one.kind for one in found for _ in one.at)
    kinds, first = dict(sorted(by_kind.items())), tuple(to_read[:_FIRST_TO_READ])
    scanned = Scanned(
        version.name, RULES, regions, len(version), counts["turns"], counts["fields"], kinds, len(to_read), first
    )
    _keep(project.report_folder(version.name), scanned, list(_numbered(found, numbering)))
    return scanned


def _numbered(found: Sequence[_Found], numbering: Numbering) -> Iterator[Proposal]:
    values: dict[tuple[str, str], int] = {}
    for one in found:
        kind, place = one.kind.upper(), one.conversation
        surrogate = (
            numbering.of(None, kind + _COLUMN, one.text) if one.in_column else numbering.of(place, kind, one.text)
        )
        value = values.setdefault((one.kind, one.text), len(values))
        yield Proposal(one.number, one.row, one.id, one.kind, value, surrogate, one.at)


def _keep(folder: Path, scanned: Scanned, found: Sequence[Proposal]) -> None:
    """The list first: the summary beside it says that it is whole."""
    write_atomic(folder / "privacy.jsonl", b"".join(orjson.dumps(list(one)) + b"\n" for one in found))
    write_json(folder / "privacy.json", {**scanned.document(), "proposals": len(found)})


def scanned(project: Project) -> Scanned | None:
    """What the last scan says of the current version; None when it was not scanned by these rules and regions."""
    name = project.data_version()
    path = project.report_folder(name) / "privacy.json" if name else None
    if path is None or not path.is_file():
        return None
    said = read_json(path)
    if not isinstance(said, dict) or said.keys() != {*Scanned.__slots__, "proposals"}:
        return None
    told = {key: value for key, value in said.items() if key != "proposals"}
    kept = Scanned(**{**told, "regions": tuple(said["regions"]), "to_read": tuple(said["to_read"])})
    return kept if (kept.version, kept.rules, kept.regions) == (name, RULES, regions_of(project)) else None


def proposals(project: Project, of: Scanned) -> list[Proposal]:
    """Everything that scan found, in the order of the rows."""
    lines = read_lines(project.report_folder(of.version) / "privacy.jsonl")
    return [Proposal._make([*line[:-1], tuple(tuple(one) for one in line[-1])]) for _, line in lines]


def scanned_version(project: Project, of: Scanned) -> Version:
    """The version that was scanned."""
    return open_version(project.version_folder(of.version))
