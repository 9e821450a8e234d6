"""What speaks against tuning now, in the order of the decision tree: the first that holds decides, all are told.

The order: was a better prompt tried, is knowledge missing, are there examples enough, is the task defined and stable,
does anything that tuning can mend remain. Thresholds are the field's: under 50 examples few-shot, from 50 to 99 tuning
for small tasks alone and when prompting has measurably plateaued, from 100 on what the task needs in each category.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.decide.case import Case
from engine.decide.checklist import QUESTIONS

Name = Literal["fine-tune", "rag-first", "few-shot", "prompting"]
State = Literal["holds", "open", "does not hold"]

FEW = 50
"""Examples under which tuning has too little to learn from."""
ENOUGH = 100
"""Examples from which on tuning is considered for any task."""
SMALL_TASKS = ("classification", "style")
"""Tasks for which FEW to ENOUGH examples can do."""
_CHOICES = {one.id: tuple(value for value, _ in one.choices) for one in QUESTIONS}
_OPTIONAL = {one.id for one in QUESTIONS if one.optional}


@dataclass(frozen=True, slots=True)
class Objection:
    """Something that speaks against tuning now. Its texts may name what Case.words() gives, in braces."""

    id: str
    node: str
    """Of the tree: where it branches off."""
    verdict: Name
    """What to do instead."""
    needs: tuple[str, ...]
    """Questions it goes by."""
    applies: Callable[[Case], bool]
    """Called once those that are not optional are answered."""
    reason: str
    change: str
    """What would lift it."""
    first: str
    """What to try first."""
    measure: str
    """How to know whether that was enough."""


_MEASURE = "tunewright baseline, {rows}: zero-shot, few-shot and a fixed answer side by side"

OBJECTIONS: tuple[Objection, ...] = (
    Objection(
        "reached",
        "prompt",
        "prompting",
        ("target_share",),
        lambda case: case.reached,
        "prompting already reaches it: {measured}; {target} right is good enough",
        "a higher bar, or new rows on which the prompt stays under it",
        "use the prompt that was measured",
        "measure it again on newer rows now and then: tunewright baseline --set NAME=FILE",
    ),
    Objection(
        "not-tried",
        "prompt",
        "prompting",
        ("prompting",),
        lambda case: case.get("prompting") == "not_tried",
        "no serious prompt was tried: that is minutes of work, and the baseline which tuning would have to beat",
        "write the best prompt you can, with examples in it, and measure it on held-out rows",
        "write the best prompt you can: the task, the form of the answer, three to eight examples",
        _MEASURE,
    ),
    Objection(
        "facts-missing",
        "knowledge",
        "rag-first",
        ("knowledge",),
        lambda case: case.get("knowledge") == "needed",
        "facts are missing, and fine-tuning adjusts behaviour, not knowledge: retrieval brings facts and updates them",
        "put retrieval in place and improve it; if form or style still fail with the facts in the prompt, tune then",
        "retrieval (RAG): put the passages that hold the facts into the prompt",
        "ask the same rows with the right passages in the prompt: tunewright baseline --set facts=FILE; what is still "
        "wrong then is not a matter of knowledge",
    ),
    Objection(
        "knowledge-fails",
        "knowledge",
        "rag-first",
        ("failure",),
        # Whatever is answered on facts from outside, or nothing yet: tuning adds none.
        lambda case: case.get("failure") == "knowledge" and case.get("knowledge") != "needed",
        "knowledge is what fails, and fine-tuning adjusts behaviour, not knowledge: retrieval brings facts and updates "
        "them",
        "find out which facts are missing; put them into the prompt, by retrieval if they are many",
        "look at twenty wrong answers, and paste the fact that each one lacked into its prompt",
        "ask these rows again with the facts in the prompt: tunewright baseline --set facts=FILE",
    ),
    Objection(
        "few",
        "examples",
        "few-shot",
        ("examples",),
        lambda case: bool(case.get("examples") < FEW),
        "{examples} good examples are under 50: a few of them in the prompt do as well as tuning on all",
        "collect 100 or more good examples",
        "put three to eight of the examples into the prompt, unlike each other",
        _MEASURE,
    ),
    Objection(
        "few-for-the-task",
        "examples",
        "few-shot",
        ("examples", "task", "prompting"),
        lambda case: (
            FEW <= case.get("examples") < ENOUGH
            and not (case.get("task") in SMALL_TASKS and case.get("prompting") == "plateaued")
        ),
        "{examples} good examples (50 to 99) are worth tuning only for simple classification or style, and only when "
        "prompting was measured and has plateaued",
        "collect 100 or more; or, for classification or style, measure that prompting has plateaued",
        "put three to eight of the examples into the prompt, unlike each other",
        _MEASURE,
    ),
    Objection(
        "small-categories",
        "examples",
        "few-shot",
        ("examples", "task"),
        lambda case: case.get("examples") >= (FEW if case.get("task") in SMALL_TASKS else ENOUGH) and case.too_small,
        "{small} are under the {needed} unique ones that {task} needs in each category: the size rule counts these, "
        "not rows",
        "collect up to {needed} in each category, or join or leave out the small ones",
        "put examples of the small categories into the prompt",
        _MEASURE,
    ),
    Objection(
        "undefined",
        "stable",
        "prompting",
        ("agreement",),
        lambda case: case.get("agreement") == "no",
        "two experts would not give the same answer: there is no definition of a correct output to learn or to measure",
        "write down what a correct answer is, until two people label alike",
        "write the guideline: what a correct answer is, with the cases on which you differ",
        "two people read the same 30 rows: tunewright review --reviewer NAME; kappa 0.6 or more is enough",
    ),
    Objection(
        "changes-weekly",
        "stable",
        "prompting",
        ("changes",),
        lambda case: case.get("changes") == "weekly",
        "the requirements change weekly: a prompt follows in a minute, a tuned model in days",
        "wait until the task stays the same for months, or tune only the part that does",
        "keep the prompt under version control, and change it with the requirements",
        "measure each version of the prompt on the same rows: tunewright baseline, {rows}",
    ),
    Objection(
        "works",
        "mend",
        "prompting",
        ("failure",),
        lambda case: case.get("failure") == "nothing",
        "prompting works: there is nothing for tuning to mend",
        "cost, latency, or a failure that was measured",
        "leave it as it is, and say what share right is good enough",
        "measure that it is: tunewright baseline, {rows}",
    ),
    Objection(
        "not-measured",
        "mend",
        "prompting",
        ("failure", "prompting"),
        lambda case: case.get("failure") == "quality" and case.get("prompting") != "plateaued",
        "answers are wrong, but it was not measured that better prompts no longer help",
        "measure prompts on an evaluation set until they no longer improve",
        "improve the prompt: look at twenty wrong answers and say in it what would have made them right",
        _MEASURE,
    ),
    Objection(
        "costs-more",
        "mend",
        "prompting",
        ("failure", "spend_per_month", "tuned_spend_per_month"),
        lambda case: case.get("failure") == "cost" and not case.saves,
        "cost is the reason, and by your own numbers the tuned model does not cost less a month",
        "more requests, a dearer prompt, or cheaper serving of the tuned model",
        "a shorter prompt, caching, batches, or a smaller model with the same prompt",
        "turn the levers and see when it pays back: tunewright cost",
    ),
)


def state_of(objection: Objection, case: Case) -> State:
    """Whether it holds, whatever the open questions will say; "open" where they decide."""
    waits = [name for name in objection.needs if case.get(name) is None and name not in _OPTIONAL]
    if not waits:
        return "holds" if objection.applies(case) else "does not hold"
    if any(not _CHOICES[name] for name in waits):
        return "open"
    every = itertools.product(*(_CHOICES[name] for name in waits))
    found = {objection.applies(case.assuming(dict(zip(waits, values, strict=True)))) for values in every}
    return "open" if len(found) == 2 else "holds" if found.pop() else "does not hold"
