"""This machine as the destination of the project's training."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from engine import journey
from engine.durable import read_json, write_json
from engine.errors import DataError
from engine.findings import now
from engine.machine.report import Lack, Machine, describe, facts, find_lacks, inspect_machine
from engine.project import Project


@dataclass(frozen=True, slots=True)
class Destination:
    """What was found of the machine when it was last looked at."""

    looked: str
    """When, as engine.findings.now() writes it."""
    facts: Sequence[tuple[str, str]]
    """(what, what was found)"""
    lacks: Sequence[Lack]


def record_destination(project: Project) -> Machine:
    """Looks at this machine and records it as the destination: passed when training can run here."""
    machine = inspect_machine(project.root)
    lacks = find_lacks(machine)
    missing = ", ".join(lack.what for lack in lacks if lack.blocks)
    text = f"{describe(machine)}; missing: {missing}" if missing else describe(machine)
    write_json(project.machine, asdict(Destination(now(), facts(machine), lacks)))
    journey.record(project, "where", [journey.Evidence("destination", "failed" if missing else "passed", text)])
    return machine


def recorded_destination(project: Project) -> Destination | None:
    """What record_destination found last; None before. Raises DataError when the file is damaged."""
    path = project.machine
    try:
        given = read_json(path)
        found = [(str(what), str(value)) for what, value in given["facts"]]
        return Destination(str(given["looked"]), found, [Lack(**one) for one in given["lacks"]])
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, ValueError) as error:
        raise DataError("not what looking at a machine saves", hint="tunewright doctor", where=str(path)) from error
