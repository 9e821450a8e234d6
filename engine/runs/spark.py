"""A curve in one row of text, for tables and beside a number."""

import math
from bisect import bisect_right
from collections.abc import Sequence

from engine.canvas import CROSS
from engine.runs.axis import Axis
from engine.runs.series import Series

_BARS, _ASCII_BARS = "▁▂▃▄▅▆▇█", "_.-:=+*#"
_HUGE = 1e300
"""Beyond it numbers are drawn as this one: twice it is still a float."""


def spark(values: Sequence[float], width: int, ascii_only: bool = False) -> str:
    """`values` as one row of bars, the largest highest; more than `width` values are averaged in equal pieces.

    A piece that holds a NaN or an infinity is a cross.
    """
    pieces = max(0, min(width, len(values)))
    means = [_mean(values[len(values) * n // pieces : len(values) * (n + 1) // pieces]) for n in range(pieces)]
    finite = [mean for mean in means if math.isfinite(mean)]
    bars, cross = (_ASCII_BARS, "x") if ascii_only else (_BARS, CROSS)
    # Halved, so that the difference of two huge numbers is still a float.
    low, high = min(finite, default=0.0) / 2, max(finite, default=0.0) / 2
    scale = (len(bars) - 1) / (high - low) if (len(bars) - 1) * (high - low) > 1e-300 else 0.0
    return "".join(bars[round((mean / 2 - low) * scale)] if math.isfinite(mean) else cross for mean in means)


def _mean(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return mean if math.isfinite(mean) else sum(value / len(values) for value in values)


def sampled(series: Series, column: str, steps: int, count: int) -> list[float]:
    """The first value in each of `count` equal stretches of `steps` planned ones, up to the newest point.

    A stretch without a point has the value before it. What is there stays as it is when points are added, so a row of
    bars that grows changes at its end alone; and a run of any length costs `count` searches.
    """
    values, points = series[column], series.step
    found = []
    for stretch in range(count):
        start, end = stretch * steps // count, (stretch + 1) * steps // count
        if not points or start >= points[-1]:
            break
        at = bisect_right(points, start)
        found.append(values[at if points[at] <= end else max(0, at - 1)])
    return found


def fitted(values: Sequence[float]) -> Axis:
    """The axis for the finite ones of `values`."""
    finite = [max(-_HUGE, min(_HUGE, one)) for one in values if math.isfinite(one)]
    return Axis().around(min(finite), max(finite)) if finite else Axis()


def bars(values: Sequence[float], axis: Axis, ascii_only: bool = False) -> str:
    """One bar a value; a NaN or an infinity is a cross."""
    glyphs, cross = (_ASCII_BARS, "x") if ascii_only else (_BARS, CROSS)
    return "".join(glyphs[_height(one, axis, len(glyphs))] if math.isfinite(one) else cross for one in values)


def _height(value: float, axis: Axis, count: int) -> int:
    """Number of the bar among `count`, the lowest first."""
    drawn = max(-_HUGE, min(_HUGE, value))
    return max(0, min(count - 1, round((1 - axis.depth(drawn)) * (count - 1))))
