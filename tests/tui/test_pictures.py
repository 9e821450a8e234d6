"""One picture a step (the README shows these very files) and the text of each step in a large terminal.

After a wanted change: TUNEWRIGHT_GOLDENS=update pytest tests/tui/test_pictures.py --snapshot-update; then look at what
changed.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from engine import journey, scenarios
from engine.costing import Scenario
from engine.project import Project
from engine.recent import remember
from tests.tui.desk import desk
from tests.tui.pilot import played, screen_text, shown, until, wizard
from tui.app import Wizard
from tui.screens.whatif import WhatIfScreen

ROOT = Path(__file__).parent.parent.parent
PRESSED = {"ship": ("j",)}
"""Keys before the picture: the lines for an adapter name the folder of the base model, wherever that lies."""
GOLDENS = Path(__file__).parent / "goldens"
PICTURES = Path(__file__).parent / "__snapshots__" / "test_pictures"


@pytest.fixture(scope="module")
def whole_road(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Its root is relative: paths are in the pictures, and must be the same everywhere."""
    with pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("pictures")
        patch.chdir(place)
        desk(place / "help-desk", "end", patch)
        yield Project(Path("help-desk"))


async def ready(pilot: Pilot[Any], step: str) -> None:
    """Waits until what is read in threads is shown."""
    await pilot.press(*PRESSED.get(step, ()))
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.mark.parametrize("step", journey.STEPS)
def test_picture_of(step: str, whole_road: Project, snap_compare: Callable[..., bool]) -> None:
    assert snap_compare(Wizard(whole_road, step), run_before=lambda pilot: ready(pilot, step), terminal_size=(80, 24))


def test_picture_of_the_what_if(whole_road: Project, snap_compare: Callable[..., bool]) -> None:
    settings = {"requests_per_month": 2.5e6, "baseline_model": "gpt-6.1-terra", "dynamic_prompt_tokens": 1000.0}
    settings |= {"destination": "runpod-h100-sxm-secure", "tuned_model": "qwen3-8b", "output_tokens": 128.0}
    scenarios.save(whole_road, Scenario("replace a dear model", settings))

    async def turned(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(WhatIfScreen(whole_road))
        await pilot.press("o", "down", "enter", "right")
        await until(
            pilot,
            lambda: "P50" in shown(pilot.app) and "5,000,000" in shown(pilot.app) and "..." not in shown(pilot.app),
            "it is simulated",
        )

    assert snap_compare(Wizard(whole_road, "where"), run_before=turned, terminal_size=(80, 24))


def test_picture_of_the_first_screen(
    whole_road: Project, snap_compare: Callable[..., bool], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The sample is made in it, and the path is in the picture.
    monkeypatch.setenv("HOME", ".")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    remember(whole_road, "train")
    assert snap_compare(Wizard(), terminal_size=(80, 24))


@pytest.mark.parametrize("step", journey.STEPS)
def test_text_of(step: str, whole_road: Project) -> None:
    async def scene() -> None:
        async with wizard(whole_road, step, size=(120, 36)) as (app, pilot):
            await ready(pilot, step)
            text = "\n".join(line.rstrip() for line in screen_text(app)) + "\n"
        golden = GOLDENS / f"{step}.txt"
        if os.environ.get("TUNEWRIGHT_GOLDENS") == "update":
            golden.parent.mkdir(exist_ok=True)
            golden.write_text(text, encoding="utf-8")
        assert text == golden.read_text(encoding="utf-8")

    played(scene)


def test_no_path_of_the_machine_is_in_a_picture() -> None:
    for path in (*PICTURES.glob("*.svg"), *GOLDENS.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        assert not [place for place in (str(ROOT), str(Path.home()), "/tmp/") if place in text], path.name
