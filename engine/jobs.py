"""Short work of the model libraries, done by a worker process while the person waits."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine import errors
from engine.durable import disk_errors, read_json, write_json
from engine.errors import ResourceError, TrainingError, TunewrightError
from engine.runs.control import worker_environment

_POLL_S = 0.1


def run_job(verb: str, folder: Path, job: dict[str, Any], progress: Callable[[], None]) -> None:
    """Runs `python -m engine.worker VERB FOLDER` to its end, calling `progress` ten times a second.

    What is done stays: running the job again goes on from there. Raises what the worker says went wrong, and
    ResourceError while an earlier worker is still busy in `folder`. When we are interrupted the worker is ended;
    when we are killed it notices within a batch and ends by itself.
    """
    with _locked(folder) as lock:
        (folder / "failure.json").unlink(missing_ok=True)
        write_json(folder / "job.json", job)
        with open(folder / "log.txt", "ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "engine.worker", verb, str(folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=worker_environment(),
                pass_fds=[lock],
                # Ctrl-C in the terminal reaches us alone: a second signal would end the worker in the middle of a line.
                start_new_session=True,
            )
        try:
            while worker.poll() is None:
                progress()
                time.sleep(_POLL_S)
        except BaseException:
            # Whole lines stay, a torn one is answered again: there is nothing to wait for.
            worker.kill()
            worker.wait()
            raise
    if worker.returncode:
        raise _failure(folder, worker.returncode)


@contextmanager
def _locked(folder: Path) -> Iterator[int]:
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield handle
    except BlockingIOError as error:
        raise ResourceError(
            "a worker of an earlier command is still busy here",
            hint="it stops by itself within a batch: run the command again in a moment",
            where=str(folder),
        ) from error
    finally:
        os.close(handle)


def _failure(folder: Path, code: int) -> TunewrightError:
    try:
        said = read_json(folder / "failure.json")
        kind: type[TunewrightError] = getattr(errors, said["kind"])
        return kind(said["message"], hint=said["hint"])
    except (OSError, errors.DataError):
        log = folder / "log.txt"
        return TrainingError(
            f"the worker ended with code {code}", hint=f"its last lines say why: {log}; then run it again"
        )
