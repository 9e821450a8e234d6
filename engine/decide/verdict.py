"""The verdict: a decision tree in a fixed order, where every objection found is told, not only the one that decides.

The order: was a better prompt tried, is knowledge missing, are there examples enough, is the task defined and stable,
does anything that tuning can mend remain. Thresholds are the field's: under 50 examples few-shot, from 100 on tuning.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.decide.answers import Answers, check_answers
from engine.decide.checklist import QUESTIONS, Question

Name = Literal["fine-tune", "rag-first", "few-shot", "prompting"]

SAID: Mapping[Name, str] = {
    "fine-tune": "fine-tune",
    "rag-first": "retrieval (RAG) first, not fine-tuning",
    "few-shot": "examples in the prompt (few-shot), not fine-tuning",
    "prompting": "stay with prompting, not fine-tuning",
}
"""The verdicts in words."""
FEW = 50
"""Examples under which tuning has too little to learn from."""
ENOUGH = 100
"""Examples from which on tuning is considered for any task."""
OLD_THRESHOLD = 100_000
"""Requests a month from which on tuning used to pay by itself; shown beside the user's own break-even."""
SMALL_TASKS = ("classification", "style")
"""Tasks for which FEW to ENOUGH examples can do."""


@dataclass(frozen=True, slots=True)
class Objection:
    """Something that speaks against tuning now."""

    verdict: Name
    """What to do instead."""
    applies: Callable[[Answers], bool]
    reason: str
    """May name answers in braces."""
    change: str
    """What would lift it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    name: Name
    reasons: tuple[str, ...]
    changes: tuple[str, ...]
    """What would change the verdict."""
    notes: tuple[str, ...]
    """What to know either way: common errors that these answers come near, and the break-even."""


def _few_for_the_task(answers: Answers) -> bool:
    small = answers.task in SMALL_TASKS and answers.prompting == "plateaued"
    return FEW <= answers.examples < ENOUGH and not small


OBJECTIONS: tuple[Objection, ...] = (
    Objection(
        "prompting",
        lambda answers: answers.prompting == "not_tried",
        "no serious prompt was tried: that is minutes of work, and the baseline which tuning would have to beat",
        "write the best prompt you can, with examples in it, and measure it on held-out rows",
    ),
    Objection(
        "rag-first",
        lambda answers: (
            answers.knowledge == "needed" or (answers.failure, answers.knowledge) == ("knowledge", "retrieved")
        ),
        "facts are missing, and fine-tuning adjusts behaviour, not knowledge: retrieval brings facts and updates them",
        "put retrieval in place and improve it; if form or style still fail with the facts in the prompt, tune then",
    ),
    Objection(
        "rag-first",
        lambda answers: (answers.failure, answers.knowledge) == ("knowledge", "not_needed"),
        "knowledge is what fails, though none is said to be needed from outside: tuning will not add it",
        "find out which facts are missing; put them into the prompt, by retrieval if they are many",
    ),
    Objection(
        "few-shot",
        lambda answers: answers.examples < FEW,
        "{examples} good examples are under 50: a few of them in the prompt do as well as tuning on all",
        "collect 100 or more good examples",
    ),
    Objection(
        "few-shot",
        _few_for_the_task,
        "{examples} good examples (50 to 99) are worth tuning only for simple classification or style, and only when "
        "prompting was measured and has plateaued",
        "collect 100 or more; or, for classification or style, measure that prompting has plateaued",
    ),
    Objection(
        "prompting",
        lambda answers: answers.agreement == "no",
        "two experts would not give the same answer: there is no definition of a correct output to learn or to measure",
        "write down what a correct answer is, until two people label alike",
    ),
    Objection(
        "prompting",
        lambda answers: answers.changes == "weekly",
        "the requirements change weekly: a prompt follows in a minute, a tuned model in days",
        "wait until the task stays the same for months, or tune only the part that does",
    ),
    Objection(
        "prompting",
        lambda answers: answers.failure == "nothing",
        "prompting works: there is nothing for tuning to mend",
        "cost, latency, or a failure that was measured",
    ),
    Objection(
        "prompting",
        lambda answers: answers.failure == "quality" and answers.prompting != "plateaued",
        "answers are wrong, but it was not measured that better prompts no longer help",
        "measure prompts on an evaluation set until they no longer improve",
    ),
    Objection(
        "prompting",
        lambda answers: answers.failure == "cost" and not _saves(answers),
        "cost is the reason, and by your own numbers the tuned model does not cost less a month",
        "more requests, a dearer prompt, or cheaper serving of the tuned model",
    ),
)

_GOOD_REASONS = {
    "format": "the output form is not held by prompting: that is behaviour, which tuning changes well",
    "style": "tone and wording are not held by prompting: that is behaviour, which tuning changes well",
    "quality": "prompting has plateaued, and that was measured",
    "cost": "a smaller tuned model with a short prompt can cost less a request",
    "latency": "a smaller tuned model with a short prompt answers faster",
}


def missing(given: Mapping[str, Any]) -> tuple[Question, ...]:
    """The questions that a verdict needs and `given`, answers by question, does not answer."""
    return tuple(one for one in QUESTIONS if not one.optional and given.get(one.id) is None)


def next_question(given: Mapping[str, Any], after: str | None = None) -> str | None:
    """Id of the question to ask next: the first open one behind `after`, else the first; None when all are answered.

    Those that a verdict needs come before the optional ones.
    """
    order = [one.id for one in QUESTIONS]
    waiting = [one.id for one in missing(given)] or [one for one in order if given.get(one) is None]
    behind = waiting if after is None else [one for one in waiting if order.index(one) > order.index(after)]
    return next(iter(behind or waiting), None)


def verdict_on(given: Mapping[str, Any]) -> Verdict | None:
    """The verdict on answers by question; None while one that it needs is missing. Raises UsageError for others."""
    return None if missing(given) else decide(check_answers(given))


def decide(answers: Answers) -> Verdict:
    """The verdict: that of the first objection in order, or fine-tune where there is none."""
    found = [objection for objection in OBJECTIONS if objection.applies(answers)]
    notes = tuple(_notes(answers, tunes=not found))
    if found:
        reasons = tuple(objection.reason.format(examples=answers.examples) for objection in found)
        return Verdict(found[0].verdict, reasons, tuple(objection.change for objection in found), notes)
    reasons = (
        _GOOD_REASONS[answers.failure],
        f"{answers.examples:,} good examples, a stable task and a definition of a correct answer are at hand",
    )
    changes = (
        "a prompt with examples that the tuned model does not beat on the test set",
        "requirements that start to change often",
    )
    return Verdict("fine-tune", reasons, changes, notes)


def _saves(answers: Answers) -> bool:
    """Whether the tuned model costs less a month by the user's numbers; yes where they are not given."""
    now, tuned = answers.spend_per_month, answers.tuned_spend_per_month
    return now is None or tuned is None or tuned < now


def _notes(answers: Answers, *, tunes: bool) -> list[str]:
    notes = [_break_even(answers)]
    if answers.examples > 5_000:
        notes.append("more data is not always better: 100 great examples beat 1,000 noisy ones; review before adding")
    if tunes:
        notes.append("a low training loss is not success: only held-out rows against the baseline tell")
    if tunes and answers.examples < 500:
        notes.append("little data does not mean low cost: cleaning, evaluation and two or three reruns dominate")
    if answers.data_may_leave == "no":
        notes.append("the data stays here: training and serving on your own machine")
    return notes


def _break_even(answers: Answers) -> str:
    requests, now, tuned = answers.requests_per_month, answers.spend_per_month, answers.tuned_spend_per_month
    side = "over" if requests > OLD_THRESHOLD else "not over"
    rule = f"{requests:,} requests a month are {side} the old threshold of {OLD_THRESHOLD:,}, which seldom holds alone"
    if now is None or tuned is None or not requests or not now:
        return f"{rule}; with what you pay now and what serving may cost, your own break-even is computed here"
    volume = tuned * requests / now
    own = f"{rule}; by your numbers the tuned model's monthly cost is covered from {volume:,.0f} requests a month on"
    if answers.training_budget is None or tuned >= now:
        return own
    return f"{own}, and training is paid back in {answers.training_budget / (now - tuned):,.1f} months (estimated)"
