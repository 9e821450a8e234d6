"""What a verdict is given on: the answers, the evidence beside them, and what follows from both."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.decide.evidence import Evidence, Weighed, precision, weigh
from engine.examples_needed import minimum_of

SHORT_SHARE = 0.2
"""Share of the examples in categories that are too small from which on they speak against tuning as a whole. A few rows
of a rare category do not: it is left out, or collected for."""
_NOISY = 0.05
"""Share of bad rows from which on cleaning does more than collecting."""
_NAMED = 3
"""Small categories that are named; the others are counted."""


@dataclass(frozen=True, slots=True)
class Case:
    """Answers by question (money in USD, shares of 1), None or absent where they are open."""

    answered: Mapping[str, Any]
    evidence: Evidence
    weighed: tuple[Weighed, ...]
    values: Mapping[str, Any]
    """What is followed: the answer, or the evidence in its place."""

    def get(self, question: str) -> Any:
        """What is followed of one question; None: it is open."""
        return self.values.get(question)

    def assuming(self, values: Mapping[str, Any]) -> "Case":
        """The case in which open questions were answered so."""
        return replace(self, values={**self.values, **values})

    @property
    def needed(self) -> int:
        """Unique examples that each category needs at least; 0 while the task is open."""
        return minimum_of(self.get("task")) if self.get("task") else 0

    @property
    def small(self) -> dict[str, int]:
        """Categories with fewer good examples than they need, the smallest first."""
        counted = self.evidence.counted
        if counted is None or counted.groups is None:
            return {}
        good = {name: counted.good(count) for name, count in counted.groups.items()}
        return {name: good[name] for name in sorted(good, key=lambda name: good[name]) if good[name] < self.needed}

    @property
    def too_small(self) -> bool:
        """Whether the size rules per category speak against tuning: unique groups where rows were counted, else the
        number that was answered, as one category."""
        counted = self.evidence.counted
        if counted is None or counted.groups is None:
            return bool(self.get("examples") < self.needed)
        whole = sum(counted.groups.values())
        return sum(counted.groups[name] for name in self.small) >= SHORT_SHARE * max(1, whole) and bool(self.small)

    @property
    def reached(self) -> bool:
        """Whether prompting, as it was measured, surely reaches what is good enough."""
        measured, target = self.evidence.measured, self.get("target_share")
        if measured is None or not measured.rates or not measured.judges or target is None:
            return False
        return measured.best[1].low >= float(target)

    @property
    def noisy(self) -> bool:
        """Whether the review expects more than one row in twenty to be bad."""
        counted = self.evidence.counted
        return counted is not None and (counted.bad_share or 0.0) > _NOISY

    @property
    def money(self) -> tuple[Any, Any, Any]:
        """(requests a month, what they cost a month today, what serving the tuned model may cost), None where open."""
        return self.get("requests_per_month"), self.get("spend_per_month"), self.get("tuned_spend_per_month")

    @property
    def saves(self) -> bool:
        """Whether the tuned model costs less a month by the person's numbers; yes where they are not given."""
        now, tuned = self.get("spend_per_month"), self.get("tuned_spend_per_month")
        return now is None or tuned is None or tuned < now

    def words(self) -> dict[str, str]:
        """What reasons and advice name in braces."""
        measured, target = self.evidence.measured, self.get("target_share")
        return {
            "examples": f"{self.get('examples') or 0:,}",
            "task": str(self.get("task") or "the task"),
            "needed": f"{self.needed:,}",
            "small": self._small_said(),
            "measured": measured.said if measured else "",
            "target": "" if target is None else f"{100 * float(target):g} %",
            "rows": self._rows_said(),
        }

    def _small_said(self) -> str:
        small, counted = self.small, self.evidence.counted
        if counted is None or counted.groups is None:
            return f"{self.get('examples') or 0:,} good examples"
        if len(counted.groups) == 1:
            return f"{next(iter(small.values()), 0):,} good examples"
        named = ", ".join(f"{name} {count:,}" for name, count in list(small.items())[:_NAMED])
        more = f" and {len(small) - _NAMED:,} more" if len(small) > _NAMED else ""
        return f"{len(small):,} of {len(counted.groups):,} categories ({named}{more})"

    def _rows_said(self) -> str:
        """Which rows to measure on, and how far the result can be trusted."""
        counted, examples = self.evidence.counted, self.get("examples")
        if counted and counted.validation:
            return (
                f"on the {counted.validation:,} validation rows (give or take {precision(counted.validation)} points)"
            )
        tenth = (counted.rows if counted else examples or 0) // 10
        if tenth >= 10:
            return f"on some {tenth:,} rows held out, a tenth (give or take {precision(tenth)} points)"
        return f"on rows held out (give or take {precision(97)} points with 97, {precision(385)} with 385)"


def make_case(answered: Mapping[str, Any], evidence: Evidence) -> Case:
    """The case of these answers by question and this evidence."""
    given = {name: value for name, value in answered.items() if value is not None}
    weighed = weigh(given, evidence)
    followed = {one.question: one.value for one in weighed if one.value is not None}
    return Case(given, evidence, weighed, {**given, **followed})
