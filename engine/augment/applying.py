"""`augment apply` and `augment drop`: approved rows into train by a new version, and made-up rows out of it again."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.augment.candidates import candidates
from engine.augment.methods import find_method
from engine.augment.order import CHILDREN, MOST, require_caps, room
from engine.augment.source import Source, open_source
from engine.augment.status import IN_DATA, Standing, outcome
from engine.data.adopt import current
from engine.data.deriving import Change, Derived, adopt_derived, derive
from engine.data.records import Progress, no_progress
from engine.data.rows import Row
from engine.mending import mended
from engine.project import Project
from engine.review.verdicts import Decision

LEFT: Mapping[str, str] = {
    "parent": "whose parent is no longer in train as it was",
    "held-out": "too close to a validation or test row",
    "equal": "equal to another row",
    "cap": "over the cap of children or of the share of train",
}
"""Why an approved candidate is not added -> in words, after "candidates"."""


@dataclass(frozen=True, slots=True)
class Applied:
    """The new version, and the approved candidates that are not in it."""

    derived: Derived
    left: Mapping[str, int]
    """By the keys of LEFT."""

    def document(self) -> dict[str, Any]:
        """For --json."""
        return {**self.derived.document(), "not_added": {LEFT[name]: count for name, count in self.left.items()}}


def apply_approved(
    project: Project,
    children: int = CHILDREN,
    most: float = MOST,
    read: Progress = no_progress,
    compared: Progress = no_progress,
) -> Applied:
    """Adds the approved candidates that are not in the data yet to train, in the groups of their parents.

    What waits or was rejected is in no version, so that nothing can train on it or export it. Raises UsageError when
    the version is not split or nothing is to be added. Call it inside project.changing().
    """
    require_caps(children, most)
    source = open_source(project, progress=read)
    left: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    added = list(_added(project, source, children, room(source, most), left))
    counted.update(_method(row) for row in added)
    derived = derive(
        source.version,
        project.data,
        "augment",
        lambda number, row: _kept(row, counted),
        added=added,
        # Filled while the rows are written, and written after them.
        facts={IN_DATA: counted},
        unchanged=_why_none(left),
        read=read,
        compared=compared,
    )
    adopt_derived(project, derived)
    return Applied(derived, left)


def drop(
    project: Project, method: str | None, read: Progress = no_progress, compared: Progress = no_progress
) -> Derived:
    """Takes the made-up rows of `method`, or all of them, out again. Call it inside project.changing().

    Raises UsageError for an unknown method or when there are none.
    """
    name = find_method(method).name if method is not None else None
    counted: Counter[str] = Counter()
    gone = Change("dropped", rule="augment-drop", message="made-up, and taken out again")

    def decide(number: int, row: Row) -> Change | None:
        if row.provenance and name in (None, _method(row)):
            return gone
        return _kept(row, counted)

    derived = derive(
        current(project),
        project.data,
        "augment",
        decide,
        kinds=["dropped"],
        facts={IN_DATA: counted},
        unchanged="tunewright augment status says which made-up rows are in the data",
        read=read,
        compared=compared,
    )
    adopt_derived(project, derived)
    return derived


def _added(project: Project, source: Source, children: int, most: int, left: Counter[str]) -> Iterator[Row]:
    """The approved candidates as rows; `left` counts the others of them."""
    standing, of_parent = Standing(project), Counter(source.children)
    known = set(source.train)
    for row in candidates(project):
        decision = standing.of(row.id)
        if decision is None or outcome(decision) not in ("approved", "edited") or row.id in source.made_up:
            continue
        final, parent = _as_approved(row, decision), row.parent or ""
        why = _left(source, final, known)
        if why is None and (of_parent[parent] >= children or of_parent.total() >= most):
            why = "cap"
        if why is not None:
            left[why] += 1
            continue
        of_parent[parent] += 1
        known.add(final.id)
        yield final


def _left(source: Source, row: Row, known: set[str]) -> str | None:
    if row.parent not in source.train:
        return "parent"
    if row.id in known:
        return "equal"
    # The split, the rows or the answer may have changed since it was made.
    return "held-out" if source.too_close("\n".join(row.prompt), row.answer) else None


def _as_approved(row: Row, decision: Decision) -> Row:
    """The candidate as the reader left it."""
    final = mended(row, decision) if decision.edits else row
    said = {**(row.provenance or {}), "candidate": row.id}
    return row if final.id == row.id else replace(final, parent=row.parent, provenance=said)


def _kept(row: Row, counted: Counter[str]) -> Change | None:
    """No change; a made-up row that stays is counted."""
    if row.provenance:
        counted[_method(row)] += 1
    return None


def _method(row: Row) -> str:
    return str((row.provenance or {}).get("method", "unknown"))


def _why_none(left: Counter[str]) -> str:
    said = ", ".join(f"{count:,} {LEFT[name]}" for name, count in left.items())
    return f"approved candidates that are not added: {said}" if said else "approve candidates first: tunewright review"
