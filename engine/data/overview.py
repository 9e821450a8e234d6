"""What the project's current version holds, how it came about and what comes next: read from its manifests alone."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.data.versions import Version, open_version
from engine.durable import read_json
from engine.errors import DataError
from engine.project import Project

_AS_THEY_WERE = ("import", "split")
"""Steps that change no row."""
_NEEDED = ("step", "parent", "counts", "read", "invalid", "imported_as", "problems", "secrets", "privacy")


@dataclass(frozen=True, slots=True)
class Past:
    """One version on the way to the current one."""

    name: str
    step: str
    """Command that made it."""
    rows: int
    changed: Mapping[str, int]
    """Rows that this step took away, changed or added, by kind; empty for an import and a split."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The current version and its line of descent."""

    version: Version
    lineage: tuple[Past, ...]
    """The current version first, the import last; versions whose manifest is gone end it."""

    @property
    def manifest(self) -> dict[str, Any]:
        return self.version.manifest

    @property
    def split(self) -> dict[str, Any] | None:
        """Counts, groups, warnings and proof; None before the split."""
        return self.manifest.get("split")

    @property
    def dropped(self) -> Mapping[str, int] | None:
        """What the last cleaning dropped; None when no version was cleaned."""
        return next((one.changed for one in self.lineage if one.step == "clean"), None)

    @property
    def next(self) -> Literal["clean", "split"] | None:
        """What the rows still need; cleaning is skipped for good by a split."""
        if self.split:
            return None
        return "clean" if self.dropped is None else "split"

    @property
    def precision(self) -> float | None:
        """Points by which a score on the test rows may miss; None without any."""
        return precision(self.split["counts"]["test"]) if self.split else None

    def document(self) -> dict[str, Any]:
        """The manifest without the list of its files, with `lineage`, `next` and `test_precision_points`."""
        facts = {key: value for key, value in self.manifest.items() if key != "files"}
        lineage = [{"name": one.name, "step": one.step, "rows": one.rows} for one in self.lineage]
        return {**facts, "lineage": lineage, "next": self.next, "test_precision_points": self.precision}


def overview(project: Project) -> Overview | None:
    """The project's current version; None before the first import. Raises DataError when it is damaged."""
    name = project.data_version()
    if name is None:
        return None
    version = open_version(project.version_folder(name))
    return Overview(version, tuple(_lineage(project, version)))


def _lineage(project: Project, version: Version) -> Iterator[Past]:
    folder, manifest, seen = version.folder, version.manifest, set[str]()
    while folder.name not in seen:
        seen.add(folder.name)
        _require_whole(folder, manifest)
        changed = {} if manifest["step"] in _AS_THEY_WERE else manifest.get("changed", {})
        yield Past(folder.name, manifest["step"], manifest["counts"]["rows"], changed)
        if manifest["parent"] is None:
            return
        folder = project.version_folder(manifest["parent"])
        try:
            manifest = read_json(folder / "manifest.json")
        except FileNotFoundError:
            return


def _require_whole(folder: Path, manifest: Any) -> None:
    lacks = [key for key in _NEEDED if key not in manifest] if isinstance(manifest, dict) else ["everything"]
    if lacks:
        hint = "restore the folder from a copy, or import the sources again"
        raise DataError(f"the manifest lacks {lacks[0]}", hint=hint, where=str(folder / "manifest.json"))


def precision(rows: int) -> float | None:
    """Half width, in points, of the 95 % interval of a share near one half (normal approximation)."""
    return round(98 / math.sqrt(rows), 1) if rows else None


def descent(found: Overview) -> str:
    """v3 (split, 90 rows) from v2 (clean, 90 rows) from v1 (import, 100 rows)"""
    return " from ".join(f"{one.name} ({one.step}, {one.rows:,} rows)" for one in found.lineage)


def went(dropped: Mapping[str, int]) -> str:
    """31 duplicates, 24 conflicts"""
    return ", ".join(f"{count:,} {name}" for name, count in dropped.items() if count) or "nothing"


def split_counts(split: Mapping[str, Any]) -> str:
    """train 80, validation 10, test 10, in 90 groups"""
    counts = ", ".join(f"{name} {count:,}" for name, count in split["counts"].items())
    return f"{counts}, in {split['groups']:,} groups"


def split_facts(split: Mapping[str, Any], precision: float | None, proof: str) -> list[str]:
    """Warnings, what the test set can show, and the proof."""
    lines = [f"note: {warning}" for warning in split["warnings"]]
    if precision:
        lines.append(f"a score on {split['counts']['test']:,} test rows is known to within {precision} points (95 %)")
    return [*lines, f"proof {'passed' if split['proof']['passed'] else 'FAILED'}: {proof}"]
