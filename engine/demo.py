"""The whole journey on the sample project with the built-in model: nine steps, offline, nobody at the keyboard."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import journey
from engine.data.adopt import adopt, current
from engine.data.cleaning import clean
from engine.data.deriving import adopt_derived
from engine.data.importing import import_files
from engine.data.mapping import Mapping
from engine.data.prepare import find_layout
from engine.data.splitting import split
from engine.decide.answers import read_answers
from engine.decide.record import record_verdict
from engine.deciding import reconsider
from engine.errors import TrainingError
from engine.evalsets import Extra
from engine.evaluation import baseline, evaluate
from engine.findings import RunEvaluation
from engine.machine.record import record_destination
from engine.measure import Told
from engine.planning import plan_project
from engine.project import Project, RunFolder
from engine.runs.watch import RunView, watch
from engine.sample import SAMPLE, SETS
from engine.ship import ship
from engine.training import start_planned

_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class Talk:
    """How the demo speaks: a finished step, progress in rows, and the run while it trains."""

    step: Callable[[str, str], None]
    """step(key, what came of it)"""
    rows: Told
    run: Callable[[RunView], None]


@dataclass(frozen=True, slots=True)
class Demo:
    project: Project
    run: RunFolder
    found: RunEvaluation
    seconds: float

    def document(self) -> dict[str, Any]:
        """systems {base, base_few_shot, tuned: {set: {exact_match: {value, low, high, n}}}}, gates, seconds."""
        systems = self.found.document()["systems"]
        return {
            "project": str(self.project.root),
            "systems": systems,
            "verdicts": self.found.evaluation.verdicts,
            "gates": [
                {"step": status.step.key, "item": item.item, "state": item.state, "text": item.text}
                for status in journey.read(self.project)
                for item in status.items
            ],
            "seconds": round(self.seconds, 1),
        }


def run_demo(folder: Path, talk: Talk, *, seed: int, sample: Path = SAMPLE, general_share: float | None = None) -> Demo:
    """Walks the road in the new project `folder`. Raises what a step raises; what was done until then stays.

    `general_share` of the training rows are general ones; None takes the share on the model's card.
    """
    started = time.monotonic()
    project = Project.create(folder)
    with project.changing("demo"):
        _prepare(project, talk, sample)
        _plan(project, talk, seed, general_share)
        sets = [f"{name}={SAMPLE / name}.jsonl" for name in SETS]
        extra = Extra(sets, "phrasing", SAMPLE / "skills.jsonl")
        baseline(project, extra, talk.rows)
        reconsider(project)
        _told(project, talk, "baseline")
        run = _train(project, talk)
        found = evaluate(run, extra, open_the_test=True, told=talk.rows)
        _told(project, talk, "evaluate")
        for form in ("adapter", "merged"):
            ship(run, form, talk.rows)
        _told(project, talk, "ship")
    return Demo(project, run, found, time.monotonic() - started)


def _prepare(project: Project, talk: Talk, sample: Path) -> None:
    record_verdict(project, read_answers(SAMPLE / "answers.toml"))
    _told(project, talk, "decide")
    mapping = Mapping.make(SAMPLE / "mapping.toml", {})
    sources = [find_layout(sample / name, mapping) for name in ("tickets.csv", "tickets.jsonl")]
    adopt(project, import_files(sources, mapping, project.data))
    adopt_derived(project, clean(current(project), project.data, ("duplicates", "conflicts")))
    adopt(project, split(current(project), project.data, seed=0).version)
    journey.waive(project, "data", "pii", "the sample's personal data is invented")
    _told(project, talk, "data")
    journey.waive(project, "review", "reviewed", "headless: nobody is here to read 100 rows")
    _told(project, talk, "review")
    record_destination(project)
    _told(project, talk, "where")


def _plan(project: Project, talk: Talk, seed: int, general_share: float | None) -> None:
    overrides = {"general_file": str(SAMPLE / "general.jsonl"), "seed": str(seed)}
    if general_share is not None:
        overrides["general_share"] = str(general_share)
    plan_project(project, method="lora", model=None, overrides=overrides)
    _told(project, talk, "plan")


def _train(project: Project, talk: Talk) -> RunFolder:
    run = start_planned(project)
    view = watch(run)
    while view.live:
        talk.run(view)
        time.sleep(_POLL_S)
        view.refresh()
    if view.state != "finished":
        raise TrainingError(f"{run.id} {view.state}: {view.reason}", hint=view.hint)
    talk.run(view)
    _told(project, talk, "train")
    return run


def _told(project: Project, talk: Talk, key: str) -> None:
    status = next(status for status in journey.read(project) if status.step.key == key)
    talk.step(key, "; ".join(f"{item.state}: {item.text}" for item in status.items))
