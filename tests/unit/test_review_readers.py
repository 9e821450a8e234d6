"""Names of readers, merging what they wrote elsewhere, and the guideline they read by."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import cli
from engine.applying import apply_verdicts
from engine.data.adopt import current
from engine.data.deriving import adopt_derived, derive
from engine.durable import read_lines
from engine.errors import DataError, TunewrightError, UsageError
from engine.guideline import START, clarify, guideline, save, versions
from engine.merging import merge
from engine.project import Project
from engine.review.verdicts import DISAGREEMENTS, Verdicts
from engine.reviewers import (
    checked_name,
    keep_queue,
    keep_reader,
    kept_queue,
    kept_reader,
    log_of,
    readers,
    take_over,
)
from engine.reviewing import Review, open_review
from tests.tui.reviewable import example, questions, reviewable

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return reviewable(tmp_path / "here", questions(60))


def elsewhere(project: Project, tmp_path: Path) -> Project:
    """A copy of the project, on the machine of another."""
    shutil.copytree(project.root, tmp_path / "there")
    return Project.open(tmp_path / "there")


def press(review: Review, keys: str) -> None:
    for key in keys:
        if key == "u":
            review.undo()
        else:
            review.decide({"a": "accept", "x": "reject"}[key], reason="wrong" if key == "x" else None)


def lines(path: Path) -> list[object]:
    return [line for _, line in read_lines(path)]


# Names


@pytest.mark.parametrize("name", ["ann", "k.meyer", "Zoë", "読者-2", "a_b", "7"])
def test_names_of_any_language_are_names(name: str) -> None:
    assert checked_name(f" {name} ") == name


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "../x", "a/b", "a b", "-a", "a.", "x" * 41, "a\x1b[2J", "a\u202eb", "con:", "a\0"]
)
def test_what_could_be_a_path_or_attack_is_no_name(name: str) -> None:
    with pytest.raises(UsageError, match="is no name") as refused:
        checked_name(name)
    assert "\x1b" not in str(refused.value) and "\u202e" not in str(refused.value)


@given(st.text(max_size=50))
def test_a_name_is_a_plain_file_or_refused(text: str) -> None:
    try:
        name = checked_name(text)
    except UsageError:
        return
    assert Path(name).name == name and name.isprintable() and checked_name(name) == name


def test_who_reads_and_where_is_remembered_and_damage_is_forgotten(project: Project, home: Path) -> None:
    assert (kept_reader(), kept_queue(project)) == ("", "random")
    keep_reader("ann")
    keep_queue(project, "risk")
    assert (kept_reader(), kept_queue(project)) == ("ann", "risk")
    for damage in ("{", '{"reviewer": "../x", "queues": 3}', "[]", '{"reviewer": 4, "queues": {"x": "y"}}'):
        (home / "data" / "tunewright" / "reader.json").write_text(damage, encoding="utf-8")
        assert (kept_reader(), kept_queue(project)) == ("", "random")


def test_verdicts_without_a_name_can_become_those_of_a_reader(project: Project) -> None:
    press(open_review(project), "ax")
    take_over(project, "ann")
    assert list(readers(project)) == ["ann"] and open_review(project, reviewer="ann").report().own == 2
    press(open_review(project), "a")
    with pytest.raises(UsageError, match="ann has verdicts already"):
        take_over(project, "ann")


# Merging


def test_what_another_read_is_taken_in_once(project: Project, tmp_path: Path) -> None:
    press(open_review(project, reviewer="ann"), "a" * 30)
    there = elsewhere(project, tmp_path)
    press(open_review(there, reviewer="bo"), "a" * 10 + "x" + "u" + "a" * 20)
    path = log_of(there, "bo")
    [first] = merge(project, [path], None)
    assert (first.reader, first.new, first.known) == ("bo", 32, 0)
    [again] = merge(project, [path], None)
    assert (again.new, again.known) == (0, 32)
    assert lines(log_of(project, "bo")) == lines(path)
    report = open_review(project, reviewer="ann").report()
    assert report.agreement and (report.agreement.rows, report.agreement.raw) == (30, 1.0)


@settings(max_examples=15, deadline=None)  # Each key press waits for the disk.
@given(st.lists(st.sampled_from("axu"), max_size=12), st.lists(st.sampled_from("axu"), max_size=8), st.booleans())
def test_merging_in_any_order_and_as_often_as_one_likes_says_the_same(
    tmp_path_factory: pytest.TempPathFactory, before: list[str], after: list[str], twice: bool
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    here = reviewable(folder / "here", questions(20))
    there = elsewhere(here, folder)
    review = open_review(there, reviewer="bo")
    press(review, "".join(before))
    if log_of(there, "bo").exists():
        merge(here, [log_of(there, "bo")] * (1 + twice), None)
    press(review, "".join(after))
    if log_of(there, "bo").exists():
        merge(here, [log_of(there, "bo")], None)
        merge(there, [log_of(here, "bo")], None)
    assert Verdicts(log_of(here, "bo")).order == Verdicts(log_of(there, "bo")).order


def test_work_of_one_reader_on_two_machines_comes_together(project: Project, tmp_path: Path) -> None:
    press(open_review(project, reviewer="ann"), "a" * 3)
    there = elsewhere(project, tmp_path)
    press(open_review(there, reviewer="ann"), "xxu")
    press(open_review(project, reviewer="ann"), "a")
    merge(project, [log_of(there, "ann")], None)
    # The verdict that was taken back is theirs, not the one given here in between.
    said = [one.verdict for one in Verdicts(log_of(project, "ann")).order]
    assert sorted(said) == ["accept"] * 4 + ["reject"]


def test_equal_lines_are_as_many_as_they_were(project: Project, tmp_path: Path) -> None:
    there = elsewhere(project, tmp_path)
    press(open_review(there, reviewer="bo"), "a")
    path = log_of(there, "bo")
    merge(project, [path], None)
    path.write_bytes(path.read_bytes() * 3)
    assert (merge(project, [path], None)[0].new, merge(project, [path], None)[0].new) == (2, 0)


def test_a_line_that_settles_where_nobody_differs_overrules_nobody(project: Project) -> None:
    review = open_review(project)
    press(review, "x" + "a" * 9)
    [against] = review.bad_rows().values()
    before = open_review(project).report().bound
    lone = replace(against, verdict="accept", reason=None)
    Verdicts(project.reviews_of("ann"), DISAGREEMENTS).decide(lone)
    assert open_review(project).report().bound == before and list(open_review(project).bad_rows()) == [against.row]
    Verdicts(project.reviews_of("ann")).decide(lone)
    assert not open_review(project).bad_rows(), "now there is something to settle"


def test_a_file_without_a_name_needs_one(project: Project, tmp_path: Path) -> None:
    there = elsewhere(project, tmp_path)
    press(open_review(there), "ax")
    with pytest.raises(UsageError, match="does not say whose"):
        merge(project, [there.reviews], None)
    assert merge(project, [there.reviews], "bo")[0].new == 2
    shutil.copy(there.reviews, tmp_path / "cy.jsonl")
    assert merge(project, [tmp_path / "cy.jsonl"], None)[0].reader == "cy"


def test_a_file_of_other_rows_is_refused_with_the_reason_and_nothing_is_written(
    project: Project, tmp_path: Path
) -> None:
    good = elsewhere(project, tmp_path)
    press(open_review(good, reviewer="bo"), "a")
    other = reviewable(tmp_path / "other", [example(n, f"Other {n}?", "Yes.") for n in range(60)])
    press(open_review(other, reviewer="cy"), "ax")
    with pytest.raises(DataError, match="2 of the 2 rows that it judges in v1 are not in v1 here"):
        merge(project, [log_of(good, "bo"), log_of(other, "cy")], None)
    assert readers(project) == {}


def test_the_same_rows_drawn_anew_are_refused(project: Project, tmp_path: Path) -> None:
    there = elsewhere(project, tmp_path)
    manifest = current(there).folder / "manifest.json"
    said = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps({**said, "created": "2020-01-01T00:00:00+00:00"}), encoding="utf-8")
    press(open_review(there, reviewer="bo"), "a")
    with pytest.raises(DataError, match="drawn from another v1"):
        merge(project, [log_of(there, "bo")], None)


def test_readers_who_began_in_different_versions_all_count(project: Project, tmp_path: Path) -> None:
    there = elsewhere(project, tmp_path)
    press(open_review(there, reviewer="bo"), "a" * 40)
    made = derive(current(project), project.data, "redact", lambda number, row: None)
    with project.changing("test"):
        adopt_derived(project, made)
    press(open_review(project, reviewer="ann"), "a" * 40)
    merge(project, [log_of(there, "bo")], None)
    report = open_review(project, reviewer="ann").report()
    assert report.readers == {"ann": 40, "bo": 40} and report.own == 40 and report.bound.looked_at > 40
    press(open_review(project, reviewer="ann"), "a")
    press(open_review(project, reviewer="bo"), "a")
    assert open_review(project).report().readers == {"ann": 41, "bo": 41}


def test_a_version_that_is_not_here_is_named(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "bo.jsonl"
    line = {"queue": "random", "row": "a" * 32, "verdict": "accept", "version": "../v9", "at": "", "shown": ""}
    path.write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"speaks of \.\./v9, which is not here"):
        merge(project, [path], None)


@pytest.mark.parametrize("content", [b"", b"[1]\n{}\n", b'{"queue":"random"}\n', b"\xff\xfe\x00", b'{"queue":"random"'])
def test_a_file_without_verdicts_is_refused(project: Project, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bo.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match="holds no verdicts"):
        merge(project, [path], None)
    for odd in (tmp_path, tmp_path / "none.jsonl", Path("/dev/null")):
        with pytest.raises(TunewrightError):
            merge(project, [odd], None)


def test_merging_by_command_says_how_far_readers_agree(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    press(open_review(project, reviewer="ann"), "a" * 25)
    there = elsewhere(project, tmp_path)
    save(there, "Short answers are right.")
    press(open_review(there, reviewer="bo"), "a" * 20 + "x" * 5)
    words = ["review", "merge", str(log_of(there, "bo")), "--project", str(project.root)]
    assert cli.main(words) == 0
    said = capsys.readouterr().out
    assert "bo.jsonl: 25 new lines of bo, 0 were here" in said and "they agree on 80.0%" in said
    assert "version 1 of a guideline that is not here" in said
    assert cli.main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["files"][0]["known"] == 25


def odd_file(project: Project, tmp_path: Path, **said: object) -> Path:
    """A file that another has written by hand: an edit of the first row."""
    row, at = current(project).row(0), "2026-01-01T00:00:00.000+00:00"
    line = {"queue": "random", "row": row.id, "verdict": "edit", "version": current(project).name, "at": at}
    path = tmp_path / "bo.jsonl"
    path.write_text(json.dumps({**line, "shown": at, "before": row.answer, "after": row.answer, **said}) + "\n")
    return path


def test_no_secret_of_another_readers_file_is_kept(project: Project, tmp_path: Path) -> None:
    path = odd_file(
        project, tmp_path, after=f"the key is {SECRET}", shown=SECRET, before=SECRET, note=[SECRET], x=SECRET
    )
    merge(project, [path], None)
    apply_verdicts(project)
    files = [one for one in project.root.rglob("*") if one.is_file()]
    assert not [one for one in files if SECRET.encode() in one.read_bytes()]
    assert "the key is <SECRET:" in (Verdicts(log_of(project, "bo")).order[0].after or "")
    assert merge(project, [path], None)[0].known == 1


@pytest.mark.parametrize(
    "said",
    [
        {"after": ""},
        {"after": "x", "part": "messages.99.calls.0"},
        {"after": '{"messages": 5', "part": "row"},
        {"after": '{"messages": [{"role": "user", "content": "x"}]}', "part": "row"},
    ],
)
def test_an_edit_that_its_row_cannot_take_is_not_merged(
    project: Project, tmp_path: Path, said: dict[str, object]
) -> None:
    with pytest.raises(DataError, match=f"the edit of row {current(project).row(0).id[:8]}: "):
        merge(project, [odd_file(project, tmp_path, **said)], None)
    assert not log_of(project, "bo").exists()


# The guideline


def test_each_text_is_a_version_and_a_verdict_names_it(project: Project) -> None:
    press(open_review(project), "a")
    assert guideline(project) is None and versions(project) == []
    assert save(project, "Short is right.\r\n\r\n").version == 1
    assert save(project, "Short is right.").version == 1
    press(open_review(project), "a")
    assert save(project, "Short and polite is right.").version == 2
    press(open_review(project), "a")
    assert [line.get("guideline") for line in lines(project.reviews)] == [None, 1, 2]  # type: ignore[attr-defined]
    report = open_review(project).report()
    assert (report.guideline, report.older) == (2, 2)
    first = guideline(project, 1)
    assert first and first.text == "Short is right.\n"
    with pytest.raises(UsageError, match="no version 3"):
        guideline(project, 3)


@pytest.mark.parametrize("text", ["", " \n ", "x" * 100_001, "a\ud800"])
def test_a_text_that_is_none_is_refused(project: Project, text: str) -> None:
    with pytest.raises(UsageError):
        save(project, text)
    assert versions(project) == []


def test_a_secret_in_it_is_masked_and_a_clarification_names_its_row(project: Project) -> None:
    row = current(project).row(3)
    made = clarify(project, row, f"Greetings\nalone are wrong; the token {SECRET} too.")
    assert made.version == 1 and made.text.startswith(START.rstrip())
    assert made.text.endswith(f"too. (row {row.id[:8]}, rows.jsonl:4)\n") and SECRET not in made.text
    with pytest.raises(UsageError, match="nothing was said"):
        clarify(project, row, " \n")


def test_two_who_save_in_one_moment_are_both_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    save(project, "One.")
    # As if the first had not been there when this one looked.
    monkeypatch.setattr("engine.guideline.versions", lambda project: [])
    assert save(project, "Another.").version == 2
    assert [(project.guidelines / f"{n}.md").read_text(encoding="utf-8") for n in (1, 2)] == ["One.\n", "Another.\n"]


def test_other_files_in_the_folder_are_no_versions(project: Project) -> None:
    save(project, "One.")
    for name in ("notes.md", "01.md", "².md", "3.txt", "-1.md"):
        (project.guidelines / name).write_text("x", encoding="utf-8")
    assert versions(project) == [1] and save(project, "Two.").version == 2


def test_the_guideline_by_command(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*words: str) -> str:
        assert cli.main(["review", "guideline", *words, "--project", str(project.root)]) == 0
        return capsys.readouterr().out

    assert run() == ""
    text = tmp_path / "text.md"
    text.write_text("Be \x1b[31mshort.", encoding="utf-8")
    assert "version 1" in run("--set", str(text))
    row = current(project).row(0)
    assert f"Not so. (row {row.id[:8]}" in run("--add", "Not so.", "--row", row.id[:10])
    script = tmp_path / "editor"
    script.write_text("#!/bin/sh\necho 'One more.' >> $1\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))
    shown = run("--edit")
    assert "version 3" in shown and "One more." in shown and "\x1b" not in shown
    assert json.loads(run("--show", "1", "--json"))["version"] == 1
    assert cli.main(["review", "guideline", "--add", "x", "--row", "zz", "--project", str(project.root)]) == 2
    assert "no rows begin with 'zz'" in capsys.readouterr().err
