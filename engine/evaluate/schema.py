"""The form that answers have, learnt from the training answers, so that format compliance can be measured."""

from collections.abc import Iterable, Sequence
from typing import Any

from engine.evaluate.answers import parse_json

MAX_ENUM = 20
"""Distinct values at most for a field to count as a closed list of labels."""
MIN_ROWS_PER_LABEL = 5
"""Rows per distinct value, on average, below which a short list may only be a short sample."""

_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


def infer_schema(answers: Iterable[str]) -> dict[str, Any] | None:
    """A JSON schema (draft 2020-12) that all `answers` fulfil; None unless each of them is a JSON object.

    Required: keys in every answer. Keys never seen are refused. A field of strings becomes an enum when it has at most
    MAX_ENUM distinct values with MIN_ROWS_PER_LABEL rows each on average.
    """
    documents = [parse_json(answer) for answer in answers]
    if not documents or not all(isinstance(document, dict) for document in documents):
        return None
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_describe(documents)}


def _describe(values: Sequence[Any]) -> dict[str, Any]:
    kinds = sorted({_TYPES.get(type(value), "null") for value in values})
    if "number" in kinds and "integer" in kinds:
        kinds.remove("integer")  # JSON schema: every integer is a number
    schema: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds}
    if kinds == ["object"]:
        schema |= _describe_object(values)
    elif kinds == ["string"]:
        distinct = sorted(set(values))
        if len(distinct) <= MAX_ENUM and len(values) >= MIN_ROWS_PER_LABEL * len(distinct):
            schema["enum"] = distinct
    return schema


def _describe_object(values: Sequence[dict[str, Any]]) -> dict[str, Any]:
    keys = list(dict.fromkeys(key for value in values for key in value))
    return {
        "properties": {key: _describe([value[key] for value in values if key in value]) for key in keys},
        "required": [key for key in keys if all(key in value for value in values)],
        "additionalProperties": False,
    }
