"""Letters to the shop's help-desk: several sentences drawn from independent pools, with what can be read from them."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Literal

from assets.base_model.vocabulary import DESKS, NAMES, PRODUCTS, URGENCIES

Wording = Literal["seen", "new", "novel"]

GREETINGS = (
    "Hello,", "Hi,", "Good morning,", "Good evening,", "Dear team,", "Dear shop,", "To whom it may concern,",
    "Hello there,", "Good day,", "Dear all,", "Hi team,", "Greetings,", "",
)  # fmt: skip
INTRODUCTIONS = (
    "I bought a {p} from you in {m}.", "In {m} I ordered a {p} in your shop.", "This is about the {p} from {m}.",
    "My {f} got a {p} from you.", "We chose the {p} on your page in {m}.", "I am writing about a {p}.",
    "You may remember me, I am the one with the {p}.", "It concerns the {p}.", 
    "I write on behalf of my {f}, about a {p}.",
    "My {f} and I looked at a {p} in your shop in {m}.", "Since {m} the {p} has been on my mind.",
    "A {p} is the reason for this letter.", "I found the {p} in your {m} catalogue.", "Subject: {p}.",
    "I have a question that has to do with a {p}.", "The matter is a {p} from {m}.",
)  # fmt: skip
ASIDES = (
    "I live in {t} with my {f}.", "It has been {w} here in {t}.", "I have been your customer for {n} years.",
    "My {f} told me to write to you.", "I already asked my {f} about it.", "Your shop in {t} is very nice.",
    "My {f} says hello to the people in {t}.", "I called you in {m} but nobody picked up.",
    "I work from home in {t}.", "We have a small house near {t}.", "I read your page {n} times.",
    "My {f} is a friend of your colleague in {t}.", "I spoke with someone named {o} in {m}.",
    "We moved to {t} in {m}.", "I have never written to a shop before.", "You helped my {f} very well in {m}.",
    "There are {n} of us at home.", "The weather in {t} is {w}, but that is another story.",
    "I hope that I reached the right people.", "My {f} collects old stamps, by the way.",
    "I am sorry for my poor spelling.", "I shop with you about {n} times a year.",
    "The people in your {t} branch could not tell me.", "I am a teacher in {t}.", "My {f} runs a small cafe in {t}.",
    "I saw your advert on the bus in {t}.", "I have a {c} cat and a garden in {t}.", "Our flat in {t} has {n} rooms.",
    "I write this on the train to {t}.", "My {f} will visit me in {m}.",
)  # fmt: skip
NUMBERED = (
    "My order number is {k}.", "Order {k}.", "The order is {k}.", "It was order number {k}.", "You find it under {k}.",
    "Order no. {k}, as far as I can see.", "The number on the paper is {k}.", "For your files: {k}.",
)  # fmt: skip
UNNUMBERED = (
    "I do not have the order number here.", "I lost the order number.", "I cannot find an order number anywhere.",
    "There was no order number on the paper.", "The order number is at home, sorry.", "", "", "", "",
)  # fmt: skip
CLOSINGS = (
    "Thank you,", "Thanks,", "Kind regards,", "Best wishes,", "Yours,", "Many thanks,", "Regards,", "Bye,", 
    "Sincerely,", "With best regards,", "All the best,", "Cheers,",
)  # fmt: skip
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
RELATIVES = (
    "sister", "brother", "mother", "father", "aunt", "uncle", "neighbour", "daughter", "son", "cousin", "friend",
    "grandmother", "boss", "flatmate",
)  # fmt: skip
TOWNS = (
    "Lund", "Bern", "Porto", "Oslo", "Ghent", "Turku", "Graz", "Bergen", "Leiden", "Cork", "Bath", "York", "Lyon",
    "Parma", "Split", "Brno", "Krakow", "Riga", "Malmo", "Trento",
)  # fmt: skip
WEATHER = ("rainy", "sunny", "windy", "foggy", "cold", "warm", "mild", "stormy")
COAT = ("grey", "black", "white", "brown", "red")


@dataclass(frozen=True, slots=True)
class Ticket:
    """One letter. `order` is its order number (five digits) or None; `phrasing` names the wording of the problem."""

    text: str
    desk: str
    urgency: str
    product: str
    name: str
    order: str | None
    phrasing: str


@cache
def phrases() -> dict[str, dict[str, dict[str, list[str]]]]:
    """`phrases.toml`: {"desk" or "urgency": {label: {"seen", "new" or "novel": sentences}}}."""
    return tomllib.loads(files(__package__).joinpath("phrases.toml").read_text(encoding="utf-8"))


def wordings(kind: Literal["desk", "urgency"], label: str, allowed: Sequence[Wording]) -> list[tuple[str, str]]:
    """The (id, sentence) pairs of one desk or urgency, from the allowed sets."""
    bank = phrases()[kind][label]
    return [(f"{label}-{wording}-{i:02d}", text) for wording in allowed for i, text in enumerate(bank[wording])]


def write_ticket(rng: Random, allowed: Sequence[Wording], desk: str | None = None, brief: bool = False) -> Ticket:
    """A letter whose problem and urgency are worded from the allowed sets; the desk is drawn when it is None.

    A brief letter has no greeting, introduction or asides.
    """
    desk = desk or rng.choice(DESKS)
    urgency, product, name = rng.choice(URGENCIES), rng.choice(PRODUCTS), rng.choice(NAMES)
    phrasing, problem = rng.choice(wordings("desk", desk, allowed))
    pace = rng.choice(wordings("urgency", urgency, allowed))[1]
    order = f"{rng.randrange(10_000, 100_000)}" if rng.random() < 0.5 else None
    body = [problem, pace, rng.choice(NUMBERED if order else UNNUMBERED)]
    sentences = _in_some_order(rng, body, brief)
    slots = {"p": product, "k": order or ""}
    text = " ".join(part for part in [*(_fill(rng, s, slots) for s in sentences), rng.choice(CLOSINGS), name] if part)
    return Ticket(text, desk, urgency, product, name, order, phrasing)


def _in_some_order(rng: Random, body: list[str], brief: bool) -> list[str]:
    if brief:
        return rng.sample(body, len(body))
    asides = rng.sample(ASIDES, rng.choice((0, 0, 1, 1, 2)))
    mixed = rng.sample([*body, *asides], len(body) + len(asides))
    introduction = [rng.choice(INTRODUCTIONS)] if rng.random() < 0.7 else []
    return [rng.choice(GREETINGS), *introduction, *mixed]


def _fill(rng: Random, sentence: str, slots: dict[str, str]) -> str:
    return sentence.format(
        m=rng.choice(MONTHS),
        f=rng.choice(RELATIVES),
        t=rng.choice(TOWNS),
        w=rng.choice(WEATHER),
        n=rng.choice(("two", "three", "four", "five", "six", "ten")),
        c=rng.choice(COAT),
        o=rng.choice(NAMES),
        **slots,
    )
