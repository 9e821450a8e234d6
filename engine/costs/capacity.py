"""What a replica carries, from what others measured: fitted to their figures, scaled to another model or GPU.

A request keeps a replica busy for a sum of three parts (Capacity): reading the prompt is arithmetic, writing the answer
is moving weights, and each token written looks back at all before it. The three rates are fitted to quoted requests per
second, least squares of the relative error, none below 0. For the four figures of Qwen3-8B in FP8 on one H100 SXM the
fit is within a quarter of each, which is what an estimate by it is worth at best.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from engine.costs.terms import Capacity
from engine.errors import UsageError

BYTES = {"bf16": 2.0, "fp8": 1.0, "int8": 1.0, "int4": 0.5}
"""Of one parameter."""
WEIGHTS_SHARE = 0.75
"""Of the memory, at most: the rest is for the requests' own state. A rule of thumb."""
MOST_GPUS = 8
"""That one machine holds."""


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody measured on one replica."""

    requests_per_s: float
    prompt_tokens: float
    output_tokens: float


def fitted(loads: Sequence[Load]) -> Capacity:
    """The three rates that explain the loads best. Raises UsageError without loads, or with one that is not above 0."""
    if not loads or any(min(load.requests_per_s, load.prompt_tokens, load.output_tokens) <= 0 for load in loads):
        raise UsageError("a capacity needs measured loads, each above 0", hint="check the throughputs in the catalogue")
    rows = [[part * load.requests_per_s for part in _parts(load)] for load in loads]
    candidates = [
        found for size in (1, 2, 3) for kept in combinations(range(3), size) if (found := _solved(rows, kept))
    ]
    return Capacity(*min(candidates, key=lambda rates: _error(rows, rates)))


def requests_per_s(capacity: Capacity, prompt_tokens: float, output_tokens: float) -> float:
    """What the fit says of one load, to be held against a measurement."""
    parts = _parts(Load(1.0, prompt_tokens, output_tokens))
    rates = (capacity.prompt_s, capacity.output_s, capacity.attention_s)
    return 1 / sum(rate * part for rate, part in zip(rates, parts, strict=True))


def scaled(
    capacity: Capacity,
    *,
    parameters: float = 1.0,
    compute: float = 1.0,
    bandwidth: float = 1.0,
    slowdown: float = 1.0,
) -> Capacity:
    """For another model and GPU, each given as its ratio to what was measured: reading a prompt takes as long as its
    arithmetic (parameters over compute), writing as long as moving weights and state (parameters over memory
    bandwidth). `slowdown`: of the precision, all parts alike (see `slowdown`)."""
    reading, writing = parameters / compute * slowdown, parameters / bandwidth * slowdown
    return Capacity(capacity.prompt_s * reading, capacity.output_s * writing, capacity.attention_s * writing)


def slowdown(precision: str, fp8: float, bf16: float) -> float:
    """How much longer a request takes than in FP8, from requests per second measured in both at the same load. INT8 and
    INT4 count as FP8: nobody's figure for them is known."""
    return fp8 / bf16 if precision == "bf16" else 1.0


def gpus_needed(parameters: float, precision: str, memory: float) -> int | None:
    """GPUs of `memory` GB over which the weights of `parameters` billion must be spread: 1, 2, 4 or 8, as models are
    split evenly; None: more than one machine has."""
    weights = parameters * BYTES[precision]
    return next((gpus for gpus in (1, 2, 4, MOST_GPUS) if weights <= gpus * memory * WEIGHTS_SHARE), None)


def _parts(load: Load) -> tuple[float, float, float]:
    prompt, answer = load.prompt_tokens, load.output_tokens
    return prompt, answer, answer * (prompt + answer / 2)


def _error(rows: list[list[float]], rates: Sequence[float]) -> float:
    return sum((sum(part * rate for part, rate in zip(row, rates, strict=True)) - 1) ** 2 for row in rows)


def _solved(rows: list[list[float]], kept: tuple[int, ...]) -> tuple[float, ...] | None:
    """Least squares of row . rates = 1 with all other rates 0; None where one comes out below 0 or none is determined.
    The best of these over all subsets is the non-negative least squares solution: with three rates there are seven."""
    matrix = [[sum(row[i] * row[j] for row in rows) for j in kept] + [sum(row[i] for row in rows)] for i in kept]
    for at, pivot in enumerate(matrix):
        if abs(pivot[at]) < 1e-9 * sum(row[kept[at]] ** 2 for row in rows):
            return None
        for other in range(len(kept)):
            if other != at:
                factor = matrix[other][at] / pivot[at]
                matrix[other] = [a - factor * b for a, b in zip(matrix[other], pivot, strict=True)]
    found = {column: matrix[at][-1] / matrix[at][at] for at, column in enumerate(kept)}
    return tuple(found.get(column, 0.0) for column in range(3)) if min(found.values()) >= 0 else None
