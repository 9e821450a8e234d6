"""What a project has shown of its own, as plain data, and how it weighs against what was answered.

Evidence replaces opinion where it is the better of the two. Both are kept, with which one is followed and why.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.intervals import wilson

KAPPA = 0.6
"""Agreement beyond chance under which readers do not judge alike (Landis & Koch 1977: substantial from .61 on)."""
ENOUGH_ROWS = 20
"""Rows that two readers must have judged, or two prompts answered, before their difference says anything."""
CHANCE = 0.05
"""A difference at least this likely by chance alone is none."""
ZERO_SHOT, FEW_SHOT, TRIVIAL = "base", "base_few_shot", "trivial"
"""Measured systems, by their names in an evaluation."""
SYSTEMS = {ZERO_SHOT: "zero-shot", FEW_SHOT: "few-shot"}


@dataclass(frozen=True, slots=True)
class Counted:
    """The rows of the current data version."""

    version: str
    rows: int
    groups: Mapping[str, int] | None
    """Category -> groups of near-equal rows; None: the rows were not compared with each other yet."""
    counted: str
    """Which rows the groups were counted in, in words."""
    split: bool
    validation: int
    """Rows held out for choices; 0 before a split."""
    bad_share: float | None = None
    """Of the rows, expected to be bad by what the review found; None: not enough rows were read."""

    @property
    def unique(self) -> int:
        """Examples that differ, bad ones included; rows, as long as nobody knows how many differ."""
        return self.rows if self.groups is None else sum(self.groups.values())

    def good(self, count: int) -> int:
        """Of `count` examples, those that are expected to be good."""
        return math.floor(count * (1 - (self.bad_share or 0.0)) + 1e-9)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What persons said of a random sample."""

    looked_at: int
    bad: int
    bound: float | None
    """At most this share of the others is bad (95 %); None before enough rows were read."""
    limit: float
    both: int = 0
    """Rows that two readers or more judged."""
    kappa: float | None = None
    """Their agreement beyond chance; None where nothing can be said."""
    lopsided: bool = False
    """Nearly all verdicts are of one kind: kappa is low whatever the readers do."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of right answers with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def said(self) -> str:
        """91.2 % (88.0 to 93.6)"""
        return f"{100 * self.value:.1f} % ({100 * self.low:.1f} to {100 * self.high:.1f})"


@dataclass(frozen=True, slots=True)
class Measured:
    """Prompting on the model that would be tuned, on validation rows: never on the sealed test."""

    when: str
    model: str
    version: str
    """Data version whose validation rows were asked."""
    n: int
    rates: Mapping[str, Rate]
    """Prompted system -> exact match; what answers the same to everything is none."""
    gains: int = 0
    """Groups of rows on which few-shot did better than zero-shot."""
    losses: int = 0
    judges: bool = True
    """Whether exact match can tell right from wrong here; not so of free text."""

    @property
    def best(self) -> tuple[str, Rate]:
        """The prompted system with the highest lower bound."""
        return max(self.rates.items(), key=lambda one: one[1].low)

    @property
    def p(self) -> float:
        """Of the exact sign test between few-shot and zero-shot, by group."""
        return sign_test(self.gains, self.losses)

    @property
    def said(self) -> str:
        """Model, rows and intervals."""
        rates = ", ".join(f"{SYSTEMS.get(name, name)} {rate.said}" for name, rate in self.rates.items())
        return f"measured on {self.n:,} validation rows of {self.version} with {self.model}: {rates}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a project has shown; what is None was not shown."""

    counted: Counted | None = None
    reviewed: Reviewed | None = None
    measured: Measured | None = None
    trouble: tuple[str, ...] = ()
    """What is there and could not be read, so that it counts for nothing."""


NOTHING = Evidence()


@dataclass(frozen=True, slots=True)
class Weighed:
    """Evidence about one question beside the answer to it."""

    question: str
    answered: str | int | None
    shown: str | int
    """The answer that the evidence gives."""
    text: str
    """What was found, with its numbers."""
    followed: Literal["answer", "evidence"]
    why: str

    @property
    def value(self) -> str | int | None:
        """The answer that is followed."""
        return self.shown if self.followed == "evidence" else self.answered


def sign_test(gains: int, losses: int) -> float:
    """p of the exact two-sided sign test: would an even coin split gains and losses so (binomial, 1/2)?

    With one row a group it is the exact McNemar test.
    """
    n = gains + losses
    tail = sum(math.comb(n, k) for k in range(min(gains, losses) + 1))
    return float(min(1.0, 2 * tail / 2**n))


def weigh(answered: Mapping[str, Any], evidence: Evidence) -> tuple[Weighed, ...]:
    """Every question of which the evidence speaks."""
    ways: tuple[Callable[[Mapping[str, Any], Evidence], Iterator[Weighed]], ...] = (_examples, _agreement, _prompting)
    return tuple(one for way in ways for one in way(answered, evidence))


def _examples(answered: Mapping[str, Any], evidence: Evidence) -> Iterator[Weighed]:
    counted, said = evidence.counted, answered.get("examples")
    if counted is None:
        return
    good = counted.good(counted.unique)
    if counted.groups is None:
        text = f"{counted.rows:,} rows in {counted.version}, not compared with each other yet"
        if said is None or good >= said:
            why = "nearly equal rows count once, and nobody has compared them: tunewright data report does"
            yield Weighed("examples", said, good, text, "answer", why)
            return
    else:
        text = f"{counted.unique:,} {counted.counted} ({counted.version})"
    bad = "" if counted.bad_share is None else f", about {100 * counted.bad_share:.1f} % of them bad by the review"
    why = "tuning learns only from the rows that are here"
    yield Weighed("examples", said, good, text + bad, "evidence", why)


def _agreement(answered: Mapping[str, Any], evidence: Evidence) -> Iterator[Weighed]:
    found, said = evidence.reviewed, answered.get("agreement")
    if found is None:
        return
    kappa = found.kappa if found.both >= ENOUGH_ROWS else None
    if found.bound is not None and found.bound > found.limit:
        text = (
            f"{found.bad:,} of {found.looked_at:,} rows read were bad, so up to {100 * found.bound:.1f} % of the rest"
        )
        why = f"over the limit of {100 * found.limit:g} %, what a correct answer is does not hold in these rows"
        yield Weighed("agreement", said, "no", text, "evidence", why)
    elif kappa is not None and not (kappa < KAPPA and found.lopsided):
        text = f"readers agree on {found.both:,} rows with kappa {kappa:.2f}"
        why = f"measured; they judge alike from {KAPPA} on"
        yield Weighed("agreement", said, "yes" if kappa >= KAPPA else "no", text, "evidence", why)


def _prompting(answered: Mapping[str, Any], evidence: Evidence) -> Iterator[Weighed]:
    found, said = evidence.measured, answered.get("prompting")
    if found is None or not found.rates:
        return
    if not found.judges:
        why = "the answers are free text, which exact match cannot judge: read them side by side"
        yield _tried(said, found, why)
    elif FEW_SHOT not in found.rates:
        yield _tried(said, found, "only zero-shot was measured: whether examples in the prompt still help is open")
    elif found.n < ENOUGH_ROWS:
        yield _tried(said, found, f"{found.n:,} rows are too few to tell whether examples in the prompt still help")
    else:
        helps = found.gains > found.losses and found.p < CHANCE
        few = f"few-shot did better on {found.gains:,} and worse on {found.losses:,} (p {found.p:.2g})"
        why = "measured: examples in the prompt still help" if helps else "measured: examples add nothing beyond chance"
        yield Weighed("prompting", said, "tried" if helps else "plateaued", f"{found.said}; {few}", "evidence", why)


def _tried(said: Any, found: Measured, why: str) -> Weighed:
    """It was tried, which is seen; whether it has plateaued is left to the answer."""
    shown = said if said in ("tried", "plateaued") else "tried"
    return Weighed("prompting", said, shown, found.said, "answer" if shown == said else "evidence", why)


def precision(rows: int) -> int:
    """Points by which a share right, measured on so many rows, may miss (half a 95 % interval at one half)."""
    low, high = wilson(rows / 2, rows)
    return math.ceil(50 * (high - low))
