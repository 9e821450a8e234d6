"""Balance, sizes and token lengths: against oracles, and what is said of them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, chisquare

from engine.data.balance import RANGES, balance, by_model, sizing, upper_tail
from engine.data.tokens import MAX_LENGTHS, TEMPLATE_TOKENS, Sizes, TokenCount


@given(st.floats(1e-6, 5000), st.integers(1, 400))
def test_the_tail_of_chi_square_is_that_of_scipy(statistic: float, degrees: int) -> None:
    assert upper_tail(statistic, degrees) == pytest.approx(chi2.sf(statistic, degrees), rel=1e-9, abs=1e-300)


@given(st.lists(st.integers(1, 500), min_size=2, max_size=30))
def test_counts_are_tested_against_equal_ones(counts: list[int]) -> None:
    found = balance({f"c{number}": count for number, count in enumerate(counts)})
    expected = chisquare(counts)
    assert found["chi_square"]["statistic"] == pytest.approx(expected.statistic, abs=0.006)
    assert found["chi_square"]["p"] == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-300)
    assert found["ratio"] == pytest.approx(max(counts) / min(counts), abs=0.006)
    shares = np.array(counts) / sum(counts)
    assert found["effective_categories"] == pytest.approx(math.exp(-(shares * np.log(shares)).sum()), abs=0.006)


@pytest.mark.parametrize(
    ("large", "warning"), [(5, None), (6, "uneven: the largest"), (10, "uneven: the largest"), (11, "very uneven")]
)
def test_uneven_categories_are_warned_about_from_five_to_one(large: int, warning: str | None) -> None:
    found = balance({"a": large, "b": 1})
    assert (found["warning"] or "").startswith(warning or "") and bool(found["warning"]) == bool(warning)
    assert ("macro-F1" in (found["advice"] or "")) == bool(warning)


def test_one_category_is_not_tested_and_none_is_no_error() -> None:
    assert balance({"a": 3})["chi_square"] is None
    assert balance({})["ratio"] is None


def test_each_category_is_held_against_what_its_task_needs() -> None:
    found = sizing({"a": 49, "b": 50, "c": 200}, "classification", "rows")
    assert found["short"] == ["a"]
    assert [one["state"] for one in found["categories"].values()] == [
        "too few: 1 more needed",
        "enough",
        "as recommended",
    ]
    assert found["ranges"] == {"minimum": [50, 100], "recommended": [200, 500]}
    assert RANGES["domain"] == ((500, 1000), (2000, 10000))


@pytest.mark.parametrize(("groups", "enough"), [(99, []), (100, ["7B"]), (500, ["7B", "13-70B"])])
def test_larger_models_want_more(groups: int, enough: list[str]) -> None:
    assert [one["model"] for one in by_model(groups) if one["state"] == "enough"] == enough


@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(0, 300), st.integers(1, 6)), max_size=30))
def test_what_each_length_cuts_is_counted_row_by_row(rows: list[tuple[int, int, int]]) -> None:
    texts, tools, turns = (np.array([row[at] for row in rows], np.int64) for at in range(3))
    sizes = Sizes(texts, tools, turns, "counted")
    lengths = [text + tool + TEMPLATE_TOKENS * turn for text, tool, turn in rows]
    for cut in sizes.cuts():
        over = [length - cut["max_length"] for length in lengths if length > cut["max_length"]]
        assert (cut["rows"], cut["tokens"]) == (len(over), sum(over))
    assert sizes.cuts()[-1]["rows"] == 0 and len(sizes.cuts()) <= len(MAX_LENGTHS)
    report = sizes.report()
    assert report["total"] == int(texts.sum() + tools.sum()) and report["longest"] == max(lengths, default=0)
    if rows:
        assert report["p99"] == round(float(np.percentile(texts + tools, 99)))


def test_tools_are_counted_apart_from_the_turns() -> None:
    count = TokenCount()
    count.add(["x" * 42, "y" * 42])
    count.add(["x" * 84], tools="t" * 420)
    found = count.finish().report()
    assert (found["total"], found["tools"], found["tools_share"]) == (140, 100, 0.7143)
    assert found["method"].startswith("estimate")
