"""Repairs: offered, made only when asked for, and written into the history of the row."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.repairs import REPAIRS, repairs_named
from engine.errors import UsageError
from tests.unit.prepared import ANSWER, ASK, call, prepared, result, rules_of

SYSTEM = {"role": "system", "content": "Be brief."}


def mended(turns: list[dict[str, Any]], *repairs: str) -> list[dict[str, Any]]:
    made = prepared({"messages": turns}, repairs=repairs)
    assert made.row is not None, made.problems
    return made.row.messages


@pytest.mark.parametrize(
    ("name", "turns", "expected"),
    [
        (
            "merge",
            [ASK, {**ASK, "content": "Well?"}, ANSWER],
            [{**ASK, "content": "Where is my order?\n\nWell?"}, ANSWER],
        ),
        ("system", [ASK, SYSTEM, ANSWER], [SYSTEM, ASK, ANSWER]),
        (
            "system",
            [{**SYSTEM, "role": "developer"}, ASK, {**SYSTEM, "content": "Now."}, ANSWER],
            [{"role": "developer", "content": "Be brief.\n\nNow."}, ASK, ANSWER],
        ),
        ("tail", [ASK, ANSWER, ASK, ANSWER, ASK], [ASK, ANSWER, ASK, ANSWER]),
    ],
)
def test_each_repair_is_offered_first_and_made_on_request(
    name: str, turns: list[dict[str, Any]], expected: list[dict[str, Any]]
) -> None:
    before = copy.deepcopy(turns)
    offered = prepared({"messages": turns})
    assert offered.mendable == (name,) and offered.mended == ()
    assert rules_of(offered) == [
        {"merge": "same-role-twice", "system": "system-not-first", "tail": "last-not-assistant"}[name]
    ]
    made = prepared({"messages": turns}, repairs=(name,))
    assert made.row is not None
    assert (made.row.messages, made.row.steps) == (expected, ["import", f"repair:{name}"])
    assert (made.mendable, made.mended, made.problems) == ((), (name,), ())
    assert turns == before
    assert prepared({"messages": expected}, repairs=tuple(REPAIRS)).row.steps == ["import"]  # type: ignore[union-attr]


def test_all_repairs_together_work_in_their_own_order() -> None:
    turns = [ASK, SYSTEM, ASK, ANSWER, ASK]
    made = prepared({"messages": turns}, repairs=("tail", "merge", "system"))
    assert made.row is not None
    assert [turn["role"] for turn in made.row.messages] == ["system", "user", "assistant"]
    assert made.row.steps == ["import", "repair:system", "repair:merge", "repair:tail"]


def test_only_turns_that_are_alike_are_joined() -> None:
    learned_apart: list[dict[str, Any]] = [ASK, {**ANSWER, "weight": 0}, ANSWER]
    assert mended(learned_apart, "merge") == learned_apart
    two_people: list[dict[str, Any]] = [{**ASK, "name": "Ada"}, {**ASK, "name": "Bob"}, ANSWER]
    assert mended(two_people, "merge") == two_people
    calling = {"role": "assistant", "content": "", "tool_calls": [call()]}
    results: list[dict[str, Any]] = [
        ASK,
        {**calling, "tool_calls": [call(), call(known="b")]},
        result(),
        result(known="b"),
        ANSWER,
    ]
    assert mended(results, "merge") == results
    joined = mended([ASK, {"role": "assistant", "content": "Let me see."}, calling], "merge")
    assert joined[1] == {**calling, "content": "Let me see."}


def test_a_dangling_tail_may_hold_calls_and_results() -> None:
    calling = {"role": "assistant", "content": "", "tool_calls": [call()]}
    assert mended([ASK, calling, result()], "tail") == [ASK, calling]


def test_both_answers_of_a_preference_are_repaired_alike() -> None:
    good, bad = {**ANSWER, "content": "good"}, {**ANSWER, "content": "bad"}
    record = {"chosen": [ASK, SYSTEM, ASK, good], "rejected": [ASK, SYSTEM, ASK, bad, {**ANSWER, "content": "worse"}]}
    made = prepared(record, repairs=("system", "merge"))
    assert made.row is not None, made.problems
    assert [turn["role"] for turn in made.row.messages] == ["system", "user", "assistant"]
    assert made.row.rejected == [{**ANSWER, "content": "bad\n\nworse"}]
    assert prepared(record).mendable == ("system", "merge")


@pytest.mark.parametrize("text", ["", " , ", "merge,mend", "Merge"])
def test_repairs_that_are_none(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        repairs_named(text)
    assert "system, merge, tail" in refused.value.hint


def test_repairs_are_named_in_any_order() -> None:
    assert repairs_named("tail, merge") == ("merge", "tail")


TURNS = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["system", "user", "assistant"]), "content": st.sampled_from("abc")}
    ),
    max_size=8,
)


@given(TURNS)
def test_a_repaired_conversation_has_nothing_left_to_repair_and_no_word_lost(turns: list[dict[str, Any]]) -> None:
    made = prepared({"messages": turns}, repairs=("system", "merge"))
    assert made.mendable in ((), ("tail",))
    left = {problem.rule for problem in made.problems}
    assert not left & {"system-not-first", "same-role-twice"}
    if made.row:
        said = sorted("".join(turn["content"] for turn in turns))
        kept = sorted("".join(turn["content"].replace("\n\n", "") for turn in made.row.messages))
        assert kept == said
    assert prepared({"messages": turns}, repairs=tuple(REPAIRS)).mendable == ()
