"""What is wrong with a record, and where it stands."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

FIRST = 5
"""Places listed for each rule in a report; all of them are counted."""

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record begins in its file."""

    file: str
    line: int
    """From 1."""
    byte: int
    """Offset from the start of the file, a byte order mark included."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding of one rule about one record. An error leaves the row out; a warning should be looked at; a note says
    what reading the record has made of it."""

    rule: str
    message: str
    """What is wrong, with the value."""
    hint: str
    """The next thing to do."""
    severity: Severity = "error"


@dataclass(slots=True)
class Tally:
    """All problems of some files: counted in full, the first few of each rule kept with their places."""

    rows: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    first: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, place: Place, problems: Iterable[Problem]) -> None:
        """Counts the problems of one row; a rule that a row breaks twice counts once."""
        for problem in {problem.rule: problem for problem in reversed(tuple(problems))}.values():
            self.rows[problem.rule, problem.severity] += 1
            kept = self.first.setdefault(problem.rule, [])
            if len(kept) < FIRST:
                kept.append({"file": place.file, "line": place.line, "message": problem.message, "hint": problem.hint})

    def listed(self) -> list[dict[str, Any]]:
        """One entry a rule, errors first, the most frequent first."""
        order = sorted(self.rows.items(), key=lambda item: (item[0][1] != "error", -item[1], item[0][0]))
        return [
            {"rule": rule, "severity": severity, "rows": count, "first": self.first[rule]}
            for (rule, severity), count in order
        ]
