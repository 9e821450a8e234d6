"""What a person decided about clusters and contradictions: which rows stay when the others go.

reports/choices.jsonl, append-only, one JSON line a decision; undo is a line too. A cluster is known by the content of
its rows, so that a decision holds in every version that still has all of them. Nothing goes before `data clean`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeGuard

from engine.data.report import Member
from engine.durable import append_line, read_lines
from engine.errors import UsageError

RULES: Mapping[str, str] = {
    "first": "the first in the files",
    "longest": "the longest",
    "reviewed": "one that was accepted in review, else the first",
    "all": "every one: no row of a cluster goes",
}
"""Which row of a cluster stays where no other is named."""
DEFAULT = "first"
CLUSTER, CONFLICT, NEAR_CONFLICT = "cluster", "contradiction", "near-contradiction"
KINDS = (CLUSTER, CONFLICT, NEAR_CONFLICT)
_UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision: about one cluster or contradiction, or the rule for every cluster."""

    kind: str
    """One of KINDS; "rule" for the rule."""
    key: str = ""
    """`key_of` the rows of the cluster or contradiction; empty for the rule."""
    keep: tuple[int, ...] | None = None
    """Which of its rows stay, counted from 0 in their order; () none of a contradiction, None all of them."""
    rule: str | None = None
    reason: str | None = None
    """Why all stay."""
    version: str = ""
    """The one in which it was decided."""
    rows: tuple[int, ...] = ()
    """Numbers of all its rows: in that version, or in the one for which the choice was asked."""

    @property
    def stays(self) -> tuple[int, ...]:
        """Numbers of the rows that stay."""
        return self.rows if self.keep is None else tuple(self.rows[at] for at in self.keep)


def key_of(kind: str, ids: Iterable[str]) -> str:
    """By which a cluster or contradiction is known: a hash of the ids of its rows in order."""
    return hashlib.blake2b("\n".join((kind, *ids)).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Choices:
    """What stands after all decisions."""

    rule: str = DEFAULT
    named: Mapping[str, Choice] = field(default_factory=dict)
    """By key."""

    def of(self, member: Member) -> Choice | None:
        """The decision about a cluster or contradiction, with its rows by their numbers in the member's version."""
        choice = self.named.get(member.key)
        return choice and replace(choice, rows=member.rows)

    def has(self, kind: str) -> bool:
        """Whether anything of this kind was decided."""
        return any(choice.kind == kind for choice in self.named.values())

    def document(self) -> dict[str, Any]:
        """For --json; rows are numbered from 1."""
        return {"rule": self.rule, "named": [_said(choice) for choice in self.named.values()]}


def _said(choice: Choice) -> dict[str, Any]:
    numbers = {"rows": [row + 1 for row in choice.rows], "stays": [row + 1 for row in choice.stays]}
    return {**asdict(choice), **numbers}


def read_choices(folder: Path) -> Choices:
    """What stands, from the folder of the reports. Lines that are no decisions are passed over."""
    standing = _standing(folder)
    rules = [choice.rule for choice in standing if choice.rule is not None]
    named = {one.key: one for one in standing if one.key}
    return Choices(rules[-1] if rules else DEFAULT, named)


def choose(folder: Path, choice: Choice) -> None:
    """Writes a decision down. Raises UsageError for an unknown rule, ResourceError when the disk refuses."""
    if choice.rule is not None and choice.rule not in RULES:
        raise UsageError(f"no rule {choice.rule!r}", hint=f"there are: {', '.join(RULES)}")
    folder.mkdir(parents=True, exist_ok=True)
    append_line(_file(folder), {**asdict(choice), "at": datetime.now(UTC).isoformat(timespec="seconds")})


def undo(folder: Path) -> Choice | None:
    """Takes the last decision back and gives it; None when there is none."""
    standing = _standing(folder)
    if not standing:
        return None
    append_line(_file(folder), {"kind": _UNDO, "at": datetime.now(UTC).isoformat(timespec="seconds")})
    return standing[-1]


def _file(folder: Path) -> Path:
    return folder / "choices.jsonl"


def _standing(folder: Path) -> list[Choice]:
    """Decisions that were not taken back, oldest first."""
    standing: list[Choice] = []
    for _, line in read_lines(_file(folder)):
        if not isinstance(line, dict):
            continue
        if line.get("kind") == _UNDO:
            standing = standing[:-1]
        elif choice := _choice(line):
            standing.append(choice)
    return standing


def _choice(line: Mapping[str, Any]) -> Choice | None:
    if line.get("kind") == "rule" and line.get("rule") in RULES:
        return Choice("rule", rule=line["rule"])
    kept = line.get("keep")
    rows, key, reason = line.get("rows"), line.get("key"), line.get("reason")
    if line.get("kind") not in KINDS or not isinstance(key, str) or not key or not _places(rows):
        return None
    if kept is not None and not (_places(kept) and all(at < len(rows) for at in kept)):
        return None
    return Choice(
        line["kind"],
        key,
        None if kept is None else tuple(kept),
        reason=reason if isinstance(reason, str) else None,
        version=str(line.get("version", "")),
        rows=tuple(rows),
    )


def _places(value: Any) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(isinstance(one, int) and one >= 0 for one in value)
