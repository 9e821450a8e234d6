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


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return planned_project(tmp_path / "project", make_model(tmp_path / "model"), rows=600, new_tokens=64)


def workers(project: Project) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if "engine.worker" in (command := process.info["cmdline"] or []) and str(project.root) in command[-1]
    ]


def answers(project: Project) -> int:
    return sum(path.read_bytes().count(b"\n") for path in project.root.glob("baselines/*/*.jsonl"))


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_an_interrupted_baseline_leaves_no_worker_and_goes_on_later(
    project: Project, how: signal.Signals, code: int
) -> None:
    command = [sys.executable, "-m", "engine.cli", "baseline", "--project", str(project.root)]
    started = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        # A suite started in the background by a shell hands down an ignored SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    limit = time.monotonic() + LIMIT_S
    while not answers(project):
        assert started.poll() is None and time.monotonic() < limit
        time.sleep(0.02)
    started.send_signal(how)
    _, said = started.communicate()
    assert started.returncode == code and b"Traceback" not in said
    while workers(project):
        assert time.monotonic() < limit, "the worker outlived its command"
    kept = answers(project)
    assert kept > 0
    found = document("baseline", "--project", project.root)
    assert {one["validation"]["exact_match"]["n"] for one in found["systems"].values()} == {100}
    assert answers(project) == 300
