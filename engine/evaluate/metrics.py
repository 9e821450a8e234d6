"""The metrics of one answer. A metric that does not apply to a row is absent, and the row is not in its n."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from jsonschema import Draft202012Validator

from engine.errors import DataError
from engine.evaluate.answers import canonical, fields_of, normalise_text, parse_json, same_answer
from engine.evaluate.outputs import Output


class Scorer:
    """Scores answers; built once for a set, because building the schema's validator costs more than a row."""

    def __init__(self, schema: dict[str, Any] | None) -> None:
        self._validator = Draft202012Validator(schema) if schema is not None else None

    def score(self, output: Output) -> dict[str, float]:
        """{metric: value in 0..1}. `field:NAME` is the accuracy of one field of the reference."""
        scores = {
            "exact_match": float(same_answer(output.reference, output.output)),
            "stopped_by_eos": float(output.stopped),
        }
        if parse_json(output.reference) is not None:
            scores["json_valid"] = float(parse_json(output.output) is not None)
        if self._validator is not None:
            scores["schema_valid"] = float(self._validator.is_valid(parse_json(output.output)))
        return scores | _score_fields(output)


def _score_fields(output: Output) -> dict[str, float]:
    expected = fields_of(output.reference)
    if not expected:
        return {}
    given = fields_of(output.output)
    right = {f"field:{name}": float(given.get(name) == value) for name, value in expected.items()}
    return {"field_accuracy": sum(right.values()) / len(right), **right}


def majority_answer(answers: Iterable[str]) -> str:
    """The most frequent answer as exact match counts them; of equals the first. Raises DataError without any."""
    first: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for answer in answers:
        document = parse_json(answer)
        key = normalise_text(answer) if document is None else canonical(document)
        first.setdefault(key, answer)
        counts[key] += 1
    if not counts:
        raise DataError("there is no training answer to take the majority of", hint="split the data first")
    return first[counts.most_common(1)[0][0]]


def answer_always(outputs: Sequence[Output], answer: str) -> list[Output]:
    """The trivial system on the rows of `outputs`: one answer whatever the question."""
    return [replace(output, output=answer, stopped=True, tokens=0) for output in outputs]
