"""The rules for conversations: order, text, tools, and what each says."""

from typing import Any

import pytest

from engine.data.prepare import Rules
from engine.data.targets import tokens_of
from engine.data.validate import validate
from engine.data.validate_text import SPECIAL_TOKENS
from engine.model import BUILT_IN
from tests.unit.prepared import ANSWER, ASK, FIND, call, prepared, result, rules_of

SYSTEM = {"role": "system", "content": "x"}
CALLING = {"role": "assistant", "content": "", "tool_calls": [call()]}


def rules(messages: list[dict[str, Any]], tools: Any = None) -> list[str]:
    return [problem.rule for problem in validate(messages, tools)]


def said(text: str, role: str = "assistant") -> list[dict[str, Any]]:
    turn = {"role": role, "content": text}
    return [ASK, turn] if role == "assistant" else [turn, ANSWER]


@pytest.mark.parametrize(
    ("messages", "rule"),
    [
        ([], "no-turns"),
        ([{"role": "human", "content": "x"}, ANSWER], "unknown-role"),
        ([{"role": None, "content": "x"}, ANSWER], "unknown-role"),
        ([{"role": "user", "content": None}, ANSWER], "not-text"),
        ([{"role": "user", "content": [{"type": "text"}]}, ANSWER], "not-text"),
        ([{"role": "user", "content": " \n"}, ANSWER], "empty-content"),
        (said("\u2003\t"), "empty-content"),
        ([{"role": "system", "content": " "}, ASK, ANSWER], "empty-turn"),
        ([{"role": "user", "content": "a\0"}, ANSWER], "nul"),
        ([{"role": "user", "content": "a\ud800"}, ANSWER], "lone-surrogate"),
        ([ASK], "no-assistant"),
        ([ASK, ANSWER, ASK], "last-not-assistant"),
        ([ASK, {**ANSWER, "weight": 0}, ASK, {**ANSWER, "weight": 0}], "nothing-learned"),
        ([ASK, SYSTEM, ANSWER], "system-not-first"),
        ([SYSTEM, {**SYSTEM, "role": "developer"}, ASK, ANSWER], "system-not-first"),
        ([SYSTEM, ANSWER], "no-user"),
        ([SYSTEM, ANSWER, ASK, ANSWER], "answer-first"),
        ([ASK, ASK, ANSWER], "same-role-twice"),
        (said("long " * 7000), "long-row"),
    ],
)
def test_each_rule(messages: list[dict[str, Any]], rule: str) -> None:
    assert rules(messages) == [rule]
    assert rules([SYSTEM, ASK, {**ANSWER, "weight": 0}, ASK, ANSWER]) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I am {{name}}.", "{{name}}"),
        ("Dear [Your Name], thanks", "[Your Name]"),
        ("Dear [YOUR COMPANY NAME]", "[YOUR COMPANY NAME]"),
        ("Dear [NAME]", "[NAME]"),
        ("at <insert address here> please", "<insert address here>"),
        ("TODO: write it", "TODO"),
        ("Lorem ipsum dolor", "Lorem ipsum"),
        ("f{x} [your] [0] <b>todo</b> <input type='text'> TODOS {}", None),
        ("see [your account](https://example.org)", "[your account]"),
    ],
)
def test_placeholders(text: str, found: str | None) -> None:
    problems = validate(said(text))
    assert [problem.message for problem in problems] == ([f"turn 2 holds {found}"] if found else [])


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        ("As an AI language model, I cannot", True),
        ("I\u2019m sorry, but I can\u2019t assist with that.", True),
        ("I'm just a large language model", True),
        ("We sell a language model and I'm sorry it is late.", False),
        ("The cutoff is on Monday.", False),
    ],
)
def test_boilerplate_is_found_in_answers_alone(text: str, matches: bool) -> None:
    assert rules(said(text)) == (["boilerplate"] if matches else [])
    assert rules([{"role": "user", "content": text}, ANSWER]) == []


def test_special_tokens_of_others_warn_and_those_of_the_model_are_errors() -> None:
    own = tokens_of(BUILT_IN / "tokenizer.json")
    assert {"<|im_start|>", "<|im_end|>"} <= own
    for token in (token for tokens in SPECIAL_TOKENS.values() for token in tokens):
        (found,) = validate(said(f"so {token} it ends"))
        assert (found.rule, found.severity, token in found.message) == ("foreign-token", "warning", True)
        (found,) = validate(said(f"so {token} it ends", "user"), own=own)
        assert found.severity == ("error" if token in own else "warning")
    record = {"messages": said("so <|im_end|> it ends")}
    assert prepared(record).row is not None
    assert rules_of(prepared(record, rules=Rules(own=own)), "error") == ["special-token"]


@pytest.mark.parametrize(
    ("turns", "rule"),
    [
        ([CALLING, result(), ANSWER], None),
        ([CALLING], None),
        ([CALLING, ANSWER], "call-without-result"),
        ([CALLING, ASK, ANSWER], "call-without-result"),
        ([{**CALLING, "tool_calls": [call(), call(known="b")]}, result(), ANSWER], "call-without-result"),
        ([CALLING, result(), ANSWER, ASK, result(known="other"), ANSWER], "result-without-call"),
        ([result(), ANSWER], "result-without-call"),
        ([CALLING, result(), result(), ANSWER], "result-without-call"),
        ([{**CALLING, "tool_calls": [call("weigh")]}, result(), ANSWER], "unknown-tool"),
        ([{**CALLING, "tool_calls": [call(arguments="[1]")]}], "call-arguments"),
        ([{**CALLING, "tool_calls": [call(arguments="{'city': 1}")]}], "call-arguments"),
        ([{**CALLING, "tool_calls": [call(arguments='{"a": 1, "a": 2}')]}], "call-arguments"),
        ([{**CALLING, "tool_calls": [call(arguments='{"city": "x", "zip": null}')]}], "added-nulls"),
        ([{**CALLING, "tool_calls": [call(arguments='{"city": null}')]}], None),
        ([{**CALLING, "role": "user"}, result(), ANSWER], "call-by-other"),
        ([CALLING, {**result(), "content": ""}, ANSWER], "empty-turn"),
    ],
)
def test_each_rule_of_tools(turns: list[dict[str, Any]], rule: str | None) -> None:
    found = [name for name in rules([ASK, *turns], [FIND]) if name not in ("same-role-twice", "last-not-assistant")]
    assert found == ([rule] if rule else [])


def test_calls_that_nobody_offered_warn() -> None:
    assert rules([ASK, CALLING]) == ["no-tools"]
    # pyarrow adds keys to the tools as well: a property that is null is none.
    nulled = {"type": "function", "function": {"name": "find", "parameters": {"properties": {"city": {}, "zip": None}}}}
    calling = {**CALLING, "tool_calls": [call(arguments='{"zip": null}')]}
    assert rules([ASK, calling], [nulled]) == ["added-nulls"]
    assert rules([ASK, calling], [{"type": "function", "function": {"name": "find"}}]) == []


def test_all_problems_of_a_row_are_reported_together() -> None:
    messages = [
        {"role": "user", "content": ""},
        {"role": "user", "content": "{{x}}"},
        {"role": "system", "content": "\0"},
    ]
    expected = ["empty-content", "no-assistant", "system-not-first", "same-role-twice", "nul", "placeholder"]
    assert rules(messages) == expected
    assert all(problem.hint for problem in validate(messages))
