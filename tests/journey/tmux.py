"""A tmux server of one's own: what runs in it has a real terminal that can be left, closed and found again."""

import os
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.runs.identity import Identity

ROOT = Path(__file__).parent.parent.parent
LIMIT_S = 90.0
_POLL_S = 0.1
_END_LIMIT_S = 30.0


class Tmux:
    """Sessions on one server, which starts with the first of them; the session started last is typed into and read."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._session = ""

    def start(
        self,
        name: str,
        *command: str | Path,
        cwd: Path,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
    ) -> None:
        """Runs `command` in a new session of `size` (columns, rows). Its last screen stays when it has ended."""
        columns, rows = map(str, size)
        settings = [f"{key}={value}" for key, value in {"PYTHONPATH": ROOT, **(env or {})}.items()]
        line = shlex.join(["exec", "env", *settings, *map(str, command)])
        keep = ("set-option", "-g", "-w", "remain-on-exit", "on", ";")
        session = ("new-session", "-d", "-s", name, "-x", columns, "-y", rows, "-c", str(cwd), line)
        self._run("start-server", ";", *keep, *session)
        self._session = name

    def send(self, *keys: str) -> None:
        """Types: names of tmux (Enter, Escape, Down, C-c) or text."""
        self._run("send-keys", "-t", self._session, "--", *keys)

    def resize(self, columns: int, rows: int) -> None:
        self._run("resize-window", "-t", self._session, "-x", str(columns), "-y", str(rows))

    def screen(self) -> str:
        """What a person sees."""
        return self._run("capture-pane", "-p", "-t", self._session)

    def wait_for(self, what: str | Callable[[str], bool], limit_s: float = LIMIT_S) -> str:
        """The first screen that holds `what` (or of which it is true)."""
        limit = time.monotonic() + limit_s
        while True:
            ended, shown = self._seen()
            if what(shown) if callable(what) else what in shown:
                return shown
            assert not ended, f"not shown: {what} ({ended})\n{shown}"
            assert time.monotonic() < limit, f"not shown in {limit_s:.0f} s: {what}\n{shown}"
            time.sleep(_POLL_S)

    def kill(self) -> None:
        """Ends the server, and with it every terminal; returns when it is gone.

        It lives on for some milliseconds after it was told to end, and turns new sessions away in that time.
        """
        server = Identity.of(int(self._ask("#{pid}")))
        self._run("kill-server")
        limit = time.monotonic() + _END_LIMIT_S
        while server is not None and server.alive():
            assert time.monotonic() < limit, "the tmux server did not end"
            time.sleep(_POLL_S / 10)
        self._session = ""

    @property
    def running(self) -> bool:
        """Whether a session was started and not killed."""
        return bool(self._session)

    def _ask(self, what: str) -> str:
        return self._run(*self._asking(what)).strip()

    def _seen(self) -> tuple[str, str]:
        """Words where its command has ended, and the screen, by one call: it is made ten times a second."""
        # Asked first: the screen of an ended command is its last. Its exit code may never come (tmux 3.3a).
        asking = self._asking("#{?pane_dead,its command has ended,}")
        ended, _, shown = self._run(*asking, ";", "capture-pane", "-p", "-t", self._session).partition("\n")
        return ended, shown

    def _asking(self, what: str) -> tuple[str, ...]:
        return ("display-message", "-p", "-t", self._session, what)

    def _run(self, *arguments: str) -> str:
        # No one's own settings: colours, keys and the size of windows are tmux's defaults.
        command = ["tmux", "-f", "/dev/null", "-S", str(self._socket), *arguments]
        done = subprocess.run(command, env={**os.environ, "TERM": "xterm-256color"}, capture_output=True, text=True)
        assert done.returncode == 0, f"{shlex.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout


@contextmanager
def own_server() -> Iterator[Tmux]:
    """A server for one test, ended with it."""
    if shutil.which("tmux") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("tmux is not installed: apt-get install tmux")
        pytest.skip("tmux is not installed")
    # A test's own folder can be too long for a socket's name (107 bytes).
    with tempfile.TemporaryDirectory(prefix="tmux-") as folder:
        tmux = Tmux(Path(folder) / "socket")
        yield tmux
        if tmux.running:
            tmux.kill()
