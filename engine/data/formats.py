"""From a record's columns to a conversation: which format a file has, and how each format reads."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.data.mapping import Mapping
from engine.data.masking import mask_text
from engine.data.problems import Problem
from engine.errors import DataError
from engine.safe_text import one_line

SAMPLE = 200
"""Records looked at to find the format."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A record as a conversation; contents are not judged yet and may be of any type."""

    messages: list[dict[str, Any]]
    meta: dict[str, Any]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How the records of a file are to be read."""

    format: str
    """chat, alpaca, prompt-completion or columns."""
    mapping: Mapping

    def render(self, record: dict[str, Any]) -> Rendered:
        """The conversation in `record`; what the format does not use becomes meta."""
        used, rendered = _FORMATS[self.format].render(record, self.mapping)
        kept = {*self.mapping.group, self.mapping.category}
        meta = {key: value for key, value in record.items() if key not in used or key in kept}
        messages = rendered.messages
        if self.mapping.system and not any(message.get("role") == "system" for message in messages):
            messages = [{"role": "system", "content": self.mapping.system}, *messages]
        return Rendered(messages, meta, rendered.problems)


def detect(records: Sequence[Any], mapping: Mapping, file: str) -> Layout:
    """The columns that `mapping` names, where they are; else the one format of most of `records` (the first SAMPLE).

    Raises DataError, listing the columns found, when none or several fit.
    """
    rows = [record for record in records if isinstance(record, dict)]
    fitting = [name for name, one in _FORMATS.items() if one.has and _most(one.has, rows, records)]
    if mapping.prompt:
        absent = _absent_column(rows, mapping)
        if absent is None:
            return Layout("columns", mapping)
        if len(fitting) != 1:
            raise DataError(
                f"no column {absent!r}; columns found: {_columns(rows)}", hint=_how_to_say(rows), where=file
            )
    for reason, has in _REFUSED.items():
        if _most(has, rows, rows):
            raise DataError(reason, hint=_how_to_say(rows), where=file)
    if len(fitting) != 1:
        found = f"fits several formats ({', '.join(fitting)})" if fitting else "fits no known format"
        raise DataError(f"{found}; columns found: {_columns(rows)}", hint=_how_to_say(rows), where=file)
    return Layout(fitting[0], mapping)


def _most(has: Callable[[dict[str, Any]], bool], rows: Sequence[dict[str, Any]], records: Sequence[Any]) -> bool:
    return sum(map(has, rows)) * 2 > len(records)


def _absent_column(rows: Sequence[dict[str, Any]], mapping: Mapping) -> str | None:
    present = {key for row in rows for key in row}
    return next((column for column in (mapping.prompt, *mapping.answer) if column and column not in present), None)


def _columns(rows: Iterable[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(key for row in rows for key in row))
    more = f" and {len(names) - 20} more" if len(names) > 20 else ""
    return (", ".join(one_line(mask_text(name), 60) for name in names[:20]) or "none") + more


def _how_to_say(rows: Sequence[dict[str, Any]]) -> str:
    example = [one_line(mask_text(name), 30) for name in list(rows[0])[:2]] if rows else []
    prompt, answer = example if len(example) == 2 else ("COLUMN", "COLUMN")
    return f"say which columns to learn from, for example: --prompt {prompt!r} --answer {answer!r}"


_Read = tuple[set[str], Rendered]


def _chat(record: dict[str, Any], mapping: Mapping) -> _Read:
    turns = record.get("messages")
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        return {"messages"}, Rendered([], {}, (_missing("messages", "a list of turns"),))
    problems = tuple(problem for turn in turns for problem in _extra_keys(turn))
    messages = [{"role": turn.get("role"), "content": turn.get("content")} for turn in turns]
    return {"messages"}, Rendered(messages, {}, problems)


def _extra_keys(turn: dict[str, Any]) -> Iterable[Problem]:
    for key, value in turn.items():
        if key in ("role", "content") or value is None or (key == "weight" and value == 1):
            continue
        if key in ("tool_calls", "function_call", "weight", "loss_weight"):
            message = f"a turn carries {key!r}, which training here would ignore"
            yield Problem("turn-key", message, "leave such rows out, or write the turn as plain text")
        else:
            message = f"a turn carries {one_line(key, 60)!r}, which is left out"
            yield Problem("turn-key-dropped", message, "move it beside `messages` to keep it", "warning")


def _alpaca(record: dict[str, Any], mapping: Mapping) -> _Read:
    instruction, extra = record.get("instruction"), record.get("input")
    prompt = f"{instruction}\n{extra}" if isinstance(extra, str) and extra.strip() else instruction
    problems = []
    if record.get("history"):
        problems.append(Problem("history", "the row has earlier turns in `history`", "write it as chat `messages`"))
    if extra is not None and not isinstance(extra, str):
        problems.append(_missing("input", "text"))
    system = record.get("system")
    return {"instruction", "input", "output", "system"}, _pair(prompt, record.get("output"), system, problems)


def _prompt_completion(record: dict[str, Any], mapping: Mapping) -> _Read:
    return {"prompt", "completion"}, _pair(record.get("prompt"), record.get("completion"))


def _by_columns(record: dict[str, Any], mapping: Mapping) -> _Read:
    used = {str(mapping.prompt), *mapping.answer}
    absent = tuple(_missing(column, "a value") for column in sorted(used) if record.get(column) is None)
    fields = {column: record.get(column) for column in mapping.answer}
    if len(fields) == 1:
        answer = _as_text(record.get(mapping.answer[0]))
    else:
        # Cells that are all empty are no answer, though their JSON would look like one.
        answer = json.dumps(fields, ensure_ascii=False) if any(value != "" for value in fields.values()) else ""
    return used, _pair(record.get(str(mapping.prompt)), answer, problems=absent)


def _as_text(value: Any) -> Any:
    """A number or truth value, as a label often is, in JSON's writing."""
    return json.dumps(value) if isinstance(value, (bool, int, float)) else value


def _pair(prompt: Any, answer: Any, system: Any = None, problems: Sequence[Problem] = ()) -> Rendered:
    first = [{"role": "system", "content": system}] if system else []
    turns = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    return Rendered(first + turns, {}, tuple(problems))


def _missing(column: str, what: str) -> Problem:
    return Problem("missing-column", f"{one_line(column, 60)!r} is not {what}", "fill it in, or leave the row out")


@dataclass(frozen=True, slots=True)
class _Format:
    has: Callable[[dict[str, Any]], bool] | None
    """Whether a record looks like it; None: only when the user says so."""
    render: Callable[[dict[str, Any], Mapping], _Read]


_FORMATS = {
    "chat": _Format(lambda row: isinstance(row.get("messages"), list), _chat),
    "alpaca": _Format(lambda row: "instruction" in row and "output" in row, _alpaca),
    "prompt-completion": _Format(lambda row: "prompt" in row and "completion" in row, _prompt_completion),
    "columns": _Format(None, _by_columns),
}
_REFUSED: dict[str, Callable[[dict[str, Any]], bool]] = {
    "preference pairs (chosen, rejected) are not read by this version": lambda row: (
        "chosen" in row and "rejected" in row
    ),
    "judged answers (messages with a true/false label) are not read: rejected answers would be learned": (
        lambda row: "messages" in row and isinstance(row.get("label"), bool)
    ),
    "ShareGPT conversations are not read by this version": lambda row: isinstance(row.get("conversations"), list),
    "plain text has no question and no answer to learn": lambda row: set(row) == {"text"},
}
