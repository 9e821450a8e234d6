"""A question and an answer in columns: Alpaca, prompt and completion, columns by name, and how they are said."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.data.mapping import Mapping
from engine.errors import UsageError
from tests.unit.prepared import ANSWER, ASK, FIND, prepared, row, rules_of


@pytest.mark.parametrize(("extra", "prompt"), [("", "Add."), ("  ", "Add."), ("1, 2", "Add.\n1, 2"), (None, "Add.")])
def test_alpaca_joins_the_input_only_when_there_is_one(extra: str | None, prompt: str) -> None:
    made = row({"instruction": "Add.", "input": extra, "output": "3", "system": "Be exact.", "response": "x"})
    assert [message["content"] for message in made.messages] == ["Be exact.", prompt, "3"]
    assert made.meta == {"response": "x"}


def test_earlier_answers_of_alpaca_are_learned_too_and_it_is_said() -> None:
    made = prepared(
        {"instruction": "And 2?", "output": "3", "system": "Add.", "history": [["Add 1.", "1"], ["?", "2"]]}
    )
    assert made.row is not None
    assert [turn["content"] for turn in made.row.messages] == ["Add.", "Add 1.", "1", "?", "2", "And 2?", "3"]
    assert [problem.message for problem in made.problems] == [
        "2 earlier answers in `history` are learned too, as in LLaMA-Factory"
    ]
    assert rules_of(made, "note") == ["history-learned"]
    for shape in ("x", [1], [["a"]], [["a", "b", "c"]], {"a": "b"}):
        assert rules_of(prepared({"instruction": "a", "output": "b", "history": shape}), "error") == ["history-shape"]


def test_numbers_keep_their_digits() -> None:
    long = 123456789012345678901234567890
    assert row({"instruction": "How many?", "output": long}).answer == str(long)
    assert row({"prompt": "Which?", "completion": "007"}).answer == "007"
    assert row({"prompt": 7, "completion": "NA"}).messages[0]["content"] == "7"
    mapping = Mapping(prompt="q", answer=("a",))
    assert row({"q": "Which?", "a": True}, mapping).answer == "true"
    assert row({"q": "Which?", "a": {"n": long}}, mapping).answer == f'{{"n": {long}}}'


@pytest.mark.parametrize(
    ("prompt", "completion", "said"),
    [
        ("Is it?\n\n###\n\n", " yes END", ["ends with '\\n\\n###\\n\\n'", "begins with a space", "ends with ' END'"]),
        ("Is it? ->", "yes", ["the prompt ends with '->'"]),
        ("Is it?", " yes", ["begins with a space"]),
        ("Is it?", "yes", []),
        ("Is it?", "  ", []),
    ],
)
def test_separators_of_2022_are_said_and_never_stripped(prompt: str, completion: str, said: list[str]) -> None:
    made = prepared({"prompt": prompt, "completion": completion})
    text = "".join(problem.message for problem in made.problems if problem.rule == "old-separators")
    assert all(part in text for part in said) and bool(text) == bool(said)
    if made.row:
        assert [turn["content"] for turn in made.row.messages] == [prompt, completion]


def test_prompt_and_completion_may_be_lists_of_turns() -> None:
    assert row({"prompt": [ASK], "completion": [ANSWER]}).messages == [ASK, ANSWER]
    assert row({"prompt": json.dumps([ASK]), "completion": json.dumps([ANSWER])}).messages == [ASK, ANSWER]
    # An answer that is JSON is a text.
    assert row({"prompt": "Which?", "completion": '[{"city": "Paris"}]'}).answer == '[{"city": "Paris"}]'


def test_several_answer_columns_become_one_json_answer() -> None:
    mapping = Mapping(system="Sort.", prompt="message", answer=("desk", "größe"), group=("customer",), category="desk")
    made = row({"message": "Hi", "desk": "returns", "größe": "ü", "customer": "c1", "when": "today"}, mapping)
    assert made.answer == '{"desk": "returns", "größe": "ü"}'
    assert made.system == "Sort."
    assert made.meta == {"desk": "returns", "customer": "c1", "when": "today"}
    assert made.category("desk") == "returns"
    assert row({"prompt": "Hi", "completion": '{"desk": "sales"}'}).category("desk") == "sales"
    assert row({"prompt": "Hi", "completion": "sales"}).category("desk") is None


def test_empty_answer_cells_are_no_answer() -> None:
    mapping = Mapping(prompt="message", answer=("desk", "size"))
    assert row({"message": "Hi", "desk": "", "size": "1"}, mapping).answer == '{"desk": "", "size": "1"}'
    assert rules_of(prepared({"message": "Hi", "desk": "", "size": ""}, mapping)) == ["empty-content"]


def test_named_columns_may_be_called_like_those_of_formats() -> None:
    mapping = Mapping(prompt="system", answer=("tools",))
    made = row({"system": "Which tool?", "tools": "hammer", "messages": "[1]"}, mapping)
    assert [turn["content"] for turn in made.messages] == ["Which tool?", "hammer"]
    assert made.meta == {"messages": "[1]"}
    for tools in ("hammer", [7], 7, {"a": 1}):
        other = prepared({"q": "Which?", "a": "This.", "tools": tools}, Mapping(prompt="q", answer=("a",)))
        assert other.row is not None and other.row.meta == {"tools_": tools}
        assert rules_of(other) == ["other-tools"]
    for offered in (json.dumps([FIND]), [FIND["function"]]):
        known = row({"q": "Which?", "a": "This.", "tools": offered}, Mapping(prompt="q", answer=("a",)))
        assert known.meta == {"tools": [FIND]}


def test_mapping_from_file_and_flags(tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text('prompt = "q"\nanswer = ["a", "b"]\ngroup = "customer"\n', encoding="utf-8")
    mapping = Mapping.make(file, {"prompt": "question", "category": "a", "system": None})
    assert mapping == Mapping(prompt="question", answer=("a", "b"), group=("customer",), category="a")
    assert Mapping.from_document(json.loads(json.dumps(mapping.document()))) == mapping


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("promt = 'q'", "did you mean 'prompt'"),
        ("prompt = 1", "expected text"),
        ("prompt = 'q'", "belong together"),
        ("=", "not a mapping"),
    ],
)
def test_a_mapping_that_cannot_be_meant(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        Mapping.make(file, {})
    assert said in refused.value.message + refused.value.hint


@pytest.mark.parametrize(
    "value", [{"instruction": None, "output": "b"}, {"instruction": "a", "input": [], "output": "b"}]
)
def test_an_alpaca_record_without_text_is_refused(value: dict[str, Any]) -> None:
    assert prepared(value).row is None
