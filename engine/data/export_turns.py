"""The turns of a row in the words of other tools; what has no word there is a reason, never dropped."""

from collections.abc import Sequence
from typing import Any

from engine.data.jsontext import dumps, parse
from engine.data.rows import SYSTEM, Message, Row

_NOT_LEARNED = "a turn is not to be learned (weight 0), which this form cannot say"
_TOOLS = "it uses tools, which this form does not know"
_NAMED = "a turn names its speaker, which this form cannot say"
_DEVELOPER = "the developer's role is not known to this form"
_SYSTEMS = "a system text stands elsewhere than first, or there are several"
_BESIDE = "a turn has both text and a tool call, which are two turns in this form"
_ORDER = "tool results stand in another order than their calls"

_TAGS = {"system": "system", "user": "human", "assistant": "gpt", "tool": "observation"}


def plain_reason(row: Row) -> str | None:
    """Why the turns of `row` are more than one system text, questions and answers; None when they are no more."""
    tools = row.meta.get("tools") is not None or any(
        "tool_calls" in one or one["role"] == "tool" for one in row.messages
    )
    return _TOOLS if tools else turn_reason(row.messages)


def turn_reason(turns: Sequence[Message]) -> str | None:
    """What these turns hold that only OpenAI's form has a word for; None for nothing."""
    if any(turn.get("weight") is not None for turn in turns):
        return _NOT_LEARNED
    if any(turn.get("name") and turn["role"] != "tool" for turn in turns):
        return _NAMED
    if any(turn["role"] == "developer" for turn in turns):
        return _DEVELOPER
    return _SYSTEMS if any(turn["role"] in SYSTEM for turn in turns[1:]) else None


def alternates(turns: Sequence[Message]) -> bool:
    """Whether questions and answers take turns, beginning with a question; a system text may stand before."""
    spoken = turns[1:] if turns and turns[0]["role"] in SYSTEM else turns
    roles = ["assistant" if turn["role"] == "assistant" else "user" for turn in spoken]
    return roles == ["user", "assistant"] * (len(roles) // 2) + ["user"] * (len(roles) % 2)


def sharegpt_turns(turns: Sequence[Message]) -> list[dict[str, str]] | str:
    """The turns as {"from", "value"}; or why they cannot be."""
    if reason := turn_reason(turns) or _call_reason(turns):
        return reason
    return [_sharegpt_turn(turn) for turn in turns]


def _call_reason(turns: Sequence[Message]) -> str | None:
    """A result is told from others by its place alone, so that results must follow in the order of their calls."""
    waiting: list[Any] = []
    for turn in turns:
        if turn["role"] == "tool":
            if not waiting or turn.get("tool_call_id") != waiting.pop(0):
                return _ORDER
            continue
        if calls := turn.get("tool_calls"):
            if turn["content"].strip():
                return _BESIDE
            waiting = [call.get("id") for call in calls]
    return None


def _sharegpt_turn(turn: Message) -> dict[str, str]:
    if calls := turn.get("tool_calls"):
        called = [_call(call) for call in calls]
        return {"from": "function_call", "value": dumps(called[0] if len(called) == 1 else called).decode()}
    return {"from": _TAGS[turn["role"]], "value": turn["content"]}


def _call(call: dict[str, Any]) -> dict[str, Any]:
    """A call with its arguments as an object, as LLaMA-Factory reads it; others pass over the id."""
    function = call["function"]
    made = {"name": function["name"], "arguments": parse(function["arguments"].encode()).value}
    return {**made, "id": call["id"]} if call.get("id") is not None else made
