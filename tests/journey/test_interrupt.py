"""Long commands that are interrupted leave nothing running and lose nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from engine.project import Project
from tests.journey.command import document
from tests.tiny import make_model
from tests.worker.conftest import planned_project

ROOT = Path(__file__).parent.parent.parent
LIMIT_S = 120
VALIDATION = 400
"""Rows: four batches for each of two systems, so that three interruptions leave something to do."""
ALL = 3 * VALIDATION
"""Answers: of the model, of the model with examples, and of the system that reads no question."""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return planned_project(tmp_path / "project", make_model(tmp_path / "model"), rows=2400, new_tokens=64)


def workers(project: Project) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "engine.worker" in (command := process.info["cmdline"] or []) and str(project.root) in command[-1]
    ]


def answers(project: Project) -> int:
    return sum(path.read_bytes().count(b"\n") for path in project.root.glob("baselines/*/*.jsonl"))


def interrupted(project: Project, how: signal.Signals, code: int) -> None:
    """Begins the baseline, or goes on with it, and interrupts it once it has answered more than was answered before."""
    before, limit = answers(project), time.monotonic() + LIMIT_S
    started = subprocess.Popen(
        [sys.executable, "-m", "engine.cli", "baseline", "--project", str(project.root)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        # A suite started in the background by a shell hands down an ignored SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    while answers(project) == before:
        assert started.poll() is None and time.monotonic() < limit
        time.sleep(0.02)
    started.send_signal(how)
    _, said = started.communicate()
    assert started.returncode == code and b"Traceback" not in said
    while workers(project):
        assert time.monotonic() < limit, "the worker outlived its command"
    assert before < answers(project) < ALL


def test_an_interrupted_baseline_leaves_no_worker_and_goes_on_later(project: Project) -> None:
    # One after the other in one project: each start of a worker loads the model libraries.
    for how, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)):
        interrupted(project, how, code)
    found = document("baseline", "--project", project.root)
    assert {one["validation"]["exact_match"]["n"] for one in found["systems"].values()} == {VALIDATION}
    assert answers(project) == ALL
