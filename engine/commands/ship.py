"""`tunewright ship RUN --to FORM`: an export that is proved to answer as the trained model does."""

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.exports import Shipped


def add(commands: Any) -> None:
    parser = commands.add_parser("ship", help="export a run's model, and prove that it answers the same")
    parser.add_argument("id", nargs="?", metavar="RUN", help="default: the newest run")
    parser.add_argument(
        "--to", choices=("adapter", "merged"), required=True, help="adapter beside its base, or one model"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.commands.follow import named_or_newest
    from engine.commands.output import Progress, print_json
    from engine.errors import GateError
    from engine.exports import how_to_run
    from engine.extras import require
    from engine.project import Project
    from engine.ship import ship

    project = Project.open(args.project)
    folder = named_or_newest(project, args.id)
    require(("torch", "transformers", "peft"), "train")
    with project.changing("ship"), Progress(None, "ship") as progress:
        shipped = ship(folder, args.to, progress.rows)
    if args.json:
        print_json({**asdict(shipped), "parity": shipped.parity})
    else:
        _show(shipped, how_to_run(folder, args.to))
    if not shipped.parity:
        raise GateError(
            f"{shipped.rows - shipped.same} of {shipped.rows} answers differ from the trained model's",
            hint="parity.json in the export has the rows; serve the adapter on the base instead",
        )
    return 0


def _show(shipped: "Shipped", lines: str) -> None:
    import sys

    from engine.commands.output import say, show
    from engine.safe_text import safe_text

    show(shipped.folder)
    say("to run it, in Python:")
    # Not wrapped to the terminal: these lines are to be copied.
    print(safe_text(lines), file=sys.stderr)
    say(f"{shipped.same} of {shipped.rows} validation answers identical when loaded anew")
