"""The `tunewright` command as a person calls it: a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def tunewright(*arguments: str | Path, cwd: Path | None = None, code: int = 0) -> "subprocess.CompletedProcess[str]":
    """Runs the command and expects its exit code; a traceback is never expected."""
    done = subprocess.run(
        [sys.executable, "-m", "engine.cli", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    return done


def document(*arguments: str | Path, cwd: Path | None = None, code: int = 0) -> Any:
    """The JSON that the command prints."""
    return json.loads(tunewright(*arguments, "--json", cwd=cwd, code=code).stdout)
