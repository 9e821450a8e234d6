"""What Decide shows of an advice, as rows."""

import textwrap
from collections.abc import Iterable
from itertools import zip_longest

from engine.decide.advice import BEHAVIOUR, Advice
from engine.decide.answers import in_words
from engine.decide.checklist import OPTIONS, Question
from engine.decide.evidence import Weighed
from engine.decide.telling import noted, said, signal_rows, tree_rows, weighed_in_words
from engine.journey import by_step
from tui.widgets.painted import Row, row

_SIDE = {"for": "good", "AGAINST": "bad"}
_FORMS = {"count": "a whole number", "money": "an amount in USD, optional", "share": "80% or 0.8, optional"}


def weighed_of(advice: Advice, question: str) -> Weighed | None:
    """What the project shows of one question."""
    return next((one for one in advice.weighed if one.question == question), None)


def question_text(question: Question, advice: Advice) -> list[Row]:
    """What is asked, why it matters, what may be answered, and what the project shows of it."""
    # In one role: each change of role costs some forty bytes, at every key.
    choices = [f"{in_words(question.id, one)}: {means}" if means else one for one, means in question.choices]
    shown = weighed_of(advice, question.id)
    evidence = [row(("Evidence: ", "strong"), weighed_in_words(shown))] if shown else []
    asked = [row((question.text, "strong")), row(question.why)]
    return [*asked, *evidence, row(" · ".join(choices) or _FORMS[question.kind])]


def said_text(advice: Advice) -> list[Row]:
    """Reasons, evidence, what to try first and how to measure it, what would change the verdict."""
    return _titled(said(advice))


def _titled(lines: Iterable[tuple[str, str]]) -> list[Row]:
    return [row((f"{title.capitalize()}: ", "strong"), by_step(line)) for title, line in lines]


def signal_text(advice: Advice) -> list[Row]:
    """What speaks for tuning and against it, a line each."""
    rows = signal_rows(advice)
    return [row((f"{side:<9}", _SIDE.get(side, "")), (f"{name}: ", "strong"), by_step(why)) for side, name, why in rows]


def whole_text(advice: Advice, width: int) -> list[Row]:
    """The whole verdict in `width` cells: reasons, signals, decision tree, the four ways."""
    head = [row(("The signals", "head"))]
    branches = [row(asks, " ", (f"{says}", "strong"), f" > {leads}") for asks, says, leads in tree_rows(advice)]
    tree = [row(""), row(("The decision tree", "head")), *branches]
    ways = [row(""), row(("The four ways, side by side", "head")), *options_text(width), row(BEHAVIOUR)]
    notes = _titled(noted(advice))
    known = [row(""), *notes] if notes else []
    return [*said_text(advice), row(""), *head, *signal_text(advice), *tree, *known, *ways]


def options_text(width: int) -> list[Row]:
    """The four ways as a table of `width` cells: what each is good for, and its limit."""
    column = max(10, (width - 14) // 2 - 2)
    rows = [row((f"{'':<13}{'good for':<{column + 2}}limit", "dim"))]
    for one in OPTIONS:
        cells = zip_longest(textwrap.wrap(one.good_for, column), textwrap.wrap(one.limit, column), fillvalue="")
        for number, (good, limit) in enumerate(cells):
            rows.append(row((f"{'' if number else one.name:<13}", "strong"), f"{good:<{column + 2}}{limit}"))
    return rows
