"""Baseline: what will be measured and why, measuring, the table set by set, and reading the answers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import measure
from engine.durable import append_line, read_lines
from engine.evalsets import Extra
from engine.evaluation import baseline
from engine.findings import baseline_folder
from engine.plan.recipe import planned, store
from engine.project import Project
from tests.measured import project_with_plan, with_baseline
from tests.tui.pilot import played, screen_text, settled, shown, until, wizard

HOSTILE = "\x1b]52;c;aGk=\x07\x9b2J\x1b[31m\u202e[bold]why[/bold]"


@pytest.fixture
def ready(tmp_path: Path) -> Project:
    return project_with_plan(tmp_path)


def test_enter_measures_what_was_announced_and_the_table_survives_reopening(
    ready: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The answers are there already, so that the command needs no model.
    monkeypatch.setattr(measure, "run_job", _answer_a1)
    baseline(ready, Extra(), lambda what, done, total: None)
    (baseline_folder(ready, planned(ready)) / "evaluation.json").unlink()

    async def scene() -> None:
        async with wizard(ready, "baseline") as (app, pilot):
            before = shown(app)
            assert "Measure the base model" in before and "what training brought" in before
            assert "validation" in before and "base_few_shot" in before
            await pilot.press("enter")
            await settled(app, pilot)
            assert "Go on to Train" in shown(app) and "6Baseline✓" in shown(app)
        async with wizard(ready, "baseline") as (app, pilot):
            assert "validation · 8 rows" in shown(app)
            assert any(line.split()[:3] == ["base", "0.0", "%"] for line in screen_text(app))

    played(scene)


def _answer_a1(verb: str, folder: Path, job: Mapping[str, Any], progress: Callable[[], None]) -> None:
    for task in job["tasks"]:
        for _, line in read_lines(Path(task["prompts"])):
            append_line(Path(task["output"]), {**line, "output": "A1", "stopped": True, "tokens": 2}, sync=False)


def test_the_sets_of_the_project_are_announced_and_a_damaged_section_is_named(ready: Project) -> None:
    (ready.root / "hard.jsonl").write_text("{}\n", encoding="utf-8")
    ready.set("evaluate", {"sets": ["hard=hard.jsonl"]})

    async def scene() -> None:
        async with wizard(ready, "baseline") as (app, pilot):
            assert "more rows of the task" in shown(app) and "hard" in shown(app)
            ready.set("evaluate", {"sets": ["hard=nowhere.jsonl"]})
            await until(pilot, lambda: "there is no file" in shown(app), "the change was seen")
            assert "What to do" in shown(app) and "Three systems answer" in shown(app)

    played(scene)


def test_sets_turn_by_key_and_belong_to_the_present_plan(ready: Project) -> None:
    with_baseline(ready)

    async def scene() -> None:
        async with wizard(ready, "baseline") as (app, pilot):
            assert "validation · 12 rows · set 1 of 2" in shown(app)
            assert any(
                line.split()[:6] == ["base_few_shot", "25.0", "%", "8.9", "to", "53.2"] for line in screen_text(app)
            )
            for key, name in (("t", "hard"), ("right", "validation"), ("left", "hard")):
                await pilot.press(key)
                assert f"{name} · 12 rows" in shown(app)
            store(ready, replace(planned(ready), new_tokens=9))
            await until(pilot, lambda: "Measure the base model" in shown(app), "the plan has changed")
            assert "12 rows" not in shown(app)
            ready.set("plan", {"new_tokens": 10})
            await until(pilot, lambda: "[plan] was changed by hand" in shown(app), "the change was seen")
            assert "Measure the base model" in shown(app) and "What to do" in shown(app)
            assert "tunewright" not in shown(app)

    played(scene)


def test_answers_are_read_one_by_one_and_cannot_touch_the_terminal(ready: Project) -> None:
    with_baseline(ready, question=HOSTILE)

    async def scene() -> None:
        async with wizard(ready, "baseline") as (app, pilot):
            await pilot.press("o")
            await until(pilot, lambda: "1 of 12" in shown(app), "the answers were read")
            assert "[bold]why[/bold] 0" in shown(app) and "should be A1" in shown(app)
            assert "base: ✗ wrong B7" in shown(app) and "base_few_shot: ✓ right A1" in shown(app)
            await pilot.press("n")
            assert "2 of 12" in shown(app) and "[bold]why[/bold] 1" in shown(app)
            await pilot.press("p", "left")
            assert "12 of 12" in shown(app)
            text = "".join(screen_text(app))
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text) and "aGk" not in text
            await pilot.press("escape")
            assert "Go on to Train" in shown(app)

    played(scene)


@pytest.mark.parametrize("size", [(20, 5), (120, 36)])
def test_other_sizes_are_shown_too(ready: Project, size: tuple[int, int]) -> None:
    with_baseline(ready)

    async def scene() -> None:
        async with wizard(ready, "baseline", size=size) as (app, pilot):
            await pilot.press("t", "o")
            await until(pilot, lambda: "Answers on" in shown(app), "the answers are open")

    played(scene)
