"""A project with rows to review, written straight into a version: as many and as strange as a test wants them."""

import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from engine.data.adopt import adopt
from engine.data.rows import Row, row_id
from engine.data.versions import open_version, writing
from engine.durable import read_lines
from engine.project import Project
from engine.reviewing import open_review

SYSTEM = "You answer in one short sentence."
_NONE: dict[str, Any] = {"findings": 0, "by_kind": {}, "not_scanned": []}


def example(number: int, question: str, answer: str, system: str = "", **meta: Any) -> Row:
    """Row `number` of one file."""
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    if system:
        turns.insert(0, {"role": "system", "content": system})
    return Row(row_id(turns, None), turns, meta, {"file": "rows.jsonl", "line": number + 1, "byte": 0}, ["import"])


def talk(number: int, words: int = 160) -> str:
    """Text that has hardly a word in the same place as that of another number; 160 words take eleven rows of 80."""
    chance = random.Random(number)
    return " ".join("".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 8))) for _ in range(words))


def reviewable(folder: Path, rows: Iterable[Row]) -> Project:
    """A project in `folder` whose current version holds `rows`."""
    project = Project.create(folder)
    with writing(project.data) as writer:
        for row in rows:
            writer.add(row)
        writer.finish(
            {
                "parent": None,
                "step": "import",
                "imported_as": writer.name,
                "sources": [],
                "read": writer.rows,
                "invalid": 0,
                "mapping": {"category": "kind"},
                "secrets": _NONE,
                "privacy": _NONE,
                "problems": [],
            }
        )
        name = writer.name
    with project.changing("data import"):
        adopt(project, open_version(project.data / name))
    return project


def questions(count: int) -> Iterable[Row]:
    """Rows that differ, with one system text."""
    return (example(n, f"What is {n} squared?", f"It is {n * n}.", SYSTEM, kind="sums") for n in range(count))


def log(project: Project) -> list[tuple[str, str | None]]:
    """(verdict, reason) of every line."""
    return [(line["verdict"], line.get("reason")) for _, line in read_lines(project.reviews)]


def question_of(project: Project) -> str:
    """What is asked on the card that waits, as another process sees it."""
    card = open_review(project).card()
    assert card
    return card.row.prompt[0]


async def press(pilot: Pilot[str], *keys: str) -> None:
    """Presses keys and lets the screen come to rest."""
    await pilot.press(*keys)
    await pilot.pause()
