"""The files for a destination, written and checked by its rules. Nothing is sent."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.data.exporting import Exported, Order, export
from engine.data.records import Progress, no_progress
from engine.errors import GateError, UsageError
from engine.project import Project
from engine.providers.entries import Catalogue, Destination
from engine.where.chosen import chosen
from engine.where.consent import SENT
from engine.where.constraints import constraints
from engine.where.destinations import Candidate, candidate
from engine.where.way_there import commands, notes, tuned_there


@dataclass(frozen=True, slots=True)
class Upload:
    """What was written for a destination."""

    destination: Destination
    exported: Exported
    commands: tuple[str, ...]
    """The destination's own, with files and model filled in."""
    notes: tuple[str, ...]


def upload(
    project: Project,
    destination_id: str,
    catalogue: Catalogue,
    today: date,
    *,
    out: Path | None = None,
    model: str | None = None,
    leave_out: bool = False,
    progress: Progress = no_progress,
) -> Upload:
    """Writes train and validation of the current version as the destination takes them; call it inside
    project.changing().

    `out` None: a folder of its own in exports/. `progress` gets rows. Raises GateError for a destination that cannot be
    chosen, UsageError for one that takes no upload, an unknown model or a version that is not split, DataError, naming
    the rows, for what the host would refuse.
    """
    wanted = constraints(project)
    found = candidate(catalogue, destination_id, wanted, today)
    one = _require_upload(found)
    named = tuned_there(catalogue, one, model, wanted.method, today)
    assert one.upload is not None
    folder = out or project.exports / f"upload-{one.id}"
    order = Order(one.upload.form, folder, SENT, leave_out, target=one.upload.target)
    exported = export(project, order, progress)
    said = (agreed(project, one, exported.manifest["version"]), *notes(one, named))
    return Upload(one, exported, commands(one, exported.folder, named), said)


def agreed(project: Project, one: Destination, version: str) -> str:
    """Whether the person has agreed that these rows go there."""
    where = chosen(project)
    ask = f"before you send them: tunewright providers choose {one.id}"
    if where is None or where.id != one.id:
        return f"Nobody agreed yet that these rows go to {one.name}; {ask}"
    if where.consent.get("version") != version:
        return f"It was agreed that {where.consent.get('version')} goes to {one.name}, not {version}; {ask}"
    return f"That {version} goes to {one.name} was agreed on {where.since}."


def _require_upload(found: Candidate) -> Destination:
    one = found.destination
    if found.refused:
        hint = "tunewright providers --fits lists those that can be chosen"
        raise GateError(f"{one.id} cannot be used: {'; '.join(found.refused)}", hint=hint)
    if one.upload is None:
        hint = f"tunewright providers show {one.id} says how to go there"
        raise UsageError(f"nothing is uploaded to {one.id}: {_instead(one)}", hint=hint)
    return one


def _instead(one: Destination) -> str:
    if not one.data_leaves:
        return "training runs here"
    return "the project itself goes there" if one.kind == "rented GPU" else "its way of taking rows is not known"
