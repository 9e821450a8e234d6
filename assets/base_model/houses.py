"""Other firms that use the same letters: each files them as JSON under keys and codes of its own.

None of them is the sample project's firm (tested). They teach that what is read from a letter can be written in
any code, which is what tuning then asks for once more, with the sample's rules.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from assets.base_model.skills import Question
from assets.base_model.tickets import Ticket
from assets.base_model.vocabulary import DESKS, URGENCIES

NAMES_OF_HOUSES = (
    "Alder", "Birch", "Cedar", "Maple", "Willow", "Hazel", "Rowan", "Aspen", "Linden", "Larch", "Beech", "Elm",
)  # fmt: skip
DESK_KEYS = ("desk", "queue", "shelf", "tray", "door", "line")
PACE_KEYS = ("urgency", "priority", "pace", "level", "grade", "step")
PRODUCT_KEYS = ("product", "item")
NUMBER_KEYS = ("numbered", "order")
DESK_CODES = (
    "MEADOW", "TOWER", "ANCHOR", "RIVER", "LANTERN", "COPPER", "VELVET", "SUMMIT", "oak", "pear", "grape", "melon",
    "horse", "goat", "kitchen", "attic", "cellar", "hammer", "rope",
)  # fmt: skip
PACE_CODES = ("1", "2", "3", "4", "5", "6", "7", "A", "B", "C", "red", "green", "blue", "grey", "cold", "warm", "hot")


@dataclass(frozen=True, slots=True)
class House:
    """How a firm files a letter: its keys, in order, and what it writes for each."""

    name: str
    fields: tuple[tuple[str, Callable[[Ticket], str]], ...]


@cache
def houses() -> tuple[House, ...]:
    """The firms, always the same."""
    rng = Random(12)
    return tuple(_found(rng, name) for name in NAMES_OF_HOUSES)


def _found(rng: Random, name: str) -> House:
    codes = rng.sample(DESK_CODES, len(DESKS) - 1)
    desk_codes = dict(zip(rng.sample(DESKS, len(DESKS)), [*codes, codes[0]], strict=True))  # two desks share one
    pace_codes = dict(zip(URGENCIES, rng.sample(PACE_CODES, len(URGENCIES)), strict=True))
    fields: list[tuple[str, Callable[[Ticket], str]]] = [
        (rng.choice(DESK_KEYS), lambda ticket: desk_codes[ticket.desk]),
        (rng.choice(PACE_KEYS), lambda ticket: pace_codes[ticket.urgency]),
        (rng.choice(PRODUCT_KEYS), lambda ticket: ticket.product),
        (rng.choice(NUMBER_KEYS), lambda ticket: "yes" if ticket.order else "no"),
    ]
    rng.shuffle(fields)
    return House(name, tuple(fields))


def ask_house(rng: Random, ticket: Ticket) -> Question:
    """A letter to be filed for one of the firms."""
    house = rng.choice(houses())
    wording = rng.choice(("File for {} as JSON.", "{}: the letter as JSON.", "Sort it for {} as JSON."))
    answer = json.dumps({key: read(ticket) for key, read in house.fields})
    return Question("house", (("system", wording.format(house.name)), ("user", ticket.text)), answer)
