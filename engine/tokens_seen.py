"""A row as the trainer will see it: what the model reads, what of it it learns, what is cut off.

The worker makes it with the very function that training takes its labels from; it is kept, since loading a tokenizer
takes seconds.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.rows import Row
from engine.durable import read_lines
from engine.jobs import run_job
from engine.model import BUILT_IN, TOKENIZER_FILES, marks_generation
from engine.plan.choices import BUILT_IN_NAME
from engine.plan.recipe import planned
from engine.project import Project

LEARNED, READ, CUT = "learned", "read", "cut"
"""Learned: its loss counts. Read: it stands before. Cut: it is beyond the longest row of the plan."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows become tokens: by the plan, or before there is one by the model that the project has chosen."""

    model: Path
    loss_on: str
    max_length: int | None
    """Tokens; None before there is a plan."""

    @property
    def key(self) -> str:
        """Changes when the tokenizer's files do."""
        stamps = [(name, *_stamp(self.model / name)) for name in TOKENIZER_FILES]
        return hashlib.sha256(repr((self.model, self.loss_on, self.max_length, stamps)).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Piece:
    """Tokens in a row that are of one kind."""

    kind: str
    """LEARNED, READ or CUT."""
    text: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One row. Its pieces end to end are what the chat template writes."""

    row: str
    pieces: tuple[Piece, ...]

    def tokens(self, kind: str) -> int:
        """How many are of this kind."""
        return sum(piece.tokens for piece in self.pieces if piece.kind == kind)

    @property
    def sentence(self) -> str:
        """31 tokens: 8 learned, 23 read before"""
        total = sum(piece.tokens for piece in self.pieces)
        cut = self.tokens(CUT)
        said = f"{total:,} tokens: {self.tokens(LEARNED):,} learned, {self.tokens(READ):,} read"
        return f"{said}, {cut:,} CUT OFF: the row is longer than the plan allows" if cut else said

    def document(self) -> dict[str, Any]:
        """For --json."""
        pieces = [{"kind": piece.kind, "tokens": piece.tokens, "text": piece.text} for piece in self.pieces]
        return {"row": self.row, "said": self.sentence, "pieces": pieces}


def reading(project: Project) -> Reading:
    """The plan's, or the defaults for the project's model. Raises ModelError when that has no chat template."""
    if project.settings().get("plan"):
        recipe = planned(project)
        return Reading(Path(recipe.model), recipe.loss_on, recipe.max_length)
    stored = project.text("model", "path") or BUILT_IN_NAME
    folder = BUILT_IN if stored == BUILT_IN_NAME else Path(stored)
    return Reading(folder, "assistant" if marks_generation(folder) else "completion", None)


def saved(project: Project, rows: Iterable[str], how: Reading) -> dict[str, Seen]:
    """Of these row ids, those that were looked at before; cheap."""
    wanted = set(rows)
    lines = (line for _, line in read_lines(_folder(project, how) / "seen.jsonl") if isinstance(line, dict))
    return {line["row"]: _seen(line) for line in lines if line.get("row") in wanted}


def tokens_seen(project: Project, rows: Sequence[Row]) -> list[Seen]:
    """Every one of `rows` as the trainer will see it; a few seconds for those not looked at before.

    Raises DataError when the chat template refuses a row, ModelError when the tokenizer cannot be loaded.
    """
    how = reading(project)
    known = saved(project, [row.id for row in rows], how)
    new = [{"row": row.id, "messages": row.messages, "tools": row.meta.get("tools")} for row in rows]
    job = {
        "model": str(how.model),
        "loss_on": how.loss_on,
        "max_length": how.max_length,
        "rows": [row for row in new if row["row"] not in known],
    }
    if job["rows"]:
        run_job("tokens", _folder(project, how), job, lambda: None)
        known |= saved(project, [row.id for row in rows], how)
    return [known[row.id] for row in rows]


def _seen(line: dict[str, Any]) -> Seen:
    return Seen(line["row"], tuple(Piece(*piece) for piece in line["pieces"]))


def _folder(project: Project, how: Reading) -> Path:
    return project.tokens / how.key


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
