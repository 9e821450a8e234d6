"""From one version to the next: rows go, change or come, and what was split is split again, with its proof."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.adopt import adopt
from engine.data.groups import Recorded
from engine.data.privacy_fields import row_findings
from engine.data.records import Progress, no_progress
from engine.data.rows import Row
from engine.data.splitting import Split, split
from engine.data.versions import Version, Writer, last_record, open_version, writing
from engine.errors import DataError, UsageError
from engine.project import Project

_STALE = ("split", "sizing", "dropped")
"""Facts of a manifest that do not hold for other rows."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one row."""

    kind: str
    """What the change is counted as: duplicates, rejected, edited, redacted."""
    row: Row | None = None
    """The row as it is from now on; None: it goes, and is listed with `rule` and `message`."""
    rule: str = ""
    message: str = ""


Decide = Callable[[int, Row], Change | None]
"""(number in the version, row without group and split) -> its change; None: it stays as it is."""


@dataclass(frozen=True, slots=True)
class Derived:
    """The new version."""

    made: Version
    changed: dict[str, int]
    """Rows by kind of change."""
    split: Split | None
    """Made again from `made`; None when the old version had not been split."""

    @property
    def version(self) -> Version:
        """The one to go on with."""
        return self.split.version if self.split else self.made

    @property
    def listed(self) -> str:
        """The file, in the project, that lists the rows that are gone with their reasons."""
        return f"data/{self.made.name}/left_out.jsonl"

    def document(self) -> dict[str, Any]:
        """For --json."""
        again = self.split
        said = again and {"counts": again.counts, "left_out": again.refused, "proof": again.proof.document()}
        made = {"version": self.version.name, "rows": len(self.version), "listed": self.listed}
        return {**made, "changed": self.changed, "split": said}


def derive(
    version: Version,
    data: Path,
    step: str,
    decide: Decide,
    *,
    kinds: Sequence[str] = (),
    added: Iterable[Row] = (),
    facts: Mapping[str, Any] | None = None,
    unchanged: str | None = None,
    read: Progress = no_progress,
    compared: Progress = no_progress,
) -> Derived:
    """Writes the next version below `data`: each row as `decide` says, then the `added` ones.

    Rows keep their groups and splits, and a changed row those of the row it was made from. `kinds` are counted even
    where no row is of them; `facts` go into the manifest. `read` gets the number of rows, `compared` per cent. Raises
    UsageError with the hint `unchanged`, when one is given and nothing changes; DataError when no row would be left.
    """
    changed: Counter[str] = Counter(dict.fromkeys(kinds, 0))
    with writing(data) as writer:
        made_from, privacy = _write(writer, version, decide, changed, read)
        _add(writer, added, changed, privacy)
        if unchanged is not None and not changed.total():
            raise UsageError(f"nothing changes in {version.name}", hint=unchanged)
        if not writer.rows:
            raise DataError("every row would go", hint="let fewer rows go, or import other data")
        _keep_splits(data, writer.folder, made_from)
        writer.finish({**_manifest(version, step, privacy), **(facts or {}), "changed": dict(changed)})
        name = writer.name
    made = open_version(data / name)
    seed = version.manifest.get("split", {}).get("seed")
    again = split(made, data, seed, read, compared) if seed is not None else None
    return Derived(made, dict(changed), again)


def adopt_derived(project: Project, derived: Derived) -> None:
    """Makes the new version current, with what it shows; call it inside project.changing()."""
    adopt(project, derived.made, **derived.changed)
    if again := derived.split:
        adopt(project, again.version, split=again.counts, seed=again.version.manifest["split"]["seed"])


def _write(
    writer: Writer, version: Version, decide: Decide, changed: Counter[str], read: Progress
) -> tuple[dict[str, str], Counter[str]]:
    """(id of each changed row -> id of the old one, personal data in what stays)"""
    made_from: dict[str, str] = {}
    privacy: Counter[str] = Counter()
    for number, row in enumerate(version.rows()):
        read(number)
        kept = replace(row, group=None, split=None)
        change = decide(number, kept)
        if change:
            changed[change.kind] += 1
            if change.row is None:
                writer.leave_out(row.source, [{"rule": change.rule, "message": change.message}], row.id)
                continue
            kept = change.row
            if kept.id != row.id:
                made_from[kept.id] = row.id
        privacy.update(row_findings(kept))
        writer.add(kept)
    return made_from, privacy


def _add(writer: Writer, added: Iterable[Row], changed: Counter[str], privacy: Counter[str]) -> None:
    for row in added:
        changed["added"] += 1
        privacy.update(row_findings(row))
        writer.add(row)


def _keep_splits(data: Path, folder: Path, made_from: Mapping[str, str]) -> None:
    """Records changed rows in the groups and splits of those that they were made from."""
    before = last_record(data)
    if not before or not made_from:
        return
    recorded = Recorded.read(before)
    new, old = np.array(list(made_from), "S32"), np.array(list(made_from.values()), "S32")
    place = recorded.places(old)
    known = place >= 0
    groups, splits = recorded.groups[place[known]], recorded.splits[place[known]]
    recorded.extended(new[known], groups, splits, recorded.templates).write(folder)


def _manifest(version: Version, step: str, privacy: Counter[str]) -> dict[str, Any]:
    kept = {key: value for key, value in version.manifest.items() if key not in _STALE}
    found = {"findings": privacy.total(), "by_kind": dict(sorted(privacy.items()))}
    return {**kept, "parent": version.name, "step": step, "privacy": {**version.manifest["privacy"], **found}}
