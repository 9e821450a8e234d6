"""`tunewright data report | duplicates | keep | origin` from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine import audit
from engine.cli import main
from engine.data.versions import open_version
from engine.project import Project
from tests.unit.kept_rows import LONG, kept, row
from tests.unit.test_report import ordinary

ATTACK = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m[/bold]\u202e"
DESK = "Which desk takes a letter about a parcel that came too late for the third time this year?"
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def run(project: Project, *words: object) -> int:
    return main(["--project", str(project.root), "data", *map(str, words)])


def document(capsys: pytest.CaptureFixture[str], project: Project, *words: object) -> Any:
    assert run(project, *words, "--json") == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def doubled(project: Project) -> Project:
    rows = [*ordinary(30), ordinary(30)[4], row(LONG, "Sorry for it."), row(f"{LONG} now", "Sorry for it.")]
    kept(project, [*rows, row(DESK, "billing is it"), row(DESK, "sales is it")])
    return project


def test_a_report_is_made_once_and_then_read(doubled: Project, capsys: pytest.CaptureFixture[str]) -> None:
    made = document(capsys, doubled, "report")
    assert {one["rule"]: one["count"] for one in made["findings"]} == {
        "duplicate": 1,
        "near-duplicate": 1,
        "contradiction": 1,
    }
    assert {one["item"]: one["state"] for one in made["checklist"]}["duplicates"] == "FAIL"
    folder = doubled.report_folder("v1")
    before = sorted(folder.iterdir())
    assert document(capsys, doubled, "report") == made
    assert sorted(folder.iterdir()) == before
    assert run(doubled, "report", "--again") == 0
    assert sorted(folder.iterdir()) != before


def test_every_line_with_a_rule_lists_its_rows(doubled: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(doubled, "report") == 0
    shown = capsys.readouterr().out
    rules = {line.rpartition("[")[2].rstrip("]") for line in shown.splitlines() if line.endswith("]")}
    assert {"duplicate", "near-duplicate", "contradiction", "longest"} <= rules
    for rule in rules:
        assert run(doubled, "report", rule, "--first", 1) == 0
        assert "rows.jsonl:" in capsys.readouterr().out
    found = document(capsys, doubled, "report", "duplicate")
    assert (found["count"], found["members"][0]["rows"]) == (1, [5, 31])
    texts = found["members"][0]["texts"]
    assert [(text["row"], text["place"]) for text in texts] == [(5, "rows.jsonl:5"), (31, "rows.jsonl:31")]
    assert run(doubled, "report", "nonsense") == 2
    assert "there are: " in capsys.readouterr().err


def test_the_task_sets_what_is_needed_and_is_remembered(doubled: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, doubled, "report")["sizing"]["minimum"] == 50
    assert document(capsys, doubled, "report", "--task", "domain")["sizing"]["minimum"] == 500
    assert document(capsys, doubled, "report", "--again")["sizing"]["minimum"] == 500
    assert run(doubled, "report", "--task", "poetry") == 2


def test_what_is_chosen_is_what_clean_does(doubled: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(doubled, "keep", "--cluster", 2, "--row", 33) == 0
    assert run(doubled, "keep", "--conflict", 1, "--row", 35) == 0
    capsys.readouterr()
    listed = document(capsys, doubled, "duplicates")
    assert listed["counts"] == {"duplicate": 1, "near-duplicate": 1, "contradiction": 1, "near-contradiction": 0}
    assert [one["rows"] for one in listed["choices"]["named"]] == [[32, 33], [34, 35]]
    assert [one["stays"] for one in listed["choices"]["named"]] == [[33], [35]]
    assert run(doubled, "duplicates") == 0
    shown = capsys.readouterr().out
    assert "chosen: row 33 stays" in shown and "chosen: row 35 stays" in shown
    made = document(capsys, doubled, "clean", "--drop", "duplicates,near,conflicts")
    assert made["changed"] == {"duplicates": 1, "near": 1, "conflicts": 1}
    kept_rows = [one.source["line"] for one in open_version(doubled.version_folder("v2")).rows()]
    assert kept_rows == [*range(1, 31), 33, 35]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("keep", "--cluster", 1), "which rows stay is not said"),
        (("keep", "--cluster", 1, "--all", "--none"), "which rows stay is not said"),
        (("keep", "--cluster", 1, "--conflict", 1, "--all"), "one choice at a time"),
        (("keep", "--keep", "worst"), "no rule 'worst'"),
        (("keep", "--cluster", 7, "--all"), "no cluster 7"),
        (("keep", "--conflict", 1, "--all"), "needs a reason"),
        (("keep", "--undo"), "nothing was chosen"),
        (("clean", "--drop", "everything"), "cannot drop everything"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    doubled: Project, capsys: pytest.CaptureFixture[str], words: tuple[object, ...], message: str
) -> None:
    assert run(doubled, *words) == 2
    shown = capsys.readouterr().err
    assert message in shown and "hint:" in shown


def test_a_choice_is_taken_back(doubled: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert document(capsys, doubled, "keep", "--keep", "longest")["rule"] == "longest"
    assert document(capsys, doubled, "keep", "--undo") == {"rule": "first", "named": []}


def test_before_the_first_import_the_next_thing_to_do_is_said(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (("report",), ("duplicates",), ("keep", "--cluster", 1, "--all")):
        assert run(project, *words) == 3
        assert "tunewright data import" in capsys.readouterr().err
    assert run(project, "keep") == 0


def test_licence_and_origin_are_noted_without_secrets(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    noted = document(capsys, project, "origin", "--licence", "CC-BY-4.0", "--origin", f"made with {SECRET}")
    assert noted == {"licence": "CC-BY-4.0", "origin": "made with <SECRET:github_token:1>"}
    assert SECRET not in (project.root / "project.toml").read_text(encoding="utf-8")
    assert [line["event"] for line in audit.entries(project.audit)][-1] == "data.origin"
    assert document(capsys, project, "origin", "--licence", "")["licence"] is None


def test_hostile_rows_categories_and_names_are_shown_as_safe_text(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row(f"{ATTACK} what", f"{ATTACK} this", desk=ATTACK)] * 2 + [row("x", "y", desk="b")]
    for one in rows:
        one.source["file"] = f"{ATTACK}.jsonl"
    kept(project, rows, category="desk")
    for words in (("report",), ("duplicates",), ("report", "duplicate"), ("report", f"category:{ATTACK}"), ("keep",)):
        for flags in ((), ("--json",)):
            assert run(project, *words, *flags) == 0
            out, err = capsys.readouterr()
            assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(out + err)
