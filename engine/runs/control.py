"""Start, stop and resume: a detached supervisor for each, and a request file for the stop."""

import fcntl
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from engine import audit
from engine.durable import write_atomic
from engine.errors import TrainingError, UsageError
from engine.project import Project, RunFolder
from engine.runs.evidence import record_evidence
from engine.runs.watch import START_LIMIT_S, RunView, watch

_LAST_THREADS_S = 10.0


def start(project: Project, recipe: str) -> RunFolder:
    """Makes a run of `recipe` (TOML text) and starts it detached; returns when its supervisor is up.

    Raises ResourceError when the disk refuses, TrainingError when the supervisor does not come up.
    """
    run = project.new_run(recipe)
    audit.append(project.audit, "run.start", run=run.id)
    _launch(run)
    return run


def resume(run: RunFolder) -> RunView:
    """Continues a run that was stopped, failed or lost, from its newest complete checkpoint.

    A finished run is left as it is; its evidence is recorded if a killed supervisor could not. Raises UsageError when
    the run is going. Call it inside project.changing(), which tells a start in progress from one that died.
    """
    view = watch(run)
    if view.state == "finished":
        record_evidence(run)
        return view
    if view.state in ("starting", "running", "stopping") or not _becomes_idle(run):
        raise UsageError(f"{run.id} is {view.state}", hint=f"tunewright follow {run.id}")
    audit.append(run.project.audit, "run.resume", run=run.id, after=view.state)
    _launch(run)
    return watch(run)


def stop(run: RunFolder) -> None:
    """Asks the worker to save at its next optimizer step and end. Raises UsageError when the run is not going."""
    view = watch(run)
    if not view.live:
        raise UsageError(f"{run.id} is not going: it is {view.state}", hint="tunewright runs")
    audit.append(run.project.audit, "run.stop", run=run.id)
    write_atomic(run.stop_request, b"")


def _launch(run: RunFolder) -> None:
    run.stop_request.unlink(missing_ok=True)
    before = run.state.stat().st_mtime_ns if run.state.exists() else 0
    with open(run.log, "ab") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "engine.runs.supervisor", str(run.path)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            env=worker_environment(),
        )
    limit = time.monotonic() + START_LIMIT_S
    while not run.state.exists() or run.state.stat().st_mtime_ns == before:
        if supervisor.poll() is not None or time.monotonic() > limit:
            raise TrainingError("the run did not start", hint=f"its last lines say why: {run.log}")
        time.sleep(0.02)
    # Where we live longer than the run (the wizard, the demo), its end has to be collected.
    threading.Thread(target=supervisor.wait, daemon=True, name=f"collect {run.id}").start()


def worker_environment() -> dict[str, str]:
    """The environment of every worker: ours, importable from where we are, and silent towards the network.

    Model libraries would otherwise look up their hub and send telemetry when imported.
    """
    here = str(Path(__file__).parent.parent.parent)
    path = os.pathsep.join(part for part in (here, os.environ.get("PYTHONPATH", "")) if part)
    # Two GPUs in one process would become DataParallel, which LoRA training refuses.
    device = os.environ.get("CUDA_VISIBLE_DEVICES", "0")
    quiet = {
        "CUDA_VISIBLE_DEVICES": device,
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    return {**os.environ, **quiet, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}


def _becomes_idle(run: RunFolder) -> bool:
    # A killed process is gone for its observers while its last threads still hold the lock, for some milliseconds.
    limit = time.monotonic() + _LAST_THREADS_S
    while not is_idle(run):
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def is_idle(run: RunFolder) -> bool:
    """Whether neither supervisor nor worker of the run is there any more."""
    if not run.lock.exists():
        return True
    with open(run.lock, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
