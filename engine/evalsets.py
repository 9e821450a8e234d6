"""What is answered besides the project's own splits: named in options, or in [evaluate] of project.toml.

[evaluate]
sets = ["hard=hard_cases.jsonl"]     # rows of the task; a relative file lies in the project
cluster = "customer"                 # column of these files whose rows belong together in intervals
general = "general.jsonl"            # general questions: what tuning makes the model forget
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.versions import open_version
from engine.errors import UsageError
from engine.plan.recipe import planned
from engine.project import Project

_RESERVED = ("train", "validation", "test", "general")
_KEYS = ("sets", "cluster", "general")


@dataclass(frozen=True, slots=True)
class Extra:
    """What is answered besides validation and test."""

    files: Sequence[str] = ()
    """NAME=FILE: more rows of the task."""
    cluster: str | None = None
    """Column of these files whose equal values belong together in intervals."""
    general: Path | None = None
    """General questions, answered by the base and the tuned model: what tuning makes it forget."""


def asked(project: Project, given: Extra) -> Extra:
    """`given`, and what it leaves open as [evaluate] of project.toml has it.

    Raises UsageError, with the place and every problem, when that section holds something else.
    """
    kept = _kept(project)
    return Extra(
        files=given.files or kept.files,
        cluster=given.cluster if given.cluster is not None else kept.cluster,
        general=given.general or kept.general,
    )


def named(text: str) -> tuple[str, Path]:
    """(name, file) of NAME=FILE. Raises UsageError for another form, or a name that means something else."""
    name, _, file = text.partition("=")
    if not file or not name.isidentifier() or name in _RESERVED:
        raise UsageError(f"not NAME=FILE: {text}", hint="for example --set hard=hard_cases.jsonl")
    return name, Path(file)


def _kept(project: Project) -> Extra:
    section = project.settings().get("evaluate", {})
    problems = [f"{key} means nothing here" for key in section if key not in _KEYS]
    sets, cluster, general = section.get("sets", []), section.get("cluster"), section.get("general")
    if not isinstance(sets, list):
        sets, problems = [], [*problems, "sets is no list"]
    problems += [f"{key} is no text" for key in ("cluster", "general") if not isinstance(section.get(key, ""), str)]
    files = [_file(project, one, problems) for one in sets]
    if not problems and general is not None:
        general = _there(project, Path(general), problems)
    if problems:
        raise UsageError(
            f"[evaluate] {'; '.join(problems)}",
            hint='sets = ["NAME=FILE"], cluster = "COLUMN", general = "FILE": mend or remove the line',
            where=str(project.settings_file),
        )
    return Extra(files, cluster, general)


def _file(project: Project, text: Any, problems: list[str]) -> str:
    """NAME=FILE with its whole path; what is wrong with it is appended to `problems`."""
    try:
        name, file = named(str(text))
    except UsageError as error:
        problems.append(error.message)
        return ""
    return f"{name}={_there(project, file, problems)}"


def _there(project: Project, file: Path, problems: list[str]) -> Path:
    path = project.root / file
    if not path.is_file():
        problems.append(f"there is no file {path}")
    return path


def to_measure(project: Project) -> Sequence[tuple[str, str]]:
    """(set, what it is) of all that `baseline` answers for the present plan; the sealed test is never among them.

    Raises UsageError without a plan or for a damaged [evaluate], DataError when the plan's data is not there.
    """
    version = planned(project).data_version
    split = open_version(project.version_folder(version)).manifest.get("split")
    rows = split["counts"]["validation"] if isinstance(split, dict) else None
    ours = f"{rows} rows of {version} that are not trained on" if rows else f"the validation split of {version}"
    extra = asked(project, Extra())
    others = [(name, f"more rows of the task: {file}") for name, file in map(named, extra.files)]
    general = [("general", f"what tuning makes it forget: {extra.general}")] if extra.general else []
    return [("validation", ours), *others, *general]
