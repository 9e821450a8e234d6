"""What baseline and evaluation found, saved beside the answers it rests on: read without numpy, torch or a model.

baselines/<data version>-<key>/   of one model on one data version
runs/<id>/evals/                  of one run
  <set>.<system>.jsonl   answers (engine.evaluate.outputs)
  evaluation.json        what was found in them
"""

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import audit
from engine.durable import read_json, write_json
from engine.errors import DataError
from engine.evaluate.found import Evaluation
from engine.plan.recipe import Recipe, frozen, planned
from engine.project import Project, RunFolder
from engine.runs.watch import watch

_FILE = "evaluation.json"
LEGEND = (
    "exact: the whole answer is right (with its 95 % interval); fields: share of its fields that are right; "
    "schema: it has the form of the training answers; stops: it ends by itself. base: the model before training; "
    "base_few_shot: with worked examples; trivial: always the same answer."
)


@dataclass(frozen=True, slots=True)
class BaselineFound:
    """The model of the present plan before training, on the present data."""

    evaluation: Evaluation
    measured: str
    """When, as now() writes it."""
    shots: int
    """Worked examples of `base_few_shot`; 0: not one fits the context."""


@dataclass(frozen=True, slots=True)
class RunEvaluation:
    """A run's model against every baseline."""

    run: RunFolder
    evaluation: Evaluation
    measured: str
    """When, as now() writes it."""
    test_opened: str | None
    """When this run was last scored on the sealed test; None: never."""
    test_openings: int
    """How often the sealed test of this project has been scored, for whatever run."""

    def document(self) -> dict[str, Any]:
        """The JSON form."""
        facts = {name: getattr(self, name) for name in ("measured", "test_opened", "test_openings")}
        return {"run": self.run.id, **facts, **self.evaluation.document()}


def baseline_folder(project: Project, recipe: Recipe) -> Path:
    """Where the baselines of a model on a data version lie; another model or version has its own."""
    key = hashlib.sha256(f"{recipe.model_fingerprint} {recipe.precision} {recipe.new_tokens}".encode()).hexdigest()
    return project.baselines / f"{recipe.data_version}-{key[:8]}"


def output_file(folder: Path, name: str, system: str) -> Path:
    """Where the answers of `system` to the set `name` lie; they may not be there yet."""
    return folder / f"{name}.{system}.jsonl"


def openings(project: Project) -> int:
    """How often the sealed test has been scored, as the audit log has it."""
    return sum(entry["event"] == "test.open" for entry in audit.entries(project.audit))


def now() -> str:
    """The time as it is written beside a measurement, and shown: 2026-11-21 14:01:12 UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def keep_baseline(project: Project, recipe: Recipe, found: BaselineFound) -> None:
    """Saves what was found; what was found earlier about the same model and data goes."""
    facts = {"measured": found.measured, "shots": found.shots}
    write_json(baseline_folder(project, recipe) / _FILE, {**facts, **found.evaluation.document()})


def found_baseline(project: Project) -> BaselineFound | None:
    """What was found for the present plan; None before the plan, and before its model was measured on its data.

    Raises UsageError when the plan was changed by hand, DataError when the file is damaged.
    """
    if not project.settings().get("plan"):
        return None
    return baseline_in(baseline_folder(project, planned(project)))


def newest_baseline(project: Project) -> Path | None:
    """Folder of what was measured last before training, whatever was planned then; None before the first."""
    found = [path for path in project.baselines.glob(f"*/{_FILE}") if path.is_file()]
    return max(found, key=lambda path: path.stat().st_mtime_ns).parent if found else None


def baseline_in(folder: Path) -> BaselineFound | None:
    """What was found in one of the folders; None where nothing is. Raises DataError when the file is damaged."""
    path = folder / _FILE
    given = _read(path, {"measured": str, "shots": int})
    return None if given is None else BaselineFound(_evaluation(given, path), given["measured"], given["shots"])


def keep_evaluation(found: RunEvaluation) -> None:
    """Saves what was found; what the sealed test said when it was opened stays until it is opened again."""
    earlier = None
    with contextlib.suppress(DataError):
        earlier = found_evaluation(found.run)
    document = found.document()
    if "test" not in found.evaluation.verdicts and earlier is not None and earlier.test_opened:
        document |= _with_test(found.evaluation, earlier.evaluation).document() | {"test_opened": earlier.test_opened}
    write_json(evaluation_file(found.run), document)


def found_evaluation(run: RunFolder) -> RunEvaluation | None:
    """What was found of the run's model; None before it was evaluated. Raises DataError when the file is damaged."""
    path = evaluation_file(run)
    given = _read(path, {"measured": str, "test_opened": str | None})
    if given is None:
        return None
    evaluation = _evaluation(given, path)
    return RunEvaluation(run, evaluation, given["measured"], given["test_opened"], openings(run.project))


def evaluation_file(run: RunFolder) -> Path:
    """Where what was found of a run lies; it may not be there yet."""
    return run.evals / _FILE


def standing(run: RunFolder) -> str:
    """How a run stands, in words: its state, and what was found of its model."""
    if not run.model.exists():
        return watch(run).state
    if not evaluation_file(run).exists():
        return "finished, not evaluated"
    try:
        found = found_evaluation(run)
    except DataError:
        return "finished, its evaluation damaged"
    return f"finished, evaluated, {'the test opened' if found and found.test_opened else 'the test sealed'}"


def caveats(run: RunFolder) -> Sequence[str]:
    """Why what was found of this run would not open the gate as things stand; empty when it would.

    Raises UsageError when the run's recipe is damaged.
    """
    plan, newest = run.project.settings().get("plan", {}).get("hash"), run.project.all_runs()[-1]
    said = [f"the gate goes by the newest run, {newest.id}"] if newest != run else []
    return [*said, "the plan has changed since this run"] if frozen(run).hash() != plan else said


def _with_test(now: Evaluation, earlier: Evaluation) -> Evaluation:
    systems = {
        system: {**sets, **{name: one for name, one in earlier.systems.get(system, {}).items() if name == "test"}}
        for system, sets in now.systems.items()
    }
    verdicts = {**now.verdicts, "test": earlier.verdicts["test"]}
    return Evaluation(systems, (*now.comparisons, *earlier.compared("test")), verdicts)


def _read(path: Path, facts: dict[str, Any]) -> dict[str, Any] | None:
    try:
        given = read_json(path)
    except FileNotFoundError:
        return None
    if isinstance(given, dict) and all(isinstance(given.get(name), kind) for name, kind in facts.items()):
        return given
    raise DataError("not what an evaluation saves", hint="measure again: the answers are kept", where=str(path))


def _evaluation(given: dict[str, Any], path: Path) -> Evaluation:
    try:
        return Evaluation.from_document(given)
    except DataError as error:
        raise DataError(error.message, hint=error.hint, where=str(path)) from error
