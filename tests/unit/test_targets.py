"""What templates and hosts ask of rows besides the rules for all."""

from typing import Any

import pytest

from engine.data.prepare import Rules
from engine.data.targets import TARGETS, file_problems, fitness_for, target_named
from engine.errors import UsageError
from tests.unit.prepared import ANSWER, ASK, FIND, call, prepared, result, rules_of

SYSTEM = {"role": "system", "content": "Be brief."}
CALLING = {"role": "assistant", "content": "", "tool_calls": [call()]}
TOOLS = {"messages": [ASK, CALLING, result(), ANSWER], "tools": [FIND]}


def found(target: str, record: dict[str, Any]) -> list[str]:
    made = prepared(record, rules=Rules(target_named(target)))
    return [rule for rule in rules_of(made) if rule.startswith("target-") or rule == "special-token"]


@pytest.mark.parametrize(
    ("record", "refused_by"),
    [
        ({"messages": [SYSTEM, ASK, ANSWER]}, {"gemma2": "target-system"}),
        (
            {"messages": [ASK, ASK, ANSWER]},
            dict.fromkeys(("mistral", "gemma", "gemma2", "together", "bedrock", "google"), "target-alternation"),
        ),
        (
            {"messages": [{**SYSTEM, "role": "developer"}, ASK, ANSWER]},
            {"gemma2": "target-system"}
            | dict.fromkeys(
                ("chatml", "mistral", "gemma", "together", "fireworks", "bedrock", "google"), "target-developer"
            ),
        ),
        (TOOLS, dict.fromkeys(("gemma", "gemma2", "bedrock"), "target-tools")),
        (
            {**TOOLS, "messages": [ASK, {**CALLING, "tool_calls": [call(known="x")]}]},
            dict.fromkeys(("gemma", "gemma2", "bedrock"), "target-tools") | {"mistral": "target-call-id"},
        ),
        (
            {**TOOLS, "messages": [ASK, {**CALLING, "tool_calls": [call(), call(known="call00002")]}]},
            dict.fromkeys(("gemma", "gemma2", "bedrock"), "target-tools") | {"llama3": "target-calls"},
        ),
        *(
            ({"messages": [{**ASK, "content": f"see {word} here"}, ANSWER]}, {"bedrock": "target-reserved"})
            for word in ("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]")
        ),
        (
            {"messages": [{**SYSTEM, "content": "User: is he"}, ASK, ANSWER]},
            {"gemma2": "target-system", "bedrock": "target-reserved"},
        ),
        ({"messages": [{**ASK, "content": "user: and User, no"}, ANSWER]}, {}),
        ({"messages": [ASK, {**ANSWER, "content": "a [INST] b"}]}, {"mistral": "special-token"}),
        ({"messages": [ASK, {**ANSWER, "content": "a <|eot_id|> b"}]}, {"llama3": "special-token"}),
    ],
)
def test_each_target_finds_what_it_cannot_read(record: dict[str, Any], refused_by: dict[str, str]) -> None:
    assert {name: found(name, record) for name in TARGETS if found(name, record)} == {
        name: [rule] for name, rule in refused_by.items()
    }


def test_answers_around_results_are_one_speaker() -> None:
    assert found("mistral", {"messages": [ASK, CALLING, result(), ANSWER, ASK, ANSWER], "tools": [FIND]}) == []


def test_a_conversation_that_begins_with_an_answer() -> None:
    assert found("together", {"messages": [ANSWER, ASK, ANSWER]}) == ["target-first-turn", "target-alternation"]


def test_more_tools_than_a_host_takes() -> None:
    tools = [{"name": f"tool{number}"} for number in range(129)]
    assert found("openai", {"messages": [ASK, ANSWER], "tools": tools}) == ["target-most-tools"]
    assert found("openai", {"messages": [ASK, ANSWER], "tools": tools[1:]}) == []


@pytest.mark.parametrize(
    ("name", "rows", "fits"),
    [("openai", 9, False), ("openai", 10, True), ("azure", 9, False), ("fireworks", 2, False), ("fireworks", 3, True),
     ("fireworks", 3_000_001, False), ("gemma", 1, True), ("bedrock", 1, True), ("google", 1_000_001, False)],
)  # fmt: skip
def test_hosts_count_rows(name: str, rows: int, fits: bool) -> None:
    assert fitness_for(name, rows)["fit"] is fits
    assert all(problem.hint for problem in file_problems(TARGETS[name], rows))


def test_an_unknown_target_names_those_there_are() -> None:
    with pytest.raises(UsageError) as refused:
        target_named("gemini")
    assert "gemma" in refused.value.hint
