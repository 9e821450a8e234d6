"""Preferences: one prompt, the answer that is preferred and the one that is not, in the four shapes they come in.

Texts beside a prompt; one turn each beside `conversations`; two whole lists of turns; OpenAI's input, preferred_output
and non_preferred_output. All become one conversation that ends with the preferred answer, and `rejected`: what follows
the last user turn in the other.
"""

import unicodedata
from collections.abc import Sequence
from typing import Any

from engine.data.formats_calls import linked
from engine.data.formats_chat import column_of, conversation
from engine.data.formats_pairs import ASKED, asked, turns_in
from engine.data.formats_rendered import Format, Rendered, Turns, is_turns, missing, speaks
from engine.data.formats_sharegpt import conversation as shared
from engine.data.formats_sharegpt import read_shared
from engine.data.formats_turns import read_turns
from engine.data.mapping import Mapping
from engine.data.problems import Problem

_LISTS = ("chosen_messages", "rejected_messages")
_OPENAI = ("preferred_output", "non_preferred_output")
_SHORT = ("chosen", "rejected")
_Part = tuple[Turns, list[Problem]]


def names_of(record: dict[str, Any]) -> tuple[str, str] | None:
    """The columns of the preferred answer and the other; None where the record has no such pair."""
    if isinstance(record.get("input"), dict) and all(name in record for name in _OPENAI):
        return _OPENAI
    return next((names for names in (_LISTS, _SHORT) if all(name in record for name in names)), None)


def beside_messages(record: dict[str, Any]) -> dict[str, Any]:
    """What lies beside the messages in OpenAI's `input`, as columns: tools, parallel_tool_calls."""
    inner = record.get("input")
    if not isinstance(inner, dict) or names_of(record) != _OPENAI:
        return {}
    return {key: value for key, value in inner.items() if key != "messages" and key not in record}


def is_whole(record: dict[str, Any]) -> bool:
    """Whether the answers are whole conversations, their prompt included."""
    names = names_of(record)
    turns = record[names[0]] if names else None
    return isinstance(turns, list) and bool(turns) and is_turns(turns) and _asks(turns[0])


def _asks(turn: dict[str, Any]) -> bool:
    return turn.get("role", turn.get("from")) in ("system", "developer", "user", "human")


def _render(record: dict[str, Any], mapping: Mapping) -> Rendered:
    names = names_of(record)
    if names is None:
        return Rendered([], (missing("chosen", "there beside `rejected`"),))
    before, problems, used = _prompt(record, names)
    (chosen, of_chosen), (rejected, of_rejected) = (_whole(before, record.get(name)) for name in names)
    problems = [*problems, *dict.fromkeys((*of_chosen, *of_rejected))]
    shared_turns = _shared(chosen, rejected)
    asked_last = max((at for at, turn in enumerate(chosen) if turn["role"] == "user"), default=-1) + 1
    if not problems or all(problem.severity != "error" for problem in problems):
        problems += _differ(chosen, rejected, shared_turns, asked_last)
    return Rendered(chosen, tuple(problems), {*names, *used}, rejected=rejected[asked_last:])


def _prompt(record: dict[str, Any], names: tuple[str, str]) -> tuple[Turns, list[Problem], set[str]]:
    """(turns before both answers, problems, columns used)"""
    if names == _OPENAI:
        return *_turns(record["input"].get("messages"), "input"), {"input"}
    if is_whole(record):
        return [], [], set()
    for spoken, read in (("role", conversation), ("from", shared)):
        if column_of(record, spoken):
            turns, problems, column = read(record)
            return turns, problems, {column}
    if "prompt" in record:
        return *turns_in(record["prompt"], "user"), {"prompt"}
    if "instruction" in record:
        return *asked(record), {*ASKED}
    return [], [missing("prompt", "there, and the answers do not hold it")], set()


def _turns(value: Any, column: str) -> _Part:
    if not is_turns(value) or not value:
        return [], [missing(column, "a list of turns")]
    return read_shared(value) if speaks(value) == "from" else read_turns(value)


def _whole(before: Turns, answer: Any) -> _Part:
    """The conversation with one of the answers: a text, a turn or a list of turns."""
    turns, problems = turns_in([answer] if isinstance(answer, dict) else answer, "assistant")
    messages, said = linked([*before, *turns])
    return messages, [*problems, *said]


def _shared(one: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> int:
    """Turns at the start of both."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


def _differ(chosen: Turns, rejected: Turns, shared_turns: int, asked_last: int) -> list[Problem]:
    """What keeps two conversations from being two answers to one prompt."""
    if [_plain(turn) for turn in chosen] == [_plain(turn) for turn in rejected]:
        return [Problem("equal-answers", "the preferred answer and the other are equal", "leave the row out")]
    if shared_turns < asked_last or any(turn["role"] == "user" for turn in rejected[shared_turns:]):
        text = f"the two conversations share their first {shared_turns} turns, and then ask different things"
        return [Problem("other-prompt", text, "compare answers to one prompt: cut both after the first that differs")]
    if shared_turns == len(rejected) or shared_turns == len(chosen):
        return [Problem("missing-column", "one of the two answers is not there", "give both, or leave the row out")]
    return []


def _plain(turn: dict[str, Any]) -> Any:
    """A turn as it is compared: spaces and the ways to write a letter make no other answer."""
    content = turn["content"]
    plain = " ".join(unicodedata.normalize("NFC", content).split()) if isinstance(content, str) else content
    return {**turn, "content": plain}


PREFERENCE = Format(
    "preference: `chosen` and `rejected`, or preferred_output and non_preferred_output",
    lambda record: names_of(record) is not None,
    _render,
    {
        **dict.fromkeys(("chosen", "chosen_messages", "preferred_output"), "the answer that is preferred"),
        **dict.fromkeys(("rejected", "rejected_messages", "non_preferred_output"), "the answer that is not"),
        **dict.fromkeys(("prompt", "input", "instruction", "history"), "the prompt of both answers"),
        **dict.fromkeys(("messages", "conversations", "conversation"), "the prompt of both answers"),
    },
)
