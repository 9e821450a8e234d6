"""Decide: the checklist, and what answers and evidence say about fine-tuning, live from the first answer on."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.decide.advice import advise
from engine.decide.answers import check_value, in_words, read_answers
from engine.decide.checklist import QUESTIONS, Question
from engine.decide.record import are_the_samples
from engine.decide.verdict import SAID, next_question
from engine.deciding import advice, answer, answer_all, keep_up, take_back
from engine.errors import TunewrightError
from engine.journey import STEPS
from engine.sample import proposed
from tui.keys import Key, bindings
from tui.screens.ask import Ask, Choose
from tui.screens.decide_text import question_text, said_text, signal_text, weighed_of, whole_text
from tui.screens.panel import SHORT, Panel
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

FIRST = "first"
"""The line above the questions, where there is one; the others are named by their question."""
ROOMY = [*SHORT, (34, "-roomy")]
"""From 34 rows on the signals stand below the questions."""
_BY_ID = {one.id: one for one in QUESTIONS}
_NEEDED = sum(not one.optional for one in QUESTIONS)


class DecideScreen(StepScreen):
    """Answers are saved when they are given; each one moves the verdict so far."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "decide.tcss"]
    VERTICAL_BREAKPOINTS = ROOMY
    STEP = "decide"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("v", "verdict", "verdict", "the whole verdict: signals, decision tree, what to try first, the four ways"),
        Key("u", "undo", "undo", "take back the last answer given here"),
        Key("c", "costs", "costs", "the what-if: what it would cost, and when it would pay back"),
        Key("f", "fill", "fill in", "fill in the sample's answers, in the sample project", shown=False),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "Nine answers decide; the optional ones give your break-even, and the bar that prompting is measured against. "
        "What the project shows later, rows counted, rows read, prompting measured, takes the place of an answer where "
        "it is the better of the two; both are shown. When the verdict is not to tune you can still go on: w, with "
        "your reason."
    )

    def __init__(self) -> None:
        super().__init__()
        self._advice = advise({})
        self._sample: Path | None = None
        """The project's proposed answers, a file."""
        self._undo: list[dict[str, Any]] = []
        """What was answered before, of the questions that were answered here."""
        self._opened = False

    def body(self) -> Iterable[Widget]:
        yield Painted(id="title", classes="title")
        yield Lines(id="questions")
        yield Prose(id="detail")
        yield Painted(id="signals")

    def watched(self) -> Sequence[Path]:
        return (*super().watched(), self.project.reviews)

    def reload(self) -> None:
        behind = ""
        try:
            self._advice = advice(self.project)
            keep_up(self.project, self._advice)
        except TunewrightError as error:
            behind = f"the gate is behind the answers: {error.message}"
        super().reload()
        if behind and self.status is not None:
            self.say(behind)

    def reload_body(self) -> None:
        marked = self._marked()
        file = proposed(self.project).answers
        self._sample = Path(file) if file else None
        names = self._names()
        cursor = names.index(marked) if self._opened and marked in names else self._next_after(FIRST)
        self._opened = True
        self.query_one("#questions", Lines).show([self._line(name) for name in names], cursor)
        self._show_detail()
        self.query_one("#title", Painted).show([self._title()])
        head = row(("What speaks for tuning, and against it", "head"))
        self.query_one("#signals", Painted).show([head, *signal_text(self._advice)])

    # What is shown.

    def _names(self) -> list[str]:
        first = [FIRST] if self._advice.whole or self._sample else []
        return [*first, *_BY_ID]

    def _next_after(self, name: str) -> int:
        """The line to go to from `name`: the next question that is open, the first line when there is none."""
        names = self._names()
        if name == FIRST and FIRST in names and (self._advice.whole or not self._advice.answers):
            return 0
        following = next_question(self._advice.values, None if name == FIRST else name)
        return names.index(following) if following else 0

    def _title(self) -> Row:
        found = self._advice
        given = f"{_NEEDED - len(found.open)} of {_NEEDED}"
        if not found.values:
            return row((STEPS[self.STEP].asks, "head"), f"   so far {given} needed answers")
        if not found.whole:
            return row((f"So far: {found.so_far}", "strong"), f" · {given} answers · v shows why")
        role = "good" if found.verdict.name == "fine-tune" else "bad"
        whose = "the sample's" if are_the_samples(found.answers, self._sample) else "your"
        evidence = any(one.followed == "evidence" for one in found.weighed)
        by = "by evidence too" if evidence else f"by {whose} answers"
        return row(("Verdict: ", "strong"), (SAID[found.verdict.name], role), (f" ({by})", "dim"))

    def _line(self, name: str) -> Row:
        if name == FIRST:
            return self._first_line()
        question, given = _BY_ID[name], self._advice.answers.get(name)
        shown = weighed_of(self._advice, name)
        if shown is not None and shown.followed == "evidence" and shown.shown != given:
            said = "no answer" if given is None else in_words(name, given)
            return row(f"✓ {question.short:<31}{said:<15}shown: {in_words(name, shown.shown)}, which is followed")
        if given is not None:
            meaning = dict(question.choices).get(given, "")
            return row(f"✓ {question.short:<31}{in_words(name, given):<15}{meaning}")
        waits = self._advice.open[:1] == (name,)
        mark, state = (">", "next") if waits else (" ", "optional" if question.optional else "open")
        return row((f"{mark} {question.short:<31}{state}", "strong" if waits else ""))

    def _first_line(self) -> Row:
        if not self._advice.whole:
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
            return question_text(_BY_ID[name], self._advice)
        if self._advice.whole:
            return said_text(self._advice)
        return [
            row("This project was made from the sample, a help-desk that sorts tickets; its answers come with it."),
            row("Enter fills in all of them; each can be changed after."),
        ]

    def copied(self) -> str:
        name = self._marked()
        if name == FIRST:
            return f"verdict: {SAID[self._advice.verdict.name]}" if self._advice.whole else str(self._sample)
        given = self._advice.answers.get(name)
        return _BY_ID[name].text if given is None else in_words(name, given)

    # What is done.

    @on(Lines.Chosen, "#questions")
    def _chosen(self) -> None:
        name = self._marked()
        if name != FIRST:
            self._ask_for(_BY_ID[name])
        elif not self._advice.whole:
            self.action_fill()
        elif self.status is not None and self.status.open:
            self.action_verdict()
        else:
            self.action_next()

    def _ask_for(self, question: Question) -> None:
        before, shown = self._advice.answers.get(question.id), weighed_of(self._advice, question.id)
        why = [row(question.why), *([row(("The project shows: ", "strong"), shown.text)] if shown else [])]
        if question.choices:
            rows = [row((f"{in_words(question.id, one):<15}", "strong"), meaning) for one, meaning in question.choices]
            values = [choice for choice, _ in question.choices]
            given = values.index(before) if before in values else 0
            now = [row(("Answered so far: ", "dim"), in_words(question.id, before))] if before is not None else []
            choose = Choose(question.text, rows, [*why, *now], given)
            self.choose(choose, lambda number: self._answer(question.id, values[number]))
            return
        check = partial(check_value, question.id)
        if question.optional:
            why.append(row("Optional: leave it empty for no answer."))
        ask = Ask(question.text, why, "" if before is None else in_words(question.id, before), check)
        self.ask(ask, lambda text: self._answer(question.id, check(text)))

    def _answer(self, name: str, value: Any) -> None:
        before = self._advice.answers.get(name)
        if before == value:
            return
        answer(self.project, {name: value})
        self._undo.append({name: before})
        if before is None:
            self._go_on_from(name)
        else:
            self.reload()

    def _go_on_from(self, name: str) -> None:
        was_open = not self._advice.whole
        self.reload()
        if was_open and self._advice.whole:
            self.query_one("#questions", Lines).move_to(0)
            self.action_verdict()
        else:
            self.query_one("#questions", Lines).move_to(self._next_after(name))

    def action_fill(self) -> None:
        if self._sample is None or self._advice.whole:
            self.say("only a project made from the sample has answers to fill in, while some are open")
            return
        before = {name: self._advice.answers.get(name) for name in _BY_ID}
        answer_all(self.project, read_answers(self._sample))
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

    def action_costs(self) -> None:
        from tui.screens.whatif import WhatIfScreen

        self.app.push_screen(WhatIfScreen(self.project))

    def action_verdict(self) -> None:
        found = self._advice
        title = f"Verdict: {SAID[found.verdict.name]}" if found.whole else found.in_short.capitalize()
        self.app.push_screen(Panel(title, whole_text(found, self.app.size.width)))
