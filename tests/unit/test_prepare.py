"""Records on their way to rows: nothing that is written or said holds a secret."""

from tests.unit.prepared import ANSWER, ASK, prepared

AWS = "AKIA" + "Q3EGRIJ5ZLMN2WXY"
GITHUB = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def test_one_secret_has_one_number_in_messages_meta_and_keys() -> None:
    first, second = AWS, "AKIA" + "ZZZZZZZZZZZZZZZZ"
    messages = [{**ASK, "content": f"{first} {second}"}, {**ANSWER, "content": second}]
    made = prepared({"messages": messages, "note": {first: [second]}})
    assert made.row is not None
    assert made.row.messages[0]["content"] == "<SECRET:aws_key:1> <SECRET:aws_key:2>"
    assert made.row.messages[1]["content"] == "<SECRET:aws_key:2>"
    assert made.row.meta == {"note": {"<SECRET:aws_key:1>": ["<SECRET:aws_key:2>"]}}
    assert made.secrets == {"aws_key": 5}


def test_problems_never_quote_a_secret() -> None:
    for value in (
        {"messages": [{"role": GITHUB, "content": "x"}]},
        {"messages": [{**ASK, GITHUB: 1}, ANSWER]},
        {"messages": [{**ASK, "content": "{{" + GITHUB + "}}"}, ANSWER]},
    ):
        text = " ".join(problem.message for problem in prepared(value).problems)
        assert "SECRET" in text
        assert GITHUB not in text


def test_a_rule_that_a_record_breaks_in_every_turn_is_told_once() -> None:
    made = prepared({"messages": [{**ASK, "mood": "cross"}, {**ANSWER, "mood": "calm"}] * 500})
    assert [problem.message for problem in made.problems] == ["turn 1 carries 'mood', which is left out"]
