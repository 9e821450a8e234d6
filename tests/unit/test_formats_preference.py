"""Preferences in their shapes, and judged answers."""

import json
from typing import Any

import pytest

from engine.data.rows import Row, parse_row
from tests.unit.prepared import ANSWER, ASK, FIND, call, prepared, result, row, rules_of

GOOD, BAD = {"role": "assistant", "content": "good"}, {"role": "assistant", "content": "bad"}


def part(value: str) -> list[dict[str, str]]:
    return [{"type": "text", "value": value}]


SHAPES: dict[str, dict[str, Any]] = {
    "texts": {"prompt": "Where is my order?", "chosen": "good", "rejected": "bad"},
    "texts of alpaca": {"instruction": "Where is my order?", "input": "", "chosen": "good", "rejected": "bad"},
    "turns of sharegpt": {
        "conversations": [{"from": "human", "value": "Where is my order?"}],
        "chosen": {"from": "gpt", "value": "good"},
        "rejected": {"from": "gpt", "value": "bad"},
    },
    "turns of chat": {"messages": [ASK], "chosen": GOOD, "rejected": BAD},
    "lists": {"chosen": [ASK, GOOD], "rejected": [ASK, BAD]},
    "lists after a prompt": {"prompt": [ASK], "chosen": [GOOD], "rejected": [BAD]},
    "lists as texts": {"chosen": json.dumps([ASK, GOOD]), "rejected": json.dumps([ASK, BAD])},
    "openai": {"input": {"messages": [ASK]}, "preferred_output": [GOOD], "non_preferred_output": [BAD]},
    "llama-factory v1": {
        "chosen_messages": [{**ASK, "content": part(ASK["content"])}, {**GOOD, "content": part("good")}],
        "rejected_messages": [{**ASK, "content": part(ASK["content"])}, {**BAD, "content": part("bad")}],
    },
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_becomes_one_conversation_and_the_other_answer(shape: str) -> None:
    made = row({**SHAPES[shape], "score": "0.10"})
    assert made.messages == [ASK, GOOD]
    assert made.rejected == [BAD]
    assert made.meta == {"score": "0.10"}
    assert made.kind == "preference"
    assert made.id == row(SHAPES["texts"]).id != row({**SHAPES["texts"], "rejected": "worse"}).id


def test_a_prompt_beside_whole_lists_is_kept() -> None:
    made = row({**SHAPES["lists"], "prompt": "Where is my order?"})
    assert made.meta == {"prompt": "Where is my order?"}


def test_the_other_answer_begins_after_the_last_question() -> None:
    before = [{"role": "system", "content": "s"}, ASK, ANSWER, ASK]
    calling = {"role": "assistant", "content": "", "tool_calls": [call()]}
    made = row(
        {"chosen": [*before, calling, result(), GOOD], "rejected": [*before, calling, result(), BAD], "tools": [FIND]}
    )
    assert made.rejected == [calling, result(), BAD]
    openai = {
        "input": {"messages": [*before, calling, result()], "tools": [FIND], "parallel_tool_calls": True},
        "preferred_output": [GOOD],
        "non_preferred_output": [BAD],
    }
    assert row(openai).rejected == made.rejected
    assert (made.meta, row(openai).meta) == ({"tools": [FIND]}, {"tools": [FIND], "parallel_tool_calls": True})
    assert row({**openai, "input": json.dumps(openai["input"])}).meta == row(openai).meta


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        ({"prompt": "q", "chosen": "Same  answer", "rejected": "Same answer\n"}, "equal-answers"),
        ({"prompt": "q", "chosen": "caf\u00e9", "rejected": "cafe\u0301"}, "equal-answers"),
        ({"chosen": [ASK, GOOD], "rejected": [{**ASK, "content": "Else?"}, BAD]}, "other-prompt"),
        ({"chosen": [ASK, GOOD, ASK, GOOD], "rejected": [ASK, BAD, ASK, BAD]}, "other-prompt"),
        ({"chosen": [ASK, GOOD], "rejected": [ASK, BAD, ASK, BAD]}, "other-prompt"),
        ({"chosen": [ASK, GOOD, ASK, GOOD], "rejected": [ASK, BAD]}, "other-prompt"),
        ({"chosen": [ASK, GOOD], "rejected": [ASK]}, "missing-column"),
        ({"chosen": "good", "rejected": "bad"}, "missing-column"),
        ({"prompt": "q", "chosen": "good", "rejected": " "}, "empty-content"),
        ({"prompt": "q", "chosen": None, "rejected": "bad"}, "not-text"),
        ({"prompt": "q", "chosen": "good", "rejected": 7.5}, None),
        ({"input": {"messages": []}, "preferred_output": [GOOD], "non_preferred_output": [BAD]}, "missing-column"),
        ({"messages": [ASK], "chosen": {**GOOD, "weight": 3}, "rejected": BAD}, "weight-not-0-1"),
    ],
)
def test_what_is_no_choice_between_two_answers(value: dict[str, Any], rule: str | None) -> None:
    assert rules_of(prepared(value, form="preference"), "error") == ([rule] if rule else [])


def test_problems_of_the_other_answer_are_said_to_be_its() -> None:
    made = prepared({"prompt": "q", "chosen": "good", "rejected": "I am {{name}}."})
    assert [problem.message for problem in made.problems] == [
        "of the answer that is not preferred: turn 2 holds {{name}}"
    ]


def test_secrets_in_the_other_answer_are_masked_with_the_same_number() -> None:
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    made = prepared({"prompt": f"Use {secret}", "chosen": "good", "rejected": f"bad {secret}, ada@example.org"})
    assert made.row is not None and made.row.rejected is not None
    assert made.row.rejected[0]["content"] == "bad <SECRET:github_token:1>, ada@example.org"
    assert made.privacy == {"email": 1}
    arguments = json.dumps({"note": f"use {secret}"})
    calling = {"role": "assistant", "content": "", "tool_calls": [call(arguments=arguments)]}
    assert secret not in row({"messages": [ASK, calling]}).to_json().decode()


JUDGED: dict[str, dict[str, Any]] = {
    "chat": {"messages": [ASK, ANSWER]},
    "sharegpt": {
        "conversations": [{"from": "human", "value": ASK["content"]}, {"from": "gpt", "value": "On its way."}]
    },
    "pair": {"prompt": ASK["content"], "completion": ANSWER["content"]},
    "alpaca": {"instruction": ASK["content"], "output": ANSWER["content"]},
}


@pytest.mark.parametrize("shape", JUDGED)
@pytest.mark.parametrize(
    ("column", "value"), [("label", True), ("label", False), ("kto_tag", False), ("kto_tag", "True")]
)
def test_a_judgement_goes_with_the_row(shape: str, column: str, value: Any) -> None:
    made = row({**JUDGED[shape], column: value})
    assert (made.kind, made.label, made.wanted) == ("judged", value in (True, "True"), value in (True, "True"))
    assert (made.messages, made.meta) == ([ASK, ANSWER], {})


def test_a_judgement_that_is_none_is_refused() -> None:
    for label in ("good", 1, None):
        made = prepared({**JUDGED["chat"], "label": label}, form="judged")
        assert made.row is None
    assert rules_of(prepared({**JUDGED["chat"], "label": 1}, form="judged")) == ["label-not-bool"]


def test_rare_fields_survive_the_disk() -> None:
    for value in (SHAPES["texts"], {**JUDGED["chat"], "label": False}):
        made: Row = row(value)
        assert parse_row(made.to_json() + b"\n") == made
