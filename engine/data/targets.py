"""Where rows may be trained besides here: what each chat template and each host asks of them, as data.

Facts are those that the templates' makers and the hosts publish, as known in November 2026: see what a host says now. A
template that refuses a row raises in the middle of a run; a host rejects the whole file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.problems import Problem
from engine.data.rows import SYSTEM
from engine.data.validate_text import SPECIAL_TOKENS
from engine.durable import read_json
from engine.errors import UsageError


@dataclass(frozen=True, slots=True)
class Target:
    """What one template or host asks of rows. The defaults ask nothing."""

    says: str
    alternates: bool = False
    """User and assistant must take turns; results count as neither."""
    system: bool = True
    """A system turn is allowed, at the front."""
    developer: bool = True
    tools: bool = True
    calls_a_turn: int | None = None
    """Calls in one answer at most."""
    most_tools: int | None = None
    call_id: str | None = None
    """Pattern of the ids of calls."""
    first: tuple[str, ...] = ()
    """Roles of which the first turn must be one."""
    least_rows: int = 1
    most_rows: int | None = None
    own: frozenset[str] = frozenset()
    """Special tokens, which no content may hold."""
    reserved: tuple[str, ...] = ()
    """Words that no content may hold, for the host reads them as its own."""


def _tokens(*families: str) -> frozenset[str]:
    return frozenset(token for family in families for token in SPECIAL_TOKENS[family])


_CHATML, _LLAMA_2, _MISTRAL = "ChatML (Qwen, SmolLM)", "Llama 2 and Mistral", "Mistral tools"
TARGETS = {
    # Qwen2.5-7B-Instruct: system, user, assistant and tool are written, any other role is passed over without a word.
    "chatml": Target("ChatML template (Qwen, SmolLM)", developer=False, own=_tokens(_CHATML)),
    # Llama-3.1-8B-Instruct: raises "This model only supports single tool-calls at once!".
    "llama3": Target("Llama 3 template", calls_a_turn=1, own=_tokens("Llama 3")),
    # Mistral-7B-Instruct-v0.3: raises "conversation roles must alternate user/assistant/user/assistant/..." and "Tool
    # call IDs should be alphanumeric strings with length 9!"; knows no developer.
    "mistral": Target(
        "Mistral template and API",
        alternates=True,
        developer=False,
        call_id="[a-zA-Z0-9]{9}",
        first=("system", "user"),
        own=_tokens(_LLAMA_2, _MISTRAL),
    ),
    # gemma-2-9b-it: raises "System role not supported" and "Conversation roles must alternate"; no tools.
    "gemma2": Target(
        "Gemma 2 template",
        alternates=True,
        system=False,
        developer=False,
        tools=False,
        first=("user",),
        own=_tokens("Gemma"),
    ),
    # gemma-3-4b-it: the system text is put into the first user turn; the rest as Gemma 2.
    "gemma": Target(
        "Gemma 3 template",
        alternates=True,
        developer=False,
        tools=False,
        first=("system", "user"),
        own=_tokens("Gemma"),
    ),
    # Fine-tuning guide and API reference: 10 examples at least, 128 tools; no new jobs after 2027-01-06.
    "openai": Target("OpenAI fine-tuning (no new jobs after 2027-01-06)", most_tools=128, least_rows=10),
    # Azure's guide on fine-tuning: as OpenAI.
    "azure": Target("Azure OpenAI fine-tuning", most_tools=128, least_rows=10),
    # Together's data preparation page: starts with system or user, then alternates; weight 0 or 1 is read.
    "together": Target("Together fine-tuning", alternates=True, developer=False, first=("system", "user")),
    # Fireworks' fine-tuning guide: 3 to 3,000,000 rows, system only first, weight 0 or 1.
    "fireworks": Target("Fireworks fine-tuning", developer=False, least_rows=3, most_rows=3_000_000),
    # AWS's page on data for Nova: user and assistant alone, first user and last assistant; reserved words anywhere in a
    # prompt fail the job. Tools are in the format and not supported in tuning. No least number of rows is published.
    "bedrock": Target(
        "Nova tuning at Amazon Bedrock",
        alternates=True,
        developer=False,
        tools=False,
        first=("system", "user"),
        reserved=("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]"),
    ),
    # Google's page on limits: a million rows of text. Its API refuses turns that do not alternate; roles user, model.
    "google": Target(
        "Gemini tuning at Google",
        alternates=True,
        developer=False,
        first=("system", "user"),
        most_rows=1_000_000,
    ),
}
_Messages = Sequence[dict[str, Any]]


def target_named(name: str) -> Target:
    """Raises UsageError for a name that is none."""
    if name not in TARGETS:
        raise UsageError(f"no target {name!r}", hint=f"one of: {', '.join(TARGETS)}")
    return TARGETS[name]


def target_problems(target: Target, messages: _Messages, meta: Mapping[str, Any]) -> list[Problem]:
    """Why a row that is right as such would be refused there, or read as something else."""
    roles = [turn["role"] for turn in messages]
    order, calls = _turn_order(target, roles), _calls(target, messages, meta.get("tools") or ())
    return [*order, *calls, *_reserved(target, messages)]


def fitness_for(name: str, rows: int) -> dict[str, Any]:
    """What a file of so many rows that are fit lacks there, as plain data."""
    target = target_named(name)
    problems = file_problems(target, rows)
    said = [{"rule": one.rule, "message": one.message, "hint": one.hint} for one in problems]
    return {"name": name, "says": target.says, "rows": rows, "fit": not problems, "problems": said}


def file_problems(target: Target, rows: int) -> list[Problem]:
    """What a host asks of a file with so many rows."""
    if rows < target.least_rows:
        message = f"{rows:,} rows, and {target.says} asks for at least {target.least_rows:,}"
        return [Problem("target-rows", message, "add rows, or choose another target")]
    if target.most_rows is not None and rows > target.most_rows:
        message = f"{rows:,} rows, and {target.says} takes at most {target.most_rows:,}"
        return [Problem("target-rows", message, "leave rows out: tunewright data clean")]
    return []


def _turn_order(target: Target, roles: Sequence[str]) -> list[Problem]:
    problems = []
    if not target.system and roles[0] in SYSTEM:
        hint = "write the system text at the start of the first question"
        problems.append(Problem("target-system", f"{target.says}: no system turn is allowed", hint))
    elif not target.developer and "developer" in roles:
        hint = "write the role system instead"
        message = f"{target.says}: the role developer is unknown, and its text is lost"
        problems.append(Problem("target-developer", message, hint, "warning"))
    if target.first and roles[0] not in (*target.first, *SYSTEM):
        hint = f"begin with {' or '.join(target.first)}"
        problems.append(Problem("target-first-turn", f"{target.says}: the first turn is {roles[0]!r}", hint))
    if target.alternates and (broken := _not_alternating(roles)):
        hint = "join turns of the same speaker: --repair merge"
        problems.append(Problem("target-alternation", f"{target.says}: {broken}", hint))
    return problems


def _not_alternating(roles: Sequence[str]) -> str | None:
    """Answers before and after results are one answer."""
    said = [role for at, role in enumerate(roles) if role in ("user", "assistant") and not _after_result(roles, at)]
    for number, role in enumerate(said):
        if role != ("user", "assistant")[number % 2]:
            return f"user and assistant must take turns, and speaker {number + 1} is {role!r}"
    return None


def _after_result(roles: Sequence[str], at: int) -> bool:
    return at > 0 and roles[at] == "assistant" and roles[at - 1] == "tool"


def _reserved(target: Target, messages: _Messages) -> list[Problem]:
    """The first reserved word, where one is anywhere in the row."""
    for number, turn in enumerate(messages, start=1):
        word = next((one for one in target.reserved if one in turn["content"]), None)
        if word:
            message = f"{target.says}: turn {number} holds {word!r}, a word that fails the job"
            return [Problem("target-reserved", message, "write it in other words, for example Customer or Agent")]
    return []


def _calls(target: Target, messages: _Messages, tools: Sequence[Any]) -> list[Problem]:
    calls = [turn["tool_calls"] for turn in messages if turn.get("tool_calls")]
    problems = []
    if not target.tools and (calls or tools):
        hint = "leave such rows out, or write calls and tools into the text"
        problems.append(Problem("target-tools", f"{target.says}: tools are unknown, and are lost", hint))
    most = max(map(len, calls), default=0)
    if target.calls_a_turn and most > target.calls_a_turn:
        hint = "write the calls one after the other, each with its result"
        message = f"{target.says}: an answer calls {most} tools, and {target.calls_a_turn} at a time is allowed"
        problems.append(Problem("target-calls", message, hint))
    if target.most_tools and len(tools) > target.most_tools:
        message = f"{target.says}: {len(tools)} tools, and {target.most_tools} are allowed"
        problems.append(Problem("target-most-tools", message, "offer the tools that the row can need"))
    ids = [call["id"] for turn in calls for call in turn]
    if target.call_id and (odd := next((one for one in ids if not re.fullmatch(target.call_id, one)), None)):
        message = f"{target.says}: the id {odd!r} of a call is not nine letters and digits"
        problems.append(Problem("target-call-id", message, "export for this target writes such ids", "warning"))
    return problems


def tokens_of(tokenizer: Path) -> frozenset[str]:
    """The special tokens in a tokenizer.json. Raises DataError when it is not JSON."""
    found = read_json(tokenizer)
    added = found.get("added_tokens") if isinstance(found, dict) else None
    tokens = [one for one in added if isinstance(one, dict)] if isinstance(added, list) else []
    return frozenset(str(one["content"]) for one in tokens if one.get("special") and one.get("content"))
