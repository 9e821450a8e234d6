"""`tunewright stop [RUN]`: saves at the next optimizer step and ends the run."""

import argparse
import time
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("stop", help="save at the next step and stop a run")
    parser.add_argument("id", nargs="?", metavar="RUN", help="default: the newest run")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.commands.follow import named_or_newest, raise_failure
    from engine.commands.output import Progress, print_json, say, show
    from engine.commands.runs import document
    from engine.project import Project
    from engine.runs import control
    from engine.runs.watch import watch

    folder = named_or_newest(Project.open(args.project), args.id)
    control.stop(folder)
    view = watch(folder)
    with Progress(None, f"stopping {folder.id} at its next step") as progress:
        while view.live or not control.is_idle(folder):
            progress.update(view.step)
            time.sleep(0.1)
            view.refresh()
    view.refresh()
    if args.json:
        print_json(document(view))
    raise_failure(view)
    if not args.json:
        kept = (
            f"newest checkpoint: step {view.checkpoint}"
            if view.checkpoint
            else "before its first step: nothing to keep"
        )
        show(f"{folder.id} {view.state} at step {view.step} of {view.steps}; {kept}")
        say(f"continue with: tunewright resume {folder.id}")
    return 0
