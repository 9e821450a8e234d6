"""What a project tells the cost model: rows, tokens, epochs, answers, speed, the card."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.costing import ProjectFacts, facts
from engine.costing.facts import model_name
from engine.data.report import make_report
from engine.data.versions import open_version
from engine.machine import record
from engine.machine.gpus import Gpu
from engine.machine.report import inspect_machine
from engine.model import BUILT_IN, inspect_model
from engine.plan.defaults import Situation, make_plan
from engine.plan.lengths import Lengths
from engine.plan.recipe import Recipe
from engine.project import Project
from engine.where.chosen import Chosen, keep
from tests.unit.kept_rows import kept, row
from tests.unit.made_rows import split_project
from tests.unit.tiny_model import write_model

METRICS = {"t": 1.0, "kind": "metrics", "loss": 1.0}


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    model = inspect_model(write_model(tmp_path / "model"))
    situation = Situation(model, "v3", "lora", 600, Lengths(600, 100, 20), gpu=False, free_bytes=2**33)
    return make_plan(situation, {}).recipe


def run_with(project: Project, recipe: Recipe, paces: list[Any], padding: int = 0) -> str:
    """A run of the recipe that logged these speeds, and died in the middle of a line."""
    run = project.new_run(recipe.to_toml())
    lines = [json.dumps({"t": 1.0, "kind": "note", "text": "x" * padding})]
    lines += [json.dumps({**METRICS, "step": step, "tokens_per_s": pace}) for step, pace in enumerate(paces, 1)]
    run.events.write_text("\n".join(lines) + "\n" + '{"torn', encoding="utf-8")
    return run.id


@pytest.mark.parametrize(
    ("answered", "asked", "may"),
    [({}, {}, None), ({"data_may_leave": "yes"}, {}, True), ({"data_may_leave": "no"}, {}, False),
     ({"data_may_leave": "yes"}, {"privacy": "here"}, False), ({}, {"privacy": "zero-retention"}, None)],
)  # fmt: skip
def test_data_stays_when_either_step_says_so(
    project: Project, answered: dict[str, str], asked: dict[str, str], may: bool | None
) -> None:
    project.set("decide", answered)
    project.set("where", asked)
    assert facts(project).data_may_leave is may


def test_speed_is_the_median_of_the_last_steps_of_the_newest_run_that_tells(project: Project, recipe: Recipe) -> None:
    mine = replace(recipe, model="/models/Qwen3-8B")
    run_with(project, mine, [1.0, 2.0, 3.0])
    newest = run_with(project, mine, [9.0] * 60 + [100.0] * 49 + [5.0], padding=100_000)
    run_with(project, mine, ["fast", None, -1, 0])
    found = facts(project)
    assert (found.tokens_per_s, found.run, found.run_model) == (100, newest, "Qwen3-8B")


def test_a_run_whose_recipe_is_damaged_is_passed_over(project: Project, recipe: Recipe) -> None:
    first = run_with(project, replace(recipe, model="/models/Qwen3-8B"), [7.0])
    second = run_with(project, recipe, [8.0])
    project.run(second).recipe.write_text("model = [", encoding="utf-8")
    assert facts(project).run == first


@pytest.mark.parametrize(
    ("names", "gpu", "gpus"),
    [(["NVIDIA H100, 80GB; HBM3"], "NVIDIA H100, 80GB; HBM3", 1), (["L4", "L4"], "L4", 2), ([], None, 0)],
)
def test_the_card_is_the_one_that_was_found_when_the_machine_was_looked_at(
    project: Project, names: list[str], gpu: str | None, gpus: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = [Gpu(name, 2**36, 2**36, (9, 0), "580.1") for name in names]
    machine = replace(inspect_machine(tmp_path), gpus=cards)
    monkeypatch.setattr(record, "inspect_machine", lambda folder: machine)
    record.record_machine(project)
    assert (facts(project).gpu, facts(project).gpus) == (gpu, gpus)
    old = {"looked": "x", "facts": [["GPU", "L4, 1 GiB of 2 GiB free, driver 1"]], "lacks": []}
    project.machine.write_text(json.dumps(old), encoding="utf-8")
    assert (facts(project).gpu, facts(project).gpus) == (None, None)
    project.machine.write_text("{", encoding="utf-8")
    assert facts(project).gpus is None


def test_without_a_project_nothing_is_known() -> None:
    assert facts(None) == ProjectFacts()


def test_an_empty_project_knows_nothing(project: Project) -> None:
    assert facts(project) == ProjectFacts()


def test_answers_plan_and_destination_are_read(project: Project) -> None:
    project.set("decide", {"requests_per_month": 20_000, "data_may_leave": "no"})
    project.set("plan", {"epochs": 2, "method": "full"})
    project.set("model", {"path": "/models/Qwen3-8B"})
    keep(project, Chosen("tinker", "Tinker", "2026-11-21T00:00:00+00:00"))
    found = facts(project)
    assert (found.requests_per_month, found.data_may_leave, found.epochs) == (20_000, False, 2)
    assert (found.destination, found.model, found.method) == ("tinker", "Qwen3-8B", "full")


def test_rows_are_those_of_train_once_there_is_a_split(project: Project, tmp_path: Path) -> None:
    kept(project, [row(f"question number {number}", "yes") for number in range(10)])
    before = facts(project)
    assert (before.rows, before.rows_of) == (10, "all of v1, not split yet")
    parted = split_project(Project.create(tmp_path / "split"))
    split = facts(parted)
    version = parted.data_version()
    assert version is not None and split.rows_of == f"train of {version}"
    rows = list(open_version(parted.version_folder(version)).rows())
    assert split.rows == sum(one.split == "train" for one in rows) < len(rows)


def test_tokens_come_from_the_report_else_from_some_rows(project: Project) -> None:
    kept(project, [row("a" * 42, "b" * 42) for _ in range(500)])
    sampled = facts(project)
    assert sampled.tokens_per_row == pytest.approx(20)
    assert sampled.tokens_method == "estimate: characters / 4.2 of 200 rows"
    assert not sampled.tokens_counted
    make_report(project)
    estimated = facts(project)
    assert estimated.tokens_per_row == pytest.approx(20, abs=1)
    assert not estimated.tokens_counted
    project.set("model", {"fingerprint": "x"})
    make_report(project)
    counted = facts(project)
    assert counted.tokens_counted
    assert counted.tokens_method == "counted with the model's tokenizer"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (None, None),
        ("built-in", None),
        (str(BUILT_IN), None),
        ("/models/Qwen3-8B", "Qwen3-8B"),
        ("/h/hub/models--Qwen--Qwen3-8B/snapshots/abc", "Qwen3-8B"),
    ],
)
def test_a_model_is_named_by_its_folder(path: str | None, name: str | None) -> None:
    assert model_name(path) == name
