"""Advice in words, the same on a screen and on a line of a command."""

from collections.abc import Iterator

from engine.decide.advice import Advice
from engine.decide.answers import in_words
from engine.decide.checklist import QUESTIONS
from engine.decide.evidence import Weighed

SHORT = {one.id: one.short for one in QUESTIONS}
SIDES = {"for": "for", "against": "AGAINST", "open": "open", "neither": "-"}
"""A signal's side in a table; what stands in the way in capitals, as colours may be missing."""


def said(advice: Advice) -> Iterator[tuple[str, str]]:
    """(title, line): what is open, reasons, evidence, what to try first, how to measure it, what would change it."""
    verdict = advice.verdict
    if advice.open:
        yield "not answered yet", ", ".join(SHORT[one] for one in advice.open)
    for line in verdict.reasons:
        yield "because", line
    for one in advice.weighed:
        yield "evidence", f"{SHORT[one.question]}: {weighed_in_words(one)}"
    yield "try first", verdict.first
    for line in verdict.measure:
        yield "measure it", line
    for line in verdict.changes:
        yield "would change it", line


def noted(advice: Advice) -> Iterator[tuple[str, str]]:
    """(title, line) of what to know either way."""
    for line in advice.verdict.notes:
        yield "to know", line


def weighed_in_words(one: Weighed) -> str:
    """Answer and evidence, which is followed, and why."""
    answered = "no answer" if one.answered is None else f"you said {in_words(one.question, one.answered)}"
    if one.followed == "answer":
        return f"{answered}, which is followed; the project shows: {one.text}, but {one.why}"
    if one.answered == one.shown:
        return f"{answered}, and the project shows the same: {one.text} ({one.why})"
    shown = f"the project shows {in_words(one.question, one.shown)}, which is followed"
    return f"{answered}; {shown}: {one.text} ({one.why})"


def signal_rows(advice: Advice) -> list[tuple[str, str, str]]:
    """(side, signal, reason) of every signal."""
    return [(SIDES[one.side], one.name, one.reason) for one in advice.signals]


def tree_rows(advice: Advice) -> list[tuple[str, str, str]]:
    """(question of the tree, its answer, where that leads); the branch taken is marked, what is behind it stays out."""
    rows: list[tuple[str, str, str]] = []
    mark = "HERE: " if advice.whole else "so far: "
    for number, one in enumerate(advice.tree, start=1):
        if one.taken == "not reached":
            rows.append((f"{number} {one.asks}", one.says, "not reached"))
        else:
            ends = one.taken == "ends here" or number == len(advice.tree)
            rows.append((f"{number} {one.asks}", one.says, f"{mark if ends else ''}{one.leads}"))
    return rows
