"""Answers to the checklist: from a file, checked as a whole, and the file to fill in."""

import difflib
import json
import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.decide.checklist import QUESTIONS, Question
from engine.errors import UsageError
from engine.short_file import read_short

_BY_ID = {question.id: question for question in QUESTIONS}
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,15})?|[0-9]{1,3}(?:,[0-9]{3}){1,4}(?:\.[0-9]{1,15})?")
_SHORT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)([km])", re.IGNORECASE)
_FACTORS = {"k": 1e3, "m": 1e6}
"""200k and 2.5M, as the what-if takes them."""
_FITS = {
    "count": "a whole number, 0 or more",
    "money": "an amount in USD, 0 or more",
    "share": "a share over 0, such as 80% or 0.8",
}
"""What answers a question without choices, by its kind."""
_QUOTES = {"count": "without quotes", "money": "without quotes", "share": "in quotes with %"}
_HINT = "`tunewright decide --template` prints a file to fill in, with every choice"


@dataclass(frozen=True, slots=True)
class Answers:
    """One field a question, named by its id. Money is USD, a share is one of 1; None: not answered."""

    failure: str
    prompting: str
    knowledge: str
    task: str
    examples: int
    agreement: str
    changes: str
    requests_per_month: int
    data_may_leave: str
    target_share: float | None = None
    training_budget: float | None = None
    spend_per_month: float | None = None
    tuned_spend_per_month: float | None = None


def read_answers(path: Path) -> Answers:
    """The answers in a TOML or JSON file. Raises UsageError that names every problem of the file."""
    try:
        content = read_short(path).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise UsageError(f"cannot read the answers: {reason}", hint=_HINT, where=str(path)) from error
    try:
        given = json.loads(content) if path.suffix.lower() == ".json" else tomllib.loads(content)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"neither TOML nor JSON: {error}", hint=_HINT, where=str(path)) from error
    if not isinstance(given, dict):
        raise UsageError("the answers are no table of keys and values", hint=_HINT, where=str(path))
    return check_answers(given, where=str(path))


def check_value(question_id: str, typed: str) -> str | int | float | None:
    """What was typed as the answer to one question, of its type; None for nothing, where the question is optional.

    Numbers may have commas between thousands, or end in k or M: 200k. Raises UsageError that says what fits.
    """
    said, kind = typed.strip(), _BY_ID[question_id].kind
    if kind == "count" and "." in said and not _SHORT.fullmatch(said):
        # A point between thousands in half of the world: 1.000 would silently become 1.
        hint = "a whole number, 1000 or 1,000, without a point"
        raise UsageError(f"{question_id}: {said!r} is not an answer", hint=hint)
    short = _SHORT.fullmatch(said.removeprefix("$"))
    if short and kind in ("count", "money"):
        return check_answer(question_id, round(float(short[1]) * _FACTORS[short[2].lower()], 6))
    number = kind in ("count", "money") and _NUMBER.fullmatch(said.removeprefix("$"))
    return check_answer(question_id, float(number[0].replace(",", "")) if number else said or None)


def check_typed(typed: Mapping[str, str]) -> dict[str, str | int | float | None]:
    """Several answers as they were typed, by question; "-" takes an optional one back.

    Raises UsageError that names all that do not fit.
    """
    checked: dict[str, str | int | float | None] = {}
    problems = []
    for question_id, said in typed.items():
        try:
            checked[question_id] = check_value(question_id, "" if said.strip() == "-" else said)
        except UsageError as error:
            problems.append(f"{error.message}; {error.hint}")
    if problems:
        raise UsageError("; ".join(problems), hint=_HINT)
    return checked


def check_answer(question_id: str, value: Any) -> str | int | float | None:
    """`value` as the question takes it; None where it is optional. Raises UsageError that says what fits."""
    question = _BY_ID[question_id]
    checked = None if value is None else _value(question, value)
    if checked is None and (value is not None or not question.optional):
        said = "nothing" if value is None else repr(value)
        raise UsageError(f"{question_id}: {said} is not an answer", hint=_expected(question, value))
    return checked


def fitting(question_id: str, value: Any) -> str | int | float | None:
    """`value` as the question takes it; None where it is no answer to it."""
    return _value(_BY_ID[question_id], value)


def check_answers(given: Mapping[str, Any], where: str | None = None) -> Answers:
    """`given` as Answers. Raises UsageError with all that is unknown, missing or impossible."""
    problems = [_unknown(key) for key in given if key not in _BY_ID]
    checked: dict[str, Any] = {}
    for question in QUESTIONS:
        value = given.get(question.id, "")
        if value == "" or value is None:
            if not question.optional:
                problems.append(f"{question.id}: not answered; {_expected(question)}")
            continue
        checked[question.id] = _value(question, value)
        if checked[question.id] is None:
            problems.append(f"{question.id}: {value!r} is not an answer; {_expected(question, value)}")
    if problems:
        raise UsageError("; ".join(problems), hint=_HINT, where=where)
    return Answers(**checked)


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, _BY_ID, n=1, cutoff=0)
    return f"unknown key {key!r}, nearest is {near[0]!r}"


def _value(question: Question, value: Any) -> str | int | float | None:
    """`value` as the question takes it; None when it does not."""
    if question.kind == "choice":
        text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        return text if text in [choice for choice, _ in question.choices] else None
    if question.kind == "share":
        return _share(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        return None
    if question.kind == "money":
        return float(value)
    return int(value) if value == int(value) else None


def _share(value: Any) -> float | None:
    """80, "80%" and 0.8 are one share; None where it is none."""
    per_cent = isinstance(value, str) and value.strip().endswith("%")
    if isinstance(value, str):
        number = _NUMBER.fullmatch(value.strip().removesuffix("%").strip())
        value = float(number[0].replace(",", "")) if number else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 100:
        return None
    return round(value / 100, 9) if per_cent or value > 1 else float(value)


def in_words(question_id: str, value: str | int | float) -> str:
    """An answer as a person reads and types it: 1,200 · 50 · 80% · not tried."""
    kind = _BY_ID[question_id].kind
    if isinstance(value, str):
        return value.replace("_", " ")
    return f"{100 * value:.12g}%" if kind == "share" else f"{value:,.2f}".removesuffix(".00")


def _expected(question: Question, value: Any = None) -> str:
    if question.kind in _FITS:
        return _FITS[question.kind]
    choices = [choice for choice, _ in question.choices]
    near = difflib.get_close_matches(value, choices, n=1) if isinstance(value, str) else []
    return (f"nearest is {near[0]!r}; " if near else "") + "one of " + ", ".join(choices)


def template() -> str:
    """An answers file with every question, to fill in (TOML)."""
    lines = ["# Answers for `tunewright decide --answers FILE`: fill in what stands between the quotes.", ""]
    for question in QUESTIONS:
        lines += [f"# {question.text}", f"# {question.why}"]
        lines += [f"#   {choice}{f': {meaning}' if meaning else ''}" for choice, meaning in question.choices]
        if not question.choices:
            optional = ", optional" if question.optional else ""
            lines.append(f"#   {_expected(question)}{optional}, {_QUOTES[question.kind]}")
        lines += [f'{"# " if question.optional else ""}{question.id} = ""', ""]
    return "\n".join(lines)
