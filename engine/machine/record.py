"""This machine, as it was found, and as the destination of the project's training."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from engine import audit, journey
from engine.durable import read_json, write_json
from engine.errors import DataError
from engine.findings import now
from engine.machine.report import Lack, Machine, describe, facts, find_lacks, inspect_machine
from engine.project import Project
from engine.where.chosen import Chosen, chosen, keep

HERE = "this-machine"
"""Its id among the destinations."""
STAYS = "no data leaves this machine"


@dataclass(frozen=True, slots=True)
class Destination:
    """What was found of the machine when it was last looked at."""

    looked: str
    """When, as engine.findings.now() writes it."""
    facts: Sequence[tuple[str, str]]
    """(what, what was found)"""
    lacks: Sequence[Lack]
    gpus: Sequence[str] | None = None
    """Their names as their driver gives them; None: recorded before they were."""


def record_machine(project: Project) -> Machine:
    """Looks at this machine and keeps what was found; it is the destination too, unless another one was chosen."""
    where = chosen(project)
    return record_destination(project) if where is None or where.id == HERE else _looked_at(project)


def record_destination(project: Project) -> Machine:
    """Looks at this machine and makes it the destination: passed when training can run here; no data leaves it."""
    machine = _looked_at(project)
    missing = ", ".join(lack.what for lack in find_lacks(machine) if lack.blocks)
    text = f"{describe(machine)}; missing: {missing}" if missing else describe(machine)
    before = chosen(project)
    if before is None or before.id != HERE:
        keep(project, Chosen(HERE, "this machine", now()))
        audit.append(project.audit, "where.choose", destination=HERE, before=before.id if before else None)
    rests_on = {"destination": HERE}
    found = journey.Evidence("destination", "failed" if missing else "passed", text, rests_on)
    journey.record(project, "where", [found])
    journey.record_new(project, "where", journey.Evidence("consent", "passed", STAYS, rests_on))
    return machine


def _looked_at(project: Project) -> Machine:
    machine = inspect_machine(project.root)
    found = Destination(now(), facts(machine), find_lacks(machine), [gpu.name for gpu in machine.gpus])
    write_json(project.machine, asdict(found))
    return machine


def recorded_destination(project: Project) -> Destination | None:
    """What record_destination found last; None before. Raises DataError when the file is damaged."""
    path = project.machine
    try:
        given = read_json(path)
        found = [(str(what), str(value)) for what, value in given["facts"]]
        gpus = None if given.get("gpus") is None else [str(name) for name in given["gpus"]]
        return Destination(str(given["looked"]), found, [Lack(**one) for one in given["lacks"]], gpus)
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError) as error:
        raise DataError("not what looking at a machine saves", hint="tunewright doctor", where=str(path)) from error
