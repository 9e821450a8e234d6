"""`data redact --apply`: the version in which the decisions are true, scanned again by itself."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.data.deriving import Change, Derived, adopt_derived, derive
from engine.data.mapping import Mapping as Columns
from engine.data.privacy_fields import Field, fields, replaced, rewritten
from engine.data.privacy_scan import Proposal, Scanned, canonical, fingerprint, row_proposals, scan, scanned_version
from engine.data.records import Progress, no_progress
from engine.data.redaction import Counts, Marked, Redactions, open_redactions
from engine.data.rows import Row
from engine.project import Project

Spans = dict[int, list[tuple[int, int, str]]]
"""Number of a field -> what is replaced in it: (start, end, surrogate)."""


@dataclass(frozen=True, slots=True)
class Redacted:
    """The new version and what is left in it."""

    derived: Derived
    by_kind: dict[str, int]
    """Places replaced."""
    scanned: Scanned
    """Of the new version."""
    left: Counts

    def document(self) -> dict[str, Any]:
        """For --json."""
        left = {"open": self.left.open, "kept": self.left.refused}
        return {**self.derived.document(), "redacted": self.by_kind, "found": self.scanned.by_kind, **left}


@dataclass(slots=True)
class _Work:
    """What is replaced, row by row, and what was kept in the rows that change."""

    found: Redactions
    columns: Sequence[str]
    accepted: Mapping[int, Sequence[Proposal]]
    refused: Mapping[int, Sequence[Proposal]]
    marks: Mapping[str, Sequence[Marked]]
    total: Counter[str]
    """Places replaced since the import."""
    places: Counter[str] = field(default_factory=Counter)
    """Places replaced now."""
    kept: dict[str, str] = field(default_factory=dict)
    """Id of a finding in the new version -> why it stays."""

    def change(self, number: int, row: Row) -> Change | None:
        """The row with its surrogates; None when nothing in it is replaced."""
        accepted = self.accepted.get(number, ())
        if not accepted and row.id not in self.marks:
            return None
        texts = fields(row)
        spans = self._spans(row, texts, accepted)
        if not spans:
            return None
        new = rewritten(row, {at: replaced(texts[at].text, one) for at, one in spans.items()}, "redact")
        self._carry(number, texts, new)
        return Change("redacted", new)

    def _spans(self, row: Row, texts: Sequence[Field], accepted: Sequence[Proposal]) -> Spans:
        """What is replaced; where a mark and a finding overlap, the mark covers more of what a person saw."""
        whole = fingerprint(texts)
        wanted = [
            (one.at, one.surrogate, one.kind) for one in self.marks.get(row.id, ()) if one.fingerprint == whole
        ] + [(one.at, one.surrogate, one.kind) for one in accepted]
        spans: Spans = {}
        for at, surrogate, kind in wanted:
            for number, start, end in at:
                taken = spans.setdefault(number, [])
                if all(end <= low or start >= high for low, high, _ in taken):
                    taken.append((start, end, surrogate))
                    self.places[kind] += 1
                    self.total[kind] += 1
        return spans

    def _carry(self, number: int, texts: Sequence[Field], new: Row) -> None:
        """What was kept in this row is kept in the new one: its texts have changed, and so have the ids."""
        kept = {
            (one.kind, canonical(one.kind, texts[at].text[start:end])): self.found.decisions[one.id].reason
            for one in self.refused.get(number, ())
            for at, start, end in one.at[:1]
        }
        if kept:
            for one in row_proposals(new, number, self.found.scanned.regions, self.columns):
                if (one.kind, one.text) in kept:
                    self.kept[one.id] = kept[one.kind, one.text]


def redact(
    project: Project, read: Progress = no_progress, compared: Progress = no_progress, scanning: Progress = no_progress
) -> Redacted:
    """Makes the accepted redactions and the marks true in a new version, which is current then, and scans it.

    `read` and `scanning` get numbers of rows, `compared` per cent. Raises UsageError when nothing is accepted. Call it
    inside project.changing().
    """
    found = open_redactions(project)
    version = scanned_version(project, found.scanned)
    columns = Columns.from_document(version.manifest["mapping"]).group
    accepted, refused = found.decided("accept"), found.decided("refuse")
    marks, total = _by_row(found.marked()), Counter(version.manifest.get("redacted", {}))
    work = _Work(found, columns, _by_number(accepted), _by_number(refused), marks, total)
    derived = derive(
        version,
        project.data,
        "redact",
        work.change,
        kinds=("redacted",),
        # Counted while the rows are written; the manifest is written after them.
        facts={"redacted": total},
        unchanged="accept findings first: tunewright data redact --accept KIND|ID|all",
        read=read,
        compared=compared,
    )
    adopt_derived(project, derived)
    found.applied(derived.version.name, work.kept)
    again = scan(project, scanning)
    return Redacted(derived, dict(sorted(work.places.items())), again, open_redactions(project).counts())


def _by_number(found: Sequence[Proposal]) -> dict[int, list[Proposal]]:
    rows: dict[int, list[Proposal]] = {}
    for one in found:
        rows.setdefault(one.number, []).append(one)
    return rows


def _by_row(marks: Sequence[Marked]) -> dict[str, list[Marked]]:
    rows: dict[str, list[Marked]] = {}
    for one in marks:
        rows.setdefault(one.row, []).append(one)
    return rows
