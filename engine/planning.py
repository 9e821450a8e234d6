"""The plan of a project: what is known of data, model and machine becomes a recipe, stored with its evidence."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from engine import journey
from engine.data.general import prepared_file
from engine.data.jsontext import dumps
from engine.data.load import load_rows
from engine.data.mixing import compared_with
from engine.data.rows import Row
from engine.data.versions import open_version
from engine.errors import DataError, UsageError
from engine.machine.gpus import usable_gpus
from engine.machine.limits import memory
from engine.model import BUILT_IN, ModelFacts, inspect_model
from engine.plan.choices import BUILT_IN_NAME
from engine.plan.defaults import Plan, Situation, make_plan
from engine.plan.estimate import store_estimate
from engine.plan.lengths import count_and_sample, measure_lengths
from engine.plan.recipe import store
from engine.project import Project

_SAMPLE = 5_000
"""Rows whose tokens are counted; of more, as many are drawn at random."""


def plan_project(project: Project, *, method: str, model: Path | None, overrides: Mapping[str, str]) -> Plan:
    """Makes the recipe, stores it in [plan] and the model in [model], and records the evidence.

    `model` None keeps the project's. Nothing is changed when it raises: UsageError for overrides, DataError without
    train rows, ModelError for the model's folder.
    """
    values = _with_absolute_file(overrides)
    facts = inspect_model(_folder(project, model), require_template=True)
    plan = _with_digest(make_plan(_situation(project, method, facts), values))
    _store_model(project, model, facts.fingerprint)
    store(project, plan.recipe)
    store_estimate(project, plan.estimate, plan.recipe.hash())
    _record(project, plan)
    return plan


def _with_digest(plan: Plan) -> Plan:
    if plan.recipe.general_file is None:
        return plan
    with open(plan.recipe.general_file, "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    load_rows(Path(plan.recipe.general_file))
    return replace(plan, recipe=replace(plan.recipe, general_sha256=digest))


def _with_absolute_file(overrides: Mapping[str, str]) -> dict[str, str]:
    """General rows by their absolute path, so that the recipe does not depend on where it was made."""
    file = overrides.get("general_file")
    if not file or file == "none":
        return dict(overrides)
    path = Path(os.path.expanduser(file))
    if not path.is_file():
        raise UsageError("no such file of general rows", hint="general_file is a JSONL file of chat rows", where=file)
    return {**overrides, "general_file": _as_text(path.absolute())}


def _as_text(path: Path) -> str:
    """`path` as project.toml can hold it."""
    try:
        return str(path).encode("utf-8").decode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(
            "the path is not UTF-8", hint="rename it; project.toml holds UTF-8 only", where=str(path)
        ) from error


def _folder(project: Project, given: Path | None) -> Path:
    stored = project.text("model", "path") or BUILT_IN_NAME
    chosen = Path(stored) if given is None else given
    return BUILT_IN if chosen == Path(BUILT_IN_NAME) else Path(_as_text(chosen.absolute()))


def _situation(project: Project, method: str, model: ModelFacts) -> Situation:
    name = project.data_version()
    if name is None:
        raise DataError(
            "there is no data to plan for", hint="tunewright data import FILE..., then tunewright data split"
        )
    version = open_version(project.version_folder(name))
    rows, sample = count_and_sample((_counted(row) for row in version.rows("train") if row.wanted), _SAMPLE)
    if not rows:
        raise DataError(f"version {name} has no train rows", hint="tunewright data split")
    gpus, general = usable_gpus(), compared_with(project, name)
    return Situation(
        model=model,
        data_version=name,
        method=method,
        rows=rows,
        lengths=measure_lengths(model.folder / "tokenizer.json", sample),
        gpu=bool(gpus),
        free_bytes=gpus[0].free_bytes if gpus else memory()[1],
        general_file=str(prepared_file(project, general)) if general else None,
        general_share=general.share if general else 0.0,
    )


def _counted(row: Row) -> list[Mapping[str, str]]:
    """The turns of `row` with all that costs tokens in them: tools and calls too."""
    tools = row.meta.get("tools")
    before = [{"content": dumps(tools).decode()}] if tools else []
    turns = [(turn["content"], turn.get("tool_calls")) for turn in row.messages]
    return [*before, *({"content": text + (dumps(calls).decode() if calls else "")} for text, calls in turns)]


def _store_model(project: Project, given: Path | None, fingerprint: str) -> None:
    """The built-in model has no path in project.toml, so that the project can go to another machine."""
    path = {} if given is None else {"path": None if given == Path(BUILT_IN_NAME) else str(given.absolute())}
    project.set("model", {**path, "fingerprint": fingerprint})


def _record(project: Project, plan: Plan) -> None:
    recipe, steps = plan.recipe, plan.estimate.steps
    text = f"{recipe.method}, {steps:,} steps, learning rate {recipe.learning_rate:g}, a reason for every value"
    text = f"{plan.warning}; {text}" if plan.warning else text
    mixed = journey.current_facts(project)["general"]
    rests_on = {"data": recipe.data_version, "model": recipe.model_fingerprint, "general": mixed}
    journey.record(project, "plan", [journey.Evidence("recipe", "passed", text, rests_on)])
