"""Checkpoints that count only when they are whole.

The trainer writes into the final folder name and takes the highest number for the newest, whole or not. Here a
checkpoint counts when `complete.json` stands in it, written last, and every file it lists has its size.
"""

import shutil
from pathlib import Path
from typing import Any

from engine.durable import read_json, sync, write_json
from engine.errors import DataError, ResourceError

_MARK = "complete.json"
_KEEP = 2
"""Newest whole checkpoints kept, besides the best one: a crash while the newest is written leaves the one before."""


def mark_complete(folder: Path) -> None:
    """Brings every file of the checkpoint to the disk, then says so."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    for path in (*files.values(), folder):
        sync(path)
    write_json(folder / _MARK, {"files": {name: path.stat().st_size for name, path in files.items()}})


def is_complete(folder: Path) -> bool:
    """Whether the mark is there and every file has the size it had when it was made."""
    try:
        files: dict[str, int] = read_json(folder / _MARK)["files"]
        read_json(folder / "trainer_state.json")
        return all((folder / name).stat().st_size == size for name, size in files.items())
    except (OSError, DataError, KeyError, TypeError):
        return False


def newest_complete(checkpoints: Path) -> Path | None:
    """The newest whole checkpoint; broken ones are removed on the way, so that nothing else picks them up."""
    whole = None
    for folder in _by_step(checkpoints):
        if is_complete(folder):
            whole = folder
        else:
            shutil.rmtree(folder)
    return whole


def prune(checkpoints: Path, best_step: int | None) -> None:
    """Removes all but the newest two and the best."""
    for folder in _by_step(checkpoints)[:-_KEEP]:
        if step_of(folder) != best_step:
            shutil.rmtree(folder)


def ensure_space(checkpoints: Path) -> None:
    """Raises ResourceError when the disk has less than 1.3 times the size of the last checkpoint."""
    last = _by_step(checkpoints)[-1:]
    needed = 1.3 * sum(path.stat().st_size for folder in last for path in folder.rglob("*") if path.is_file())
    free = shutil.disk_usage(checkpoints.parent).free
    if free < needed:
        raise ResourceError(
            f"the disk is full: a checkpoint needs {needed / 1e6:.1f} MB, {free / 1e6:.1f} MB are free",
            hint="free some space, then resume: the checkpoint before is whole",
        )


def trainer_state(folder: Path) -> dict[str, Any]:
    """What the trainer saved of itself."""
    state: dict[str, Any] = read_json(folder / "trainer_state.json")
    return state


def step_of(folder: Path) -> int:
    return int(folder.name.rpartition("-")[2])


def _by_step(checkpoints: Path) -> list[Path]:
    folders = [path for path in checkpoints.glob("checkpoint-*") if path.name.rpartition("-")[2].isdigit()]
    return sorted(folders, key=step_of)
