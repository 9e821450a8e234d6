"""A project that is ready to train: a tiny model, a split data version, a plan."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.data.rows import Row, row_id
from engine.data.versions import writing
from engine.model import inspect_model
from engine.plan.defaults import Situation, make_plan
from engine.plan.lengths import Lengths
from engine.plan.recipe import store
from engine.project import Project
from tests.tiny import make_model

QUEUES = ("A1", "B7", "C3")
WORDS = ("kettle", "parcel", "money", "Monday", "red", "green", "blue")


@pytest.fixture(scope="session")
def tiny_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("llama"))


@pytest.fixture(scope="session")
def tiny_qwen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its template does not mark what the assistant says."""
    return make_model(tmp_path_factory.mktemp("qwen"), kind="qwen3", marks_generation=False)


@pytest.fixture
def ready(tmp_path: Path) -> Callable[..., Project]:
    """ready(model, method=..., rows=..., **recipe values) -> Project"""
    return lambda model, **values: planned_project(tmp_path / "project", model, **values)


def planned_project(folder: Path, model: Path, *, method: str = "lora", rows: int = 48, **values: Any) -> Project:
    """A project with `rows` rows and a plan of 2 epochs, unless `values` say otherwise."""
    project = Project.create(folder)
    write_rows(project, rows)
    facts = inspect_model(model, require_template=True)
    situation = Situation(
        model=facts,
        data_version="v1",
        method=method,
        rows=rows * 2 // 3,
        lengths=Lengths(rows, 60, 8),
        gpu=False,
        free_bytes=8 << 30,
    )
    defaults = {"epochs": 2, "batch_size": 8, "eval_every": 2, "learning_rate": 5e-3, "new_tokens": 8}
    plan = make_plan(situation, {**defaults, **values})
    project.set("model", {"path": str(model), "fingerprint": facts.fingerprint})
    store(project, plan.recipe)
    return project


def write_rows(project: Project, rows: int) -> None:
    with writing(project.data) as version:
        for number in range(rows):
            text = f"The {WORDS[number % 7]} {number} leaks and I want my {WORDS[number % 5]} back."
            messages = [{"role": "user", "content": text}, {"role": "assistant", "content": QUEUES[number % 3]}]
            split = "train" if number % 6 < 4 else "validation" if number % 6 == 4 else "test"
            source = {"file": "made.jsonl", "line": number + 1, "byte": 0}
            row = Row(row_id(messages, None), messages, {}, source, ["import"])
            version.add(row.placed(row.id, split))
        version.finish({"parent": None, "step": "split"})
    project.set("data", {"version": "v1"})
