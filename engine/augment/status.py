"""Where the made-up rows stand: made, refused by the checks, waiting, approved, rejected, in the data."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.augment.approval import rate
from engine.augment.candidates import Ledger
from engine.augment.endpoint import lacking
from engine.augment.methods import METHODS, Method
from engine.data.overview import overview
from engine.project import Project
from engine.review.verdicts import CANDIDATES, DISAGREEMENTS, RANDOM, RISK, Decision, Verdicts, settled
from engine.reviewers import readers

_QUEUES = (CANDIDATES, RANDOM, RISK)
"""A made-up row that is in the data can be met again in the other two."""
IN_DATA = "augmented"
"""Name of the fact in a manifest: method -> made-up rows that `apply` left in the version."""


@dataclass(frozen=True, slots=True)
class MethodStatus:
    """One method."""

    name: str
    made: int = 0
    """Candidates that passed the checks."""
    refused: Mapping[str, int] | None = None
    """By the checks: reason -> how many."""
    waiting: int = 0
    """No reader has decided, or readers disagree."""
    approved: int = 0
    """As they were made."""
    edited: int = 0
    """With a mended answer: they may be learned, and count against the method."""
    rejected: int = 0
    """Flagged ones too."""

    @property
    def read(self) -> int:
        return self.approved + self.edited + self.rejected

    @property
    def rate(self) -> dict[str, float] | None:
        """Share approved as made, of those read; with its interval and its bound."""
        return rate(self.approved, self.read)

    def document(self) -> dict[str, Any]:
        """For --json."""
        return {**asdict(self), "refused": dict(self.refused or {}), "approval": self.rate}


@dataclass(frozen=True, slots=True)
class Status:
    """All methods."""

    methods: tuple[MethodStatus, ...]
    split: bool
    """Whether the current version is split: before that nothing is made."""
    lacks: str | None
    """Why no model can be asked; None when one can."""
    in_data: Mapping[str, int]
    """Method -> made-up rows in the version that the last `apply` or `drop` made; later steps may have changed it."""

    @property
    def waiting(self) -> int:
        return sum(one.waiting for one in self.methods)

    @property
    def approved(self) -> int:
        """Candidates that may be learned."""
        return sum(one.approved + one.edited for one in self.methods)

    def document(self) -> dict[str, Any]:
        """For --json."""
        methods = [{**one.document(), "ready": self.unready(METHODS[one.name]) is None} for one in self.methods]
        return {"methods": methods, "split": self.split, "lacks": self.lacks, "in_data": dict(self.in_data)}

    def unready(self, method: Method) -> str | None:
        """Why `method` cannot be used now; None when it can."""
        if not self.split:
            return "the data is not split yet: made-up rows come from train alone"
        return self.lacks if method.asks else None


class Standing:
    """The verdicts of all readers on made-up rows, before and after they came into the data. of(row id); refresh()"""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._logs: dict[tuple[str, str], Verdicts] = {}
        self.refresh()

    def refresh(self) -> None:
        """Takes in what was decided since."""
        for reader, path in readers(self._project).items():
            for queue in (*_QUEUES, DISAGREEMENTS):
                if (reader, queue) in self._logs:
                    self._logs[reader, queue].refresh()
                else:
                    self._logs[reader, queue] = Verdicts(path, queue)

    def of(self, row: str) -> Decision | None:
        """The verdict that counts: where readers differ, what settled it; None: nobody has judged, or it is open."""
        own = [one for reader in {reader for reader, _ in self._logs} if (one := self._newest(reader, row, _QUEUES))]
        resolved = [one for reader, _ in self._logs if (one := self._newest(reader, row, (DISAGREEMENTS,)))]
        if not own or (len({one.bad for one in own}) > 1 and not resolved):
            return None
        return settled(own, max(resolved, key=lambda one: one.at) if resolved else None)

    def _newest(self, reader: str, row: str, queues: Sequence[str]) -> Decision | None:
        """What one reader has said last; skips are no verdicts."""
        said = (log.standing(row) for queue in queues if (log := self._logs.get((reader, queue))))
        judged = [one for one in said if one and one.verdict != "skip"]
        return max(judged, key=lambda one: one.at) if judged else None


def outcome(decision: Decision | None) -> str:
    """What a verdict makes of a candidate: waiting, approved, edited or rejected."""
    if decision is None:
        return "waiting"
    return "edited" if decision.edits else "rejected" if decision.bad else "approved"


def find_status(project: Project, ledger: Ledger, standing: Standing) -> Status:
    """The status as of what `ledger` and `standing` have taken in; it reads no rows."""
    found = overview(project)
    counts = _outcomes(ledger, standing)
    methods = tuple(_one(name, counts.get(name, Counter()), ledger) for name in METHODS)
    in_data = found.manifest.get(IN_DATA, {}) if found else {}
    return Status(methods, bool(found and found.split), lacking(project), in_data)


def _one(name: str, outcomes: Counter[str], ledger: Ledger) -> MethodStatus:
    counted = {kind: outcomes[kind] for kind in ("waiting", "approved", "edited", "rejected")}
    return MethodStatus(name, outcomes.total(), dict(ledger.refused.get(name, Counter()).most_common()), **counted)


def _outcomes(ledger: Ledger, standing: Standing) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for one in ledger.made.values():
        counts.setdefault(one.method, Counter())[outcome(standing.of(one.id))] += 1
    return counts
