"""Statistics against scipy as the oracle, against the published table, and by their properties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from engine.errors import DataError
from engine.evaluate.power import design_effect, detectable_difference, needed_rows
from engine.evaluate.statistics import (
    Floats,
    Interval,
    by_cluster,
    difference_intervals,
    holm,
    mcnemar_exact,
    mean_intervals,
    sign_flip,
)
from engine.intervals import wilson

COUNTS = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def mean_interval(values: Floats, clusters: list[str], seed: int = 0) -> Interval:
    [found] = mean_intervals(values.reshape(-1, 1), clusters, seed)
    return found


def difference_interval(values: Floats, clusters: list[str]) -> Interval:
    [found] = difference_intervals(values.reshape(-1, 1), clusters)
    return found


def flipped(values: Floats, clusters: list[str]) -> float:
    [p_value] = sign_flip(by_cluster(values.reshape(-1, 1), clusters))
    return p_value


def names(n: int, size: int = 1) -> list[str]:
    return [f"c{i // size}" for i in range(n)]


@given(COUNTS)
def test_wilson_is_scipys_and_contains_the_rate(case: tuple[int, int]) -> None:
    successes, n = case
    low, high = wilson(successes, n)
    oracle = binomtest(successes, n).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((oracle.low, oracle.high), abs=1e-12)
    assert 0 <= low <= successes / n <= high <= 1


@given(st.integers(0, 400), st.integers(0, 400))
def test_mcnemar_is_the_binomial_test_and_symmetric(gains: int, losses: int) -> None:
    p_value = mcnemar_exact(gains, losses)
    assert p_value == mcnemar_exact(losses, gains)
    oracle = binomtest(gains, gains + losses).pvalue if gains + losses else 1.0
    assert p_value == pytest.approx(oracle, rel=1e-9)


def test_independent_right_or_wrong_rows_get_wilson() -> None:
    found = mean_interval(np.array([1.0] * 40 + [0.0] * 10), names(50))
    assert found.method == "Wilson" and (found.low, found.high) == wilson(40, 50)


def test_clusters_of_several_rows_widen_the_interval() -> None:
    values = np.repeat(np.array([1.0, 0.0] * 10), 10)  # 20 clusters of 10 equal rows each
    clustered = mean_interval(values, names(200, size=10))
    assert clustered.method == "bootstrap over clusters"
    low, high = wilson(100, 200)
    assert 3 < (clustered.high - clustered.low) / (high - low) < 4  # sqrt(10) = 3.2, and few clusters


def test_the_bootstrap_agrees_with_the_normal_interval_where_that_is_right() -> None:
    values = np.random.default_rng(3).random(400)
    found = mean_interval(values, names(400))
    half = 1.96 * values.std() / 20
    assert found.method == "bootstrap"
    assert (found.low, found.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.003)


@pytest.mark.parametrize("count", [6, 30])
def test_the_bootstrap_covers_the_truth_as_often_as_it_says(count: int) -> None:
    random, covered = np.random.default_rng(1), 0
    for _ in range(200):
        rates = random.beta(4, 2, count)  # the true mean rate is 2/3
        values = (random.random((count, 5)) < rates[:, None]).astype(float).ravel()
        found = mean_interval(values, names(5 * count, size=5))
        covered += found.low <= 2 / 3 <= found.high
    assert 182 <= covered <= 199  # .91 to .995 of 200


def test_large_clusters_weigh_by_their_rows_and_never_carry_the_mean_out_of_range() -> None:
    clusters = ["big"] * 60 + names(20)
    found = mean_interval(np.array([1.0] * 60 + [0.0, 1.0] * 10), clusters)
    assert 0.2 < found.low < 0.5  # the draws without the big cluster: half of the rest is right
    assert 70 / 80 < found.high <= 1


def test_columns_share_resamples_and_are_what_they_are_alone() -> None:
    random = np.random.default_rng(8)
    values = np.stack([random.random(60), (random.random(60) < 0.3).astype(float), np.ones(60)], axis=1)
    for size in (1, 3):
        clusters = names(60, size=size)
        alone = [mean_interval(values[:, column], clusters) for column in range(3)]
        for one, other in zip(mean_intervals(values, clusters), alone, strict=True):
            assert (one.low, one.high) == pytest.approx((other.low, other.high)) and one.method == other.method


def test_agreement_of_all_rows_still_leaves_doubt() -> None:
    perfect = mean_interval(np.ones(100), names(100, size=10))
    assert (perfect.low, perfect.high) == pytest.approx(wilson(10, 10))
    same = difference_interval(np.zeros(50), names(50))
    assert same.low == -same.high and 0 < same.high < 0.1
    single = mean_interval(np.array([1.0, 0.0, 1.0, 0.0]), ["one"] * 4)
    assert single.high - single.low > 0.7


def test_results_repeat_with_the_seed_and_do_not_depend_on_the_order_of_rows() -> None:
    values, clusters = np.random.default_rng(0).random(60), names(60, size=3)
    again = mean_interval(values[::-1], clusters[::-1], seed=4)
    first = mean_interval(values, clusters, seed=4)
    assert (first.low, first.high) == pytest.approx((again.low, again.high))
    assert first != mean_interval(values, clusters, seed=5)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 0.75), st.integers(0, 8)), min_size=1, max_size=40))
def test_bootstrap_bounds_are_ordered_in_range_and_monotone(rows: list[tuple[float, int]]) -> None:
    values = np.array([value for value, _ in rows])
    clusters = [str(cluster) for _, cluster in rows]
    found = mean_interval(values, clusters)
    assert -1e-9 <= found.low <= found.high <= 1 + 1e-9
    better = difference_interval(values + 0.25, clusters)
    assert better.low >= difference_interval(values, clusters).low - 1e-9


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from([-1.0, 0.0, 1.0]), st.integers(0, 6)), min_size=1, max_size=40))
def test_swapping_the_systems_mirrors_test_and_interval(rows: list[tuple[float, int]]) -> None:
    values = np.array([value for value, _ in rows])
    clusters = [str(cluster) for _, cluster in rows]
    assert flipped(values, clusters) == flipped(-values, clusters)
    ours, theirs = difference_interval(values, clusters), difference_interval(-values, clusters)
    assert (ours.low, ours.high) == pytest.approx((-theirs.high, -theirs.low), abs=1e-9)


def test_sign_flips_on_single_rows_find_what_mcnemar_finds() -> None:
    values = np.array([1.0] * 14 + [-1.0] * 5 + [0.0] * 31)
    assert flipped(values, names(50)) == pytest.approx(mcnemar_exact(14, 5), abs=0.01)


def test_clusters_count_once_in_the_test() -> None:
    values = np.array([1.0] * 100)
    assert flipped(values, names(100, size=25)) == pytest.approx(2 / 2**4, abs=0.01)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    ranked = [q for _, q in sorted(zip(p_values, adjusted, strict=True))]
    assert ranked == sorted(ranked)
    assert min(adjusted) == pytest.approx(min(1, min(p_values) * len(p_values)))


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@pytest.mark.parametrize(
    ("n", "discordant", "points"),
    [(50, 0.2, 17.3), (100, 0.1, 8.8), (200, 0.2, 8.8), (500, 0.4, 7.9), (2000, 0.1, 2.0)],
)
def test_detectable_differences_solve_the_formula(n: int, discordant: float, points: float) -> None:
    assert detectable_difference(n, discordant) == pytest.approx(points / 100, abs=0.0006)


def test_too_few_rows_show_no_difference_at_all() -> None:
    assert detectable_difference(30, 0.1) is None
    assert detectable_difference(1000, 0.0) is None


@given(st.floats(0.01, 0.4), st.floats(0.4, 1))
def test_needed_rows_is_the_inverse_of_detectable_difference(difference: float, discordant: float) -> None:
    n = needed_rows(difference, discordant)
    found = detectable_difference(n, discordant)
    assert found is not None and found <= difference + 1e-9
    assert needed_rows(difference, discordant, 2.0) == pytest.approx(2 * n, abs=2)
    assert needed_rows(difference / 2, discordant) > n


def test_mcnemar_has_the_promised_power_at_the_needed_rows() -> None:
    random, n = np.random.default_rng(2), needed_rows(0.1, 0.2)
    draws = random.multinomial(n, [0.15, 0.05, 0.8], size=400)
    power = np.mean([mcnemar_exact(int(gains), int(losses)) < 0.05 for gains, losses, _ in draws])
    assert 0.7 < power < 0.86


def test_design_effect_is_one_for_single_rows_and_the_size_for_copies() -> None:
    values = np.array([1.0, 0.0, 1.0, 1.0, 0.0, 0.0])
    assert design_effect(values, names(6)) == 1.0
    assert design_effect(np.repeat(values, 4), names(24, size=4)) == pytest.approx(4.0)


def test_no_rows_is_an_error() -> None:
    with pytest.raises(DataError):
        mean_interval(np.array([]), [])
