"""The verdict: that of the first objection that holds, where every one is told, not only the one that decides."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.decide.answers import Answers
from engine.decide.case import Case, make_case
from engine.decide.checklist import QUESTIONS, Question
from engine.decide.evidence import NOTHING, Evidence
from engine.decide.notes import notes
from engine.decide.objections import OBJECTIONS, Name, Objection, state_of

SAID: Mapping[Name, str] = {
    "fine-tune": "fine-tune",
    "rag-first": "retrieval (RAG) first, not fine-tuning",
    "few-shot": "examples in the prompt (few-shot), not fine-tuning",
    "prompting": "stay with prompting, not fine-tuning",
}
"""The verdicts in words."""


@dataclass(frozen=True, slots=True)
class Verdict:
    name: Name
    because: tuple[str, ...]
    """Ids of the objections that hold, the deciding one first; empty where nothing speaks against tuning."""
    reasons: tuple[str, ...]
    changes: tuple[str, ...]
    """What would change the verdict."""
    first: str
    """What to try first."""
    measure: tuple[str, ...]
    """How to measure whether that is enough."""
    notes: tuple[str, ...]
    """What to know either way: common errors that these answers come near, and the break-even."""


_GOOD_REASONS = {
    "format": "the output form is not held by prompting: that is behaviour, which tuning changes well",
    "style": "tone and wording are not held by prompting: that is behaviour, which tuning changes well",
    "quality": "prompting has plateaued, and that was measured",
    "cost": "a smaller tuned model with a short prompt can cost less a request",
    "latency": "a smaller tuned model with a short prompt answers faster",
}
_TO_MEASURE = (
    'this gate may be passed for that: tunewright waive decide verdict --reason "to measure prompting"; '
    "what is measured comes back into the verdict"
)
_BASELINE_FIRST = "measure the model as it is before training, zero-shot and few-shot: it may be good enough"
_BEAT_IT = "the baseline is measured: the tuned model has to beat it, beyond chance"
_AT_THE_END = "tunewright evaluate RUN, on validation as often as you like; the sealed test is opened once, at the end"
_BY_BASELINE = ("not-tried", "few", "few-for-the-task", "small-categories", "works", "not-measured")
"""Objections whose measure is the baseline, which this gate stands before."""


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


def decide(answers: Answers, evidence: Evidence = NOTHING) -> Verdict:
    """The verdict on a whole set of answers and what the project has shown."""
    return verdict_on(make_case(asdict(answers), evidence))


def verdict_on(case: Case) -> Verdict:
    """The verdict as far as the case goes: open questions count as no objection, unless no answer could lift it."""
    held = [one for one in OBJECTIONS if state_of(one, case) == "holds"]
    return _against(held, case) if held else _tunes(case)


def _against(held: list[Objection], case: Case) -> Verdict:
    words, deciding = case.words(), held[0]
    way = (_TO_MEASURE,) if deciding.id in _BY_BASELINE and case.evidence.measured is None else ()
    return Verdict(
        name=deciding.verdict,
        because=tuple(one.id for one in held),
        reasons=tuple(one.reason.format(**words) for one in held),
        changes=tuple(one.change.format(**words) for one in held),
        first=deciding.first,
        measure=(deciding.measure.format(**words), *way),
        notes=tuple(notes(case, tunes=False)),
    )


def _tunes(case: Case) -> Verdict:
    whole = not missing(case.values)
    good = "good examples, a stable task and a definition of a correct answer are at hand"
    measured = case.evidence.measured
    reasons = (_GOOD_REASONS.get(case.get("failure"), "nothing answered so far speaks against tuning"),)
    return Verdict(
        name="fine-tune",
        because=(),
        reasons=(*reasons, f"{case.words()['examples']} {good}") if whole else reasons,
        changes=(
            "a prompt with examples that the tuned model does not beat on the test set",
            "requirements that start to change often",
        ),
        first=_BEAT_IT if measured else _BASELINE_FIRST,
        measure=(_AT_THE_END if measured else f"tunewright baseline, {case.words()['rows']}",),
        notes=tuple(notes(case, tunes=whole)),
    )
