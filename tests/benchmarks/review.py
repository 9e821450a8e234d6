"""`python -m tests.benchmarks.review`: opening a review of 1,000,000 rows, and what a verdict costs through a pty."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from engine import journey
from engine.project import Project
from tests.tui.reviewable import example, reviewable, talk
from tests.tui.terminal import Answer, Terminal

OPENINGS = 7
_OPEN = """
import sys, time
from pathlib import Path
from engine.project import Project
from engine.reviewing import open_review
project = Project.open(Path(sys.argv[1]))
began = time.perf_counter()
assert open_review(project).card()
print(1000 * (time.perf_counter() - began))
"""


def show(what: str, values: Sequence[float], unit: str) -> None:
    p95 = sorted(values)[min(len(values) - 1, round(0.95 * len(values)))]
    print(f"{what}: median {statistics.median(values):,.4g} {unit}, p95 {p95:,.4g}, n={len(values)}", flush=True)


def opened_by_engine(project: Project, what: str) -> None:
    """A process each: nothing is warm but the disk's cache."""
    command = [sys.executable, "-c", _OPEN, str(project.root)]
    times = [float(subprocess.run(command, capture_output=True, check=True, text=True).stdout) for _ in range(OPENINGS)]
    show(f"{what}: engine, open_review and the first card", times, "ms")


def on_screen(project: Project) -> Terminal:
    return Terminal(sys.executable, "-m", "tui", "--project", project.root)


def opened_on_screen(project: Project, what: str) -> None:
    """From the key that opens the step to its last byte, and the wizard's first frame at that step."""
    keys, frames, sizes = [], [], []
    for _ in range(OPENINGS):
        with on_screen(project) as terminal:
            frame = terminal.first_frame(" of 100")
            frames.append(1000 * frame.seconds)
            terminal.answer_to("2")
            keys.append(1000 * terminal.answer_to("3").seconds)
            sizes.append(terminal.rss() / 2**20)
    show(f"{what}: wizard started to card shown", frames, "ms")
    show(f"{what}: key 3 on another step to card shown", keys, "ms")
    show(f"{what}: memory", sizes, "MiB")


def verdicts(project: Project, what: str, count: int = 100) -> None:
    """Each key after the last one's frame is at rest."""
    with on_screen(project) as terminal:
        terminal.first_frame(" of 100")
        answers: list[Answer] = [terminal.answer_to("a", quiet_s=0.1) for _ in range(count)]
        assert any("100 of" in row for row in terminal.text())
        show(f"{what}: key to last byte", [1000 * one.seconds for one in answers], "ms")
        show(f"{what}: bytes", [float(len(one.raw)) for one in answers], "B")
        print(f"{what}: most bytes {max(len(one.raw) for one in answers):,}; {terminal.rss() / 2**20:.1f} MiB")


def main(rows: int = 1_000_000) -> None:
    with tempfile.TemporaryDirectory() as name:
        began = time.perf_counter()
        sums = (example(n, f"What is {n} squared?", f'{{"question":{n},"answer":{n * n}}}') for n in range(rows))
        many = reviewable(Path(name) / "many", sums)
        print(f"{rows:,} rows written in {time.perf_counter() - began:.0f} s", flush=True)
        long = reviewable(Path(name) / "long", (example(n, talk(n), talk(n + 500)) for n in range(500)))
        for project in (many, long):
            for step in ("decide", "data"):
                waive(project, step)
        opened_by_engine(many, f"{rows:,} rows, none looked at")
        opened_on_screen(many, f"{rows:,} rows, none looked at")
        verdicts(many, "short cards")
        opened_by_engine(many, f"{rows:,} rows, 100 looked at")
        verdicts(long, "cards that fill the screen")


def waive(project: Project, step: str) -> None:
    for item in journey.STEPS[step].items:
        journey.waive(project, step, item, "a measurement")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
