"""A figure from outside: its value and unit, who says so, as of when, and how sure that is."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from engine.costs.terms import HOURS_PER_MONTH
from engine.errors import UsageError

Confidence = Literal["official", "transcribed", "single source", "yours"]
"""official: the maker's own page, or a mirror of it. transcribed: a dated copy by others. yours: typed by the user."""
Unit = Literal[
    "USD per 1M tokens",
    "USD per hour",
    "USD per month",
    "USD",
    "share",
    "rows",
    "tokens",
    "GB",
    "billion parameters",
    "requests per s",
    "tokens per s",
    "TFLOP per s",
    "TB per s",
]
STALE_DAYS = 60
"""What is older is marked: prices of GPUs moved by 21 % in the three months to November 2026."""
_LASTING = ("GB", "billion parameters", "requests per s", "tokens per s", "TFLOP per s", "TB per s")


@dataclass(frozen=True, slots=True)
class Source:
    text: str
    as_of: date
    """The day of which the source speaks."""
    confidence: Confidence
    lasting: bool = field(default=False, compare=False)
    """What it tells is a size or a speed, which no day changes; Figure sets it. Prices, limits and terms go stale."""

    def age_days(self, today: date) -> int:
        return (today - self.as_of).days

    def is_stale(self, today: date) -> bool:
        return not self.lasting and self.confidence != "yours" and self.age_days(today) > STALE_DAYS


@dataclass(frozen=True, slots=True)
class Figure:
    value: float
    unit: Unit
    source: Source
    low: float | None = None
    high: float | None = None
    """The range, where the source gives one; `value` lies in it."""
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "source", replace(self.source, lasting=self.unit in _LASTING))

    def amount(self, unit: Unit) -> float:
        """The value, for somebody who reckons in `unit`. Raises UsageError when the figure is in another one."""
        if unit != self.unit:
            raise UsageError(
                f"{self.value:g} {self.unit} is not in {unit}", hint="compare figures of the same unit alone"
            )
        return self.value


@dataclass(frozen=True, slots=True)
class Said:
    """A fact in words."""

    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Ends:
    """A day on which something is shut down."""

    on: date
    source: Source
    note: str = ""

    def months_left(self, today: date) -> float:
        """Months of 730 hours until the day; 0 from the day on."""
        return max(0.0, (self.on - today).days * 24 / HOURS_PER_MONTH)


@dataclass(frozen=True, slots=True)
class NotFound:
    """Sought, and found in no source."""

    on: date
    """The day of the search."""
