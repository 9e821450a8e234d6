"""`tunewright doctor`: what this machine has and lacks, and how to mend it."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.machine.report import Machine


def add(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="what this machine has and lacks")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.commands.output import print_json, say, table
    from engine.errors import MissingDependencyError
    from engine.machine.report import facts, find_lacks

    machine, inside = _looked_at(args.project)
    lacks = find_lacks(machine)
    blocking = [lack for lack in lacks if lack.blocks]
    if args.json:
        lacking = [asdict(lack) for lack in lacks]
        print_json({**asdict(machine), "lacks": lacking, "trains_here": not blocking, "recorded": inside})
    else:
        print(table(("what", "found"), facts(machine)))
        if lacks:
            print()
            print(table(("missing", "how to mend it"), [(lack.what, lack.mend) for lack in lacks]))
    if blocking:
        names = ", ".join(lack.what for lack in blocking)
        raise MissingDependencyError(f"training cannot run here without: {names}", hint=blocking[0].mend)
    say("training can run here")
    if inside:
        _say_destination(args.project)
    return 0


def _looked_at(folder: Path) -> tuple["Machine", bool]:
    """This machine, and whether it was recorded: a project was named, or `folder` is one."""
    from engine.machine.record import record_machine
    from engine.machine.report import inspect_machine
    from engine.project import Project

    if folder == Path() and not (folder / "project.toml").exists():
        return inspect_machine(folder), False
    project = Project.open(folder)
    with project.changing("doctor"):
        return record_machine(project), True


def _say_destination(folder: Path) -> None:
    """That another destination was chosen, which looking at this machine does not change."""
    from engine.commands.output import say
    from engine.machine.record import HERE
    from engine.project import Project
    from engine.where.chosen import chosen

    where = chosen(Project.open(folder))
    if where and where.id != HERE:
        say(f"the destination stays {where.id}; to train here: tunewright providers choose {HERE}")
