"""`tunewright waive STEP ITEM --reason TEXT`: goes on without a piece of evidence, on the record."""

import argparse
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("waive", help="go on without a gate item, for a written reason")
    parser.add_argument("step", help="the step, as `tunewright status` names it")
    parser.add_argument("item", help="the gate item, as `tunewright status` names it")
    parser.add_argument("--reason", required=True, help="why; kept in the audit log and shown wherever the gate is")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine import journey
    from engine.commands.output import print_json, say, say_next
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing(f"waive {args.step} {args.item}"):
        journey.waive(project, args.step, args.item, args.reason)
    if args.json:
        print_json({"step": args.step, "item": args.item, "state": "waived", "reason": args.reason.strip()})
    else:
        say(f"{args.step} {args.item} is waived: {args.reason.strip()}")
        say_next(project)
    return 0
