"""The supervisor with small real processes for workers: they end, fail, are stopped, killed, or are noisy."""

import errno
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import audit
from engine.durable import read_json, read_lines, write_json
from engine.errors import ModelError, TrainingError, UsageError
from engine.project import Project, RunFolder
from engine.runs import control
from engine.runs.events import EventLog
from engine.runs.evidence import record_evidence
from engine.runs.identity import Identity
from engine.runs.watch import RunView, watch
from engine.worker.failures import explained, way_after

_HEAD = """
import os, signal, sys, time
from pathlib import Path
from engine.project import RunFolder
from engine.runs.events import EventLog
run = RunFolder(Path(sys.argv[1]))
events = EventLog(run.events)
def running(): events.write("state", state="running", steps=100, from_step=0)
def until_stopped():
    while True: signal.pause()
"""
FINISHES = (
    _HEAD + 'running(); events.write("metrics", step=1, loss=2.0, step_s=0.1); events.write("state", state="finished")'
)
WAITS = (
    _HEAD
    + """
def stop(number, frame):
    events.write("state", state="stopped"); sys.exit(0)
signal.signal(signal.SIGTERM, stop); running(); until_stopped()
"""
)
FAILS = _HEAD + 'running(); events.write("state", state="failed", reason="loss is nan", hint="less"); sys.exit(6)'
SHOUTS = (
    _HEAD
    + """
running()
for _ in range(64): sys.stdout.write("x" * 16384); sys.stdout.flush()
events.write("state", state="finished")
"""
)


@pytest.fixture
def run(project: Project) -> RunFolder:
    return project.new_run("")


@pytest.fixture
def supervise(run: RunFolder) -> "Callable[[str], subprocess.Popen[bytes]]":
    def start(worker: str) -> "subprocess.Popen[bytes]":
        code = (
            "import sys; from pathlib import Path; from engine.project import RunFolder\n"
            "from engine.runs.supervisor import Supervisor\n"
            f"folder = {str(run.path)!r}\n"
            f"Supervisor(RunFolder(Path(folder)), [sys.executable, '-c', {worker!r}, folder]).run()"
        )
        return subprocess.Popen([sys.executable, "-c", code], start_new_session=True, env=control.worker_environment())

    return start


def until(condition: Callable[[], bool]) -> None:
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit, "it did not happen within a minute"
        time.sleep(0.01)


def in_state(run: RunFolder, *states: str) -> Callable[[], bool]:
    return lambda: watch(run).state in states


def test_a_run_that_ends_well_is_finished(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    assert supervise(FINISHES).wait() == 0
    view = watch(run)
    assert (view.state, view.step, view.steps, view.loss) == ("finished", 1, 100, 2.0)
    assert any(line["kind"] == "exit" for _, line in read_lines(run.machine))


def test_a_stop_request_reaches_the_worker(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    process = supervise(WAITS)
    until(in_state(run, "running"))
    control.stop(run)
    process.wait()
    assert watch(run).state == "stopped"
    with pytest.raises(UsageError, match="is not going"):
        control.stop(run)


def test_what_the_worker_says_of_its_failure_is_kept(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    supervise(FAILS).wait()
    view = watch(run)
    assert (view.state, view.reason, view.hint) == ("failed", "loss is nan", "less")
    assert view.way == "plan"


def test_a_run_is_resumed_where_the_worker_says_so_and_not_after_every_failure(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    supervise(FAILS.replace('hint="less"', 'hint="free some space", way="resume"')).wait()
    assert (watch(run).state, watch(run).way) == ("failed", "resume")
    write_json(run.state, {**read_json(run.state), "way": "something else"})
    assert watch(run).way == "plan"


@pytest.mark.parametrize(
    ("error", "way"),
    [
        (OSError(errno.ENOSPC, "full"), "resume"),
        (MemoryError(), "plan"),
        (RuntimeError("CUDA out of memory"), "plan"),
        (TrainingError("loss is nan", hint="less"), "plan"),
        (ValueError("unforeseen"), "plan"),
        (ModelError("torn", hint="copy it again"), "resume"),
        (ModuleNotFoundError(name="trl"), "resume"),
    ],
)
def test_what_went_wrong_outside_of_the_plan_is_mended_and_the_run_resumed(
    error: Exception, way: str, tmp_path: Path
) -> None:
    assert way_after(error, explained(error, tmp_path)) == way


def test_a_killed_worker_is_failed_with_its_signal(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    process = supervise(WAITS)
    until(in_state(run, "running"))
    os.kill(read_json(run.state)["worker"]["pid"], signal.SIGKILL)
    process.wait()
    view = watch(run)
    assert view.state == "failed" and "SIGKILL" in view.reason and view.way == "resume"


def test_a_killed_supervisor_leaves_the_worker_running_and_the_run_readable(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    process = supervise(WAITS)
    until(in_state(run, "running"))
    worker = Identity.saved(read_json(run.state)["worker"])
    assert worker is not None
    process.kill()
    process.wait()
    view = watch(run)
    assert view.state == "running" and "supervisor is gone" in view.reason
    with pytest.raises(UsageError, match="is running"):
        control.resume(run)
    control.stop(run)
    os.kill(worker.pid, signal.SIGTERM)
    until(lambda: not worker.alive())
    assert watch(run).state == "stopped"


def test_when_both_are_killed_the_run_is_lost(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    process = supervise(WAITS)
    until(in_state(run, "running"))
    worker = Identity.saved(read_json(run.state)["worker"])
    assert worker is not None
    process.kill()
    os.kill(worker.pid, signal.SIGKILL)
    process.wait()
    until(lambda: not worker.alive())
    view = watch(run)
    assert view.state == "lost" and view.hint == f"tunewright resume {run.id}"


def test_a_worker_that_prints_a_mebibyte_is_not_held_up_by_a_dead_reader(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    process = supervise(SHOUTS)
    follow = [sys.executable, "-m", "engine.cli", "follow", "--project", str(run.project.root)]
    reader = subprocess.Popen(follow, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=control.worker_environment())
    until(lambda: run.log.exists())
    reader.kill()
    reader.communicate()
    assert process.wait() == 0
    assert watch(run).state == "finished" and run.log.stat().st_size >= 1 << 20


def test_hanging_up_the_terminal_ends_nothing(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    process = supervise(WAITS)
    until(in_state(run, "running"))
    os.kill(process.pid, signal.SIGHUP)
    control.stop(run)
    process.wait()
    assert watch(run).state == "stopped"


def test_one_run_has_one_supervisor(run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]) -> None:
    first = supervise(WAITS)
    until(in_state(run, "running"))
    assert supervise(FINISHES).wait() != 0
    assert watch(run).state == "running"
    control.stop(run)
    first.wait()


def test_a_reader_takes_torn_and_foreign_lines_for_what_they_are(run: RunFolder) -> None:
    run.events.write_bytes(
        b'{"t": 1, "kind": "state", "state": "running", "steps": 9, "from_step": 0}\n'
        b'{"t": 2, "kind": "metrics", "step": 1, "loss": 3.5}\n'
        b'{"t": 3, "kind": "metr\n[1, 2]\n\xff\xfe\n'
        b'{"t": 4, "kind": "metrics", "step": 2, "loss": "nan"}\n{"t": 5, "kind": "metrics", "st'
    )
    view = RunView(run).refresh()
    assert list(view.metrics.step) == [1, 2] and math.isnan(view.loss or 0)
    with open(run.events, "ab") as file:
        file.write(b'ep": 3, "loss": 1.0}\n')
    assert list(view.refresh().metrics.step) == [1, 2, 3]


def test_a_run_that_never_got_a_supervisor_is_lost_and_can_be_resumed(run: RunFolder) -> None:
    assert watch(run).state == "queued"
    os.utime(run.recipe, (0, 0))
    view = watch(run)
    assert view.state == "lost" and view.hint == f"tunewright resume {run.id}"


def test_braces_in_what_a_worker_says_harm_nothing(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    supervise(FAILS.replace("less", "free some space at /data/{team}/p")).wait()
    assert watch(run).hint == "free some space at /data/{team}/p"


def test_evidence_that_a_killed_supervisor_could_not_record_is_recorded_later(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    shown = 'events.write("result", best_step=1, best_eval_loss=1.0, tensors=2, logit_change=0.5, '
    shown += 'data="v1", model="m", recipe="r"); events.write("state", state="finished")'
    supervise(FINISHES.replace('events.write("state", state="finished")', shown)).wait()
    log = run.project.audit
    whole = log.read_bytes()
    ends = [entry for entry in audit.entries(log) if entry["event"] == "run.end"]
    assert len(ends) == 1 and sum(entry.get("step") == "train" for entry in audit.entries(log)) == 3
    record_evidence(run)
    assert log.read_bytes() == whole
    log.write_bytes(b"".join(whole.splitlines(keepends=True)[:2]))
    record_evidence(run)
    assert [entry["event"] for entry in audit.entries(log)][-1] == "run.end"
    assert {entry.get("item") for entry in audit.entries(log)} >= {"finite", "effective", "best"}


def test_a_loss_that_was_not_a_number_is_read_as_the_word_it_is(run: RunFolder) -> None:
    log = EventLog(run.events)
    log.write("state", state="running", steps=9, from_step=0)
    log.write("eval", step=1, loss=2.0)
    log.write("eval", step=2, loss="nan")
    log.write("eval", loss=1.0)
    log.write("metrics", step="three", loss=1.0)
    view = watch(run)
    assert (view.best_step, len(view.evals), len(view.metrics)) == (1, 2, 0) and math.isnan(view.eval_loss or 0)


def test_steps_done_again_after_a_resume_count_once(run: RunFolder) -> None:
    lines = [{"kind": "state", "state": "running", "steps": 9, "from_step": 0}]
    lines += [{"kind": "metrics", "step": step, "loss": 9.0} for step in (1, 2, 3)]
    lines += [{"kind": "state", "state": "running", "steps": 9, "from_step": 2}]
    lines += [{"kind": "metrics", "step": 3, "loss": 1.0}]
    import orjson

    run.events.write_bytes(b"".join(orjson.dumps({"t": 1.0, **line}) + b"\n" for line in lines))
    view = watch(run)
    assert list(zip(view.metrics.step, view.metrics["loss"], strict=True)) == [(1, 9.0), (2, 9.0), (3, 1.0)]


def test_a_frozen_or_stuck_worker_is_told_from_a_busy_one(
    run: RunFolder, supervise: Callable[[str], "subprocess.Popen[bytes]"]
) -> None:
    process = supervise(WAITS)
    until(in_state(run, "running"))
    run.heartbeat.parent.mkdir(exist_ok=True)
    run.heartbeat.touch()
    view = watch(run)
    assert view.trouble == ""
    view._last_event -= 3600
    assert "nothing has happened for 60 min" in view.trouble
    os.utime(run.heartbeat, (0, time.time() - 100))
    assert "no sign of life for 100 s" in view.trouble
    control.stop(run)
    process.wait()
    assert watch(run).trouble == ""


def test_a_pid_alone_is_no_identity() -> None:
    mine = Identity.mine()
    assert mine.alive()
    assert not Identity(mine.pid, mine.start_time + 1, mine.boot_id).alive()
    assert not Identity(mine.pid, mine.start_time, "another boot").alive()
    assert Identity.saved({"pid": "x"}) is None


def test_a_missing_run_is_named(project: Project, run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run run-7") as caught:
        project.run("run-7")
    assert "run-1" in caught.value.hint
