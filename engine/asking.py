"""Questions on a terminal, line by line: questionary where it can draw, bare input() where it cannot.

A pipe, a dumb terminal or a screen reader that sets TERM=dumb gets plain lines and never an escape sequence. All of it
is talk and goes to stderr.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import UsageError
from engine.safe_text import safe_text

if TYPE_CHECKING:
    from questionary import Question

_END = "."
"""A line with nothing else ends a text of several lines, where there is no editor (as in ed and mail)."""


def draws() -> bool:
    """Whether all streams are a terminal that can move its cursor."""
    terminal = all(stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    return terminal and os.environ.get("TERM", "dumb") != "dumb"


def choose(question: str, choices: Sequence[tuple[str, str]], default: str | None = None) -> str:
    """One of `choices` (value, what it means); Enter alone takes `default`. Values of one letter are typed as they are.

    Raises UsageError at the end of the input, KeyboardInterrupt on Ctrl-C.
    """
    letters = all(len(value) == 1 for value, _ in choices)
    if draws():
        import questionary

        shown = [
            questionary.Choice(means if letters else f"{value}: {means}" if means else value, value, shortcut_key=key)
            for key, (value, means) in zip(_keys(choices, letters), choices, strict=True)
        ]
        drawn = questionary.select(
            question, shown, default, use_shortcuts=len(shown) <= 9, use_jk_keys=False, output=_output()
        )
        return _asked(drawn)
    return _chosen(question, choices, default, letters)


def text(question: str, default: str = "") -> str:
    """A line of text; Enter alone takes `default`. Raises as `choose` does."""
    if draws():
        import questionary

        return _asked(questionary.text(question, default, output=_output()))
    return _line(f"{question}{f' [{default}]' if default else ''}: ") or default


def edit(question: str, old: str) -> str:
    """A text of any number of lines that begins as `old`: in $EDITOR where a terminal has one.

    Raises as `choose` does, and UsageError when the editor cannot be started or fails.
    """
    if draws() and os.environ.get("EDITOR"):
        return in_editor(old)
    if draws():
        import questionary

        # What the eye would miss or the terminal obey is not offered for editing.
        offered = old if safe_text(old, len(old)) == old else ""
        done = "(Esc, then Enter, when done)"
        return _asked(questionary.text(question, offered, multiline=True, instruction=done, output=_output()))
    _tell(f"{question}; end with a line that holds only a dot")
    lines = []
    while (line := _line("")) != _END:
        lines.append(line)
    return "\n".join(lines)


def in_editor(old: str) -> str:
    """`old` as a person leaves it in $EDITOR. Raises UsageError when it is not set, cannot be started or fails."""
    command = shlex.split(os.environ.get("EDITOR", ""))
    if not command:
        raise UsageError("no editor is set", hint="export EDITOR=nano, or another that is installed")
    with tempfile.TemporaryDirectory(prefix="tunewright-") as folder:
        path = Path(folder) / "answer.txt"
        path.write_bytes(old.encode())
        try:
            code = subprocess.run([*command, str(path)], check=False).returncode
            new = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"the editor gave no text: {error}", hint="set EDITOR to one that is installed") from error
    if code:
        raise UsageError(f"the editor ended with code {code}", hint="set EDITOR to one that is installed")
    # Editors end the last line.
    return new if old.endswith("\n") else new.removesuffix("\n")


def _chosen(question: str, choices: Sequence[tuple[str, str]], default: str | None, letters: bool) -> str:
    """`choose` without drawing: one line for letters, else one line a choice."""
    keys = _keys(choices, letters)
    if letters:
        question += " (" + ", ".join(f"{value} {means}" for value, means in choices) + ")"
    else:
        _tell(question)
        for key, (value, means) in zip(keys, choices, strict=True):
            _tell(f"  {key}  {value}{f': {means}' if means else ''}")
        question = "number"
    answers = {key: value for key, (value, _) in zip(keys, choices, strict=True)} | {one: one for one, _ in choices}
    while True:
        said = _line(f"{question}{f' [{default}]' if default else ''}: ").strip().lower()
        if not said and default in answers.values():
            return str(default)
        if said in answers:
            return answers[said]
        _tell(f"{said!r} is none of them: {', '.join(keys)}")


def _keys(choices: Sequence[tuple[str, str]], letters: bool) -> list[str]:
    return [value if letters else str(number) for number, (value, _) in enumerate(choices, start=1)]


def _line(prompt: str) -> str:
    if prompt:
        print(safe_text(prompt), end="", file=sys.stderr, flush=True)
    try:
        return input()
    except EOFError:
        print(file=sys.stderr)
        raise _ended() from None
    except UnicodeDecodeError as error:
        raise UsageError(f"the input is not UTF-8: {error.reason}", hint="type or pipe UTF-8 text") from error


def _tell(line: str) -> None:
    print(safe_text(line), file=sys.stderr, flush=True)


def _output() -> Any:
    from prompt_toolkit.output import create_output

    return create_output(sys.stderr)


def _asked(question: "Question") -> str:
    """The answer; unlike question.ask() it lets Ctrl-C through, and Ctrl-D is the end of the input."""
    try:
        return str(question.unsafe_ask())
    except EOFError:
        raise _ended() from None


def _ended() -> UsageError:
    return UsageError(
        "the input ended before the last question was answered",
        hint="what was answered is kept: run the command again, on a terminal or with more lines piped in",
    )
