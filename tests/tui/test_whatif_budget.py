"""What a lever's key costs over the line, with its 20,000 draws behind it."""

import sys
from pathlib import Path

from engine.project import Project
from engine.recent import remember
from tests.tui.run_writer import up_to_train
from tests.tui.terminal import ROOT, Terminal

TURN = 2048
"""Bytes at 80x24 from a lever's key to the last of what it changes."""
NAVIGATION = 1_500
MEMORY = 80 * 2**20


def at_where(project: Project, size: tuple[int, int] = (80, 24)) -> Terminal:
    """The wizard, from whose step Where the what-if is one key away."""
    remember(up_to_train(project), "where")
    command = (sys.executable, "-m", "tui", "--project", project.root)
    return Terminal(*command, cwd=Path("/"), size=size, env={"PYTHONPATH": str(ROOT)})


def test_what_a_turn_sends(project: Project) -> None:
    with at_where(project) as terminal:
        terminal.first_frame("Where will it run?")
        terminal.press("c")
        terminal.wait_for("P50")
        terminal.wait_for(lambda rows: not any("..." in row for row in rows[1:16]))
        terminal.settle()
        for key in ("right", "right", "left", "u", "r"):
            assert terminal.bytes_for(key) <= TURN, key
        for key in ("down", "down", "down", "tab", "down", "tab", "tab", "end", "up"):
            assert terminal.bytes_for(key) <= NAVIGATION, key
        assert terminal.bytes_for("right") <= TURN
        assert terminal.bytes_for(*["right", "left"] * 10) <= 20 * TURN
        assert terminal.listen(1.2) == b"", "nothing was turned"
        assert terminal.rss() < MEMORY
