"""`tunewright resume [RUN]`: continues a stopped, failed or lost run from its newest whole checkpoint."""

import argparse
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("resume", help="continue a run that stopped, failed or was killed")
    parser.add_argument("id", nargs="?", metavar="RUN", help="default: the newest run")
    parser.add_argument("--follow", action="store_true", help="watch it (Ctrl-C leaves, the run goes on)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.commands.follow import follow, named_or_newest
    from engine.commands.output import print_json, say, show
    from engine.extras import require
    from engine.project import Project
    from engine.runs import control

    require(("torch", "transformers", "trl", "peft"), "train")
    project = Project.open(args.project)
    folder = named_or_newest(project, args.id)
    with project.changing("resume"):
        view = control.resume(folder)
    if view.state == "finished":
        say(f"{folder.id} is finished: tunewright evaluate {folder.id}")
    elif args.follow:
        return follow(folder, as_json=args.json)
    if args.json:
        print_json({"run": folder.id, "state": view.state, "from_step": view.checkpoint or 0})
    elif view.state != "finished":
        show(folder.id)
        say(f"it continues from step {view.checkpoint or 0}; watch it with: tunewright follow {folder.id}")
    return 0
