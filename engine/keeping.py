"""Which rows stay when a version is cleaned: what was chosen of its clusters, and what was accepted in review."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from engine.data.choices import CLUSTER, CONFLICT, NEAR_CONFLICT, RULES, Choice, Choices, choose, read_choices, undo
from engine.data.report import Member, Report, saved_report
from engine.errors import DataError, UsageError
from engine.project import Project
from engine.review.verdicts import RANDOM, RISK, Verdicts
from engine.reviewers import readers

Listing = Literal["cluster", "conflict"]
RULES_OF: dict[Listing, dict[str, str]] = {
    "cluster": {"duplicate": CLUSTER, "near-duplicate": CLUSTER},
    "conflict": {"contradiction": CONFLICT, "near-contradiction": NEAR_CONFLICT},
}
"""What is numbered together -> the report's rules, in their order, and the kind of choice that each takes."""


def choices(project: Project) -> Choices:
    """What was chosen about clusters and contradictions."""
    return read_choices(_folder(project))


def accepted(project: Project) -> frozenset[str]:
    """Ids of the rows that a reader accepted as they are."""
    return frozenset(
        decision.row
        for log in readers(project).values()
        for queue in (RANDOM, RISK)
        for decision in Verdicts(log, queue).latest().values()
        if not decision.bad and decision.verdict != "skip"
    )


def numbered(project: Project, listing: Listing, number: int) -> tuple[str, Member]:
    """(kind of choice, member) of a cluster or contradiction by its number.

    Raises UsageError when there is none, DataError before the report is made.
    """
    report, left = _report(project), number
    for rule, kind in RULES_OF[listing].items():
        members = report.members(rule)
        if 0 < left <= len(members):
            return kind, members[left - 1]
        left -= len(members)
    there = sum(len(report.members(rule)) for rule in RULES_OF[listing])
    what = f"there are 1 to {there}" if there else "there is none"
    raise UsageError(f"no {listing} {number}", hint=f"{what}: tunewright data duplicates")


def keep(
    project: Project, listing: Listing, number: int, rows: Sequence[int] | None, reason: str | None = None
) -> Choice:
    """Writes down which `rows` of a cluster or contradiction stay; () for none of a contradiction, None for all.

    Rows are numbered from 0 here, and from 1 in what is said. Raises UsageError when it makes no sense, DataError
    before the report is made.
    """
    kind, member = numbered(project, listing, number)
    foreign = sorted(set(rows or ()) - set(member.rows))
    if foreign:
        listed = ", ".join(str(row + 1) for row in member.rows[:20])
        raise UsageError(f"row {foreign[0] + 1} is not in {listing} {number}", hint=f"its rows: {listed}")
    if rows is not None and not rows and kind == CLUSTER:
        raise UsageError("one row of a cluster stays at least", hint="reject rows in review that should go altogether")
    if rows is None and kind != CLUSTER and not (reason or "").strip():
        raise UsageError(
            "a contradiction that stays needs a reason", hint='--reason TEXT, such as "both answers are wanted"'
        )
    keep = None if rows is None else tuple(sorted({member.rows.index(row) for row in rows}))
    version = str(project.data_version())
    choice = Choice(kind, member.key, keep, reason=reason, version=version, rows=member.rows)
    choose(_folder(project), choice)
    return choice


def keep_by(project: Project, rule: str) -> None:
    """Makes `rule` choose in every cluster of which no row is named. Raises UsageError for no such rule."""
    if rule not in RULES:
        raise UsageError(f"no rule {rule!r}", hint=f"there are: {', '.join(RULES)}")
    choose(_folder(project), Choice("rule", rule=rule))


def take_back(project: Project) -> Choice:
    """Takes the last choice back. Raises UsageError when there is none."""
    taken = undo(_folder(project))
    if taken is None:
        raise UsageError("nothing was chosen that could be taken back", hint="tunewright data keep shows what stands")
    return taken


def _report(project: Project) -> Report:
    report = saved_report(project)
    if report is None:
        raise DataError("the version has no report yet", hint="make it: tunewright data report")
    return report


def _folder(project: Project) -> Path:
    return project.report_folder("any").parent
