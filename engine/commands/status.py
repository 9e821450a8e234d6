"""`tunewright status`: the nine steps, their gates and evidence."""

import argparse
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("status", help="the nine steps, gates and evidence")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine import journey
    from engine.commands.output import print_json, say_next, table
    from engine.project import Project

    project = Project.open(args.project)
    steps = journey.read(project)
    if args.json:
        print_json({"steps": [_document(status) for status in steps]})
        return 0
    rows = [
        (number if first else "", status.step.key if first else "", item.item, item.state, _text(item))
        for number, status in enumerate(steps, start=1)
        for first, item in ((item is status.items[0], item) for item in status.items)
    ]
    print(table(("", "step", "gate item", "state", "evidence, reason, or what produces it"), rows))
    say_next(project)
    return 0


def _text(item: Any) -> str:
    return f"{item.text} [{item.source}]" if item.source else item.text


def _document(status: Any) -> dict[str, Any]:
    items = [
        {"item": i.item, "means": i.means, "state": i.state, "text": i.text, "source": i.source} for i in status.items
    ]
    return {"step": status.step.key, "asks": status.step.asks, "state": status.state, "items": items}
