"""A row as a person reads it: its turns, an answer in JSON with a line for each member."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.data.jsontext import parse
from engine.data.rows import Row

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Turn:
    role: str
    text: str
    indented: bool
    """JSON whose spaces and line breaks are ours; in the data it is written otherwise."""


def turns(row: Row) -> Iterator[Turn]:
    """The turns of `row` in order; what the assistant answers in JSON is indented."""
    for message in row.messages:
        role, text = message["role"], message["content"]
        readable = indented(text) if role == "assistant" else None
        yield Turn(role, text if readable is None else readable, readable not in (None, text))


def indented(text: str) -> str | None:
    """A JSON object or list with a line for each member, names and values written as they are; None for other text."""
    if text.lstrip()[:1] not in ("{", "[") or parse(text.encode("utf-8", "surrogatepass")).problems:
        return None
    made: list[str] = []
    depth, before = 0, ""
    for token in _TOKEN.findall(text):
        closes, opened = token in ("]", "}"), before in ("[", "{")
        depth -= closes
        if before == "," or opened != closes:
            made.append("\n" + _INDENT * depth)
        made.append(": " if token == ":" else token)
        depth += token in ("[", "{")
        before = token
    return "".join(made)
