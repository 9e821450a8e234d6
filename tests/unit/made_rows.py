"""A split project whose rows can be parents, and what a reader decides about the rows made of them."""

import json
from pathlib import Path
from typing import Any

from engine.augment.lot import Lot
from engine.data.adopt import adopt, current
from engine.data.importing import import_files
from engine.data.mapping import Mapping
from engine.data.prepare import find_layout
from engine.data.splitting import split
from engine.project import Project
from engine.review.verdicts import CANDIDATES, Decision, Verdicts, now

LABELS = ("HARBOR", "LEDGER", "BENCH")
CITIES = ("Bern", "Cork", "Porto", "Graz", "Bergen", "Turin")


def word(*seed: object) -> str:
    """A word that no other seed gives."""
    lot = Lot("word", *seed)
    return "".join(lot.choice("bdfgklmnprst") + lot.choice("aeiou") for _ in range(4))


def question(number: int) -> str:
    """A question of its own words, with a number and a city."""
    one, two, three, four = (word(number, place) for place in range(4))
    city = CITIES[number % len(CITIES)]
    return f"My {one} {two} from {city} is broken and I do not know why {three} {four}, order {1000 + number}?"


def chat(asked: str, answer: str, **meta: Any) -> dict[str, Any]:
    """One row of a file."""
    return {"messages": [{"role": "user", "content": asked}, {"role": "assistant", "content": answer}], **meta}


def rows(count: int = 60) -> list[dict[str, Any]]:
    """Rows of three categories; the answer names the city."""
    made = []
    for number in range(count):
        label = LABELS[number % 3]
        answer = json.dumps({"queue": label, "city": CITIES[number % len(CITIES)]})
        made.append(chat(question(number), answer, queue=label))
    return made


_built: dict[Path, bytes] = {}
"""The files of a split project of rows(), made once: importing and splitting takes half a second."""


def split_project(project: Project, given: list[dict[str, Any]] | None = None) -> Project:
    """`project` with these rows, split."""
    if given is None and _built:
        for name, content in _built.items():
            (project.root / name).parent.mkdir(parents=True, exist_ok=True)
            (project.root / name).write_bytes(content)
        return project
    _split(project, given)
    if given is None:
        files = (path for path in project.root.rglob("*") if path.is_file())
        _built.update({path.relative_to(project.root): path.read_bytes() for path in files})
    return project


def _split(project: Project, given: list[dict[str, Any]] | None) -> None:
    imported_project(project, given)
    with project.changing("split"):
        made = split(current(project), project.data, 0)
        adopt(project, made.version, split=made.counts, seed=0)


def imported_project(project: Project, given: list[dict[str, Any]] | None = None) -> Project:
    """`project` with these rows, not split."""
    path = project.root.parent / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in given or rows()), encoding="utf-8")
    mapping = Mapping(category="queue")
    with project.changing("import"):
        adopt(project, import_files([find_layout(path, mapping)], mapping, project.data))
    return project


def decide(project: Project, row: str, verdict: str, reader: Path | None = None, **more: Any) -> None:
    """A verdict on a candidate."""
    at = now()
    Verdicts(reader or project.reviews, CANDIDATES).decide(Decision(row, verdict, "v2", at, at, **more))
