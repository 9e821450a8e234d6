"""What helps a reader: JSON with a line a member, and the pace."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.jsontext import MAX_DEPTH
from engine.reading import indented, turns
from engine.review.pace import pace
from engine.review.statistics import Bound
from engine.review.verdicts import Decision
from tests.tui.reviewable import example

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4) | st.lists(VALUES, max_size=4), st.sampled_from([None, 2]))
def test_indented_json_says_the_same_and_is_indented_once(value: Any, spaces: int | None) -> None:
    shown = indented(json.dumps(value, indent=spaces))
    assert shown is not None
    assert json.loads(shown) == value
    assert indented(shown) == shown


def test_names_and_values_are_left_as_they_are_written() -> None:
    assert indented('{"a":1.10,"b":[],"c":[1,{"d":"[,]\\""}]}') == (
        '{\n  "a": 1.10,\n  "b": [],\n  "c": [\n    1,\n    {\n      "d": "[,]\\""\n    }\n  ]\n}'
    )


@pytest.mark.parametrize("text", ["", "plain", '"text"', "12", '{"a": 1', '{"a": 1} and more', '{"a": 1, "a": 2}', "["])
def test_other_text_is_no_json(text: str) -> None:
    assert indented(text) is None


def test_json_that_is_nested_too_deep_is_shown_as_it_is() -> None:
    assert indented("[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2)) is None


def test_only_answers_are_indented_and_it_is_said() -> None:
    question, answer = turns(example(0, '{"q":1}', '{"a":1}'))
    assert (question.text, question.indented) == ('{"q":1}', False)
    assert (answer.text, answer.indented) == ('{\n  "a": 1\n}', True)


def decided(seconds: float) -> Decision:
    return Decision("r", "accept", "v1", f"2026-01-01T10:00:{seconds:06.3f}+00:00", "2026-01-01T10:00:00.000+00:00")


def test_the_pace_is_the_median_of_the_last_twenty() -> None:
    assert pace([decided(3)] * 4) is None
    assert pace([decided(3)] * 4 + [decided(50)]) == 3
    assert pace([decided(40)] * 30 + [decided(2)] * 20) == 2


@pytest.mark.parametrize(
    ("at", "shown"),
    [("", ""), ("x", "2026-01-01"), ("2026-01-01T10:00:00", "2026-01-01T10:00:00+00:00"), ("2026-01-01", "2026-01-02")],
)
def test_times_that_are_none_and_clocks_set_back_do_not_count(at: str, shown: str) -> None:
    strange = Decision("r", "accept", "v1", at, shown)
    assert pace([strange] * 9) is None
    assert pace([decided(3)] * 5 + [strange] * 9) == 3


def test_nothing_can_be_said_in_per_cent_before_the_first_verdict_and_after_the_last() -> None:
    assert Bound(1000, 0, 0).percent is None and Bound(10, 10, 1).percent is None and Bound(1000, 3, 3).percent is None
    assert Bound(10**6, 100, 2).percent == 6.2
