"""`review merge`: the verdicts that another reader, or another machine, has written, taken into the project."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.data.records import Progress, no_progress
from engine.data.rows import ID
from engine.data.versions import Version, open_version
from engine.durable import append_line, disk_errors, read_json, read_lines
from engine.errors import DataError, UsageError
from engine.guideline import versions
from engine.merging_lines import Line, kept_lines
from engine.project import Project
from engine.review.verdicts import CANDIDATES, QUEUES, RANDOM
from engine.reviewers import checked_name, log_of
from engine.sampling import draw_name

_LONGEST_FILE = 2**28
"""Bytes: a million verdicts."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What one file has brought."""

    file: str
    reader: str
    new: int
    """Lines that were not here yet."""
    known: int
    note: str | None = None

    def document(self) -> dict[str, Any]:
        """For --json."""
        return {"file": self.file, "reader": self.reader, "new": self.new, "known": self.known, "note": self.note}


def merge(project: Project, paths: Iterable[Path], reader: str | None, read: Progress = no_progress) -> list[Merged]:
    """Takes the lines of `paths` into the files of their readers; those that are there already are not written again.

    `reader` is whose they are where the lines do not say. Nothing is written unless every file fits. Raises DataError
    for a file that holds no verdicts or speaks of other rows, UsageError where nobody knows whose it is. Call it
    inside project.changing().
    """
    checked = [(path, _lines(path)) for path in paths]
    found = [(path, name, lines) for path, every in checked for name, lines in _by_reader(path, every, reader).items()]
    ids = {
        name: _ids(project, name, read) for name in sorted({version for *_, lines in found for version in _said(lines)})
    }
    draws = {draw_name(read_json(one)) for one in project.data.glob("v*/manifest.json")}
    for path, _, lines in found:
        _refuse_others(path, lines, ids)
        _refuse_other_draws(path, lines, draws)
    here = [open_version(project.version_folder(name)) for name, rows in ids.items() if rows]
    kept = [(path, name, kept_lines(path, lines, here)) for path, name, lines in found]
    return [_take(project, path, name, lines) for path, name, lines in kept]


def _lines(path: Path) -> list[Line]:
    if not path.is_file():
        raise UsageError(f"{path} is no file", hint="name the reader's file: reviews/NAME.jsonl of their project")
    if path.stat().st_size > _LONGEST_FILE:
        raise DataError("too long for verdicts", hint="name the reader's file: reviews/NAME.jsonl", where=str(path))
    found = [line for _, line in read_lines(path) if _is_verdict(line)]
    if not found:
        hint = "name the reader's file: reviews/NAME.jsonl of their project, or its reviews.jsonl"
        raise DataError("it holds no verdicts", hint=hint, where=str(path))
    return found


def _is_verdict(line: Any) -> bool:
    texts = ("queue", "row", "verdict", "version", "at")
    return isinstance(line, dict) and line.get("queue") in QUEUES and all(isinstance(line.get(t), str) for t in texts)


def _by_reader(path: Path, lines: list[Line], reader: str | None) -> Mapping[str, list[Line]]:
    """Whose lines they are: as the lines say, else as we are told, else as the file is called."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        said = line.get("reviewer") or reader or (path.stem if path.stem != "reviews" else None)
        if not isinstance(said, str):
            raise UsageError(f"{path.name} does not say whose verdicts it holds", hint="add --reviewer NAME")
        found.setdefault(checked_name(said), []).append(line)
    return found


def _said(lines: Iterable[Line]) -> set[str]:
    """Versions that the lines judge rows of."""
    return {line["version"] for line in lines if line["queue"] != CANDIDATES}


def _ids(project: Project, name: str, read: Progress) -> set[str]:
    """Ids of the rows of one version; empty where it is not here."""
    if name not in {path.parent.name for path in project.data.glob("*/manifest.json")}:
        return set()
    version: Version = open_version(project.version_folder(name))
    found = set()
    with open(version.folder / "rows.jsonl", "rb") as file:
        for number, line in enumerate(file):
            read(number)
            found.add(line[ID].decode("ascii", "replace"))
    return found


def _refuse_others(path: Path, lines: Iterable[Line], ids: Mapping[str, set[str]]) -> None:
    """Raises DataError for verdicts on rows that the versions here do not hold."""
    judged = [line for line in lines if line["queue"] != CANDIDATES]
    hint = "both must read the same version: give the other reader a copy of this project folder"
    for name in sorted({line["version"] for line in judged}):
        rows = {line["row"] for line in judged if line["version"] == name}
        if not ids[name]:
            raise DataError(f"it speaks of {name}, which is not here", hint=hint, where=str(path))
        # A verdict given before a split or a review holds for a row of an earlier version.
        other = rows - set().union(*ids.values())
        if other:
            said = f"{len(other):,} of the {len(rows):,} rows that it judges in {name} are not in {name} here"
            raise DataError(said, hint=hint, where=str(path))


def _refuse_other_draws(path: Path, lines: Iterable[Line], known: set[str]) -> None:
    """Raises DataError where the random queue was drawn in another order: its rows would be no sample of ours."""
    other = [line for line in lines if line["queue"] == RANDOM and line.get("sample") not in (None, *known)]
    if other:
        name = other[0]["version"]
        said = f"its rows were drawn from another {name}: made on its own, not copied from this project"
        raise DataError(said, hint="give the other reader a copy of this project folder", where=str(path))


def _take(project: Project, path: Path, name: str, lines: list[Line]) -> Merged:
    log = log_of(project, name)
    here = Counter(_canonical(line) for _, line in read_lines(log))
    new = []
    for line in lines:
        given = {**line, "reviewer": name}
        if here[_canonical(given)]:
            here[_canonical(given)] -= 1
        else:
            new.append(given)
    with disk_errors(log):
        log.parent.mkdir(exist_ok=True)
    for number, line in enumerate(new, start=1):
        append_line(log, line, sync=number == len(new))
    return Merged(path.name, name, len(new), len(lines) - len(new), _note(project, lines))


def _canonical(line: Any) -> bytes:
    return orjson.dumps({**line, "reviewer": None} if isinstance(line, dict) else line, option=orjson.OPT_SORT_KEYS)


def _note(project: Project, lines: Iterable[Line]) -> str | None:
    newest = max((line["guideline"] for line in lines if type(line.get("guideline")) is int), default=0)
    if newest in (0, *versions(project)):
        return None
    return f"read under version {newest} of a guideline that is not here: copy the folder {project.guidelines.name} too"
