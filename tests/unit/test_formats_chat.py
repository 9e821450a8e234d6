"""OpenAI's chat format and LLaMA-Factory's v1: turns, parts, calls, weights."""

import json
from typing import Any

import pytest

from tests.unit.prepared import ANSWER, ASK, FIND, call, prepared, result, row, rules_of


def test_other_columns_are_kept_beside_the_row() -> None:
    made = row({"messages": [ASK, ANSWER], "ticket": 7, "parallel_tool_calls": False, "note": "007"})
    assert made.messages == [ASK, ANSWER]
    assert made.meta == {"ticket": 7, "parallel_tool_calls": False, "note": "007"}
    assert made.source == {"file": "rows.jsonl", "line": 1, "byte": 0}
    assert made.steps == ["import"]


def test_a_whole_tool_conversation_comes_through_unchanged() -> None:
    turns: list[dict[str, Any]] = [
        {"role": "developer", "content": "Be brief."},
        {**ASK, "name": "Ada"},
        {"role": "assistant", "content": "", "tool_calls": [call(known="abc"), call(known="def")]},
        result("one", "abc"),
        result("two", "def"),
        ANSWER,
    ]
    given = [*turns[:2], {**turns[2], "content": None, "refusal": None}, *turns[3:]]
    made = prepared({"messages": given, "tools": [FIND]})
    assert made.problems == ()
    assert made.row is not None
    assert made.row.messages == turns
    assert made.row.meta == {"tools": [FIND]}


def test_content_may_be_absent_beside_calls_and_nowhere_else() -> None:
    last = {"role": "assistant", "tool_calls": [call()]}
    assert row({"messages": [ASK, last], "tools": [FIND]}).messages[1] == {**last, "content": ""}
    assert rules_of(prepared({"messages": [ASK, {"role": "assistant", "content": None}]})) == ["not-text"]
    assert rules_of(prepared({"messages": [ASK, {"role": "assistant", "content": None, "tool_calls": []}]})) == [
        "not-text"
    ]


def test_text_parts_are_joined_and_it_is_said() -> None:
    parts = [{"type": "text", "text": "First."}, {"type": "text", "text": "Second."}]
    made = prepared({"messages": [{"role": "user", "content": parts}, ANSWER]})
    assert made.row is not None
    assert made.row.messages[0]["content"] == "First.\nSecond."
    assert [(one.rule, one.severity) for one in made.problems] == [("parts-joined", "note")]
    assert prepared({"messages": [{"role": "user", "content": parts[:1]}, ANSWER]}).problems == ()


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}, "holds an image"),
        ({"type": "input_audio", "input_audio": {"data": ""}}, "holds a recording"),
        ({"type": "video", "value": ["a.mp4"]}, "holds a video"),
        ({"type": "text"}, "'text' without text"),
        ({"type": 7}, "'unknown' without text"),
        (7, "'unknown' without text"),
    ],
)
def test_parts_that_are_not_text_refuse_the_row_with_the_reason(part: Any, said: str) -> None:
    made = prepared({"messages": [{"role": "user", "content": [{"type": "text", "text": "Look:"}, part]}, ANSWER]})
    assert made.row is None
    assert said in made.problems[0].message


def test_weights_are_kept_for_answers_and_only_0_and_1_are_known() -> None:
    turns = [{**ASK, "weight": 0}, {**ANSWER, "weight": 0}, ASK, {**ANSWER, "weight": 1}]
    made = prepared({"messages": turns})
    assert made.row is not None
    assert made.row.messages == [ASK, {**ANSWER, "weight": 0}, ASK, ANSWER]
    assert made.problems == ()
    for wrong in (2, 0.5, "0", [1]):
        assert rules_of(prepared({"messages": [ASK, {**ANSWER, "weight": wrong}]})) == ["weight-not-0-1"]
    assert rules_of(prepared({"messages": [ASK, {**ANSWER, "train": False}]})) == ["nothing-learned"]


def test_what_a_turn_carries_besides_is_said_or_refused() -> None:
    named = prepared({"messages": [{**ASK, "mood": "cross"}, ANSWER]})
    assert named.row is not None and "mood" not in named.row.messages[0]
    assert rules_of(named, "warning") == ["turn-key-dropped"]
    assert rules_of(prepared({"messages": [ASK, {**ANSWER, "train_detail": [{}]}]}), "error") == ["turn-key"]


def test_calls_of_2023_become_tool_calls() -> None:
    old = {"role": "assistant", "content": None, "function_call": {"name": "find", "arguments": '{"city": "Rome"}'}}
    given = [ASK, old, {"role": "function", "name": "find", "content": "found"}, ANSWER]
    made = prepared({"messages": given, "functions": [{"name": "find"}]})
    assert made.row is not None
    assert made.row.messages[1]["tool_calls"] == [call(arguments='{"city": "Rome"}')]
    assert made.row.messages[2] == {**result(), "name": "find"}
    assert made.row.meta == {"tools": [{"type": "function", "function": {"name": "find"}}]}
    assert rules_of(made) == ["old-function-call", "ids-added", "old-functions", "bare-tools"]
    assert rules_of(made, "note") == rules_of(made)


@pytest.mark.parametrize(
    ("given", "arguments", "rules"),
    [
        ('{"city":"Paris"}', '{"city":"Paris"}', []),
        ({"city": "Zürich", "zip": "08001", "n": 123456789012345678901234567890}, None, ["arguments-object"]),
        (None, "{}", ["no-arguments"]),
        ("", "{}", ["no-arguments"]),
        (json.dumps('{"city": "Paris"}'), '{"city": "Paris"}', ["double-encoded"]),
    ],
)
def test_arguments_become_one_json_text(given: Any, arguments: str | None, rules: list[str]) -> None:
    turns = [ASK, {"role": "assistant", "tool_calls": [call(arguments=given)]}]
    made = prepared({"messages": turns, "tools": [{"type": "function", "function": {"name": "find"}}]})
    assert made.row is not None
    found = made.row.messages[1]["tool_calls"][0]["function"]["arguments"]
    assert found == (arguments or '{"city": "Zürich", "zip": "08001", "n": 123456789012345678901234567890}')
    assert rules_of(made) == rules


def test_calls_and_results_without_ids_are_linked_by_their_order_and_name() -> None:
    calls = [{"function": {"name": "find", "arguments": "{}"}}, {"name": "weigh", "arguments": {"kilos": 1}}]
    turns = [
        ASK,
        {"role": "assistant", "content": "", "tool_calls": calls},
        {"role": "tool", "name": "weigh", "content": "heavy"},
        {"role": "tool", "content": "found"},
        ANSWER,
    ]
    made = prepared({"messages": turns})
    assert made.row is not None, made.problems
    first, second = made.row.messages[1]["tool_calls"]
    assert (first["id"], second["id"]) == ("call00001", "call00002")
    assert [turn.get("tool_call_id") for turn in made.row.messages[2:4]] == ["call00002", "call00001"]
    assert second["function"]["arguments"] == '{"kilos": 1}'


def test_made_up_ids_are_none_that_the_file_has() -> None:
    known = [call(known=f"call{number:05d}") for number in range(1, 2000)]
    turns = [ASK, {"role": "assistant", "content": "", "tool_calls": [*known, call(known="")]}]
    assert row({"messages": turns, "tools": [FIND]}).messages[1]["tool_calls"][-1]["id"] == "call02000"


@pytest.mark.parametrize("broken", [7, {}, {"function": {"arguments": "{}"}}, {"name": 7}, [None]])
def test_a_call_that_names_nothing_is_refused(broken: Any) -> None:
    made = prepared({"messages": [ASK, {"role": "assistant", "content": "", "tool_calls": [broken]}]})
    assert "call-shape" in rules_of(made, "error")


@pytest.mark.parametrize("tools", [{"name": "find"}, "find", [7], [{"type": "function"}], 7])
def test_tools_that_are_no_functions_are_refused(tools: Any) -> None:
    assert "tools-shape" in rules_of(prepared({"messages": [ASK, ANSWER], "tools": tools}), "error")


def test_reasoning_is_kept_where_templates_write_it() -> None:
    kept = "<think>\nHm.\n</think>\n\nOn its way."
    beside = prepared({"messages": [ASK, {**ANSWER, "reasoning_content": "Hm."}]})
    parts = [{"type": "reasoning", "value": "Hm."}, {"type": "text", "value": "On its way."}]
    v1 = prepared(
        {"messages": [{**ASK, "loss_weight": 0.0}, {"role": "assistant", "content": parts, "loss_weight": 1.0}]}
    )
    for made in (beside, v1):
        assert made.row is not None
        assert made.row.answer == kept
        assert rules_of(made, "note") == ["reasoning-kept"]


def test_llama_factory_v1_parts_calls_and_weights() -> None:
    thinking = [
        {"type": "reasoning", "value": "Look."},
        {"type": "tool_call", "value": '{"name": "find", "arguments": {}}'},
    ]
    two = [{"type": "tool_call", "value": json.dumps({"name": "find", "arguments": {"city": city}})} for city in "ab"]
    turns: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "text", "value": "Where?"}], "loss_weight": 0.0},
        {"role": "assistant", "content": thinking, "loss_weight": 0.0},
        {"role": "tool", "content": [{"type": "text", "value": "found"}]},
        {"role": "assistant", "content": two},
        {"role": "tool", "content": [{"type": "text", "value": '[{"a": 1}, "b"]'}]},
        {"role": "assistant", "content": [{"type": "text", "value": "Here."}], "loss_weight": 1.0},
    ]
    made = prepared({"messages": turns, "tools": json.dumps([FIND])})
    assert made.row is not None, made.problems
    messages = made.row.messages
    assert messages[1] == {
        "role": "assistant",
        "content": "<think>\nLook.\n</think>\n\n",
        "tool_calls": [call(arguments="{}")],
        "weight": 0,
    }
    assert [turn["content"] for turn in messages[4:6]] == ['{"a": 1}', "b"]
    assert [turn["tool_call_id"] for turn in messages if turn["role"] == "tool"] == [
        "call00001",
        "call00002",
        "call00003",
    ]
    assert messages[6] == {"role": "assistant", "content": "Here."}
    assert "results-split" in rules_of(made, "note")
    learned = {"messages": [{**turns[0], "loss_weight": 1.0}, turns[-1]]}
    assert rules_of(prepared(learned), "warning") == ["learned-prompt"]


def test_turns_may_lie_in_the_other_column_and_the_system_text_beside_them() -> None:
    made = row({"conversations": [ASK, ANSWER], "system": "Be brief."})
    assert made.messages == [{"role": "system", "content": "Be brief."}, ASK, ANSWER]
    assert made.meta == {}
    both = prepared({"messages": [{"role": "system", "content": "x"}, ASK, ANSWER], "system": "y"})
    assert both.row is not None and both.row.meta == {"system": "y"}
    assert rules_of(both) == ["two-system-texts"]


@pytest.mark.parametrize("value", [1, None, "text", [1], {"messages": "x"}, {"messages": [1]}, {"messages": None}])
def test_records_of_any_shape_become_problems(value: Any) -> None:
    made = prepared(value, form="chat")
    assert made.row is None
    assert made.problems
