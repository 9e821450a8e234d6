"""`review apply`: a new version without the rows that were rejected or flagged, and with the edited answers."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.adopt import adopt, current
from engine.data.groups import Recorded
from engine.data.masking import texts
from engine.data.privacy import findings
from engine.data.records import Progress, no_progress
from engine.data.splitting import Split, split
from engine.data.versions import Version, Writer, latest_with, open_version, writing
from engine.errors import DataError, UsageError
from engine.journey import record_new
from engine.project import Project
from engine.review.verdicts import REASONS, Decision
from engine.reviewing import open_review, with_answer


@dataclass(frozen=True, slots=True)
class Applied:
    """The version that is now current, and what became of the rows."""

    version: Version
    changed: dict[str, int]
    """rejected and flagged rows, which are gone; edited ones, which have the new answer."""
    listed: str
    """The file, in the project, that lists the rows that are gone with their reasons."""
    split: Split | None
    """None when the version had not been split."""

    def document(self) -> dict[str, Any]:
        """For --json."""
        again = self.split
        split = again and {"counts": again.counts, "left_out": again.refused, "proof": again.proof.document()}
        made = {"version": self.version.name, "rows": len(self.version), "listed": self.listed}
        return {**made, "changed": self.changed, "split": split}


def apply_verdicts(project: Project, read: Progress = no_progress, compared: Progress = no_progress) -> Applied:
    """Makes the verdicts true in a new version; one that was split is split again, and its proof made again.

    Rows keep their groups and splits, and an edited row those of the row it was made from. `read` gets the number of
    rows, `compared` per cent. Raises UsageError when no verdict changes a row, DataError when no row would be left.
    Call it inside project.changing().
    """
    version, bad = current(project), open_review(project).bad_rows()
    changed: Counter[str] = Counter(dict.fromkeys(("rejected", "flagged", "edited"), 0))
    with writing(project.data) as writer:
        edited, privacy = _write(writer, version, bad, changed, read)
        _require_some(version, changed, writer.rows)
        _keep_splits(project.data, writer.folder, edited)
        writer.finish(_manifest(version, changed, privacy))
        name = writer.name
    made = open_version(project.data / name)
    seed = version.manifest.get("split", {}).get("seed")
    again = split(made, project.data, seed, read, compared) if seed is not None else None
    adopt(project, made, **changed)
    if again:
        adopt(project, again.version, split=again.counts, seed=seed)
    # The rows that nobody looked at are the same: what the sample said of them holds for the new version.
    if evidence := open_review(project).evidence():
        record_new(project, "review", evidence)
    return Applied(current(project), dict(changed), f"data/{name}/left_out.jsonl", again)


def _require_some(version: Version, changed: Counter[str], left: int) -> None:
    if not changed.total():
        raise UsageError(
            f"no verdict changes a row of {version.name}",
            hint="rows that are rejected, flagged or edited in `tunewright review` are applied",
        )
    if not left:
        raise DataError("every row would go", hint="import other data, or take verdicts back: u in the review")


def _write(
    writer: Writer, version: Version, bad: dict[str, Decision], changed: Counter[str], read: Progress
) -> tuple[dict[str, str], Counter[str]]:
    """Writes what stays and counts what changes. (id of each edited row -> id of the old one, personal data left)"""
    edited: dict[str, str] = {}
    privacy: Counter[str] = Counter()
    for number, row in enumerate(version.rows()):
        read(number)
        decision, kept = bad.get(row.id), replace(row, group=None, split=None)
        if decision and decision.after is None:
            rejected = decision.verdict == "reject"
            changed["rejected" if rejected else "flagged"] += 1
            said = REASONS.get(decision.reason or "", "other") if rejected else "personal data"
            writer.leave_out(row.source, [{"rule": f"review-{decision.verdict}", "message": said}], row.id)
            continue
        if decision and decision.after is not None:
            changed["edited"] += 1
            kept = with_answer(kept, decision.after)
            edited[kept.id] = row.id
        privacy.update(findings("\n".join(texts([kept.messages, kept.meta]))))
        writer.add(kept)
    return edited, privacy


def _keep_splits(data: Path, folder: Path, edited: dict[str, str]) -> None:
    """Records edited rows in the groups and splits of those that they were made from."""
    before = latest_with(data, "groups.txt")
    if not before:
        return
    recorded = Recorded.read(open_version(before).folder)
    new, old = np.array(list(edited), "S32"), np.array(list(edited.values()), "S32")
    place = recorded.places(old)
    known = place >= 0
    groups, splits = recorded.groups[place[known]], recorded.splits[place[known]]
    recorded.extended(new[known], groups, splits, recorded.templates).write(folder)


def _manifest(version: Version, changed: Counter[str], privacy: Counter[str]) -> dict[str, object]:
    kept = {key: value for key, value in version.manifest.items() if key not in ("split", "sizing", "dropped")}
    found = {"findings": privacy.total(), "by_kind": dict(sorted(privacy.items()))}
    return {
        **kept,
        "parent": version.name,
        "step": "review",
        "review": dict(changed),
        "privacy": {**version.manifest["privacy"], **found},
    }
