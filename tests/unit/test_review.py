"""The random queue, the bound on bad rows, and the log of verdicts."""

import math
import tempfile
from collections import Counter
from fractions import Fraction
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from engine.intervals import wilson
from engine.review.queue import goal, random_order
from engine.review.statistics import Bound, Counts, decisive, most_bad
from engine.review.verdicts import Decision, Verdicts

# The queue


@given(st.integers(1, 400), st.text(max_size=8))
def test_the_queue_is_every_row_once_in_an_order_that_the_seed_fixes(rows: int, seed: str) -> None:
    order = list(random_order(rows, seed))
    assert sorted(order) == list(range(rows))
    assert list(islice(random_order(rows, seed), 7)) == order[:7]


def test_every_order_is_equally_likely() -> None:
    found = Counter(tuple(random_order(4, str(seed))) for seed in range(4800))
    assert len(found) == 24
    assert stats.chisquare(list(found.values())).pvalue > 1e-4


def test_the_order_is_the_same_on_every_machine() -> None:
    assert list(islice(random_order(1_000_000, "v3 2026-01-01 1000000"), 4)) == [480971, 837881, 739649, 890931]


def test_goals_are_whole_hundreds_or_every_row() -> None:
    assert [goal(looked_at, 250) for looked_at in (0, 99, 100, 200, 250)] == [100, 100, 200, 250, 250]
    assert goal(0, 12) == 12


# The bound


@pytest.mark.parametrize(
    ("bad", "percents"),
    [
        (0, (5.8, 3.0, 1.5, 1.0, 0.6)),
        (1, (9.1, 4.7, 2.3, 1.6, 0.9)),
        (2, (12.1, 6.2, 3.1, 2.1, 1.3)),
        (5, (19.9, 10.2, 5.2, 3.5, 2.1)),
        (10, (31.6, 16.4, 8.3, 5.6, 3.4)),
    ],
)
def test_for_many_rows_the_bound_is_that_of_clopper_and_pearson(bad: int, percents: tuple[float, ...]) -> None:
    for looked_at, percent in zip((50, 100, 200, 300, 500), percents, strict=True):
        share = Bound(10**9, looked_at, bad).share
        assert share == pytest.approx(stats.beta.ppf(0.95, bad + 1, looked_at - bad), abs=1e-6)
        assert round(share * 100, 1) == percent


@pytest.mark.parametrize(
    ("rows", "bad", "percent"),
    [(150, 0, 1.3), (150, 2, 4.0), (300, 0, 2.3), (300, 2, 5.3), (1000, 0, 2.8), (1000, 2, 5.9)],
)
def test_for_few_rows_it_is_hypergeometric(rows: int, bad: int, percent: float) -> None:
    most = most_bad(rows, 100, bad)
    assert round(100 * most / rows, 1) == percent
    assert Bound(rows, 100, bad).share == (most - bad) / (rows - 100)


@given(st.data())
def test_the_most_bad_rows_are_the_last_number_that_chance_does_not_rule_out(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 80))
    looked_at = data.draw(st.integers(1, rows))
    bad = data.draw(st.integers(0, looked_at))
    most = most_bad(rows, looked_at, bad)
    assert most_bad(20, 1, 0) == 18  # Just 0.05 for 19.
    assert bad <= most <= rows - looked_at + bad
    assert exact_tail(rows, looked_at, bad, most) > Fraction(1, 20)
    if most < rows - looked_at + bad:
        assert exact_tail(rows, looked_at, bad, most + 1) <= Fraction(1, 20)


def exact_tail(rows: int, drawn: int, bad: int, total: int) -> Fraction:
    ways = sum(math.comb(total, hit) * math.comb(rows - total, drawn - hit) for hit in range(bad + 1))
    return Fraction(ways, math.comb(rows, drawn))


@given(st.integers(1, 500), st.data())
def test_the_interval_is_that_of_scipy(looked_at: int, data: st.DataObject) -> None:
    bad = data.draw(st.integers(0, looked_at))
    expected = stats.binomtest(bad, looked_at).proportion_ci(method="wilson")
    assert wilson(bad, looked_at) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_the_bound_in_words() -> None:
    said = "2 bad of 100 looked at: with 95 % confidence fewer than 6.2 % of the rows not looked at would be rejected"
    assert Bound(10**6, 100, 2).sentence == said + " or changed"
    assert Bound(10, 0, 0).sentence == "none of 10 rows has been looked at"
    assert "says nothing yet" in Bound(1000, 3, 3).sentence
    assert "3 of them are still in the data" in Bound(40, 40, 3).sentence
    assert "0 of them are still in the data" in Bound(40, 40, 3, remedied=3).sentence


@given(st.integers(1, 10**6), st.data())
def test_what_the_sentence_says_is_never_less_than_the_bound(rows: int, data: st.DataObject) -> None:
    looked_at = data.draw(st.integers(1, min(rows, 300)))
    bound = Bound(rows, looked_at, data.draw(st.integers(0, looked_at)))
    if "fewer than" in bound.sentence:
        percent = float(bound.sentence.partition("fewer than ")[2].partition(" %")[0])
        assert bound.share is not None and bound.share * 100 < percent <= bound.share * 100 + 0.11


def test_rows_that_a_split_refused_make_the_rest_smaller_and_the_bound_larger() -> None:
    plain, refused = Bound(300, 100, 2).share, Bound(300, 100, 2, refused=50).share
    assert plain and refused == pytest.approx(plain * 200 / 150)


def judged(verdicts: str) -> list[Decision]:
    names = {"a": "accept", "x": "reject", "s": "skip", "f": "flag"}
    return [Decision(str(number), names[one], "v1", "", "") for number, one in enumerate(verdicts)]


def test_good_news_counts_at_whole_hundreds_and_bad_news_at_once() -> None:
    first = "x" * 6 + "a" * 94
    for more, looked_at in (("a" * 60, 100), ("x" * 20, 120), ("a" * 100, 200)):
        sample = judged(first + more)
        now = Bound(10**6, len(sample), Counts.of(sample).bad)
        assert decisive(now, sample).looked_at == looked_at


def test_many_skips_are_noticed() -> None:
    assert not Counts.of(judged("a" * 90 + "s" * 10)).many_skipped
    assert Counts.of(judged("a" * 89 + "s" * 11)).many_skipped


# The log


def decision(row: str, verdict: str = "accept", version: str = "v1", **more: str) -> Decision:
    return Decision(row, verdict, version, "2026-01-01T10:00:01", "2026-01-01T10:00:00", **more)


KEYS = st.lists(st.sampled_from(["undo", "accept", "reject", "skip", "flag", "edit"]), max_size=30)


@settings(max_examples=40, deadline=None)  # Each key press waits for the disk.
@given(KEYS)
def test_undo_reaches_back_to_the_first_key_over_any_restart(keys: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log, stack = Path(folder) / "reviews.jsonl", []
        for number, key in enumerate(keys):
            verdicts = Verdicts(log)
            if key == "undo":
                assert verdicts.undo("v1") == (stack.pop() if stack else None)
            else:
                stack.append(decision(str(number % 3), key, before="x", after="y"))
                verdicts.decide(stack[-1])
        assert Verdicts(log).order == stack
        for row in "012":
            assert Verdicts(log).standing(row) == next((one for one in reversed(stack) if one.row == row), None)


def test_undo_leaves_verdicts_on_earlier_versions_alone(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "reviews.jsonl")
    verdicts.decide(decision("a", version="v1"))
    verdicts.decide(decision("b", version="v2"))
    assert verdicts.undo("v2") == decision("b", version="v2")
    assert verdicts.undo("v2") is None
    assert verdicts.standing("a") and not verdicts.standing("b")


@pytest.mark.parametrize(
    "line",
    ['{"queue": "random", "row', "[]", '{"queue": "random", "verdict": "undo", "row": "z", "version": "v1", "at": ""}',
     '{"queue": "random", "verdict": 3, "row": "a", "version": "v1", "at": "", "shown": ""}',
     '{"queue": "random", "verdict": "edit", "row": "a", "version": "v1", "at": "", "shown": "", "after": "x"}',
     '{"queue": "risk", "verdict": "reject", "row": "a", "version": "v1", "at": "", "shown": ""}'],
)  # fmt: skip
def test_torn_and_foreign_lines_harm_no_verdict(tmp_path: Path, line: str) -> None:
    log = tmp_path / "reviews.jsonl"
    verdicts = Verdicts(log)
    verdicts.decide(decision("a"))
    with log.open("a", encoding="utf-8") as file:
        file.write(line)
    verdicts.decide(decision("b"))
    for found in (verdicts, Verdicts(log)):
        assert found.order == [decision("a"), decision("b")]


def test_an_edit_that_changes_nothing_is_not_bad() -> None:
    assert not decision("a", "edit", before="x", after="x").bad
    assert decision("a", "edit", before="x", after="y").bad
    assert Counts.of([decision("a", "edit", before="x", after="x")]) == Counts(accepted=1)
