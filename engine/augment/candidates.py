"""What was made and what the checks refused: two append-only files in the project's augment folder.

candidates.jsonl  a made-up row a line, as Row.to_json writes it, with `parent` and `provenance`
refused.jsonl     what no person needs to see: {"method", "parent_id", "seed", "variant", "generator", "reason", ...}
"""

import contextlib
import fcntl
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.data.rows import Row, row_id
from engine.durable import append_line, disk_errors, read_lines
from engine.errors import ResourceError
from engine.project import Project

Key = tuple[str, str, int, int, str]
"""(method, parent, seed, variant, generator): what is made once is not made again."""
_PROVENANCE: Mapping[str, type] = {"method": str, "parent_id": str, "generator": str, "seed": int, "variant": int}
_ROW: Mapping[str, type] = {
    "id": str,
    "messages": list,
    "meta": dict,
    "source": dict,
    "steps": list,
    "provenance": dict,
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """What of a made-up row is kept in memory."""

    id: str
    method: str
    parent: str


class Ledger:
    """Everything that was made so far. refresh() takes in what was appended since; `keep` and `refuse` append."""

    def __init__(self, project: Project) -> None:
        self._made = candidates_file(project)
        self._refused = refused_file(project)
        self._positions = [0, 0]
        self.made: dict[str, Candidate] = {}
        """By row id, oldest first."""
        self.refused: dict[str, Counter[str]] = {}
        """Method -> reason -> how many."""
        self.done: set[Key] = set()
        self.refresh()

    def refresh(self) -> None:
        """Takes in what was appended since, by this or another process; lines that are damaged are passed over."""
        for position, line in read_lines(self._made, self._positions[0]):
            self._positions[0] = position
            if _is_candidate(line):
                said = line["provenance"]
                self.made[line["id"]] = Candidate(line["id"], said["method"], said["parent_id"])
                self.done.add(_key(said))
        for position, line in read_lines(self._refused, self._positions[1]):
            self._positions[1] = position
            if _has(line, {**_PROVENANCE, "reason": str}):
                self.refused.setdefault(line["method"], Counter())[line["reason"]] += 1
                self.done.add(_key(line))

    def keep(self, row: Row, *, sync: bool = True) -> None:
        """Appends a candidate; with `sync` it is on the disk when this returns. Raises ResourceError for a full one."""
        with disk_errors(self._made):
            self._made.parent.mkdir(exist_ok=True)
        append_line(self._made, orjson.Fragment(row.to_json()), sync=sync)
        self.refresh()

    def refuse(self, provenance: dict[str, Any], reason: str, message: str) -> None:
        """Appends what was made and did not pass, and why."""
        with disk_errors(self._refused):
            self._refused.parent.mkdir(exist_ok=True)
        append_line(self._refused, {**provenance, "reason": reason, "message": message}, sync=False)
        self.refresh()


def candidates_file(project: Project) -> Path:
    """Where candidates wait for a reader."""
    return project.augment / "candidates.jsonl"


def refused_file(project: Project) -> Path:
    """Where the checks keep what nobody needs to read."""
    return project.augment / "refused.jsonl"


def candidates(project: Project) -> Iterator[Row]:
    """The candidates, oldest first; of equal ones the first.

    One whose id does not follow from its content was changed by hand: no verdict speaks of it, and it is passed over.
    """
    seen: set[str] = set()
    for _, line in read_lines(candidates_file(project)):
        if not _is_candidate(line) or line["id"] in seen:
            continue
        row = Row(**line)
        if row_id(row.messages, row.meta.get("tools")) == row.id:
            seen.add(row.id)
            yield row


@contextlib.contextmanager
def making(project: Project) -> Iterator[None]:
    """Holds the candidates for one maker at a time; the rest of the project stays free. Raises ResourceError."""
    with disk_errors(project.augment):
        project.augment.mkdir(exist_ok=True)
        file = open(project.augment / ".lock", "a", encoding="utf-8")  # noqa: SIM115 - closed by the with below
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            hint = "wait until it is done, or stop it: what it made is kept"
            raise ResourceError("another command is making candidates", hint=hint, where=str(project.root)) from error
        yield


def _is_candidate(line: Any) -> bool:
    if not _has(line, _ROW) or not line.keys() <= set(Row.__dataclass_fields__) or not line["messages"]:
        return False
    turns = all(_has(turn, {"role": str, "content": str}) for turn in line["messages"])
    return turns and _has(line["provenance"], _PROVENANCE)


def _has(line: Any, kinds: Mapping[str, type]) -> bool:
    return isinstance(line, dict) and all(isinstance(line.get(name), kind) for name, kind in kinds.items())


def _key(said: dict[str, Any]) -> Key:
    return said["method"], said["parent_id"], said["seed"], said["variant"], said["generator"]
