"""`tunewright data ...` from the command line: exit codes, what is printed, what is recorded, hostile content."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import audit, journey
from engine.data.mapping import Mapping
from engine.data.read import check_paths, paths_in
from engine.data.versions import open_version
from engine.errors import DataError, UsageError
from engine.journey import waive
from engine.project import Project
from tests.unit.commands import document, run, written

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
ATTACK = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m[/bold]\u202e"


def chat(question: str, answer: str = "On its way.", **meta: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": turns, **meta}


def state(project: Project) -> dict[str, str]:
    (step,) = (status for status in journey.read(project) if status.step.key == "data")
    return {item.item: item.state for item in step.items}


ROWS = [chat(f"Where is parcel {word}, please?", f"{word} is on its way.", desk=word[0]) for word in (
    "amber", "azure", "basil", "bronze", "cedar", "coral", "denim", "ebony", "fawn", "ginger", "hazel", "indigo"
)]  # fmt: skip


def test_check_reports_everything_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows: list[Any] = [
        *ROWS,
        ROWS[0],
        chat("Where is parcel amber, please?", "Lost."),
        chat("Mail ada@example.org", f"Use {SECRET}"),
        chat("", "empty"),
        "{broken",
        chat("I am {{name}}"),
    ]
    report = document(capsys, "data", "check", written(tmp_path, rows), "--category", "desk")
    assert report["format"] == "chat"
    assert report["rows"] == {"read": 18, "valid": 16, "invalid": 2}
    assert {problem["rule"]: problem["severity"] for problem in report["problems"]} == {
        "empty-content": "error",
        "json-syntax": "error",
        "placeholder": "warning",
    }
    broken = next(problem for problem in report["problems"] if problem["rule"] == "json-syntax")
    assert broken["first"][0]["file"] == "rows.jsonl"
    assert broken["first"][0]["line"] == 17
    twins = {"exact": 1, "near": 0, "clusters": 1, "threshold": 0.85, "first": [["rows.jsonl:1", "rows.jsonl:13"]]}
    assert report["duplicates"] == twins
    both = [["rows.jsonl:1", "rows.jsonl:13", "rows.jsonl:14"]]
    assert report["conflicts"] == {"prompts": 1, "near": 0, "first": both}
    assert report["secrets"] == {"findings": 1, "by_kind": {"github_token": 1}}
    assert report["privacy"]["by_kind"] == {"email": 1}
    assert report["privacy"]["not_scanned"] == ["names", "addresses", "organisations"]
    assert report["tokens"]["method"].startswith("estimate")
    assert report["tokens"]["total"] >= report["tokens"]["max"] >= report["tokens"]["p50"] > 0
    assert report["balance"]["categories"]["a"] == {"rows": 3, "share": 0.1875}
    assert report["sizing"]["minimum"] == 50
    assert "a" in report["sizing"]["short"]
    assert report["verdict"] == "not usable"


def test_check_exits_by_its_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("data", "check", written(tmp_path, list(ROWS))) == 0
    assert run("data", "check", written(tmp_path, [*ROWS, "{"])) == 3
    shown = capsys.readouterr().out
    assert "rows.jsonl:13: column 2" in shown
    assert run("data", "check", tmp_path) == 3
    assert run("data", "check", tmp_path / "none.jsonl") == 3
    assert "no such file" in capsys.readouterr().err


def test_check_counts_with_a_tokenizer_when_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    rows = written(tmp_path, [chat("one two three", "four")])
    tokens = document(capsys, "data", "check", rows, "--tokenizer", tmp_path / "tokenizer.json")["tokens"]
    assert (tokens["total"], tokens["max"]) == (4, 4)
    assert tokens["method"].startswith("counted")
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    assert run("data", "check", rows, "--tokenizer", tmp_path / "tokenizer.json") == 4


def test_the_road_from_files_to_a_proven_split(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twin = chat("WHERE is parcel cedar, please", "cedar is on its way")
    first = written(tmp_path, [*ROWS, twin, "{broken", chat("Mine is ada@example.org", SECRET)])
    second = tmp_path / "more.csv"
    second.write_text("prompt,completion,desk\nWhat now?,Nothing.,z\n", encoding="utf-8")
    made = document(capsys, "--project", project.root, "data", "import", first, second, "--yes")
    assert (made["version"], made["rows"], made["left_out"]) == ("v1", 15, 1)
    assert list(state(project).values()) == ["passed", "passed", "failed", "not checked"]
    left_out = json.loads((project.data / "v1" / "left_out.jsonl").read_text(encoding="utf-8"))
    assert left_out["source"] == {"file": "rows.jsonl", "line": 14, "byte": first.read_bytes().index(b"{broken")}
    cleaned = document(capsys, "--project", project.root, "data", "clean", "--drop", "duplicates,conflicts")
    assert cleaned == {
        "version": "v2",
        "rows": 14,
        "listed": "data/v2/left_out.jsonl",
        "changed": {"duplicates": 1, "conflicts": 0},
        "split": None,
    }
    split = document(capsys, "--project", project.root, "data", "split", "--seed", "3")
    assert split["proof"]["passed"]
    assert sum(split["counts"].values()) == split["rows"] == 14
    assert state(project)["split_proof"] == "passed"
    assert project.data_version() == "v3"
    events = [entry["event"] for entry in audit.entries(project.audit)]
    assert [event for event in events if event.startswith("data.")] == ["data.import", "data.clean", "data.split"]
    assert audit.verify(project.audit).broken_at is None
    parents = [open_version(project.data / name).manifest["parent"] for name in ("v1", "v2", "v3")]
    assert parents == [None, "v1", "v2"]


def test_personal_data_absent_passes_its_gate(project: Project, tmp_path: Path) -> None:
    assert run("--project", project.root, "data", "import", written(tmp_path, list(ROWS)), "--yes") == 0
    assert state(project)["pii"] == "passed"


def test_no_secret_reaches_the_project_or_the_screen(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        chat(f"Use {SECRET}", meta={"key": SECRET}),
        {"messages": [{"role": SECRET, "content": "x"}]},
        json.dumps({SECRET: 1})[:-1] + f', "{SECRET}": 2}}',
        f'{{"messages": "{SECRET}',
    ]
    path = written(tmp_path, rows)
    assert run("data", "check", path) == 3
    assert run("--project", project.root, "data", "import", path, "--yes") == 0
    assert SECRET not in "".join(capsys.readouterr())
    files = [file for file in project.root.rglob("*") if file.is_file()]
    assert len(files) > 5
    assert not [file for file in files if SECRET.encode() in file.read_bytes()]


def test_hostile_rows_and_names_are_shown_as_safe_text(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        chat(f"Hello {ATTACK}", ATTACK + "yes", **{ATTACK: ATTACK}),
        {"messages": [{"role": ATTACK, "content": "x"}]},
        {"messages": [{"role": "user", "content": "x", ATTACK: 1}, {"role": "assistant", "content": "{{" + ATTACK}]},
    ]
    path = written(tmp_path, rows, f"rows{ATTACK.replace('/', '')}.jsonl")
    columns = written(tmp_path, [{ATTACK: "a", f"{ATTACK}2": "b"}])
    run("data", "check", path, "--category", ATTACK)
    run("data", "check", columns)
    run("data", "check", columns, "--prompt", ATTACK + "x", "--answer", ATTACK)
    assert run("--project", project.root, "data", "import", path, "--yes") == 0
    run("--project", project.root, "data", "split")
    run("--project", project.root, "status")
    shown = "".join(capsys.readouterr())
    assert "Hello" in shown
    assert not [character for character in "\x1b\x9b\x07\u202e" if character in shown]


def test_samples_are_shown_and_confirmed(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Keyboard(io.StringIO):
        def isatty(self) -> bool:
            return True

    words = ("--project", project.root, "data", "import", written(tmp_path, list(ROWS)))
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert run(*words) == 2
    assert "--yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", Keyboard("n\n"))
    assert run(*words) == 2
    assert project.data_version() is None
    monkeypatch.setattr("sys.stdin", Keyboard("y\n"))
    assert run(*words) == 0
    shown = capsys.readouterr().err
    assert shown.count("sample 3") == 2
    assert "assistant: basil is on its way." in shown


def test_nothing_fit_makes_no_version(project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, [chat(""), chat(" ")])
    assert run("--project", project.root, "data", "import", path, "--yes") == 3
    assert "no row is fit; 2 rows: empty-content" in capsys.readouterr().err
    assert project.data_version() is None
    assert not list(project.data.iterdir())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["data", "split"], 3),
        (["data", "clean", "--drop", "duplicates"], 3),
        (["data", "clean"], 2),
        (["data", "check"], 2),
        (["data", "import", "x.jsonl", "--prompt", "a", "--yes"], 2),
        (["data", "check", "x.jsonl", "--mapping", "none.toml"], 2),
        (["data", "check", "rows.jsonl", "--category", "dsek"], 2),
        (["data", "check", "rows.jsonl", "--group", "customer"], 2),
        (["data", "check", "python.jsonl"], 3),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(
    project: Project,
    tmp_path: Path,
    words: list[str],
    code: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, list(ROWS))
    written(tmp_path, ["{'prompt': 'x'}"], "python.jsonl")
    assert run("--project", project.root, *words) == code
    error = capsys.readouterr().err
    assert error.startswith("tunewright: error: ")
    assert "hint: " in error


def test_another_process_changing_the_project_is_waited_for(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, list(ROWS))
    with project.changing("something else"):
        assert run("--project", project.root, "data", "import", path, "--yes") == 5
    assert "something else" in capsys.readouterr().err


def test_show_tells_where_the_current_version_comes_from(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--project", project.root, "data", "show") == 3
    rows = written(tmp_path, [*ROWS, ROWS[0], "{"])
    for words in (("import", rows, "--yes"), ("clean", "--drop", "duplicates"), ("split",)):
        assert run("--project", project.root, "data", *words) == 0
    capsys.readouterr()
    shown = document(capsys, "--project", project.root, "data", "show")
    assert [(one["name"], one["step"], one["rows"]) for one in shown["lineage"]] == [
        ("v3", "split", 12),
        ("v2", "clean", 12),
        ("v1", "import", 13),
    ]
    assert shown["next"] is None and shown["makes_stale"] == []
    waive(project, "review", "reviewed", "a trial")
    assert document(capsys, "--project", project.root, "data", "show")["makes_stale"] == ["review"]
    assert shown["test_precision_points"] == pytest.approx(98.0 / shown["split"]["counts"]["test"] ** 0.5, abs=0.1)
    assert run("--project", project.root, "data", "show") == 0
    text = capsys.readouterr().out
    assert "v3 (split, 12 rows) from v2 (clean, 12 rows) from v1 (import, 13 rows)" in text
    assert "cleaned: 1 duplicates" in text and "stale in: review" in text
    manifest = project.data / "v1" / "manifest.json"
    manifest.write_text("{}", encoding="utf-8")
    assert run("--project", project.root, "data", "show") == 3
    manifest.unlink()
    assert run("--project", project.root, "data", "show") == 0


_NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(lambda text: bool(text.strip()))


@given(st.lists(_NAME, min_size=1, max_size=3), st.lists(_NAME, max_size=3), st.none() | _NAME)
def test_flags_say_the_mapping_whatever_columns_are_called(
    answer: list[str], group: list[str], text: str | None
) -> None:
    mapping = Mapping(system=text, prompt="p", answer=tuple(answer), group=tuple(group), category=text)
    flags = dict(flag.removeprefix("--").split("=", 1) for flag in mapping.flags())
    assert Mapping.make(None, flags) == mapping


@pytest.mark.parametrize("typed", ["", "  ", "'open", "a\0b"])
def test_text_that_names_no_file_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        paths_in(typed)


def test_paths_are_read_as_a_shell_reads_them(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert paths_in("'my rows.csv' ~/b.jsonl") == [tmp_path / "my rows.csv", home / "b.jsonl"]
    (tmp_path / "a.csv").write_text("x", encoding="utf-8")
    check_paths("a.csv")
    with pytest.raises(DataError, match="no such file"):
        check_paths("a.csv nowhere.csv")
