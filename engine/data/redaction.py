"""What a person decides about each piece of personal data that was found: to redact it, or to keep it for a reason.

redactions.jsonl holds one line a decision, appended; an undo is a line too. Lines name proposals by their ids, which
hold nothing of the data. A decision holds for its row in every later version, as long as the row's texts stay as they
are.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from engine.data.adopt import current
from engine.data.masking import mask_text
from engine.data.privacy import places
from engine.data.privacy_rules import KINDS
from engine.data.privacy_scan import Proposal, Scanned, proposals, scanned
from engine.durable import append_line, read_json, read_lines
from engine.errors import UsageError
from engine.project import Project

Verdict = Literal["accept", "refuse"]
_SAID = {"accept": "redact", "refuse": "keep"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was said of one proposal."""

    verdict: Verdict
    """accept: it is replaced; refuse: it stays."""
    reason: str
    """Why it stays; empty when it is replaced."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Texts that a person marked by hand in one row."""

    row: str
    """Its id."""
    fingerprint: str
    """Of its texts at that time."""
    kind: str
    surrogate: str
    at: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """How far the decisions are."""

    open: int
    accepted: int
    refused: int
    marked: int
    """Rows with texts marked by hand."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A decision that was taken back."""

    said: str
    """redact: 3 findings"""
    ids: tuple[str, ...]
    """Of the findings that are open again, or as they were before."""


class Redactions:
    """The proposals of the current version and what was decided; every decision is on the disk when its call returns.

    open_redactions(project) makes one; what other processes decide meanwhile is seen by opening it again.
    """

    def __init__(self, project: Project, of: Scanned, found: Sequence[Proposal]) -> None:
        self.project = project
        self.scanned = of
        self.proposals = found
        self._standing = _standing(project)
        self._decide_again()

    def _decide_again(self) -> None:
        self.decisions: dict[str, Decision] = {}
        for line in self._standing:
            self._take(line)

    def _take(self, line: Mapping[str, Any]) -> None:
        if line["event"] == "decide":
            decision = Decision(line["verdict"], line["reason"])
            self.decisions.update(dict.fromkeys(line["ids"], decision))

    def decision(self, proposal: Proposal) -> Decision | None:
        """What was said of it; None while it is open."""
        return self.decisions.get(proposal.id)

    def open(self) -> list[Proposal]:
        """Those that nobody decided."""
        return [one for one in self.proposals if one.id not in self.decisions]

    def decided(self, verdict: Verdict) -> list[Proposal]:
        """Those with this verdict."""
        said = self.decisions
        return [one for one in self.proposals if one.id in said and said[one.id].verdict == verdict]

    def marked(self) -> list[Marked]:
        """What was marked by hand, in this version or one that it was made from, and is not applied yet."""
        applied = max((at for at, line in enumerate(self._standing) if line["event"] == "applied"), default=-1)
        lines = [line for line in self._standing[applied + 1 :] if line["event"] == "mark"]
        if not lines:
            return []
        versions = set(_descent(self.project, self.scanned.version))
        return [
            Marked(one["row"], one["print"], line["kind"], one["to"], tuple(tuple(at) for at in one["at"]))
            for line in lines
            if line["version"] in versions
            for one in line["rows"]
        ]

    def counts(self) -> Counts:
        accepted, refused = len(self.decided("accept")), len(self.decided("refuse"))
        return Counts(len(self.proposals) - accepted - refused, accepted, refused, len(self.marked()))

    def decide(self, verdict: Verdict, chosen: Iterable[Proposal], reason: str = "") -> int:
        """Says the same of all `chosen`, in one line that one undo takes back; returns how many.

        Raises UsageError when nothing is chosen, or something would stay without a reason.
        """
        ids = list(dict.fromkeys(one.id for one in chosen))
        if not ids:
            raise UsageError("there is no such finding", hint="tunewright data privacy lists what was found")
        self._append("decide", verdict=verdict, ids=ids, reason=checked_reason(reason) if verdict == "refuse" else "")
        return len(ids)

    def mark(self, kind: str, rows: Sequence[Marked]) -> None:
        """Keeps texts that a person marked; see data.marking."""
        lines = [{"row": one.row, "print": one.fingerprint, "to": one.surrogate, "at": one.at} for one in rows]
        self._append("mark", kind=kind, rows=lines)

    def undo(self) -> Taken | None:
        """Takes the last decision or mark back; None when none is left since the last version was made."""
        if (at := _last_undoable(self._standing)) is None:
            return None
        last = self._standing[at]
        self._append("undo")
        if last["event"] == "mark":
            return Taken(f"marked: {last['kind']}", ())
        said = f"{_SAID[last['verdict']]}: {len(last['ids']):,} finding{'s' * (len(last['ids']) != 1)}"
        return Taken(said, tuple(last["ids"]))

    def applied(self, made: str, kept: Mapping[str, str]) -> None:
        """Closes the decisions that are true in version `made`: no undo reaches behind it. `kept`: id -> reason."""
        self._append("applied", made=made)
        by_reason: dict[str, list[str]] = {}
        for name, reason in kept.items():
            by_reason.setdefault(reason, []).append(name)
        for reason, ids in by_reason.items():
            self._append("decide", verdict="refuse", ids=ids, reason=reason, carried=True)

    def _append(self, event: str, **facts: Any) -> None:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        line = {"time": when, "event": event, "version": self.scanned.version, **facts}
        append_line(self.project.redactions, line)
        if event == "undo":
            self._standing = _standing(self.project)
            self._decide_again()
        else:
            self._standing.append(line)
            self._take(line)


def open_redactions(project: Project) -> Redactions:
    """The decisions on the current version. Raises UsageError when it was not scanned yet, DataError without data."""
    if project.data_version() is None:
        current(project)
    of = scanned(project)
    if of is None:
        raise UsageError("this version was not scanned for personal data yet", hint="tunewright data privacy")
    return Redactions(project, of, proposals(project, of))


def _descent(project: Project, version: str | None) -> Iterator[str]:
    """The version and those that it was made from; of purged ones the manifests are still there."""
    while version is not None:
        yield version
        path = project.version_folder(version) / "manifest.json"
        version = read_json(path).get("parent") if path.is_file() else None


def _standing(project: Project) -> list[dict[str, Any]]:
    """The lines that hold: those that were taken back are gone, with what took them back."""
    lines: list[dict[str, Any]] = []
    for _, line in read_lines(project.redactions):
        if not isinstance(line, dict) or "event" not in line:
            continue
        if line["event"] != "undo":
            lines.append(line)
        elif (at := _last_undoable(lines)) is not None:
            del lines[at]
    return lines


def _last_undoable(lines: Sequence[Mapping[str, Any]]) -> int | None:
    """Place of the last decision or mark since a version was made of those before it."""
    for at in range(len(lines) - 1, -1, -1):
        if lines[at]["event"] == "applied":
            return None
        if not lines[at].get("carried"):
            return at
    return None


def checked_reason(reason: str) -> str:
    """A reason as it is kept. Raises UsageError for none, and for one that holds personal data itself."""
    said = mask_text(" ".join(reason.split()))
    if not said:
        raise UsageError("what stays needs a reason", hint='say why in a few words: --reason "our own hotline"')
    if places(said):
        raise UsageError("the reason holds personal data itself", hint="say why without it: the reason is kept")
    return said


def selected(found: Redactions, word: str) -> list[Proposal]:
    """The open proposals of a kind, all of them, or the one with that id, decided or not. Raises UsageError."""
    if word == "all":
        return found.open()
    if word in KINDS:
        return [one for one in found.open() if one.kind == word]
    named = [one for one in found.proposals if one.id == word]
    if not named:
        hint = f"all, a kind ({', '.join(KINDS)}), or an id from tunewright data privacy"
        raise UsageError(f"{word}: neither a kind nor the id of a finding", hint=hint)
    return named


def same_value(found: Redactions, proposal: Proposal) -> list[Proposal]:
    """Every proposal for the same piece of data, in whatever row it stands."""
    return [one for one in found.proposals if one.value == proposal.value]


def by_kind(found: Iterable[Proposal]) -> dict[str, int]:
    """Pieces of data by kind, the surest kind first."""
    counts = Counter(one.kind for one in found)
    return {kind: counts[kind] for kind in KINDS if counts[kind]}
