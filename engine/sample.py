"""The sample help-desk as a project to walk through by hand: what it proposes stands in [suggest] of project.toml."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from engine.project import Project

SAMPLE = Path(str(files("sample_data")))
_FOLDER = "tunewright-sample"
SETS = ("seen", "new", "novel")
"""Diagnostic sets: phrasings in training, met unlabelled by the base model only, met nowhere."""


def sample_project(folder: Path) -> Project:
    """A new project in `folder` with the sample's files, answers and evaluation sets proposed; each is still asked.

    Raises what Project.create raises.
    """
    project = Project.create(folder, name="sample help-desk")
    project.set(
        "suggest",
        {
            "files": [str(SAMPLE / name) for name in ("tickets.csv", "tickets.jsonl")],
            "mapping": str(SAMPLE / "mapping.toml"),
            "answers": str(SAMPLE / "answers.toml"),
            "general_file": str(SAMPLE / "general.jsonl"),
        },
    )
    project.set(
        "evaluate",
        {
            "sets": [f"{name}={SAMPLE / name}.jsonl" for name in SETS],
            "cluster": "phrasing",
            "general": str(SAMPLE / "skills.jsonl"),
        },
    )
    return project


@dataclass(frozen=True, slots=True)
class Proposed:
    """What [suggest] of project.toml proposes; nothing of it is in force before the person says so."""

    files: tuple[str, ...]
    """To import."""
    mapping: str | None
    """A file: which columns of `files` mean what."""
    answers: str | None
    """A file: the answers of the checklist."""
    general_file: str | None
    """To mix into the training rows."""


def proposed(project: Project) -> Proposed:
    """What the project proposes. Raises UsageError where something else than texts stands in project.toml."""
    given = project.settings().get("suggest", {}).get("files", [])
    known = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
    texts = (project.text("suggest", name) for name in ("mapping", "answers", "general_file"))
    return Proposed(tuple(known), *texts)


def sample_folder() -> Path:
    """Where the wizard makes the sample project: the first free name in the home folder."""
    home, number = Path.home(), 1
    while (folder := home / f"{_FOLDER}{'' if number == 1 else f'-{number}'}").exists():
        number += 1
    return folder


def sample_again(folder: Path | None) -> Project:
    """The sample project in `folder`, or in the home folder: the one that is there, else a new one."""
    where = folder or Path.home() / _FOLDER
    return Project.open(where) if (where / "project.toml").is_file() else sample_project(where)
