"""Who reads: each reader's file of verdicts, and what this machine remembers of the one who sits before it."""

import os
import unicodedata
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from engine.durable import disk_errors, read_json, read_lines, sync, write_json
from engine.errors import DataError, UsageError
from engine.project import Project
from engine.review.verdicts import QUEUES, RANDOM
from engine.safe_text import one_line

NAMELESS = ""
"""The reader who has given no name; their verdicts are in reviews.jsonl."""
_LONGEST = 40
_BETWEEN = "-_."


def checked_name(given: str) -> str:
    """`given` as the name of a reader and of their file: letters and digits of any language, - _ . between them.

    Raises UsageError for anything else.
    """
    name = unicodedata.normalize("NFC", given.strip())
    plain = all(one.isalnum() or one in _BETWEEN for one in name)
    if not name or len(name) > _LONGEST or not plain or not (name[0].isalnum() and name[-1].isalnum()):
        hint = f"letters and digits, with - _ . between them, at most {_LONGEST}: ann, k.meyer"
        raise UsageError(f"{one_line(given, 60)!r} is no name for a reader", hint=hint)
    return name


def log_of(project: Project, reader: str) -> Path:
    """The file with every key press of `reader`."""
    return project.reviews_of(reader) if reader else project.reviews


def readers(project: Project) -> dict[str, Path]:
    """Name -> file of everyone who has judged something; the nameless reader first."""
    found = {NAMELESS: project.reviews} if project.reviews.exists() else {}
    named = project.reviews_of("any").parent.glob("*.jsonl")
    return found | {path.stem: path for path in sorted(named) if _is_name(path.stem)}


def shown_name(reader: str) -> str:
    """`reader` for a sentence."""
    return reader or "a reader without a name"


def take_over(project: Project, reader: str) -> None:
    """Makes the verdicts without a name those of `reader`, who has none yet. Raises UsageError where they have some."""
    own = log_of(project, checked_name(reader))
    with project.changing("review: a name for its reader"), disk_errors(own):
        if own.exists():
            raise UsageError(f"{reader} has verdicts already", hint=f"tunewright review merge {project.reviews.name}")
        own.parent.mkdir(exist_ok=True)
        os.rename(project.reviews, own)
        sync(project.root)


def unnamed(project: Project) -> int:
    """Key presses without a name."""
    return sum(1 for _ in read_lines(project.reviews))


def keep_reader(name: str) -> None:
    """Remembers who sits before this machine. Raises UsageError for a name that is none, ResourceError."""
    write_json(_file(), {**_kept(), "reviewer": checked_name(name) if name else NAMELESS})


def kept_reader() -> str:
    """The reader who sits before this machine; the nameless one unless somebody has said."""
    name = _kept().get("reviewer")
    return name if isinstance(name, str) and _is_name(name) else NAMELESS


def keep_queue(project: Project, queue: str) -> None:
    """Remembers which queue is read in `project`. Raises ResourceError when the disk refuses."""
    queues = _kept().get("queues")
    known = queues if isinstance(queues, dict) else {}
    root = os.fsencode(project.root).decode("utf-8", "replace")
    if known.get(root, RANDOM) != queue:
        write_json(_file(), {**_kept(), "queues": {**known, root: queue}})


def kept_queue(project: Project) -> str:
    """The queue that was read last in `project`."""
    queues = _kept().get("queues")
    queue = queues.get(os.fsencode(project.root).decode("utf-8", "replace")) if isinstance(queues, dict) else None
    return queue if queue in QUEUES else RANDOM


def _is_name(text: str) -> bool:
    try:
        return checked_name(text) == text
    except UsageError:
        return False


def _kept() -> dict[str, Any]:
    """What was kept; nothing where it cannot be read."""
    try:
        kept = read_json(_file())
    except (OSError, DataError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _file() -> Path:
    return user_data_path("tunewright") / "reader.json"
