"""`tunewright data clean | split | show`: from one version of the rows to the next."""

import argparse
from typing import Any

from engine.errors import GateError, UsageError


def add(verbs: Any) -> None:
    clean = verbs.add_parser("clean", help="a new version without duplicates or contradictions")
    clean.add_argument(
        "--drop", required=True, metavar="WHAT[,WHAT]", help="duplicates, near, conflicts; `data keep` says what stays"
    )
    clean.set_defaults(run=run_clean)
    split = verbs.add_parser("split", help="a new version in train, validation and test, with its proof")
    split.add_argument("--seed", type=int, default=0, metavar="N", help="draws the groups (default: 0)")
    split.set_defaults(run=run_split)
    shown = verbs.add_parser("show", help="the project's current version and how it came about")
    shown.set_defaults(run=run_show)


def run_clean(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.data_text import derived
    from engine.commands.decide_again import decide_again
    from engine.commands.output import print_made, stage
    from engine.data.adopt import current
    from engine.data.cleaning import Wanted, clean
    from engine.data.deriving import adopt_derived
    from engine.keeping import accepted, choices
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("data clean"), ExitStack() as stack:
        version, drop = current(project), tuple(part.strip() for part in args.drop.split(","))
        read, compared = stage(stack, len(version), "rows compared"), stage(stack, 100, "per cent compared")
        made = clean(version, project.data, drop, read, compared, Wanted(choices(project), accepted(project)))
        adopt_derived(project, made)
        decide_again(project)
    print_made(args, made.document(), derived(made))
    return 0


def run_split(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.data_text import splitted
    from engine.commands.decide_again import decide_again
    from engine.commands.output import print_made, stage
    from engine.data.adopt import adopt, current
    from engine.data.splitting import split
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("data split"), ExitStack() as stack:
        version = current(project)
        if version.manifest["step"] == "split":
            raise UsageError(
                f"{version.name} is split already, and a split moves no row again",
                hint="import or clean first; splitting anew would make all that rests on it stale",
            )
        read, compared = stage(stack, len(version), "rows read"), stage(stack, 100, "per cent compared")
        made = split(version, project.data, args.seed, read, compared)
        adopt(project, made.version, split=made.counts, seed=args.seed)
        decide_again(project)
    document = made.document()
    print_made(args, document, splitted(document, made.proof.text))
    if not document["proof"]["passed"]:
        raise GateError("the splits share rows", hint=f"data/{made.version.name}/manifest.json lists them")
    return 0


def run_show(args: argparse.Namespace) -> int:
    from engine import journey
    from engine.commands.data_text import standing
    from engine.commands.output import print_made
    from engine.data.overview import overview
    from engine.errors import DataError
    from engine.project import Project

    project = Project.open(args.project)
    found = overview(project)
    if found is None:
        raise DataError("the project has no data yet", hint="tunewright data import FILE...")
    later = journey.would_go_stale(journey.read(project))
    lines = [f"a new version makes what was shown stale in: {', '.join(later)}"] if later else []
    print_made(args, {**found.document(), "makes_stale": later}, [*standing(found), *lines])
    return 0
