"""A real terminal, 80x24, in tmux: training survives its closing."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine import journey
from engine.runs.watch import watch
from tests.tiny import make_model
from tests.worker.conftest import planned_project

ROOT = Path(__file__).parent.parent.parent
TUNEWRIGHT = f"{sys.executable} -m engine.cli"
LIMIT_S = 300


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """tmux(verb, ...) on a server of its own, which is ended with the test."""
    if shutil.which("tmux") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("tmux is not installed: apt-get install tmux")
        pytest.skip("tmux is not installed")
    socket = str(tmp_path / "tmux.socket")

    def run(*arguments: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
        done = subprocess.run(["tmux", "-S", socket, *arguments], env=environment, capture_output=True, text=True)
        return done.stdout

    yield run
    run("kill-server")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    limit = time.monotonic() + LIMIT_S
    while not condition():
        assert time.monotonic() < limit, what
        time.sleep(0.1)


def test_closing_the_terminal_ends_nothing_and_follow_finds_the_run(tmp_path: Path, tmux: Callable[..., str]) -> None:
    project = planned_project(tmp_path / "project", make_model(tmp_path / "model"), epochs=40, eval_every=20)
    for step in journey.STEPS.values():
        for item in step.items:
            journey.waive(project, step.key, item, "trying the terminal")
    window = ("new-session", "-d", "-x", "80", "-y", "24", "-c", str(project.root))
    # `cat` keeps the window when the command has ended.
    tmux(*window, "-s", "first", f"{TUNEWRIGHT} train --follow; cat")
    wait_for(lambda: " of 160" in tmux("capture-pane", "-p", "-t", "first"), "progress was shown")
    tmux("kill-server")
    [run] = project.all_runs()
    wait_for(lambda: watch(run).state == "running", "the run goes on")
    tmux(*window, "-s", "second", f"{TUNEWRIGHT} follow; cat")
    wait_for(lambda: "run-1 finished" in tmux("capture-pane", "-p", "-t", "second"), "the run ended")
    shown = tmux("capture-pane", "-p", "-t", "second")
    assert "step 160 of 160" in shown and "loss " in shown
    assert max(map(len, shown.splitlines())) <= 80
