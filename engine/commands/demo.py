"""`tunewright demo --headless`: the whole journey on the sample project, offline."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("demo", help="the whole journey on the sample project, offline, on a CPU")
    parser.add_argument("--headless", action="store_true", required=True, help="without a screen, nobody asked")
    parser.add_argument("--seed", type=int, default=0, help="of the training run (default: 0)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.commands.output import Progress, print_json, say
    from engine.demo import Talk, run_demo
    from engine.duration import duration
    from engine.extras import EXTRAS, require

    require([name for name in EXTRAS["train"] if name != "nvidia-ml-py"], "train")
    with Progress(None, "demo") as progress:
        talk = Talk(step=_step, rows=progress.rows, run=lambda view: _training(progress, view))
        demo = run_demo(_folder(args.project), talk, seed=args.seed)
    if args.json:
        print_json(demo.document())
        return 0
    _show(demo)
    say(f"{duration(demo.seconds)}; the project is in {demo.project.root}: tunewright status --project DIR")
    return 0


def _folder(project: Path) -> Path:
    import tempfile

    return project if project != Path() else Path(tempfile.mkdtemp(prefix="tunewright-demo-"))


def _step(key: str, text: str) -> None:
    from engine.commands.output import say
    from engine.journey import STEPS

    say(f"{list(STEPS).index(key) + 1}/{len(STEPS)} {key}: {text}")


def _training(progress: Any, view: Any) -> None:
    from engine.commands.follow import curve, note
    from engine.commands.output import say

    if view.live:
        progress.steps(view.run.id, view.step, view.steps, note(view), view.eta_s)
    else:
        say(curve(view))


def _show(demo: Any) -> None:
    from engine import journey
    from engine.commands.baseline import systems_table
    from engine.commands.output import table

    print(systems_table(demo.found.evaluation))
    print()
    for name, verdict in demo.found.evaluation.verdicts.items():
        print(f"{name}: {verdict}")
    waived = [
        (status.step.key, item.item, item.state, item.text)
        for status in journey.read(demo.project)
        for item in status.items
        if item.state != "passed"
    ]
    print()
    print(table(("step", "gate item", "state", "why"), waived))
