"""A real terminal for tests: runs a command in a pty, counts what it sends, and shows what a person would see.

with Terminal(sys.executable, "-m", "tui", "--project", folder) as terminal:
    first = terminal.first_frame("1 Decide")
    assert len(first.raw) < 20_000
    assert terminal.bytes_for("down") <= 1500
    assert "2 Data" in terminal.text()[0]
"""

import codecs
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil
import pyte
from wcwidth import wcwidth

from tests.tui.sequences import drawable, split_off_unfinished, tokens

ROOT = Path(__file__).parent.parent.parent
LIMIT_S = 60.0
"""Nothing that a test waits for takes that long, on a busy machine either."""
QUIET_S = 0.2
"""No application here lets a person wait longer between two parts of an answer."""
_ON_ITS_WAY_S = 0.05
KEYS = {
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "space": " ",
    "ctrl+c": "\x03",
    "ctrl+p": "\x10",
    "ctrl+q": "\x11",
}
# What a terminal is asked when an application starts: a mode, its cursor, its kind, its two colours.
_QUESTIONS = re.compile(
    rb"\x1b\[\?(?P<mode>\d+)\$p|\x1b\[(?P<cursor>6n)|\x1b\[0?(?P<kind>c)|\x1b\](?P<colour>1[01]);\?"
)
_LONGEST_QUESTION = 16
_LOOKS = ("LC_ALL", "LC_CTYPE", "NO_COLOR", "COLUMNS", "LINES", "TERM_PROGRAM", "TMUX", "COLORFGBG")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the application sent, and how long it took."""

    raw: bytes
    seconds: float
    """From the key press (or the start) to the last byte; 0 when nothing came."""


class Terminal:
    """A command in a terminal of `size` (columns, rows). With it as a context, the command is ended at the end.

    `env` is added to the test's own environment; None takes a variable away. `synchronized`: whether the terminal says
    that it knows mode 2026, as most do: Textual then sends 16 bytes more for each update.
    """

    def __init__(
        self,
        *command: str | Path,
        cwd: Path | None = None,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str | None] | None = None,
        synchronized: bool = True,
    ) -> None:
        self._screen = pyte.Screen(*size)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._raw = bytearray()
        self._painted, self._unfinished = 0, ""
        self._answered = 0
        self._synchronized = synchronized
        self._master, slave = os.openpty()
        self._open = True
        self._set_size(*size)
        self._started = self._last_byte = time.perf_counter()
        # As a login: no signal is ignored (nohup and `&` pass that on), and closing the terminal hangs the command up.
        self._process = subprocess.Popen(
            ["env", "--default-signal", "setsid", "--ctty", *map(str, command)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=cwd,
            env=_environment(env or {}),
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.hang_up()

    @property
    def raw(self) -> bytes:
        """All bytes so far."""
        return bytes(self._raw)

    @property
    def screen(self) -> pyte.Screen:
        """The screen as it stands, with the style of each cell."""
        text = self._unfinished + self._decoder.decode(bytes(self._raw[self._painted :]))
        self._painted = len(self._raw)
        whole, self._unfinished = split_off_unfinished(text)
        for token in tokens(whole):
            if drawable(token):
                self._stream.feed(token)
        return self._screen

    def text(self) -> list[str]:
        """The rows, each as wide as the terminal.

        pyte's own `display` fails where half a frame has put a letter over the first half of a wide character.
        """
        screen = self.screen
        return ["".join(_cells([screen.buffer[y][x].data for x in range(screen.columns)])) for y in range(screen.lines)]

    def press(self, *keys: str) -> None:
        """Types: a name of KEYS, or text as it is."""
        os.write(self._master, "".join(KEYS.get(key, key) for key in keys).encode())

    def settle(self, quiet_s: float = QUIET_S) -> None:
        """Reads until nothing has come for `quiet_s` and nothing in the terminal wants the processor any more."""
        limit = time.monotonic() + LIMIT_S
        while self._open:
            still = not self._read(quiet_s) and not self._busy()
            # Its last words may be on their way, and a child that was born while we looked was not seen.
            if still and not self._read(_ON_ITS_WAY_S) and not self._busy():
                return
            assert time.monotonic() < limit, self._failure("the screen did not come to rest")

    def answer_to(self, *keys: str, quiet_s: float = QUIET_S) -> Answer:
        """Types, and collects what comes until the screen is at rest."""
        before, pressed = len(self._raw), time.perf_counter()
        self.press(*keys)
        self.settle(quiet_s)
        return self._answer(before, pressed)

    def bytes_for(self, *keys: str) -> int:
        """Bytes that the application sends for these keys."""
        return len(self.answer_to(*keys).raw)

    def first_frame(self, what: str) -> Answer:
        """All that was sent until `what` was shown and the screen came to rest, with the time since the start."""
        self.wait_for(what)
        self.settle()
        return self._answer(0, self._started)

    def listen(self, seconds: float) -> bytes:
        """What is sent in the next `seconds`, whatever it is."""
        before, limit = len(self._raw), time.monotonic() + seconds
        while self._open and (left := limit - time.monotonic()) > 0:
            self._read(left)
        return bytes(self._raw[before:])

    def wait_for(self, what: str | Callable[[list[str]], bool], limit_s: float = LIMIT_S) -> None:
        """Reads until `what` is on the screen (or holds of its rows)."""
        limit = time.monotonic() + limit_s
        while not (what(self.text()) if callable(what) else any(what in row for row in self.text())):
            assert self._open and time.monotonic() < limit, self._failure(f"not shown: {what}")
            self._read(0.1)

    def resize(self, columns: int, rows: int) -> None:
        screen = self.screen
        if rows < screen.lines:
            # Terminals cut the lower rows off, pyte the upper ones: those it cuts are blank ones, put in here.
            screen.cursor_position(1, 1)
            screen.insert_lines(screen.lines - rows)
        screen.resize(rows, columns)
        self._set_size(columns, rows)

    def hang_up(self) -> None:
        """Closes the terminal, as a lost connection does."""
        if self._open:
            self._open = False
            os.close(self._master)

    def send(self, number: signal.Signals) -> None:
        """Sends the command a signal."""
        self._process.send_signal(number)

    def kill(self) -> None:
        """Kills the command, without a chance to tidy up."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def ended(self) -> int:
        """Waits for the command's end: its exit code, or minus the signal that ended it."""
        limit = time.monotonic() + LIMIT_S
        # A terminal that nobody reads would block the command.
        while self._open:
            assert time.monotonic() < limit, self._failure("the command did not end")
            self._read(0.1)
        return self._process.wait(LIMIT_S)

    def rss(self) -> int:
        """Resident bytes of the command itself."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def _answer(self, before: int, since: float) -> Answer:
        raw = bytes(self._raw[before:])
        return Answer(raw, self._last_byte - since if raw else 0.0)

    def _read(self, timeout_s: float) -> bool:
        if not select.select([self._master], [], [], timeout_s)[0]:
            return False
        try:
            part = os.read(self._master, 1 << 16)
        except OSError:
            # The kernel's way to say that the last process has left the terminal.
            self.hang_up()
            return False
        self._last_byte = time.perf_counter()
        self._raw += part
        self._reply()
        return True

    def _reply(self) -> None:
        for found in _QUESTIONS.finditer(self._raw, self._answered):
            self._answered = found.end()
            if mode := found["mode"]:
                known = 2 if mode == b"2026" and self._synchronized else 0
                self.press(f"\x1b[?{mode.decode()};{known}$y")
            elif found["cursor"]:
                self.press("\x1b[1;1R")
            elif found["kind"]:
                self.press("\x1b[?62;22c")
            elif colour := found["colour"]:
                value = "ffff/ffff/ffff" if colour == b"10" else "0000/0000/0000"
                self.press(f"\x1b]{colour.decode()};rgb:{value}\x1b\\")
        self._answered = max(self._answered, len(self._raw) - _LONGEST_QUESTION)

    def _busy(self) -> bool:
        """Whether a thread of the terminal's session is running, or waits for a processor or a disk.

        A training run has a session of its own and does not count.
        """
        session = [pid for pid in filter(str.isdigit, os.listdir("/proc")) if self._holds(pid)]
        threads = [thread for pid in session for thread in Path(f"/proc/{pid}/task").glob("*/stat")]
        return any(_status(thread)[:1] in (["R"], ["D"]) for thread in threads)

    def _holds(self, pid: str) -> bool:
        return _status(f"/proc/{pid}/stat")[3:4] == [str(self._process.pid)]

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _failure(self, what: str) -> str:
        ended = self._process.poll()
        return "\n".join(
            [what, f"the command {'runs' if ended is None else f'ended: {ended}'}; its screen:", *self.text()]
        )


def _status(path: str | Path) -> list[str]:
    """Fields of /proc/PID/stat from the state on (parent, group, session follow); none when the process is gone."""
    with suppress(FileNotFoundError, ProcessLookupError), open(path, encoding="utf-8", errors="replace") as file:
        return file.read().rpartition(")")[2].split()
    return []


def _environment(changes: Mapping[str, str | None]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if name not in _LOOKS}
    look = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)}
    return {name: value for name, value in {**plain, **look, **changes}.items() if value is not None}


def _cells(row: list[str]) -> Iterator[str]:
    """What stands in a row; an empty cell is the second half of a wide character, or what is left of one."""
    wide = False
    for cell in row:
        if cell or not wide:
            yield cell or " "
        wide = bool(cell) and wcwidth(cell[0]) == 2
