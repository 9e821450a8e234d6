"""What was asked to be made, and how much of it that comes to."""

from dataclasses import dataclass
from pathlib import Path

from engine.augment.endpoint import Endpoint
from engine.augment.methods import Method
from engine.augment.rules import DEFAULT
from engine.augment.source import Source
from engine.errors import UsageError

CHILDREN = 3
"""Rows made of one parent at most: more of one row teach its wording, not its meaning."""
MOST = 0.5
"""Share of train that may be made up: beyond one half the model learns the maker more than the task."""
SHARE = 0.1
"""Made by default: enough to judge the method by, few enough to read."""


@dataclass(frozen=True, slots=True)
class Order:
    """One request for made-up rows."""

    method: Method
    count: int | None = None
    """Candidates of this method in all, those that are there included."""
    share: float | None = None
    """The same as a share of train with them in it; neither: SHARE."""
    seed: int = 0
    category: str | None = None
    """Keep to the rows of one."""
    templates: Path | None = None
    rules: tuple[str, ...] = DEFAULT
    through: str = "French"
    """Language of a back-translation."""
    children: int = CHILDREN
    most: float = MOST
    endpoint: Endpoint | None = None

    def wanted(self, source: Source) -> int:
        """How many candidates of this method there should be."""
        if self.count is not None:
            return self.count
        share = SHARE if self.share is None else self.share
        return max(1, round(share / (1 - share) * len(source.train)))

    def require_sense(self) -> None:
        """Raises UsageError when a number makes no sense."""
        if self.count is not None and self.count < 1:
            raise UsageError(f"{self.count} rows cannot be made", hint="--count with a number from 1")
        if self.share is not None:
            _require_share("--share", self.share)
        require_caps(self.children, self.most)
        if not -(2**63) <= self.seed < 2**63:
            raise UsageError(f"seed {self.seed} is too large", hint="take a number below 2**63")


def room(source: Source, most: float) -> int:
    """Made-up rows that train may hold in all, those in it included: `most` of train with them."""
    return int(most / (1 - most) * len(source.train) + 1e-9)


def require_caps(children: int, most: float) -> None:
    """Raises UsageError for caps that make no sense."""
    if children < 1:
        raise UsageError(f"--children {children} allows none", hint=f"a number from 1; {CHILDREN} by default")
    _require_share("--most", most)


def _require_share(name: str, share: float) -> None:
    if not 0 < share < 1:
        raise UsageError(f"{name} {share:g} is no share", hint="a number over 0 and under 1, such as 0.2")
