"""OpenAI's chat format and LLaMA-Factory's v1: a list of turns with role and content."""

from typing import Any

from engine.data.formats_calls import linked
from engine.data.formats_nested import why_not
from engine.data.formats_parts import is_nova
from engine.data.formats_rendered import Format, Rendered, Turns, is_turns, missing, speaks
from engine.data.formats_turns import read_turns
from engine.data.mapping import Mapping
from engine.data.problems import Problem

COLUMNS = ("messages", "conversations", "conversation")
"""Where a list of turns may lie, in any format."""


def column_of(record: dict[str, Any], spoken: str) -> str | None:
    """The column with turns that are written so ("role" or "from"); an empty list may be either."""
    for column in COLUMNS:
        turns = record.get(column)
        if is_turns(turns) and (speaks(turns) == spoken if turns else (column == "messages") == (spoken == "role")):
            return column
    return None


def has_turns(record: dict[str, Any]) -> bool:
    """Whether the record is a conversation with role and content."""
    return column_of(record, "role") is not None


def is_v1(record: dict[str, Any]) -> bool:
    """Whether turns are weighed and their parts written as LLaMA-Factory's v1 does."""
    column = column_of(record, "role")
    return column is not None and any("loss_weight" in turn or _has_values(turn) for turn in record[column])


def _has_values(turn: dict[str, Any]) -> bool:
    parts = turn.get("content")
    return isinstance(parts, list) and any(isinstance(part, dict) and "value" in part for part in parts)


def conversation(record: dict[str, Any]) -> tuple[Turns, list[Problem], str]:
    """(turns, problems, column) of a record; a turn for each result, every call with an id."""
    column = column_of(record, "role")
    if column is None:
        name = next((name for name in COLUMNS if name in record), COLUMNS[0])
        return [], [missing(name, "a list of turns", why_not(record.get(name)))], name
    turns, problems = read_turns(record[column])
    messages, said = linked(turns)
    return messages, problems + said, column


def _render(record: dict[str, Any], mapping: Mapping) -> Rendered:
    messages, problems, column = conversation(record)
    return Rendered(messages, tuple(problems), {column})


_USES = dict.fromkeys(COLUMNS, "the conversation; answers are learned")
CHAT = Format(
    "OpenAI chat: `messages` with role and content",
    lambda record: has_turns(record) and not is_v1(record) and not is_nova(record),
    _render,
    _USES,
)
V1 = Format("LLaMA-Factory v1: `messages` with typed parts and loss_weight", is_v1, _render, _USES)
