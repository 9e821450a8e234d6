"""What is typed to bring the rows, or the whole project, to a destination, with its files and models filled in."""

import json
import re
import shlex
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from engine.errors import UsageError
from engine.extras import pip_command
from engine.project import Project
from engine.providers.entries import Catalogue, Destination, Tunable
from engine.where.consent import taken_along
from engine.where.models import offered

FOLLOW = "The wizard cannot follow a job there: its progress, its bill and its end are seen at {name} alone."
COME_BACK = "The steps from Plan on are about models on this machine; what is tuned there is measured there."
_WORDS = re.compile(r"\b(?:VALIDATION|FILE|MODEL)\b")


def tuned_there(
    catalogue: Catalogue, one: Destination, model: str | None, method: str | None, today: date
) -> Tunable | None:
    """The model meant by `model`, an id or a name; the first that can be tuned for None; None where none is listed.

    Raises UsageError for one that cannot be tuned there.
    """
    models = offered(catalogue, one, method, today) or offered(catalogue, one, None, today)
    if model is None:
        return models[0] if models else None
    for each in models:
        if model.casefold() in (each.model.casefold(), each.name.casefold()):
            return each
    names = ", ".join(each.model for each in models) or "none that is listed"
    raise UsageError(f"{model} cannot be tuned at {one.id}", hint=f"there are {names}")


def commands(one: Destination, folder: Path, model: Tunable | None) -> tuple[str, ...]:
    """The lines to type there: FILE and VALIDATION become those in `folder`, MODEL the model where its name is one."""
    if one.upload is None:
        return ()
    filled = {"VALIDATION": str(folder / "validation.jsonl"), "FILE": str(folder / "train.jsonl")}
    if model and " " not in model.name:
        filled["MODEL"] = model.name
    return tuple(_filled(line, filled) for line in one.upload.commands)


def _filled(line: str, filled: Mapping[str, str]) -> str:
    """The line with texts in place of words: quoted for the shell, inside of double quotes escaped as in Python."""

    def text(found: re.Match[str]) -> str:
        said = filled.get(found[0], found[0])
        return json.dumps(said)[1:-1] if line.count('"', 0, found.start()) % 2 else shlex.quote(said)

    return _WORDS.sub(text, line)


def notes(one: Destination, model: Tunable | None) -> tuple[str, ...]:
    """What to know before the files leave, and after."""
    own = one.upload.notes if one.upload else ()
    if one.kind == "rented GPU":
        return ("HOST is how ssh reaches it. It is billed until you delete it: copy runs/ back first.",)
    named = f"MODEL is what {one.provider_name} calls {model.name}." if model and " " in model.name else ""
    return (*own, *([named] if named else []), FOLLOW.format(name=one.provider_name), COME_BACK)


def way_there(project: Project | None) -> tuple[str, ...]:
    """The lines that take the project to a rented machine and go on there; HOST is the person's own word for it."""
    if project is None:
        return ("ssh -t HOST", pip_command("train"), "tunewright")
    name = shlex.quote(project.root.name)
    paths = " ".join(shlex.quote(str(path.relative_to(project.root))) for path in taken_along(project))
    return (
        f"cd {shlex.quote(str(project.root))}",
        f"rsync -aR {paths} HOST:{name}/",
        "ssh -t HOST",
        pip_command("train"),
        f"tunewright --project {name} doctor",
        f"tunewright --project {name}",
    )
