"""Rows as Bedrock takes them for Nova and Google for Gemini: turns made of parts, the system text beside them."""

from collections.abc import Iterable
from typing import Any

from engine.data.formats_rendered import Format, Rendered, Turns, is_turns, missing
from engine.data.formats_turns import read_turns
from engine.data.mapping import Mapping
from engine.data.problems import Problem

NOVA_VERSION = "bedrock-conversation-2024"
"""What `schemaVersion` says in AWS's examples; any text is taken there."""

_GEMINI_ROLES = {"model": "assistant", None: "user"}
"""Other names than ours; a lone question needs no role."""
_INSTRUCTIONS = ("systemInstruction", "system_instruction")
_KINDS = {"text", "image", "video", "document", "toolUse", "toolResult", "reasoningContent"}
"""What a part of Converse may be."""
_MEDIA = {"inlineData": "file", "inline_data": "file", "fileData": "file", "file_data": "file", "document": "file"}
"""Parts that hold a picture, a recording or a document under a name of their own."""


def is_nova(record: dict[str, Any]) -> bool:
    """Whether `messages` are turns of parts that have no type, as in Bedrock's Converse, or say that they are."""
    turns: Any = record.get("messages")
    if not is_turns(turns):
        return False
    version = record.get("schemaVersion")
    said = isinstance(version, str) and version.startswith("bedrock-conversation")
    return said or any(_untyped(turn.get("content")) for turn in turns)


def _untyped(content: Any) -> bool:
    return isinstance(content, list) and any(
        isinstance(part, dict) and "type" not in part and bool(_KINDS & part.keys()) for part in content
    )


def _is_gemini(record: dict[str, Any]) -> bool:
    turns: Any = record.get("contents")
    return is_turns(turns) and any("parts" in turn for turn in turns)


def _nova(record: dict[str, Any], mapping: Mapping) -> Rendered:
    turns: Any = record.get("messages")
    used = {"messages", "schemaVersion"}
    if not is_turns(turns):
        return Rendered([], (missing("messages", "a list of turns"),), used)
    system = record.get("system")
    texts = system if isinstance(system, list) else None
    spoken = [{**turn, "content": _typed(turn.get("content"))} for turn in turns]
    return _read(texts, spoken, used | ({"system"} if texts is not None else set()))


def _gemini(record: dict[str, Any], mapping: Mapping) -> Rendered:
    turns: Any = record.get("contents")
    used = {"contents", *_INSTRUCTIONS}
    if not is_turns(turns):
        return Rendered([], (missing("contents", "a list of turns"),), used)
    system = next((record[name] for name in _INSTRUCTIONS if record.get(name)), None)
    parts = system.get("parts") if isinstance(system, dict) else system
    spoken = [
        {**_without(turn, "parts"), "role": _role(turn.get("role")), "content": _typed(turn.get("parts"))}
        for turn in turns
    ]
    return _read(parts, spoken, used)


def _read(system: Any, spoken: Turns, used: set[str]) -> Rendered:
    """The system's parts or text, where there is one, and the turns in our form."""
    first = [{"role": "system", "content": _typed(system)}] if system else []
    messages, problems = read_turns([*first, *spoken])
    return Rendered(messages, tuple(_plain(problems)), used)


def _role(role: Any) -> Any:
    return _GEMINI_ROLES.get(role, role) if isinstance(role, str | None) else role


def _without(turn: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in turn.items() if key != name}


def _typed(parts: Any) -> Any:
    """Parts with a type, as `read_turns` takes them; what is no list stays as it is, for the rules."""
    return [_part(part) for part in parts] if isinstance(parts, list) else parts


def _part(part: Any) -> Any:
    if not isinstance(part, dict) or "type" in part:
        return part
    if "text" in part:
        return {"type": "reasoning" if part.get("thought") is True else "text", "text": part["text"]}
    if "reasoningContent" in part:
        inner = part["reasoningContent"]
        told = inner.get("reasoningText") if isinstance(inner, dict) else None
        return {"type": "reasoning", "text": told.get("text") if isinstance(told, dict) else None}
    kind = next(iter(part), "empty")
    return {"type": _MEDIA.get(kind, kind)}


def _plain(problems: Iterable[Problem]) -> Iterable[Problem]:
    """`part-shape` with the advice that fits here."""
    hint = 'write {"text": ...}; rows with tool calls are read from OpenAI\'s chat form'
    return (Problem(one.rule, one.message, hint) if one.rule == "part-shape" else one for one in problems)


NOVA = Format(
    "Bedrock: `messages` with parts, as Nova is tuned and Converse asked",
    is_nova,
    _nova,
    {
        "messages": "the conversation; answers are learned",
        "system": "the system text",
        "schemaVersion": "the name of the form",
    },
)
GEMINI = Format(
    "Google: `contents` with parts, as Gemini is tuned",
    _is_gemini,
    _gemini,
    {"contents": "the conversation; answers are learned", **dict.fromkeys(_INSTRUCTIONS, "the system text")},
)
