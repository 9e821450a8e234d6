"""`python -m engine.worker VERB FOLDER`: trains a run, or does a job (generate, export, tokens).

What goes wrong is told in the run's events or the job's failure.json; the whole trace is in the log beside them.
"""

import sys
import traceback
from pathlib import Path

from engine.durable import write_json
from engine.errors import TunewrightError
from engine.project import RunFolder
from engine.runs.events import EventLog
from engine.worker import stopping
from engine.worker.failures import explained, way_after


def main(verb: str, folder: Path) -> int:
    """Does one piece of work in `folder`; returns 0, or the exit code of what went wrong."""
    if verb == "train":
        stopping.listen()
    try:
        _work(verb, folder)
    except Exception as error:
        traceback.print_exc()
        known = explained(error, folder)
        if verb == "train":
            _tell_run(folder, known, way_after(error, known))
        else:
            _tell_job(folder, known)
        return known.exit_code
    return 0


def _work(verb: str, folder: Path) -> None:
    # Each verb imports its own libraries: generating needs no trl (5.6 s and 680 MB of imports, measured).
    match verb:
        case "train":
            from engine.worker.train import train

            train(RunFolder(folder))
        case "generate":
            from engine.worker.generate import generate

            generate(folder)
        case "export":
            from engine.worker.export import export

            export(folder)
        case "tokens":
            from engine.worker.seen import write_seen

            write_seen(folder)
        case _:
            raise SystemExit(f"no such verb: {verb}")


def _tell_run(folder: Path, error: TunewrightError, way: str) -> None:
    failed = {"reason": str(error), "hint": error.hint, "way": way, "exit_code": error.exit_code}
    EventLog(RunFolder(folder).events).write("state", state="failed", **failed)


def _tell_job(folder: Path, error: TunewrightError) -> None:
    write_json(folder / "failure.json", {"kind": type(error).__name__, "message": str(error), "hint": error.hint})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
