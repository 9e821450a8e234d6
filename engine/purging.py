"""What `data purge` deletes, and what is said before: what rests on the rows that go, and where else rows lie."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import audit
from engine.data.adopt import current
from engine.data.purge import Old, erase, old_versions
from engine.data.versions import Version
from engine.durable import read_json
from engine.errors import UsageError
from engine.project import Project
from engine.reviewers import NAMELESS, readers
from engine.sampling import Sample


@dataclass(frozen=True, slots=True)
class Purge:
    """What goes and what stays."""

    current: str
    going: tuple[Old, ...]
    kept: tuple[str, ...]
    """Old versions that stay, since the sample of the review is drawn from them."""
    resting: tuple[str, ...]
    """What can no longer be done, a line each."""
    elsewhere: tuple[str, ...]
    """Where else in the project rows lie, which are not touched, a line each."""

    def document(self) -> dict[str, Any]:
        """For --json."""
        going = [{"version": one.name, "step": one.step, "rows": one.rows, "bytes": one.size} for one in self.going]
        said = {"kept": list(self.kept), "resting": list(self.resting), "elsewhere": list(self.elsewhere)}
        return {"current": self.current, "going": going, **said}


def purgeable(project: Project, everything: bool = False) -> Purge:
    """What a purge would delete: all but the current version and, unless `everything` is to go, the review's."""
    version = current(project)
    kept = {version.name, *(() if everything else _sampled(project, version))}
    going = tuple(old_versions(project, kept))
    names = {one.name for one in going}
    return Purge(
        version.name,
        going,
        tuple(sorted(kept - {version.name})),
        tuple(_resting(project, names, everything)),
        tuple(_elsewhere(project)),
    )


def purge(project: Project, everything: bool = False) -> Purge:
    """Deletes them; call it inside project.changing(). Raises UsageError when there is nothing to delete."""
    found = purgeable(project, everything)
    if not found.going:
        kept = f"{', '.join(found.kept)} stays for the review: --all deletes it too"
        hint = kept if found.kept else f"{found.current} is the only one with rows, and it is in use"
        raise UsageError("no old version has rows to delete", hint=hint)
    for one in found.going:
        erase(project, one.name)
    audit.append(project.audit, "data.purge", versions=[one.name for one in found.going], everything=everything)
    return found


def _sampled(project: Project, version: Version) -> Iterator[str]:
    """Versions from `version` back to the one that the review's sample is drawn from."""
    base, manifest = Sample(project, version, NAMELESS).base, version.manifest
    while manifest["name"] != base.name:
        manifest = read_json(project.version_folder(manifest["parent"]) / "manifest.json")
        yield manifest["name"]


def _resting(project: Project, going: set[str], everything: bool) -> Iterator[str]:
    for run in project.all_runs():
        version = _data_of(run.recipe)
        if version in going:
            yield f"{run.id} learned from {version}: it stays, and can no longer be resumed or measured again"
    version = project.settings().get("plan", {}).get("data_version")
    if version in going:
        yield f"the plan is made for {version}: plan again before you train"
    if everything:
        yield "where verdicts were given on a version that goes, the review draws a new sample from the current one"
    if going:
        yield "what an old version left out, and what was found in it, can no longer be listed"


def _data_of(recipe: Path) -> str | None:
    try:
        version = tomllib.loads(recipe.read_text(encoding="utf-8")).get("data_version")
    except ValueError:
        # A damaged recipe is said where its run is used; it names no version.
        return None
    return version if isinstance(version, str) else None


def _elsewhere(project: Project) -> Iterator[str]:
    if project.exports.is_dir() and any(project.exports.glob("data-*")):
        yield "exports/: rows as they were exported"
    if readers(project):
        yield "reviews: texts that a reviewer has written"
    if project.general.is_dir():
        yield "general/: the general rows that were chosen"
    if project.augment.is_dir():
        yield "augment/: made-up rows, and the rows that they were made from"
    if project.all_runs():
        yield "runs/: prompts and answers of every measurement"
