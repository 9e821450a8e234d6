"""The vertical axis of a curve: its range, a round one that the losses alone decide, and its labels."""

import math
from dataclasses import dataclass
from typing import Self

from engine.canvas import round_up

_PAD = 0.05
LABEL = 7
"""Characters of the longest label."""


@dataclass(frozen=True, slots=True)
class Axis:
    """A range of coordinates: losses themselves, or their decimal logarithms."""

    low: float = 0.0
    high: float = 1.0
    log: bool = False

    def shows(self, loss: float) -> bool:
        """Whether the loss has a place on this axis."""
        return math.isfinite(loss) and (loss > 0 or not self.log)

    def at(self, loss: float) -> float:
        """The coordinate of a loss that it shows."""
        return math.log10(loss) if self.log else loss

    def depth(self, coordinate: float) -> float:
        """How far below the top, as a part of the range."""
        return (self.high - coordinate) / (self.high - self.low)

    def around(self, low: float, high: float) -> Self:
        """The axis of this kind for the losses `low` to `high`, both of which it can show.

        Its ends are multiples of 1, 2 or 5 times a power of ten, about ten to the range: a run that goes on moves them
        seldom, and who looks later sees the same as who has looked all along.
        """
        low, high = self.at(low), self.at(high)
        span = high - low
        if span <= 1e-6 * max(abs(low), abs(high), 1e-290):
            span = 0.2 if self.log else 0.2 * abs(high) or 1.0
        unit = round_up(max(span, 1e-290) / 10)
        middle = low / 2 + high / 2
        below, above = middle - (0.5 + _PAD) * span, middle + (0.5 + _PAD) * span
        if not self.log and low >= 0:
            # A loss is not negative: neither is its axis.
            below = max(0.0, below)
        return type(self)(math.floor(below / unit) * unit, math.ceil(above / unit) * unit, self.log)

    def labels(self) -> tuple[str, str, str]:
        """The losses at the top, in the middle and at the bottom, in at most 7 characters each."""
        ends = self.high, self.high / 2 + self.low / 2, self.low
        if self.log:
            # Beyond what a float holds there is padding only.
            top, middle, bottom = (short(float(f"{10.0 ** max(-300.0, min(300.0, one)):.2g}")) for one in ends)
            return top, middle, bottom
        near = (self.high - self.low) / 100
        decimals = next((n for n in range(5) if all(abs(round(one, n) - one) <= near for one in ends)), 5)
        texts = [f"{one:.{decimals}f}" if abs(one) < 1e6 else short(one) for one in ends]
        top, middle, bottom = (
            text if len(text) <= LABEL else short(one) for text, one in zip(texts, ends, strict=True)
        )
        return top, middle, bottom


def short(number: float) -> str:
    """A number as a person reads it, in at most 7 characters: 0.812, 1e-4, 12345, nan."""
    if not math.isfinite(number) or number == 0:
        return f"{number:g}"
    if 1e-3 <= abs(number) < 1e5:
        texts = [f"{number:.0f}"] if abs(number) >= 1000 else [f"{number:.{digits}g}" for digits in (4, 3, 2)]
    else:
        texts = [_exponential(number, 1), _exponential(number, 0)]
    return next((text for text in texts if len(text) <= LABEL), texts[-1])


def _exponential(number: float, decimals: int) -> str:
    mantissa, _, exponent = f"{number:.{decimals}e}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}"
