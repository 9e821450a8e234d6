"""A real terminal, 80x24, in tmux: training survives its closing."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import journey
from engine.runs.watch import watch
from tests.journey.tmux import LIMIT_S, Tmux, own_server
from tests.tiny import make_model
from tests.worker.conftest import planned_project

TUNEWRIGHT = (sys.executable, "-m", "engine.cli")


@pytest.fixture
def tmux() -> Iterator[Tmux]:
    with own_server() as server:
        yield server


def test_a_killed_server_leaves_its_place_to_the_next(tmp_path: Path, tmux: Tmux) -> None:
    for name in ("first", "second", "third", "fourth"):
        tmux.start(name, "sh", "-c", f"stty size; echo {name} is up; cat", cwd=tmp_path, size=(60, 16))
        assert "16 60" in tmux.wait_for(f"{name} is up")
        tmux.kill()


def test_a_command_that_ends_before_its_time_fails_with_its_screen(tmp_path: Path, tmux: Tmux) -> None:
    tmux.start("short", "sh", "-c", "read line; echo $MORE$line; exit 3", cwd=tmp_path, env={"MORE": "said: "})
    tmux.send("-it", "Enter")
    assert "said: -it" in tmux.wait_for("said: -it")
    with pytest.raises(AssertionError, match=r"not shown: never \(its command has ended\)\n(.|\n)*said: -it"):
        tmux.wait_for("never")
    with pytest.raises(AssertionError, match=r"not shown in 0 s: never\n(.|\n)*said: -it"):
        tmux.start("long", "sh", "-c", "echo said: -it; cat", cwd=tmp_path)
        tmux.wait_for("said: -it")
        tmux.wait_for("never", limit_s=0)
    with pytest.raises(AssertionError, match="duplicate session: short"):
        tmux.start("short", "cat", cwd=tmp_path)


def test_closing_the_terminal_ends_nothing_and_follow_finds_the_run(tmp_path: Path, tmux: Tmux) -> None:
    project = planned_project(tmp_path / "project", make_model(tmp_path / "model"), epochs=40, eval_every=20)
    for step in journey.STEPS.values():
        for item in step.items:
            journey.waive(project, step.key, item, "trying the terminal")
    tmux.start("first", *TUNEWRIGHT, "train", "--follow", cwd=project.root)
    tmux.wait_for(" of 160")
    tmux.kill()
    [run] = project.all_runs()
    limit = time.monotonic() + LIMIT_S
    while (view := watch(run)).state != "running":
        assert time.monotonic() < limit, f"the run does not go on: {view.state} {view.reason}"
        time.sleep(0.1)
    tmux.start("second", *TUNEWRIGHT, "follow", cwd=project.root)
    shown = tmux.wait_for("run-1 finished")
    assert "step 160 of 160" in shown and "loss " in shown
    assert max(map(len, shown.splitlines())) <= 80
