"""Whether readers agree beyond chance: published examples, other ways to the same numbers, and what is said of them."""

from fractions import Fraction
from itertools import permutations, product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.review.agreement import (
    Agreement,
    agreement,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    raw_agreement,
)
from engine.review.verdicts import Decision

CATEGORIES = st.sampled_from("abc")


def table(both: int, first: int, second: int, neither: int) -> list[tuple[str, str]]:
    """Two readers: both good, the first alone, the second alone, neither."""
    return [("g", "g")] * both + [("g", "b")] * first + [("b", "g")] * second + [("b", "b")] * neither


# Published examples


def test_cohen_of_the_grant_example() -> None:
    # 50 proposals, 20 and 15 alike: p_o = 0.7, p_e = 0.5.
    kappa, interval = cohen_kappa(table(20, 5, 10, 15))
    assert kappa == pytest.approx(0.4)
    assert interval is not None
    # 1.96 * sqrt(0.7 * 0.3 / 50) / 0.5
    assert interval == pytest.approx((0.4 - 0.25404, 0.4 + 0.25404), abs=1e-4)


def test_the_same_raw_agreement_gives_two_kappas_when_nearly_all_is_of_one_kind() -> None:
    # Feinstein & Cicchetti 1990: 85 of 100 alike in both tables.
    assert cohen_kappa(table(40, 9, 6, 45))[0] == pytest.approx(0.70, abs=0.005)
    assert cohen_kappa(table(80, 10, 5, 5))[0] == pytest.approx(0.32, abs=0.005)


def test_fleiss_of_ten_subjects_and_fourteen_raters() -> None:
    rows = [
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    ]  # fmt: skip
    ratings = [dict(enumerate(c for c, n in zip("12345", row, strict=True) for _ in range(n))) for row in rows]
    assert fleiss_kappa([{str(k): v for k, v in one.items()} for one in ratings]) == pytest.approx(0.210, abs=5e-4)


def test_krippendorff_of_four_observers_with_missing_values() -> None:
    # Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", example C: nominal alpha 0.743.
    observers = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
    ratings = [
        {name: row[at] for name, row in zip("ABCD", observers, strict=True) if row[at] != "."} for at in range(12)
    ]
    assert krippendorff_alpha(ratings) == pytest.approx(0.743, abs=5e-4)


# Other ways to the same numbers


@given(st.lists(st.tuples(CATEGORIES, CATEGORIES), min_size=1, max_size=30))
def test_cohen_is_one_less_the_share_of_differences_that_chance_would_make(pairs: list[tuple[str, str]]) -> None:
    differing = Fraction(sum(a != b for a, b in pairs), len(pairs))
    by_chance = Fraction(sum(a != b for (a, _), (_, b) in product(pairs, pairs)), len(pairs) ** 2)
    kappa, _ = cohen_kappa(pairs)
    if by_chance == 0:
        assert kappa is None
    else:
        assert kappa == pytest.approx(float(1 - differing / by_chance))


@given(
    st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(CATEGORIES, min_size=n, max_size=n), min_size=1, max_size=12))
)
def test_fleiss_is_one_less_differing_pairs_over_those_of_chance(rows: list[list[str]]) -> None:
    pairs = [a != b for row in rows for a, b in permutations(row, 2)]
    pooled = [one for row in rows for one in row]
    by_chance = Fraction(sum(a != b for a, b in product(pooled, pooled)), len(pooled) ** 2)
    kappa = fleiss_kappa([{str(at): one for at, one in enumerate(row)} for row in rows])
    if by_chance == 0:
        assert kappa is None
    else:
        assert kappa == pytest.approx(float(1 - Fraction(sum(pairs), len(pairs)) / by_chance))


@given(st.lists(st.lists(CATEGORIES, max_size=4), min_size=1, max_size=12))
def test_krippendorff_by_its_matrix_of_coincidences(rows: list[list[str]]) -> None:
    exact = {pair: Fraction(0) for pair in product("abc", "abc")}
    for row in (one for one in rows if len(one) > 1):
        for a, b in permutations(row, 2):
            exact[a, b] += Fraction(1, len(row) - 1)
    margin = {a: sum(exact[a, b] for b in "abc") for a in "abc"}
    n = sum(margin.values())
    expected = sum(margin[a] * margin[b] for a, b in product("abc", "abc") if a != b)
    alpha = krippendorff_alpha([{str(at): one for at, one in enumerate(row)} for row in rows])
    if expected == 0:
        assert alpha is None
    else:
        observed = sum(exact[a, b] for a, b in exact if a != b)
        assert alpha == pytest.approx(float(1 - (n - 1) * observed / expected))


@given(st.lists(st.lists(CATEGORIES, min_size=2, max_size=2), min_size=2, max_size=30))
def test_for_two_readers_alpha_nears_fleiss_from_above(rows: list[list[str]]) -> None:
    ratings = [{str(at): one for at, one in enumerate(row)} for row in rows]
    alpha, kappa = krippendorff_alpha(ratings), fleiss_kappa(ratings)
    assume(alpha is not None and kappa is not None)
    assert alpha is not None and kappa is not None
    # Of n verdicts, alpha corrects chance for drawing without putting back.
    n = 2 * len(rows)
    assert alpha == pytest.approx(kappa + (1 - kappa) / n)


# What is said


def decided(row: int, verdict: str) -> Decision:
    return Decision(str(row), {"g": "accept", "b": "reject", "s": "skip"}[verdict], "v1", "", "", reason="wrong")


def of(*rows: str) -> Agreement:
    """A row each, one letter a reader; "." has not seen it."""
    verdicts = {
        str(at): {name: decided(at, one) for name, one in zip(("ann", "bo", "cy"), row, strict=False) if one != "."}
        for at, row in enumerate(rows)
    }
    found = agreement(verdicts)
    assert found is not None
    return found


def test_rows_that_one_reader_saw_and_skips_do_not_count() -> None:
    found = of(*["gg"] * 20, *["gb"] * 4, *["bb"] * 6, "g.", "gs", ".b")
    assert (found.rows, found.readers, found.raw) == (30, ("ann", "bo"), 26 / 30)
    assert found.bad_shares == {"ann": 6 / 30, "bo": 10 / 30}
    assert found.cohen == pytest.approx(cohen_kappa(table(20, 4, 0, 6))[0]) and found.kappa == found.cohen
    assert found.raw_interval and found.raw_interval[0] < 26 / 30 < found.raw_interval[1]
    assert agreement({"0": {"ann": decided(0, "g"), "bo": decided(0, "s")}}) is None


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["gg"] * 10 + ["gb"] * 5 + ["bg"] * 5 + ["bb"] * 10, "poor: rewrite the guideline before reading on"),
        (["gg"] * 12 + ["gb"] * 3 + ["bg"] * 4 + ["bb"] * 11, "weak: clarify the guideline where you disagreed"),
        (["gg"] * 14 + ["gb"] * 2 + ["bg"] * 2 + ["bb"] * 12, "usable"),
        (["gg"] * 15 + ["bb"] * 15, "good"),
        (["gg"] * 30, "nothing can be said beyond chance: all verdicts are the same"),
    ],
)
def test_each_band_has_its_words(rows: list[str], words: str) -> None:
    assert of(*rows).words == words


def test_the_prevalence_paradox_is_named_and_few_rows_are() -> None:
    lopsided = of(*["gg"] * 96, *["gb"] * 2, *["bg"] * 2)
    assert lopsided.kappa is not None and lopsided.kappa < 0
    assert lopsided.note and "prevalence paradox" in lopsided.note and "agree on 96%" in lopsided.note
    assert of(*["gg"] * 10, *["gb"] * 5, *["bg"] * 5, *["bb"] * 10).note is None
    few = of(*["gg"] * 5, *["bb"] * 5).note
    assert few and "10 rows are few" in few


def test_three_readers_are_compared_where_all_saw_a_row_and_where_some_did() -> None:
    complete = of(*["ggg"] * 10, *["bbb"] * 10, *["ggb"] * 4)
    assert complete.cohen is None and complete.raw_interval is None
    assert complete.fleiss is not None and complete.kappa == complete.fleiss
    torn = of(*["gg."] * 10, *[".bb"] * 10, *["g.b"] * 4)
    assert torn.fleiss is None and torn.kappa == torn.alpha
    assert torn.raw == pytest.approx(20 / 24)


@given(st.lists(st.lists(CATEGORIES, min_size=2, max_size=4), min_size=1, max_size=9))
def test_raw_agreement_counts_every_pair(rows: list[list[str]]) -> None:
    same = [a == b for row in rows for a, b in permutations(row, 2)]
    ratings = [{str(at): one for at, one in enumerate(row)} for row in rows]
    assert raw_agreement(ratings) == pytest.approx(sum(same) / len(same))
