"""`tunewright train [--follow]`: starts a detached run of the plan."""

import argparse
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("train", help="start training, detached")
    parser.add_argument("--follow", action="store_true", help="watch it (Ctrl-C leaves, the run goes on)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.commands.follow import follow
    from engine.commands.output import print_json, say, show
    from engine.extras import require
    from engine.project import Project
    from engine.training import elsewhere, start_planned

    project = Project.open(args.project)
    require(("torch", "transformers", "trl", "peft"), "train")
    with project.changing("train"):
        folder = start_planned(project)
    if note := elsewhere(project):
        say(note)
    if args.follow:
        return follow(folder, as_json=args.json)
    if args.json:
        print_json({"run": folder.id, "folder": str(folder.path)})
    else:
        show(folder.id)
        say(f"it goes on without this terminal; watch it with: tunewright follow {folder.id}")
    return 0
