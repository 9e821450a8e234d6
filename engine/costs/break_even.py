"""The volumes at which the two arms cost the same: all of them, for a further replica makes the cost jump.

With k replicas the tuned arm saves `gain` on each request and must first earn `kept + k * replica` a month: within one
plateau of the step curve that is a straight line, which is solved; the plateaus are walked one by one. From each to the
next the volume at which it pays rises by replica / gain, and the volume at which the plateau begins by what a replica
carries: so only those between the first that pays somewhere and the first that pays everywhere can hold a crossing, and
these two are known beforehand.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from engine.costs import model, serving
from engine.costs.levers import Numbers
from engine.costs.terms import Terms

HIGHEST = 1e12
"""Requests a month: the bound of the lever; what lies beyond counts as never."""
PLATEAUS = 100
"""Walked at most, before the last ones: where a replica just earns its price, each holds a crossing up and one down."""


@dataclass(frozen=True, slots=True)
class Crossing:
    requests: float
    """A month."""
    way: Literal["pays", "stops"]
    """pays: from here on the tuned model is the cheaper one; stops: one request more needs a replica more, and it is
    the dearer one again."""
    replicas: int
    """That serve this volume; 0 where the service sees to it."""


@dataclass(frozen=True, slots=True)
class _Steps:
    gain: float
    """USD saved on a request."""
    kept: float
    """USD a month to be earned besides the replicas: upfront cost and retrains, spread over the horizon; upkeep."""
    replica: float
    """USD a month of one."""
    room: float
    """Requests a month that one carries."""
    counted: bool
    """Replicas are known to be needed at all."""

    def pays_at(self, replicas: int) -> float:
        return (self.kept + replicas * self.replica) / self.gain

    def plateaus(self) -> Iterable[int]:
        """Numbers of replicas at which a crossing can lie, with one to spare at either end against rounding."""
        if math.isinf(self.room):
            return (1,)
        margin = self.room - self.replica / self.gain
        if margin <= 0:
            return ()
        pays_somewhere, pays_everywhere = self.kept / self.gain / margin, (self.kept / self.gain + self.room) / margin
        if pays_somewhere * self.room > HIGHEST:
            return ()
        first, last = max(1, math.ceil(pays_somewhere) - 1), math.ceil(min(pays_everywhere, HIGHEST / self.room)) + 1
        if last - first <= PLATEAUS:
            return range(first, last + 1)
        return (*range(first, first + PLATEAUS), *range(max(first + PLATEAUS, last - 3), last + 1))


def crossings(numbers: Numbers, terms: Terms, *, with_value: bool = False) -> tuple[Crossing, ...]:
    """All volumes at which the arms change places, by volume; none: it never pays (or the horizon is over). All else
    stays as it is, the prompt and the rows included. `with_value` counts what an avoided error is worth as if it were
    cash. Of more than PLATEAUS plateaus with crossings the first ones and the last are told. Numbers must be plain."""
    steps = _steps(numbers, terms, with_value)
    return tuple(_walked(steps)) if steps.gain > 0 and math.isfinite(steps.kept) else ()


def _steps(numbers: Numbers, terms: Terms, with_value: bool) -> _Steps:
    found = model.outcome(numbers, terms)
    load = serving.load_per_request(numbers, terms)
    replica = model.replica_month(numbers, terms)
    put_in = found.upfront + found.retrains * found.retrain_cost
    return _Steps(
        gain=found.per_request_baseline - found.per_request_tuned + (found.value_per_request if with_value else 0.0),
        kept=(put_in / found.horizon if found.horizon > 0 else math.inf)
        + found.fixed_monthly
        - found.replicas * replica,
        replica=replica,
        room=1 / load if load > 0 else math.inf,
        counted=found.replicas > 0,
    )


def _walked(steps: _Steps) -> Iterator[Crossing]:
    for replicas in steps.plateaus():
        begins, ends = (replicas - 1) * steps.room if replicas > 1 else 0.0, replicas * steps.room
        pays, served = steps.pays_at(replicas), replicas if steps.counted else 0
        if ends > pays <= HIGHEST and (pays > begins or replicas == 1):
            yield Crossing(pays, "pays", served)
        if pays < ends <= HIGHEST and steps.pays_at(replicas + 1) > ends:
            yield Crossing(ends, "stops", served)
