"""`tunewright doctor`: what this machine has and lacks, and how to mend it."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("doctor", help="what this machine has and lacks")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.commands.output import print_json, say, table
    from engine.errors import MissingDependencyError
    from engine.machine.record import record_destination
    from engine.machine.report import find_lacks, inspect_machine
    from engine.project import Project

    inside = args.project != Path() or (args.project / "project.toml").exists()
    if inside:
        project = Project.open(args.project)
        with project.changing("doctor"):
            machine = record_destination(project)
    else:
        machine = inspect_machine(args.project)
    lacks = find_lacks(machine)
    blocking = [lack for lack in lacks if lack.blocks]
    if args.json:
        lacking = [asdict(lack) for lack in lacks]
        print_json({**asdict(machine), "lacks": lacking, "trains_here": not blocking, "recorded": inside})
    else:
        print(table(("what", "found"), _rows(machine)))
        if lacks:
            print()
            print(table(("missing", "how to mend it"), [(lack.what, lack.mend) for lack in lacks]))
    if blocking:
        names = ", ".join(lack.what for lack in blocking)
        raise MissingDependencyError(f"training cannot run here without: {names}", hint=blocking[0].mend)
    say("training can run here")
    return 0


def _rows(machine: Any) -> list[tuple[str, str]]:
    gib = 2**30
    gpus = [
        f"{gpu.name}, {gpu.free_bytes / gib:.1f} of {gpu.total_bytes / gib:.1f} GiB free, driver {gpu.driver}"
        for gpu in machine.gpus
    ]
    build = f"CUDA {machine.torch_cuda}" if machine.torch_cuda else "CPU build"
    terminal = machine.terminal
    outlives = {True: "yes", False: "no", None: "unknown"}[machine.survives_logout]
    return [
        ("system", machine.system),
        ("python", machine.python),
        ("cores", f"{machine.cores:g} usable"),
        ("memory", f"{machine.available_bytes / gib:.1f} of {machine.memory_bytes / gib:.1f} GiB available"),
        ("disk", f"{machine.disk_bytes / gib:.1f} GiB free here"),
        ("GPU", "; ".join(gpus) or f"none ({machine.gpu_source})"),
        *((name, found or "missing") for name, found in machine.packages.items() if name != "torch"),
        ("torch", f"{machine.packages['torch']}, {build}" if machine.packages["torch"] else "missing"),
        ("tmux", "yes" if machine.tmux else "no"),
        (
            "terminal",
            f"{terminal.term or 'none'}, {'UTF-8' if terminal.utf8 else 'not UTF-8'}, {terminal.colours} colours",
        ),
        ("runs outlive logout", outlives),
        ("home writable", "yes" if machine.home_writable else "no"),
    ]
