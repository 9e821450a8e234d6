"""`tunewright follow [RUN]`: watches a run until it ends; leaving changes nothing."""

import argparse
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.project import Project, RunFolder
    from engine.runs.watch import RunView

_REFRESH_S = 0.5


def add(commands: Any) -> None:
    parser = commands.add_parser("follow", help="watch a run until it ends (Ctrl-C leaves, the run goes on)")
    parser.add_argument("id", nargs="?", metavar="RUN", help="default: the newest run")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.project import Project

    return follow(named_or_newest(Project.open(args.project), args.id), as_json=args.json)


def named_or_newest(project: "Project", name: str | None) -> "RunFolder":
    """The run called `name`, or the newest. Raises UsageError when there is none."""
    from engine.errors import UsageError

    if name is not None:
        return project.run(name)
    runs = project.all_runs()
    if not runs:
        raise UsageError("there is no run yet", hint="tunewright train")
    return runs[-1]


def follow(folder: "RunFolder", *, as_json: bool) -> int:
    """Shows progress until the run ends. Raises TrainingError when it failed or is lost."""
    from engine.commands.output import Progress, print_json, say, show
    from engine.commands.runs import document
    from engine.runs.watch import RunView

    view, told = RunView(folder).refresh(), 0
    try:
        with Progress(view.steps or None, folder.id) as progress:
            while view.live:
                for text in view.notes[told:]:
                    say(text)
                told = len(view.notes)
                progress.steps(folder.id, view.step, view.steps, note(view), view.eta_s)
                time.sleep(_REFRESH_S)
                view.refresh()
    except KeyboardInterrupt:
        say(f"{folder.id} goes on; come back with: tunewright follow {folder.id}")
        raise
    for text in view.notes[told:]:
        say(text)
    say(curve(view))
    if as_json:
        print_json(document(view))
    raise_failure(view)
    if not as_json:
        show(f"{folder.id} {view.state}: step {view.step} of {view.steps}, best step {view.best_step}")
    return 0


def curve(view: "RunView") -> str:
    """The losses of the run in one line."""
    from engine.commands.output import sparkline

    losses = view.metrics["loss"]
    return f"loss {sparkline(losses, 50)} {losses[0]:.3f} to {losses[-1]:.3f}" if losses else "no step was made"


def note(view: "RunView") -> str:
    """How the run stands, beside its step."""
    if not view.metrics:
        return view.state
    loss = f"loss {view.loss:.3f}"
    validation = f", validation {view.eval_loss:.3f}" if view.eval_loss is not None else ""
    trouble = f", {view.trouble}" if view.trouble else ""
    return f"{loss}{validation}{trouble}"


def raise_failure(view: "RunView") -> None:
    """Raises TrainingError when the run failed or is lost."""
    from engine.errors import TrainingError

    if view.state in ("failed", "lost"):
        raise TrainingError(f"{view.run.id} {view.state}: {view.reason}", hint=view.hint or f"see {view.run.log}")
