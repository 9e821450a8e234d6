"""Secrets are masked before anything is written, and nothing of them is left: in rows, reports, errors, logs."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cli import main
from engine.data.masking import Mask, mask_text

_CHANCE = Random(5)


def drawn(count: int, signs: str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789") -> str:
    """Invented, and the same at every run."""
    return "".join(_CHANCE.choices(signs, k=count))


UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SECRETS = {
    "aws_key": "AKIA" + drawn(16, UPPER),
    "google_key": "AIza" + drawn(35),
    "github_token": "ghp_" + drawn(36),
    "gitlab_token": "glpat-" + drawn(20),
    "slack_token": "xoxb-" + drawn(12, "0123456789") + "-" + drawn(24),
    "stripe_key": "sk_live_" + drawn(24),
    "api_key": "sk-proj-" + drawn(48),
    "anthropic_key": "sk-ant-api03-" + drawn(60),
    "huggingface_token": "hf_" + drawn(34),
    "npm_token": "npm_" + drawn(36),
    "pypi_token": "pypi-AgEIcHlwaS5vcmc" + drawn(60),
    "jwt": "eyJ" + drawn(20) + ".eyJ" + drawn(30) + "." + drawn(40),
    "bot_token": drawn(10, "123456789") + ":AA" + drawn(33),
    "password_hash": "$2b$12$" + drawn(53),
    "private_key": "-----BEGIN OPENSSH PRIVATE KEY-----\n" + drawn(60) + "\n-----END OPENSSH PRIVATE KEY-----",
}
TEXTS = (
    ("postgres://ada:{}@db.example/x", "password"),
    ("redis://:{}@cache:6379/0", "password"),
    ("password={}", "password"),
    ("Password: {}!", "password"),
    ('{{"api_key": "{}"}}', "password"),
    ('{{\\"client_secret\\": \\"{}\\"}}', "password"),
    ("DB_PASSWORD='{}'", "password"),
    ("export API_TOKEN={}", "password"),
    ("token := {}", "password"),
    ("my password is {}", "password"),
    ("Server=db;User Id=sa;Password={};Encrypt=true", "password"),
    ("Authorization: Bearer {}abcdef0123", "bearer_token"),
    ("Authorization: Basic {}YWRhOmxvdmU=", "bearer_token"),
    ("curl -u ada:{} https://example.org", "password"),
    ("machine example.org login ada password {}", "password"),
    ("db.example.org:5432:shop:ada:{}", "password"),
    ("psql --password {} shop", "password"),
    ("AccountKey={}AAAABBBBCCCCDDDD==;", "azure_key"),
    ("https://x.blob.example/c?sv=1&sig={}AAAABBBBCCCC%3D", "azure_key"),
)
PASSWORD = "Tr0ub4dorxkQ9z"


@pytest.mark.parametrize(("kind", "secret"), SECRETS.items())
def test_each_well_known_shape_is_masked_under_its_name(kind: str, secret: str) -> None:
    assert mask_text(f"Use {secret}, please.") == f"Use <SECRET:{kind}:1>, please."


@pytest.mark.parametrize("kind", ["github_token", "aws_key", "huggingface_token"])
def test_a_key_after_an_underscore_is_one_too(kind: str) -> None:
    assert mask_text(f"tickets_{SECRETS[kind]}.jsonl") == f"tickets_<SECRET:{kind}:1>.jsonl"


@pytest.mark.parametrize(("text", "kind"), TEXTS)
def test_assignments_and_connection_strings_are_masked(text: str, kind: str) -> None:
    masked = mask_text(text.format(PASSWORD))
    assert PASSWORD not in masked
    assert f"<SECRET:{kind}:1>" in masked


@pytest.mark.parametrize(
    "text",
    [
        "Password: forgotten, please reset it.",
        "The password is wrong. My token is missing. The secret: patience.",
        "max_tokens = 512, token_type: bearer, tokenizer: wordpiece",
        'password = getpass("Password: ")',
        "password = os.environ['DB_PASSWORD']",
        "def login(user, password=None): return check(password=password)",
        "password: <your password>, token: ${TOKEN}, secret: {{ secret }}, key=***",
        '"password": {"type": "string", "description": "the password"}',
        "https://example.org/a:b and mailto:ada@example.org",
        "The bearer of this letter is internationalised; basic understanding",
        "sk-learn, hf_transfer, npm_config, AKIA, xoxo, a $6 ticket",
    ],
)
def test_words_about_secrets_stay(text: str) -> None:
    assert mask_text(text) == text


def test_a_value_beside_a_key_that_names_a_secret_is_one() -> None:
    mask = Mask()
    value = {"password": "hunter", "user": "ada", "tokens": ["the", "cat"], "api_key": ["abcd-efgh"], "token": "B-PER"}
    masked = mask.value(value)
    assert masked == {
        "password": "<SECRET:password:1>",
        "user": "ada",
        "tokens": ["the", "cat"],
        "api_key": ["<SECRET:password:2>"],
        "token": "B-PER",
    }
    assert mask.found == {"password": 2}


def test_one_secret_has_one_number_wherever_it_stands() -> None:
    one, other = SECRETS["aws_key"], "AKIA" + drawn(16, UPPER)
    masked = Mask().value([{"content": f"{one} {other}"}, {one: [other]}])
    assert masked == [
        {"content": "<SECRET:aws_key:1> <SECRET:aws_key:2>"},
        {"<SECRET:aws_key:1>": ["<SECRET:aws_key:2>"]},
    ]


SURROUNDING = st.text(
    st.sampled_from("abc \n\t\"'`=:,;{}[]()<>@/\\-_.AZ09é机") | st.characters(codec="utf-8"), max_size=30
)


@given(SURROUNDING, st.sampled_from(sorted(SECRETS)), SURROUNDING)
def test_nothing_of_a_secret_survives_whatever_surrounds_it(before: str, kind: str, after: str) -> None:
    secret = SECRETS[kind]
    masked = mask_text(f"{before} {secret} {after}")
    assert not set(pieces(secret)) & set(pieces(masked))


@given(SURROUNDING, st.sampled_from([text for text, _ in TEXTS]), SURROUNDING)
def test_masking_what_is_masked_changes_nothing(before: str, text: str, after: str) -> None:
    once = mask_text(f"{before} {text.format(PASSWORD)} {after}")
    assert mask_text(once) == once


def pieces(text: str, size: int = 9) -> Iterator[str]:
    """Every run of nine characters: no kind's name nor the words around a key have one in common with its value."""
    plain = text.replace("-----BEGIN OPENSSH PRIVATE KEY-----", "").replace("-----END OPENSSH PRIVATE KEY-----", "")
    return (plain[at : at + size] for at in range(len(plain) - size + 1))


def test_half_a_surrogate_pair_is_no_way_past_the_rules() -> None:
    assert SECRETS["aws_key"] not in mask_text(f"\ud800 {SECRETS['aws_key']}")


def test_hostile_repetition_is_done_in_linear_time() -> None:
    assert Mask().text("password=abc1 " * 10_000).count("<SECRET:password:1>") == 10_000
    assert Mask().text("-----BEGIN PRIVATE KEY-----" * 5_000) == "<SECRET:private_key:1>"
    Mask().text("eyJ" * 100_000)


def records() -> list[str]:
    """Lines of a file: secrets in every corner of good rows, of refused ones and of lines that are no JSON."""
    s = SECRETS
    ask, tell = {"role": "user"}, {"role": "assistant"}
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": json.dumps({"password": PASSWORD})}}
    tools = [{"type": "function", "function": {"name": "f", "description": s["npm_token"], "parameters": {}}}]
    good = [
        {"messages": [{**ask, "content": f"my key {s['aws_key']}"}, {**tell, "content": s["private_key"]}]},
        {"messages": [{**ask, "content": "a"}, {**tell, "content": "b"}], "note": {s["github_token"]: [s["jwt"]]}},
        {"messages": [{**ask, "content": "c"}, {**tell, "content": "d"}], "password": PASSWORD},
        {
            "messages": [
                {**ask, "content": "e"},
                {**tell, "content": "", "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c1", "content": s["slack_token"]},
                {**tell, "content": "done"},
            ],
            "tools": tools,
        },
    ]
    bad = [
        {"messages": [{"role": s["stripe_key"], "content": "x"}]},
        {"messages": [{**ask, s["huggingface_token"]: 1}, tell]},
        {"messages": [{**ask, "content": "{{" + s["google_key"] + "}}"}, {**tell, "content": ""}]},
        {"messages": s["anthropic_key"]},
    ]
    key, begun = s["gitlab_token"], '{"messages": ['
    twice = f'{{"{key}": 1, "{key}": 2}}'
    return [*map(json.dumps, [*good, *bad]), twice, begun + s["pypi_token"], s["api_key"]]


def test_no_byte_of_a_secret_is_in_the_project_or_on_the_terminal(
    tmp_path: Path, home: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    source = tmp_path / "rows.jsonl"
    lines = records()
    plain = [
        json.dumps({"messages": [{"role": "user", "content": f"q{n}"}, {"role": "assistant", "content": f"a{n}"}]})
        for n in range(60)
    ]
    source.write_text("\n".join([*plain, *lines]) + "\n", encoding="utf-8")
    project = tmp_path / "project"
    said = b""
    for command in (
        ["new", str(project)],
        ["data", "look", str(source), "--project", str(project)],
        ["data", "check", str(source)],
        ["data", "check", str(source), "--json"],
        ["data", "import", str(source), "--yes", "--project", str(project)],
        ["data", "privacy", "--project", str(project)],
        ["data", "show", "--json", "--project", str(project)],
        ["audit", "show", "--project", str(project)],
    ):
        assert main(command) in (0, 3)
        said += b"".join(capfdbinary.readouterr())
    assert b"<SECRET:aws_key:1>" in (project / "data" / "v1" / "rows.jsonl").read_bytes()
    written = b"".join(path.read_bytes() for place in (project, home) for path in place.rglob("*") if path.is_file())
    for kind, secret in {**SECRETS, "password": PASSWORD}.items():
        for piece in pieces(secret):
            assert piece.encode() not in written, kind
            assert piece.encode() not in said, kind
