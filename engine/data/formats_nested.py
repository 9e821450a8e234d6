"""Lists and objects that lie as JSON text in a cell: a whole `messages` in a CSV file, `tools` in a ShareGPT file."""

import re
from typing import Any

from engine.data.formats_rendered import is_turns, note
from engine.data.jsontext import parse
from engine.data.problems import Problem

DECODED = 2
"""Times a text is decoded at most: once is the writing of a table, twice is a mistake that can still be read."""
STRUCTURED = frozenset(
    {"messages", "conversations", "conversation", "tools", "functions", "chosen_messages", "rejected_messages"}
    | {"preferred_output", "non_preferred_output", "history"}
)
"""Columns that never hold a plain text where a format uses them."""
EITHER = frozenset({"chosen", "rejected", "prompt", "completion", "input"})
"""Columns that hold a text or turns: an answer that is itself JSON stays a text."""
_OPENED = STRUCTURED | EITHER
_PYTHON = re.compile(r"\s*\[?\s*\{\s*'\w+'\s*:")


def opened(record: dict[str, Any]) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """`record` with the JSON texts of the columns above decoded, and what was decoded."""
    texts = {name: value for name, value in record.items() if name in _OPENED and isinstance(value, str)}
    if not texts:
        return record, ()
    found = {name: decoded(value) for name, value in texts.items() if value.lstrip()[:1] in ("[", "{", '"')}
    taken = {name: one for name, one in found.items() if one and (name in STRUCTURED or _has_turns(one[0]))}
    if not taken:
        return record, ()
    # Tools in a text are ShareGPT's own writing.
    told = {name: times for name, (_, times) in taken.items() if times > 1 or name not in ("tools", "functions")}
    problems = [_said(name, times) for name, times in told.items()]
    return {**record, **{name: value for name, (value, _) in taken.items()}}, tuple(problems)


def decoded(text: str) -> tuple[Any, int] | None:
    """(the list or object in `text`, times decoded), or None when there is none."""
    value: Any = text
    for times in range(1, DECODED + 1):
        value, problems = parse(value.encode("utf-8", "surrogatepass"))
        if problems or not isinstance(value, (str, list, dict)):
            return None
        if not isinstance(value, str):
            return value, times
    return None


def why_not(value: Any) -> str:
    """What to do about a text that should have been turns."""
    if isinstance(value, str) and _PYTHON.match(value):
        return "it is written as Python prints it: write the column with json.dumps, and export again"
    return "write a list of turns, each with a role and a content"


def _has_turns(value: Any) -> bool:
    """Whether `value` is turns, one turn, or an object that holds them."""
    if isinstance(value, dict):
        return is_turns(value.get("messages")) or _is_turn(value)
    return is_turns(value) and bool(value) and all(map(_is_turn, value))


def _is_turn(value: dict[str, Any]) -> bool:
    return ("role" in value and ("content" in value or "tool_calls" in value)) or {"from", "value"} <= value.keys()


def _said(name: str, times: int) -> Problem:
    if times == 1:
        message = f"{name!r} was JSON in a text and is read as JSON"
        return note("json-in-text", message, "nothing, if the samples are right")
    message = f"{name!r} was JSON in a text in a text: encoded twice"
    return Problem("double-encoded", message, "write it once with a JSON library", "warning")
