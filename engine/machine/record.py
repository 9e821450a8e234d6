"""This machine as the destination of the project's training."""

from engine import journey
from engine.machine.report import Machine, describe, find_lacks, inspect_machine
from engine.project import Project


def record_destination(project: Project) -> Machine:
    """Looks at this machine and records it as the destination: passed when training can run here."""
    machine = inspect_machine(project.root)
    missing = ", ".join(lack.what for lack in find_lacks(machine) if lack.blocks)
    text = f"{describe(machine)}; missing: {missing}" if missing else describe(machine)
    journey.record(project, "where", [journey.Evidence("destination", "failed" if missing else "passed", text)])
    return machine
