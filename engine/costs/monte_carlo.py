"""How sure it is: thousands of cases, each lever drawn from its range.

The draws are those of `random.Random(seed).triangular(low, high, value)`, case by case, in the order of the ranges:
NumPy's RandomState, set to the state of `random`'s generator, gives the same numbers, all at once. NumPy is imported
when the first simulation is asked for.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from engine.costs import model
from engine.costs.levers import Numbers
from engine.costs.terms import Terms
from engine.errors import UsageError

if TYPE_CHECKING:
    import numpy

DRAWS = 20_000
SEED = 20261121
BINS = 48


@dataclass(frozen=True, slots=True)
class MonteCarlo:
    """Of the net within the horizon, USD."""

    p10: float
    p50: float
    p90: float
    p_positive: float
    """Share of the draws with a gain."""
    mean: float
    draws: int
    seed: int
    least: float
    greatest: float
    counts: tuple[int, ...]
    """Draws in BINS equal steps from `least` to `greatest`."""


def simulate(
    numbers: Numbers,
    terms: Terms,
    ranges: Mapping[str, tuple[float, float]],
    draws: int = DRAWS,
    seed: int = SEED,
) -> MonteCarlo:
    """The distribution of the net. The likeliest value of each range is the lever's own; a range that does not hold it
    is widened to it. Raises UsageError for a range whose ends are the wrong way round. Numbers must be plain."""
    import numpy

    uniform = _uniform(seed, draws, len(ranges))
    columns: dict[str, Any] = {
        name: _triangular(column, *_holding(name, ends, getattr(numbers, name)))
        for column, (name, ends) in zip(uniform, ranges.items(), strict=True)
    }
    net = model.outcome(replace(numbers, **columns), terms).net
    return _summary(numpy.sort(numpy.broadcast_to(net, draws)), seed)


@lru_cache(maxsize=1)
def _uniform(seed: int, draws: int, columns: int) -> "numpy.ndarray[Any, Any]":
    """[columns, draws]; kept, for a lever's turn asks for the same ones again."""
    import numpy

    *key, position = random.Random(seed).getstate()[1]
    state = numpy.random.RandomState()
    state.set_state(("MT19937", numpy.array(key, numpy.uint32), position, 0, 0.0))
    kept = numpy.ascontiguousarray(state.random_sample((draws, columns)).T)
    kept.setflags(write=False)
    return kept


def _holding(name: str, ends: tuple[float, float], value: float) -> tuple[float, float, float]:
    low, high = ends
    if low > high:
        raise UsageError(f"{name}: the range {low:g} to {high:g} runs backwards", hint="give the least value first")
    return min(low, value), max(high, value), value


def _triangular(uniform: "numpy.ndarray[Any, Any]", low: float, high: float, mode: float) -> Any:
    """As random.triangular reckons it, from the same uniform numbers."""
    import numpy

    if low == high:
        return numpy.full(uniform.shape, low)
    turn = (mode - low) / (high - low)
    rising = low + (high - low) * numpy.sqrt(uniform * turn)
    falling = high + (low - high) * numpy.sqrt((1 - uniform) * (1 - turn))
    return numpy.where(uniform > turn, falling, rising)


def _summary(net: "numpy.ndarray[Any, Any]", seed: int) -> MonteCarlo:
    """Of the nets in ascending order. A quantile is the draw at int(p * (n - 1)), as in the worked example."""
    import numpy

    p10, p50, p90 = (float(net[int(share * (net.size - 1))]) for share in (0.1, 0.5, 0.9))
    least, greatest = float(net[0]), float(net[-1])
    edges = numpy.linspace(least, greatest, BINS + 1)[1:-1]
    below = [0, *numpy.searchsorted(net, edges, side="right").tolist(), net.size]
    return MonteCarlo(
        p10=p10,
        p50=p50,
        p90=p90,
        p_positive=float((net > 0).mean()),
        mean=float(net.mean()),
        draws=net.size,
        seed=seed,
        least=least,
        greatest=greatest,
        counts=tuple(end - begin for begin, end in pairwise(below)),
    )
