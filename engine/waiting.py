"""What waits in each queue for a reader."""

from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b

from engine.data.rows import Row, find_rows
from engine.data.titles import title
from engine.errors import UsageError
from engine.project import Project
from engine.queues import Listed, Queue, VersionRows
from engine.review.statistics import Counts
from engine.review.verdicts import AGAIN, CANDIDATES, DISAGREEMENTS, RANDOM, RISK, Decision
from engine.reviewers import shown_name
from engine.sampling import Sample

SHOWN_AGAIN = 8
"""Rows that a reader judges twice: 5 to 10 say whether one keeps to one's own rules, and cost a minute or two."""
_LONG_AGO = 50
"""Cards between the first look and the second, so that it is judged anew and not remembered."""


def queue_of(name: str, project: Project, sample: Sample) -> Queue:
    """The queue called `name` (one of QUEUES) for the reader of `sample`.

    Raises UsageError for the risk queue of a version that has no report.
    """
    return _QUEUES[name](project, sample)


def _random(project: Project, sample: Sample) -> Queue:
    return sample.queue(sample.reader)


def _again(project: Project, sample: Sample) -> Queue:
    """Rows of long ago, the same whenever it is opened."""
    queue, said = sample.queue(sample.reader), sample.own(sample.reader)
    done = Counts.of(said).looked_at >= min(2 * _LONG_AGO, len(queue)) and len(said) >= 2 * SHOWN_AGAIN
    pool = [place for place, one in enumerate(said[: min(_LONG_AGO, len(said) // 2)]) if one.verdict != "skip"]
    chosen = sorted(pool, key=lambda place: blake2b(f"again {queue.id(place)}".encode()).digest())[:SHOWN_AGAIN]
    numbers = [queue.number(place) for place in chosen] if done else []
    return Queue(VersionRows(sample.drawn_from(sample.reader)), numbers, len(numbers))


def _risk(project: Project, sample: Sample) -> Queue:
    from engine.data.report import saved_report

    report = saved_report(project)
    if report is None:
        said = f"nothing is known yet of what is risky in {sample.version.name}"
        raise UsageError(said, hint="tunewright data report looks at every row")
    risky, flags = report.risky(), report.flags
    rows = VersionRows(sample.version)

    def why(number: int) -> tuple[str, ...]:
        return tuple(f"{title(rule)}: {said}" for rule, said in flags(number))

    return Queue(rows, risky, len(risky), why)


def _candidates(project: Project, sample: Sample) -> Queue:
    from engine.augment.candidates import candidates

    made = Listed(candidates(project))
    return Queue(made, range(len(made)), len(made), lambda number: (_origin(made.row(number)),))


def _disagreements(project: Project, sample: Sample) -> Queue:
    """Rows that readers judge differently and no other reader has settled."""
    from engine.augment.candidates import candidates

    mine, done = sample.log(sample.reader, DISAGREEMENTS), sample.settlements()
    said = {
        row: one
        for row, one in sample.said((RANDOM, RISK, CANDIDATES)).items()
        if len({d.bad for d in one.values()}) > 1 and (row not in done or mine.standing(row))
    }
    made = [row for row in candidates(project) if row.id in said]
    found = find_rows(sample.version.folder / "rows.jsonl", said)
    rows = Listed([*(found[one] for one in said if one in found), *made])
    return Queue(rows, range(len(rows)), len(rows), lambda number: tuple(_views(said[rows.row(number).id])))


def _views(said: Mapping[str, Decision]) -> Iterator[str]:
    for reader, one in said.items():
        yield f"{shown_name(reader)}: {one.said}{f', into: {one.after}' if one.edits else ''}"


def _origin(row: Row) -> str:
    said = row.provenance or {}
    return f"made up: {said.get('method')} by {said.get('generator')}, from row {str(said.get('parent_id'))[:8]}"


_QUEUES: Mapping[str, Callable[[Project, Sample], Queue]] = {
    RANDOM: _random,
    RISK: _risk,
    CANDIDATES: _candidates,
    AGAIN: _again,
    DISAGREEMENTS: _disagreements,
}
