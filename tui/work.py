"""Commands that run in the background: the very commands that a person could type, one at a time.

The command is a process of its own, so that its libraries and its crashes are not the wizard's. When the wizard leaves,
it is ended too, and what it has done is kept; when the wizard is killed, it ends at its next word to it.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from textual.message_pump import MessagePump

from tui.messages import WorkEnded, WorkFailed, WorkProgressed

_HERE = Path(__file__).parent.parent
GRACE_S = 5.0
"""From the word to end to the signal that nothing survives."""
_LONGEST_LINE = 2**24
"""Bytes; a document line is short, a JSON answer on stdout is read whole."""


class Work:
    """One command. run() posts WorkProgressed, then WorkEnded or WorkFailed, to `teller`."""

    def __init__(self, project: Path, command: tuple[str, ...], teller: MessagePump) -> None:
        self.command = command
        self._project = project
        self._teller = teller
        self.process: asyncio.subprocess.Process | None = None
        self._failure: Mapping[str, Any] | None = None
        self.cancelled = False

    async def run(self) -> None:
        """Runs the command to its end."""
        try:
            self._teller.post_message(await self._ran())
        except (OSError, ValueError) as error:
            # No process could be made, or it said a line of over 16 MiB.
            self.cancel()
            said = f"the command could not be run: {error}"
            self._teller.post_message(WorkFailed(said, "close other programs and try again", 5))

    async def _ran(self) -> WorkEnded | WorkFailed:
        process = self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "engine.cli",
            *self.command,
            "--json",
            "--project",
            str(self._project),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=_LONGEST_LINE,
            env=_environment(),
        )
        assert process.stdout and process.stderr
        if self.cancelled:
            self.cancelled = False
            self.cancel()
        try:
            output, _ = await asyncio.gather(process.stdout.read(), self._listen(process.stderr))
            return self._end(await process.wait(), output)
        except asyncio.CancelledError:
            self.cancel()
            raise

    def cancel(self) -> None:
        """Asks the command to end, and ends it if it does not; what it has done is kept."""
        again, self.cancelled = self.cancelled, True
        if self.process and self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            if not again:
                asyncio.get_running_loop().call_later(GRACE_S, self._kill)

    def _kill(self) -> None:
        if self.process and self.process.returncode is None:
            self.process.kill()

    async def _listen(self, talk: asyncio.StreamReader) -> None:
        async for line in talk:
            said = _parsed(line)
            if "error" in said:
                self._failure = said
            elif "done" in said:
                told = WorkProgressed(said["what"], said["done"], said["total"], said["eta_s"], said["note"])
                self._teller.post_message(told)

    def _end(self, code: int, output: bytes) -> WorkEnded | WorkFailed:
        if self.cancelled:
            return WorkFailed("cancelled", "what was done is kept: start it again to go on", code)
        failure = self._failure
        if failure is not None:
            return WorkFailed(str(failure["error"]), str(failure["hint"]), code)
        document = _parsed(output)
        if code or not document:
            how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
            hint = "start it again: what was done is kept" if code < 0 else "run it in a terminal to see what it says"
            return WorkFailed(f"tunewright {' '.join(self.command)} {how}", hint, code)
        return WorkEnded(document)


def _environment() -> dict[str, str]:
    path = os.pathsep.join(part for part in (str(_HERE), os.environ.get("PYTHONPATH", "")) if part)
    return {**os.environ, "TUNEWRIGHT_TALK": "json", "PYTHONPATH": path}


def _parsed(text: bytes) -> dict[str, Any]:
    """The JSON object in `text`; empty when it is none, as what a library prints on stderr."""
    try:
        parsed = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return parsed if isinstance(parsed, dict) else {}
