"""What commands print: data on stdout, talk on stderr, everything from outside made safe."""

import argparse
import io
import os
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from engine.duration import duration
from engine.safe_text import one_line, safe_json, safe_text

if TYPE_CHECKING:
    from engine.project import Project


def print_json(document: Any) -> None:
    """One JSON document on stdout, indented."""
    import orjson

    sys.stdout.flush()
    # JSON is UTF-8 whatever the terminal's encoding.
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
    sys.stdout.buffer.write(safe_json(text).encode())
    sys.stdout.buffer.flush()


def print_made(args: argparse.Namespace, document: Any, lines: Sequence[str]) -> None:
    """What a command made: one JSON document with --json, else lines."""
    if args.json:
        print_json(document)
    else:
        print(safe_text("\n".join(lines), 100_000))


def show(text: object) -> None:
    """A line of data on stdout."""
    print(safe_text(text))


def talks_json() -> bool:
    """Whether a front end runs us and reads stderr: talk, progress and errors are then JSON lines there."""
    return os.environ.get("TUNEWRIGHT_TALK") == "json"


def tell(**facts: Any) -> None:
    """One JSON line on stderr, for the front end that runs us."""
    import orjson

    sys.stderr.write(orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE).decode())
    sys.stderr.flush()


def say(text: str = "") -> None:
    """A line of talk on stderr, in the place of a progress line that may stand there."""
    if talks_json():
        tell(say=text)
        return
    print(f"{_CLEAR if _is_live() else ''}{wrapped(safe_text(text))}", file=sys.stderr, flush=True)


def wrapped(text: str) -> str:
    """On a terminal: lines as wide as it, broken between words, the rest indented. Elsewhere as it is."""
    if not sys.stderr.isatty():
        return text
    width = shutil.get_terminal_size((80, 24)).columns - 1
    options: dict[str, Any] = {"subsequent_indent": "    ", "break_long_words": False, "break_on_hyphens": False}
    return "\n".join("\n".join(textwrap.wrap(line, width, **options)) for line in text.split("\n"))


def say_next(project: "Project") -> None:
    """What the road asks for next."""
    from engine.journey import next_step

    status = next_step(project)
    if status is None:
        say("every gate is passed or waived")
        return
    item = next(item for item in status.items if item.state not in ("passed", "waived"))
    way = "" if status.step.command in item.text else f"; {status.step.command}"
    say(f"next: {status.step.key} {item.item} is {item.state}: {item.text}{way}")


_CLEAR = "\r\x1b[K"


def _is_live() -> bool:
    """Whether stderr is a terminal that can rewrite a line."""
    return sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A plain table as wide as the terminal; long cells wrap."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for header in headers:
        grid.add_column(Text(one_line(header, 200)), overflow="fold")
    for row in rows:
        grid.add_row(*(Text(one_line(cell, 2000)) for cell in row))
    width = shutil.get_terminal_size((80, 24)).columns
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    with console.capture() as captured:
        console.print(grid)
    return _in_terminal_encoding("\n".join(line.rstrip() for line in captured.get().rstrip().splitlines()))


def _in_terminal_encoding(text: str) -> str:
    encoding = sys.stdout.encoding or "utf-8"
    return (
        text.replace("─", "-").encode(encoding, "replace").decode(encoding) if "utf" not in encoding.lower() else text
    )


class Progress:
    """Progress of one piece of work on stderr, with the time it still needs.

    On a terminal one line is rewritten at most ten times a second; elsewhere a line is written every ten seconds; a
    front end gets a JSON line twice a second. Nothing is shown for work that is done within a second.
    """

    def __init__(self, total: float | None, what: str, unit: str = "") -> None:
        self.total = total
        self._unit = f" {unit}" if unit else ""
        self._what = what
        self._started = self._shown = time.monotonic()
        self._live = _is_live()
        self._json = talks_json()
        self._visible = False
        self._first: float | None = None
        """What was done before, by an earlier command: it says nothing about the pace."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._visible and self._live:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()

    def update(self, done: float, note: str = "", eta_s: float | None = None) -> None:
        """`done` of the total so far; `note` is appended. `eta_s`: seconds left, where the caller knows better."""
        now = time.monotonic()
        self._first = done if self._first is None else self._first
        if now - self._started < 1 or now - self._shown < (0.5 if self._json else 0.1 if self._live else 10):
            return
        self._shown, self._visible = now, True
        if self._json:
            left = self._eta_s(done, now) if eta_s is None else eta_s
            tell(what=self._what + self._unit, done=done, total=self.total, eta_s=left, note=note)
            return
        line = one_line(self._line(done, now, note, eta_s), shutil.get_terminal_size((80, 24)).columns - 1)
        sys.stderr.write(f"\r{line}\x1b[K" if self._live else f"{line}\n")
        sys.stderr.flush()

    def rows(self, what: str, done: int, total: int) -> None:
        """`update` for work that names itself and knows its total."""
        self._turn_to(what, total, " rows")
        self.update(done)

    def steps(self, what: str, done: int, total: int, note: str, eta_s: float | None) -> None:
        """`update` for a training run, which knows its own pace."""
        self._turn_to(what, total or None, " steps")
        self.update(done, note, eta_s)

    def _turn_to(self, what: str, total: float | None, unit: str) -> None:
        if what != self._what:
            self._started = self._shown = time.monotonic()
            self._first = None
        self._what, self.total, self._unit = what, total, unit

    def _line(self, done: float, now: float, note: str, eta_s: float | None) -> str:
        of = f" of {self.total:,.0f}" if self.total else ""
        parts = [f"{self._what}: {done:,.0f}{of}{self._unit}"]
        left = self._eta_s(done, now) if eta_s is None else eta_s
        if left is not None:
            parts.append(f"{duration(left)} left")
        return ", ".join([*parts, note] if note else parts)

    def _eta_s(self, done: float, now: float) -> float | None:
        """Seconds left at the pace so far; None when nothing can be said."""
        new = done - (self._first or 0.0)
        return (now - self._started) * max(0.0, self.total - done) / new if self.total and new > 0 else None


def sparkline(values: Sequence[float], width: int) -> str:
    """`engine.runs.spark.spark`, in ASCII where stderr cannot show more."""
    from engine.runs.spark import spark

    return spark(values, width, "utf" not in (sys.stderr.encoding or "").lower())


def stage(stack: ExitStack, total: float | None, what: str) -> Callable[[float], None]:
    """A callback that shows progress; its clock starts when it is first called."""
    shown: list[Progress] = []

    def update(done: float) -> None:
        if not shown:
            shown.append(stack.enter_context(Progress(total, what)))
        shown[0].update(done)

    return update
