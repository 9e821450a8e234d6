"""What counts as the same answer, which form answers have, and which metrics a row has."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from engine.errors import DataError
from engine.evaluate.answers import MAX_DEPTH, canonical, normalise_text, parse_json, same_answer
from engine.evaluate.metrics import Scorer, answer_always, majority_answer
from engine.evaluate.outputs import Output
from engine.evaluate.schema import MAX_ENUM, infer_schema

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
KEYS = st.text(max_size=3)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(KEYS, SCALARS, max_size=3)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)


def output(reference: str, answer: str, *, stopped: bool = True) -> Output:
    return Output("r1", "c1", [], reference, answer, stopped, 3)


@pytest.mark.parametrize(
    ("reference", "answer", "same"),
    [
        ('{"a": 1, "b": "x"}', ' {"b":"x",\n"a":1.0} ', True),
        ('{"a": true}', '{"a": 1}', False),
        ('{"a": null}', "{}", False),
        ('{"a": [1, 2]}', '{"a": [2, 1]}', False),
        ('{"n": 12345678901234567890123}', '{"n": 12345678901234567890124}', False),
        ('{"a": 1}', '{"a": 1} and more', False),
        ('{"a": 1}', "[" * 100_000, False),
        ("Yes,  please\n", "Yes, please", True),
        ("caf\u00e9", "cafe\u0301", True),
        ("Yes", "yes", False),
        ("NaN", "NaN", True),
        ("1.0", "1", False),
    ],
)
def test_same_answer(reference: str, answer: str, same: bool) -> None:
    assert same_answer(reference, answer) is same


@settings(deadline=None)
@given(OBJECTS)
def test_a_json_object_equals_itself_however_it_is_written(document: dict[str, Any]) -> None:
    shuffled = dict(reversed(document.items()))
    assert same_answer(json.dumps(document), json.dumps(shuffled, indent=2, ensure_ascii=False))


@given(st.text(alphabet='[]{}":,0123456789eE.-+ truefalsn\\u"', max_size=200))
def test_any_text_parses_or_is_none_and_what_parses_keeps_its_canonical_form(text: str) -> None:
    document = parse_json(text)
    if document is not None and "Infinity" not in canonical(document):
        assert canonical(parse_json(canonical(document))) == canonical(document)


def test_what_python_takes_for_json_and_the_standard_does_not_is_refused() -> None:
    assert parse_json('{"a": NaN}') is None
    assert parse_json("[-Infinity]") is None


def test_nesting_is_refused_just_beyond_the_limit() -> None:
    assert parse_json("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None
    assert parse_json("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) is None


@given(st.text())
def test_normalising_text_twice_changes_nothing_more(text: str) -> None:
    assert normalise_text(normalise_text(text)) == normalise_text(text)


@settings(max_examples=40, deadline=None)
@given(st.lists(OBJECTS, min_size=1, max_size=8))
def test_every_training_answer_has_the_inferred_form(documents: list[dict[str, Any]]) -> None:
    schema = infer_schema(json.dumps(document) for document in documents)
    assert schema is not None
    Draft202012Validator.check_schema(schema)
    for document in documents:
        assert Draft202012Validator(schema).is_valid(parse_json(json.dumps(document)))


def test_the_schema_refuses_what_training_never_showed() -> None:
    answers = [json.dumps({"queue": queue, "urgent": True}) for queue in ("A", "B") for _ in range(5)]
    schema = infer_schema(answers)
    assert schema is not None and schema["properties"]["queue"]["enum"] == ["A", "B"]
    valid = Draft202012Validator(schema).is_valid
    assert valid({"queue": "B", "urgent": False})
    assert not valid({"queue": "C", "urgent": True})
    assert not valid({"queue": "A", "urgent": 1})
    assert not valid({"queue": "A"})
    assert not valid({"queue": "A", "urgent": True, "note": "x"})


def test_free_text_fields_get_no_list_of_labels() -> None:
    few = infer_schema(json.dumps({"name": f"n{i}"}) for i in range(3))
    many = infer_schema(json.dumps({"name": f"n{i % (MAX_ENUM + 1)}"}) for i in range(1000))
    assert few is not None and many is not None
    assert "enum" not in few["properties"]["name"] and "enum" not in many["properties"]["name"]


def test_optional_keys_and_mixed_numbers_are_allowed() -> None:
    schema = infer_schema(['{"n": 1}', '{"n": 1.5, "note": null}'])
    assert schema is not None and schema["required"] == ["n"]
    assert Draft202012Validator(schema).is_valid({"n": 7})


@pytest.mark.parametrize("answers", [[], ["yes"], ['{"a": 1}', "yes"], ["[1]"]])
def test_answers_that_are_not_all_objects_have_no_schema(answers: list[str]) -> None:
    assert infer_schema(answers) is None


def test_metrics_of_a_half_right_answer() -> None:
    schema = infer_schema(['{"queue": "A", "n": 1}'])
    scores = Scorer(schema).score(output('{"queue": "A", "n": 2}', '{"queue": "A", "n": 3}', stopped=False))
    assert scores == {
        "exact_match": 0.0,
        "stopped_by_eos": 0.0,
        "json_valid": 1.0,
        "schema_valid": 1.0,
        "field_accuracy": 0.5,
        "field:queue": 1.0,
        "field:n": 0.0,
    }


def test_an_answer_that_is_no_json_gets_no_field_right() -> None:
    scores = Scorer(infer_schema(['{"a": 1}'])).score(output('{"a": null}', "a: null"))
    assert (scores["json_valid"], scores["schema_valid"], scores["field:a"]) == (0.0, 0.0, 0.0)


def test_text_references_have_text_metrics_only() -> None:
    assert Scorer(None).score(output("yes", " yes ")) == {"exact_match": 1.0, "stopped_by_eos": 1.0}


def test_the_trivial_system_answers_the_majority_as_exact_match_counts_it() -> None:
    answer = majority_answer(['{"q": "B"}', '{"q": "A", "n": 1}', '{"n": 1.0, "q": "A"}'])
    assert answer == '{"q": "A", "n": 1}'
    [trivial] = answer_always([output('{"q": "B"}', "whatever", stopped=False)], answer)
    assert (trivial.output, trivial.stopped, trivial.reference) == (answer, True, '{"q": "B"}')


def test_there_is_no_majority_of_nothing() -> None:
    with pytest.raises(DataError):
        majority_answer([])
