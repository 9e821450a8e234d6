"""What an answer says, apart from how it is written: two answers are compared by this form."""

import json
import unicodedata
from collections.abc import Iterable
from typing import Any

TEXT_NORMALISATION = "Unicode NFC, ends stripped, runs of white space as one space; upper and lower case differ"
JSON_NORMALISATION = "parsed: order of keys and white space do not count, 1 and 1.0 are equal, true and 1 are not"


MAX_DEPTH = 64
"""Nesting beyond which an answer is not taken as JSON: a model that repeats "[" must not exhaust Python's stack."""


def parse_json(text: str) -> Any | None:
    """The object or array in `text`; None when it is no JSON of that kind, or nested deeper than MAX_DEPTH.

    Bare numbers, words and quoted strings count as text. NaN and Infinity are not JSON.
    """
    try:
        document = json.loads(text, parse_float=_number, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict | list) and _is_shallow(document) else None


def _is_shallow(document: Any) -> bool:
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return True
    return False


def _children(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def canonical(value: Any) -> str:
    """One spelling for equal JSON values, so that `==` on it is JSON equality (Python's own says True == 1)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def normalise_text(text: str) -> str:
    """`text` as TEXT_NORMALISATION says."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def same_answer(reference: str, output: str) -> bool:
    """Exact match: as parsed JSON when the reference is an object or array, else as normalised text."""
    expected = parse_json(reference)
    if expected is None:
        return normalise_text(reference) == normalise_text(output)
    given = parse_json(output)
    return given is not None and canonical(expected) == canonical(given)


def fields_of(answer: str) -> dict[str, str]:
    """{field: canonical value} of a JSON object; empty for any other answer."""
    document = parse_json(answer)
    return {key: canonical(value) for key, value in document.items()} if isinstance(document, dict) else {}
