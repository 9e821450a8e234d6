"""The sample help-desk at any point of the road, the same on every machine: what pictures and goldens are taken of.

No model is run: answers, losses and the export are written down here, and everything else (import, split, recipe,
scores, intervals, verdicts, gates) is what the engine makes of them.
"""

import itertools
import json
import math
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from engine import evaluation, findings, journey, measure, planning, reviewing
from engine.data.adopt import adopt, current
from engine.data.cleaning import clean
from engine.data.importing import import_files
from engine.data.mapping import Mapping
from engine.data.prepare import find_layout
from engine.data.report import make_report
from engine.data.splitting import split
from engine.decide.answers import read_answers
from engine.decide.record import record_verdict
from engine.durable import write_json
from engine.evaluate.outputs import Output, write_outputs
from engine.exports import PARITY, export_folder
from engine.machine.record import HERE, STAYS
from engine.plan.recipe import planned
from engine.project import Project, RunFolder
from engine.reviewing import open_review
from engine.sample import SAMPLE
from engine.where.chosen import Chosen, keep

STEPS = 184
NOON = 1_790_000_000.0
"""Unix seconds at which the run of the desk was started."""
MADE = "2026-09-21T13:33:20+00:00"
NOON_SAID = "2026-09-21 13:33:20 UTC"
WRONG = '{"queue":"A1","priority":1,"product":"kettle","order":null}'


def desk(folder: Path, upto: str, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project in `folder` whose gates before step `upto` are passed, or waived as the demo waives them."""
    monkeypatch.setattr(planning, "memory", lambda: (16 << 30, 12 << 30))
    monkeypatch.setattr(planning, "usable_gpus", lambda: [])
    for module in (evaluation, findings):
        monkeypatch.setattr(module, "now", lambda: "2026-09-21 13:40:00 UTC")
    project = Project.create(folder, name="sample help-desk")
    keys = list(journey.STEPS)
    for key in keys[: keys.index(upto) if upto != "end" else len(keys)]:
        _STAGES[key](project)
    return project


def _decide(project: Project) -> None:
    record_verdict(project, read_answers(SAMPLE / "answers.toml"))


def _data(project: Project) -> None:
    mapping = Mapping.make(SAMPLE / "mapping.toml", {})
    sources = [find_layout(SAMPLE / name, mapping) for name in ("tickets.csv", "tickets.jsonl")]
    for make in (
        lambda: import_files(sources, mapping, project.data),
        lambda: clean(current(project), project.data, ("duplicates", "conflicts")).version,
        lambda: split(current(project), project.data, seed=0).version,
    ):
        version = make()
        manifest = version.folder / "manifest.json"
        # The order of the review is drawn by it.
        manifest.write_text(json.dumps({**version.manifest, "created": MADE}), encoding="utf-8")
        adopt(project, version)
    journey.waive(project, "data", "pii", "the sample's personal data is invented")
    make_report(project)


def _review(project: Project) -> None:
    seconds = itertools.count(NOON, 4.0)
    with pytest.MonkeyPatch.context() as patch:
        # Somebody who reads, four seconds a row.
        patch.setattr(reviewing, "now", lambda: datetime.fromtimestamp(next(seconds), UTC).isoformat())
        review = open_review(project)
        for number in range(100):
            bad = number % 29 == 17
            review.card()
            review.decide("reject" if bad else "accept", reason="wrong" if bad else None)


def _where(project: Project) -> None:
    text = "this machine: no GPU, 2 cores, 16 GiB memory, torch 2.13.0; the data stays here"
    keep(project, Chosen(HERE, "this machine", NOON_SAID))
    said = {"destination": text, "consent": STAYS}
    rests_on = {"destination": HERE}
    journey.record(project, "where", [journey.Evidence(item, "passed", one, rests_on) for item, one in said.items()])


def _plan(project: Project) -> None:
    planning.plan_project(project, method="lora", model=None, overrides={"seed": "7"})


def _baseline(project: Project) -> None:
    recipe = planned(project)
    for name in ("validation", "test"):
        rows = _answers(project, name, lambda number, right: WRONG if number % 9 else right)
        for system in ("base", "base_few_shot", "trivial"):
            write_outputs(findings.output_file(findings.baseline_folder(project, recipe), name, system), rows)
    _without_a_model(lambda: evaluation.baseline(project, evaluation.Extra(), lambda *_: None))


def _train(project: Project) -> None:
    run = project.new_run(planned(project).to_toml())
    _write_run(run)
    run.model.mkdir()
    rests_on = {**planned(project).facts(), "run": run.id}
    said = {
        "finite": "168 trained tensors are finite",
        "effective": "it changed the answers to 16 of 16 validation prompts",
        "best": f"step {STEPS} of {STEPS} by validation loss {_validation_loss(STEPS):.3f}",
    }
    given = {name: rests_on[name] for name in ("data", "model", "recipe")}
    journey.record(project, "train", [journey.Evidence(item, "passed", text, given) for item, text in said.items()])


def _validation_loss(step: int) -> float:
    return round(3.0 * math.exp(-step / 45) + 0.402, 4)


def _write_run(run: RunFolder) -> None:
    """The files of a run that has ended: a falling curve, the same every time."""
    lines: list[dict[str, Any]] = [{"kind": "state", "state": "running", "steps": STEPS, "from_step": 0}]
    for step in range(1, STEPS + 1):
        wave = 0.3 * math.sin(step * 1.7) * math.exp(-step / 60)
        lines.append(
            {
                "kind": "metrics",
                "step": step,
                "loss": round(3.1 * math.exp(-step / 45) + 0.35 + wave, 4),
                "learning_rate": 4e-3 * min(step / 17, (STEPS - step + 17) / STEPS),
                "grad_norm": round(1.4 * math.exp(-step / 80) + 0.2 + abs(wave), 4),
                "tokens_per_s": 5200.0 + 90 * (step % 7),
                "step_s": 0.3,
            }
        )
        if step % 17 == 0 or step == STEPS:
            lines.append({"kind": "eval", "step": step, "loss": _validation_loss(step)})
            lines.append({"kind": "checkpoint", "step": step, "best_step": step})
    lines.append({"kind": "result", "best_step": STEPS, "metric": _validation_loss(STEPS)})
    lines.append({"kind": "state", "state": "finished", "steps": STEPS})
    with open(run.events, "w", encoding="utf-8") as file:
        file.writelines(json.dumps({"t": NOON + number * 0.3, **line}) + "\n" for number, line in enumerate(lines))
    write_json(run.state, {"state": "finished", "reason": "", "hint": ""})


def _evaluate(project: Project) -> None:
    [run] = project.all_runs()
    for name in ("validation", "test"):
        rows = _answers(project, name, lambda number, right: right if number % 12 else WRONG)
        write_outputs(findings.output_file(run.evals, name, "tuned"), rows)
    _without_a_model(lambda: evaluation.evaluate(run, evaluation.Extra(), open_the_test=True, told=lambda *_: None))


def _ship(project: Project) -> None:
    [run] = project.all_runs()
    folder = export_folder(run, "merged")
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(bytes(2_600_000))
    (folder / "config.json").write_text("{}", encoding="utf-8")
    rows = len(_answers(project, "validation", lambda _, right: right))
    facts = {"run": run.id, "form": "merged", "folder": folder.name, "rows": rows, "same": rows, "different": []}
    write_json(
        folder / PARITY, {**facts, "base_fingerprint": planned(project).model_fingerprint, "precision": "float32"}
    )
    rests_on = {**planned(project).facts(), "run": run.id}
    text = f"merged of {run.id}: {rows} of {rows} answers identical when loaded anew"
    journey.record(project, "ship", [journey.Evidence("parity", "passed", text, rests_on)])


def _answers(project: Project, name: str, answer: Callable[[int, str], str]) -> list[Output]:
    one = measure.split_set(project, planned(project), name)
    return [
        Output(row.id, cluster, row.messages[:-1], row.answer, answer(number, row.answer), True, 20)
        for number, (row, cluster) in enumerate(zip(one.rows, one.clusters, strict=True))
    ]


def _without_a_model(act: Callable[[], object]) -> None:
    """Scores the answers that are there; what would make them is left out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "measure_baselines", lambda *_: None)
        patch.setattr(evaluation, "measure_tuned", lambda *_: None)
        patch.setattr(evaluation, "record_evidence", lambda *_: None)
        act()


_STAGES: dict[str, Callable[[Project], None]] = {
    "decide": _decide,
    "data": _data,
    "review": _review,
    "where": _where,
    "plan": _plan,
    "baseline": _baseline,
    "train": _train,
    "evaluate": _evaluate,
    "ship": _ship,
}
