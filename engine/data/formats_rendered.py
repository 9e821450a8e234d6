"""What reading a record gives: the conversation in it, before it is judged."""

import json
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from engine.data.mapping import Mapping as Columns
from engine.data.problems import Problem
from engine.safe_text import one_line

Turns = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A record as a conversation; contents are not judged yet and may be of any type."""

    messages: Turns
    problems: tuple[Problem, ...] = ()
    used: Set[str] = frozenset()
    """Columns that are in the conversation, and so not in meta."""
    meta: dict[str, Any] = field(default_factory=dict)
    """The other columns, and the tools under the name `tools`."""
    rejected: Turns | None = None
    """Of a preference: what follows the last user turn of `messages` in the answer that is not preferred."""
    label: bool | None = None
    tools: list[Any] | None = None


@dataclass(frozen=True, slots=True)
class Format:
    """One format: what its records look like and how they are read."""

    says: str
    """In a line, for a person who has to choose."""
    fits: Callable[[dict[str, Any]], bool]
    """Whether a record looks like it. Raises nothing, whatever the record holds."""
    render: Callable[[dict[str, Any], Columns], Rendered]
    """The conversation in a record. Raises nothing either: what is wrong becomes a problem."""
    uses: Mapping[str, str]
    """Column -> what it is used for."""


def missing(column: str, what: str, hint: str = "fill it in, or leave the row out") -> Problem:
    """The problem of a column that the format needs and the record has not, or not as `what`."""
    return Problem("missing-column", f"{one_line(column, 60)!r} is not {what}", hint)


def note(rule: str, message: str, hint: str) -> Problem:
    """What reading the record has made of it: nothing is changed without a word."""
    return Problem(rule, message, hint, "note")


def pair(prompt: Any, answer: Any, system: Any = None) -> Turns:
    """A question and its answer."""
    first = [{"role": "system", "content": system}] if system else []
    return [*first, {"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]


def as_text(value: Any) -> Any:
    """A number or truth value, as a label often is, in JSON's writing; all digits stay."""
    return json.dumps(value) if isinstance(value, (bool, int, float)) else value


def text_of(value: Any) -> str:
    """`value` itself where it is text, else in JSON's writing."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def is_turns(value: Any) -> bool:
    """Whether `value` is a list of objects; an empty one is."""
    return isinstance(value, list) and all([isinstance(turn, dict) for turn in value])


def speaks(turns: Sequence[dict[str, Any]]) -> str:
    """How turns are written: "from" (from/value, as ShareGPT) or "role" (role/content)."""
    return "from" if any(["from" in turn and "role" not in turn for turn in turns]) else "role"
