"""`augment look`: what an order would make, or send, before anything is made or sent."""

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any

from engine.augment.checks import question
from engine.augment.job import Job, Sending, open_job
from engine.augment.order import Order
from engine.augment.reasons import REASONS, Refusal
from engine.augment.source import UNFIT
from engine.data.records import Progress, no_progress
from engine.project import Project

EXAMPLES = 3
_LOOKED_AT = 200
"""Tries for the examples: in most sets every method that fits at all has made three by then, in under a second."""


@dataclass(frozen=True, slots=True)
class Look:
    """What an order would do, before anything is made or sent."""

    order: Order
    parents: int
    unfit: dict[str, int]
    """Train rows that are no parents: why (in words) -> how many."""
    wanted: int
    there: int
    """Candidates of the method that count already."""
    examples: list[dict[str, str]]
    """was, now, answer_was, answer: of methods that send nothing."""
    refused: dict[str, int]
    """Of the tries for the examples."""
    request: list[dict[str, str]]
    """The first request, of methods that send something."""
    sending: Sending | None

    def document(self) -> dict[str, Any]:
        """For --json."""
        return {
            "method": self.order.method.name,
            "parents": self.parents,
            "unfit": self.unfit,
            "wanted": self.wanted,
            "there": self.there,
            "examples": self.examples,
            "refused": self.refused,
            "request": self.request,
            "sending": self.sending.document() if self.sending else None,
            "consent_needed": bool(self.sending and not self.sending.loopback),
        }


def look(project: Project, order: Order, read: Progress = no_progress, compared: Progress = no_progress) -> Look:
    """What `order` would make or send; nothing is saved, and nothing leaves. Raises as open_job does."""
    job = open_job(project, order, read, compared)
    examples, refused = ([], Counter[str]()) if job.asker else _examples(job)
    first = next(job.requests(), None)
    return Look(
        order=order,
        parents=len(job.source.parents),
        unfit={UNFIT[name]: count for name, count in job.source.unfit.items()},
        wanted=job.wanted,
        there=job.alive[order.method.name],
        examples=examples,
        refused={REASONS[reason]: count for reason, count in refused.items()},
        request=first.messages if first else [],
        sending=job.sending(),
    )


def _examples(job: Job) -> tuple[list[dict[str, str]], Counter[str]]:
    shown: list[dict[str, str]] = []
    refused: Counter[str] = Counter()
    for task in islice(job.tasks(), _LOOKED_AT):
        made = job.tried(task)
        if isinstance(made, Refusal):
            refused[made.reason] += 1
        elif made is not None:
            was = job.source.row(task.number)
            texts = {"was": question(was), "now": question(made), "answer_was": was.answer, "answer": made.answer}
            shown.append(texts)
        if len(shown) == EXAMPLES:
            break
    return shown, refused
