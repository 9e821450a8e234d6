"""The `tunewright` command: parses, runs the one command that was called, maps errors to exit codes."""

import argparse
import contextlib
import importlib
import io
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from engine import __version__
from engine.errors import ResourceError, TunewrightError, UsageError, as_ours
from engine.safe_text import safe_text

_COMMANDS = (
    "demo",
    "new",
    "status",
    "waive",
    "decide",
    "data",
    "review",
    "augment",
    "doctor",
    "cost",
    "providers",
    "plan",
    "baseline",
    "train",
    "runs",
    "follow",
    "stop",
    "resume",
    "evaluate",
    "ship",
    "audit",
)


class _Parser(argparse.ArgumentParser):
    """Every command takes --project and --json, before or after its own name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.add_argument(
            "--project", type=Path, default=argparse.SUPPRESS, metavar="DIR", help="the project folder (default: here)"
        )
        self.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON document")

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, hint=f"see `{self.prog} --help`")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code. Never raises, never prints a traceback."""
    signal.signal(signal.SIGTERM, _terminated)
    return guarded(lambda: _run(sys.argv[1:] if arguments is None else arguments))


def guarded(act: Callable[[], int]) -> int:
    """The exit code of `act`; whatever it raises becomes a message with a hint, and the code of that error."""
    _usable_streams()
    try:
        return act()
    except TunewrightError as error:
        return _report(error)
    except KeyboardInterrupt:
        print("\ninterrupted; what was done is kept: run the command again", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        return _report(as_ours(error))
    except MemoryError:
        return _report(ResourceError("out of memory", hint="close other programs, or use a smaller file or model"))
    except Exception as error:
        return _unexpected(error)


def parser() -> argparse.ArgumentParser:
    """The whole command line; each command's module adds its own part."""
    root = _Parser(
        prog="tunewright",
        description="From 'should I fine-tune at all?' to a measured, shipped model.",
        epilog="Without a command the wizard opens: tunewright [--project DIR] [--no-mouse] [--theme textual-dark | "
        "textual-light | ansi-dark | ansi-light].",
    )
    root.set_defaults(project=Path(), json=False)
    root.add_argument("--version", action="version", version=f"tunewright {__version__}")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
    for name in _COMMANDS:
        importlib.import_module(f"engine.commands.{name}").add(commands)
    return root


def _run(arguments: Sequence[str]) -> int:
    broken = next((one for one in arguments if any("\ud800" <= character <= "\udfff" for character in one)), None)
    if broken is not None:
        raise UsageError(f"not UTF-8: {broken}", hint="write the argument, or name the file, in UTF-8")
    root = parser()
    options = root.parse_args(arguments)
    if not hasattr(options, "run"):
        root.print_help()
        return 0
    code: int = options.run(options)
    sys.stdout.flush()
    return code


def _usable_streams() -> None:
    """Closed streams become the null device; what a terminal's encoding lacks is escaped, never an error."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - as long as the process
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _report(error: TunewrightError) -> int:
    _tell(str(error), error.hint, error.exit_code)
    return error.exit_code


def _unexpected(error: Exception) -> int:
    from engine.trace import unforeseen

    _tell(*unforeseen(error), 1)
    return 1


def _tell(message: str, hint: str, code: int) -> None:
    from engine.commands.output import talks_json, tell, wrapped

    with contextlib.suppress(BrokenPipeError):
        if talks_json():
            tell(error=message, hint=hint, code=code)
        else:
            print(wrapped(f"tunewright: error: {safe_text(message)}\n  hint: {safe_text(hint)}"), file=sys.stderr)


def _terminated(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
