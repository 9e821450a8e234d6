"""Rows written for Bedrock and for Google are known, read whole, and told where something in them is not text."""

from typing import Any

import pytest

from engine.data.formats import detect, fits
from engine.data.mapping import Mapping
from tests.unit.prepared import prepared, row, rules_of


def nova(*said: str, **beside: Any) -> dict[str, Any]:
    roles = ("user", "assistant") * len(said)
    turns = [{"role": role, "content": [{"text": text}]} for role, text in zip(roles, said, strict=False)]
    return {"messages": turns, **beside}


def gemini(*said: str, **beside: Any) -> dict[str, Any]:
    roles = ("user", "model") * len(said)
    turns = [{"role": role, "parts": [{"text": text}]} for role, text in zip(roles, said, strict=False)]
    return {"contents": turns, **beside}


PLAIN = [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "Here."}]
KIND = [{"role": "system", "content": "Be kind."}, *PLAIN]
INSTRUCTION = {"role": "system", "parts": [{"text": "Be kind."}]}


@pytest.mark.parametrize(
    ("record", "form", "turns"),
    [
        (nova("Where?", "Here.", schemaVersion="bedrock-conversation-2024"), "bedrock", PLAIN),
        (nova("Where?", "Here."), "bedrock", PLAIN),
        (nova("Where?", "Here.", system=[{"text": "Be kind."}]), "bedrock", KIND),
        (nova("Where?", "Here.", system="Be kind."), "bedrock", KIND),
        (nova("Where?", "Here.", system=[]), "bedrock", PLAIN),
        ({"schemaVersion": "bedrock-conversation-2024", "messages": PLAIN}, "bedrock", PLAIN),
        (gemini("Where?", "Here."), "google", PLAIN),
        (gemini("Where?", "Here.", systemInstruction=INSTRUCTION), "google", KIND),
        (gemini("Where?", "Here.", system_instruction={"parts": [{"text": "Be kind."}]}), "google", KIND),
        (gemini("Where?", "Here.", systemInstruction="Be kind."), "google", KIND),
        (gemini("Where?", "Here.", systemInstruction=None), "google", PLAIN),
        ({"contents": [{"parts": [{"text": "Where?"}]}, *gemini("", "Here.")["contents"][1:]]}, "google", PLAIN),
    ],
)
def test_each_form_is_known_and_read(record: dict[str, Any], form: str, turns: list[dict[str, Any]]) -> None:
    assert fits(record) == [form]
    assert detect([record], Mapping(), "rows.jsonl").format == form
    made = row(record)
    assert made.messages == turns
    assert not made.meta.keys() & {"schemaVersion", "system", "systemInstruction", "contents", "messages"}


def test_other_columns_are_kept() -> None:
    assert row(nova("Where?", "Here.", ticket=7)).meta == {"ticket": 7}
    assert row(gemini("Where?", "Here.", ticket=7)).meta == {"ticket": 7}


def test_typed_parts_are_still_openai_s() -> None:
    typed = {"messages": [{"role": "user", "content": [{"type": "text", "text": "Where?"}]}, PLAIN[1]]}
    assert fits(typed) == ["chat"]
    assert fits({"messages": PLAIN, "schemaVersion": 3}) == ["chat"]


def test_several_parts_are_joined_and_thoughts_kept() -> None:
    several = nova("Where?", "Here.")
    several["messages"][0]["content"].append({"text": "Now!"})
    told = {"reasoningContent": {"reasoningText": {"text": "Look it up."}}}
    several["messages"][1]["content"].insert(0, told)
    made = prepared(several)
    assert {"parts-joined", "reasoning-kept"} <= {*rules_of(made, "note")}
    assert made.row is not None
    assert [turn["content"] for turn in made.row.messages] == [
        "Where?\nNow!",
        "<think>\nLook it up.\n</think>\n\nHere.",
    ]
    thought = gemini("Where?", "Here.")
    thought["contents"][1]["parts"].insert(0, {"text": "Look it up.", "thought": True})
    assert row(thought).messages[1] == made.row.messages[1]


@pytest.mark.parametrize(
    ("form", "part", "rule"),
    [
        ("nova", {"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/a.png"}}}}, "not-only-text"),
        ("nova", {"video": {"format": "mp4"}}, "not-only-text"),
        ("nova", {"document": {"format": "pdf"}}, "not-only-text"),
        ("nova", {"toolUse": {"toolUseId": "1", "name": "find", "input": {}}}, "part-shape"),
        ("nova", {"reasoningContent": 7}, "part-shape"),
        ("nova", {"text": 7}, "part-shape"),
        ("nova", {}, "part-shape"),
        ("nova", 7, "part-shape"),
        ("gemini", {"inlineData": {"mimeType": "image/png", "data": ""}}, "not-only-text"),
        ("gemini", {"fileData": {"fileUri": "gs://b/a.png"}}, "not-only-text"),
        ("gemini", {"functionCall": {"name": "find", "args": {}}}, "part-shape"),
    ],
)
def test_what_is_no_text_is_said(form: str, part: Any, rule: str) -> None:
    record = nova("Where?", "Here.") if form == "nova" else gemini("Where?", "Here.")
    turn = record["messages"][0]["content"] if form == "nova" else record["contents"][0]["parts"]
    turn.append(part)
    made = prepared(record)
    assert made.row is None and rule in rules_of(made, "error")
    if rule == "part-shape":
        assert "OpenAI's chat form" in next(one.hint for one in made.problems if one.rule == rule)


@pytest.mark.parametrize(
    "record",
    [
        {"schemaVersion": "bedrock-conversation-2024", "messages": []},
        {"schemaVersion": "bedrock-conversation-2024", "messages": [{"role": "user"}]},
        nova("Where?", "Here.", system=[7, {"text": None}]),
        gemini("Where?", "Here.", systemInstruction=7),
        {"contents": [{"role": ["x"], "parts": [{"text": "a"}]}]},
        {"contents": [{"role": "function", "parts": "a"}]},
        gemini("Where?"),
    ],
)
def test_what_is_broken_is_a_problem_and_no_crash(record: dict[str, Any]) -> None:
    made = prepared(record, form=fits(record)[0])
    assert made.row is None and rules_of(made, "error")


def test_a_file_of_both_asks_which() -> None:
    with pytest.raises(Exception, match="two formats"):
        detect([nova("a", "b"), gemini("a", "b")], Mapping(), "rows.jsonl")
