"""The forms that rows are exported to, and what each can hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.data.export_turns import alternates, plain_reason, sharegpt_turns
from engine.data.formats_parts import NOVA_VERSION
from engine.data.jsontext import dumps
from engine.data.rows import SYSTEM, Message, Row

Record = dict[str, Any]
Encoded = Record | str
"""The record of a row; or why the form cannot hold it, in words that rows share."""

_TWO_ANSWERS = "it has a preferred and a rejected answer: --to dpo or llamafactory holds them"
_JUDGED = "its answer is judged as good or bad: --to llamafactory holds that"
_ONE_ANSWER = "it has one answer and none that was rejected: no preference"
_NO_TURNS = "questions and answers do not take turns"
_SKIPPED = "questions and answers do not take turns: LLaMA-Factory would skip it"
_SEVERAL = "an answer is made of several turns, and this form has room for one"
_NOT_A_PAIR = "it is more than one question and one answer"


@dataclass(frozen=True, slots=True)
class Form:
    """One form."""

    title: str
    about: str
    """Who reads it."""
    holds: str
    encode: Callable[[Row], Encoded]
    reads: Mapping[str, str]
    """Kind of row (Row.kind) -> format by which `data import` reads the file back."""
    room: bool = False
    """Whether other columns may stand beside the turns."""
    bom: bool = False
    """Whether one of its readers asks for a byte order mark."""


def _sft(row: Row) -> str | None:
    return {"preference": _TWO_ANSWERS, "judged": _JUDGED}.get(row.kind)


def _openai(row: Row) -> Encoded:
    return _sft(row) or {"messages": row.messages, **_tools(row)}


def _tools(row: Row) -> Record:
    """Tools, and whether several may be called at once, as OpenAI names them."""
    names = ("tools", "parallel_tool_calls")
    return {name: row.meta[name] for name in names if row.meta.get(name) is not None}


def _tool_text(row: Row) -> str:
    """Tools as JSON text; empty for none."""
    tools = row.meta.get("tools")
    return "" if tools is None else dumps(tools).decode()


def _sharegpt(row: Row) -> Encoded:
    turns = _sft(row) or sharegpt_turns(row.messages)
    if isinstance(turns, str):
        return turns
    return {"conversations": turns, **({"tools": tools} if (tools := _tool_text(row)) else {})}


def _alpaca(row: Row) -> Encoded:
    if reason := _sft(row) or plain_reason(row):
        return reason
    if not alternates(row.messages):
        return _NO_TURNS
    spoken = [turn["content"] for turn in row.messages if turn["role"] not in SYSTEM]
    pairs = [list(pair) for pair in zip(spoken[::2], spoken[1::2], strict=True)]
    made = {"instruction": pairs[-1][0], "input": "", "output": pairs[-1][1]}
    system = {"system": row.system} if len(spoken) < len(row.messages) else {}
    return {**made, **system, **({"history": pairs[:-1]} if pairs[1:] else {})}


def _bedrock(row: Row) -> Encoded:
    if reason := _in_parts(row):
        return reason
    system, spoken = _system_apart(row)
    turns = [{"role": turn["role"], "content": [{"text": turn["content"]}]} for turn in spoken]
    return {"schemaVersion": NOVA_VERSION, **({"system": system} if system else {}), "messages": turns}


def _google(row: Row) -> Encoded:
    if reason := _in_parts(row):
        return reason
    system, spoken = _system_apart(row)
    roles = {"user": "user", "assistant": "model"}
    turns = [{"role": roles[turn["role"]], "parts": [{"text": turn["content"]}]} for turn in spoken]
    return {**({"systemInstruction": {"role": "system", "parts": system}} if system else {}), "contents": turns}


def _in_parts(row: Row) -> str | None:
    """Why a row is more than one system text, questions and answers in turn."""
    return _sft(row) or plain_reason(row) or (None if alternates(row.messages) else _NO_TURNS)


def _system_apart(row: Row) -> tuple[list[Record], Sequence[Message]]:
    """(the system text as parts, the other turns)"""
    first = 1 if row.messages[0]["role"] in SYSTEM else 0
    return [{"text": turn["content"]} for turn in row.messages[:first]], row.messages[first:]


def _prompt_completion(row: Row) -> Encoded:
    if reason := _sft(row) or plain_reason(row):
        return reason
    if [turn["role"] for turn in row.messages] != ["user", "assistant"]:
        return _NOT_A_PAIR
    return {"prompt": row.messages[0]["content"], "completion": row.messages[1]["content"]}


def _dpo(row: Row) -> Encoded:
    if row.rejected is None:
        return _JUDGED if row.kind == "judged" else _ONE_ANSWER
    asked = _asked(row)
    given = {"messages": row.messages[:asked], **_tools(row)}
    return {"input": given, "preferred_output": row.messages[asked:], "non_preferred_output": row.rejected}


def _asked(row: Row) -> int:
    """Turns of a preference up to its last question; the preferred answer follows, as `rejected` is the other one."""
    return 1 + max((at for at, turn in enumerate(row.messages) if turn["role"] == "user"), default=-1)


def _llamafactory(row: Row) -> Encoded:
    if not alternates(row.messages):
        return _SKIPPED
    if row.kind == "judged":
        if reason := plain_reason(row):
            return reason
        return {"messages": row.messages, "label": row.label}
    turns = sharegpt_turns(row.messages)
    if isinstance(turns, str):
        return turns
    if row.rejected is None:
        return {"conversations": turns, "tools": _tool_text(row)}
    if row.rejected[:-1] != row.messages[_asked(row) : -1]:
        return _SEVERAL
    rejected = sharegpt_turns(row.rejected)
    if isinstance(rejected, str):
        return rejected
    pair = {"chosen": turns[-1], "rejected": rejected[-1]}
    return {"conversations": turns[:-1], **pair, "tools": _tool_text(row)}


_SFT = {"sft": "chat"}
FORMS: Mapping[str, Form] = {
    "openai": Form(
        "OpenAI chat (JSONL)",
        "Read by OpenAI, Azure, Together, Fireworks, Mistral, TRL and most others. OpenAI itself takes no new jobs "
        "after 2027-01-06.",
        "everything but preferences and judged answers: tools, weights, the developer's role",
        _openai,
        _SFT,
        bom=True,
    ),
    "sharegpt": Form(
        "ShareGPT (JSONL)",
        "Read by older trainers and many data tools.",
        "conversations with one system text, and tools; no weights",
        _sharegpt,
        {"sft": "sharegpt"},
        room=True,
    ),
    "alpaca": Form(
        "Alpaca (JSONL)",
        "Read by nearly every trainer. Earlier turns go into `history`, whose answers are learned as well.",
        "one system text, questions and answers in turn; no tools, no weights",
        _alpaca,
        {"sft": "alpaca"},
        room=True,
    ),
    "prompt-completion": Form(
        "prompt and completion (JSONL)",
        "Read by TRL, Together and older interfaces.",
        "one question and one answer, without a system text",
        _prompt_completion,
        {"sft": "prompt-completion"},
        room=True,
    ),
    "bedrock": Form(
        "Bedrock, Nova's conversations (JSONL)",
        "Read by Amazon Bedrock to tune Nova.",
        "one system text, questions and answers in turn; no tools, no weights",
        _bedrock,
        {"sft": "bedrock"},
    ),
    "google": Form(
        "Google, contents and parts (JSONL)",
        "Read by Google's Agent Platform, formerly Vertex AI, to tune Gemini.",
        "one system text, questions and answers in turn; no tools, no weights",
        _google,
        {"sft": "google"},
    ),
    "dpo": Form(
        "preferences, OpenAI's DPO (JSONL)",
        "Read by OpenAI and Azure for direct preference optimisation.",
        "rows with a preferred and a rejected answer, and no others",
        _dpo,
        {"preference": "preference"},
        bom=True,
    ),
    "llamafactory": Form(
        "LLaMA-Factory (JSONL, dataset_info.json)",
        "Its entries are merged into the dataset_info.json of the folder, where there is one.",
        "conversations, preferences and judged answers, a file each; turns that alternate; no weights",
        _llamafactory,
        {"sft": "sharegpt", "preference": "preference", "judged": "judged"},
    ),
    "axolotl": Form(
        "Axolotl (JSONL, datasets.yaml)",
        "Chat rows with the `datasets:` stanza that reads them, of type chat_template.",
        "everything but preferences and judged answers: tools, weights, the developer's role",
        _openai,
        _SFT,
    ),
}
