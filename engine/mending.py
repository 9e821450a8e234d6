"""Mending a row: which of its texts a reader can change, the row with a change, and what may be stored."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from engine.data.jsontext import dumps, encodes, parse
from engine.data.rows import ROLES, Message, Row, row_id
from engine.errors import UsageError
from engine.reading import indented
from engine.review.verdicts import Decision

ANSWER = "answer"
WHOLE = "row"
"""All turns as JSON: for what no single text can mend."""
_KEYS = {"role", "content", "tool_calls", "tool_call_id", "name", "weight"}


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a row that can be mended."""

    name: str
    """answer, row, messages.3, messages.3.calls.0, rejected.0 (numbers from 0)"""
    title: str
    """For a person: turn 3, assistant."""
    text: str


def parts(row: Row) -> tuple[Part, ...]:
    """What can be mended: the answer first, then every other turn of the assistant, its calls, the rejected turns, and
    last all of it as JSON."""
    found = [*_of_turns("messages", row.messages, ""), *_of_turns("rejected", row.rejected or [], "rejected ")]
    found.sort(key=lambda part: part.name != ANSWER)
    whole = {"messages": row.messages} | ({"rejected": row.rejected} if row.rejected is not None else {})
    text = indented(dumps(whole).decode()) or ""
    return (*found, Part(WHOLE, "the whole row, as JSON", text))


def part_of(row: Row, name: str | None) -> Part:
    """The part called `name`; None is the answer, or what can be mended first. Raises UsageError."""
    known = parts(row)
    found = next((one for one in known if one.name == name), known[0] if name is None else None)
    if found is None:
        raise UsageError(f"the row has no {name}", hint=f"there are: {', '.join(one.name for one in known)}")
    return found


def with_part(row: Row, name: str | None, text: str, step: str = "review") -> Row:
    """`row` with another text in one place: a new row, made from this one. Raises UsageError when it cannot be."""
    part = part_of(row, name).name
    if part == WHOLE:
        return _from_json(row, text, step)
    turns = {"messages": [*row.messages], "rejected": [*(row.rejected or [])]}
    where, number, *call = f"messages.{len(row.messages) - 1}".split(".") if part == ANSWER else part.split(".")
    turn = turns[where][int(number)]
    turns[where][int(number)] = _with_call(turn, int(call[1]), text) if call else {**turn, "content": text}
    return _made(row, turns["messages"], turns["rejected"] if row.rejected is not None else None, step)


def mended(row: Row, decision: Decision) -> Row:
    """`row` as an edit left it; the row itself for every other verdict."""
    return row if decision.after is None else with_part(row, decision.part, decision.after)


def checked(row: Row, name: str | None, text: str) -> str:
    """`text` as it may be stored: secrets masked; the old one where the row stays the same. Raises UsageError."""
    from engine.data.masking import Mask
    from engine.data.validate import validate

    if not encodes(text):
        raise UsageError("the answer is not UTF-8", hint="write it in UTF-8")
    part = part_of(row, name)
    if indented(part.text) is not None and indented(text) is None:
        raise UsageError("the answer was JSON and is none any more", hint="mend it, or reject the row")
    kept = Mask().text(text)
    changed = with_part(row, name, kept)
    other = [[*changed.messages[:-1], *changed.rejected]] if changed.rejected is not None else []
    for turns in (changed.messages, *other):
        problems = [problem for problem in validate(turns, changed.meta.get("tools")) if problem.severity == "error"]
        if problems:
            hint = "give the answer that should be learned, or reject the row"
            raise UsageError(problems[0].message, hint=hint)
    return part.text if changed.id == row.id else kept


def new_personal_data(row: Row, name: str | None, text: str) -> list[str]:
    """Kinds of personal data that `text` brings into the row, for a word to the reader."""
    from engine.data.privacy import findings

    return sorted(findings(text).keys() - findings(part_of(row, name).text).keys())


def _of_turns(where: str, turns: list[Message], kind: str) -> Iterator[Part]:
    for number, turn in enumerate(turns):
        if turn["role"] != "assistant":
            continue
        last = where == "messages" and number == len(turns) - 1
        title = f"turn {number + 1}, {kind}assistant{' (the answer)' if last else ''}"
        calls = turn.get("tool_calls") or []
        if turn["content"] or not calls:
            yield Part(ANSWER if last else f"{where}.{number}", title, turn["content"])
        for at, call in enumerate(calls):
            called = call["function"]
            yield Part(f"{where}.{number}.calls.{at}", f"{title}: call of {called['name']}", called["arguments"])


def _with_call(turn: Message, number: int, arguments: str) -> Message:
    calls = [*turn["tool_calls"]]
    calls[number] = {**calls[number], "function": {**calls[number]["function"], "arguments": arguments}}
    return {**turn, "tool_calls": calls}


def _from_json(row: Row, text: str, step: str) -> Row:
    parsed = parse(text.encode("utf-8", "surrogatepass"))
    said = parsed.value
    if parsed.problems:
        raise UsageError(f"not JSON: {parsed.problems[0].message}", hint="mend it where it says, or reject the row")
    wanted = {"messages"} | ({"rejected"} if row.rejected is not None else set())
    if not isinstance(said, dict) or said.keys() != wanted or not all(_are_turns(turns) for turns in said.values()):
        hint = f"an object with {' and '.join(sorted(wanted))}, lists of turns with role and content (texts)"
        raise UsageError("these are no turns of a row", hint=hint)
    return _made(row, said["messages"], said.get("rejected"), step)


def _are_turns(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_turn(one) for one in value)


def _is_turn(turn: Any) -> bool:
    if not isinstance(turn, dict) or not {"role", "content"} <= turn.keys() <= _KEYS or turn["role"] not in ROLES:
        return False
    calls = turn.get("tool_calls", [])
    called = isinstance(calls, list) and all(
        isinstance(one, dict)
        and isinstance(one.get("function"), dict)
        and all(isinstance(one["function"].get(key), str) for key in ("name", "arguments"))
        for one in calls
    )
    return isinstance(turn["content"], str) and called


def _made(row: Row, messages: list[Message], rejected: list[Message] | None, step: str) -> Row:
    # A new identity: of the turns, and of the answer that is not preferred.
    made = row_id(messages, row.meta.get("tools"), rejected, row.label)
    return replace(row, id=made, messages=messages, rejected=rejected, parent=row.id, steps=[*row.steps, step])
