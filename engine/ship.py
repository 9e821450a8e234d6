"""What is shipped, and the proof that it answers as the trained model did."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from engine import audit, journey
from engine.durable import write_json
from engine.errors import DataError, UsageError
from engine.evaluate.outputs import read_outputs
from engine.exports import PARITY, Form, Shipped, export_folder, forms_of
from engine.findings import output_file
from engine.jobs import run_job
from engine.measure import Told, answered
from engine.plan.recipe import Recipe, check_base, frozen
from engine.project import RunFolder


def ship(run: RunFolder, form: Form, told: Told) -> Shipped:
    """Writes exports/<run>-<form>, loads it in a fresh process and compares its answers; records the evidence.

    Raises GateError while a gate before it is closed for this run, UsageError for an adapter of a full fine-tune,
    DataError before the run is evaluated. An export whose answers differ stays, with parity.json in it.
    """
    recipe = frozen(run)
    now = journey.current_facts(run.project)
    journey.require(run.project, "ship", {**now, **recipe.facts(), "run": run.id})
    if form not in forms_of(run):
        raise UsageError(
            f"{run.id} trained all weights: there is no adapter", hint=f"tunewright ship {run.id} --to merged"
        )
    trained = output_file(run.evals, "validation", "tuned")
    if not trained.exists():
        raise DataError(f"{run.id} has no answers to compare with", hint=f"tunewright evaluate {run.id}")
    folder = export_folder(run, form)
    work = run.evals / f"ship-{form}"
    output = work / "validation.shipped.jsonl"
    output.unlink(missing_ok=True)
    check_base(recipe)
    job = _job(run, recipe, form, folder, trained.with_name("validation.tuned.prompts"), output)
    rows = answered(trained)
    run_job("export", work, job, lambda: told(f"{run.id} to {form}", answered(output), rows))
    shipped = _compare(run, recipe, form, folder, trained, output)
    _finish(run, shipped, {**recipe.facts(), "run": run.id})
    return shipped


def _job(run: RunFolder, recipe: Recipe, form: Form, folder: Path, prompts: Path, output: Path) -> dict[str, Any]:
    lora = recipe.method == "lora"
    return {
        "base": recipe.model,
        "adapter": str(run.model) if lora else None,
        "trained": None if lora else str(run.model),
        "form": form,
        "export": str(folder),
        "precision": recipe.precision,
        "new_tokens": recipe.new_tokens,
        "tasks": [{"prompts": str(prompts), "output": str(output)}],
    }


def _compare(run: RunFolder, recipe: Recipe, form: Form, folder: Path, trained: Path, shipped: Path) -> Shipped:
    before = {row.id: row.output for row in read_outputs(trained)}
    after = {row.id: row.output for row in read_outputs(shipped)}
    different = tuple(row for row, output in before.items() if after.get(row) != output)
    return Shipped(
        run=run.id,
        form=form,
        folder=str(folder),
        rows=len(before),
        same=len(before) - len(different),
        different=different,
        base_fingerprint=recipe.model_fingerprint,
        precision=recipe.precision,
    )


def _finish(run: RunFolder, shipped: Shipped, rests_on: dict[str, str]) -> None:
    project, folder = run.project, Path(shipped.folder)
    write_json(folder / PARITY, asdict(shipped))
    audit.append(project.audit, "ship", run=run.id, form=shipped.form, same=shipped.same, rows=shipped.rows)
    text = f"{shipped.form} of {run.id}: {shipped.same} of {shipped.rows} answers identical when loaded anew"
    state: Literal["passed", "failed"] = "passed" if shipped.parity else "failed"
    journey.record(project, "ship", [journey.Evidence("parity", state, text, rests_on)])
