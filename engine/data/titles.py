"""What a rule looks for, in the words of a report line: "same-role-twice" -> "one speaker twice in a row"."""

_TITLES = {
    "added-nulls": "tool calls padded with null",
    "answer-first": "an answer before the first question",
    "boilerplate": "stock phrases of an assistant",
    "call-by-other": "tool calls outside of answers",
    "call-shape": "unreadable tool calls",
    "call-without-result": "tool calls without a result",
    "csv-cells": "wrong number of columns",
    "csv-syntax": "broken quotation marks",
    "double-encoded": "JSON encoded twice",
    "duplicate-key": "a key that stands twice",
    "empty-content": "empty questions or answers",
    "empty-turn": "empty turns",
    "equal-answers": "pairs of equal answers",
    "foreign-token": "special tokens of other models",
    "json-depth": "JSON nested too deep",
    "json-number": "numbers beyond JSON",
    "json-syntax": "not valid JSON",
    "last-not-assistant": "no answer at the end",
    "lone-surrogate": "half of a character",
    "long-row": "rows that are very long",
    "missing-column": "column missing or empty",
    "no-assistant": "no answer at all",
    "no-user": "no question",
    "not-an-object": "records that are no object",
    "nul": "NUL characters in texts",
    "other-format": "records of another format",
    "other-prompt": "two different prompts",
    "placeholder": "placeholders not filled in",
    "result-without-call": "tool results without a call",
    "same-role-twice": "one speaker twice in a row",
    "special-token": "special tokens of the model",
    "system-not-first": "system turn not first",
    "unknown-role": "unknown speakers",
    "unknown-tool": "calls of tools not listed",
}


def title(rule: str) -> str:
    """Words for a rule; one whose name says it already is only written without dashes."""
    return _TITLES.get(rule) or rule.replace("-", " ")
