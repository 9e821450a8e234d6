"""`review apply`: a new version without the rows that were rejected or flagged, and with the edited answers."""

from engine.data.adopt import current
from engine.data.deriving import Change, Derived, adopt_derived, derive
from engine.data.records import Progress, no_progress
from engine.data.rows import Row
from engine.journey import record_new
from engine.mending import mended
from engine.project import Project
from engine.review.verdicts import REASONS, Decision
from engine.reviewing import open_review

KINDS = ("rejected", "flagged", "edited")
"""Rejected and flagged rows are gone; edited ones have the new answer."""


def apply_verdicts(project: Project, read: Progress = no_progress, compared: Progress = no_progress) -> Derived:
    """Makes the verdicts true in a new version, counted by KINDS; it is the current one then.

    `read` gets the number of rows, `compared` per cent. Raises UsageError when no verdict changes a row, DataError when
    no row would be left. Call it inside project.changing().
    """
    bad = open_review(project).bad_rows()
    derived = derive(
        current(project),
        project.data,
        "review",
        lambda number, row: _change(row, bad.get(row.id)),
        kinds=KINDS,
        unchanged="rows that are rejected, flagged or edited in `tunewright review` are applied",
        read=read,
        compared=compared,
    )
    adopt_derived(project, derived)
    # The rows that nobody looked at are the same: what the sample said of them holds for the new version.
    if evidence := open_review(project).evidence():
        record_new(project, "review", evidence)
    return derived


def _change(row: Row, decision: Decision | None) -> Change | None:
    if decision is None:
        return None
    if decision.after is not None:
        return Change("edited", mended(row, decision))
    rejected = decision.verdict == "reject"
    said = REASONS.get(decision.reason or "", "other") if rejected else "personal data"
    kind = "rejected" if rejected else "flagged"
    return Change(kind, rule=f"review-{decision.verdict}", message=said)
