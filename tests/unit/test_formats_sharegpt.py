"""ShareGPT: roles of its own, calls and results as turns, tools as a text."""

import json
from typing import Any

import pytest

from tests.unit.prepared import FIND, call, prepared, result, row, rules_of

HUMAN = {"from": "human", "value": "Where is my order?"}
GPT = {"from": "gpt", "value": "On its way."}
CALL = {"from": "function_call", "value": '{"name": "find", "arguments": {"city": "Paris"}}'}
OBSERVED = {"from": "observation", "value": "found"}
TOOLS = json.dumps([{"name": "find", "parameters": {"properties": {"city": {"type": "string"}}}}])


def test_turns_with_the_system_text_beside_them_or_before() -> None:
    expected = ["system", "user", "assistant"]
    for value in (
        {"conversations": [HUMAN, GPT], "system": "Be brief."},
        {"conversations": [{"from": "system", "value": "Be brief."}, HUMAN, GPT], "system": ""},
    ):
        made = row(value)
        assert [turn["role"] for turn in made.messages] == expected
        assert made.system == "Be brief."
        assert made.meta == {}


def test_calls_and_observations_become_tool_turns() -> None:
    made = prepared({"conversations": [HUMAN, CALL, OBSERVED, GPT], "tools": TOOLS})
    assert made.row is not None, made.problems
    assert made.row.messages[1:3] == [
        {"role": "assistant", "content": "", "tool_calls": [call()]},
        result(),
    ]
    assert made.row.meta == {"tools": [FIND]}
    assert rules_of(made, "error") == rules_of(made, "warning") == []


def test_several_calls_with_one_list_of_results() -> None:
    calls = {
        "from": "function_call",
        "value": json.dumps([{"name": "find", "arguments": {"city": city}} for city in "ab"]),
    }
    results = {"from": "observation", "value": '["one", {"two": 2}]'}
    made = row({"conversations": [HUMAN, calls, results, GPT], "tools": TOOLS})
    assert [turn["content"] for turn in made.messages if turn["role"] == "tool"] == ["one", '{"two": 2}']
    for other in (OBSERVED, {"from": "observation", "value": '["one"]'}, {"from": "observation", "value": '{"a": 1}'}):
        lone = prepared({"conversations": [HUMAN, calls, other, GPT], "tools": TOOLS})
        assert rules_of(lone, "error") == ["call-without-result"]


@pytest.mark.parametrize(
    ("turns", "place"),
    [
        ([HUMAN, HUMAN, GPT], "turn 2 after the system text is 'human', where gpt or function_call belongs"),
        ([HUMAN, GPT, CALL, OBSERVED, GPT], "turn 3 after the system text is 'function_call'"),
        ([GPT, HUMAN, GPT], "turn 1 after the system text is 'gpt', where human or observation belongs"),
        ([HUMAN, GPT, OBSERVED, GPT], None),
        ([HUMAN, CALL, OBSERVED, GPT, HUMAN, GPT], None),
    ],
)
def test_human_and_observation_stand_at_odd_places_gpt_and_function_call_at_even_ones(
    turns: list[dict[str, str]], place: str | None
) -> None:
    for before in ([], [{"from": "system", "value": "Be brief."}]):
        problems = prepared({"conversations": [*before, *turns], "tools": TOOLS}).problems
        found = [problem.message for problem in problems if problem.rule == "out-of-turn"]
        assert found == [] if place is None else found[0].startswith(place)


@pytest.mark.parametrize(
    ("turn", "rule"),
    [
        ({"from": "gpt", "value": ""}, "empty-content"),
        ({"from": "gpt", "value": None}, "not-text"),
        ({"from": "gpt"}, "not-text"),
        ({"from": "bing", "value": "x"}, "unknown-role"),
        ({"from": ["gpt"], "value": "x"}, "unknown-role"),
        ({"from": "function_call", "value": "find the order"}, "call-shape"),
        ({"from": "function_call", "value": ""}, "call-shape"),
        ({"from": "function_call", "value": '{"arguments": {}}'}, "call-shape"),
    ],
)
def test_turns_that_say_nothing_refuse_the_row(turn: dict[str, Any], rule: str) -> None:
    made = prepared({"conversations": [HUMAN, turn]})
    assert made.row is None
    assert rule in rules_of(made, "error")


def test_a_result_without_a_call_is_refused() -> None:
    assert "result-without-call" in rules_of(prepared({"conversations": [HUMAN, GPT, OBSERVED, GPT]}), "error")
