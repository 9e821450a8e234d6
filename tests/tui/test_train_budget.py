"""What watching a run costs over the line: bytes for a new step, a new range, a run that has ended."""

import statistics
import sys
from pathlib import Path

import pytest

from engine.project import Project
from tests.tui.run_writer import Writer, up_to_train
from tests.tui.terminal import ROOT, Terminal

FIRST_FRAME = 20_000
LIVE = 300
"""Bytes at 80x24 for a step more, in the median."""
RESCALE = 2048
NAVIGATION = 1_500
MEMORY = 80 * 2**20


@pytest.fixture
def writer(project: Project) -> Writer:
    return Writer(up_to_train(project).new_run(""))


def watched(writer: Writer) -> Terminal:
    command = (sys.executable, "-m", "tui", "--project", writer.run.project.root)
    return Terminal(*command, cwd=Path("/"), env={"PYTHONPATH": str(ROOT)})


def update(terminal: Terminal, writer: Writer, loss: float | None = None) -> int:
    """Bytes that one more step costs."""
    before = len(terminal.raw)
    writer.add(loss=loss)
    terminal.wait_for(lambda rows: f"step {writer.step} of" in rows[1])
    terminal.settle()
    return len(terminal.raw) - before


def test_what_a_live_run_sends(writer: Writer) -> None:
    writer.add(300)
    with watched(writer) as terminal:
        assert len(terminal.first_frame("step 300 of 1000").raw) <= FIRST_FRAME
        updates = [update(terminal, writer) for _ in range(9)]
        assert statistics.median(updates) <= LIVE, updates
        assert update(terminal, writer, loss=9.0) <= RESCALE
        for key in ("L", "L", "s", "s", "left", "left", "0"):
            assert terminal.bytes_for(key) <= NAVIGATION, key
        assert terminal.listen(1.2) == b"", "a run of which nothing new is known"
        writer.state("stopped")
        terminal.wait_for("run-1 stopped")
        terminal.settle()
        assert terminal.listen(2.4) == b"", "a run that has ended: four times its files are asked"
        assert terminal.rss() < MEMORY


def test_a_wizard_that_comes_later_shows_the_very_same(writer: Writer) -> None:
    with watched(writer) as first:
        first.wait_for("1000 steps")
        for _ in range(3):
            writer.add(57)
            first.wait_for(f"step {writer.step} of 1000")
        first.settle()
        with watched(writer) as second:
            second.wait_for(f"step {writer.step} of 1000")
            second.settle()
            assert second.text() == first.text()
