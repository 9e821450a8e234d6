"""Formats of a question and an answer in columns: Alpaca, prompt and completion, and the columns a person names."""

import json
from typing import Any

from engine.data.formats_calls import linked
from engine.data.formats_rendered import (
    Format,
    Rendered,
    Turns,
    as_text,
    is_turns,
    missing,
    note,
    pair,
    speaks,
    text_of,
)
from engine.data.formats_sharegpt import read_shared
from engine.data.formats_turns import read_turns
from engine.data.mapping import Mapping
from engine.data.problems import Problem

_SEPARATORS = ("\n\n###\n\n", "\n\n===>\n\n", "###", "->", " END", "\nEND", "<END>")
"""What OpenAI's guide of 2022 put after prompts and completions, beside a space before the completion."""


# Alpaca.

ASKED = ("instruction", "input", "history")


def asked(record: dict[str, Any]) -> tuple[Turns, list[Problem]]:
    """Earlier turns and the question of an Alpaca record; the input follows the instruction where it is not empty."""
    instruction, extra = as_text(record.get("instruction")), as_text(record.get("input"))
    prompt = f"{instruction}\n{extra}" if isinstance(extra, str) and extra.strip() else instruction
    problems = [] if extra is None or isinstance(extra, str) else [missing("input", "text")]
    earlier, said = _history(record.get("history"))
    return [*earlier, {"role": "user", "content": prompt}], problems + said


def _history(pairs: Any) -> tuple[Turns, list[Problem]]:
    if not pairs:
        return [], []
    if not isinstance(pairs, list) or not all(isinstance(one, list) and len(one) == 2 for one in pairs):
        return [], [Problem("history-shape", "`history` is not pairs", "write [[question, answer], ...]")]
    turns = [turn for question, answer in pairs for turn in pair(question, answer)]
    text = f"{len(pairs)} earlier answers in `history` are learned too, as in LLaMA-Factory"
    return turns, [note("history-learned", text, "empty `history`, or write chat `messages` with weight 0, if not")]


def _alpaca(record: dict[str, Any], mapping: Mapping) -> Rendered:
    turns, problems = asked(record)
    answer = {"role": "assistant", "content": as_text(record.get("output"))}
    return Rendered([*turns, answer], tuple(problems), {*ASKED, "output"})


# Prompt and completion.


def turns_in(value: Any, role: str) -> tuple[Turns, list[Problem]]:
    """A text as one turn of `role`, or a list of turns as it is."""
    if value and is_turns(value):
        return read_shared(value) if speaks(value) == "from" else read_turns(value)
    return [{"role": role, "content": as_text(value)}], []


def _prompt_completion(record: dict[str, Any], mapping: Mapping) -> Rendered:
    prompt, completion = record.get("prompt"), record.get("completion")
    before, problems = turns_in(prompt, "user")
    after, said = turns_in(completion, "assistant")
    messages, linking = linked([*before, *after])
    problems = [*problems, *said, *linking, *_separators(prompt, completion)]
    return Rendered(messages, tuple(problems), {"prompt", "completion"})


def _separators(prompt: Any, completion: Any) -> list[Problem]:
    if not isinstance(prompt, str) or not isinstance(completion, str):
        return []
    found = [f"the prompt ends with {mark!r}" for mark in _SEPARATORS[:4] if prompt.rstrip(" ").endswith(mark)][:1]
    found += ["the completion begins with a space"] if completion.startswith(" ") and completion.strip() else []
    found += [f"the completion ends with {mark!r}" for mark in _SEPARATORS if completion.endswith(mark)][:1]
    if not found:
        return []
    hint = "chat models need no separators: take them out of every row, or keep them and send them in production too"
    return [Problem("old-separators", f"{'; '.join(found)}: kept, and learned", hint, "warning")]


# The columns a person names.


def _by_columns(record: dict[str, Any], mapping: Mapping) -> Rendered:
    used = {str(mapping.prompt), *mapping.answer}
    absent = tuple(missing(column, "a value") for column in sorted(used) if record.get(column) is None)
    fields = {column: record.get(column) for column in mapping.answer}
    if len(fields) == 1:
        (value,) = fields.values()
        answer = text_of(value) if isinstance(value, (list, dict)) else as_text(value)
    else:
        # Cells that are all empty are no answer, though their JSON would look like one.
        answer = json.dumps(fields, ensure_ascii=False) if any(value != "" for value in fields.values()) else ""
    return Rendered(pair(as_text(record.get(str(mapping.prompt))), answer), absent, used)


ALPACA = Format(
    "Alpaca: `instruction`, `input` and `output`",
    lambda record: "instruction" in record and "output" in record,
    _alpaca,
    {
        "instruction": "the question",
        "input": "joined to the question on a new line, where it is not empty",
        "output": "the answer that is learned",
        "history": "earlier turns; their answers are learned too",
    },
)
PROMPT_COMPLETION = Format(
    "prompt and completion",
    lambda record: "prompt" in record and "completion" in record,
    _prompt_completion,
    {"prompt": "the question", "completion": "the answer that is learned"},
)
COLUMNS = Format("columns that you name", lambda record: False, _by_columns, {})
