"""The wizard in real terminals (a pty each): kinds of terminals, hang-ups, hostile rows, and what each key costs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine import journey
from engine.project import Project
from engine.recent import left_at
from tests.tui.sequences import hostile
from tests.tui.terminal import Terminal

ROOT = Path(__file__).parent.parent.parent
WIZARD = (sys.executable, "-m", "tui")
FIRST_FRAME = 20_000
"""Bytes at 80x24."""
NAVIGATION = 1_500
PANEL = 4_000
EVIL = "\x1b]0;owned\x07\x1b]52;c;ZXZpbA==\x07\x1b[2J\x9b5m\x90q\x9c[bold]\u202eB"


def wizard(project: Project | Path, *arguments: str, **options: object) -> Terminal:
    root = project.root if isinstance(project, Project) else project
    env = {"PYTHONPATH": str(ROOT), **(options.pop("env", {}) or {})}  # type: ignore[dict-item]
    return Terminal(*WIZARD, *arguments, cwd=root, env=env, **options)  # type: ignore[arg-type]


@pytest.fixture
def at_where(project: Project) -> Project:
    for step in ("decide", "data", "review"):
        for item in journey.STEPS[step].items:
            journey.record(project, step, [journey.Evidence(item, "passed", "shown")])
    # One item is left open: what is waived is asked for at once.
    journey.record(project, "where", [journey.Evidence("consent", "passed", "no data leaves this machine")])
    return project


def test_first_frame_keys_and_idleness_stay_within_their_budgets(at_where: Project) -> None:
    with wizard(at_where) as terminal:
        assert len(terminal.first_frame("Where will it").raw) <= FIRST_FRAME
        assert terminal.rss() < 80 * 2**20
        # So often that the list turns its page.
        for key in (*["j"] * 12, "k", "G", "g"):
            assert terminal.bytes_for(key) <= NAVIGATION, key
        assert terminal.bytes_for("n") <= PANEL, "what the next step needs, over a full table"
        assert terminal.listen(5.0) == b""


def test_a_project_in_the_folder_is_opened_at_its_next_step(at_where: Project) -> None:
    with wizard(at_where) as terminal:
        terminal.wait_for("Where will it")
        terminal.press("q")
        assert terminal.ended() == 0
        assert "come back with: tunewright" in " ".join(" ".join(terminal.text()).split())
    assert left_at(at_where) == "where"


@pytest.mark.parametrize(
    ("env", "ascii_only", "colours"),
    [
        ({"TERM": "linux"}, True, False),
        ({"LANG": "C", "LC_ALL": "C"}, True, True),
        ({"NO_COLOR": "1"}, False, False),
        ({"TERM": "screen"}, False, True),
        ({"COLORFGBG": "0;15"}, False, True),
    ],
    ids=str,
)
def test_every_kind_of_terminal_gets_what_it_can_show(
    at_where: Project, env: dict[str, str], ascii_only: bool, colours: bool
) -> None:
    with wizard(at_where, env=env) as terminal:
        terminal.first_frame("Where will it")
        terminal.answer_to("?")
        terminal.answer_to("escape")
        assert terminal.raw.isascii() or not ascii_only
        assert (b"38;2;" in terminal.raw or b"38;5;" in terminal.raw) or not colours
        if "NO_COLOR" in env:
            assert b"38;" not in terminal.raw and b"48;" not in terminal.raw
        assert any("4Where" in row for row in terminal.text())


def test_a_dumb_terminal_and_a_pipe_are_shown_the_way_by_command(at_where: Project) -> None:
    with wizard(at_where, env={"TERM": "dumb"}) as terminal:
        assert terminal.ended() == 2
        assert b"\x1b" not in terminal.raw and b"decide --plain" in terminal.raw
    piped = subprocess.run(
        WIZARD, cwd=at_where.root, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert piped.returncode == 2 and piped.stdout == "" and "decide --plain" in piped.stderr


def test_no_mouse_leaves_the_mouse_to_the_terminal(at_where: Project) -> None:
    with wizard(at_where, "--no-mouse") as terminal:
        terminal.first_frame("Where will it")
        assert b"\x1b[?1000h" not in terminal.raw and b"\x1b[?1006h" not in terminal.raw


def test_copying_writes_the_clipboard_and_shows_what(at_where: Project) -> None:
    with wizard(at_where) as terminal:
        terminal.first_frame("Where will it")
        answer = terminal.answer_to("y")
        assert b"\x1b]52;c;" in answer.raw
        assert any("copied: " in row for row in terminal.text())


def test_nothing_of_a_hostile_row_reaches_the_terminal(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "p\x1b]0;x\x07[bold]")
    for step, status in journey.STEPS.items():
        for item in status.items:
            journey.record(project, step, [journey.Evidence(item, "passed", f"row says {EVIL}")])
    with wizard(project) as terminal:
        terminal.wait_for("Ship")
        for key in ("?", "escape", "w", "4", "?", "escape", "y", "p", "escape", ":", "escape"):
            terminal.answer_to(key)
        assert hostile(terminal.raw, copied=True) == []


def test_what_is_pasted_into_a_question_is_made_safe(at_where: Project) -> None:
    with wizard(at_where) as terminal:
        terminal.first_frame("Where will it")
        for key in (
            "w",
            f"\x1b[200~because {EVIL}\x1b[201~",
            "escape",
            ":",
            "/",
            f"\x1b[200~{EVIL}\x1b[201~",
            "escape",
        ):
            terminal.answer_to(key)
        assert hostile(terminal.raw) == [] and "\u202e".encode() not in terminal.raw


def test_a_hang_up_ends_the_wizard_and_keeps_the_place(at_where: Project) -> None:
    with wizard(at_where) as terminal:
        terminal.first_frame("Where will it")
        terminal.hang_up()
        assert terminal.ended() == -signal.SIGHUP, "it went with its terminal, at once"
    assert left_at(at_where) == "where"
    with wizard(at_where) as terminal:
        terminal.wait_for("Where will it")


def test_ten_thousand_pasted_keys_and_a_storm_of_sizes_do_no_harm(at_where: Project) -> None:
    with wizard(at_where) as terminal:
        terminal.first_frame("Where will it")
        for _ in range(100):
            terminal.press("jkgG?hv;np5jk/+-zZ[]" * 5)
            terminal.listen(0.01)
        for columns, rows in [(20, 5), (200, 60), (1, 1), (110, 24), (80, 24)] * 4:
            terminal.resize(columns, rows)
            terminal.listen(0.02)
        terminal.settle()
        for _ in range(3):
            terminal.answer_to("escape")
        terminal.press("?")
        terminal.wait_for("In lists and texts")


def test_keys_that_arrive_together_are_obeyed_in_their_order(at_where: Project) -> None:
    with wizard(at_where) as terminal:
        terminal.first_frame("Where will it")
        terminal.answer_to("w")
        terminal.answer_to("ab\x7fcd\x01>\x05<\x1b[D!")
        assert any(">acd!<" in row for row in terminal.text())


def test_a_word_to_end_is_heeded(at_where: Project) -> None:
    with wizard(at_where) as terminal:
        terminal.first_frame("Where will it")
        terminal.send(signal.SIGTERM)
        assert terminal.ended() == 128 + signal.SIGTERM
