"""`tunewright runs`: every run and how it stands."""

import argparse
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.runs.watch import RunView


def add(commands: Any) -> None:
    parser = commands.add_parser("runs", help="every run and how it stands")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.commands.output import print_json, say, sparkline, table
    from engine.duration import duration
    from engine.findings import standing
    from engine.project import Project
    from engine.runs.watch import watch

    views = [watch(folder) for folder in Project.open(args.project).all_runs()]
    if args.json:
        print_json({"runs": [{**document(view), "standing": standing(view.run)} for view in views]})
        return 0
    if not views:
        say("no run yet: tunewright train")
        return 0
    rows = [
        (
            view.run.id,
            standing(view.run) if view.state == "finished" else view.state,
            f"{view.step}/{view.steps}",
            sparkline(view.metrics["loss"], 16),
            "" if view.loss is None else f"{view.loss:.3f}",
            "" if view.eval_loss is None else f"{view.eval_loss:.3f}",
            "" if view.best_step is None else view.best_step,
            duration(view.eta_s) if view.eta_s is not None else view.reason,
        )
        for view in views
    ]
    print(table(("run", "state", "step", "curve", "loss", "eval loss", "best", "left"), rows))
    return 0


def document(view: "RunView") -> dict[str, Any]:
    """One run as JSON."""
    return {
        "id": view.run.id,
        "state": view.state,
        "reason": view.reason,
        "hint": view.hint,
        "way": view.way,
        "step": view.step,
        "steps": view.steps,
        "loss": _json(view.loss),
        "eval_loss": _json(view.eval_loss),
        "best_step": view.best_step,
        "started": view.started,
        "eta_s": view.eta_s,
    }


def _json(loss: float | None) -> float | str | None:
    # JSON has no NaN; the word keeps what a null would hide.
    return loss if loss is None or math.isfinite(loss) else str(loss)
