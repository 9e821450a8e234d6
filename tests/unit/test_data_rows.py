"""From records to rows: formats, mappings, rules, secrets, personal data."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.formats import Layout, detect
from engine.data.mapping import Mapping
from engine.data.masking import Mask, mask_text
from engine.data.prepare import Prepared, prepare
from engine.data.privacy import findings
from engine.data.problems import Place
from engine.data.records import Record
from engine.data.rows import Row, row_id
from engine.data.validate import validate
from engine.errors import DataError, UsageError

PLACE = Place("rows.jsonl", 1, 0)
ASK = {"role": "user", "content": "Where is my order?"}
ANSWER = {"role": "assistant", "content": "On its way."}


def prepared(value: Any, mapping: Mapping | None = None, form: str | None = None) -> Prepared:
    mapping = mapping or Mapping()
    layout = Layout(form, mapping) if form else detect([value], mapping, "rows.jsonl")
    return prepare(Record(PLACE, value), layout)


def row(value: Any, mapping: Mapping | None = None) -> Row:
    made = prepared(value, mapping)
    assert made.row is not None, made.problems
    return made.row


def rules(messages: list[dict[str, Any]]) -> list[str]:
    return [problem.rule for problem in validate(messages)]


def test_chat_keeps_other_columns_as_meta() -> None:
    made = row({"messages": [ASK, ANSWER], "ticket": 7, "tools": [{"name": "find"}]})
    assert made.messages == [ASK, ANSWER]
    assert made.meta == {"ticket": 7, "tools": [{"name": "find"}]}
    assert made.source == {"file": "rows.jsonl", "line": 1, "byte": 0}


@pytest.mark.parametrize(("extra", "prompt"), [("", "Add."), ("  ", "Add."), ("1, 2", "Add.\n1, 2"), (None, "Add.")])
def test_alpaca_joins_the_input_only_when_there_is_one(extra: str | None, prompt: str) -> None:
    made = row({"instruction": "Add.", "input": extra, "output": "3", "system": "Be exact."})
    assert [message["content"] for message in made.messages] == ["Be exact.", prompt, "3"]


def test_alpaca_with_earlier_turns_is_refused_and_not_shortened() -> None:
    made = prepared({"instruction": "And 2?", "output": "3", "history": [["Add 1.", "1"]]})
    assert made.row is None
    assert [problem.rule for problem in made.problems] == ["history"]


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
    problems = prepared({"message": "Hi", "desk": "", "size": ""}, mapping).problems
    assert [problem.rule for problem in problems] == ["empty-content"]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"question": "a", "reply": "b"}, "columns found: question, reply"),
        ({"prompt": "a", "completion": "b", "messages": []}, "several formats"),
        ({"chosen": "a", "rejected": "b", "prompt": "c"}, "preference"),
        ({"messages": [], "label": True}, "rejected answers would be learned"),
        ({"conversations": []}, "ShareGPT"),
        ({"text": "a"}, "plain text"),
        ([1], "no known format"),
    ],
)
def test_a_file_without_one_format_is_refused_with_its_columns(value: Any, message: str) -> None:
    with pytest.raises(DataError, match=message) as refused:
        detect([value], Mapping(), "rows.jsonl")
    assert "--prompt" in refused.value.hint


def test_named_columns_win_and_files_without_them_are_read_by_their_format() -> None:
    mapping = Mapping(prompt="question", answer=("reply",))
    assert detect([{"question": "a", "reply": "b", "messages": []}], mapping, "f").format == "columns"
    assert detect([{"messages": [ASK, ANSWER]}], mapping, "f").format == "chat"
    with pytest.raises(DataError, match="no column 'question'"):
        detect([{"ask": "a", "reply": "b"}], mapping, "f")


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
    ("messages", "rule"),
    [
        ([], "no-turns"),
        ([{"role": "human", "content": "x"}, ANSWER], "unknown-role"),
        ([{"role": None, "content": "x"}, ANSWER], "unknown-role"),
        ([{"role": "user", "content": None}, ANSWER], "not-text"),
        ([{"role": "user", "content": [{"type": "text"}]}, ANSWER], "not-text"),
        ([{"role": "user", "content": " \n"}, ANSWER], "empty-content"),
        ([{"role": "user", "content": "a\0"}, ANSWER], "nul"),
        ([ASK], "no-assistant"),
        ([ASK, ANSWER, ASK], "last-not-assistant"),
        ([ASK, {"role": "system", "content": "x"}, ANSWER], "system-not-first"),
        ([{"role": "system", "content": "x"}, ANSWER], "no-user"),
        ([ASK, ASK, ANSWER], "same-role-twice"),
        ([ASK, {"role": "assistant", "content": "I am {{name}}."}], "placeholder"),
        ([ASK, {"role": "assistant", "content": "long " * 7000}], "long-row"),
    ],
)
def test_each_rule(messages: list[dict[str, Any]], rule: str) -> None:
    assert rules(messages) == [rule]
    assert rules([{"role": "system", "content": "x"}, ASK, ANSWER]) == []


def test_all_problems_of_a_row_are_reported_together() -> None:
    messages = [
        {"role": "user", "content": ""},
        {"role": "user", "content": "{{x}}"},
        {"role": "system", "content": "\0"},
    ]
    expected = ["empty-content", "nul", "no-assistant", "system-not-first", "same-role-twice", "placeholder"]
    assert rules(messages) == expected


def test_turns_that_training_would_misread_are_refused() -> None:
    weighted = {"messages": [ASK, {**ANSWER, "weight": 0}]}
    assert [problem.rule for problem in prepared(weighted).problems] == ["turn-key"]
    assert prepared({"messages": [ASK, {**ANSWER, "weight": 1}]}).problems == ()
    named = prepared({"messages": [{**ASK, "name": "Ada"}, ANSWER]})
    assert named.row is not None
    assert [problem.severity for problem in named.problems] == ["warning"]


@pytest.mark.parametrize("value", [1, None, "text", [1], {"messages": "x"}, {"messages": [1]}, {"messages": None}])
def test_records_of_any_shape_become_problems(value: Any) -> None:
    made = prepared(value, form="chat")
    assert made.row is None
    assert made.problems


NAMES = st.sampled_from(["messages", "role", "content", "instruction", "input", "output", "prompt", "completion", "x"])
ANYTHING = st.recursive(
    st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=20
)


@given(ANYTHING)
def test_no_record_raises(value: Any) -> None:
    mapping = Mapping(prompt="prompt", answer=("output", "x"), category="x", group=("role",))
    for form in ("chat", "alpaca", "prompt-completion", "columns"):
        made = prepared(value, mapping, form)
        assert (made.row is None) == any(problem.severity == "error" for problem in made.problems)


def test_identity_follows_content_alone() -> None:
    one = row({"messages": [ASK, ANSWER], "ticket": 1})
    other = row({"messages": [{**ASK, "content": "Where is my order?\r\n"}, ANSWER]})
    assert one.id == other.id == row_id([ASK, ANSWER], None)
    assert len(one.id) == 32
    assert one.id != row({"messages": [ASK, ANSWER], "tools": []}).id
    assert one.id != row({"messages": [{**ASK, "role": "assistant"}, ANSWER]}).id


FAKES = {
    "aws_key": "AKIA" + "Q3EGRIJ5ZLMN2WXY",
    "github_token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "gitlab_token": "glpat-" + "x9Yz-8Wv7Ut6Sr5Qp4O3",
    "slack_token": "xoxb-" + "123456789012-abcdefGHIJKL",
    "stripe_key": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "google_key": "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "api_key": "sk-proj-" + "abcDEF123456ghiJKL7890mnop",
    "jwt": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0In0" + ".dozjgNryP4J3jVmNHl0w5N",
    "private_key": "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nabc=\n-----END RSA PRIVATE KEY-----",
}


@pytest.mark.parametrize(("kind", "secret"), FAKES.items())
def test_each_kind_of_secret_is_masked(kind: str, secret: str) -> None:
    assert mask_text(f"Use {secret}, please.") == f"Use <SECRET:{kind}:1>, please."


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("password=hunter", "password=<SECRET:password:1>"),
        ("Password: hunter2!", "Password: <SECRET:password:1>"),
        ('{"api_key": "abcdefgh"}', '{"api_key": "<SECRET:password:1>"}'),
        ("DB_PASSWORD='geheim'", "DB_PASSWORD='<SECRET:password:1>'"),
        ("aws_secret_access_key = wJalrXUtnFEMI", "aws_secret_access_key = <SECRET:password:1>"),
        ("token := t0k3nvalue", "token := <SECRET:password:1>"),
        ("see postgres://ada:lovelace@db/x", "see postgres://ada:<SECRET:password:1>@db/x"),
        ("my password is Sommer2026", "my password is <SECRET:password:1>"),
        ("Authorization: Bearer abcdef0123456789xyz", "Authorization: Bearer <SECRET:bearer_token:1>"),
        ("key=-----BEGIN PRIVATE KEY-----\nMII", "key=<SECRET:private_key:1>"),
    ],
)
def test_assigned_and_stated_secrets_are_masked(text: str, masked: str) -> None:
    assert mask_text(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Password: forgotten, please reset it.",
        "The password is wrong.",
        "Which tokenizer: wordpiece? max_tokens = 512",
        "The secret: patience.",
        "Mail ada@example.org or see https://example.org/a:b",
        "The bearer of this letter is internationalised.",
        "password: <SECRET:password:1>",
    ],
)
def test_words_about_secrets_stay(text: str) -> None:
    assert mask_text(text) == text


def test_one_secret_has_one_number_in_messages_meta_and_keys() -> None:
    first, second = FAKES["aws_key"], "AKIA" + "ZZZZZZZZZZZZZZZZ"
    messages = [{**ASK, "content": f"{first} {second}"}, {**ANSWER, "content": second}]
    made = prepared({"messages": messages, "note": {first: [second]}})
    assert made.row is not None
    assert made.row.messages[0]["content"] == "<SECRET:aws_key:1> <SECRET:aws_key:2>"
    assert made.row.messages[1]["content"] == "<SECRET:aws_key:2>"
    assert made.row.meta == {"note": {"<SECRET:aws_key:1>": ["<SECRET:aws_key:2>"]}}
    assert made.secrets == {"aws_key": 5}


def test_problems_never_quote_a_secret() -> None:
    for value in (
        {"messages": [{"role": FAKES["github_token"], "content": "x"}]},
        {"messages": [{**ASK, FAKES["github_token"]: 1}, ANSWER]},
        {"messages": [{**ASK, "content": "{{" + FAKES["github_token"] + "}}"}, ANSWER]},
    ):
        text = " ".join(problem.message for problem in prepared(value).problems)
        assert "SECRET" in text
        assert FAKES["github_token"] not in text


@given(st.text(), st.sampled_from(sorted(FAKES)), st.text())
def test_no_secret_survives_whatever_surrounds_it(before: str, kind: str, after: str) -> None:
    secret = FAKES[kind]
    assert secret not in mask_text(f"{before} {secret} {after}")


def test_hostile_repetition_is_done_in_linear_time() -> None:
    assert Mask().text("password=abc1 " * 40_000).count("<SECRET:password:1>") == 40_000
    assert Mask().text("-----BEGIN PRIVATE KEY-----" * 20_000) == "<SECRET:private_key:1>"
    assert not findings("1 " * 300_000)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ada.l+x@mail.example.org", {"email": 1}),
        ("card 4111 1111 1111 1111", {"card": 1}),
        ("card 4111 1111 1111 1112", {}),
        ("DE89 3704 0044 0532 0130 00 IS MINE", {"iban": 1}),
        ("DE88 3704 1044 1532 1130 10", {}),
        ("call +49 170 1234567 or (212) 555-0131", {"phone": 2}),
        ("on 2026-11-21 at 10:15, order 12345678, EUR 1,299.00", {}),
        ("<SECRET:password:1>@host.example", {}),
    ],
)
def test_personal_data_with_a_shape_is_counted(text: str, found: dict[str, int]) -> None:
    assert findings(text) == found
