"""Exports: every form gives the same rows back, what it cannot hold is said, nothing of others is touched."""

import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import audit
from engine.data.export_files import llamafactory_entry
from engine.data.export_forms import FORMS
from engine.data.export_rows import Refused
from engine.data.exporting import Exported, Order, export, reasons
from engine.data.importing import import_files
from engine.data.mapping import Mapping
from engine.data.prepare import find_sources
from engine.data.rows import Message, Row, row_id
from engine.data.versions import Version, open_version
from engine.errors import DataError, UsageError
from engine.project import Project
from tests.unit.test_data_split import version

TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}]
ELSEWHERE = "an import would not give the same row again"
_ROLES = ("user", "assistant", "observation", "function", "system")
_SPLITS = ("train", "validation", "test")


def made(messages: Sequence[Message], number: int = 1, **parts: Any) -> Row:
    meta = parts.pop("meta", {})
    identity = row_id(messages, meta.get("tools"), parts.get("rejected"), parts.get("label"))
    source = {"file": "f.jsonl", "line": number, "byte": 0}
    return Row(identity, list(messages), meta, source, ["import"], **parts)


def said(role: str, content: str, **more: Any) -> Message:
    return {"role": role, "content": content, **more}


def project_of(folder: Path, rows: Sequence[Row], *, split: bool = False) -> Project:
    """A project whose current version holds `rows`; with `split`, in turn in train, validation and test."""
    project = Project.create(folder / "project")
    placed = [row.placed("g", _SPLITS[at % 3]) if split else row for at, row in enumerate(rows)]
    current = version(project.data, placed)
    if split:
        manifest = json.loads((current.folder / "manifest.json").read_bytes())
        counts = {name: sum(row.split == name for row in placed) for name in _SPLITS}
        manifest["split"] = {"counts": counts}
        (current.folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    project.set("data", {"version": current.name})
    return project


def exported(project: Project, form: str, **options: Any) -> Exported:
    with project.changing("data export"):
        return export(project, Order(form, **options))


def back(made: Exported, name: str, data: Path) -> Version:
    """The file `name` of an export, imported."""
    return import_files(find_sources([made.folder / name], Mapping()), Mapping(), data)


# Rows of every kind.

texts = st.sampled_from(
    [
        "Where is my parcel?",
        "Wo ist es?\nBitte.",
        "你好请问包裹在哪里",
        "  7  ",
        "{'a': 1}",
        "null",
        "🙂 ok",
        "a|b\tc",
    ]
)
weird = st.sampled_from(['[{"role": "user", "content": "x"}]', '{"a": [1, 2]}', '"quoted"', '[["a", "b"]]'])


@st.composite
def conversations(draw: st.DrawFn, content: st.SearchStrategy[str]) -> list[Message]:
    """A system text or none, questions and answers, now and then a weight, a name, a call with its results."""
    role = draw(st.sampled_from([None, "system", "system", "developer"]))
    turns = [said(role, draw(content))] if role else []
    for _ in range(draw(st.integers(1, 3))):
        name = {"name": "ann"} if draw(st.integers(0, 9)) == 0 else {}
        turns.append(said("user", draw(content), **name))
        calls = draw(st.sampled_from([0, 0, 0, 1, 2]))
        if calls:
            turns += draw(called(calls))
        weight = {"weight": 0} if draw(st.integers(0, 5)) == 0 else {}
        turns.append(said("assistant", draw(content), **weight))
    turns[-1].pop("weight", None)
    return turns


@st.composite
def called(draw: st.DrawFn, count: int) -> list[Message]:
    ids = [f"call{draw(st.integers(10000, 99999))}{at}" for at in range(count)]
    written = draw(st.sampled_from(['{"city": "Oslo", "days": 3}', '{"city":"Rom","n":123456789012345678901}', "{}"]))
    functions = [{"id": one, "type": "function", "function": {"name": "weather", "arguments": written}} for one in ids]
    results = [said("tool", draw(texts), tool_call_id=one) for one in ids]
    return [said("assistant", "", tool_calls=functions), *results]


@st.composite
def rows(draw: st.DrawFn, content: st.SearchStrategy[str] = texts) -> Row:
    messages = draw(conversations(content))
    uses = any("tool_calls" in turn for turn in messages)
    meta: dict[str, Any] = {"ticket": draw(st.sampled_from(["007", "T-1"])), "big": 10**25, "tags": ["a", {"b": None}]}
    meta |= {"tools": TOOLS} if uses or draw(st.booleans()) else {}
    kind = draw(st.sampled_from(["sft", "sft", "preference", "judged"]))
    if kind == "preference":
        other = said("assistant", "no, " + draw(content))
        asked = 1 + max(at for at, turn in enumerate(messages) if turn["role"] == "user")
        return made(messages, meta=meta, rejected=[*messages[asked:-1], other])
    return made(messages, meta=meta, label=draw(st.booleans())) if kind == "judged" else made(messages, meta=meta)


def distinct(found: list[Row]) -> list[Row]:
    return list({row.id: row for row in found}.values())


@settings(max_examples=25, deadline=None)
@given(st.lists(rows(), min_size=1, max_size=12).map(distinct), st.sampled_from([*FORMS]), st.booleans())
def test_an_import_of_every_form_gives_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory, given_rows: list[Row], form: str, split: bool
) -> None:
    folder = tmp_path_factory.mktemp("export")
    project = project_of(folder, given_rows, split=split)
    try:
        found = exported(project, form, leave_out=True)
    except DataError as error:
        assert "cannot hold" in str(error) and ELSEWHERE not in str(error)
        return
    came: dict[str, Row] = {}
    for file in found.manifest["files"]:
        read = back(found, file["file"], folder / "data")
        assert len(read) == file["rows"]
        assert {row.kind for row in read.rows()} == {file["kind"]}
        came |= {row.id: replace(row, split=file["split"]) for row in read.rows()}
    refused = {one.id: one.why for one in found.refused}
    assert came.keys() | refused.keys() == {row.id for row in given_rows}
    assert not came.keys() & refused.keys()
    assert ELSEWHERE not in " ".join(refused.values())
    for row in open_version(project.data / "v1").rows():
        if row.id in came:
            assert came[row.id].split == row.split
            if FORMS[form].room:
                assert came[row.id].meta == row.meta


@settings(max_examples=15, deadline=None)
@given(st.lists(rows(weird), min_size=1, max_size=6).map(distinct), st.sampled_from([*FORMS]))
def test_texts_that_look_like_json_come_back_or_are_refused(
    tmp_path_factory: pytest.TempPathFactory, given_rows: list[Row], form: str
) -> None:
    folder = tmp_path_factory.mktemp("export")
    project = project_of(folder, given_rows)
    try:
        found = exported(project, form, leave_out=True)
    except DataError:
        return
    read = [row for file in found.manifest["files"] for row in back(found, file["file"], folder / "data").rows()]
    assert {row.id for row in read} | {one.id for one in found.refused} == {row.id for row in given_rows}
    assert sum(file["rows"] for file in found.manifest["files"]) + len(found.refused) == len(given_rows)


# What a form holds, and what it says of the rest.

PLAIN = made([said("user", "Where is it?"), said("assistant", "On its way.")])
SYSTEM = made([said("system", "Be kind."), said("user", "Where?"), said("assistant", "Here.")])
LONGER = made([*PLAIN.messages, said("user", "Really?"), said("assistant", "Yes.")])
CALLS = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
TOOL = made(
    [
        said("user", "Rain?"),
        said("assistant", "", tool_calls=[CALLS]),
        said("tool", "no", tool_call_id="c1"),
        said("assistant", "No rain."),
    ],
    meta={"tools": TOOLS},
)
UNLEARNED = made([said("user", "Hi"), said("assistant", "Yo", weight=0), *PLAIN.messages])
PAIR = made(PLAIN.messages, rejected=[said("assistant", "Who knows.")])
JUDGED = made(SYSTEM.messages, label=False)


@pytest.mark.parametrize(
    ("form", "held"),
    [
        ("openai", {"plain", "system", "longer", "tool", "unlearned"}),
        ("sharegpt", {"plain", "system", "longer", "tool"}),
        ("alpaca", {"plain", "system", "longer"}),
        ("prompt-completion", {"plain"}),
        ("bedrock", {"plain", "system", "longer"}),
        ("google", {"plain", "system", "longer"}),
        ("dpo", {"pair"}),
        ("llamafactory", {"plain", "system", "longer", "tool", "pair", "judged"}),
        ("axolotl", {"plain", "system", "longer", "tool", "unlearned"}),
    ],
)
def test_each_form_holds_what_it_says_and_names_the_others(tmp_path: Path, form: str, held: set[str]) -> None:
    named = {"plain": PLAIN, "system": SYSTEM, "longer": LONGER, "tool": TOOL, "unlearned": UNLEARNED}
    named |= {"pair": PAIR, "judged": JUDGED}
    project = project_of(tmp_path, list(named.values()))
    with pytest.raises(DataError, match=f"cannot hold {len(named) - len(held)} of {len(named)} rows") as refused:
        exported(project, form)
    assert "--leave-out" in refused.value.hint
    assert not project.exports.exists() or not any(project.exports.iterdir())
    found = exported(project, form, leave_out=True)
    assert {one.id for one in found.refused} == {row.id for name, row in named.items() if name not in held}
    listed = [json.loads(line) for line in (found.folder / "left_out.jsonl").read_bytes().splitlines()]
    assert [(one["row"], one["why"]) for one in listed] == [(one.number + 1, one.why) for one in found.refused]
    assert found.manifest["left_out"]["rows"] == len(listed)


def test_a_text_that_would_be_read_as_turns_is_not_sent(tmp_path: Path) -> None:
    turns = '[{"role": "user", "content": "x"}]'
    project = project_of(tmp_path, [PLAIN, made([said("user", turns), said("assistant", "Yes.")])])
    assert exported(project, "openai").manifest["rows"] == 2
    with pytest.raises(DataError, match=rf"1 row \(2\): {ELSEWHERE}"):
        exported(project, "prompt-completion")


def test_answers_of_several_turns_that_differ_early_are_no_pair_of_turns(tmp_path: Path) -> None:
    other = {**CALLS, "function": {"name": "weather", "arguments": '{"city": "Rome"}'}}
    rejected = [said("assistant", "", tool_calls=[other]), *TOOL.messages[2:3], said("assistant", "Rain.")]
    project = project_of(tmp_path, [made(TOOL.messages, meta=TOOL.meta, rejected=rejected)])
    with pytest.raises(DataError, match="made of several turns"):
        exported(project, "llamafactory")
    assert exported(project, "dpo").manifest["rows"] == 1


def test_the_records_are_those_that_the_readers_document(tmp_path: Path) -> None:
    project = project_of(tmp_path, [PAIR])
    (line,) = (exported(project, "dpo").folder / "rows.jsonl").read_bytes().splitlines()
    assert json.loads(line) == {
        "input": {"messages": [said("user", "Where is it?")]},
        "preferred_output": [said("assistant", "On its way.")],
        "non_preferred_output": [said("assistant", "Who knows.")],
    }
    project = project_of(tmp_path / "tools", [TOOL])
    (line,) = (exported(project, "sharegpt").folder / "rows.jsonl").read_bytes().splitlines()
    record = json.loads(line)
    assert [turn["from"] for turn in record["conversations"]] == ["human", "function_call", "observation", "gpt"]
    assert json.loads(record["conversations"][1]["value"]) == {"name": "weather", "arguments": {}, "id": "c1"}
    assert json.loads(record["tools"]) == TOOLS
    project = project_of(tmp_path / "long", [LONGER])
    (line,) = (exported(project, "alpaca").folder / "rows.jsonl").read_bytes().splitlines()
    assert json.loads(line) == {
        "instruction": "Really?",
        "input": "",
        "output": "Yes.",
        "history": [["Where is it?", "On its way."]],
    }


def test_bedrock_and_google_get_parts_and_the_system_text_apart(tmp_path: Path) -> None:
    project = project_of(tmp_path, [SYSTEM])
    (line,) = (exported(project, "bedrock").folder / "rows.jsonl").read_bytes().splitlines()
    assert json.loads(line) == {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "Be kind."}],
        "messages": [
            {"role": "user", "content": [{"text": "Where?"}]},
            {"role": "assistant", "content": [{"text": "Here."}]},
        ],
    }
    (line,) = (exported(project, "google").folder / "rows.jsonl").read_bytes().splitlines()
    assert json.loads(line) == {
        "systemInstruction": {"role": "system", "parts": [{"text": "Be kind."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "Where?"}]},
            {"role": "model", "parts": [{"text": "Here."}]},
        ],
    }


@pytest.mark.parametrize("form", ["bedrock", "google"])
def test_turns_that_do_not_alternate_are_refused_there(tmp_path: Path, form: str) -> None:
    project = project_of(tmp_path, [made([said("user", "Hello."), *PLAIN.messages])])
    with pytest.raises(DataError, match="do not take turns"):
        exported(project, form)


def test_a_reserved_word_is_refused_before_the_host_does(tmp_path: Path) -> None:
    project = project_of(tmp_path, [PLAIN, made([said("user", "User: hello"), said("assistant", "Hi.")])])
    assert exported(project, "bedrock").manifest["rows"] == 2
    with pytest.raises(DataError, match=r"1 row \(2\): .*turn 1 holds 'User:', a word that fails the job"):
        exported(project, "bedrock", target="bedrock")
    assert exported(project, "bedrock", target="bedrock", leave_out=True).manifest["rows"] == 1


def test_one_file_a_split_with_a_manifest_that_can_be_checked(tmp_path: Path) -> None:
    project = project_of(
        tmp_path, [made([said("user", f"q {at}"), said("assistant", "a")]) for at in range(9)], split=True
    )
    found = exported(project, "openai")
    assert sorted(path.name for path in found.folder.iterdir()) == [
        "export.json",
        "test.jsonl",
        "train.jsonl",
        "validation.jsonl",
    ]
    manifest = json.loads((found.folder / "export.json").read_bytes())
    assert manifest["version"] == "v1" and manifest["rows"] == 9 and manifest["licence"] == "not noted"
    for file in manifest["files"]:
        content = (found.folder / file["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        assert len(content) == file["bytes"] and content.count(b"\n") == file["rows"] == 3
    rows_file = (project.data / "v1" / "rows.jsonl").read_bytes()
    assert manifest["version_sha256"] == hashlib.sha256(rows_file).hexdigest()
    entry = list(audit.entries(project.audit))[-1]
    assert entry["event"] == "data.export" and entry["form"] == "openai"
    again = exported(project, "openai", splits=("train",))
    assert [file["file"] for file in again.manifest["files"]] == ["train.jsonl"]
    assert not (again.folder / "test.jsonl").exists()


def test_azure_gets_its_byte_order_mark_and_nobody_else(tmp_path: Path) -> None:
    project = project_of(tmp_path, [PLAIN])
    found = exported(project, "openai", azure_bom=True)
    assert (found.folder / "rows.jsonl").read_bytes().startswith(b"\xef\xbb\xbf{")
    assert [row.id for row in back(found, "rows.jsonl", tmp_path / "data").rows()] == [PLAIN.id]
    with pytest.raises(UsageError, match="no byte order mark"):
        exported(project, "alpaca", azure_bom=True)


def test_other_columns_go_along_where_there_is_room_and_stay_where_not(tmp_path: Path) -> None:
    row = made(PLAIN.messages, meta={"ticket": "007", "prompt": "mine", "label": True})
    project = project_of(tmp_path, [row])
    with_room = exported(project, "alpaca")
    assert json.loads((with_room.folder / "rows.jsonl").read_bytes())["ticket"] == "007"
    assert with_room.manifest["columns_left_behind"] == {"prompt": 1, "label": 1}
    bare = exported(project, "alpaca", meta=False)
    assert "ticket" not in json.loads((bare.folder / "rows.jsonl").read_bytes())
    assert exported(project, "openai").manifest["columns_left_behind"] == {"ticket": 1, "prompt": 1, "label": 1}


# LLaMA-Factory and Axolotl: what they need beside the rows.


def test_entries_are_merged_into_the_dataset_info_that_is_there(tmp_path: Path) -> None:
    project = project_of(tmp_path, [PLAIN, PAIR, JUDGED])
    folder = tmp_path / "LLaMA-Factory" / "data"
    folder.mkdir(parents=True)
    (folder / "dataset_info.json").write_text(
        '{"identity": {"file_name": "identity.json", "n": 1e400}}', encoding="utf-8"
    )
    with pytest.raises(DataError, match="not a JSON object"):
        exported(project, "llamafactory", out=folder)
    (folder / "dataset_info.json").write_text('{"identity": {"file_name": "identity.json"}}', encoding="utf-8")
    (folder / "identity.json").write_text("[]", encoding="utf-8")
    exported(project, "llamafactory", out=folder)
    exported(project, "llamafactory", out=folder)
    info = json.loads((folder / "dataset_info.json").read_bytes())
    assert list(info) == ["identity", *(f"project_v1_rows{kind}" for kind in ("", "_judged", "_preference"))]
    for name, entry in list(info.items())[1:]:
        assert (folder / entry["file_name"]).is_file()
        assert entry["file_name"] == f"{name}.jsonl"
        (record, *_) = map(json.loads, (folder / entry["file_name"]).read_bytes().splitlines())
        assert all(column in record for column in entry["columns"].values())
    assert info["project_v1_rows_preference"]["ranking"] is True
    assert (folder / "identity.json").read_text(encoding="utf-8") == "[]"


def test_llamafactory_is_told_every_tag_since_it_forgets_those_unsaid() -> None:
    tags = llamafactory_entry("f.jsonl", "judged")["tags"]
    assert set(tags) == {f"{name}_tag" for name in (*_ROLES, "role", "content")}


def test_axolotl_reads_the_stanza_as_yaml(tmp_path: Path) -> None:
    yaml = pytest.importorskip("yaml")
    rows_given = [made([*UNLEARNED.messages[:2], said("user", f"q {at}"), said("assistant", "a")]) for at in range(3)]
    project = project_of(tmp_path, rows_given, split=True)
    folder = tmp_path / "an odd: 'name' #1"
    exported(project, "axolotl", out=folder)
    stanza = yaml.safe_load((folder / "datasets.yaml").read_text(encoding="utf-8"))
    (train,), (held,) = stanza["datasets"], stanza["test_datasets"]
    assert Path(train["path"]) == folder / "train.jsonl" and Path(held["path"]) == folder / "validation.jsonl"
    assert train["type"] == "chat_template" and train["roles_to_train"] == ["assistant"]
    assert train["message_property_mappings"] == {"role": "role", "content": "content"}
    assert train["message_field_training"] == "weight"
    plain = project_of(tmp_path / "plain", [PLAIN])
    text = (exported(plain, "axolotl").folder / "datasets.yaml").read_text(encoding="utf-8")
    assert "message_field_training" not in text and "test_datasets" not in text


# What is in the way.


def test_nothing_of_others_is_replaced_and_no_link_is_followed(tmp_path: Path) -> None:
    project = project_of(tmp_path, [PLAIN])
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "rows.jsonl").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="no export of ours"):
        exported(project, "openai", out=folder)
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == {"rows.jsonl": "mine"}
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(DataError, match="symbolic link"):
        exported(project, "openai", out=tmp_path / "link")
    with pytest.raises(DataError, match="is a file"):
        exported(project, "openai", out=folder / "rows.jsonl")
    other = tmp_path / "other"
    other.mkdir()
    (other / "export.json").write_text('{"files": [{"file": "../mine/rows.jsonl"}]}', encoding="utf-8")
    exported(project, "openai", out=other)
    assert (folder / "rows.jsonl").read_text(encoding="utf-8") == "mine"
    (other / "dataset_info.json").symlink_to(folder / "rows.jsonl")
    with pytest.raises(DataError, match="symbolic link"):
        exported(project, "llamafactory", out=other)
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_what_is_interrupted_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = project_of(tmp_path, [PLAIN])

    def killed(*paths: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "rename", killed)
    with pytest.raises(KeyboardInterrupt):
        exported(project, "openai")
    assert list(project.exports.iterdir()) == []


def test_a_form_a_split_and_an_empty_choice_are_refused(tmp_path: Path) -> None:
    project = project_of(tmp_path, [PLAIN])
    with pytest.raises(UsageError, match="no form 'csv'"):
        exported(project, "csv")
    with pytest.raises(UsageError, match="is not split"):
        exported(project, "openai", splits=("train",))
    for folder in (project.root, project.root / "data" / "v1"):
        with pytest.raises(UsageError, match="keeps its files to itself"):
            exported(project, "openai", out=folder)
    split = project_of(tmp_path / "split", [PLAIN], split=True)
    with pytest.raises(UsageError, match="no split 'dev'"):
        exported(split, "openai", splits=("dev",))
    with pytest.raises(DataError, match="no row to export"):
        exported(split, "openai", splits=("test",))


def test_reasons_are_counted_with_their_first_rows() -> None:
    found = [Refused(at, "id", "tools") for at in (2, 8, 9, 11)] + [Refused(4, "id", "weights")]
    assert reasons(found) == ["4 rows (3, 9, 10, ...): tools", "1 row (5): weights"]
