"""`data purge`: the rows of versions that are no longer needed are deleted for good; their manifests stay."""

import contextlib
from collections.abc import Set
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.data.versions import all_versions, latest_with
from engine.durable import disk_errors, read_json, sync, write_json
from engine.errors import DataError
from engine.project import Project

_MANIFEST = "manifest.json"
_RECORD = ("groups.txt", "templates.u64")
"""Hashes alone, which every later split reads: those of the last split stay."""
_CERTIFICATES = ("certificate.json", "certificate.txt")
"""What was scanned for; they hold no text of a row, and the audit log names their hash."""


@dataclass(frozen=True, slots=True)
class Old:
    """A version whose rows can go."""

    name: str
    step: str
    rows: int
    size: int
    """Bytes that go."""


def old_versions(project: Project, kept: Set[str]) -> list[Old]:
    """Versions other than `kept` of which something is left to delete, the oldest first."""
    found = []
    for folder in all_versions(project.data):
        size = sum(path.stat().st_size for path in _going(project, folder)) if folder.name not in kept else 0
        if size:
            manifest = _manifest(folder)
            found.append(Old(folder.name, str(manifest.get("step")), int(manifest["counts"]["rows"]), size))
    return found


def erase(project: Project, name: str) -> None:
    """Deletes the rows of a version, what it left out, and what was found in it. Raises ResourceError.

    The manifest says so first: what is interrupted can be done again, and is never taken for damage.
    """
    folder = project.version_folder(name)
    going = _going(project, folder)
    manifest = _manifest(folder)
    gone = {path.name for path in going}
    files = {file: size for file, size in manifest.get("files", {}).items() if file not in gone}
    when = manifest.get("purged") or datetime.now(UTC).isoformat(timespec="seconds")
    with disk_errors(folder):
        write_json(folder / _MANIFEST, {**manifest, "files": files, "purged": when})
        for path in going:
            path.unlink(missing_ok=True)
        sync(folder)
        _tidy(project.report_folder(name))


def _going(project: Project, folder: Path) -> list[Path]:
    """Files of a version, and of the report on it, that hold rows or speak of them."""
    newest = latest_with(project.data, "groups.txt") == folder
    kept = {_MANIFEST, *(_RECORD if newest else ())}
    report = project.report_folder(folder.name)
    found = [path for path in report.rglob("*") if path.is_file() and path.name not in _CERTIFICATES]
    return [*(path for path in folder.iterdir() if path.name not in kept), *found]


def _tidy(report: Path) -> None:
    """Removes the folders that are empty now."""
    for folder in sorted((path for path in report.rglob("*") if path.is_dir()), reverse=True):
        with contextlib.suppress(OSError):
            folder.rmdir()
    with contextlib.suppress(OSError):
        report.rmdir()


def _manifest(folder: Path) -> dict[str, Any]:
    manifest = read_json(folder / _MANIFEST)
    if isinstance(manifest, dict) and isinstance(manifest.get("counts"), dict):
        return manifest
    raise DataError("not the manifest of a version", hint="restore it from a copy", where=str(folder / _MANIFEST))
