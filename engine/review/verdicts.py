"""Verdicts: an append-only log of key presses, and what stands after all of them.

reviews.jsonl holds one JSON line a key press: `at` and `shown` (UTC: when it was pressed, when the card appeared),
`queue`, `version`, `row` (hash of the content, so that a verdict holds in every version with that row), `verdict`, and
`reason` or `before` and `after`. Undo is a line too, so that it reaches back over restarts.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.durable import append_line, read_lines

VERDICTS = ("accept", "reject", "edit", "skip", "flag")
REASONS: Mapping[str, str] = {
    "wrong-answer": "wrong answer",
    "wrong-format": "wrong format",
    "unclear": "unclear or ambiguous",
    "off-topic": "off-topic, or not my task",
    "harmful": "harmful or private",
    "other": "other",
}
"""Why a row is rejected: code -> in words. Few and fixed, so that they can be counted."""
RANDOM = "random"
"""The queue that the bound rests on."""
_UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict on one row."""

    row: str
    verdict: str
    """One of VERDICTS."""
    version: str
    """The data version that was current."""
    at: str
    shown: str
    reason: str | None = None
    """Of a rejection: a key of REASONS."""
    before: str | None = None
    """Of an edit: the answer as it was."""
    after: str | None = None

    @property
    def edits(self) -> bool:
        """Whether the answer was changed."""
        return self.verdict == "edit" and self.after != self.before

    @property
    def bad(self) -> bool:
        """Whether the row should not be learned as it is."""
        return self.verdict in ("reject", "flag") or self.edits


_TEXTS = tuple(one.name for one in fields(Decision))
_ALWAYS = {"row", "verdict", "version", "at", "shown"}
_NEEDED = {verdict: _ALWAYS for verdict in VERDICTS} | {"edit": {*_ALWAYS, "before", "after"}}
"""What a line must say to count."""


class Verdicts:
    """What the log says. decide(...), undo(version), refresh(); `standing` of a row."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._position = 0
        self._of_row: dict[str, list[Decision]] = {}
        self.order: list[Decision] = []
        """Every decision that was not undone, oldest first."""
        self.refresh()

    def standing(self, row: str) -> Decision | None:
        """The newest verdict on a row that was not undone."""
        said = self._of_row.get(row)
        return said[-1] if said else None

    def decide(self, decision: Decision) -> None:
        """Appends a decision; it is on the disk when this returns. Raises ResourceError when the disk refuses."""
        self._append(asdict(decision))

    def undo(self, version: str) -> Decision | None:
        """Takes the last decision back that was made on `version`, and returns it; None when there is none."""
        last = next((one for one in reversed(self.order) if one.version == version), None)
        if last:
            self._append({"row": last.row, "verdict": _UNDO, "version": version, "at": now()})
        return last

    def refresh(self) -> None:
        """Takes in what was appended since, by this or another process. Lines that are no verdicts are passed over."""
        for position, line in read_lines(self._path, self._position):
            self._position = position
            if isinstance(line, dict) and line.get("queue") == RANDOM:
                self._fold(line)

    def _append(self, line: dict[str, Any]) -> None:
        append_line(self._path, {"queue": RANDOM, **{name: value for name, value in line.items() if value is not None}})
        self.refresh()

    def _fold(self, line: dict[str, Any]) -> None:
        said = {name: line[name] for name in _TEXTS if isinstance(line.get(name), str)}
        verdict = said.get("verdict")
        if verdict == _UNDO and "row" in said:
            self._take_back(said["row"])
        elif verdict in _NEEDED and said.keys() >= _NEEDED[verdict]:
            decision = Decision(**said)
            self._of_row.setdefault(decision.row, []).append(decision)
            self.order.append(decision)

    def _take_back(self, row: str) -> None:
        if self._of_row.get(row):
            # Equal lines, of two processes in one second, are as good as each other.
            taken = self._of_row[row].pop()
            place = max(at for at, decision in enumerate(self.order) if decision is taken)
            del self.order[place]


def now() -> str:
    """The time as the log has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
