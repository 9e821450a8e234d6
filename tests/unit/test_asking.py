"""Questions line by line: drawn by questionary on a terminal, bare lines in a pipe and on a dumb terminal."""

import io
import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import PipeInput, create_pipe_input

from engine import asking
from engine.errors import UsageError

FRUITS = (("apple", "round"), ("pear", ""), ("fig", "small"))
LETTERS = (("a", "accept"), ("x", "reject"))
WHO = """
import sys
from engine.asking import choose, text
print(choose("fruit?", [("apple", "round"), ("pear", "")]), text("name?", "ada"))
print(sorted({"questionary", "prompt_toolkit"} & set(sys.modules)))
"""


def typed(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Iterator[PipeInput]:
    """A terminal that can be drawn on, and its keys."""
    monkeypatch.setattr(asking, "draws", lambda: True)
    monkeypatch.delenv("EDITOR", raising=False)
    with create_pipe_input() as keys, create_app_session(input=keys):
        yield keys


@pytest.mark.parametrize(
    ("lines", "chosen"), [("2\n", "pear"), ("FIG\n", "fig"), ("\n", "apple"), ("9\nno\n 1 \n", "apple")]
)
def test_a_choice_by_number_by_name_or_by_default(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: str, chosen: str
) -> None:
    typed(monkeypatch, lines)
    assert asking.choose("fruit?", FRUITS, "apple") == chosen
    printed = capsys.readouterr()
    assert printed.out == "" and "  1  apple: round\n  2  pear\n" in printed.err
    assert printed.err.count("none of them: 1, 2, 3") == lines.count("\n") - 1


def test_a_choice_of_letters_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed(monkeypatch, "\nX\n")
    assert asking.choose("verdict", LETTERS) == "x"
    assert capsys.readouterr().err.startswith("verdict (a accept, x reject): ")


def test_a_text_and_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "Grace\n\n")
    assert asking.text("name?", "ada") == "Grace"
    assert asking.text("name?", "ada") == "ada"


def test_a_text_of_several_lines_ends_with_a_dot(monkeypatch: pytest.MonkeyPatch) -> None:
    typed(monkeypatch, "one\n\n ..\n.\n")
    assert asking.edit("text", "old") == "one\n\n .."


def test_the_end_of_the_input_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for ask in (lambda: asking.choose("fruit?", FRUITS), lambda: asking.text("name?"), lambda: asking.edit("?", "")):
        typed(monkeypatch, "what\n")
        with pytest.raises(UsageError, match="input ended"):
            ask(), ask()


def test_input_that_is_not_utf_8_is_a_usage_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n"), encoding="utf-8"))
    with pytest.raises(UsageError, match="not UTF-8"):
        asking.text("name?")


def test_on_a_terminal_a_choice_is_drawn_and_moved_through(keyboard: PipeInput) -> None:
    for keys, chosen in (("\r", "pear"), ("\x1b[B\r", "fig"), ("1\r", "apple")):
        keyboard.send_text(keys)
        assert asking.choose("fruit?", FRUITS, "pear") == chosen
    keyboard.send_text("x\r")
    assert asking.choose("verdict", LETTERS) == "x"


def test_on_a_terminal_texts_are_edited_in_place(keyboard: PipeInput) -> None:
    keyboard.send_text("\x7f\x7f!\r")
    assert asking.text("name?", "ada") == "a!"
    keyboard.send_text("\rmore\x1b\r")
    assert asking.edit("text", "old") == "old\nmore"
    keyboard.send_text("new\x1b\r")
    assert asking.edit("text", "\x1b[2Jold") == "new"


def test_on_a_terminal_ctrl_c_and_ctrl_d_are_what_they_always_are(keyboard: PipeInput) -> None:
    keyboard.send_text("\x03")
    with pytest.raises(KeyboardInterrupt):
        asking.choose("fruit?", FRUITS)
    keyboard.send_text("\x04")
    with pytest.raises(UsageError, match="input ended"):
        asking.text("name?")


def script(folder: Path, text: str) -> str:
    path = folder / "editor"
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return f"{path} --wait"


def test_a_text_is_edited_in_the_editor(keyboard: PipeInput, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("EDITOR", script(tmp_path, '[ "$1" = --wait ] && echo "and more" >> "$2"'))
    assert asking.edit("text", "old, ") == "old, and more"
    assert asking.edit("text", "old\r\n") == "old\r\nand more\n"


@pytest.mark.parametrize("text", ["exit 3", 'rm "$2"', 'printf "\\377" > "$2"'])
def test_an_editor_that_fails_changes_nothing(
    keyboard: PipeInput, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    for editor in (script(tmp_path, text), str(tmp_path / "none")):
        monkeypatch.setenv("EDITOR", editor)
        with pytest.raises(UsageError) as caught:
            asking.edit("text", "old")
        assert "EDITOR" in caught.value.hint


@pytest.mark.parametrize("terminal", ["xterm", "dumb"])
def test_in_a_real_terminal(terminal: str) -> None:
    """A terminal that can draw gets a list to move in; a dumb one gets lines, without a single escape sequence."""
    keyboard, screen = pty.openpty()
    environment = {**os.environ, "TERM": terminal, "PROMPT_TOOLKIT_NO_CPR": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", WHO], stdin=screen, stdout=screen, stderr=screen, env=environment, close_fds=True
    ):
        os.close(screen)
        shown = _until(keyboard, b"pear")
        os.write(keyboard, b"\x1b[B\r" if terminal == "xterm" else b"2\r")
        shown += _until(keyboard, b"name?")
        os.write(keyboard, b"\r")
        shown += _until(keyboard, b"]\r\n")
    os.close(keyboard)
    assert b"pear ada" in shown
    assert (b"questionary" in shown) == (b"\x1b" in shown) == (terminal == "xterm")


def _until(terminal: int, mark: bytes) -> bytes:
    seen = b""
    while mark not in seen:
        assert select.select([terminal], [], [], 30)[0], seen
        seen += os.read(terminal, 4096)
    return seen


def test_a_pipe_loads_no_terminal_library() -> None:
    done = subprocess.run([sys.executable, "-c", WHO], input="pear\n\n", capture_output=True, text=True)
    assert done.stdout == "pear ada\n[]\n" and "\x1b" not in done.stderr


def test_a_question_from_outside_is_shown_harmless(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "\x1b[2J\n\n")
    assert asking.choose("a\x1b]52;c;aGk=\x07b", (("one", "\x9b31m"),), "one") == "one"
    shown = capsys.readouterr().err
    assert "ab" in shown and not {"\x1b", "\x9b", "\x07"} & set(shown)
