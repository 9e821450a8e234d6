"""The measuring terminal measures: bytes, rest, keys, sizes, ends, and what does not come from Textual."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.tui.sequences import hostile, split_off_unfinished, tokens
from tests.tui.terminal import Terminal, _cells

PYTHON = (sys.executable, "-c")
APP = """
import sys
from textual.app import App
from textual.widgets import Input, Static

class Small(App):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [("a", "add", ""), ("y", "copy", ""), ("h", "hostile", ""), ("q", "quit", "")]
    count = 0

    def compose(self):
        yield Static("count 0", id="count", markup=False)
        yield Static("", id="size", markup=False)
        yield Static("\u65e5\u672c and \u2502", markup=False)

    def on_resize(self, event):
        self.query_one("#size").update(f"{event.size.width} by {event.size.height}")

    def action_add(self):
        self.count += 1
        self.query_one("#count").update(f"count {self.count}")

    def action_copy(self):
        self.copy_to_clipboard("kept")

    def action_hostile(self):
        self._driver.write(sys.argv[1])

Small().run(mouse="mouse" in sys.argv)
"""
TITLE = "\x1b]2;stolen\x07"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """One application for all tests that leave it as it was."""
    with Terminal(*PYTHON, APP, TITLE, cwd=tmp_path_factory.mktemp("small")) as terminal:
        terminal.first_frame("count 0")
        yield terminal


def test_the_first_frame_is_counted_and_shown(small: Terminal) -> None:
    first = small.raw
    assert 1000 < len(first) < 20_000 and first.startswith(b"\x1b[?1049h")
    rows = small.text()
    assert len(rows) == 24 and {len(row) for row in rows[:2]} == {80}
    assert rows[2].startswith("日本 and │"), "wide characters and lines are drawn as such"
    # A terminal of its own kind: no half-understood sequence is drawn as text.
    assert not any(left in "".join(rows) for left in ("[", "2026", "$p"))
    assert 10 << 20 < small.rss() < 200 << 20


def test_a_key_costs_what_it_repaints(small: Terminal) -> None:
    before = len(small.raw)
    one = small.answer_to("a")
    assert "count 1" in small.text()[0] and b"count 1" in one.raw
    assert one.raw == small.raw[before:] and 10 < len(one.raw) < 1500 and one.seconds > 0
    assert one.raw.count(b"\x1b[?2026h") == 1, "it says that it knows synchronised output"
    assert small.bytes_for("z") == 0, "a key that does nothing sends nothing"
    assert small.answer_to("z").seconds == 0
    assert small.listen(0.3) == b""


def test_an_application_learns_a_new_size(small: Terminal) -> None:
    small.resize(60, 16)
    small.wait_for("60 by 16")
    assert len(small.text()) == 16 and len(small.text()[0]) == 60
    small.resize(80, 24)
    small.wait_for("80 by 24")
    small.settle()


def test_a_smaller_terminal_loses_its_lower_rows() -> None:
    with Terminal(*PYTHON, r"print(*range(20), sep='\n', end='', flush=True); input()") as terminal:
        terminal.wait_for("19")
        terminal.resize(40, 10)
        assert [row.strip() for row in terminal.text()] == [str(number) for number in range(10)]


def test_what_no_screen_shows_is_not_drawn() -> None:
    silent = r"\x1b[<u\x1b[>25u\x1b[38:2::1:2:3m\x1bPq#0\x1b\\\x1b_G\x1b\\\x1b]22;default\x07"
    with Terminal(*PYTHON, f"import sys; sys.stdout.write('a{silent}b')") as terminal:
        assert terminal.ended() == 0
        assert terminal.text()[0].strip() == "ab"


def test_what_the_data_brought_is_told_from_what_textual_sends(small: Terminal) -> None:
    assert hostile(small.raw) == []
    assert hostile(small.answer_to("h").raw) == [TITLE]
    copied = small.answer_to("y").raw
    assert hostile(copied, copied=True) == [] and hostile(copied) == ["\x1b]52;c;a2VwdA==\x07"]


def test_a_missing_text_fails_with_the_screen(small: Terminal) -> None:
    with pytest.raises(AssertionError, match="not shown: no such text") as failed:
        small.wait_for("no such text", limit_s=0.1)
    assert "日本 and │" in str(failed.value)


def test_an_application_that_leaves_tidies_up_in_its_own_sequences() -> None:
    with Terminal(*PYTHON, APP, TITLE, "mouse", synchronized=False) as terminal:
        terminal.first_frame("count 0")
        terminal.press("a")
        terminal.wait_for("count 1")
        terminal.press("q")
        assert terminal.ended() == 0
        assert terminal.raw.count(b"\x1b[?2026h") == 0
        assert b"\x1b[?1049l" in terminal.raw and hostile(terminal.raw) == []


def test_closing_the_terminal_hangs_the_command_up() -> None:
    with Terminal(*PYTHON, "print('up', flush=True); input()") as terminal:
        terminal.wait_for("up")
        terminal.hang_up()
        assert terminal.ended() == -signal.SIGHUP


def test_a_killed_command_is_gone() -> None:
    with Terminal(*PYTHON, "print('up', flush=True); input()") as terminal:
        terminal.wait_for("up")
        assert terminal.rss() > 0
        terminal.kill()
        assert terminal.ended() == -signal.SIGKILL
        with pytest.raises(psutil.NoSuchProcess):
            terminal.rss()


def test_rest_comes_when_the_work_is_done_however_long_it_is_silent() -> None:
    """A command that computes in silence, in itself or in a child, is not at rest."""
    busy = "n = sum(i * i % 7 for i in range(4_000_000))"
    work = f"import subprocess, sys; input(); {busy}; subprocess.run([sys.executable, '-c', '{busy}']); print('done')"
    with Terminal(*PYTHON, f"print('up', flush=True); {work}; input()") as terminal:
        terminal.wait_for("up")
        assert b"done" in terminal.answer_to("enter", quiet_s=0.05).raw


def test_questions_are_answered_and_the_environment_is_a_plain_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("LC_ALL", "POSIX")
    ask = """
import os, sys, termios, tty
tty.setcbreak(0)
names = ("TERM", "COLORTERM", "LANG", "NO_COLOR", "LC_ALL", "MORE", "HOME")
print([os.environ.get(name) for name in names], os.get_terminal_size(), flush=True)
for question in ("\\x1b[?2026$p", "\\x1b[?9$p", "\\x1b[c", "\\x1b[6n", "\\x1b]11;?\\x07"):
    sys.stdout.write(question[:3]); sys.stdout.flush(); sys.stdout.write(question[3:]); sys.stdout.flush()
    answer = b""
    while answer[-1:] not in (b"y", b"c", b"R", b"\\\\"):
        answer += os.read(0, 1)
    print(repr(answer), flush=True)
"""
    with Terminal(*PYTHON, ask, size=(200, 24), cwd=tmp_path, env={"MORE": "1", "HOME": None}) as terminal:
        assert terminal.ended() == 0
        shown = [row.strip() for row in terminal.text()]
    assert shown[0] == (
        "['xterm-256color', 'truecolor', 'C.UTF-8', None, None, '1', None] os.terminal_size(columns=200, lines=24)"
    )
    assert shown[1:6] == [
        r"b'\x1b[?2026;2$y'",
        r"b'\x1b[?9;0$y'",
        r"b'\x1b[?62;22c'",
        r"b'\x1b[1;1R'",
        r"b'\x1b]11;rgb:0000/0000/0000\x1b\\'",
    ]


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b]52;c;c3RvbGVu\x07",
        "\x1b]0;title\x1b\\",
        "\x1b]8;;http://x\x1b\\",
        "\x1bPq#0\x1b\\",
        "\x1b_G\x1b\\",
        "\x1b[2J",
        "\x1b[5m",
        "\x1b[8;31m",
        "\x1b[6n",
        "\x1b[?1047h",
        "\x1b[21t",
        "\x1bc",
        "\x1b(0",
        "\x1b#8",
        "\x1b",
        "\x9b",
        "\x9d",
        "\x07",
        "\x08",
        "\n",
        "\x0e",
        "\x7f",
        "\x00",
    ],
)
def test_each_hostile_sequence_is_found_alone_among_textuals_own(sequence: str) -> None:
    own = "\x1b[?2026h\x1b[3;10H\x1b[1;38;2;1;2;3;48;5;16mtext\x1b[0m\r\n\x1b[?25l"
    assert hostile(own.encode()) == []
    assert hostile(f"{own}{sequence}{own}".encode()) == [sequence]


def test_a_byte_that_is_no_utf_8_is_found() -> None:
    assert hostile(b"a\x9b31mb") == ["\udc9b"]


def test_a_sequence_that_is_cut_anywhere_waits_for_its_rest() -> None:
    whole = "a\x1b[1;31mb\x1b]11;?\x1b\\c\x1b(0\x1bcd"
    assert list(tokens(whole)) == ["a", "\x1b[1;31m", "b", "\x1b]11;?\x1b\\", "c", "\x1b(0", "\x1bc", "d"]
    for cut in range(len(whole) + 1):
        first, rest = split_off_unfinished(whole[:cut])
        assert first + rest == whole[:cut]
        assert [*tokens(first), *tokens(rest + whole[cut:])][-1] == "d"
        assert "\x1b" not in [*tokens(first), *tokens(rest + whole[cut:])]


def test_half_a_wide_character_is_a_blank() -> None:
    assert list(_cells(["\u673a", "", "a"])) == ["\u673a", "a"]
    assert list(_cells(["x", "", "a"])) == ["x", " ", "a"], "a letter was put over its first half"
