"""What holds of every step, in real terminals: it comes back after a kill, stays within its bytes, fits any size."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import journey
from engine.project import Project
from tests.tui.desk import desk
from tests.tui.pilot import played, wizard
from tests.tui.terminal import ROOT, Terminal
from tui.screens.step import StepScreen

FIRST_FRAME = 20_000
NAVIGATION = 1_500
MEMORY = 80 * 2**20


@pytest.fixture(scope="module")
def whole_road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with pytest.MonkeyPatch.context() as patch:
        yield desk(tmp_path_factory.mktemp("road") / "help-desk", "end", patch)


@pytest.fixture
def road(whole_road: Project, tmp_path: Path) -> Project:
    shutil.copytree(whole_road.root, tmp_path / "help-desk")
    return Project.open(tmp_path / "help-desk")


def opened(project: Project, *arguments: str) -> Terminal:
    return Terminal(sys.executable, "-m", "tui", *arguments, cwd=project.root, env={"PYTHONPATH": str(ROOT)})


def test_a_killed_wizard_opens_where_it_was(road: Project) -> None:
    before: list[str] = []
    for number, step in enumerate(journey.STEPS, start=1):
        with opened(road) as terminal:
            first = terminal.first_frame("9Ship")
            assert len(first.raw) <= FIRST_FRAME, step
            assert before in ([], terminal.text()), f"what was shown when the wizard was killed before {step}"
            terminal.answer_to(str(number))
            before = terminal.text()
            for key in ("j", "k"):
                assert terminal.bytes_for(key) <= NAVIGATION, (step, key)
            assert terminal.listen(1.2) == b"", step
            assert terminal.rss() < MEMORY, step
            assert terminal.text() == before, step
            terminal.kill()


def test_no_size_of_the_terminal_ends_a_step(road: Project) -> None:
    async def scene() -> None:
        async with wizard(road, "decide") as (app, pilot):
            for columns, rows in [(20, 5), (200, 50), (1, 1), (110, 24)]:
                await pilot.resize_terminal(columns, rows)
                for number, step in enumerate(journey.STEPS, start=1):
                    await pilot.press(str(number), "j")
                    assert isinstance(app.screen, StepScreen) and step == app.screen.STEP
                await pilot.press("question_mark", "escape")
            assert app.is_running

    played(scene)
