"""The review of a project: the next card of a queue, a verdict a key press, and what comes of it."""

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from engine import journey
from engine.data.adopt import current
from engine.data.rows import Row
from engine.data.titles import title
from engine.data.versions import Version
from engine.errors import ResourceError, UsageError
from engine.guideline import versions
from engine.mending import checked, new_personal_data, part_of
from engine.project import Project
from engine.queues import VersionRows, rows_beginning
from engine.review.pace import pace
from engine.review.queue import goal
from engine.review.report import Report
from engine.review.statistics import Counts
from engine.review.verdicts import (
    AGAIN,
    CANDIDATES,
    DISAGREEMENTS,
    QUEUES,
    RANDOM,
    REASONS,
    RISK,
    VERDICTS,
    Decision,
    now,
)
from engine.reviewers import NAMELESS
from engine.sampling import Sample, draw_name
from engine.waiting import queue_of

if TYPE_CHECKING:
    from engine.data.report import Member

BLIND = (RANDOM, AGAIN)
"""Queues in which nothing that the automatic checks say is shown before the verdict."""
_GATE = (RANDOM, DISAGREEMENTS)
"""Queues whose verdicts the bound rests on."""
_MATES = 20
"""Rows of a cluster that are shown beside a card: nobody compares more, and clusters of thousands exist."""
_SEARCHED = 1000
"""Places to look back for a row whose number a later version has shifted."""


@dataclass(frozen=True, slots=True)
class Card:
    """The row to judge now."""

    row: Row
    place: int
    """In its queue, from 0."""
    position: int
    """From 1: how many rows will have a verdict with this one."""
    of: int
    """Verdicts after which the bound is taken: 100, then every further hundred; all rows, where there are fewer."""
    why: tuple[str, ...] = ()
    """Why the row is in this queue; nothing in those that are read blind."""
    known: Decision | None = None
    """The verdict that it had when it was shown: a skip, or none."""


class Review:
    """card(), decide(verdict, ...), undo(), report(): every decision is on the disk before the call returns."""

    def __init__(self, project: Project, queue: str, reader: str) -> None:
        self._project = project
        self.version: Version = current(project)
        self.queue = queue
        self.reader = reader
        self.sample = Sample(project, self.version, reader)
        self._log = self.sample.log(reader, queue)
        self._rows = queue_of(queue, project, self.sample)
        self._card: Card | None = None
        self._shown = ""
        self._judged: tuple[str, int] | None = None
        """(id, number in the sample's base) of the row judged last."""
        self.unrecorded: ResourceError | None = None
        """Why the gate could not be written: another process was changing the project. The next key tries again."""
        self.noticed: tuple[str, ...] = ()
        """Kinds of personal data that the last edit has brought in."""

    def __len__(self) -> int:
        return len(self._rows)

    def card(self) -> Card | None:
        """The first row of the queue without a verdict, or whose verdict was taken back; skipped ones come at the end.

        None when every row has a verdict. Raises DataError when the row is damaged.
        """
        if self._card is None:
            self._log.refresh()
            unseen = self._rows.unseen(self._log)
            place = unseen if unseen < len(self._rows) else self._rows.skipped(self._log)
            if place is None:
                return None
            looked_at = self.counts().looked_at
            of = goal(looked_at, len(self._rows)) if self.queue == RANDOM else len(self._rows)
            row = self._rows.row(place)
            known = self._log.standing(row.id)
            self._card = Card(row, place, looked_at + 1, of, self._rows.why(place), known)
            self._shown = now()
        return self._card

    def said(self) -> list[Decision]:
        """The verdicts of this reader on the queue up to its first row without one, skips included."""
        return list(self._rows.said(self._log))

    def counts(self) -> Counts:
        """What this reader has judged in this queue."""
        return Counts.of(self.said())

    def decide(
        self,
        verdict: str,
        *,
        reason: str | None = None,
        after: str | None = None,
        part: str | None = None,
        card: Card | None = None,
        over: bool = False,
    ) -> Decision | None:
        """Gives `card` (default: the next) its verdict: accept, reject (with a code of REASONS), edit, skip, flag.

        An edit has the new text of `part` (default: the answer). None: it is written. Else the verdict that somebody
        else has written into the same log since the card was shown: nothing is written then, unless `over` says so.
        Raises UsageError when that is no verdict or no answer, or no card is left; ResourceError when the disk refuses.
        """
        card = self._to_judge(card)
        if verdict not in VERDICTS or (verdict == "reject") != (reason in REASONS):
            known = f"{', '.join(VERDICTS)}; reasons of a reject: {', '.join(REASONS)}"
            raise UsageError(f"{verdict} {reason or ''} is no verdict", hint=f"there are: {known}")
        decision = self._decision(card, verdict, reason, part, after)
        with self._log.alone():
            meanwhile = self._log.standing(card.row.id)
            if meanwhile != card.known and not over:
                self._card = None
                return meanwhile
            self._log.decide(decision)
        self._card = None
        self._judged = (card.row.id, self._rows.number(card.place))
        self.record()
        return None

    def undo(self) -> Decision | None:
        """Takes the last verdict on this version back, also after a restart; its card is the next. None: there is none.

        What was decided before verdicts were applied belongs to an earlier version and stays.
        """
        taken = self._log.undo(self.version.name)
        self._card = self._judged = None
        self.record()
        return taken

    def revealed(self) -> tuple[tuple[str, str], ...]:
        """(rule, message) of what the automatic checks say of the row judged last: never of the one that waits."""
        return tuple((rule, one.message) for rule, one in self._found(self._judged)) if self.queue in BLIND else ()

    def mates(self) -> list[tuple[str, list[Row]]]:
        """(what was found, the other rows of it): rows that the card is alike or contradicts; a made-up row's parent.

        In a queue that is read blind: those of the row judged last.
        """
        card = None if self.queue in BLIND else self.card()
        if card and card.row.provenance:
            parent = str(card.row.provenance.get("parent_id"))
            return [("the row that it was made from", list(islice(rows_beginning(self.version, parent), 1)))]
        about = (card.row.id, self._rows.number(card.place)) if card else self._judged
        return [
            (
                f"{title(rule)}: {one.message}",
                [row for row in map(self.version.row, one.rows[:_MATES]) if about and row.id != about[0]],
            )
            for rule, one in self._found(about)
            if len(one.rows) > 1
        ]

    def coming(self, count: int = 20) -> list[str]:
        """Ids of the next rows of the queue, for what is worth preparing."""
        card = self.card()
        first = card.place + 1 if card else 0
        return [self._rows.id(place) for place in range(first, min(first + count, len(self._rows)))]

    def _found(self, judged: tuple[str, int] | None) -> "tuple[tuple[str, Member], ...]":
        """(rule, member) of the report on a row, given by its id and its number in the queue's source."""
        from engine.data.report import saved_report

        report = saved_report(self._project) if judged else None
        if report is None or judged is None:
            return ()
        place = number_now(report.version, *judged)
        return () if place is None else report.found_in(place)

    def report(self) -> Report:
        """Counts and bound, as of now."""
        return self.sample.report()

    def pace(self) -> float | None:
        """Seconds a card, of late; None before the fifth verdict."""
        return pace(self._log.order)

    def evidence(self) -> journey.Evidence | None:
        """What the gate is told; None until enough rows were looked at for the first time."""
        return self.sample.evidence()

    def record(self) -> None:
        """Writes the gate's evidence when this queue bears on it and it has changed; else `unrecorded` says why not."""
        self.unrecorded = self.sample.record() if self.queue in _GATE else None

    def bad_rows(self) -> dict[str, Decision]:
        """Row id -> the verdict that a row should not be learned as it is; all that stand, of earlier versions too."""
        return self.sample.bad_rows()

    def _to_judge(self, card: Card | None) -> Card:
        waiting = card or self.card()
        if waiting is None:
            raise UsageError("every row has its verdict", hint="tunewright review report; u takes the last one back")
        if waiting.place >= len(self._rows) or self._rows.id(waiting.place) != waiting.row.id:
            raise UsageError("the data was changed while you were editing", hint="copy your text, then leave: n")
        return waiting

    def _decision(self, card: Card, verdict: str, reason: str | None, part: str | None, after: str | None) -> Decision:
        before = kept = None
        self.noticed = ()
        if verdict == "edit":
            before, kept = part_of(card.row, part).text, checked(card.row, part, after or "")
            self.noticed = tuple(new_personal_data(card.row, part, kept))
        known = versions(self._project)
        return Decision(
            row=card.row.id,
            verdict=verdict,
            version=self.version.name,
            at=now(),
            shown=self._shown or now(),
            reason=reason,
            before=before,
            after=kept,
            part=part,
            reviewer=self.reader or None,
            sample=draw_name(self.sample.drawn_from(self.reader).manifest) if self.queue == RANDOM else None,
            words=_words(card.row),
            guideline=known[-1] if known else None,
        )


def open_review(project: Project, queue: str = RANDOM, reviewer: str | None = None) -> Review:
    """The review of the current version by `reviewer`, at the card where it was left.

    Raises DataError before the first import or when a version is damaged, UsageError when there is no such queue, the
    risk queue has no report to rest on, or the limit is none.
    """
    if queue not in QUEUES:
        raise UsageError(f"there is no queue {queue!r}", hint=f"there are: {', '.join(QUEUES)}")
    return Review(project, queue, reviewer or NAMELESS)


def disagreements(project: Project) -> list[dict[str, Any]]:
    """For --json: each row that readers judge differently and nobody has settled, with what each of them says."""
    sample = Sample(project, current(project), NAMELESS)
    queue, open_ones = queue_of(DISAGREEMENTS, project, sample), sample.disputed((RANDOM, RISK, CANDIDATES))
    found = []
    for place in range(len(queue)):
        row = queue.row(place)
        if row.id in open_ones:
            where = f"{row.source.get('file', '?')}:{row.source.get('line', '?')}"
            found.append({"row": row.id, "place": where, "views": list(queue.why(place))})
    return found


def find_row(project: Project, beginning: str) -> Row:
    """The row of the current version, or the candidate, whose id begins so. Raises UsageError for none or several."""
    from engine.augment.candidates import candidates

    rows = [*rows_beginning(current(project), beginning), *candidates(project)]
    found = {row.id: row for row in rows if beginning and row.id.startswith(beginning)}
    if len(found) != 1:
        said = f"{len(found) or 'no'} rows begin with {beginning!r}"
        raise UsageError(said, hint="d shows the id of a row; tunewright review disagreements lists some")
    return next(iter(found.values()))


def number_now(version: Version, row: str, number: int) -> int | None:
    """The number that the row with this id has in `version`, where an earlier one had `number`; None when it is gone.

    Rows that went since were before it or after it: it has come to the front by as many places at most.
    """
    first, rows = min(number, len(version) - 1), VersionRows(version)
    return next((at for at in range(first, max(-1, first - _SEARCHED), -1) if rows.id(at) == row), None)


def _words(row: Row) -> int:
    """Words that there are to read, the system text aside; where no spaces part them, ten characters count as one."""
    texts = [turn["content"] for turn in [*row.messages, *(row.rejected or [])] if turn["role"] != "system"]
    return sum(max(len(text.split()), len(text) // 10) for text in texts)
