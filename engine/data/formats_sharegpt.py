"""ShareGPT: turns with `from` and `value`, calls and results in turns of their own, as LLaMA-Factory reads them."""

from collections.abc import Sequence
from typing import Any

from engine.data.formats_calls import calls_of, linked
from engine.data.formats_chat import COLUMNS, column_of
from engine.data.formats_nested import decoded, why_not
from engine.data.formats_rendered import Format, Rendered, Turns, missing
from engine.data.formats_turns import read_turns
from engine.data.mapping import Mapping
from engine.data.problems import Problem
from engine.safe_text import one_line

ROLES = {
    "system": "system",
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "chatgpt": "assistant",
    "model": "assistant",
    "function_call": "assistant",
    "observation": "tool",
    "tool": "tool",
}
_ASKS = ("user", "tool")
_ALTERNATE = "LLaMA-Factory leaves such rows out: let human or observation and gpt or function_call take turns"


def read_shared(turns: Sequence[dict[str, Any]]) -> tuple[Turns, list[Problem]]:
    """Turns of ShareGPT as turns of a row; a `from` that is not known stays as it is, for the rules."""
    problems: list[Problem] = []
    plain = [_turn(number, turn, problems) for number, turn in enumerate(turns, start=1)]
    made, said = read_turns(plain)
    messages, more = linked(made)
    return messages, [*problems, *said, *more]


def _turn(number: int, turn: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """One turn with OpenAI's names, for `read_turns`."""
    speaker = turn.get("from")
    role = ROLES.get(speaker, speaker) if isinstance(speaker, str) else speaker
    others = {key: value for key, value in turn.items() if key not in ("from", "value")}
    if speaker != "function_call":
        return {"role": role, "content": turn.get("value"), **others}
    value = turn.get("value")
    found = decoded(value) if isinstance(value, str) else (value, 0)
    if found is None or not value:
        text = f"turn {number} (function_call) is not JSON: {one_line(value, 60)}"
        problems.append(Problem("call-shape", text, 'write {"name": ..., "arguments": {...}} as JSON text'))
        return {"role": role, "content": value, **others}
    calls, said = calls_of(found[0])
    problems += said
    return {"role": role, "content": "", **others, "tool_calls": calls}


def _out_of_turn(turns: Sequence[dict[str, Any]]) -> list[Problem]:
    """LLaMA-Factory takes human and observation at odd places alone, gpt and function_call at even ones."""
    said = [turn for turn in turns if turn.get("from") != "system"]
    for place, turn in enumerate(said, start=1):
        role = ROLES.get(turn["from"]) if isinstance(turn.get("from"), str) else None
        if role and (role in _ASKS) != (place % 2 == 1):
            wanted = "human or observation" if place % 2 else "gpt or function_call"
            text = f"turn {place} after the system text is {turn['from']!r}, where {wanted} belongs"
            return [Problem("out-of-turn", text, _ALTERNATE, "warning")]
    return []


def conversation(record: dict[str, Any]) -> tuple[Turns, list[Problem], str]:
    """(turns, problems, column) of a record."""
    column = column_of(record, "from")
    if column is None:
        name = next((name for name in COLUMNS if name in record), "conversations")
        return [], [missing(name, "a list of turns with `from` and `value`", why_not(record.get(name)))], name
    messages, problems = read_shared(record[column])
    return messages, [*problems, *_out_of_turn(record[column])], column


def _render(record: dict[str, Any], mapping: Mapping) -> Rendered:
    messages, problems, column = conversation(record)
    return Rendered(messages, tuple(problems), {column})


SHAREGPT = Format(
    "ShareGPT: `conversations` with from and value",
    lambda record: column_of(record, "from") is not None,
    _render,
    dict.fromkeys(COLUMNS, "the conversation; gpt and function_call turns are learned"),
)
