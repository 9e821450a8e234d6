"""What a project knows that costs depend on: plain reads of small files and of the ends of large ones."""

import statistics
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.report import saved_report
from engine.data.tokens import CHARACTERS_A_TOKEN
from engine.data.versions import Version, open_version
from engine.decide.record import stored_answers
from engine.durable import read_lines
from engine.errors import DataError, UsageError
from engine.machine.record import recorded_destination
from engine.model import BUILT_IN
from engine.plan.choices import BUILT_IN_NAME
from engine.plan.recipe import frozen
from engine.project import Project, RunFolder
from engine.where.chosen import chosen

_SAMPLE_ROWS = 200
_TAIL_BYTES = 65_536
"""Of a run's events: some 250 logged steps, however long the run."""
_PACE_POINTS = 50


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """None: the project does not say."""

    destination: str | None = None
    """The destination that was chosen in step Where."""
    requests_per_month: float | None = None
    """Answered in step Decide."""
    data_may_leave: bool | None = None
    """Answered in step Decide; False as well where step Where is told so."""
    rows: int | None = None
    """Of the training split; of all of the version before there is a split."""
    rows_of: str = ""
    """Which rows these are: "train of v3"."""
    tokens_per_row: float | None = None
    tokens_method: str = ""
    """How the tokens were counted."""
    tokens_counted: bool = False
    """By a tokenizer; else estimated from the characters."""
    epochs: float | None = None
    """Of the plan."""
    method: str | None = None
    """Of training, of the plan: "lora" or "full"."""
    model: str | None = None
    """The base model as its folder calls it: "Qwen3-8B"; None for the built-in one and before one is chosen."""
    tokens_per_s: float | None = None
    """Useful tokens a second at the end of the newest run here that tells."""
    run: str | None = None
    """That run."""
    run_model: str | None = None
    """Its base model, as its folder calls it."""
    gpu: str | None = None
    """This machine's first GPU, as it calls itself, when it was last looked at."""
    gpus: int | None = None
    """How many it has; None: it was not looked at."""


def facts(project: Project | None) -> ProjectFacts:
    """What `project` knows; nothing where there is none.

    Raises what a damaged project.toml or version raises.
    """
    if project is None:
        return ProjectFacts()
    settings = project.settings()
    where, answers = chosen(project), stored_answers(project)
    found: dict[str, Any] = {
        "destination": where.id if where else None,
        "requests_per_month": answers.get("requests_per_month"),
        "data_may_leave": _may_leave(answers, settings.get("where", {})),
        "epochs": _number(settings.get("plan", {}).get("epochs")),
        "method": _word(settings.get("plan", {}).get("method")),
        "model": model_name(project.text("model", "path")),
    }
    return ProjectFacts(**found, **_rows(project), **_pace(project), **_gpus(project))


def _may_leave(answers: Mapping[str, Any], where: Mapping[str, Any]) -> bool | None:
    if where.get("privacy") == "here":
        return False
    return {"yes": True, "no": False}.get(str(answers.get("data_may_leave")))


def model_name(path: str | None) -> str | None:
    """A model folder's name; of one in the Hugging Face cache (models--Qwen--Qwen3-8B/snapshots/...) the model's."""
    if path is None or path == BUILT_IN_NAME or Path(path) == BUILT_IN:
        return None
    cached = next((part for part in Path(path).parts if part.startswith("models--")), None)
    return cached.rpartition("--")[2] if cached else Path(path).name


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _rows(project: Project) -> Mapping[str, Any]:
    name = project.data_version()
    if name is None:
        return {}
    version = open_version(project.version_folder(name))
    split = version.manifest.get("split")
    rows = split["counts"]["train"] if split else len(version)
    said = f"train of {name}" if split else f"all of {name}, not split yet"
    return {"rows": rows, "rows_of": said, **_tokens(project, version)}


def _tokens(project: Project, version: Version) -> Mapping[str, Any]:
    """Tokens a row by the report on the version; without one by some of its rows."""
    if not len(version):
        return {}
    report = saved_report(project)
    if report is None:
        return _sampled(version)
    tokens = report.facts["tokens"]
    method, counted = str(tokens["method"]), str(tokens["method"]).startswith("counted")
    said = "counted with the model's tokenizer" if counted else method
    return {"tokens_per_row": tokens["total"] / len(version), "tokens_method": said, "tokens_counted": counted}


def _sampled(version: Version) -> Mapping[str, Any]:
    taken = min(len(version), _SAMPLE_ROWS)
    rows = [version.row(number * len(version) // taken) for number in range(taken)]
    characters = sum(len(turn["content"]) for row in rows for turn in row.messages)
    method = f"characters / {CHARACTERS_A_TOKEN} of {taken} rows"
    return {"tokens_per_row": characters / taken / CHARACTERS_A_TOKEN, "tokens_method": f"estimate: {method}"}


def _pace(project: Project) -> Mapping[str, Any]:
    for run in reversed(project.all_runs()):
        pace = _tail(run)
        # A damaged recipe is told where runs are shown; of an unknown model a speed says nothing.
        with suppress(UsageError):
            if pace:
                name = model_name(frozen(run).model)
                return {"tokens_per_s": statistics.median(pace[-_PACE_POINTS:]), "run": run.id, "run_model": name}
    return {}


def _tail(run: RunFolder) -> list[float]:
    """Tokens a second of the last steps that the run has logged."""
    if not run.events.is_file():
        return []
    start = max(0, run.events.stat().st_size - _TAIL_BYTES)
    events = [event for _, event in read_lines(run.events, start) if isinstance(event, dict)]
    paces = [_number(event.get("tokens_per_s")) for event in events if event.get("kind") == "metrics"]
    return [pace for pace in paces if pace is not None and 0 < pace < 1e12]


def _gpus(project: Project) -> Mapping[str, Any]:
    try:
        recorded = recorded_destination(project)
    except DataError:
        return {}  # Looking at the machine again makes it anew; step Where says so.
    names = recorded.gpus if recorded else None
    return {} if names is None else {"gpus": len(names), "gpu": next(iter(names), None)}
