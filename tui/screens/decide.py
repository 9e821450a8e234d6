"""Decide: the checklist, and what it says about fine-tuning."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.decide.answers import check_value, read_answers
from engine.decide.checklist import OPTIONS, QUESTIONS, Question
from engine.decide.record import are_the_samples, record_answer, record_verdict, stored_answers, take_back
from engine.decide.verdict import SAID, Verdict, missing, next_question, verdict_on
from engine.journey import STEPS
from engine.sample import proposed
from tui.keys import Key, bindings
from tui.screens.ask import Ask, Choose
from tui.screens.panel import Panel
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

FIRST = "first"
"""The line above the questions, where there is one; the others are named by their question."""
_BY_ID = {one.id: one for one in QUESTIONS}
_NEEDED = sum(not one.optional for one in QUESTIONS)


class DecideScreen(StepScreen):
    """Answers are saved when they are given; the verdict is there as soon as those that it needs are."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "decide.tcss"]
    STEP = "decide"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("v", "verdict", "verdict", "the whole verdict, and the four ways side by side"),
        Key("u", "undo", "undo", "take back the last answer given here"),
        Key("f", "fill", "fill in", "fill in the sample's answers, in the sample project", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "Nine answers decide, three more give your break-even. Fine-tuning changes behaviour and adds no knowledge; "
        "a prompt is cheaper to change. When the verdict is not to tune you can still go on: w, with your reason."
    )

    def __init__(self) -> None:
        super().__init__()
        self._answers: Mapping[str, Any] = {}
        self._sample: Path | None = None
        """The project's proposed answers, a file."""
        self._verdict: Verdict | None = None
        self._undo: list[dict[str, Any]] = []
        """What was answered before, of the questions that were answered here."""
        self._opened = False

    def body(self) -> Iterable[Widget]:
        yield Painted(id="title", classes="title")
        yield Lines(id="questions")
        yield Prose(id="detail")

    def reload_body(self) -> None:
        marked = self._marked()
        self._answers = stored_answers(self.project)
        file = proposed(self.project).answers
        self._sample = Path(file) if file else None
        self._verdict = verdict_on(self._answers)
        names = self._names()
        cursor = names.index(marked) if self._opened and marked in names else self._next_after(FIRST)
        self._opened = True
        self.query_one("#questions", Lines).show([self._line(name) for name in names], cursor)
        self._show_detail()
        self.query_one("#title", Painted).show([self._title()])

    # What is shown.

    def _names(self) -> list[str]:
        first = [FIRST] if self._verdict or self._sample else []
        return [*first, *_BY_ID]

    def _next_after(self, name: str) -> int:
        """The line to go to from `name`: the next question that is open, the first line when there is none."""
        names = self._names()
        if name == FIRST and FIRST in names and (self._verdict or not self._answers):
            return 0
        following = next_question(self._answers, None if name == FIRST else name)
        return names.index(following) if following else 0

    def _title(self) -> Row:
        if self._verdict is None:
            given = _NEEDED - len(missing(self._answers))
            return row((STEPS[self.STEP].asks, "head"), f"   so far {given} of {_NEEDED} needed answers")
        role = "good" if self._verdict.name == "fine-tune" else "bad"
        whose = "the sample's" if are_the_samples(self._answers, self._sample) else "your"
        return row(("Verdict: ", "strong"), (SAID[self._verdict.name], role), (f" (by {whose} answers)", "dim"))

    def _line(self, name: str) -> Row:
        if name == FIRST:
            return self._first_line()
        question, answer = _BY_ID[name], self._answers.get(name)
        if answer is not None:
            meaning = dict(question.choices).get(answer, "")
            return row(f"✓ {question.short:<31}{said(answer):<15}{meaning}")
        waits = [one.id for one in missing(self._answers)][:1] == [name]
        mark, state = (">", "next") if waits else (" ", "optional" if question.optional else "open")
        return row((f"{mark} {question.short:<31}{state}", "strong" if waits else ""))

    def _first_line(self) -> Row:
        if self._verdict is None:
            return row(("Fill in the sample's answers", "strong"), " (they are the sample's, not yours)")
        if self.status is None or not self.status.open:
            return row(("Go on: bring your data", "strong"), " (Data)")
        return row(("Read the verdict", "strong"), "; w goes on against it, with your reason")

    def _marked(self) -> str:
        names, cursor = self._names(), self.query_one("#questions", Lines).cursor
        return names[min(cursor, len(names) - 1)]

    @on(Lines.Highlighted, "#questions")
    def _show_detail(self) -> None:
        self.query_one("#detail", Prose).show(self.topic())

    def topic(self) -> list[Row]:
        name = self._marked()
        if name != FIRST:
            return question_text(_BY_ID[name])
        if self._verdict:
            return verdict_text(self._verdict)
        return [
            row("This project was made from the sample, a help-desk that sorts tickets; its answers come with it."),
            row("Enter fills in all of them; each can be changed after."),
        ]

    def copied(self) -> str:
        name = self._marked()
        if name == FIRST:
            return f"verdict: {SAID[self._verdict.name]}" if self._verdict else str(self._sample)
        return said(self._answers.get(name, "")) or _BY_ID[name].text

    # What is done.

    @on(Lines.Chosen, "#questions")
    def _chosen(self) -> None:
        name = self._marked()
        if name != FIRST:
            self._ask_for(_BY_ID[name])
        elif self._verdict is None:
            self.action_fill()
        elif self.status is not None and self.status.open:
            self.action_verdict()
        else:
            self.action_next()

    def _ask_for(self, question: Question) -> None:
        before = self._answers.get(question.id)
        why = [row(question.why)]
        if question.choices:
            rows = [row((f"{said(choice):<15}", "strong"), meaning) for choice, meaning in question.choices]
            values = [choice for choice, _ in question.choices]
            given = values.index(before) if before in values else 0
            now = [row(("Answered so far: ", "dim"), said(before))] if before is not None else []
            choose = Choose(question.text, rows, [*why, *now], given)
            self.choose(choose, lambda number: self._answer(question.id, values[number]))
            return
        check = partial(check_value, question.id)
        if question.optional:
            why.append(row("Optional: leave it empty for no answer."))
        ask = Ask(question.text, why, "" if before is None else said(before), check)
        self.ask(ask, lambda text: self._answer(question.id, check(text)))

    def _answer(self, name: str, value: Any) -> None:
        before = self._answers.get(name)
        if before == value:
            return
        record_answer(self.project, name, value)
        self._undo.append({name: before})
        self._go_on_from(name)

    def _go_on_from(self, name: str) -> None:
        was_open = self._verdict is None
        self.reload()
        if was_open and self._verdict:
            self.query_one("#questions", Lines).move_to(0)
            self.action_verdict()
        else:
            self.query_one("#questions", Lines).move_to(self._next_after(name))

    def action_fill(self) -> None:
        if self._sample is None or self._verdict is not None:
            self.say("only a project made from the sample has answers to fill in, while some are open")
            return
        before = {name: self._answers.get(name) for name in _BY_ID}
        answers = read_answers(self._sample)
        with self.project.changing("decide"):
            record_verdict(self.project, answers)
        self._undo.append(before)
        self._go_on_from(FIRST)

    def action_undo(self) -> None:
        if not self._undo:
            self.say("there is nothing to undo: no answer was given since this step was opened")
            return
        take_back(self.project, self._undo[-1])
        before = self._undo.pop()
        self.reload()
        self.query_one("#questions", Lines).move_to(self._names().index(next(iter(before))))

    def action_verdict(self) -> None:
        if self._verdict:
            title, text = f"Verdict: {SAID[self._verdict.name]}", verdict_text(self._verdict)
        else:
            title = "No verdict yet"
            text = [row("Not answered yet: ", ", ".join(one.short for one in missing(self._answers)))]
        ways = options_text(self.app.size.width)
        self.app.push_screen(Panel(title, [*text, row(""), row(("The four ways, side by side", "strong")), *ways]))


def said(answer: Any) -> str:
    """An answer as a person reads it."""
    return f"{answer:,}" if isinstance(answer, int | float) else str(answer).replace("_", " ")


def question_text(question: Question) -> list[Row]:
    """What is asked, why it matters, and what may be answered."""
    # In one role: each change of role costs some forty bytes, at every key.
    choices = [f"{said(choice)}: {meaning}" if meaning else said(choice) for choice, meaning in question.choices]
    number = "a whole number" if question.kind == "count" else "an amount in USD, optional"
    return [row((question.text, "strong")), row(question.why), row(" · ".join(choices) or number)]


def verdict_text(verdict: Verdict) -> list[Row]:
    """Reasons, what would change it, and what to know either way."""
    told = (("Because", verdict.reasons), ("Would change it", verdict.changes), ("To know", verdict.notes))
    return [row(f"{title}: {line}") for title, lines in told for line in lines]


def options_text(width: int) -> list[Row]:
    """The four ways as a table of `width` cells: what each is good for, and its limit."""
    column = max(10, (width - 14) // 2 - 2)
    rows = [row((f"{'':<13}{'good for':<{column + 2}}limit", "dim"))]
    for one in OPTIONS:
        cells = zip_longest(textwrap.wrap(one.good_for, column), textwrap.wrap(one.limit, column), fillvalue="")
        for number, (good, limit) in enumerate(cells):
            rows.append(row((f"{'' if number else one.name:<13}", "strong"), f"{good:<{column + 2}}{limit}"))
    return rows
