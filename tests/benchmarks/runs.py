"""`python -m tests.benchmarks.runs`: help, events, stop, and ten kills of a detached run."""

import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.plan.recipe import planned
from engine.project import Project
from engine.runs import control
from engine.runs.events import EventLog
from engine.runs.watch import watch
from tests.tiny import make_model
from tests.worker.conftest import planned_project
from tests.worker.killing import finish, killed_at, losses, uninterrupted


def show(what: str, values: list[float], unit: str) -> None:
    low, high = min(values), max(values)
    print(
        f"{what}: median {statistics.median(values):.4g} {unit} ({low:.4g} to {high:.4g}, n={len(values)})", flush=True
    )


def seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def help_time() -> None:
    command = [sys.executable, "-m", "engine.cli", "--help"]
    times = [seconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)) for _ in range(20)]
    show("tunewright --help", [1000 * one for one in times], "ms")


def events(folder: Path, step_s: float) -> None:
    log = EventLog(folder / "events.jsonl")
    metrics = {"loss": 1.0, "grad_norm": 1.0, "learning_rate": 1e-3, "step_s": 0.1, "tokens_per_s": 1e3, "epoch": 0.5}
    times = [seconds(lambda: log.write("metrics", step=1, **metrics)) for _ in range(2000)]
    show("one metrics event", [1e6 * one for one in times], "us")
    share = statistics.median(times) / step_s
    print(f"share of a step of {1000 * step_s:.0f} ms: {share:.3%}", flush=True)


def stops(project: Project, count: int) -> None:
    latency = []
    for _ in range(count):
        run = control.start(project, planned(project).to_toml())
        while watch(run).step < 3:
            time.sleep(0.005)
        asked = time.time()
        control.stop(run)
        view = finish(run)
        saved = max(one["t"] for _, one in EventLog(run.events).read() if one["kind"] == "checkpoint")
        step_s = statistics.median(view.metrics["step_s"])
        latency.append(saved - asked - step_s)
    show("stop request to whole checkpoint, beyond one step", [1000 * one for one in latency], "ms")


def kills(project: Project, count: int) -> float:
    original = uninterrupted(project)
    chance, same = random.Random(2026), 0
    for number in range(count):
        view, hit = killed_at(project, chance.random(), chance)
        identical = view.state == "finished" and losses(view) == losses(original)
        same += identical
        print(f"kill {number + 1}: {hit}: {'identical' if identical else 'DIFFERENT'}", flush=True)
    print(f"{same} of {count} killed and resumed runs have the very losses of the uninterrupted one", flush=True)
    return statistics.median(original.metrics["step_s"])


def main(count: int = 10) -> None:
    help_time()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = planned_project(
            folder / "project", make_model(folder / "model"), epochs=20, dropout=0.05, eval_every=5
        )
        step_s = kills(project, count)
        stops(project, 5)
        events(folder, step_s)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
