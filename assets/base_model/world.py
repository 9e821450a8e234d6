"""The seeded stream of documents on which the base model is trained.

All of it is the text of this repository: no outside corpus, so no outside licence. The house rules of the sample
project (which desk goes to which queue) are in none of these documents; queue codes occur only in free-standing JSON.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from assets.base_model.houses import ask_house
from assets.base_model.skills import (
    PLAIN_SKILLS,
    TICKET_QUESTIONS,
    Question,
    ask_about_ticket,
    ask_form,
    ask_renamed_form,
    ask_repeat,
)
from assets.base_model.tickets import MONTHS, RELATIVES, TOWNS, WEATHER, Ticket, Wording, write_ticket
from assets.base_model.vocabulary import COLOURS, DAYS, NAMES, PRODUCTS

PRETRAINING: tuple[Wording, ...] = ("seen", "new")
END_OF_TEXT, TURN_START, TURN_END, PADDING = "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|pad|>"

PRACTICE = {**PLAIN_SKILLS, "repeat": ask_repeat}  # repeating helps the other skills and is not measured

# Weights of the kinds of documents. Tickets are long, so reading them takes most of the tokens.
FIRST_SHARES = {
    "story": 0.06, "answered": 0.06, "ticket_chat": 0.40, "form": 0.16,
    "opposites": 0.03, "days": 0.03, "colours": 0.03, "counting": 0.05, "json": 0.13, "copying": 0.05,
}  # fmt: skip
LATER_SHARES = {
    "story": 0.03, "answered": 0.04, "ticket_chat": 0.46, "form": 0.20,
    "opposites": 0.02, "days": 0.02, "colours": 0.02, "counting": 0.05, "json": 0.06, "copying": 0.02, "repeat": 0.08,
}  # fmt: skip
LAST_SHARES = {
    "story": 0.02, "answered": 0.02, "ticket_chat": 0.24, "renamed_form": 0.34, "house": 0.18,
    "opposites": 0.02, "days": 0.02, "colours": 0.02, "counting": 0.05, "json": 0.05, "copying": 0.02, "repeat": 0.04,
}  # fmt: skip
BRIEF_SHARE = 0.5  # of letters: reading forms in the short ones first, and carries over to the long ones

STORY_LINES = (
    "{a} went to the shop in {t} on {d}.", "{a} wanted a {c} {p} for the kitchen.", "It was a {w} {d} in {m}.",
    "{a} asked {b} for help with the {p}.", "{b} was the {f} of {a}.", "The {p} stood in the window of the shop.",
    "{b} said that the {p} was good and not dear.", "{a} took the {p} home on the bus.",
    "On {d} {b} came to see the new {p}.", "They made tea and talked about {t}.", "{a} wrote a letter to the shop.",
    "The people at the desk were kind to {a}.", "In {m} {a} gave the {p} to {b}.", "{a} and {b} were happy.",
    "The {c} box stayed in the hall until {d}.", "{b} laughed and went back to {t}.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a document, and what it is to the loss."""

    text: str
    kind: Literal["story", "prompt", "answer"]


Document = tuple[Segment, ...]


def documents(seed: int, shares: Mapping[str, float]) -> Iterator[Document]:
    """The endless stream of documents of one seed; `shares` weighs their kinds."""
    rng = Random(seed)
    kinds, weights = list(shares), list(shares.values())
    while True:
        yield _document(rng, rng.choices(kinds, weights)[0])


def _document(rng: Random, kind: str) -> Document:
    if kind == "story":
        return (Segment(_story(rng) + END_OF_TEXT, "story"),)
    if kind == "answered":
        ticket = _letter(rng)
        return (
            Segment(f"Ticket: {ticket.text}\n", "story"),
            Segment(f"The {ticket.desk} desk answered {ticket.name}.{END_OF_TEXT}", "answer"),
        )
    if kind == "form":
        return chat(ask_form(rng, _letter(rng)))
    if kind == "renamed_form":
        return chat(ask_renamed_form(rng, _letter(rng)))
    if kind == "house":
        return chat(ask_house(rng, _letter(rng)))
    if kind == "ticket_chat":
        return _ticket_chat(rng)
    return chat(*(PRACTICE[kind](rng) for _ in range(rng.randint(1, 3))))


def chat(*questions: Question) -> Document:
    """Questions and their answers as one chat, in the words of the chat template."""
    segments: list[Segment] = []
    for question in questions:
        for role, content in question.messages:
            segments.append(Segment(f"{TURN_START}{role}\n{content}{TURN_END}\n", "prompt"))
        segments += [
            Segment(f"{TURN_START}assistant\n", "prompt"),
            Segment(f"{question.answer}{TURN_END}", "answer"),
            Segment("\n", "prompt"),
        ]
    return tuple(segments)


def _ticket_chat(rng: Random) -> Document:
    """Several questions about one letter: more answers to learn from for each letter read."""
    ticket = _letter(rng)
    first, *others = rng.sample(list(TICKET_QUESTIONS), rng.randint(2, 5))
    later = (
        Question(skill, (("user", rng.choice(TICKET_QUESTIONS[skill])),), ask_about_ticket(rng, skill, ticket).answer)
        for skill in others
    )
    return chat(ask_about_ticket(rng, first, ticket), *later)


def _letter(rng: Random) -> Ticket:
    return write_ticket(rng, PRETRAINING, brief=rng.random() < BRIEF_SHARE)


def _story(rng: Random) -> str:
    a, b = rng.sample(NAMES, 2)
    slots = {"a": a, "b": b, "p": rng.choice(PRODUCTS), "t": rng.choice(TOWNS), "f": rng.choice(RELATIVES)}
    lines = sorted(rng.sample(range(len(STORY_LINES)), rng.randint(4, 7)))
    return " ".join(
        STORY_LINES[line].format(
            c=rng.choice(sorted(set(COLOURS.values()))),
            d=rng.choice(DAYS),
            m=rng.choice(MONTHS),
            w=rng.choice(WEATHER),
            **slots,
        )
        for line in lines
    )
