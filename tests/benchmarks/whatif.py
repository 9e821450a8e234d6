"""`python -m tests.benchmarks.whatif`: what one turn of a lever computes, and the simulation against a plain loop.

A turn is the outcome, all crossings, both curves, the tornado and 20,000 draws, on the self-hosted example with a
capacity, where replicas step. Processor time, the best of RUNS: other work on the machine only slows it down. The plain
loop draws with `random.triangular` and reckons case by case, and its result is the same.
"""

import random
import time
from collections.abc import Callable
from dataclasses import replace

from engine.costs import break_even, model, monte_carlo, months, tornado
from engine.costs.terms import Capacity
from tests.unit.cost_cases import RANGES, SELF_HOSTED, TERRA

RUNS = 20
DRAWS = 20_000
TERMS = replace(TERRA, capacity=Capacity(1.82e-5, 2.44e-5, 8.37e-8))
NUMBERS = replace(SELF_HOSTED, peak_to_mean=40.0)


def best(work: Callable[[], object], runs: int = RUNS) -> float:
    """Milliseconds."""
    fastest = float("inf")
    for _ in range(runs):
        began = time.process_time()
        work()
        fastest = min(fastest, time.process_time() - began)
    return fastest * 1000


def plain() -> float:
    """The chance of a gain, case by case."""
    chance, gains = random.Random(monte_carlo.SEED), 0
    for _ in range(DRAWS):
        drawn = {name: chance.triangular(*ends, getattr(NUMBERS, name)) for name, ends in RANGES.items()}
        gains += model.outcome(replace(NUMBERS, **drawn), TERMS).net > 0
    return gains / DRAWS


def simulated() -> monte_carlo.MonteCarlo:
    return monte_carlo.simulate(NUMBERS, TERMS, RANGES, DRAWS)


def instant() -> None:
    model.outcome(NUMBERS, TERMS)
    break_even.crossings(NUMBERS, TERMS)
    months.curves(NUMBERS, TERMS)
    tornado.bars(NUMBERS, TERMS, RANGES)


def main() -> None:
    began = time.process_time()
    found = simulated()
    first = (time.process_time() - began) * 1000
    draws, loop, rest = best(simulated), best(plain, 1), best(instant)
    print(f"{DRAWS:,} draws: {draws:.1f} ms; the first, with NumPy's import and the draws themselves, {first:.0f} ms")
    print(f"the same draws in a plain loop: {loop:.0f} ms, {loop / draws:.0f} x; equal: {plain() == found.p_positive}")
    print(f"outcome, crossings, curves and tornado: {rest:.2f} ms, {draws / rest:.1f} x less than the draws")


if __name__ == "__main__":
    main()
