"""`tunewright new DIR`: makes a project."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("new", help="make a project")
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.commands.output import print_json, say, show
    from engine.project import Project

    project = Project.create(args.folder)
    if args.json:
        print_json({"project": str(project.root)})
    else:
        show(project.root)
        say(f"next: tunewright decide --template, then tunewright data import FILE... --project {args.folder}")
    return 0
