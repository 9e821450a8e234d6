"""The proof as it is read: each method with what it found, the texts of what is shared, and proving again."""

from pathlib import Path
from random import Random

import pytest

from engine import audit, cli, journey
from engine.data.adopt import current
from engine.data.outcomes import proven
from engine.data.proof import METHODS
from engine.data.proving import prove_again, standing_proof
from engine.data.splitting import split
from engine.data.versions import writing
from engine.errors import DataError, UsageError
from engine.project import Project
from tests.unit.test_data_contamination import split_project
from tests.unit.test_data_split import row, sentence, version


def leaking(folder: Path) -> Project:
    """A project whose splits share two rows: a copy of a test row was put into train behind our back."""
    project = Project.create(folder / "project")
    rows = [row(sentence(Random(at), 25), f"answer {at}") for at in range(30)]
    made = split(version(project.data, rows), project.data, 0).version
    twin = next(one for one in made.rows() if one.split == "test")
    with writing(project.data) as writer:
        for one in made.rows():
            writer.add(one)
        writer.add(row(f"{twin.prompt[0]} extra", f"{twin.answer} \x1b[2J[/bold]").placed("other", "train"))
        writer.finish(made.manifest)
    project.set("data", {"version": writer.name})
    return project


def gate(project: Project) -> str:
    (step,) = (one for one in journey.read(project) if one.step.key == "data")
    return next(item.state for item in step.items if item.item == "split_proof")


def test_every_method_is_shown_with_its_count(tmp_path: Path) -> None:
    project = split_project(tmp_path)
    found = standing_proof(project)
    lines = proven(found.document())
    assert not found.again and found.proof["passed"]
    for kind, how in METHODS.items():
        assert any(kind in line and how in line and "0 across splits, of 0 that rows share" in line for line in lines)
    assert "proof passed (made with the split" in lines[1]


def test_it_is_made_again_by_other_permutations_each_time(tmp_path: Path) -> None:
    project = split_project(tmp_path)
    for _ in range(2):
        with project.changing("data proof"):
            assert prove_again(project).again
    seeds = [line["seed"] for line in audit.entries(project.audit) if line["event"] == "data.proof"]
    assert seeds == [100, 101]
    assert gate(project) == "passed"
    assert "made again" in proven(standing_proof(project).document())[1]


def test_what_two_splits_share_is_shown_text_by_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = leaking(tmp_path)
    assert standing_proof(project).proof["passed"]
    command = ["data", "proof", "--project", str(project.root)]
    assert cli.main([*command, "--again"]) == 7
    assert gate(project) == "failed"
    capsys.readouterr()
    assert cli.main(command) == 7
    told = capsys.readouterr()
    twin = next(one for one in current(project).rows() if one.group == "other")
    assert "near:" in told.out and "passage:" in told.out
    assert f"train {twin.id[:8]}: {twin.prompt[0][:40]}" in told.out
    assert "\x1b" not in told.out
    assert "the splits share rows" in told.err


def test_before_the_split_and_with_a_damaged_file_it_is_said(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "project")
    with pytest.raises(UsageError, match="no split to prove"):
        standing_proof(project)
    project.set("data", {"version": version(project.data, [row("a")]).name})
    with pytest.raises(UsageError, match="no split to prove"):
        prove_again(project)
    done = split_project(tmp_path / "done")
    folder = done.report_folder(current(done).name)
    folder.mkdir(parents=True)
    (folder / "proof.json").write_text("{}", encoding="utf-8")
    with pytest.raises(DataError, match="not a proof"):
        standing_proof(done)
