"""Verdicts: append-only logs of key presses, and what stands after all of them.

A log holds one JSON line a key press: `at` and `shown` (UTC: when it was pressed, when the card appeared), `queue`,
`version`, `row` (hash of the content, so that a verdict holds in every version with that row), `verdict`, and `reason`
or `before` and `after`; `reviewer`, `guideline` (its version), `words` of the row, and `sample` (which draw it came
from) where they are known. Undo is a line too, so that it reaches back over restarts. Each reader writes a log of
their own; each queue in it stands for itself.
"""

import fcntl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.durable import append_line, disk_errors, read_lines

VERDICTS = ("accept", "reject", "edit", "skip", "flag")
REASONS: Mapping[str, str] = {
    "wrong": "wrong answer",
    "incomplete": "incomplete",
    "style": "style or tone",
    "unsafe": "unsafe",
    "pii": "personal data",
    "duplicate": "duplicate",
    "label": "wrong label",
    "format": "wrong format",
    "other": "other",
}
"""Why a row is rejected: code -> in words. Few and fixed, one digit each, so that they can be counted."""
RANDOM = "random"
"""The queue that the bound rests on; no other enters it."""
RISK = "risk"
"""Rows that the automatic checks doubt."""
CANDIDATES = "candidates"
"""Made-up rows; none is learned that nobody approved."""
AGAIN = "again"
"""Rows of the random queue shown to their reader once more: whether one agrees with oneself."""
DISAGREEMENTS = "disagreements"
"""Rows that readers judged differently; a verdict here settles them."""
QUEUES = (RANDOM, RISK, CANDIDATES, AGAIN, DISAGREEMENTS)
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
    """Of an edit: the text as it was."""
    after: str | None = None
    part: str | None = None
    """Of an edit: which text of the row (engine.mending); None is the answer."""
    reviewer: str | None = None
    sample: str | None = None
    """Of the random queue: names the draw, so that files of another draw can be told."""
    words: int | None = None
    """Words that there were to read."""
    guideline: int | None = None
    """Version of the guideline that was in force."""

    @property
    def edits(self) -> bool:
        """Whether the row was changed."""
        return self.verdict == "edit" and self.after != self.before

    @property
    def bad(self) -> bool:
        """Whether the row should not be learned as it is."""
        return self.verdict in ("reject", "flag") or self.edits

    @property
    def said(self) -> str:
        """The verdict in words: reject (wrong answer)."""
        reason = REASONS.get(self.reason or "")
        return f"{self.verdict} ({reason})" if reason else self.verdict


_NUMBERS = ("words", "guideline")
_TEXTS = tuple(one.name for one in fields(Decision) if one.name not in _NUMBERS)
_ALWAYS = {"row", "verdict", "version", "at", "shown"}
_NEEDED = {verdict: _ALWAYS for verdict in VERDICTS} | {"edit": {*_ALWAYS, "before", "after"}}
"""What a line must say to count."""


class Verdicts:
    """What a log says of one queue. decide(...), undo(version), refresh(); `standing` of a row."""

    def __init__(self, path: Path, queue: str = RANDOM) -> None:
        self._path = path
        self.queue = queue
        self._position = 0
        self._of_row: dict[str, list[Decision]] = {}
        self.order: list[Decision] = []
        """Every decision that was not undone, oldest first."""
        self.changes = 0
        """Grows with every line that counts."""
        self.refresh()

    def standing(self, row: str) -> Decision | None:
        """The newest verdict on a row that was not undone."""
        said = self._of_row.get(row)
        return said[-1] if said else None

    def latest(self) -> dict[str, Decision]:
        """The standing verdict of each row, in the order in which the rows were first judged."""
        return {row: said[-1] for row, said in self._of_row.items() if said}

    def decide(self, decision: Decision) -> None:
        """Appends a decision; it is on the disk when this returns. Raises ResourceError when the disk refuses."""
        self._append(asdict(decision))

    def undo(self, version: str) -> Decision | None:
        """Takes the last decision back that was made on `version`, and returns it; None when there is none."""
        last = next((one for one in reversed(self.order) if one.version == version), None)
        if last:
            line = {"row": last.row, "verdict": _UNDO, "version": version, "at": now(), "of": last.at}
            self._append({**line, "reviewer": last.reviewer})
        return last

    def refresh(self) -> None:
        """Takes in what was appended since, by this or another process. Lines that are no verdicts are passed over."""
        for position, line in read_lines(self._path, self._position):
            self._position = position
            if isinstance(line, dict) and line.get("queue") == self.queue:
                self._fold(line)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the log, with what others wrote taken in: between a look and a verdict nobody else writes."""
        with disk_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            file = open(self._path, "ab")  # noqa: SIM115 - closed by the with below
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self.refresh()
            yield

    def _append(self, line: dict[str, Any]) -> None:
        with disk_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
        given = {name: value for name, value in line.items() if value is not None}
        append_line(self._path, {"queue": self.queue, **given})
        self.refresh()

    def _fold(self, line: dict[str, Any]) -> None:
        self.changes += 1
        said: dict[str, Any] = {name: line[name] for name in _TEXTS if isinstance(line.get(name), str)}
        verdict = said.get("verdict")
        if verdict == _UNDO and "row" in said:
            self._take_back(said["row"], line.get("of"))
        elif verdict in _NEEDED and said.keys() >= _NEEDED[verdict]:
            said |= {name: line[name] for name in _NUMBERS if type(line.get(name)) is int}
            decision = Decision(**said)
            self._of_row.setdefault(decision.row, []).append(decision)
            self.order.append(decision)

    def _take_back(self, row: str, at: Any) -> None:
        """The decision made at `at`, or else the last: files of one reader may have been merged in between."""
        said = self._of_row.get(row)
        if not said:
            return
        # Equal lines, of two processes in one millisecond, are as good as each other.
        place = next((n for n in range(len(said) - 1, -1, -1) if said[n].at == at), len(said) - 1)
        taken = said.pop(place)
        del self.order[max(at for at, decision in enumerate(self.order) if decision is taken)]


def settled(said: Collection[Decision], resolved: Decision | None = None) -> Decision:
    """The one verdict that counts for a row of several readers.

    What settled their disagreement; else a verdict against the row, as long as anyone gave one; else the newest. A skip
    counts where nobody gave a verdict.
    """
    if resolved:
        return resolved
    judged = [one for one in said if one.verdict != "skip"] or said
    return max(judged, key=lambda one: (one.bad, one.at))


def now() -> str:
    """The time as the log has it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
