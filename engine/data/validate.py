"""The rules that a conversation must keep; all problems of a row are reported together."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from engine.data.problems import Problem, Severity
from engine.data.rows import ROLES, SYSTEM
from engine.data.tokens import estimate
from engine.data.validate_text import text_problems
from engine.data.validate_tools import tool_problems
from engine.safe_text import one_line

LONG_ROW = 8192
"""Estimated tokens from which a row is called long: few local trainings run with a longer context and keep it."""

_LONG_ORDER = 32
"""Turns up to which a verdict on their order is kept."""
_Messages = Sequence[dict[str, Any]]
_Roles = tuple[str, ...]


def validate(messages: _Messages, tools: Any = None, own: Set[str] = frozenset()) -> list[Problem]:
    """Every problem of one conversation with its `tools`; `own` are the special tokens of the model to be trained.

    What is no list of turns of text is said alone: the other rules would stumble over it.
    """
    if shapeless := _shapeless(messages):
        return [shapeless]
    found = [*_empty(messages), *_order(tuple([turn["role"] for turn in messages])), *_weights(messages)]
    return [*found, *_long(messages), *tool_problems(messages, tools), *text_problems(messages, own)]


def _shapeless(messages: _Messages) -> Problem | None:
    if not messages:
        return Problem("no-turns", "no turns", "give the row a question and an answer")
    if all([message["role"] in ROLES and isinstance(message["content"], str) for message in messages]):
        return None
    for number, message in enumerate(messages, start=1):
        if message["role"] not in ROLES:
            text = f"turn {number} has the role {one_line(message['role'], 40)!r}"
            return Problem("unknown-role", text, f"use {', '.join(ROLES)}")
    for number, message in enumerate(messages, start=1):
        if not isinstance(message["content"], str):
            kind = "nothing" if message["content"] is None else f"a {type(message['content']).__name__}"
            text = f"turn {number} ({message['role']}) holds {kind} where text belongs"
            return Problem("not-text", text, "write the content as one text")
    return None


def _empty(messages: _Messages) -> Iterator[Problem]:
    """The first turn without text among those that need one, and among the others."""
    blank: dict[bool, str] = {}
    for number, message in enumerate(messages, start=1):
        if not message["content"].strip() and not message.get("tool_calls"):
            blank.setdefault(message["role"] in ("user", "assistant"), f"turn {number} ({message['role']}) is empty")
    if True in blank:
        yield Problem("empty-content", blank[True], "fill it in, or leave the row out")
    if False in blank:
        yield Problem("empty-turn", blank[False], "leave the turn out, or fill it in", "warning")


def _weights(messages: _Messages) -> Iterator[Problem]:
    weights = [message.get("weight") for message in messages if message["role"] == "assistant"]
    if weights and set(weights) == {0}:
        text = f"all {len(weights)} answers have weight 0"
        yield Problem("nothing-learned", text, "give the answers that should be learned weight 1")


def _long(messages: _Messages) -> Iterator[Problem]:
    tokens = estimate(sum([len(message["content"]) for message in messages]))
    if tokens > LONG_ROW:
        text = f"about {tokens:,} tokens (estimate)"
        yield Problem("long-row", text, "split or shorten it: training cuts what does not fit", "warning")


# The order of turns: rules of the roles alone.


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` gives what is wrong with the roles of a conversation, with the value, or None."""

    id: str
    severity: Severity
    hint: str
    check: Callable[[_Roles], str | None]


def _order(roles: _Roles) -> tuple[Problem, ...]:
    return _judged(roles) if len(roles) <= _LONG_ORDER else _judged.__wrapped__(roles)


@lru_cache(maxsize=4096)
def _judged(roles: _Roles) -> tuple[Problem, ...]:
    """Kept, as most rows have one of a few orders: judging them anew took a third of the time of all rules."""
    found = ((rule, rule.check(roles)) for rule in _ORDER)
    return tuple(Problem(rule.id, message, rule.hint, rule.severity) for rule, message in found if message)


def _no_assistant(roles: _Roles) -> str | None:
    return None if "assistant" in roles else "no turn is an answer"


def _last_not_assistant(roles: _Roles) -> str | None:
    return f"the last turn is {roles[-1]!r}" if "assistant" in roles and roles[-1] != "assistant" else None


def _no_user(roles: _Roles) -> str | None:
    return None if "user" in roles else "no turn is a question"


def _answer_first(roles: _Roles) -> str | None:
    first = next((role for role in roles if role not in SYSTEM), None)
    return "an answer stands before the first question" if first == "assistant" and "user" in roles else None


def _system_late(roles: _Roles) -> str | None:
    late = [number for number, role in enumerate(roles, start=1) if number > 1 and role in SYSTEM]
    return f"turn {late[0]} is a {roles[late[0] - 1]} turn" if late else None


def _same_role(roles: _Roles) -> str | None:
    for number, (one, other) in enumerate(pairwise(roles), start=1):
        if one == other and one in ("user", "assistant"):
            return f"turns {number} and {number + 1} are both {one!r}"
    return None


_TAIL = "add the answer, or drop what follows the last one: --repair tail"
_MERGE = "many chat templates refuse such rows; join the turns: --repair merge"
_ORDER = (
    Rule("no-assistant", "error", "add the answer that should be learned", _no_assistant),
    Rule("last-not-assistant", "error", _TAIL, _last_not_assistant),
    Rule("no-user", "warning", "add the question: many chat templates need one", _no_user),
    Rule("answer-first", "warning", "put the question before it: many chat templates refuse such rows", _answer_first),
    Rule("system-not-first", "error", "move the system turn to the front: --repair system", _system_late),
    Rule("same-role-twice", "warning", _MERGE, _same_role),
)
