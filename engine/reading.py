"""A row as a person reads it: its turns with their calls, an answer in JSON with a line for each member."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from engine.data.jsontext import parse
from engine.data.rows import Message, Row

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Turn:
    role: str
    text: str
    indented: bool
    """JSON whose spaces and line breaks are ours; in the data it is written otherwise."""
    note: str = ""
    """What else is to be known: preferred, rejected, not learned, whose result it is."""


def turns(row: Row) -> Iterator[Turn]:
    """The turns of `row` in order; what the assistant answers in JSON is indented. Of a preference both answers."""
    last = len(row.messages) - 1
    for number, message in enumerate(row.messages):
        notes = ["not learned"] if message.get("weight") == 0 else []
        if number == last and row.rejected is not None:
            notes.append("the PREFERRED answer")
        if number == last and row.label is not None:
            notes.append(f"judged {'GOOD' if row.label else 'BAD: never learned'}")
        yield from _turn(message, notes)
    for message in row.rejected or ():
        yield from _turn(message, ["the REJECTED answer"])


def _turn(message: Message, notes: list[str]) -> Iterator[Turn]:
    role, text, calls = message["role"], message["content"], message.get("tool_calls") or ()
    about = [message["name"]] if message.get("name") else []
    about += [f"result of {message['tool_call_id']}"] if message.get("tool_call_id") else []
    note = " · ".join([*about, *notes])
    if text or not calls:
        readable = indented(text) if role in ("assistant", "tool") else None
        yield Turn(role, text if readable is None else readable, readable not in (None, text), note)
    for call in calls:
        called = call["function"]
        readable = indented(called["arguments"])
        shown = called["arguments"] if readable is None else readable
        title = f"calls {called['name']}" + (f" · {call['id']}" if call.get("id") else "")
        yield Turn(role, shown, readable not in (None, called["arguments"]), " · ".join([title, *notes]))


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
