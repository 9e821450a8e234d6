"""`data look`, `data check` and `data import`: what is shown before anything is taken, and what is chosen about it."""

from pathlib import Path
from typing import Any

import pytest

from engine.data.load import load_rows
from engine.data.versions import open_version
from engine.project import Project
from tests.unit.commands import document, run, written
from tests.unit.prepared import ANSWER, ASK, FIND, call, result

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
ATTACK = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m[/bold]\u202e"
CHAT = {"messages": [ASK, ANSWER]}
SHARED = {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
SYSTEM = {"role": "system", "content": "Be brief."}
MENDABLE = [
    {"messages": [ASK, ASK, ANSWER]},
    {"messages": [ASK, {**SYSTEM, "content": "Late."}, ANSWER]},
    {"messages": [ASK, {**ANSWER, "content": "Soon."}, ASK]},
    CHAT,
]


def chat(question: str, answer: str = "On its way.", **meta: Any) -> dict[str, Any]:
    return {"messages": [{**ASK, "content": question}, {**ANSWER, "content": answer}], **meta}


ROWS = [
    chat(f"Where is parcel {word}?", f"{word} is on its way.", desk=word[0]) for word in ("amber", "basil", "cedar")
]


def test_look_shows_how_each_file_would_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chats = written(tmp_path, ["{broken", *ROWS, *[chat("", "no question")] * 300])
    table = tmp_path / "table.csv"
    table.write_text(f'subject,label,desk\n"My key is {SECRET}",late,north\n', encoding="utf-8")
    found = document(capsys, "data", "look", chats, table, "--prompt", "subject", "--answer", "label,desk")
    first, second = found["files"]
    assert (first["format"], first["records"], second["format"]) == ("chat", 200, "columns")
    assert first["columns"] == ["messages", "desk"]
    assert [one["use"] for one in first["uses"]] == ["the conversation; answers are learned", "kept beside the row"]
    assert [sample["line"] for sample in first["samples"]] == [2, 3, 4]
    assert first["samples"][0]["messages"][1] == {"role": "assistant", "content": "amber is on its way."}
    assert {problem["rule"] for problem in first["problems"]} == {"json-syntax", "empty-content"}
    assert second["examples"] == ["My key is <SECRET:github_token:1>", "late", "north"]
    assert second["uses"][0] == {"column": "subject", "use": "the question"}
    assert second["answer_keys"] == ["label", "desk"]
    assert found["mapping"]["answer"] == ["label", "desk"]
    assert found["error"] is None
    assert run("data", "look", chats, table, "--prompt", "subject", "--answer", "label,desk") == 0
    shown = capsys.readouterr().out
    assert "rows.jsonl: chat" in shown
    assert "messages: the conversation; answers are learned" in shown
    assert "assistant: amber is on its way." in shown
    assert SECRET not in shown


def test_samples_show_calls_weights_the_other_answer_and_the_judgement(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    calling = {"role": "assistant", "content": None, "tool_calls": [call()]}
    turns = [ASK, calling, result(f"key {SECRET}"), {**ANSWER, "weight": 0}, {**ASK, "name": "Ada"}, ANSWER]
    tools = written(tmp_path, [{"messages": turns, "tools": [FIND]}])
    preferred = written(tmp_path, [{"prompt": "q", "chosen": "good", "rejected": f"bad {ATTACK}"}], "preferred.jsonl")
    judged = written(tmp_path, [{**CHAT, "label": False}], "judged.jsonl")
    files = document(capsys, "data", "look", tools, preferred, judged)["files"]
    (first,), (second,), (third,) = (file["samples"] for file in files)
    assert first["messages"][1] == {"role": "assistant", "content": "", "calls": ['find({"city": "Paris"})']}
    assert first["messages"][3]["weight"] == 0 and first["messages"][4]["name"] == "Ada"
    assert first["tools"] == ["find"]
    assert second["rejected"] == [{"role": "assistant", "content": "bad [/bold]<U+202E>"}]
    assert third["label"] is False
    assert run("data", "look", tools, preferred, judged) == 0
    shown = capsys.readouterr().out
    for line in (
        'calls find({"city": "Paris"})',
        "(weight 0, not learned)",
        "user (Ada): ",
        "not preferred:",
        "judged: not wanted",
        "tools: find",
    ):
        assert line in shown
    assert SECRET not in shown and not [character for character in "\x1b\x9b\x07\u202e" if character in shown]


def test_a_column_called_tools_may_be_anything_where_columns_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, [{"q": "Which?", "a": "This.", "tools": tools} for tools in ("hammer", [7], 7, {"a": 1})])
    file = document(capsys, "data", "look", path, "--prompt", "q", "--answer", "a")["files"][0]
    assert file["uses"][2] == {"column": "tools", "use": "kept beside the row"}
    assert not [sample for sample in file["samples"] if "tools" in sample]


def test_a_record_of_a_thousand_turns_is_shown_in_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    calls = [call(known="") for _ in range(3000)]
    turns = [ASK, {"role": "assistant", "content": "", "tool_calls": calls}]
    path = written(
        tmp_path, [{"messages": [*turns, *[{"role": "tool", "content": "x"}] * 3000, ANSWER], "tools": [FIND]}]
    )
    file = document(capsys, "data", "look", path)["files"][0]
    assert file["samples"][0]["more_turns"] == 3003 - 40
    assert len(file["samples"][0]["messages"][1]["calls"]) == 40
    assert run("data", "look", path) == 0
    assert "and 2,963 more turns" in capsys.readouterr().out


def test_look_says_what_is_in_the_way_and_which_columns_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unknown = written(tmp_path, [{"ask": "Where?", "say": "Here."}])
    found = document(capsys, "data", "look", unknown)
    assert found["files"][0]["format"] is None
    assert found["files"][0]["columns"] == ["ask", "say"]
    assert "fits no known format" in found["error"]["message"]
    found = document(capsys, "data", "look", unknown, "--prompt", "ask", "--answer", "say", "--group", "customer")
    assert found["files"][0]["error"] is None
    assert "'customer'" in found["error"]["message"]
    assert run("data", "look", tmp_path / "none.jsonl") == 3
    assert run("data", "look", tmp_path) == 3
    assert run("data", "look", written(tmp_path, ["{'no': 'json'}"], "python.jsonl")) == 3


def test_looking_shows_hostile_content_as_safe_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(
        tmp_path, [chat(f"Hello {ATTACK}", ATTACK, **{ATTACK: ATTACK})], f"rows{ATTACK.replace('/', '')}.jsonl"
    )
    sample = document(capsys, "data", "look", path)["files"][0]["samples"][0]
    assert sample["messages"][0]["content"] == "Hello [/bold]<U+202E>"
    for words in (("data", "look", path), ("data", "look", path, "--json"), ("data", "look", path, "--group", "x")):
        assert run(*words) == 0
    shown = "".join(capsys.readouterr())
    assert "Hello" in shown
    assert not [character for character in "\x1b\x9b\x07\u202e" if character in shown]


def test_several_formats_are_a_choice_with_its_flag(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, [{**CHAT, "prompt": "q", "completion": "a"}])
    error = document(capsys, "data", "look", path)["error"]
    assert (error["option"], error["choices"]) == ("format", ["chat", "prompt-completion"])
    words = ("--project", project.root, "data", "import", path, "--yes")
    assert run(*words) == 3
    assert "--format chat" in capsys.readouterr().err
    assert run(*words, "--format", "prompt-completion") == 0
    version = open_version(project.data / "v1")
    assert version.row(0).answer == "a"
    assert version.manifest["sources"][0]["format"] == "prompt-completion"


def test_what_is_said_about_the_bytes_is_used_and_kept_in_the_manifest(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes("prompt;completion\nGrüße, wo?;schön, 007\n".encode("cp1252"))
    words = ("--project", project.root, "data", "import", path, "--yes", "--encoding", "cp1252", "--delimiter", ";")
    assert run(*words) == 0
    version = open_version(project.data / "v1")
    assert [turn["content"] for turn in version.row(0).messages] == ["Grüße, wo?", "schön, 007"]
    assert version.manifest["sources"][0]["how"] == {"encoding": "cp1252", "delimiter": ";"}
    assert run(*words[:-1], ";;") == 2


def test_repairs_are_counted_offered_and_made_where_they_stand(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, MENDABLE)
    look = document(capsys, "data", "look", path)
    assert {name: one["rows"] for name, one in look["repairs"].items()} == {"system": 1, "merge": 1, "tail": 1}
    check = document(capsys, "data", "check", path)
    assert check["repairs"] == look["repairs"] and check["rows"]["invalid"] == 2
    assert run("data", "check", path) == 3
    assert "--repair tail would mend 1 rows: drop what follows the last answer" in capsys.readouterr().out
    words = ("--project", project.root, "data", "import", path, "--yes")
    plain = document(capsys, *words)
    assert (plain["rows"], plain["left_out"]) == (2, 2)
    made = document(capsys, *words, "--repair", "tail,merge,system")
    assert (made["rows"], made["left_out"]) == (4, 0)
    assert {name: one["rows"] for name, one in made["repairs"]["made"].items()} == {"system": 1, "merge": 1, "tail": 1}
    version = open_version(project.data / "v2")
    assert [row.source["line"] for row in version.rows()] == [1, 2, 3, 4]
    assert [row.steps for row in version.rows()] == [
        ["import", "repair:merge"],
        ["import", "repair:system"],
        ["import", "repair:tail"],
        ["import"],
    ]
    assert version.manifest["sources"][0]["repairs"] == ["system", "merge", "tail"]
    assert run(*words, "--repair", "mend") == 2


def test_check_says_what_a_target_would_refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, MENDABLE)
    repaired = ("--repair", "system,tail")
    gemma = document(capsys, "data", "check", path, "--target", "gemma", *repaired)
    assert [one["rule"] for one in gemma["problems"] if one["severity"] == "error"] == ["target-alternation"]
    assert document(capsys, "data", "check", path, "--target", "gemma", "--repair", "merge,system,tail")["target"][
        "fit"
    ]
    openai = document(capsys, "data", "check", path, "--target", "openai")["target"]
    assert (openai["fit"], openai["problems"][0]["rule"]) == (False, "target-rows")
    assert run("data", "check", path, "--target", "openai", *repaired) == 3
    assert "asks for at least 10" in capsys.readouterr().out
    assert run("data", "check", path, "--target", "gemini") == 2


def test_the_tokens_of_the_working_model_keep_rows_out(project: Project, tmp_path: Path) -> None:
    rows = written(tmp_path, [CHAT, chat("Say <|im_end|> please"), chat("Say <|eot_id|> please")])
    words = ("--project", project.root, "data", "import", rows, "--yes")
    assert run(*words) == 0
    assert len(open_version(project.data / "v1")) == 3
    with project.changing("test"):
        project.set("model", {"fingerprint": "x"})
    assert run(*words) == 0
    version = open_version(project.data / "v2")
    assert len(version) == 2
    assert {one["rule"]: one["severity"] for one in version.manifest["problems"]} == {
        "special-token": "error",
        "foreign-token": "warning",
    }


@pytest.mark.parametrize(
    "record",
    [
        CHAT,
        SHARED,
        {"instruction": "a", "input": "", "output": "b"},
        {"prompt": "a", "completion": "b"},
        {"prompt": "a", "chosen": "b", "rejected": "c"},
        {**CHAT, "label": True},
        {"messages": [{**ASK, "content": [{"type": "text", "value": "a"}]}, ANSWER]},
    ],
)
def test_every_format_is_loaded_whole(tmp_path: Path, record: dict[str, Any]) -> None:
    assert len(load_rows(written(tmp_path, [record]))) == 1


def test_rows_that_stay_out_count_neither_as_mended_nor_as_users_of_a_column(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, [*[CHAT] * 19, SHARED, {"messages": [ASK, ASK, {**ANSWER, "content": ""}]}])
    uses = document(capsys, "data", "look", path)["files"][0]["uses"]
    assert uses[1] == {"column": "conversations", "use": "kept beside the row"}
    made = document(capsys, "--project", project.root, "data", "import", path, "--yes", "--repair", "merge")
    assert (made["rows"], made["left_out"], made["repairs"]["made"]) == (19, 2, {})
