"""Short work of the model libraries, done by a worker process while the person waits."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine import errors
from engine.durable import disk_errors, read_json, write_json
from engine.errors import TrainingError, TunewrightError
from engine.runs.control import worker_environment

_POLL_S = 0.1


def run_job(verb: str, folder: Path, job: dict[str, Any], progress: Callable[[int], None]) -> None:
    """Runs `python -m engine.worker VERB FOLDER` to its end.

    `progress` is told the number of output lines so far. What is done stays: running the job again goes on from there.
    Raises what the worker says went wrong; on Ctrl-C the worker is asked to stop first.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "failure.json").unlink(missing_ok=True)
    write_json(folder / "job.json", job)
    outputs = [Path(task["output"]) for task in job["tasks"]]
    with disk_errors(folder), open(folder / "log.txt", "ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "engine.worker", verb, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=worker_environment(),
        )
        try:
            while worker.poll() is None:
                progress(sum(_lines(path) for path in outputs))
                time.sleep(_POLL_S)
        except BaseException:
            worker.terminate()
            worker.wait()
            raise
    if worker.returncode:
        raise _failure(folder, worker.returncode)


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _failure(folder: Path, code: int) -> TunewrightError:
    try:
        said = read_json(folder / "failure.json")
        kind: type[TunewrightError] = getattr(errors, said["kind"])
        return kind(said["message"], hint=said["hint"])
    except (OSError, errors.DataError):
        return TrainingError(f"the worker ended with code {code}", hint=f"its last lines say why: {folder / 'log.txt'}")
