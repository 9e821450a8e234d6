"""Benchmark files as a person has them: the questions in them, whatever the file calls them."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from engine.data.masking import mask_text
from engine.data.read import open_regular, records, sha256_of
from engine.data.records import AS_FOUND, How, Progress, lines, no_progress
from engine.errors import DataError
from engine.safe_text import one_line

_QUESTIONS = (
    "turns",
    "question",
    "prompt",
    "instruction",
    "problem",
    "query",
    "messages",
    "conversations",
    "input",
    "text",
)
"""Where benchmarks keep what they ask, the first that is there: MT-Bench has turns, GSM8K and most a question."""
_ANSWERS = ("answer", "output", "completion", "response", "solution", "target", "reference")
_SAMPLE = 200


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a benchmark, or one of its turns."""

    place: str
    """FILE:LINE"""
    question: str
    answer: str = ""
    """Empty where the file has none."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A file of questions."""

    path: Path
    sha256: str
    column: str
    """Where its questions were found."""
    items: tuple[Item, ...]
    unread: int
    """Records without a question, or that cannot be read."""

    def document(self) -> dict[str, Any]:
        """For reports."""
        said = {"file": mask_text(self.path.name), "sha256": self.sha256, "column": self.column}
        return {**said, "questions": len(self.items), "unread": self.unread}


def read_benchmark(
    path: Path, column: str | None = None, how: How = AS_FOUND, progress: Progress = no_progress
) -> Benchmark:
    """The questions in `path`: any readable format, or plain text with a question a line.

    `column` names where they are; None: it is found. `progress` gets bytes. Raises DataError when there are none,
    ChoiceNeeded where `how` must say how to read it.
    """
    digest = sha256_of(path)
    if path.suffix.lower() == ".txt":
        return _whole(Benchmark(path, digest, "lines", tuple(_text_lines(path)), 0))
    found = column or _column(path, how)
    items: list[Item] = []
    unread = 0
    for record in records(path, progress, how):
        value = record.value if isinstance(record.value, dict) else {}
        questions = list(_questions(value, found))
        unread += not questions
        place = f"{path.name}:{record.place.line}"
        items += [Item(place, question, _answer(value)) for question in questions]
    return _whole(Benchmark(path, digest, found, tuple(items), unread))


def _whole(benchmark: Benchmark) -> Benchmark:
    if benchmark.items:
        return benchmark
    hint = "name the column of the questions: --column NAME"
    raise DataError(f"no question in {one_line(benchmark.column, 60)!r}", hint=hint, where=str(benchmark.path))


def _text_lines(path: Path) -> Iterator[Item]:
    with open_regular(path) as file:
        for line in lines(file):
            text = (line.text or b"").decode("utf-8", "replace").strip()
            if text:
                yield Item(f"{path.name}:{line.number}", text)


def _column(path: Path, how: How) -> str:
    """The first known name that holds a question in one of the first records."""
    first = [record.value for record in islice(records(path, how=how), _SAMPLE) if isinstance(record.value, dict)]
    for name in _QUESTIONS:
        if any(next(_questions(value, name), None) for value in first):
            return name
    columns = ", ".join(one_line(mask_text(name), 40) for name in dict.fromkeys(key for one in first for key in one))
    hint = f"name the column of the questions: --column NAME; there are {columns or 'none'}"
    raise DataError("no column of questions is known in it", hint=hint, where=str(path))


def _questions(value: dict[str, Any], column: str) -> Iterator[str]:
    """What is asked in a record: a text, each of several turns, or what the user says in a conversation."""
    held = value.get(column)
    extra = value.get("input") if column == "instruction" else None
    if isinstance(held, str) and held.strip():
        yield f"{held}\n{extra}" if isinstance(extra, str) and extra.strip() else held
    elif isinstance(held, list):
        for turn in held:
            said = turn if isinstance(turn, str) else _asked(turn)
            if said and said.strip():
                yield said


def _asked(turn: Any) -> str | None:
    """What a turn of the user says."""
    if not isinstance(turn, dict) or turn.get("role", turn.get("from")) not in ("user", "human"):
        return None
    said = turn.get("content", turn.get("value"))
    return said if isinstance(said, str) else None


def _answer(value: dict[str, Any]) -> str:
    held = next((value[name] for name in _ANSWERS if isinstance(value.get(name), str)), "")
    return str(held)
