"""The house rules of the made-up help-desk: how a ticket becomes the answer that the sample project teaches."""

import json
from random import Random

from assets.base_model.tickets import Ticket

SYSTEM = "Triage the ticket as JSON."
# Nobody could guess these: the codes say nothing of the desks, and two desks share one.
QUEUES = {
    "returns": "HARBOR",
    "delivery": "HARBOR",
    "billing": "LEDGER",
    "repairs": "BENCH",
    "account": "GATE",
    "advice": "PORCH",
}
# One token each: a LoRA on so small a model read "P1" (two tokens) at chance, because the second must be read anew.
PRIORITIES = {"urgent": "1", "normal": "2", "relaxed": "3"}
ANSWER_FIELDS = ("queue", "priority", "product", "order")
# Mild imbalance, as a help-desk has it: the largest queue is about twice the smallest.
DESK_SHARES = {"returns": 0.14, "delivery": 0.13, "billing": 0.21, "repairs": 0.20, "account": 0.18, "advice": 0.14}


def draw_desk(rng: Random) -> str:
    """A desk, by DESK_SHARES."""
    return rng.choices(list(DESK_SHARES), list(DESK_SHARES.values()))[0]


def labels(ticket: Ticket) -> dict[str, str]:
    """The answer of a ticket by the house rules, in the order of ANSWER_FIELDS."""
    return {
        "queue": QUEUES[ticket.desk],
        "priority": PRIORITIES[ticket.urgency],
        "product": ticket.product,
        "order": "yes" if ticket.order else "no",
    }


def chat_row(message: str, answer: dict[str, str]) -> dict[str, list[dict[str, str]]]:
    """A row in chat form; the answer has the bytes that the import mapping makes of the CSV's columns."""
    return {
        "messages": [
            {"role": "system", "content": SYSTEM},
            {"role": "user", "content": message},
            {"role": "assistant", "content": json.dumps(answer, ensure_ascii=False)},
        ]
    }
