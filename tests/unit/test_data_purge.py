"""Deleting old rows: what rests on them is said first, nothing that is needed goes, everything goes on working."""

import json
from pathlib import Path
from random import Random

import pytest

from engine import audit, cli
from engine.applying import apply_verdicts
from engine.data.adopt import current
from engine.data.history import history
from engine.data.outcomes import listed, purged
from engine.data.overview import overview
from engine.data.rows import Row
from engine.data.versions import last_record, open_version
from engine.errors import DataError, UsageError
from engine.project import Project
from engine.purging import purge, purgeable
from engine.reviewing import open_review
from tests.unit.test_data_split import row, sentence, version
from tests.unit.test_reviewing import chat, imported, press

SECRET_TEXT = "Miriam Quist lives in Elm Road"


@pytest.fixture
def aged(project: Project, tmp_path: Path) -> Project:
    """v1 import, v2 clean, v3 split, v4 and v5 a second import and its split."""
    rows = [chat(f"Where is parcel {number} of {number * 7}?", f"It is {number} away.") for number in range(40)]
    imported(project, tmp_path, [*rows, rows[0], chat(SECRET_TEXT, "Noted.")], "clean --drop duplicates", "split")
    return imported(project, tmp_path, [*rows, *(chat(f"New thing {n}?", f"Yes {n}.") for n in range(9))], "split")


def splits(project: Project) -> dict[str, str | None]:
    return {one.id: one.split for one in current(project).rows()}


def purge_now(project: Project, everything: bool = False) -> list[str]:
    with project.changing("data purge"):
        return [one.name for one in purge(project, everything).going]


def files(project: Project) -> str:
    """All that lies in the project's versions and reports, as text."""
    paths = [path for name in ("data", "reports") for path in (project.root / name).rglob("*") if path.is_file()]
    return "".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)


def test_old_rows_go_and_manifests_stay(aged: Project) -> None:
    before, lineage = splits(aged), overview(aged)
    assert SECRET_TEXT in files(aged)
    (aged.report_folder("v2") / "1").mkdir(parents=True)
    (aged.report_folder("v2") / "1" / "members.jsonl").write_text(SECRET_TEXT, encoding="utf-8")
    (aged.report_folder("v2") / "certificate.json").write_text("{}", encoding="utf-8")
    found = purgeable(aged)
    assert [one.name for one in found.going] == ["v1", "v2", "v3", "v4"]
    assert SECRET_TEXT in files(aged)
    assert purge_now(aged) == ["v1", "v2", "v3", "v4"]
    assert SECRET_TEXT not in files(aged)
    assert [path.name for path in aged.report_folder("v2").iterdir()] == ["certificate.json"]
    assert splits(aged) == before
    again = overview(aged)
    assert again and lineage and again.lineage == lineage.lineage
    with pytest.raises(DataError, match="the rows of v2 were deleted on 20") as gone:
        open_version(aged.version_folder("v2"))
    assert "data show" in gone.value.hint
    assert list(audit.entries(aged.audit))[-1]["versions"] == ["v1", "v2", "v3", "v4"]
    with pytest.raises(UsageError, match="no old version has rows to delete"):
        purge_now(aged)


def test_a_later_split_keeps_every_row_where_it_was(aged: Project, tmp_path: Path) -> None:
    before = splits(aged)
    purge_now(aged)
    rows = [chat(f"Where is parcel {number} of {number * 7}?", f"It is {number} away.") for number in range(40)]
    imported(aged, tmp_path, [*rows, chat("Later still?", "Yes.")])
    assert last_record(aged.data) == aged.version_folder("v5")
    assert purge_now(aged) == ["v5"]
    assert sorted(path.name for path in aged.version_folder("v5").iterdir()) == [
        "groups.txt",
        "manifest.json",
        "templates.u64",
    ]
    assert cli.main(["data", "split", "--project", str(aged.root)]) == 0
    after = splits(aged)
    assert {one: side for one, side in after.items() if one in before}.items() <= before.items()
    assert overview(aged).version.name == "v7"  # type: ignore[union-attr]
    assert purge_now(aged) == ["v5", "v6"]
    assert not (aged.version_folder("v5") / "groups.txt").exists()


def test_the_sample_of_the_review_stays_unless_all_is_to_go(aged: Project) -> None:
    review = open_review(aged)
    press(review, "aaxa")
    looked_at = review.report().counts
    with aged.changing("review apply"):
        apply_verdicts(aged)
    assert aged.data_version() == "v7"
    found = purgeable(aged)
    assert (found.kept, [one.name for one in found.going]) == (("v5", "v6"), ["v1", "v2", "v3", "v4"])
    purge_now(aged)
    assert open_review(aged).report().counts == looked_at
    with pytest.raises(UsageError, match="no old version") as nothing:
        purge_now(aged)
    assert "v5, v6 stays for the review: --all" in nothing.value.hint
    assert "draws a new sample" in " ".join(purgeable(aged, everything=True).resting)
    assert purge_now(aged, everything=True) == ["v5", "v6"]
    review = open_review(aged)
    assert review.card() is not None
    press(review, "a")
    assert review.bad_rows() == {} or set(review.bad_rows()).isdisjoint(splits(aged))


def test_what_rests_on_old_rows_is_said_first(aged: Project) -> None:
    run = aged.new_run('data_version = "v3"\n')
    aged.new_run("damaged = [\n")
    aged.set("plan", {"data_version": "v3"})
    (aged.exports / "data-v3-openai").mkdir(parents=True)
    said = " ".join(purged({**purgeable(aged).document(), "done": False}))
    assert f"{run.id} learned from v3" in said and "plan again" in said
    assert "exports/: rows as they were exported" in said
    assert "42 rows (import)" in said


def test_what_was_interrupted_can_be_done_again(aged: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(path: Path, missing_ok: bool = False) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", killed)
        with pytest.raises(KeyboardInterrupt):
            purge_now(aged)
    with pytest.raises(DataError, match="were deleted"):
        open_version(aged.version_folder("v1"))
    assert (aged.version_folder("v1") / "rows.jsonl").exists()
    assert purge_now(aged) == ["v1", "v2", "v3", "v4"]
    assert not (aged.version_folder("v1") / "rows.jsonl").exists()


def test_versions_are_listed_with_what_made_them(aged: Project, capsys: pytest.CaptureFixture[str]) -> None:
    purge_now(aged)
    found = history(aged)
    assert [(one["name"], one["step"], one["parent"]) for one in found] == [
        ("v5", "split", "v4"),
        ("v4", "import", None),
        ("v3", "split", "v2"),
        ("v2", "clean", "v1"),
        ("v1", "import", None),
    ]
    lines = listed({"versions": found})
    assert lines[0].startswith("* v5: split from v4, 49 rows") and "rows deleted on" not in lines[0]
    assert lines[4].startswith("  v1: import, 42 rows") and "rows deleted on" in lines[4]
    (aged.version_folder("v1") / "manifest.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match="not the manifest of a version"):
        history(aged)


def test_by_command_nothing_goes_without_yes(aged: Project, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["data", "purge", "--project", str(aged.root), "--json"]
    capsys.readouterr()
    assert cli.main(command) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["done"] is False
    assert "add --yes" in told.err
    assert open_version(aged.version_folder("v1"))
    assert cli.main([*command, "--yes"]) == 0
    with pytest.raises(DataError):
        open_version(aged.version_folder("v1"))


def test_a_project_without_old_versions_has_nothing_to_delete(project: Project) -> None:
    with pytest.raises(DataError, match="no data yet"):
        purgeable(project)
    rows: list[Row] = [row(sentence(Random(1)))]
    project.set("data", {"version": version(project.data, rows).name})
    assert purgeable(project).going == ()
