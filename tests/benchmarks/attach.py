"""`python -m tests.benchmarks.attach`: coming back to a run of 100,000 points, by the engine and on the screen."""

import json
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from engine.project import Project, RunFolder
from tests.tui.run_writer import Writer, up_to_train
from tests.tui.terminal import Terminal

OPENINGS = 7
_WATCH = """
import resource, sys, time
from pathlib import Path
from engine.project import RunFolder
from engine.runs.watch import watch
began = time.perf_counter()
assert watch(RunFolder(Path(sys.argv[1]))).step == int(sys.argv[2])
print(1000 * (time.perf_counter() - began), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def show(what: str, values: Sequence[float], unit: str) -> None:
    spread = f"{min(values):.4g} to {max(values):.4g}, n={len(values)}"
    print(f"{what}: median {statistics.median(values):.4g} {unit} ({spread})", flush=True)


def lengthen(run: RunFolder, points: int) -> None:
    """Writes the metrics of steps 1 to `points` as a worker does, a validation every 500; the log of 1,000,000 takes
    seconds so, and a line at a time minutes."""
    with open(run.events, "a", encoding="utf-8") as file:
        for step in range(1, points + 1):
            loss = 0.4 + 2.6 * math.exp(-step / 15_000) + 0.1 * abs(math.sin(1.7 * step))
            rate = {"learning_rate": 1e-4 * (1 - step / points), "grad_norm": 1 + 0.3 * math.cos(step)}
            pace = {"step_s": 0.312346, "tokens_per_s": 2000.0 + 13 * (step % 7), "epoch": step / 100}
            head = {"t": round(1_790_000_000 + 0.3 * step, 3), "kind": "metrics", "step": step}
            file.write(json.dumps({**head, "loss": loss, **rate, **pace}, separators=(",", ":")) + "\n")
            if step % 500 == 0:
                file.write(json.dumps({**head, "kind": "eval", "loss": loss + 0.1}, separators=(",", ":")) + "\n")


def by_engine(run: RunFolder, points: int) -> None:
    """A process each: nothing is warm but the disk's cache."""
    command = [sys.executable, "-c", _WATCH, str(run.path), str(points)]
    done = [subprocess.run(command, capture_output=True, check=True, text=True).stdout for _ in range(OPENINGS)]
    times, sizes = zip(*(map(float, one.split()) for one in done), strict=True)
    show(f"engine, {points:,} points", times, "ms")
    show("  its process at most", sizes, "MiB")


def on_screen(project: Project, points: int) -> None:
    """From the key that opens Train to the last byte of its first whole picture."""
    times, sizes = [], []
    for _ in range(OPENINGS):
        with Terminal(sys.executable, "-m", "tui", "--project", project.root) as terminal:
            terminal.first_frame("7Train")
            terminal.answer_to("4")
            times.append(1000 * terminal.answer_to("7").seconds)
            assert any(f"step {points} of" in row for row in terminal.text())
            sizes.append(terminal.rss() / 2**20)
    show("key 7 on another step to curve shown", times, "ms")
    show("  the wizard's memory", sizes, "MiB")


def main(points: int = 100_000) -> None:
    with tempfile.TemporaryDirectory() as name:
        project = up_to_train(Project.create(Path(name) / "project"))
        writer = Writer(project.new_run(""), points)
        lengthen(writer.run, points)
        writer.state("finished")
        by_engine(writer.run, points)
        on_screen(project, points)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
