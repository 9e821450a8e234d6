"""Kills a detached run at a random moment and resumes it, until it is finished."""

import contextlib
import os
import random
import signal
import time

from engine.durable import read_json
from engine.plan.recipe import planned
from engine.project import Project, RunFolder
from engine.runs import control
from engine.runs.identity import Identity
from engine.runs.series import Series
from engine.runs.watch import RunView, watch

LIMIT_S = 300


def finish(run: RunFolder) -> RunView:
    """Waits for the run's end."""
    view, limit = watch(run), time.monotonic() + LIMIT_S
    while view.live:
        assert time.monotonic() < limit, f"{run.id} is still {view.state}"
        time.sleep(0.05)
        view.refresh()
    return view


def uninterrupted(project: Project) -> RunView:
    return finish(control.start(project, planned(project).to_toml()))


def killed_at(project: Project, moment: float, chance: random.Random) -> tuple[RunView, str]:
    """A run killed as `killed` says, then resumed to its end. Returns the view and what was hit."""
    run, hit = killed(project, moment, chance)
    if watch(run).state != "finished":
        control.resume(run)
    return finish(run), hit


def killed(project: Project, moment: float, chance: random.Random) -> tuple[RunFolder, str]:
    """A run killed when `moment` (0 to 1) of its steps are done, and a random bit later.

    The worker, the supervisor, or both are killed. Returns the run, with nothing going any more, and what was hit.
    """
    run = control.start(project, planned(project).to_toml())
    view = watch(run)
    while view.live and (not view.steps or view.step < moment * view.steps):
        time.sleep(0.002)
        view.refresh()
    time.sleep(chance.random() * 0.05)
    victims = chance.choice((("worker",), ("supervisor", "worker")))
    for victim in victims:
        kill(run, victim)
    hit = f"{' and '.join(victims)} at step {view.refresh().step} of {view.steps}"
    finish(run)
    return run, hit


def kill(run: RunFolder, who: str) -> None:
    identity = Identity.saved(read_json(run.state).get(who))
    with contextlib.suppress(ProcessLookupError):
        if identity is not None and identity.alive():
            os.kill(identity.pid, signal.SIGKILL)


def losses(view: RunView) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """(step, loss) of every training step and every validation."""
    return _points(view.metrics), _points(view.evals)


def _points(series: Series) -> list[tuple[int, float]]:
    return list(zip(series.step, series["loss"], strict=True))
