"""What the wizard remembers of its last time: the projects opened, the step where each was left, the colours.

Kept in the user's data folder, not in the projects: two people may share a project.
"""

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from engine.durable import read_json, write_json
from engine.errors import DataError
from engine.journey import STEPS
from engine.project import Project

_MOST = 20


@dataclass(frozen=True, slots=True)
class Recent:
    folder: str
    opened: float
    """Unix seconds."""
    step: str
    """Key of the step that was open last."""


def recent() -> list[Recent]:
    """The projects that are still there, the last opened first; a missing or damaged list is an empty one."""
    try:
        listed = read_json(_file())
    except (OSError, DataError):
        return []
    entries = [one for one in map(_entry, listed if isinstance(listed, list) else []) if one]
    there = [one for one in entries if _is_there(Path(one.folder))]
    return sorted(there, key=lambda one: -one.opened)


def remember(project: Project, step: str) -> None:
    """Notes that `project` was open at `step`; one whose path is not UTF-8 has no place in a JSON list.

    Raises ResourceError when the disk refuses.
    """
    if str(project.root) != one_path(project.root):
        return
    others = [one for one in recent() if one.folder != str(project.root)]
    entries = [Recent(str(project.root), time.time(), step), *others][:_MOST]
    write_json(_file(), [asdict(one) for one in entries])


def left_at(project: Project) -> str | None:
    """Key of the step where `project` was left; None when it was never opened here."""
    step = next((one.step for one in recent() if one.folder == str(project.root)), None)
    return step if step in STEPS else None


def keep_theme(name: str) -> None:
    """Remembers the colours that the person has chosen. Raises ResourceError when the disk refuses."""
    write_json(_theme_file(), {"theme": name})


def kept_theme() -> str | None:
    """The colours chosen last; None when none were, or what was kept cannot be read."""
    try:
        kept = read_json(_theme_file())
    except (OSError, DataError):
        return None
    name = kept.get("theme") if isinstance(kept, dict) else None
    return name if isinstance(name, str) else None


def _theme_file() -> Path:
    return user_data_path("tunewright") / "theme.json"


def one_path(folder: Path) -> str:
    """`folder` as UTF-8 text can hold it."""
    return str(folder).encode("utf-8", "replace").decode()


def _is_there(folder: Path) -> bool:
    try:
        return (folder / "project.toml").is_file()
    except OSError:
        # Not ours to read, or on a share that is gone: it cannot be opened now.
        return False


def _file() -> Path:
    return user_data_path("tunewright") / "recent.json"


def _entry(given: Any) -> Recent | None:
    if not isinstance(given, Mapping) or not isinstance(given.get("opened"), int | float):
        return None
    folder, step = given.get("folder"), given.get("step")
    return Recent(folder, given["opened"], step) if isinstance(folder, str) and isinstance(step, str) else None
