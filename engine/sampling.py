"""What the verdicts of all readers on the random queue say: the sample, its bound, what stands for each row, the gate.

Opening reads a manifest, the logs and the few rows that were looked at, never the whole version.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, TypeVar

from engine import journey
from engine.data.versions import Version, open_version
from engine.errors import ResourceError, UsageError
from engine.guideline import versions
from engine.project import Project
from engine.queues import Queue, VersionRows, rows_beginning
from engine.review.agreement import agreement
from engine.review.pace import longest_streak, pace, too_fast
from engine.review.queue import TARGET, order_of
from engine.review.report import Report
from engine.review.statistics import LIMIT, Bound, Counts, decisive
from engine.review.verdicts import AGAIN, CANDIDATES, DISAGREEMENTS, RANDOM, RISK, Decision, Verdicts, settled
from engine.reviewers import log_of, readers

T = TypeVar("T")
_SAME_ROWS = ("review", "split", "redact")
"""Steps that take no row away but those that verdicts or the split's proof name: a sample drawn before still holds."""


class Sample:
    """The random queue of `version` as all its readers know it, seen by `reader`. report(), evidence(), record()"""

    def __init__(self, project: Project, version: Version, reader: str) -> None:
        self._project = project
        self.version = version
        self.reader = reader
        self._limit = _limit(project)
        self._logs: dict[tuple[str, str], Verdicts] = {}
        self.readers = [*dict.fromkeys([*readers(project), reader])]
        self._same_rows = [version, *_ancestors(project, version)]
        """This version and those before it, as far back as the rows are the same."""
        oldest = max((self._began(name) for name in self.readers), default=-1)
        self._line = self._same_rows[: max(0, oldest) + 1]
        self.base = self._line[-1]
        """The oldest of them in which rows were judged."""
        self._queues: dict[str, Queue] = {}
        self._here: dict[str, bool] = {}
        """Row -> whether this version holds it, of those that may have been redacted."""
        self._kept: dict[object, tuple[list[int], Any]] = {}
        """What was reckoned from the logs: name -> (how they stood then, value)."""

    def log(self, reader: str, queue: str = RANDOM) -> Verdicts:
        """What `reader` has said in `queue`."""
        if (reader, queue) not in self._logs:
            self._logs[reader, queue] = Verdicts(log_of(self._project, reader), queue)
        return self._logs[reader, queue]

    def drawn_from(self, reader: str) -> Version:
        """The version in which `reader` began, as long as the rows are the same; that of the others, before they begin.

        Nothing to store and lose, and no way to draw again until the sample pleases: only a new version has a new
        order, and there its first rows are other ones.
        """
        began = self._began(reader)
        return self._same_rows[began] if began >= 0 else self.base

    def queue(self, reader: str) -> Queue:
        """The random queue in the order of `reader`."""
        if reader not in self._queues:
            version = self.drawn_from(reader)
            order = order_of(len(version), seed_of(version.manifest), reader)
            self._queues[reader] = Queue(VersionRows(version), order, len(version))
        return self._queues[reader]

    def own(self, reader: str) -> list[Decision]:
        """The verdicts of one reader on their queue up to its first row without one, in its order, skips included."""
        queue, log = self.queue(reader), self.log(reader)
        return self._reckoned(("own", reader), [log], lambda: list(queue.said(log)))

    def verdicts(self) -> dict[str, dict[str, Decision]]:
        """Row -> reader -> verdict, skips included, of every row in the sample: a simple random one."""
        return self._reckoned("verdicts", [self.log(name) for name in self.readers], self._verdicts)

    def _verdicts(self) -> dict[str, dict[str, Decision]]:
        found: dict[str, dict[str, Decision]] = {}
        for reader in self.readers:
            for one in self.own(reader):
                found.setdefault(one.row, {})[reader] = one
        return found

    def settlements(self) -> dict[str, Decision]:
        """Row -> the verdict that settled a disagreement, the newest of all readers'; of rows that readers do judge
        differently alone: a line by itself overrules nobody."""
        said = [one for name in self.readers for one in self.log(name, DISAGREEMENTS).latest().values()]
        judged = self.said((RANDOM, RISK, CANDIDATES))
        differ = {row for row, verdicts in judged.items() if len({one.bad for one in verdicts.values()}) > 1}
        said = [one for one in said if one.verdict != "skip" and one.row in differ]
        return {one.row: one for one in sorted(said, key=lambda one: one.at)}

    def disputed(self, queues: tuple[str, ...] = (RANDOM, RISK)) -> dict[str, dict[str, Decision]]:
        """Row -> reader -> verdict of the rows here that readers judge differently and nobody has settled."""
        done, applied, sample = self.settlements(), self._applied(), self.verdicts()
        # What was applied is settled by it: a row that one reader was against is gone.
        live = {one.name for one in self._same_rows} - applied

        def is_open(row: str, said: Mapping[str, Decision]) -> bool:
            judged = {one.version for one in said.values()}
            here = judged & live or (row in sample and not judged <= applied)
            return bool(here) and row not in done and len({one.bad for one in said.values()}) > 1

        return {row: said for row, said in self.said(queues).items() if is_open(row, said)}

    def said(self, queues: tuple[str, ...] = (RANDOM, RISK)) -> dict[str, dict[str, Decision]]:
        """Row -> reader -> their newest verdict on it, in whichever of `queues`; skips are none."""
        logs = [self.log(name, queue) for name in self.readers for queue in queues]
        return self._reckoned(queues, logs, lambda: self._newest(queues))

    def _newest(self, queues: tuple[str, ...]) -> dict[str, dict[str, Decision]]:
        found: dict[str, dict[str, Decision]] = {}
        for reader in self.readers:
            every = [one for queue in queues for one in self.log(reader, queue).latest().values()]
            for one in sorted(every, key=lambda one: one.at):
                if one.verdict != "skip":
                    found.setdefault(one.row, {})[reader] = one
        return found

    def bad_rows(self) -> dict[str, Decision]:
        """Row -> the verdict that it should not be learned as it is; all that stand, of earlier versions too."""
        done = self.settlements()
        standing = {row: settled(one.values(), done.get(row)) for row, one in self.said().items()}
        return {row: one for row, one in standing.items() if one.bad}

    def report(self) -> Report:
        """Counts, bound and all the rest, as of now."""
        verdicts, mine, known = self.verdicts(), self.own(self.reader), versions(self._project)
        sample, applied = self._standing(verdicts), self._applied()
        counts, reasons = Counts.of(sample), Counter(one.reason for one in sample if one.reason)
        waiting = [one for one in sample if one.bad and one.version not in applied and not self._redacted(one)]
        refused = sum(one.manifest["counts"]["left_out"] for one in self._line[:-1] if one.manifest["step"] == "split")
        return Report(
            version=self.version.name,
            counts=counts,
            bound=Bound(len(self.base), counts.looked_at, counts.bad, counts.bad - len(waiting), refused),
            target=min(TARGET, len(self.base)),
            limit=self._limit,
            to_apply=self._to_apply(waiting, applied),
            reasons=dict(reasons.most_common()),
            own=Counts.of(mine).looked_at,
            readers={name: rows for name in self.readers if (rows := Counts.of(self.own(name)).looked_at)},
            agreement=agreement(verdicts),
            disagreements=len(self.disputed()),
            consistency=self._consistency(),
            too_fast=too_fast(mine),
            streak=longest_streak(mine),
            pace=pace(self.log(self.reader).order),
            others={name: self._counts(name) for name in (RISK, CANDIDATES)},
            guideline=known[-1] if known else None,
            older=sum((one.guideline or 0) < known[-1] for one in sample if one.verdict != "skip") if known else 0,
        )

    def evidence(self) -> journey.Evidence | None:
        """What the gate is told; None until enough rows were looked at for the first time."""
        report, rests_on = self.report(), {"data": self.version.name}
        if not report.done:
            if journey.newest(self._project, "review", "reviewed", rests_on) is None:
                return None
            text = f"{report.bound.looked_at:,} of {report.target:,} rows are looked at"
            return journey.Evidence("reviewed", "failed", text, rests_on)
        counted = decisive(report.bound, (one for one in self._standing(self.verdicts()) if one.verdict != "skip"))
        passed = (counted.share or 0.0) <= self._limit
        said = [f"{counted.sentence} (limit {self._limit * 100:g} %)", *report.doubts]
        text = "; ".join(said)
        return journey.Evidence("reviewed", "passed" if passed else "failed", text, rests_on)

    def record(self) -> ResourceError | None:
        """Writes the gate's evidence when it has changed; returns what keeps it from being written.

        A project held by another process is no error: the verdicts are safe, and the gate follows with the next key,
        or when the review is opened again.
        """
        new = self.evidence()
        if new is None or journey.newest(self._project, "review", new.item, new.rests_on) == (new.state, new.text):
            return None
        try:
            with self._project.changing("review"):
                journey.record_new(self._project, "review", new)
        except ResourceError as error:
            return error
        return None

    def _standing(self, verdicts: Mapping[str, Mapping[str, Decision]]) -> list[Decision]:
        """One verdict a row, in the order in which the rows were first judged: the first 100 stay the first."""
        done = self.settlements()
        first = {row: min(one.at for one in said.values()) for row, said in verdicts.items()}
        order = sorted(verdicts, key=lambda row: first[row])
        return [settled(verdicts[row].values(), done.get(row)) for row in order]

    def _consistency(self) -> tuple[int, int] | None:
        pairs = [
            (before, one)
            for name in self.readers
            for row, one in self.log(name, AGAIN).latest().items()
            if one.verdict != "skip" and (before := self.log(name).standing(row)) and before.verdict != "skip"
        ]
        return (sum(before.bad == one.bad for before, one in pairs), len(pairs)) if pairs else None

    def _began(self, reader: str) -> int:
        """Place in the line of versions where the reader first judged a row; -1 where nowhere."""
        judged = {one.version for one in self.log(reader).order}
        return max((at for at, one in enumerate(self._same_rows) if one.name in judged), default=-1)

    def _reckoned(self, name: object, logs: Iterable[Verdicts], make: Callable[[], T]) -> T:
        """What `make` gives, kept until one of the logs it rests on has grown: a key press asks for it often."""
        stood = [one.changes for one in logs]
        if name not in self._kept or self._kept[name][0] != stood:
            self._kept[name] = stood, make()
        value: T = self._kept[name][1]
        return value

    def _counts(self, queue: str) -> Counts:
        return Counts.of(settled(one.values()) for one in self.said((queue,)).values())

    def _to_apply(self, waiting: Iterable[Decision], applied: set[str]) -> int:
        bad, live = self.bad_rows(), {one.name for one in self._same_rows} - applied
        here = {row for row, one in bad.items() if one.version in live and not self._redacted(one)}
        return len(here | {one.row for one in waiting if one.row in bad})

    def _redacted(self, one: Decision) -> bool:
        """Whether the row was redacted since: it is another row now, and what was said of it is mended."""
        if one.version not in self._before("redact"):
            return False
        if one.row not in self._here:
            self._here[one.row] = any(rows_beginning(self.version, one.row))
        return not self._here[one.row]

    def _applied(self) -> set[str]:
        """Versions whose verdicts a later one has taken in."""
        return self._before("review")

    def _before(self, step: str) -> set[str]:
        """Versions before the last one that `step` has made."""
        line = self._same_rows
        first = next((at for at, one in enumerate(line) if one.manifest["step"] == step), len(line))
        return {one.name for one in line[first + 1 :]}


def seed_of(manifest: Mapping[str, Any]) -> str:
    """What fixes the order in which the rows of a version are drawn."""
    return f"{manifest['name']} {manifest['created']} {manifest['counts']['rows']}"


def draw_name(manifest: Mapping[str, Any]) -> str:
    """Names the draw in the log: 8 hex digits."""
    return blake2b(seed_of(manifest).encode(), digest_size=4).hexdigest()


def _limit(project: Project) -> float:
    limit = project.settings().get("review", {}).get("limit", LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit <= 1:
        raise UsageError(
            f"[review] limit = {limit!r} is no share",
            hint="write a number over 0, at most 1, such as 0.1 for 10 %",
            where=str(project.settings_file),
        )
    return float(limit)


def _keeps_rows(manifest: Mapping[str, Any]) -> bool:
    """Whether a sample drawn before still holds. Made-up rows that come are no part of it: each was read."""
    if manifest["step"] == "augment":
        return not manifest["changed"].get("dropped")
    return manifest["step"] in _SAME_ROWS


def _ancestors(project: Project, version: Version) -> Iterator[Version]:
    while _keeps_rows(version.manifest):
        parent = project.version_folder(version.manifest["parent"])
        if not (parent / "rows.jsonl").is_file():
            return
        version = open_version(parent)
        yield version
