"""Rules about what the texts of a conversation hold: what was never filled in, what no person wrote, what breaks it."""

import re
from collections.abc import Iterator, Sequence, Set
from functools import cache
from typing import Any

from engine.data.jsontext import encodes
from engine.data.problems import Problem
from engine.safe_text import one_line

SPECIAL_TOKENS = {
    "ChatML (Qwen, SmolLM)": ("<|im_start|>", "<|im_end|>", "<|endoftext|>"),
    "Llama 3": (
        "<|begin_of_text|>",
        "<|end_of_text|>",
        "<|start_header_id|>",
        "<|end_header_id|>",
        "<|eot_id|>",
        "<|eom_id|>",
        "<|python_tag|>",
    ),
    "Llama 2 and Mistral": ("<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<</SYS>>"),
    "Mistral tools": ("[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]"),
    "Gemma": ("<start_of_turn>", "<end_of_turn>", "<bos>", "<eos>"),
    "Phi and Zephyr": ("<|user|>", "<|assistant|>", "<|system|>", "<|end|>"),
    "gpt-oss": ("<|start|>", "<|message|>", "<|channel|>", "<|return|>", "<|call|>"),
    "Command R": ("<|START_OF_TURN_TOKEN|>", "<|END_OF_TURN_TOKEN|>", "<|USER_TOKEN|>", "<|CHATBOT_TOKEN|>"),
    "DeepSeek": (
        "<\uff5cbegin\u2581of\u2581sentence\uff5c>",
        "<\uff5cend\u2581of\u2581sentence\uff5c>",
        "<\uff5cUser\uff5c>",
        "<\uff5cAssistant\uff5c>",
    ),
    "GLM": ("[gMASK]", "<sop>"),
}
"""Tokens by which chat templates part turns: inside a content they open a turn that nobody meant. From the
tokenizer_config.json of each family."""
_FAMILY = {token: family for family, tokens in SPECIAL_TOKENS.items() for token in tokens}
_PLACEHOLDERS = re.compile(
    r"\{\{[^{}\n]{0,80}\}\}"
    r"|[<\[](?i:insert|your|enter)[ _][^<>\[\]\n]{1,60}[>\]]"
    r"|\[(?:YOUR |COMPANY |FULL |FIRST |LAST )?NAME\]"
    r"|\b(?:TODO|FIXME|TBD)\b"
    r"|\b[Ll]orem ipsum\b"
)
_BOILERPLATE = re.compile(
    r"(?i)\bas an? (?:ai|artificial intelligence|large)[ -](?:language )?(?:model|assistant)\b"
    r"|\bi(?:'|\u2019)?m (?:just |only )?an? (?:ai|large) language model\b"
    r"|\bi(?:'|\u2019)?m sorry,? but i (?:can(?:'|\u2019)?t|cannot|am unable to) (?:assist|help|fulfil)"
    r"|\bmy (?:knowledge|training) cut-?off\b"
)
_MAYBE_BOILERPLATE = ("language model", "ai model", "ai assistant", "i'm sorry", "i\u2019m sorry", "cutoff", "cut-off")
_Messages = Sequence[dict[str, Any]]


@cache
def _any_of(tokens: frozenset[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, tokens), key=len, reverse=True)))


_SPECIAL = _any_of(frozenset(_FAMILY))


def text_problems(messages: _Messages, own: Set[str] = frozenset()) -> list[Problem]:
    """Characters that break a row, placeholders, boilerplate and special tokens, the first of each kind; `own` are the
    special tokens of the model to be trained, which are errors."""
    texts = [message["content"] for message in messages]
    whole = "\n".join(texts)
    found: list[Problem | None] = []
    if "\0" in whole:
        found.append(_first("nul", texts, "\0", "holds a NUL character", "remove the character"))
    if not whole.isascii() and not encodes(whole):
        found.append(_half(texts))
    bracket = "<" in whole or "[" in whole
    if (bracket or "{{" in whole or _has_word(whole)) and _PLACEHOLDERS.search(whole):
        found.append(_matched("placeholder", texts, _PLACEHOLDERS, "fill it in, or leave the row out"))
    if bracket or own:
        found += _special(texts, whole, own)
    if _may_be_boilerplate(whole):
        answers = [message["content"] if message["role"] == "assistant" else "" for message in messages]
        found.append(_matched("boilerplate", answers, _BOILERPLATE, "write the answer that you want to hear"))
    return [problem for problem in found if problem]


def _has_word(whole: str) -> bool:
    return "TODO" in whole or "FIXME" in whole or "TBD" in whole or "orem ipsum" in whole


def _may_be_boilerplate(whole: str) -> bool:
    lower = whole.lower()
    return any([mark in lower for mark in _MAYBE_BOILERPLATE])


def _first(rule: str, texts: Sequence[str], mark: str, what: str, hint: str) -> Problem:
    number = next(number for number, text in enumerate(texts, start=1) if mark in text)
    return Problem(rule, f"turn {number} {what}", hint)


def _matched(rule: str, texts: Sequence[str], pattern: re.Pattern[str], hint: str) -> Problem | None:
    for number, text in enumerate(texts, start=1):
        if match := pattern.search(text):
            return Problem(rule, f"turn {number} holds {one_line(match[0], 60)}", hint, "warning")
    return None


def _special(texts: Sequence[str], whole: str, own: Set[str]) -> Iterator[Problem]:
    """One problem for the tokens of the model to be trained, one for those of others."""
    if own and (mine := _any_of(frozenset(own)).search(whole)):
        hint = "take it out of the text: the model would read a new turn there"
        what = f"holds {one_line(mine[0], 60)}, a special token of the model"
        yield _first("special-token", texts, mine[0], what, hint)
    other = next((match[0] for match in _SPECIAL.finditer(whole) if match[0] not in own), None)
    if other:
        number = next(number for number, text in enumerate(texts, start=1) if other in text)
        message = f"turn {number} holds {other}, which parts turns for {_FAMILY[other]}"
        hint = "take it out of the text: models of that family would read a new turn there"
        yield Problem("foreign-token", message, hint, "warning")


def _half(texts: Sequence[str]) -> Problem:
    number = next(number for number, text in enumerate(texts, start=1) if not encodes(text))
    return Problem("lone-surrogate", f"turn {number} holds half of a surrogate pair", "remove it, or write both")
