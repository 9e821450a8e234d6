"""One order at work: its parents, its maker, what is there already, and every try with its checks."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Protocol

from engine.augment.asker import Asker, Unusable
from engine.augment.candidates import Ledger, candidates
from engine.augment.checks import Made, question, refusal
from engine.augment.endpoint import HINT, key_of, require_no_key
from engine.augment.found import find_slots
from engine.augment.lot import Lot
from engine.augment.order import Order, room
from engine.augment.prompts import BackTranslation, Paraphrase, Request, Synthetic
from engine.augment.reasons import Refusal
from engine.augment.rules import Rules
from engine.augment.source import Source, open_source
from engine.augment.status import Standing, outcome
from engine.augment.templates import read_templates
from engine.data.jsontext import dumps
from engine.data.masking import mask_text
from engine.data.records import Progress, no_progress
from engine.data.rows import Row, row_id
from engine.errors import UsageError
from engine.extras import require
from engine.project import Project

TRIES = 2
"""Tries a wanted candidate that go to an endpoint at most: half of what models say passes the checks, or the method
does not fit; consent is asked for so many rows."""

Wait = Callable[[float], None]
"""Lets so many seconds pass."""


class Maker(Protocol):
    """What makes a row of another one."""

    @property
    def generator(self) -> str:
        """Who made it, for the provenance: rules, a template's hash, a model and its host."""

    def of(self, parent: Row, variant: int, lot: Lot) -> Made | Refusal | None:
        """One row; None where this parent gives none."""


@dataclass(frozen=True, slots=True)
class Task:
    """One try."""

    id: str
    """Of the parent."""
    number: int
    """Of the parent in the version."""
    variant: int


@dataclass(frozen=True, slots=True)
class Sending:
    """What would leave for an endpoint."""

    destination: str
    model: str
    loopback: bool
    encrypted: bool
    rows: int
    """Different train rows, at most."""
    bytes: int
    """Of the requests about them, at most; tries after a failure send the same again."""

    def document(self) -> dict[str, Any]:
        """For --json; retention and price are what no endpoint says by itself."""
        known = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**known, "retention": "not known", "price": "not known"}


@dataclass(slots=True)
class Job:
    """Everything that making needs. tasks(), then one by one tried(task)"""

    project: Project
    order: Order
    source: Source
    ledger: Ledger
    maker: Maker
    asker: Asker | None = None
    children: Counter[str] = field(default_factory=Counter)
    """Parent -> rows made of it that are in train, wait or were approved."""
    alive: Counter[str] = field(default_factory=Counter)
    """Method -> candidates whose parent is still there and that nobody rejected."""

    @property
    def wanted(self) -> int:
        """Candidates still to be made; the caps are kept."""
        method = self.order.method.name
        left = room(self.source, self.order.most) - self.children.total()
        return max(0, min(self.order.wanted(self.source) - self.alive[method], left))

    def tasks(self) -> Iterator[Task]:
        """The tries in their order: a first row of every parent before a second of any."""
        ordered = self.source.ordered(self.order.seed)
        for variant in range(self.order.children):
            for row, number in ordered:
                if not self._done(row, variant) and self.children[row] < self.order.children:
                    yield Task(row, number, variant)

    def tried(self, task: Task) -> Row | Refusal | None:
        """What one try makes: a checked row, or why it is none; None where the parent gives nothing."""
        parent, lot = self.source.row(task.number), self._lot(task)
        try:
            made = self.maker.of(parent, task.variant, lot)
        except Unusable as error:
            made = Refusal("malformed", str(error))
        if made is None or isinstance(made, Refusal):
            return made
        wrong = refusal(made, self.source.mapping.category) or self.source.refusal(made)
        return wrong or _row(made, self._provenance(task, made.prompt_hash), self.source)

    def keep(self, row: Row) -> None:
        """Saves a candidate, and compares those to come with it."""
        # What a model said is paid for, and on the disk when this returns; rules say the same again.
        self.ledger.keep(row, sync=self.asker is not None)
        self.source.known.add(question(row))
        self.children[row.parent or ""] += 1
        self.alive[self.order.method.name] += 1

    def refuse(self, task: Task, why: Refusal) -> None:
        """Saves that a try failed, and why."""
        self.ledger.refuse(self._provenance(task, ""), why.reason, mask_text(why.message))

    def sending(self) -> Sending | None:
        """What would be sent; None for a method that sends nothing."""
        chosen, maker = self.order.endpoint, self.maker
        if chosen is None or not isinstance(maker, Paraphrase | BackTranslation | Synthetic):
            return None
        rows, size = set[str](), 0
        # A back-translation sends the translation too, which is about as long.
        times = 2 if isinstance(maker, BackTranslation) else 1
        for request in islice(self.requests(), TRIES * self.wanted):
            rows.update(request.rows)
            size += times * len(dumps(request.messages))
        if not rows:
            return None
        return Sending(chosen.host, chosen.model, chosen.loopback, chosen.encrypted, len(rows), size)

    def requests(self) -> Iterator[Request]:
        """What is sent first for each try, of a method that sends something."""
        if not isinstance(self.maker, Paraphrase | BackTranslation | Synthetic):
            return
        for task in self.tasks():
            request = self.maker.request(self.source.row(task.number), self._lot(task))
            if isinstance(request, Request):
                yield request

    def _lot(self, task: Task) -> Lot:
        return Lot(self.order.method.name, self.order.seed, task.id, task.variant)

    def _done(self, row: str, variant: int) -> bool:
        return (self.order.method.name, row, self.order.seed, variant, self.maker.generator) in self.ledger.done

    def _provenance(self, task: Task, prompt_hash: str) -> dict[str, Any]:
        return {
            "method": self.order.method.name,
            "parent_id": task.id,
            "generator": self.maker.generator,
            "seed": self.order.seed,
            "variant": task.variant,
            "time": datetime.now(UTC).isoformat(timespec="seconds"),
            "prompt_hash": prompt_hash,
        }


def _row(made: Made, provenance: dict[str, Any], source: Source) -> Row:
    """The candidate: of its parent's meta it keeps the category and the tools, and nothing about a person."""
    parent = made.parent
    kept = {source.mapping.category, "tools"}
    meta = {name: value for name, value in parent.meta.items() if name in kept}
    return Row(
        id=row_id(made.messages, meta.get("tools")),
        messages=made.messages,
        meta=meta,
        source=parent.source,
        steps=["augment"],
        parent=parent.id,
        provenance=provenance,
    )


def open_job(
    project: Project,
    order: Order,
    read: Progress = no_progress,
    compared: Progress = no_progress,
    wait: Wait = time.sleep,
) -> Job:
    """Reads the current version for `order`; `read` gets rows, `compared` per cent.

    Raises UsageError when a method lacks its endpoint, and what open_source, read_templates and key_of raise.
    """
    order.require_sense()
    chosen = order.endpoint
    if order.method.asks:
        if chosen is None:
            raise UsageError(f"no endpoint is configured to make rows by {order.method.name}", hint=HINT)
        require(["openai"], "providers")
        require_no_key(chosen)
        key_of(chosen)
    leaves = order.method.asks and chosen is not None and not chosen.loopback
    source = open_source(project, sending=leaves, category=order.category, progress=read)
    asker = Asker(chosen, wait) if order.method.asks and chosen else None
    job = Job(project, order, source, Ledger(project), _maker(order, source, asker, compared), asker)
    _count(job)
    return job


def _maker(order: Order, source: Source, asker: Asker | None, compared: Progress) -> Maker:
    if order.method.name == "rules":
        return Rules(order.rules)
    if asker is None:
        return read_templates(order.templates, source.mapping) if order.templates else find_slots(source, compared)
    generator = asker.endpoint.generator
    if order.method.name == "paraphrase":
        return Paraphrase(asker.ask, generator)
    if order.method.name == "back-translation":
        return BackTranslation(asker.ask, f"{generator} through {order.through}", order.through)
    return Synthetic(asker.ask, generator, source, _kin(source))


def _kin(source: Source) -> dict[str | None, list[int]]:
    """Category -> numbers of its parents."""
    kin: dict[str | None, list[int]] = {}
    for _, number in source.parents:
        kin.setdefault(source.row(number).category(source.mapping.category), []).append(number)
    return kin


def _count(job: Job) -> None:
    """Takes in what is in train and what waits: rejected candidates, and those whose parent is gone, count no more."""
    source, standing = job.source, Standing(job.project)
    mine = {row for row, _ in source.parents}
    job.children.update(source.children)
    for row in candidates(job.project):
        source.known.add(question(row))
        if row.parent not in source.train or outcome(standing.of(row.id)) == "rejected":
            continue
        said = job.ledger.made[row.id]
        job.alive[said.method] += said.parent in mine
        job.children[said.parent] += row.id not in source.made_up
