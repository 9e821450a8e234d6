"""Baseline and evaluation of a project: which sets, which systems, and what they show for the gates."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine import audit, journey
from engine.data.load import load_rows
from engine.errors import DataError, UsageError
from engine.evaluate.compare import Evaluation
from engine.measure import (
    BASELINES,
    EvalSet,
    Told,
    evaluate_baselines,
    evaluate_run,
    measure_baselines,
    measure_tuned,
    shots_of,
    split_set,
)
from engine.plan.recipe import Recipe, frozen, planned
from engine.project import Project, RunFolder
from engine.runs.evidence import record_evidence
from engine.runs.watch import LIVE, watch


@dataclass(frozen=True, slots=True)
class RunEvaluation:
    run: RunFolder
    evaluation: Evaluation
    test_openings: int
    """How often the sealed test of this project has been scored."""

    def document(self) -> dict[str, Any]:
        return {"run": self.run.id, "test_openings": self.test_openings, **self.evaluation.document()}


@dataclass(frozen=True, slots=True)
class Extra:
    """What is answered besides the project's own splits."""

    files: Sequence[str] = ()
    """NAME=FILE: more rows of the task."""
    cluster: str | None = None
    """Column of these files whose equal values belong together in intervals."""
    general: Path | None = None
    """General questions, answered by the base and the tuned model: what tuning makes it forget."""

    def sets(self) -> list[EvalSet]:
        """Raises UsageError for another form than NAME=FILE, DataError for rows that cannot be used."""
        general = [_set("general", self.general, None, ("base",))] if self.general else []
        sets = [_named(text, self.cluster) for text in self.files] + general
        twice = [name for name, count in Counter(one.name for one in sets).items() if count > 1]
        if twice:
            raise UsageError(f"--set {twice[0]} is given twice", hint="give each set a name of its own")
        return sets


def baseline(project: Project, extra: Extra, told: Told) -> Evaluation:
    """Measures the base model on validation and on what is `extra`, and records the evidence."""
    recipe = planned(project)
    sets = [split_set(project, recipe, "validation"), *_unseen(project, recipe, extra.sets())]
    measure_baselines(project, recipe, sets, told)
    found = evaluate_baselines(project, recipe, sets)
    shown = [f"{system} {sets['validation']['exact_match'].value:.1%}" for system, sets in found.systems.items()]
    shots = len(shots_of(project, recipe))
    few = f"few-shot with {shots} examples" if shots else "no few-shot: not one example fits the context"
    text = f"exact match on validation: {', '.join(shown)}; {few}"
    rests_on = {"data": recipe.data_version, "model": recipe.model_fingerprint}
    journey.record(project, "baseline", [journey.Evidence("measured", "passed", text, rests_on)])
    return found


def evaluate(run: RunFolder, extra: Extra, *, open_the_test: bool, told: Told) -> RunEvaluation:
    """Measures the run's model against every baseline on validation, on what is `extra`, and on the test when asked.

    Opening the test is recorded before anything is scored. Only the test decides the gate.
    """
    if not run.model.exists():
        state = watch(run).state
        way = "follow" if state in LIVE else "resume"
        raise DataError(f"{run.id} has no model yet: it is {state}", hint=f"tunewright {way} {run.id}")
    record_evidence(run)
    project, recipe = run.project, frozen(run)
    sets = [split_set(project, recipe, "validation"), *_unseen(project, recipe, extra.sets())]
    if open_the_test:
        audit.append(project.audit, "test.open", run=run.id, data=recipe.data_version)
        sets.append(split_set(project, recipe, "test"))
    measure_baselines(project, recipe, sets, told)
    measure_tuned(run, sets, told)
    found = RunEvaluation(run, evaluate_run(run, sets), _openings(project))
    if open_the_test:
        _record(found, {**recipe.facts(), "run": run.id})
    return found


def _unseen(project: Project, recipe: Recipe, sets: list[EvalSet]) -> list[EvalSet]:
    """`sets`, none of whose rows is trained on. Raises DataError: such a score would only show memory."""
    trained = {row.id for row in split_set(project, recipe, "train").rows} if sets else set()
    for one in sets:
        known = sum(row.id in trained for row in one.rows)
        if known:
            raise DataError(
                f"{known} of {len(one.rows)} rows of {one.name} are in the training split",
                hint="leave them out: what was trained on measures memory, not skill",
            )
    return sets


def _named(text: str, cluster: str | None) -> EvalSet:
    name, _, file = text.partition("=")
    if not file or not name.isidentifier() or name in ("train", "validation", "test", "general"):
        raise UsageError(f"not NAME=FILE: {text}", hint="for example --set hard=hard_cases.jsonl")
    return _set(name, Path(file), cluster, BASELINES)


def _set(name: str, file: Path, cluster: str | None, baselines: tuple[str, ...]) -> EvalSet:
    rows = tuple(load_rows(file))
    clusters = tuple(str(row.meta.get(cluster, row.id)) if cluster else row.id for row in rows)
    return EvalSet(name, rows, clusters, baselines)


def _record(found: RunEvaluation, rests_on: dict[str, str]) -> None:
    verdict = found.evaluation.verdicts["test"]
    tuned = found.evaluation.systems["tuned"]["test"]["exact_match"]
    text = (
        f"{found.run.id} on {tuned.n} test rows: {tuned.value:.1%} ({tuned.low:.1%} to {tuned.high:.1%}); {verdict}; "
        f"openings of the test so far: {found.test_openings}"
    )
    state: Literal["passed", "failed"] = "passed" if verdict.startswith("better") else "failed"
    evidence = journey.Evidence("beats_baseline", state, text, rests_on)
    journey.record(found.run.project, "evaluate", [evidence])


def _openings(project: Project) -> int:
    return sum(entry["event"] == "test.open" for entry in audit.entries(project.audit))
