"""Detached runs that are killed, stopped and resumed: the same numbers come out."""

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import audit, journey
from engine.errors import UsageError
from engine.project import Project
from engine.runs import control
from engine.runs.watch import watch
from tests.worker.killing import finish, killed, losses, uninterrupted

Ready = Callable[..., Project]


def test_a_killed_and_stopped_run_ends_with_the_very_losses_of_an_uninterrupted_one(
    ready: Ready, tiny_llama: Path
) -> None:
    # One run is killed and stopped: each start of a worker loads the model libraries, seconds that prove nothing.
    project = ready(tiny_llama, epochs=10, dropout=0.05, eval_every=3)
    original = uninterrupted(project)
    assert original.state == "finished"
    run, hit = killed(project, 0.25, random.Random(7))
    lost = watch(run)
    assert lost.state in ("failed", "lost") and 0 < lost.step < lost.steps, hit

    resumed = control.resume(run)
    while (resumed := resumed.refresh()).step <= lost.step:
        assert resumed.live, hit
        time.sleep(0.01)
    control.stop(run)
    stopped = finish(run)
    assert stopped.state == "stopped" and stopped.checkpoint == stopped.step < stopped.steps
    control.resume(run)
    ended = finish(run)
    assert ended.state == "finished", hit
    assert losses(ended) == losses(original), hit
    assert ended.result == original.result | {"t": ended.result["t"]}, hit  # type: ignore[index,operator]
    while not control.is_idle(run):  # A run is finished before its end is on record.
        time.sleep(0.01)
    train = next(status for status in journey.read(project) if status.step.key == "train")
    assert {item.state for item in train.items} == {"passed"}
    events = [entry["event"] for entry in audit.entries(project.audit) if entry.get("run") == run.id]
    assert [event for event in events if event.startswith("run.")] == [
        "run.start",
        "run.end",
        "run.resume",
        "run.stop",
        "run.end",
        "run.resume",
        "run.end",
    ]

    finished = ended.run.events.read_bytes()
    assert control.resume(ended.run).state == "finished"
    with pytest.raises(UsageError, match="finished"):
        control.stop(ended.run)
    assert ended.run.events.read_bytes() == finished


def test_a_run_that_cannot_be_is_failed_in_words(ready: Ready, tiny_llama: Path) -> None:
    project = ready(tiny_llama, learning_rate=1e-9, epochs=1, rank=1, alpha=0.001, clip_norm=0.001)
    view = uninterrupted(project)
    assert view.state == "failed" and "changed nothing" in view.reason and view.hint
    assert "Traceback" not in view.reason
