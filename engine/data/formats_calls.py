"""Tools, calls and results in the one form that rows have, whatever form a file has them in.

A call is {"id", "type": "function", "function": {"name", "arguments"}} with its arguments as JSON text, as in OpenAI's
chat format; a result is a turn of the role `tool` with the id of its call.
"""

import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any

from engine.data.formats_nested import decoded
from engine.data.formats_rendered import Turns, note, text_of
from engine.data.problems import Problem
from engine.safe_text import one_line

_RIGHT = "nothing, if the samples are right"


def tools_of(record: dict[str, Any]) -> tuple[list[Any] | None, list[Problem]]:
    """The tools of a record from `tools`, or from `functions` of 2023; None where it has none."""
    tools, problems = record.get("tools"), []
    if not tools and record.get("functions"):
        tools = record["functions"]
        problems.append(note("old-functions", "`functions` of 2023 are read as `tools`", _RIGHT))
    if tools is None or tools in ("", []):
        return None, problems
    if not isinstance(tools, list) or not all(map(_is_tool, tools)):
        hint = 'write a list such as [{"type": "function", "function": {"name": ..., "parameters": {...}}}]'
        return None, [*problems, Problem("tools-shape", "`tools` is not a list of functions with names", hint)]
    bare = [one for one in tools if "function" not in one]
    if bare:
        wrapped = f"{len(bare)} tools stand bare and are read as functions"
        problems.append(note("bare-tools", wrapped, _RIGHT))
    return [one if "function" in one else {"type": "function", "function": one} for one in tools], problems


def tool_name(tool: Any) -> str | None:
    """The name by which a tool is called."""
    inner = tool.get("function", tool) if isinstance(tool, dict) else None
    name = inner.get("name") if isinstance(inner, dict) else None
    return name if isinstance(name, str) and name else None


def _is_tool(value: Any) -> bool:
    return tool_name(value) is not None


def calls_of(value: Any) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The calls in a list of them, or in one; each in our form, with the id that it came with or an empty one."""
    calls, problems = [], []
    for one in value if isinstance(value, list) else [value]:
        call, said = _call(one)
        calls += [call] if call else []
        problems += said
    return calls, problems


def _call(value: Any) -> tuple[dict[str, Any] | None, list[Problem]]:
    inner = value.get("function", value) if isinstance(value, dict) else None
    name = tool_name(value)
    if not isinstance(inner, dict) or name is None:
        hint = 'write {"name": ..., "arguments": {...}}'
        return None, [Problem("call-shape", f"a call has no name: {one_line(text_of(value), 60)}", hint)]
    arguments, problems = _arguments(inner.get("arguments", inner.get("parameters")))
    known = value.get("id")
    function = {"name": name, "arguments": arguments}
    return {"id": known if isinstance(known, str) else "", "type": "function", "function": function}, problems


def _arguments(value: Any) -> tuple[str, list[Problem]]:
    """Arguments as JSON text; whether they are an object is judged with the other rules."""
    if isinstance(value, str) and value.lstrip().startswith('"') and (inner := decoded(value)):
        message = "a call's arguments are JSON in a text in a text: encoded twice"
        text = json.loads(value) if isinstance(inner[0], dict) else value
        return text, [Problem("double-encoded", message, "write them once with a JSON library", "warning")]
    if isinstance(value, str) and value:
        return value, []
    if value is None or value == "":
        return "{}", [note("no-arguments", "a call without arguments is read as one with none: {}", _RIGHT)]
    return text_of(value), [note("arguments-object", "a call's arguments are an object, kept as its JSON text", _RIGHT)]


def linked(messages: Turns) -> tuple[Turns, list[Problem]]:
    """Calls and results that lack an id get one, in their order: call00001 has the nine characters that Mistral asks
    for. A list of results in one turn becomes a turn for each call."""
    if not any([turn["role"] == "tool" or "tool_calls" in turn for turn in messages]):
        return messages, []
    turns, problems = _one_result_a_turn(messages)
    names = _Names({call["id"] for turn in turns for call in turn.get("tool_calls", ())})
    waiting = _Waiting()
    made: Turns = []
    for turn in turns:
        if turn.get("tool_calls"):
            calls = [call if call["id"] else {**call, "id": names.next()} for call in turn["tool_calls"]]
            turn = {**turn, "tool_calls": calls}
            waiting.add(calls)
        elif turn["role"] == "tool":
            answered = waiting.answered(turn.get("tool_call_id"), turn.get("name"))
            turn = {**turn, "tool_call_id": answered} if answered else turn
        made.append(turn)
    if made != turns:
        problems.append(note("ids-added", "calls or results without an id are linked by their order", _RIGHT))
    return made, problems


class _Names:
    """Ids that no call has yet. next()"""

    def __init__(self, taken: set[str]) -> None:
        self._new = (name for number in count(1) if (name := f"call{number:05d}") not in taken)

    def next(self) -> str:
        return next(self._new)


class _Waiting:
    """Calls that have no result yet. add(calls), answered(id, name)

    A record can hold 100,000 calls: nothing here looks at all of them for one result.
    """

    def __init__(self) -> None:
        self._ids: OrderedDict[str, str] = OrderedDict()
        """Id -> name of the tool, in the order of the calls."""
        self._by_name: dict[str, OrderedDict[str, None]] = {}

    def add(self, calls: Iterable[dict[str, Any]]) -> None:
        for call in calls:
            name = call["function"]["name"]
            self._ids[call["id"]] = name
            self._by_name.setdefault(name, OrderedDict())[call["id"]] = None

    def answered(self, known: str | None, name: str | None) -> str | None:
        """The id of the call that a result with this id, or of this tool, answers; it waits no longer."""
        found = known or next(iter(self._ids if name is None else self._by_name.get(name, ())), None)
        if found is None or found not in self._ids:
            return None
        self._by_name[self._ids.pop(found)].pop(found, None)
        return found


def _one_result_a_turn(messages: Turns) -> tuple[Turns, list[Problem]]:
    made: Turns = []
    problems: list[Problem] = []
    for at, turn in enumerate(messages):
        results = _results(messages, at)
        made += [{**turn, "content": text} for text in results] if results else [turn]
        if results:
            message = f"{len(results)} results in one turn are read as a turn each"
            problems.append(note("results-split", message, _RIGHT))
    return made, problems


def _results(messages: Turns, at: int) -> Sequence[str]:
    """Of a lone result after several calls that is a list of as many: each of its items."""
    turn, before = messages[at], messages[at - 1] if at else {}
    calls = before.get("tool_calls") or ()
    more = at + 1 < len(messages) and messages[at + 1].get("role") == "tool"
    if turn.get("role") != "tool" or turn.get("tool_call_id") or more or len(calls) < 2:
        return ()
    found = decoded(turn["content"]) if isinstance(turn["content"], str) else None
    items = found[0] if found and found[1] == 1 else None
    return [text_of(item) for item in items] if isinstance(items, list) and len(items) == len(calls) else ()
