"""Which format a file has: one must win, and what is in the way is said."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.formats import FORMATS, detect
from engine.data.formats_nested import EITHER, STRUCTURED
from engine.data.mapping import Mapping
from engine.data.repairs import REPAIRS
from engine.data.rows import ROLES, row_id
from engine.errors import ChoiceNeeded, DataError, UsageError
from tests.unit.prepared import ANSWER, ASK, prepared, row, rules_of

CHAT = {"messages": [ASK, ANSWER]}
SHARED = {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
V1 = {"messages": [{"role": "user", "content": [{"type": "text", "value": "a"}]}, ANSWER]}
PAIR = {"chosen": "a", "rejected": "b", "prompt": "c"}


def found(*records: Any, name: str | None = None, mapping: Mapping | None = None) -> str:
    return detect(records, mapping or Mapping(), "rows.jsonl", name).format


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (CHAT, "chat"),
        ({"messages": json.dumps(CHAT["messages"])}, "chat"),
        ({"messages": json.dumps(json.dumps(CHAT["messages"]))}, "chat"),
        (SHARED, "sharegpt"),
        ({"messages": SHARED["conversations"]}, "sharegpt"),
        ({"conversations": CHAT["messages"]}, "chat"),
        (V1, "llamafactory"),
        ({"messages": [{**ASK, "loss_weight": 0.0}, ANSWER]}, "llamafactory"),
        ({"instruction": "a", "output": "b"}, "alpaca"),
        ({"instruction": "a", "output": "b", "response": "b"}, "alpaca"),
        ({"prompt": "a", "completion": "b"}, "prompt-completion"),
        (PAIR, "preference"),
        ({**SHARED, "chosen": {"from": "gpt", "value": "a"}, "rejected": {"from": "gpt", "value": "b"}}, "preference"),
        ({**CHAT, "label": True}, "judged"),
        ({**CHAT, "label": "true"}, "chat"),
        ({**SHARED, "kto_tag": "false"}, "judged"),
    ],
)
def test_each_format_is_known_by_its_columns(record: Any, name: str) -> None:
    assert found(record) == name


@pytest.mark.parametrize(
    ("record", "choices"),
    [
        ({"prompt": "a", "completion": "b", "messages": []}, ("chat", "prompt-completion")),
        ({**CHAT, **SHARED}, ("chat", "sharegpt")),
        ({"chosen": [ASK, ANSWER], "rejected": [ASK, ANSWER], **CHAT}, ("chat", "preference")),
        ({**PAIR, "completion": "d"}, ("prompt-completion", "preference")),
    ],
)
def test_where_several_fit_a_person_chooses(record: Any, choices: tuple[str, ...]) -> None:
    with pytest.raises(ChoiceNeeded, match="several formats") as refused:
        found(record)
    assert (refused.value.option, refused.value.choices) == ("format", choices)
    assert f"--format {choices[0]}" in refused.value.hint
    for name in choices:
        assert found(record, name=name) == name


@pytest.mark.parametrize(
    ("records", "message", "hint"),
    [
        ([{"question": "a", "reply": "b"}], "columns found: question, reply", "--prompt 'question' --answer 'reply'"),
        ([[1]], "no known format", "--prompt"),
        ([{"messages": "[{'role': 'user'"}], "no known format", "--prompt"),
        ([{"text": "a", "url": "b"}], "plain text", "questions and answers"),
        ([{"text": "a", "label": "b"}], "no known format", "--prompt 'text' --answer 'label'"),
        ([CHAT, SHARED], "two formats: chat .1 of the first 2 records., sharegpt .1 of", "--format chat"),
        ([SHARED] * 8 + [CHAT] * 2, "two formats: sharegpt", "one file for each"),
    ],
)
def test_a_file_without_one_format_is_refused_with_the_way_out(records: list[Any], message: str, hint: str) -> None:
    with pytest.raises(DataError, match=message) as refused:
        found(*records)
    assert hint in refused.value.hint


def test_odd_rows_of_another_format_are_left_out_by_name() -> None:
    assert found(*[CHAT] * 19, SHARED) == "chat"
    problem = prepared(SHARED, form="chat").problems[0]
    assert problem.rule == "other-format"
    assert "in the format sharegpt, its file in chat" in problem.message


def test_a_format_is_forced_where_a_record_has_it_and_only_there() -> None:
    assert found(CHAT, SHARED, SHARED, name="chat") == "chat"
    with pytest.raises(DataError, match="no record is in the format alpaca; it looks like chat"):
        found(CHAT, name="alpaca")
    with pytest.raises(UsageError, match="no format 'chad'"):
        found(CHAT, name="chad")
    with pytest.raises(UsageError, match="names of two"):
        found(CHAT, name="columns")


def test_named_columns_win_and_files_without_them_are_read_by_their_format() -> None:
    mapping = Mapping(prompt="question", answer=("reply",))
    assert found({"question": "a", "reply": "b", "messages": []}, mapping=mapping) == "columns"
    assert found(CHAT, mapping=mapping) == "chat"
    with pytest.raises(DataError, match="no column 'question'"):
        found({"ask": "a", "reply": "b"}, mapping=mapping)


def test_json_in_a_cell_is_decoded_twice_at_most_and_it_is_said() -> None:
    once, twice = json.dumps(CHAT["messages"]), json.dumps(json.dumps(CHAT["messages"]))
    for text, rule in ((once, "json-in-text"), (twice, "double-encoded")):
        made = prepared({"messages": text})
        assert made.row is not None and made.row.messages == CHAT["messages"]
        assert rules_of(made) == [rule]
    assert rules_of(prepared({"messages": json.dumps(twice)}, form="chat")) == ["missing-column"]
    printed = prepared({"messages": str(CHAT["messages"])}, form="chat").problems[0]
    assert "json.dumps" in printed.hint


def test_identity_follows_content_alone() -> None:
    one = row({**CHAT, "ticket": 1})
    other = row({"messages": [{**ASK, "content": "Where is my order?\r\n"}, ANSWER]})
    assert one.id == other.id == row_id([ASK, ANSWER], None)
    assert len(one.id) == 32
    assert one.id != row({**CHAT, "tools": [{"name": "find"}]}).id
    assert one.id != row({"messages": [ASK, {**ANSWER, "weight": 0}, ASK, ANSWER]}).id
    assert one.id != row({**CHAT, "label": False}).id


_IN_RECORDS = {*STRUCTURED, *EITHER, "instruction", "output", "label", "kto_tag", "system", "x"}
_IN_TURNS = {"role", "content", "from", "value", "name", "weight", "loss_weight", "reasoning_content", "type", "text"}
_IN_CALLS = {"tool_calls", "tool_call_id", "function", "function_call", "arguments", "id"}
NAMES = st.sampled_from(sorted(_IN_RECORDS | _IN_TURNS | _IN_CALLS))
_SPEAKERS = {*ROLES, "human", "gpt", "observation", "function_call", "text", "reasoning", "tool_call", "image_url"}
_TEXTS = ["", '{"name": "x", "arguments": {}}', '[{"role": "user", "content": "a"}]', '"\\"[]\\""', "{{x}}", "<s>"]
WORDS = st.sampled_from([*sorted(_SPEAKERS), *_TEXTS])
LEAF = st.none() | st.booleans() | WORDS | st.text(max_size=5) | st.integers() | st.floats(allow_nan=False, width=32)
ANYTHING = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5), max_leaves=25
)
TURN = st.fixed_dictionaries({"role": st.sampled_from(ROLES) | LEAF, "content": WORDS | ANYTHING}) | st.dictionaries(
    NAMES, ANYTHING, max_size=4
)
RECORD = st.dictionaries(NAMES, st.lists(TURN, max_size=4) | TURN | ANYTHING, max_size=6)


@given(RECORD | ANYTHING, st.sampled_from(sorted(FORMATS)), st.booleans())
def test_no_record_raises_and_what_is_fit_is_a_row(value: Any, form: str, mend: bool) -> None:
    mapping = Mapping(prompt="prompt", answer=("output", "x"), category="x", group=("role",))
    made = prepared(value, mapping, form, tuple(REPAIRS) if mend else ())
    assert (made.row is None) == any(problem.severity == "error" for problem in made.problems)
    assert all(problem.hint and problem.message for problem in made.problems)
    if made.row:
        assert made.row.messages[-1]["role"] == "assistant" and all(
            turn["role"] in ROLES and isinstance(turn["content"], str) for turn in made.row.messages
        )
        made.row.to_json()


@given(st.lists(RECORD | ANYTHING, max_size=6))
def test_finding_the_format_raises_only_what_is_said(records: list[Any]) -> None:
    try:
        assert found(*records) in FORMATS
    except DataError as refused:
        assert refused.hint
