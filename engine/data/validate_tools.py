"""Rules about tools, calls and their results."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from engine.data.formats_calls import tool_name
from engine.data.jsontext import parse
from engine.data.problems import Problem
from engine.safe_text import one_line

_Messages = Sequence[dict[str, Any]]


def tool_problems(messages: _Messages, tools: Any) -> list[Problem]:
    """What is wrong with the calls of a conversation whose model may call `tools`; a rule is reported once."""
    if not any([turn["role"] == "tool" or "tool_calls" in turn for turn in messages]):
        return []
    known = {name: one for one in tools or () if (name := tool_name(one))} if isinstance(tools, list) else {}
    found = [*_by_call(messages, known), *_answered(messages)]
    return list({problem.rule: problem for problem in reversed(found)}.values())[::-1]


def _by_call(messages: _Messages, known: Mapping[str, Any]) -> Iterator[Problem]:
    for number, turn in enumerate(messages, start=1):
        calls = turn.get("tool_calls", ())
        if calls and turn["role"] != "assistant":
            yield Problem("call-by-other", f"turn {number} ({turn['role']}) calls a tool", "only answers call tools")
        for call in calls:
            yield from _one_call(number, call["function"], known)


def _one_call(number: int, function: Mapping[str, str], known: Mapping[str, Any]) -> Iterator[Problem]:
    name = one_line(function["name"], 60)
    arguments = parse(function["arguments"].encode("utf-8", "surrogatepass"))
    if not isinstance(arguments.value, dict):
        why = arguments.problems[0].message if arguments.problems else "they are no object"
        hint = 'write the arguments as a JSON object in a text: "{\\"city\\": \\"Paris\\"}"'
        yield Problem("call-arguments", f"turn {number} calls {name} with arguments that cannot be read: {why}", hint)
    elif known and function["name"] in known:
        yield from _added_nulls(number, name, arguments.value, known[function["name"]])
    if not known:
        hint = "add the column `tools`: without it the model learns to call what nobody offered it"
        yield Problem("no-tools", f"turn {number} calls {name}, and the row has no tools", hint, "warning")
    elif function["name"] not in known:
        some = one_line(", ".join(islice(known, 5)), 100)
        message = f"turn {number} calls {name}, which is not one of the row's {len(known)} tools: {some}"
        yield Problem("unknown-tool", message, "mend the name, or add the tool to `tools`")


def _added_nulls(number: int, name: str, arguments: Mapping[str, Any], tool: Mapping[str, Any]) -> Iterator[Problem]:
    """pyarrow and pandas give every row of a column the same keys, with null where a row had none."""
    parameters = tool.get("function", tool).get("parameters")
    properties = parameters.get("properties") if isinstance(parameters, dict) else None
    named = {key for key, value in properties.items() if value} if isinstance(properties, dict) else set()
    added = [key for key, value in arguments.items() if value is None and key not in named]
    if added and isinstance(properties, dict):
        message = f"turn {number} calls {name} with null for {one_line(added[0], 60)!r}, which that tool does not know"
        hint = "a table library has probably added it: write the file again with a JSON library, not pyarrow or pandas"
        yield Problem("added-nulls", message, hint, "warning")


def _answered(messages: _Messages) -> Iterator[Problem]:
    """Each call has its result before the next turn of another speaker; only the last turn may wait for one."""
    waiting: dict[str, str] = {}
    for number, turn in enumerate(messages, start=1):
        if turn["role"] == "tool":
            if waiting.pop(turn.get("tool_call_id", ""), None) is None:
                yield Problem("result-without-call", f"turn {number} answers no call before it", _LINK)
            continue
        if waiting:
            name = one_line(next(iter(waiting.values())), 60)
            yield Problem("call-without-result", f"the call of {name} has no result before turn {number}", _LINK)
        waiting = {call["id"]: call["function"]["name"] for call in turn.get("tool_calls", ())}


_LINK = "put a turn of the role tool with the id of its call after each call"
