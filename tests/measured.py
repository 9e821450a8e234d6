"""Projects whose models were measured, without a model: the answers are written as a worker would write them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from engine import audit
from engine.evaluate.compare import evaluate
from engine.evaluate.outputs import Output, read_outputs, write_outputs
from engine.findings import (
    BaselineFound,
    RunEvaluation,
    baseline_folder,
    keep_baseline,
    keep_evaluation,
    openings,
    output_file,
)
from engine.plan.recipe import planned
from engine.project import Project, RunFolder
from tests.unit.tiny_model import write_model
from tests.worker.conftest import planned_project

WHEN = "2026-11-21 14:01:12 UTC"
BASELINES = {"base": [False] * 12, "base_few_shot": [True] * 3 + [False] * 9, "trivial": [False] * 12}
TUNED = [True] * 11 + [False]


def answers(right: Sequence[bool], *, question: str = "Where does it go?") -> list[Output]:
    """One output a row; `question` is what every prompt asks."""
    return [
        Output(f"r{n}", f"r{n}", [{"role": "user", "content": f"{question} {n}"}], "A1", "A1" if ok else "B7", True, 2)
        for n, ok in enumerate(right)
    ]


def project_with_plan(folder: Path) -> Project:
    return planned_project(folder / "project", write_model(folder / "model"))


def with_baseline(project: Project, sets: Sequence[str] = ("validation", "hard"), **options: str) -> Project:
    """The baselines measured on `sets`."""
    folder = baseline_folder(project, planned(project))
    for name in sets:
        for system, right in BASELINES.items():
            write_outputs(output_file(folder, name, system), answers(right, **options))
    found = evaluate({name: _baselines(folder, name) for name in sets})
    keep_baseline(project, planned(project), BaselineFound(found, WHEN, 3))
    return project


def finished_run(project: Project) -> RunFolder:
    run = project.new_run(planned(project).to_toml())
    run.model.mkdir()
    return run


def evaluated(run: RunFolder, sets: Mapping[str, Sequence[bool]], *, when: str = WHEN, **options: str) -> RunEvaluation:
    """`run` compared with the baselines on `sets`, {set: which rows the tuned model gets right}."""
    with_baseline(run.project, tuple(sets), **options)
    folder = baseline_folder(run.project, planned(run.project))
    if "test" in sets:
        audit.append(run.project.audit, "test.open", run=run.id, data="v1")
    for name, right in sets.items():
        write_outputs(output_file(run.evals, name, "tuned"), answers(right, **options))
    outputs = {name: {**_baselines(folder, name), "tuned": answers(right)} for name, right in sets.items()}
    opened = when if "test" in sets else None
    found = RunEvaluation(run, evaluate(outputs), when, opened, openings(run.project))
    keep_evaluation(found)
    return found


def _baselines(folder: Path, name: str) -> dict[str, list[Output]]:
    systems = ("base",) if name == "general" else tuple(BASELINES)
    return {system: read_outputs(output_file(folder, name, system)) for system in systems}
