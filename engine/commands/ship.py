"""`tunewright ship RUN --to FORM`: an export that is proved to answer as the trained model does."""

import argparse
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("ship", help="export a run's model, and prove that it answers the same")
    parser.add_argument("id", nargs="?", metavar="RUN", help="default: the newest run")
    parser.add_argument(
        "--to", choices=("adapter", "merged"), required=True, help="adapter beside its base, or one model"
    )
    parser.set_defaults(run=run)


def _loading(form: str, shipped: Any) -> str:
    if form == "merged":
        return f"AutoModelForCausalLM.from_pretrained({shipped.folder!r})"
    return f"PeftModel.from_pretrained(base, {shipped.folder!r}), on the base model that was planned with"


def run(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.commands.follow import named_or_newest
    from engine.commands.output import Progress, print_json, say, show
    from engine.errors import GateError
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
        show(shipped.folder)
        say(f"load it with transformers: {_loading(args.to, shipped)}")
        say(f"{shipped.same} of {shipped.rows} validation answers identical when loaded anew")
    if not shipped.parity:
        raise GateError(
            f"{shipped.rows - shipped.same} of {shipped.rows} answers differ from the trained model's",
            hint="parity.json in the export has the rows; serve the adapter on the base instead",
        )
    return 0
