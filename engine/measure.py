"""Answers of every system to the same prompts, saved so that they can be scored again without a model.

Systems: `base` (zero-shot), `base_few_shot` (worked examples from train only, as many as fit), `trivial` (the most
frequent training answer, whatever the question), `tuned` (a run's model). Sets: validation, the sealed test, and files
of the user's.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.data.rows import SYSTEM, Row
from engine.data.versions import open_version
from engine.durable import read_lines, write_atomic
from engine.errors import DataError, ResourceError
from engine.evaluate.compare import evaluate
from engine.evaluate.found import Evaluation
from engine.evaluate.metrics import answer_always, majority_answer
from engine.evaluate.outputs import Output, read_outputs, write_outputs
from engine.evaluate.schema import infer_schema
from engine.findings import baseline_folder, output_file
from engine.jobs import run_job
from engine.plan.recipe import Recipe, check_base, frozen
from engine.project import Project, RunFolder
from engine.shots import choose_shots

Told = Callable[[str, int, int], None]
"""progress(what, done, total), both in rows."""


BASELINES = ("base", "base_few_shot", "trivial")


@dataclass(frozen=True, slots=True)
class EvalSet:
    """Rows to answer, and which of them belong together when intervals are computed."""

    name: str
    rows: tuple[Row, ...]
    clusters: tuple[str, ...]
    """One a row."""
    baselines: tuple[str, ...] = BASELINES
    """Systems besides the tuned one that answer it; examples of the task say nothing about general questions."""


def split_set(project: Project, recipe: Recipe, split: str) -> EvalSet:
    """The rows of a split of the recipe's data version, clustered by group. Raises DataError when there are none."""
    rows = tuple(_rows(project, recipe, split))
    if not rows:
        raise DataError(f"there are no {split} rows in {recipe.data_version}", hint="tunewright data split")
    return EvalSet(split, rows, tuple(row.group or row.id for row in rows))


def measure_baselines(project: Project, recipe: Recipe, sets: Sequence[EvalSet], told: Told) -> None:
    """Answers `sets` with every baseline; answers that are there are kept."""
    train = list(_rows(project, recipe, "train"))
    shots = shots_of(project, recipe)
    folder = baseline_folder(project, recipe)
    tasks = [
        _task(folder, one, system, examples)
        for one in sets
        for system, examples in (("base", ()), ("base_few_shot", shots))
        if system in one.baselines and (examples or system == "base")
    ]
    _answer(folder, recipe, None, tasks, "baseline", told)
    trivial = majority_answer(row.answer for row in train)
    for one in sets:
        if "trivial" in one.baselines:
            base = read_outputs(output_file(folder, one.name, "base"))
            write_outputs(output_file(folder, one.name, "trivial"), answer_always(base, trivial))


def shots_of(project: Project, recipe: Recipe) -> list[Row]:
    """The worked examples of `base_few_shot`; none where not one fits the context.

    They depend on train and validation alone: neither the sealed test nor other sets have a say.
    """
    train = list(_rows(project, recipe, "train"))
    longest = max([*train, *_rows(project, recipe, "validation")], key=lambda row: sum(map(len, row.prompt)))
    return choose_shots(train, longest, check_base(recipe), recipe.new_tokens)


def measure_tuned(run: RunFolder, sets: Sequence[EvalSet], told: Told) -> None:
    """Answers `sets` with the run's model; what is there is kept. Raises DataError when the run has none yet."""
    recipe = frozen(run)
    tasks = [_task(run.evals, one, "tuned", ()) for one in sets]
    _answer(run.evals, recipe, run, tasks, run.id, told)


def evaluate_run(run: RunFolder, sets: Iterable[EvalSet]) -> Evaluation:
    """Scores the saved outputs of `sets`: the run's model against every baseline."""
    recipe, outputs = frozen(run), {}
    for one in sets:
        tuned = read_outputs(output_file(run.evals, one.name, "tuned"))
        outputs[one.name] = _baseline_outputs(run.project, recipe, one) | {"tuned": tuned}
    return evaluate(outputs, schema=answer_schema(run.project, recipe))


def evaluate_baselines(project: Project, recipe: Recipe, sets: Iterable[EvalSet]) -> Evaluation:
    """Scores the saved outputs of the baselines on `sets`."""
    outputs = {one.name: _baseline_outputs(project, recipe, one) for one in sets}
    return evaluate(outputs, schema=answer_schema(project, recipe))


def _baseline_outputs(project: Project, recipe: Recipe, one: EvalSet) -> dict[str, list[Output]]:
    folder = baseline_folder(project, recipe)
    measured = [system for system in one.baselines if output_file(folder, one.name, system).exists()]
    return {system: read_outputs(output_file(folder, one.name, system)) for system in measured}


def answer_schema(project: Project, recipe: Recipe) -> dict[str, Any] | None:
    """The JSON schema that all training answers follow, None when they are not JSON."""
    return infer_schema(row.answer for row in _rows(project, recipe, "train"))


def _rows(project: Project, recipe: Recipe, split: str) -> Iterator[Row]:
    """Rows whose answer is wanted: nothing is measured against one that is not."""
    version = open_version(project.version_folder(recipe.data_version))
    return (row for row in version.rows(split) if row.wanted)


def answered(output: Path) -> int:
    """Rows that have an answer in `output`; a torn line is none."""
    return len({line["id"] for _, line in read_lines(output) if isinstance(line, dict) and "id" in line})


def _task(folder: Path, one: EvalSet, system: str, shots: Sequence[Row]) -> dict[str, str]:
    """Writes the prompts; outputs that answer other prompts are removed."""
    lines = [_prompt(row, cluster, shots) for row, cluster in zip(one.rows, one.clusters, strict=True)]
    content = b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
    prompts, output = folder / f"{one.name}.{system}.prompts", output_file(folder, one.name, system)
    if not prompts.exists() or prompts.read_bytes() != content:
        output.unlink(missing_ok=True)
        write_atomic(prompts, content)
    return {"prompts": str(prompts), "output": str(output)}


def _prompt(row: Row, cluster: str, shots: Sequence[Row]) -> Mapping[str, Any]:
    system = [turn for turn in row.messages[:1] if turn["role"] in SYSTEM]
    examples = [turn for shot in shots for turn in shot.messages if turn["role"] not in SYSTEM]
    prompt = [*system, *examples, *row.messages[len(system) : -1]]
    tools = {"tools": row.meta["tools"]} if row.meta.get("tools") else {}
    return {"id": row.id, "cluster": cluster, "prompt": prompt, "reference": row.answer, **tools}


def _answer(
    folder: Path, recipe: Recipe, run: RunFolder | None, tasks: list[dict[str, str]], what: str, told: Told
) -> None:
    lora = run is not None and recipe.method == "lora"
    job = {
        "model": recipe.model if run is None or lora else str(run.model),
        "adapter": str(run.model) if run is not None and lora else None,
        "precision": recipe.precision,
        "new_tokens": recipe.new_tokens,
        "tasks": tasks,
    }
    total = sum(Path(task["prompts"]).read_bytes().count(b"\n") for task in tasks)
    if sum(answered(Path(task["output"])) for task in tasks) < total:
        check_base(recipe)
        lines = [Path(task["output"]) for task in tasks]
        run_job("generate", folder / "job", job, lambda: told(what, sum(map(answered, lines)), total))
        if sum(map(answered, lines)) < total:
            raise ResourceError("not all rows were answered", hint="run the command again: what is done is kept")
