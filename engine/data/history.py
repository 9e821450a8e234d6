"""Every version of a project, those included whose rows are gone: read from manifests alone."""

from typing import Any

from engine.data.versions import all_versions
from engine.durable import read_json
from engine.errors import DataError
from engine.project import Project


def history(project: Project) -> list[dict[str, Any]]:
    """The versions, the newest first. Raises DataError for a manifest that is damaged."""
    now = project.data_version()
    return [_line(project, folder.name, folder.name == now) for folder in reversed(all_versions(project.data))]


def _line(project: Project, name: str, current: bool) -> dict[str, Any]:
    path = project.version_folder(name) / "manifest.json"
    manifest = read_json(path)
    facts = (
        {key: manifest.get(key) for key in ("step", "parent", "created", "purged")}
        if isinstance(manifest, dict)
        else {}
    )
    if not facts.get("step") or not isinstance(manifest.get("counts"), dict):
        raise DataError("not the manifest of a version", hint="restore it from a copy", where=str(path))
    sizes = manifest.get("files", {}).values()
    return {"name": name, "current": current, **facts, "rows": manifest["counts"]["rows"], "bytes": sum(sizes)}
