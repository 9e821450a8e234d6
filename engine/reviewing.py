"""The review of the current version: the next card, a verdict a key press, what the verdicts say, and the gate.

Opening reads a manifest, the log and the few rows that were looked at, never the whole version.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from engine import journey
from engine.data.adopt import current
from engine.data.rows import Row
from engine.data.versions import Version, open_version
from engine.errors import ResourceError, UsageError
from engine.project import Project
from engine.reading import indented
from engine.review.pace import pace
from engine.review.queue import TARGET, goal, random_order
from engine.review.statistics import LIMIT, Bound, Counts, decisive
from engine.review.verdicts import RANDOM, REASONS, VERDICTS, Decision, Verdicts, now

_SAME_ROWS = ("review", "split")
"""Steps that take no row away but those that verdicts or the split's proof name: a sample drawn before still holds."""


@dataclass(frozen=True, slots=True)
class Card:
    """The row to judge now."""

    row: Row
    number: int
    """Of the row in its version, from 0."""
    position: int
    """From 1: how many rows will have a verdict with this one."""
    of: int
    """Verdicts after which the bound is taken: 100, then every further hundred; all rows, where there are fewer."""


@dataclass(frozen=True, slots=True)
class Report:
    """Where the review of `version` stands."""

    version: str
    counts: Counts
    bound: Bound
    target: int
    """Rows to look at before the gate says anything."""
    limit: float
    """Share of bad rows that the bound may allow."""
    to_apply: int
    """Bad rows that were looked at and are still in the data as they were."""
    reasons: Mapping[str, int]
    """Code -> rows rejected for it; the most frequent first."""

    @property
    def done(self) -> bool:
        return self.bound.looked_at >= self.target

    @property
    def whole(self) -> bool:
        """Whether the reader has come just to a goal: the place to stop, or to choose to go on."""
        return self.done and goal(self.bound.looked_at - 1, self.bound.rows) == self.bound.looked_at

    @property
    def warning(self) -> str | None:
        """What makes the bound doubtful."""
        counts = self.counts
        if not counts.many_skipped:
            return None
        cards = f"{counts.skipped:,} of {counts.looked_at + counts.skipped:,} cards were skipped"
        return f"{cards}, over 10 %: what is hard to judge may be worse than what was judged"

    def document(self) -> dict[str, Any]:
        """For --json; `agreement` is null until a second reviewer has read the same rows."""
        return {
            "queue": RANDOM,
            "version": self.version,
            "rows": self.bound.rows,
            "target": self.target,
            "seen": self.bound.looked_at,
            "bad": self.bound.bad,
            "bound_95": self.bound.share,
            "interval": self.bound.interval,
            "agreement": None,
            "counts": asdict(self.counts),
            "reasons": dict(self.reasons),
            "to_apply": self.to_apply,
            "limit": self.limit,
            "sentence": self.bound.sentence,
            "warning": self.warning,
        }


class Review:
    """card(), decide(verdict, ...), undo(), report(): every decision is on the disk before the call returns."""

    def __init__(self, project: Project, version: Version) -> None:
        self._project = project
        self._verdicts = Verdicts(project.reviews)
        self.version = version
        self._limit = _limit(project)
        self._line = _line(project, version, {decision.version for decision in self._verdicts.order})
        self._base = self._line[-1]
        # Nothing to store and lose, and no way to draw again until the sample pleases: only a new version has a new
        # order, and there its first rows are other ones.
        seed = f"{self._base.name} {self._base.manifest['created']} {len(self._base)}"
        self._order = random_order(len(self._base), seed)
        self._drawn: list[tuple[int, str]] = []
        """(number, id) of the rows of the queue so far."""
        self._card: Card | None = None
        self._shown = ""
        self.unrecorded: ResourceError | None = None
        """Why the gate could not be written: another process was changing the project. The next key tries again."""

    def card(self) -> Card | None:
        """The first row of the queue without a verdict, or whose verdict was taken back; skipped ones come at the end.

        None when every row has a verdict. Raises DataError when the row is damaged.
        """
        if self._card is None:
            self._verdicts.refresh()
            number = self._next()
            if number is None:
                return None
            looked_at = Counts.of(self._sample()).looked_at
            self._card = Card(self._base.row(number), number, looked_at + 1, goal(looked_at, len(self._base)))
            self._shown = now()
        return self._card

    def decide(self, verdict: str, *, reason: str | None = None, after: str | None = None) -> None:
        """Gives the card its verdict: accept, reject (with a code of REASONS), edit (with the new answer), skip, flag.

        Raises UsageError when that is no verdict or no answer, or no card is left; ResourceError when the disk refuses.
        """
        card = self.card()
        if card is None:
            raise UsageError("every row has its verdict", hint="tunewright review report; u takes the last one back")
        if verdict not in VERDICTS or (verdict == "reject") != (reason in REASONS):
            known = f"{', '.join(VERDICTS)}; reasons of a reject: {', '.join(REASONS)}"
            raise UsageError(f"{verdict} {reason or ''} is no verdict", hint=f"there are: {known}")
        decision = Decision(card.row.id, verdict, self.version.name, now(), self._shown, reason)
        if verdict == "edit":
            decision = replace(decision, before=card.row.answer, after=_checked(card.row, after or ""))
        self._verdicts.decide(decision)
        self._card = None
        self.record()

    def undo(self) -> Decision | None:
        """Takes the last verdict on this version back, also after a restart; its card is the next. None: there is none.

        What was decided before verdicts were applied belongs to an earlier version and stays.
        """
        taken = self._verdicts.undo(self.version.name)
        self._card = None
        self.record()
        return taken

    def report(self) -> Report:
        """Counts and bound, as of now."""
        sample, applied = self._sample(), self._applied()
        counts = Counts.of(sample)
        waiting = sum(decision.bad and decision.version not in applied for decision in sample)
        refused = sum(one.manifest["counts"]["left_out"] for one in self._line[:-1] if one.manifest["step"] == "split")
        bound = Bound(len(self._base), counts.looked_at, counts.bad, counts.bad - waiting, refused)
        target = min(TARGET, len(self._base))
        reasons = Counter(one.reason for one in sample if one.reason)
        return Report(self.version.name, counts, bound, target, self._limit, waiting, dict(reasons.most_common()))

    def pace(self) -> float | None:
        """Seconds a card, of late; None before the fifth verdict."""
        return pace(self._verdicts.order)

    def evidence(self) -> journey.Evidence | None:
        """What the gate is told; None until enough rows were looked at for the first time."""
        report, rests_on = self.report(), {"data": self.version.name}
        if not report.done:
            if journey.newest(self._project, "review", "reviewed", rests_on) is None:
                return None
            text = f"{report.bound.looked_at:,} of {report.target:,} rows are looked at"
            return journey.Evidence("reviewed", "failed", text, rests_on)
        counted = decisive(report.bound, (one for one in self._sample() if one.verdict != "skip"))
        passed = (counted.share or 0.0) <= self._limit
        said = [f"{counted.sentence} (limit {self._limit * 100:g} %)", report.warning]
        text = "; ".join(part for part in said if part)
        return journey.Evidence("reviewed", "passed" if passed else "failed", text, rests_on)

    def record(self) -> None:
        """Writes the gate's evidence when it has changed. A project held by another process is no error: `unrecorded`.

        The verdicts are safe then, and the gate follows with the next key, or when the review is opened again.
        """
        self.unrecorded = None
        new = self.evidence()
        if new is None or journey.newest(self._project, "review", new.item, new.rests_on) == (new.state, new.text):
            return
        try:
            with self._project.changing("review"):
                journey.record_new(self._project, "review", new)
        except ResourceError as error:
            self.unrecorded = error

    def bad_rows(self) -> dict[str, Decision]:
        """Row id -> the verdict that a row should not be learned as it is; all that stand, of earlier versions too."""
        standing = {decision.row: decision for decision in self._verdicts.order}
        return {row: decision for row, decision in standing.items() if decision.bad}

    def _sample(self) -> list[Decision]:
        """The verdicts on the queue up to its first row without one, in its order: a simple random sample."""
        said = (self._verdicts.standing(row) for _, row in self._drawn[: self._unseen()])
        return [decision for decision in said if decision]

    def _unseen(self) -> int:
        """Place in the queue of the first row that nobody has judged or skipped; drawn up to there."""
        for place in range(len(self._base)):
            if place == len(self._drawn):
                number = next(self._order)
                self._drawn.append((number, self._base.row(number).id))
            if self._verdicts.standing(self._drawn[place][1]) is None:
                return place
        return len(self._base)

    def _next(self) -> int | None:
        """Number of the row to show; None when there is none.

        That is also the row of the verdict taken back last: it is again the first unseen, or the oldest skipped.
        """
        unseen = self._unseen()
        if unseen < len(self._base):
            return self._drawn[unseen][0]
        numbers = {row: number for number, row in self._drawn}
        return next((numbers[row] for row in self._skipped() if row in numbers), None)

    def _skipped(self) -> Iterator[str]:
        """Rows whose standing verdict is a skip, the one skipped the longest ago first."""
        for decision in self._verdicts.order:
            if decision.verdict == "skip" and self._verdicts.standing(decision.row) is decision:
                yield decision.row

    def _applied(self) -> set[str]:
        """Versions whose verdicts a later one has taken in."""
        first = next((at for at, one in enumerate(self._line) if one.manifest["step"] == "review"), len(self._line))
        return {one.name for one in self._line[first + 1 :]}


def open_review(project: Project) -> Review:
    """The review of the current version, at the card where it was left.

    Raises DataError before the first import or when a version is damaged, UsageError when the limit is none.
    """
    return Review(project, current(project))


def with_answer(row: Row, answer: str) -> Row:
    """`row` with another answer: a new row, made from this one."""
    return row.with_messages([*row.messages[:-1], {**row.messages[-1], "content": answer}], "review")


def _checked(row: Row, answer: str) -> str:
    """`answer` as it may be stored: secrets masked; the old one where they are equal. Raises UsageError."""
    from engine.data.masking import Mask
    from engine.data.validate import validate

    if any("\ud800" <= character <= "\udfff" for character in answer):
        raise UsageError("the answer is not UTF-8", hint="write it in UTF-8")
    if indented(row.answer) is not None and indented(answer) is None:
        raise UsageError("the answer was JSON and is none any more", hint="mend it, or reject the row")
    changed = with_answer(row, Mask().text(answer))
    problems = [problem for problem in validate(changed.messages) if problem.severity == "error"]
    if problems:
        raise UsageError(problems[0].message, hint="give the answer that should be learned, or reject the row")
    return row.answer if changed.id == row.id else changed.answer


def _limit(project: Project) -> float:
    limit = project.settings().get("review", {}).get("limit", LIMIT)
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit <= 1:
        raise UsageError(
            f"[review] limit = {limit!r} is no share",
            hint="write a number over 0, at most 1, such as 0.1 for 10 %",
            where=str(project.settings_file),
        )
    return float(limit)


def _line(project: Project, version: Version, judged: set[str]) -> list[Version]:
    """`version` and those before it, back to the oldest in which rows were judged and whose rows are still the same."""
    line = [version]
    while line[-1].manifest["step"] in _SAME_ROWS:
        parent = project.version_folder(line[-1].manifest["parent"])
        if not (parent / "manifest.json").is_file():
            break
        line.append(open_version(parent))
    oldest = max((at for at, one in enumerate(line) if one.name in judged), default=0)
    return line[: oldest + 1]
