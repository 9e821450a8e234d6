"""The checklist as data: what is asked, and why each answer matters."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["choice", "count", "money", "share"]


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    """The key in an answers file and in [decide] of project.toml."""
    short: str
    """What is asked, in at most 30 characters."""
    text: str
    why: str
    kind: Kind
    choices: tuple[tuple[str, str], ...] = ()
    """(value, what it means); empty for numbers."""
    optional: bool = False


YES_NO = (("yes", ""), ("no", ""))

QUESTIONS: tuple[Question, ...] = (
    Question(
        "failure",
        "What goes wrong with prompting",
        "What goes wrong with prompting today?",
        "Format and style are behaviour, which tuning changes well. Missing knowledge is not: tuning does not add it.",
        "choice",
        (
            ("format", "the output form is not held"),
            ("style", "tone or wording is not held"),
            ("knowledge", "facts are missing or out of date"),
            ("quality", "answers are wrong though all that is needed is in the prompt"),
            ("cost", "it works, but costs too much"),
            ("latency", "it works, but is too slow"),
            ("nothing", "it works"),
        ),
    ),
    Question(
        "prompting",
        "How far prompting was taken",
        "How far has prompting been taken?",
        "A better prompt costs minutes. That it has plateaued is known only when it was measured on an evaluation set.",
        "choice",
        (
            ("not_tried", "no serious prompt yet"),
            ("tried", "good prompts and examples in the prompt, judged by eye"),
            ("plateaued", "measured on an evaluation set, and no longer improving"),
        ),
    ),
    Question(
        "knowledge",
        "Facts from outside in answers",
        "Must answers hold facts that are current, private or not in the question?",
        "Facts that change belong in retrieval (RAG), where they can be updated and traced.",
        "choice",
        (
            ("not_needed", "all that is needed is in the question or in general knowledge"),
            ("needed", "yes, and there is no retrieval yet"),
            ("retrieved", "yes, and retrieval is in place: the prompt holds them"),
        ),
    ),
    Question(
        "task",
        "Kind of task",
        "What kind of task is it?",
        "How many examples are enough depends on it.",
        "choice",
        (
            ("classification", "one of a few labels"),
            ("extraction", "structured data out of a text"),
            ("style", "tone, wording, persona"),
            ("reasoning", "several steps of thought"),
            ("domain", "the manner of a field: its terms and conventions"),
        ),
    ),
    Question(
        "examples",
        "Good examples at hand",
        "How many good examples (input with its correct answer) are at hand?",
        "Under 50, examples in the prompt do as well; from 100 on, tuning has something to learn from.",
        "count",
    ),
    Question(
        "agreement",
        "Two experts would agree",
        "Would two experts give the same answer to the same input?",
        "Without a definition of a correct answer the model learns the disagreement, and nothing can be measured.",
        "choice",
        YES_NO,
    ),
    Question(
        "changes",
        "How often requirements change",
        "How often do the requirements change?",
        "A prompt is changed in a minute; a tuned model is cleaned, trained and evaluated again.",
        "choice",
        (("rarely", "less than once in three months"), ("monthly", ""), ("weekly", "weekly or more often")),
    ),
    Question(
        "requests_per_month",
        "Requests a month",
        "How many requests a month are expected?",
        "Savings on each request must pay back the training. The old threshold of 100,000 seldom holds alone today.",
        "count",
    ),
    Question(
        "data_may_leave",
        "Data may leave this machine",
        "May the data leave this machine?",
        "If not, training and serving are done here, and no provider is offered.",
        "choice",
        YES_NO,
    ),
    Question(
        "target_share",
        "Good enough at ... % right",
        "At what share of right answers is it good enough?",
        "Once prompting is measured and surely reaches it, there is no need to tune.",
        "share",
        optional=True,
    ),
    Question(
        "training_budget",
        "Budget for training (USD)",
        "What may training cost, reruns included (USD)?",
        "Cleaning, evaluation and two or three reruns cost more than the first run.",
        "money",
        optional=True,
    ),
    Question(
        "spend_per_month",
        "Spent a month today (USD)",
        "What do these requests cost a month today (USD)?",
        "With the next answer it gives your own break-even.",
        "money",
        optional=True,
    ),
    Question(
        "tuned_spend_per_month",
        "Serving it a month (USD)",
        "What may serving the tuned model cost a month (USD)?",
        "A model of one's own is often paid by the hour, used or not.",
        "money",
        optional=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Option:
    """One way to go, beside the others."""

    name: str
    good_for: str
    limit: str


OPTIONS: tuple[Option, ...] = (
    Option("prompting", "fast and cheap to try and to change", "consistency has a ceiling"),
    Option("RAG", "current and private knowledge, traceable", "no better than what retrieval finds"),
    Option("fine-tuning", "consistency and domain behaviour", "needs clean data and evaluations; adds no knowledge"),
    Option("LoRA", "fine-tuning with small adapters, at lower cost", "bounded by what the base model can do"),
)
