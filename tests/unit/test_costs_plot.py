"""Curves, bars and histogram as text: whatever the amounts are, the rows have the right size, and what they show is
true."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.canvas import CROSS
from engine.costs.bars import Span, bar, histogram, marked
from engine.costs.money import price, usd
from engine.costs.months import Month
from engine.costs.plot import Plot, draw, meetings

AMOUNTS = st.one_of(
    st.floats(), st.floats(0, 1e6), st.sampled_from([0.0, -1.0, math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324])
)
MONTHS = st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=30).map(
    lambda pairs: [Month(float(number), *pair) for number, pair in enumerate(pairs)]
)
SIZES = st.tuples(st.integers(-1, 130), st.integers(-1, 30))
PAYS = [Month(float(number), 1000.0 * number, 4000.0 + 200.0 * number) for number in range(13)]
"""Meets at month 5, at USD 5,000."""


def curve(plot: Plot, ink: str) -> list[int]:
    """In each column the highest row with `ink`; columns without it are left out."""
    columns = range(len(plot.inks[0]))
    found = ([y for y, inks in enumerate(plot.inks) if inks[cell] == ink] for cell in columns)
    return [rows[0] for rows in found if rows]


def labels(plot: Plot) -> list[str]:
    """Row by row what stands left of the curves."""
    return [row[: len(ink) - len(ink.lstrip("a"))].strip() for row, ink in zip(plot.glyphs, plot.inks, strict=True)]


@settings(deadline=None)
@given(MONTHS, st.one_of(AMOUNTS, st.floats(0, 36)), SIZES, st.booleans(), st.none() | st.integers(-2, 40))
def test_whatever_the_amounts_there_are_rows_of_the_right_size(
    months: list[Month], horizon: float, size: tuple[int, int], ascii_only: bool, read: int | None
) -> None:
    plot = draw(months, horizon, *size, read=read, ascii_only=ascii_only)
    width, height = (max(0, one) for one in size)
    for rows in (plot.glyphs, plot.inks):
        assert [len(row) for row in rows] == [width] * height
    assert set("".join(plot.inks)) <= set(" tbxeac")
    assert not ascii_only or "".join(plot.glyphs).isascii()


@settings(deadline=None)
@given(MONTHS)
def test_meetings_come_in_order_and_each_turns_the_lead(months: list[Month]) -> None:
    found = [one.month for one in meetings(months)]
    assert found == sorted(found) and all(0 <= month <= len(months) - 1 for month in found)
    leads = [one.tuned > one.baseline for one in months if one.tuned != one.baseline]
    finite = all(math.isfinite(one.tuned - one.baseline) for one in months)
    assert not finite or len(found) == sum(before != after for before, after in pairwise(leads))


@settings(deadline=None)
@given(st.floats(1, 1e6), st.floats(1, 1e5), st.floats(0, 1e5), st.integers(1, 60))
def test_two_straight_lines_meet_where_arithmetic_says(
    upfront: float, saving: float, running: float, last: int
) -> None:
    months = [Month(float(n), n * (running + saving), upfront + n * running) for n in range(last + 1)]
    found, expected = meetings(months), upfront / saving
    if expected < last * (1 - 1e-9):
        assert found[0].month == pytest.approx(expected, rel=1e-6, abs=1e-6) and len(found) == 1
        assert found[0].cost == pytest.approx(expected * (running + saving), rel=1e-6)
    elif expected > last * (1 + 1e-9):
        assert found == ()


def test_arms_that_touch_or_are_the_same_do_not_meet() -> None:
    same = [Month(float(number), 10.0 * number, 10.0 * number) for number in range(4)]
    touching = [Month(0.0, 0.0, 5.0), Month(1.0, 5.0, 5.0), Month(2.0, 6.0, 9.0)]
    through = [Month(0.0, 0.0, 5.0), Month(1.0, 5.0, 5.0), Month(2.0, 9.0, 6.0)]
    assert meetings(same) == meetings(touching) == ()
    assert [one.month for one in meetings(through)] == [1.0]


def test_a_retraining_that_makes_it_dearer_again_is_a_second_meeting() -> None:
    costs = [(0, 4), (4, 5), (8, 6), (9, 12), (16, 13)]
    found = meetings([Month(float(number), *map(float, pair)) for number, pair in enumerate(costs)])
    assert [round(one.month, 3) for one in found] == [1.333, 2.4, 3.5]


def test_both_arms_rise_meet_and_are_told_apart() -> None:
    plot = draw(PAYS, 12, 80, 20, ascii_only=False)
    for ink in "tb":
        rows = curve(plot, ink)
        assert rows == sorted(rows, reverse=True) and rows[0] > rows[-1]
    assert curve(plot, "b")[0] > curve(plot, "t")[0], "the baseline begins below"
    assert curve(plot, "b")[-1] < curve(plot, "t")[-1], "and ends above"
    crosses = [(row.index(CROSS), y) for y, row in enumerate(plot.glyphs) if CROSS in row]
    below = plot.glyphs[-1]
    assert len(crosses) == 1 and below[crosses[0][0]] == "5" and plot.inks[crosses[0][1]][crosses[0][0]] == "x"
    assert {glyph for row in plot.glyphs for glyph in row if glyph == "+"}, "the baseline has a character of its own"


def test_money_stands_on_round_amounts_and_months_below_their_columns() -> None:
    plot = draw(PAYS, 12, 80, 20, ascii_only=True)
    assert [one for one in labels(plot)[:-1] if one] == [
        "$12,000",
        "$10,000",
        "$8,000",
        "$6,000",
        "$4,000",
        "$2,000",
        "$0",
    ]
    assert plot.glyphs[-1].split() == ["month", *map(str, range(13))]
    # At month 12 the baseline has cost 12,000: it ends in the topmost row, whose label says so.
    assert plot.glyphs[0].rstrip().endswith("+")


@pytest.mark.parametrize(
    ("most", "label"),
    [
        (0.004, "$0.004"),
        (7.0, "$8"),
        (900.0, "$1,000"),
        (99_000.0, "$100k"),
        (2.4e6, "$2.5M"),
        (3e12, "$3T"),
        (4e20, "$4e20"),
    ],
)
def test_the_top_label_of_an_axis(most: float, label: str) -> None:
    plot = draw([Month(0.0, 0.0, 0.0), Month(1.0, most, 0.0)], 1, 60, 12, ascii_only=True)
    assert next(one for one in labels(plot) if one) == label


def test_amounts_below_zero_are_drawn_below_zero() -> None:
    plot = draw([Month(0.0, 0.0, 0.0), Month(1.0, 100.0, -100.0)], 1, 60, 13, ascii_only=True)
    zero = labels(plot).index("$0")
    assert zero < labels(plot).index("-$100") and curve(plot, "t")[-1] > zero > curve(plot, "b")[-1]


def test_where_the_base_ends_before_the_horizon_a_line_says_so() -> None:
    cut = [*PAYS[:8], Month(7.5, 7500.0, 5500.0)]
    plot = draw(cut, 12, 80, 20, ascii_only=True)
    at = plot.inks[0].index("e")
    below = plot.glyphs[-1]
    assert below.index("7") < at < below.index("8")
    assert not any(row[at + 1 :].strip() for row in plot.glyphs[:-1]), "nothing is drawn after the end"
    assert "e" not in "".join(draw(PAYS, 12, 80, 20, ascii_only=True).inks)


def test_one_month_none_and_a_marked_one() -> None:
    assert "+" in "".join(draw([Month(0.0, 5.0, 9.0)], 1, 40, 8, ascii_only=True).glyphs)
    assert "".join(draw([], 12, 40, 8, ascii_only=True).inks).replace("a", "").strip() == ""
    plot = draw(PAYS, 12, 80, 20, read=12, ascii_only=True)
    assert [row[-1] for row in plot.inks] == ["c"] * 19 + ["a"]


def test_a_narrow_plot_leaves_all_its_room_to_the_curve() -> None:
    plot = draw(PAYS, 12, 20, 3, ascii_only=True)
    assert "$" not in "".join(plot.glyphs) and "a" not in "".join(plot.inks) and "t" in "".join(plot.inks)


# Bars, histogram, money.


@settings(deadline=None)
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), max_size=9), AMOUNTS, st.integers(-1, 120), st.booleans())
def test_bars_of_whatever_amounts_are_as_wide_as_they_should(
    ends: list[tuple[float, float]], now: float, width: int, ascii_only: bool
) -> None:
    span = Span.over([now, *(end for pair in ends for end in pair)])
    for pair in ends:
        drawn = bar(pair, now, span, width, ascii_only=ascii_only)
        assert len(drawn) == max(0, width) and (not ascii_only or drawn.isascii())
    assert len(marked({"$0": 0.0, "P10": now}, span, width)) == max(0, width)


def test_a_bar_shows_loss_gain_now_and_zero_by_its_characters() -> None:
    span = Span(-100.0, 100.0)
    assert bar((-100.0, 60.0), -40.0, span, 10, ascii_only=True) == "---|-#### "
    assert bar((20.0, 60.0), 30.0, span, 10, ascii_only=True) == "     :|## "
    assert bar((60.0, 20.0), 30.0, span, 10, ascii_only=True) == bar((20.0, 60.0), 30.0, span, 10, ascii_only=True)
    assert set(bar((5.0, 9.0), 7.0, Span(5.0, 9.0), 10, ascii_only=True)) == {"#", "|"}, "zero is off the row"


@settings(deadline=None)
@given(st.lists(st.integers(0, 20_000), max_size=60), st.integers(-1, 130), st.integers(-1, 9), st.booleans())
def test_a_histogram_has_its_size_and_its_highest_bar_reaches_the_top(
    counts: list[int], width: int, height: int, ascii_only: bool
) -> None:
    rows = histogram(counts, width, height, ascii_only=ascii_only)
    assert [len(row) for row in rows] == [max(0, width)] * max(0, height)
    assert not ascii_only or "".join(rows).isascii()
    if any(counts) and width >= len(counts) and height > 0:
        assert ("#" if ascii_only else "\u2588") in rows[0]
        empty = [cell for cell in range(width) if counts[len(counts) * cell // width] == 0]
        assert not any(row[cell].strip() for row in rows for cell in empty)


def test_a_rare_outcome_is_seen_beside_a_frequent_one() -> None:
    assert histogram([1, 20_000], 2, 4, ascii_only=True) == [" #", " #", " #", ".#"]


def test_texts_stand_under_their_amounts_and_never_in_each_other() -> None:
    span = Span(0.0, 100.0)
    assert marked({"P50": 50.0, "P10": 10.0, "P90": 90.0}, span, 21) == " P10     P50     P90 "
    assert marked({"P50": 50.0, "P10": 49.0}, span, 21).split() == ["P50"]
    assert marked({"low": 0.0, "high": 100.0, "out": 101.0}, span, 21) == "low              high"


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0.0, "$0.00"), (-38147.54, "-$38,148"), (16.42, "$16.42"), (999.994, "$999.99"), (999.996, "$1,000"),
        (0.00116, "$0.00116"), (0.00002415, "$0.00002415"), (0.0999, "$0.10"), (1e9, "$1,000,000,000"),
        (math.nan, "not known"), (math.inf, "endless $"), (-math.inf, "-endless $"),
    ],
)  # fmt: skip
def test_money_as_a_person_reads_it(amount: float, said: str) -> None:
    assert usd(amount) == said
    assert usd(amount, sign=True) == (f"+{said}" if 0 < amount < math.inf else said)


@pytest.mark.parametrize(
    ("quoted", "said"),
    [(0.125, "$0.125"), (0.035, "$0.035"), (3.99, "$3.99"), (3.995, "$3.995"), (12.5, "$12.50"), (78949.5, "$78,950")],
)
def test_a_quoted_price_keeps_its_digits(quoted: float, said: str) -> None:
    assert price(quoted) == said
