"""`augment make`: from train rows to candidates, each checked and saved as it comes."""

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import asdict, dataclass, field
from typing import Any

from engine import audit
from engine.augment.candidates import making
from engine.augment.job import TRIES, Job, Sending, Task, Wait, open_job
from engine.augment.order import Order
from engine.augment.reasons import Refusal
from engine.data.records import Progress, no_progress
from engine.errors import DataError, GateError, ResourceError
from engine.project import Project
from engine.sizes import size

_IN_VAIN = 20
"""Replies one after the other of which none can be used: then something is wrong with the model, not with the rows."""
_USELESS = ("empty", "malformed", "declined")

Told = Callable[[int, int, int], None]
"""(candidates made, wanted, refused so far)"""


@dataclass(slots=True)
class Made:
    """What came of an order."""

    method: str
    wanted: int
    """Candidates that were still to be made."""
    there: int
    """Candidates that were there already."""
    made: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By the checks: reason -> how many."""
    requests: int = 0
    again: int = 0
    """Requests that were sent again."""
    tokens: int = 0
    """As the endpoint counts them; 0 where it does not."""
    short: str | None = None
    """Why fewer were made than wanted."""

    def document(self) -> dict[str, Any]:
        """For --json."""
        return {**asdict(self), "refused": dict(self.refused.most_common())}


def make(
    project: Project,
    order: Order,
    *,
    consent: bool = False,
    told: Told = lambda made, wanted, refused: None,
    read: Progress = no_progress,
    compared: Progress = no_progress,
    wait: Wait | None = None,
) -> Made:
    """Makes candidates until there are as many as wanted, saving each as it comes; run again, it goes on.

    Raises GateError when rows would leave the machine without `consent`, ResourceError when the endpoint fails or
    another command makes candidates, DataError when its replies are of no use; what was made until then is kept.
    """
    with making(project), ExitStack() as stack:
        job = open_job(project, order, read, compared, *([wait] if wait else []))
        if job.asker:
            stack.enter_context(closing(job.asker))
        done = Made(order.method.name, job.wanted, job.alive[order.method.name])
        _consented(project, job.sending(), order, consent)
        try:
            _run(job, done, told)
        except ResourceError as error:
            raise ResourceError(f"{error.message}; made until then: {done.made:,}", hint=error.hint) from error
        finally:
            _record(project, job, done)
    return done


def _run(job: Job, done: Made, told: Told) -> None:
    """Tries one parent after the other until `done` has as many as wanted."""
    vain = 0
    for tried, task in enumerate(job.tasks() if done.wanted else ()):
        if done.made >= done.wanted:
            return
        if job.asker and tried >= TRIES * done.wanted:
            done.short = f"{TRIES} tries for each wanted row were made; more parents are left: run it again"
            return
        why = _step(job, task, done)
        vain = vain + 1 if job.asker and why in _USELESS else 0
        if vain >= _IN_VAIN:
            hint = "look at refused.jsonl in the project's augment folder, and take another model"
            raise DataError(f"the last {vain} replies could not be used; made until then: {done.made:,}", hint=hint)
        told(done.made, done.wanted, done.refused.total())
    if done.made < done.wanted:
        done.short = "every parent was tried as often as --children allows"


def _step(job: Job, task: Task, done: Made) -> str | None:
    """One try, saved; the reason when it failed."""
    result = job.tried(task)
    if job.asker:
        done.requests, done.again, done.tokens = job.asker.requests, job.asker.again, job.asker.tokens
    if isinstance(result, Refusal):
        job.refuse(task, result)
        done.refused[result.reason] += 1
        return result.reason
    if result is not None:
        job.keep(result)
        done.made += 1
    return None


def _consented(project: Project, sending: Sending | None, order: Order, consent: bool) -> None:
    """Raises GateError where rows would leave the machine unasked; a consent is kept in the audit log."""
    if sending is None or sending.loopback:
        return
    if not consent:
        raise GateError(f"nothing was sent: {told_sending(sending)}", hint="with --consent they are sent")
    audit.append(project.audit, "augment.consent", method=order.method.name, **sending.document())


def told_sending(sending: Sending) -> str:
    """What would be sent where, in words."""
    open_line = "" if sending.encrypted or sending.loopback else ", NOT encrypted (http)"
    return (
        f"up to {sending.rows:,} train rows, {size(sending.bytes)}, would go to {sending.destination} "
        f"(model {sending.model}){open_line}; how long it keeps them and what it costs are not known"
    )


def _record(project: Project, job: Job, done: Made) -> None:
    facts = {key: value for key, value in done.document().items() if value}
    audit.append(project.audit, "augment.make", generator=job.maker.generator, seed=job.order.seed, **facts)
