"""What earlier comparisons of the current version with benchmarks found: read without numpy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.durable import read_json
from engine.errors import DataError
from engine.project import Project

_FOLDER = "contamination"


@dataclass(frozen=True, slots=True)
class Contamination:
    """What was found, as it is kept beside the version's report."""

    facts: Mapping[str, Any]
    """name, version, split, files, questions, rows, methods, by_kind, by_split, templates, hits [{row, id, split,
    kinds, jaccard, place, question}]; rows are numbered from 0."""

    @property
    def hits(self) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self.facts["hits"]
        return found

    def document(self) -> dict[str, Any]:
        """For --json; rows are numbered from 1."""
        hits = [{**hit, "row": hit["row"] + 1} for hit in self.hits]
        return {**self.facts, "contaminated": len(hits), "hits": hits}


def compared_before(project: Project) -> list[Contamination]:
    """What earlier comparisons of the current version found, by name."""
    name = project.data_version()
    folder = comparisons(project, name) if name else None
    return [Contamination(_parsed(path)) for path in sorted(folder.glob("*.json"))] if folder else []


def comparisons(project: Project, version: str) -> Path:
    """Where the comparisons of a version are kept, a file each."""
    return project.report_folder(version) / _FOLDER


def _parsed(path: Path) -> dict[str, Any]:
    found = read_json(path)
    if isinstance(found, dict) and isinstance(found.get("hits"), list) and "by_kind" in found:
        return found
    raise DataError(
        "not a comparison", hint="delete it, and compare again: tunewright data contamination", where=str(path)
    )
