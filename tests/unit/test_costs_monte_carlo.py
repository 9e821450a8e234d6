"""The draws are those of the standard library, and what is told of them is what they are."""

import random
import subprocess
import sys
from dataclasses import replace

import pytest

from engine.costs import levers, model, monte_carlo
from engine.errors import UsageError
from tests.unit.cost_cases import CLASSIFIER, HAIKU, RANGES, SELF_HOSTED, TERRA


def by_hand(seed: int, draws: int) -> list[float]:
    chance = random.Random(seed)
    nets = []
    for _ in range(draws):
        drawn = {name: chance.triangular(*ends, getattr(SELF_HOSTED, name)) for name, ends in RANGES.items()}
        nets.append(model.outcome(replace(SELF_HOSTED, **drawn), TERRA).net)
    return sorted(nets)


@pytest.mark.parametrize("seed", [0, 20261121, 2**70])
def test_the_same_numbers_as_the_standard_library_draws(seed: int) -> None:
    nets, found = by_hand(seed, 300), monte_carlo.simulate(SELF_HOSTED, TERRA, RANGES, 300, seed)
    assert (found.least, found.greatest) == pytest.approx((nets[0], nets[-1]), rel=1e-9)
    assert (found.p10, found.p50, found.p90) == pytest.approx((nets[29], nets[149], nets[269]), rel=1e-9)
    assert found.p_positive == sum(net > 0 for net in nets) / 300
    step = (nets[-1] - nets[0]) / monte_carlo.BINS
    bins = [min(int((net - nets[0]) / step), monte_carlo.BINS - 1) for net in nets]
    assert found.counts == tuple(bins.count(at) for at in range(monte_carlo.BINS))


def test_what_is_certain_takes_its_draw_and_stays() -> None:
    fixed = {**RANGES, "cache_hit_rate": (0.9, 0.9)}
    found = monte_carlo.simulate(SELF_HOSTED, TERRA, fixed)
    assert found.p50 != monte_carlo.simulate(SELF_HOSTED, TERRA, RANGES).p50
    without = {name: ends for name, ends in RANGES.items() if name != "cache_hit_rate"}
    assert found.mean == pytest.approx(monte_carlo.simulate(SELF_HOSTED, TERRA, without).mean, rel=0.05)


@pytest.mark.parametrize("ranges", [{}, {"rows": (3000.0, 3000.0)}])
def test_nothing_uncertain_is_one_outcome(ranges: dict[str, tuple[float, float]]) -> None:
    found, net = monte_carlo.simulate(CLASSIFIER, HAIKU, ranges), model.outcome(CLASSIFIER, HAIKU).net
    assert (found.p10, found.p90, found.least, found.greatest) == (net, net, net, net)
    assert sum(found.counts) == found.draws == 20_000 and found.p_positive == 0


def test_a_range_is_widened_to_the_value_it_lacks() -> None:
    wide = monte_carlo.simulate(SELF_HOSTED, TERRA, {"requests_per_month": (1e6, 2.5e6)})
    assert monte_carlo.simulate(SELF_HOSTED, TERRA, {"requests_per_month": (1e6, 2e6)}) == wide


def test_a_range_that_runs_backwards_is_refused() -> None:
    with pytest.raises(UsageError, match="rows: the range 5 to 1"):
        monte_carlo.simulate(CLASSIFIER, HAIKU, {"rows": (5.0, 1.0)})


def test_every_lever_s_own_ranges_can_be_drawn() -> None:
    found = monte_carlo.simulate(CLASSIFIER, HAIKU, levers.ranges(CLASSIFIER))
    assert found.least < found.p10 < found.p50 < found.p90 < found.greatest


def test_numpy_waits_for_the_first_simulation() -> None:
    code = (
        "import sys, engine.costs.monte_carlo as m, engine.costs.break_even, engine.costs.months, engine.costs.tornado;"
        "from tests.unit.cost_cases import *; m.model.outcome(CLASSIFIER, HAIKU);"
        "engine.costs.break_even.crossings(SELF_HOSTED, TERRA); engine.costs.tornado.bars(CLASSIFIER, HAIKU, RANGES);"
        "print(sorted({'numpy', 'pandas', 'pydantic', 'jsonschema'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
