"""The process that stays: starts the worker of one run, records what becomes of it, passes a stop on.

`python -m engine.runs.supervisor RUN_FOLDER` runs in a session of its own, with its output in files: closing the
terminal, the laptop or the SSH connection reaches neither it nor the worker.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from engine.durable import append_line, write_json
from engine.errors import ResourceError, TunewrightError
from engine.project import RunFolder
from engine.runs.evidence import record_evidence
from engine.runs.identity import Identity
from engine.runs.resources import cgroup_oom_kills, gpus, process_usage
from engine.runs.watch import RunView, saved_state

POLL_S = 0.2
RESOURCES_EVERY_S = 5.0


class Supervisor:
    """Keeps state.json and machine.jsonl of one run for as long as its worker lives."""

    def __init__(self, run: RunFolder, command: Sequence[str]) -> None:
        self._run = run
        self._command = command
        self._stop = False
        start = run.events.stat().st_size if run.events.exists() else 0
        self._view = RunView(run, _offset=start)
        """Events of this attempt alone; by offset, because clocks jump."""
        self._saved: dict[str, Any] = {
            "state": "starting",
            "attempt": _attempt(run),
            "supervisor": Identity.mine().document(),
            "started": time.time(),
            "events_from": start,
        }

    def run(self) -> int:
        """Runs the worker to its end; returns its exit code."""
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        signal.signal(signal.SIGINT, self._asked_to_stop)
        with _locked(self._run) as lock:
            self._save(state="starting")
            oom_kills = cgroup_oom_kills()
            with open(self._run.log, "ab") as log:
                worker = subprocess.Popen(
                    self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[lock]
                )
            identity = Identity.of(worker.pid)
            self._save(state="starting", worker=identity.document() if identity else None)
            self._follow(worker)
            self._end(worker.returncode, killed_for_memory=cgroup_oom_kills() > oom_kills)
        return worker.returncode

    def _follow(self, worker: subprocess.Popen[bytes]) -> None:
        next_resources = 0.0
        while worker.poll() is None:
            if self._view.refresh().said.get("state") == "running" and self._saved["state"] == "starting":
                self._save(state="running")
            if self._stop or self._run.stop_request.exists():
                self._pass_stop_on(worker)
            if time.monotonic() >= next_resources:
                next_resources = time.monotonic() + RESOURCES_EVERY_S
                self._note("resource", **process_usage(worker.pid), gpus=gpus())
            with suppress(subprocess.TimeoutExpired):
                worker.wait(POLL_S)

    def _pass_stop_on(self, worker: subprocess.Popen[bytes]) -> None:
        # Once: a second signal tells the worker to leave without saving.
        if self._saved["state"] == "stopping":
            return
        begun = self._saved["state"] == "running"
        self._save(state="stopping")
        # While it still loads its libraries and the model it has nothing to save.
        worker.send_signal(signal.SIGTERM if begun else signal.SIGKILL)

    def _end(self, code: int, *, killed_for_memory: bool) -> None:
        said = self._view.refresh().said
        ended = said.get("state")
        if code == 0 and ended in ("finished", "stopped"):
            self._save(state=ended, exit_code=code)
        elif code < 0 and self._saved["state"] == "stopping" and ended != "running":
            self._save(state="stopped", exit_code=code)
        else:
            self._save(state="failed", exit_code=code, **_failure(self._run, code, said, killed_for_memory))
        self._note("exit", exit_code=code, state=self._saved["state"], reason=self._saved.get("reason"))
        try:
            record_evidence(self._run)
        except TunewrightError as error:
            self._note("note", text=f"the evidence could not be recorded: {error}")

    def _save(self, **changes: Any) -> None:
        self._saved |= changes | {"updated": time.time()}
        _through_full_disk(lambda: write_json(self._run.state, self._saved))

    def _note(self, kind: str, **facts: Any) -> None:
        line = {"t": time.time(), "kind": kind, **facts}
        _through_full_disk(lambda: append_line(self._run.machine, line, sync=False))

    def _asked_to_stop(self, number: int, frame: object) -> None:
        self._stop = True


def _failure(run: RunFolder, code: int, said: dict[str, Any], killed_for_memory: bool) -> dict[str, str]:
    """Reason, hint and way of a worker that failed."""
    if said.get("state") == "failed":
        return {name: str(said.get(name, "")) for name in ("reason", "hint", "way")}
    if killed_for_memory:
        hint = "halve micro_batch and double accumulation in a new plan"
        return {"reason": "killed by the kernel: out of memory", "hint": hint, "way": "plan"}
    if code < 0:
        hint = f"tunewright resume {run.id} continues from the last checkpoint"
        return {"reason": f"killed by {signal.Signals(-code).name}", "hint": hint, "way": "resume"}
    reason, hint = f"the worker ended with exit code {code}", "its last lines in log.txt say more"
    return {"reason": reason, "hint": hint, "way": "plan"}


def _through_full_disk(write: Any) -> None:
    """Outlives a full disk: tries for a minute, then leaves the old file; once we are gone readers say `lost`."""
    for _ in range(60):
        try:
            write()
            return
        except ResourceError:
            time.sleep(1)


def _attempt(run: RunFolder) -> int:
    return int(saved_state(run).get("attempt", 0)) + 1


@contextmanager
def _locked(run: RunFolder) -> Iterator[int]:
    """The run's lock as a file descriptor that the worker inherits: it is free only when both are gone."""
    handle = os.open(run.lock, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield handle
    except BlockingIOError as error:
        raise ResourceError("this run is going already", hint=f"tunewright follow {run.id}") from error
    finally:
        os.close(handle)


def main(folder: str) -> int:
    """Supervises the run in `folder` with the real worker."""
    run = RunFolder(Path(folder).absolute())
    return Supervisor(run, [sys.executable, "-m", "engine.worker", "train", str(run.path)]).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
