"""Baseline and evaluation of a project: which sets, which systems, and what they show for the gates."""

from collections import Counter
from pathlib import Path
from typing import Literal

from engine import audit, journey
from engine.data.load import load_rows
from engine.errors import DataError, UsageError
from engine.evalsets import Extra, named
from engine.evaluate.found import FREE_TEXT, PRIMARY, Evaluation
from engine.findings import BaselineFound, RunEvaluation, keep_baseline, keep_evaluation, now, openings
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


def baseline(project: Project, extra: Extra, told: Told) -> Evaluation:
    """Measures the base model on validation and on what is `extra`; saves what was found and records the evidence."""
    recipe = planned(project)
    sets = [split_set(project, recipe, "validation"), *_unseen(project, recipe, _sets(extra))]
    measure_baselines(project, recipe, sets, told)
    found = BaselineFound(evaluate_baselines(project, recipe, sets), now(), len(shots_of(project, recipe)))
    keep_baseline(project, recipe, found)
    rests_on = {"data": recipe.data_version, "model": recipe.model_fingerprint}
    journey.record(project, "baseline", [journey.Evidence("measured", "passed", _shown(found), rests_on)])
    return found.evaluation


def _shown(found: BaselineFound) -> str:
    systems = found.evaluation.of_set("validation")
    values = [f"{system} {measures[PRIMARY].value:.1%}" for system, measures in systems.items()]
    few = f"few-shot with {found.shots} examples" if found.shots else "no few-shot: not one example fits the context"
    blind = f"; {FREE_TEXT}" if found.evaluation.verdicts.get("validation") == FREE_TEXT else ""
    return f"exact match on validation: {', '.join(values)}; {few}{blind}"


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
    sets = [split_set(project, recipe, "validation"), *_unseen(project, recipe, _sets(extra))]
    if open_the_test:
        audit.append(project.audit, "test.open", run=run.id, data=recipe.data_version)
        sets.append(split_set(project, recipe, "test"))
    measure_baselines(project, recipe, sets, told)
    measure_tuned(run, sets, told)
    opened = now() if open_the_test else None
    found = RunEvaluation(run, evaluate_run(run, sets), now(), opened, openings(project))
    keep_evaluation(found)
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


def _sets(extra: Extra) -> list[EvalSet]:
    """Raises UsageError for another form than NAME=FILE or a name given twice, DataError for rows of no use."""
    files = [named(text) for text in extra.files]
    twice = [name for name, count in Counter(name for name, _ in files).items() if count > 1]
    if twice:
        raise UsageError(f"--set {twice[0]} is given twice", hint="give each set a name of its own")
    general = [_set("general", extra.general, None, ("base",))] if extra.general else []
    return [_set(name, file, extra.cluster, BASELINES) for name, file in files] + general


def _set(name: str, file: Path, cluster: str | None, baselines: tuple[str, ...]) -> EvalSet:
    rows = tuple(row for row in load_rows(file) if row.wanted)
    clusters = tuple(str(row.meta.get(cluster, row.id)) if cluster else row.id for row in rows)
    return EvalSet(name, rows, clusters, baselines)


def _record(found: RunEvaluation, rests_on: dict[str, str]) -> None:
    verdict = found.evaluation.verdicts["test"]
    tuned = found.evaluation.systems["tuned"]["test"]["exact_match"]
    text = (
        f"{found.run.id} on {tuned.n} test rows: {tuned.value:.1%} ({tuned.low:.1%} to {tuned.high:.1%}); {verdict}; "
        f"openings of the test so far: {found.test_openings}"
    )
    state: Literal["passed", "failed"] = "passed" if found.evaluation.better("test") else "failed"
    evidence = journey.Evidence("beats_baseline", state, text, rests_on)
    journey.record(found.run.project, "evaluate", [evidence])
