"""The guideline: what a correct answer is, in words. A text with numbered versions; a verdict names the one in force.

guideline/1.md, 2.md, ... in the project. A version is never changed: what was judged by it stays judged by it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from engine.data.rows import Row
from engine.durable import disk_errors, sync
from engine.errors import UsageError
from engine.project import Project
from engine.safe_text import one_line

_LONGEST = 100_000
"""Bytes: 40 pages, more than anyone keeps in mind."""
START = """# What is a correct answer?

## Accept

## Reject

## Clarifications
"""
"""What an empty guideline begins with."""


@dataclass(frozen=True, slots=True)
class Guideline:
    version: int
    """From 1."""
    text: str


def versions(project: Project) -> list[int]:
    """Numbers of all versions, oldest first."""
    names = [path.stem for path in project.guidelines.glob("*.md")]
    return sorted(int(name) for name in names if name.isascii() and name.isdecimal() and name[0] != "0")


def guideline(project: Project, version: int | None = None) -> Guideline | None:
    """The newest version, or the one asked for; None when there is none. Raises UsageError for one that is not there.

    Bytes that are not UTF-8 are shown as such.
    """
    known = versions(project)
    if version is not None and version not in known:
        hint = (
            f"there are {', '.join(map(str, known))}"
            if known
            else "tunewright review guideline --edit writes the first"
        )
        raise UsageError(f"no version {version} of the guideline", hint=hint)
    if not known:
        return None
    number = known[-1] if version is None else version
    return Guideline(number, _path(project, number).read_bytes()[: 2 * _LONGEST].decode("utf-8", "backslashreplace"))


def save(project: Project, text: str) -> Guideline:
    """Keeps `text` as the next version, its secrets masked; the newest one where nothing has changed.

    Raises UsageError for an empty or endless text, ResourceError when the disk refuses.
    """
    from engine.data.jsontext import encodes
    from engine.data.masking import mask_text

    if not encodes(text):
        raise UsageError("the guideline is not UTF-8", hint="write it in UTF-8")
    kept = mask_text(text.replace("\r\n", "\n").strip()) + "\n"
    if not kept.strip():
        raise UsageError("the guideline is empty", hint="say in a few lines what a correct answer is, and what is not")
    if len(kept.encode()) > _LONGEST:
        raise UsageError(f"the guideline is longer than {_LONGEST:,} bytes", hint="keep what a reader needs to decide")
    newest = guideline(project)
    return newest if newest and newest.text == kept else _write(project, kept, newest.version + 1 if newest else 1)


def clarify(project: Project, row: Row, text: str) -> Guideline:
    """Adds a line that names `row` to the guideline. Raises as `save` does."""
    said = " ".join(text.split())
    if not said:
        raise UsageError("nothing was said", hint="one sentence: how a row like this is to be judged, and why")
    newest = guideline(project)
    before = newest.text if newest else START
    place = f"{one_line(row.source.get('file', '?'), 80)}:{row.source.get('line', '?')}"
    return save(project, f"{before.rstrip()}\n- {said} (row {row.id[:8]}, {place})\n")


def _write(project: Project, text: str, number: int) -> Guideline:
    with disk_errors(project.guidelines):
        project.guidelines.mkdir(exist_ok=True)
        while True:
            try:
                handle = os.open(_path(project, number), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
                break
            except FileExistsError:
                number += 1  # Another reader has saved one in this moment: both are kept.
        with open(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        sync(project.guidelines)
    return Guideline(number, text)


def _path(project: Project, version: int) -> Path:
    return project.guidelines / f"{version}.md"
