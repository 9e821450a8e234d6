"""The rules that a conversation must keep. One function a rule; all problems of a row are reported together."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from engine.data.problems import Problem, Severity
from engine.data.tokens import estimate
from engine.safe_text import one_line

ROLES = ("system", "user", "assistant")
LONG_ROW = 8192
"""Estimated tokens from which a row is called long: few local trainings run with a longer context and keep it."""

_PLACEHOLDER = re.compile(r"\{\{[^{}\n]{0,80}\}\}")
_Messages = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` gives what is wrong with a conversation, with the value, or None."""

    id: str
    severity: Severity
    hint: str
    check: Callable[[_Messages], str | None]


def validate(messages: _Messages) -> list[Problem]:
    """Every problem of one conversation. The first group of rules makes sure that the others find turns of text."""
    problems = _broken(_SHAPE, messages)
    return problems or _broken(_RULES, messages)


def _broken(rules: Sequence[Rule], messages: _Messages) -> list[Problem]:
    found = ((rule, rule.check(messages)) for rule in rules)
    return [Problem(rule.id, message, rule.hint, rule.severity) for rule, message in found if message]


def _unknown_role(messages: _Messages) -> str | None:
    for number, message in enumerate(messages, start=1):
        if message["role"] not in ROLES:
            return f"turn {number} has the role {one_line(message['role'], 40)!r}"
    return None


def _not_text(messages: _Messages) -> str | None:
    for number, message in enumerate(messages, start=1):
        if not isinstance(message["content"], str):
            kind = "nothing" if message["content"] is None else f"a {type(message['content']).__name__}"
            return f"turn {number} ({one_line(message['role'], 40)}) holds {kind} where text belongs"
    return None


def _empty(messages: _Messages) -> str | None:
    for number, message in enumerate(messages, start=1):
        if not message["content"].strip():
            return f"turn {number} ({message['role']}) is empty"
    return None


def _nul(messages: _Messages) -> str | None:
    turns = [number for number, message in enumerate(messages, start=1) if "\0" in message["content"]]
    return f"turn {turns[0]} holds a NUL character" if turns else None


def _no_assistant(messages: _Messages) -> str | None:
    return None if any(message["role"] == "assistant" for message in messages) else "no turn is an answer"


def _last_not_assistant(messages: _Messages) -> str | None:
    last = messages[-1]["role"]
    answered = any(message["role"] == "assistant" for message in messages)
    return f"the last turn is {last!r}" if answered and last != "assistant" else None


def _no_user(messages: _Messages) -> str | None:
    return None if any(message["role"] == "user" for message in messages) else "no turn is a question"


def _system_late(messages: _Messages) -> str | None:
    late = [number for number, message in enumerate(messages, start=1) if message["role"] == "system" and number > 1]
    return f"turn {late[0]} is a system turn" if late else None


def _same_role(messages: _Messages) -> str | None:
    roles = [message["role"] for message in messages]
    for number, (one, next_one) in enumerate(pairwise(roles), start=1):
        if one == next_one:
            return f"turns {number} and {number + 1} are both {one!r}"
    return None


def _placeholder(messages: _Messages) -> str | None:
    for number, message in enumerate(messages, start=1):
        if "{{" in message["content"] and (found := _PLACEHOLDER.search(message["content"])):
            return f"turn {number} holds {one_line(found[0], 60)}"
    return None


def _long(messages: _Messages) -> str | None:
    tokens = estimate(sum(len(message["content"]) for message in messages))
    return f"about {tokens:,} tokens (estimate)" if tokens > LONG_ROW else None


_SHAPE = (
    Rule(
        "no-turns", "error", "give the row a question and an answer", lambda messages: None if messages else "no turns"
    ),
    Rule("unknown-role", "error", f"use {', '.join(ROLES)}", _unknown_role),
    Rule("not-text", "error", "write the content as one text", _not_text),
)
_RULES = (
    Rule("empty-content", "error", "fill it in, or leave the row out", _empty),
    Rule("nul", "error", "remove the character", _nul),
    Rule("no-assistant", "error", "add the answer that should be learned", _no_assistant),
    Rule("last-not-assistant", "error", "end the row with the answer, or cut the turns after it", _last_not_assistant),
    Rule("no-user", "warning", "add the question: many chat templates need one", _no_user),
    Rule("system-not-first", "error", "move the system turn to the front", _system_late),
    Rule("same-role-twice", "warning", "join the two turns: many chat templates refuse them", _same_role),
    Rule("placeholder", "warning", "fill the placeholder in, or leave the row out", _placeholder),
    Rule("long-row", "warning", "split or shorten it: training cuts what does not fit", _long),
)
