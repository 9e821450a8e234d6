"""General rows: read by every rule, freed of what is held out, kept for the plan, which turns stale with them."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from engine import audit, journey
from engine.data.adopt import current
from engine.data.general import chosen_general, prepared_file, wanted_rows
from engine.data.load import load_rows
from engine.data.mixing import Mixed, compared_with, mix, mix_none
from engine.data.outcomes import mixed
from engine.data.rows import Row
from engine.data.splitting import split
from engine.data.versions import open_version
from engine.errors import DataError, UsageError
from engine.plan.choices import BUILT_IN_NAME, choices
from engine.planning import plan_project
from engine.project import Project
from tests.unit.test_data_contamination import split_project
from tests.unit.test_data_split import row, sentence, version

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def chat(question: str, answer: str = "Because.", **more: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": turns, **more}


def written(path: Path, records: Sequence[Any]) -> Path:
    path.write_text(
        "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in records), encoding="utf-8"
    )
    return path


def chosen(project: Project, path: Path, share: float = 0.2) -> Mixed:
    with project.changing("data mix"):
        return mix(project, path, share)


def held_out(project: Project, side: str) -> Row:
    return next(one for one in current(project).rows() if one.split == side)


def test_the_file_is_read_by_every_rule_and_freed_of_what_is_held_out(tmp_path: Path) -> None:
    project = split_project(tmp_path)
    test, validation = held_out(project, "test"), held_out(project, "validation")
    train = held_out(project, "train")
    good = [chat(sentence(Random(1000 + at), 15)) for at in range(20)]
    records = [
        *good,
        "{broken",
        chat("", "Nobody asked."),
        good[3],
        chat(test.prompt[0], "Something else."),
        chat(f"Once more: {validation.prompt[0]}"),
        chat(train.prompt[0], train.answer),
        chat(f"Is {SECRET} right?"),
        {"prompt": "a b c", "chosen": "x", "rejected": "y"},
    ]
    made = chosen(project, written(tmp_path / "general.jsonl", records))
    facts, general = made.document(), made.general
    assert (facts["read"], general.rows, general.left_out) == (len(records), 22, 6)
    said = {one["line"]: one["why"] for one in facts["first_left_out"]}
    assert said[21] == said[22] == said[28] == "it has errors"
    assert said[23] == "it is equal to an earlier row"
    assert said[24].startswith("test has something of it: exact") and test.id[:8] in said[24]
    assert said[25].startswith("validation has something of it: ") and "passage" in said[25]
    kept = load_rows(prepared_file(project, general))
    assert len(kept) == 22
    assert train.id in {one.id for one in kept}
    text = prepared_file(project, general).read_text(encoding="utf-8")
    assert SECRET not in text and "<SECRET:" in text
    assert facts["secrets"]["findings"] == 1
    assert {problem["rule"] for problem in facts["problems"]} >= {"json-syntax", "empty-content"}


def test_how_many_rows_there_are_against_how_many_the_share_wants(tmp_path: Path) -> None:
    project = split_project(tmp_path, 100)
    path = written(tmp_path / "general.jsonl", [chat(sentence(Random(at), 15)) for at in range(500, 510)])
    train = current(project).manifest["split"]["counts"]["train"]
    facts = chosen(project, path, 0.5).document()
    assert (facts["train"], facts["wanted"], facts["taken"]) == (train, train, 10)
    assert facts["share_of_rows"] == round(10 / (train + 10), 4)
    assert "fewer rows than the share wants" in " ".join(mixed(facts))
    facts = chosen(project, path, 0.05).document()
    assert facts["taken"] == facts["wanted"] == wanted_rows(train, 0.05)
    tokens = facts["tokens"]
    assert tokens["share"] == round(tokens["general"] / (tokens["general"] + tokens["train"]), 4)
    assert "estimate" in tokens["method"]
    assert "fewer" not in " ".join(mixed(facts))


def test_the_choice_is_written_down_and_taken_back(tmp_path: Path) -> None:
    project = split_project(tmp_path)
    path = written(tmp_path / "g.jsonl", [chat(sentence(Random(at), 15)) for at in range(500, 505)])
    made = chosen(project, path)
    assert chosen_general(project) == made.general
    assert made.general.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [one["event"] for one in audit.entries(project.audit)][-1] == "data.mix"
    before = prepared_file(project, made.general)
    written(path, [chat(sentence(Random(at), 15)) for at in range(600, 605)])
    again = chosen(project, path)
    assert before.is_file() and prepared_file(project, again.general) != before
    assert not list(before.parent.glob("*.tmp"))
    with project.changing("data mix"):
        mix_none(project)
    assert chosen_general(project) is None
    assert project.data_version() == current(project).name
    with pytest.raises(UsageError, match="no general rows are chosen"):
        mix_none(project)


def test_what_cannot_be_mixed_changes_nothing(tmp_path: Path) -> None:
    project = split_project(tmp_path)
    before = project.settings_file.read_bytes()
    path = written(tmp_path / "held.jsonl", [chat(held_out(project, "test").prompt[0])] * 3)
    with pytest.raises(DataError, match="no general row is fit") as refused:
        chosen(project, path)
    assert "line 1: test has something of it" in refused.value.hint
    pairs = written(tmp_path / "pairs.jsonl", [{"prompt": "a b c", "chosen": "x", "rejected": "y"}])
    with pytest.raises(DataError, match="no general row is fit") as refused:
        chosen(project, pairs)
    assert "rejected or judged answer" in refused.value.hint
    for share in (0, 0.95, -1):
        with pytest.raises(UsageError, match="does not fit"):
            chosen(project, path, share)
    with pytest.raises(DataError, match="no such file"):
        chosen(project, tmp_path / "none.jsonl")
    assert project.settings_file.read_bytes() == before
    assert not list((project.root / "general").iterdir())
    unsplit = Project.create(tmp_path / "unsplit")
    unsplit.set("data", {"version": version(unsplit.data, [row("a b c")]).name})
    with pytest.raises(UsageError, match="v1 is not split"):
        chosen(unsplit, path)
    project.set("data", {"general": {"file": "x", "share": 2.0}})
    with pytest.raises(UsageError, match="does not fit"):
        chosen_general(project)


def test_the_plan_takes_them_over_and_turns_stale_when_they_change(tmp_path: Path) -> None:
    project = split_project(tmp_path)
    path = written(tmp_path / "g.jsonl", [chat(sentence(Random(at), 15)) for at in range(500, 540)])
    project.set("suggest", {"general_file": "/proposed.jsonl"})
    assert choices(project).own == {"general_file": "/proposed.jsonl"}
    general = chosen(project, path, 0.25).general
    assert choices(project).own == {}
    recipe = plan_project(project, method="lora", model=Path(BUILT_IN_NAME), overrides={}).recipe
    assert recipe.general_file == str(prepared_file(project, general))
    assert (recipe.general_share, recipe.reasons["general_share"]) == (0.25, "chosen in Data")
    assert recipe.reasons["general_file"] == "chosen in Data"
    assert recipe.general_sha256 == hashlib.sha256(prepared_file(project, general).read_bytes()).hexdigest()
    assert state(project) == "passed"
    chosen(project, path, 0.1)
    assert state(project) == "stale"
    recipe = plan_project(project, method="lora", model=None, overrides={"general_share": "0.3"}).recipe
    assert recipe.general_share == 0.3
    assert recipe.reasons["general_share"] == "yours; without it: 0.1 (chosen in Data)"
    with project.changing("data mix"):
        mix_none(project)
    assert state(project) == "stale"
    recipe = plan_project(project, method="lora", model=None, overrides={"general_file": str(path)}).recipe
    assert (recipe.general_file, recipe.general_share) == (str(path), 0.2)


def test_they_are_compared_again_when_the_data_has_changed(tmp_path: Path) -> None:
    project = split_project(tmp_path)
    path = written(tmp_path / "g.jsonl", [chat(sentence(Random(at), 15)) for at in range(500, 540)])
    general = chosen(project, path).general
    assert compared_with(project, general.against) == general
    rows = [*current(project).rows(), *(row(sentence(Random(at), 15)) for at in range(500, 540))]
    later = split(version(project.data, rows), project.data, 0).version
    project.set("data", {"version": later.name})
    again = compared_with(project, later.name)
    held = [one for one in open_version(later.folder).rows() if one.split in ("validation", "test")]
    assert again and again.against == later.name
    assert again.left_out == sum(one.prompt[0] in path.read_text(encoding="utf-8") for one in held) > 0
    assert (again.file, again.sha256, again.rows) == (general.file, general.sha256, 40 - again.left_out)
    path.unlink()
    project.set("data", {"general": {**again.document(), "against": "v1"}})
    assert compared_with(project, later.name) == again == chosen_general(project)


def state(project: Project) -> str:
    (step,) = (one for one in journey.read(project) if one.step.key == "plan")
    return step.items[0].state
