"""Evaluate: which run, the sealed test, the table with its verdicts in words, and reading the answers."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.durable import write_json
from engine.evaluate.outputs import write_outputs
from engine.findings import output_file
from engine.journey import STEPS, waive
from engine.project import Project
from tests.measured import TUNED, answers, evaluated, finished_run, project_with_plan
from tests.tui.pilot import played, screen_text, shown, until, wizard
from tui.app import Wizard
from tui.screens.ship import ShipScreen

HOSTILE = "\x1b]0;mine\x07\x9b2J\u202e[red]why[/red]"
WORSE = [True] * 2 + [False] * 10


@pytest.fixture
def ready(tmp_path: Path) -> Project:
    return project_with_plan(tmp_path)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that the wizard would run."""
    commands: list[Sequence[str]] = []
    monkeypatch.setattr(Wizard, "begin", lambda self, command, owner: commands.append(command))
    return commands


def test_without_a_run_or_its_model_the_way_to_train_is_shown(ready: Project) -> None:
    async def scene() -> None:
        async with wizard(ready, "evaluate") as (app, _):
            assert "There is no run yet: step 7 trains one" in shown(app)
        run = finished_run(ready)
        run.model.rmdir()
        write_json(run.state, {"state": "failed", "reason": "out of memory"})
        async with wizard(ready, "evaluate") as (app, _):
            assert "run-1 has no model yet: it is failed. out of memory" in shown(app)
            assert "It can be resumed there: step 7 shows it" in shown(app)

    played(scene)


def test_validation_needs_one_key_and_the_test_a_second_thought(ready: Project, begun: list[Sequence[str]]) -> None:
    finished_run(ready)

    async def scene() -> None:
        async with wizard(ready, "evaluate") as (app, pilot):
            assert "run-1 has not been evaluated" in shown(app)
            await pilot.press("enter")
            assert begun == [("evaluate", "run-1")]
            await pilot.press("down", "enter")
            assert "this is opening number 1" in shown(app) and "choices are made on" in shown(app)
            await pilot.press("enter")
            assert len(begun) == 1
            await pilot.press("enter", "down", "enter")
            assert begun[1:] == [("evaluate", "run-1", "--test")]

    played(scene)


def test_the_table_says_what_was_found_with_intervals_and_in_words(ready: Project) -> None:
    evaluated(finished_run(ready), {"hard": WORSE, "validation": TUNED, "general": [False] * 12})

    async def scene() -> None:
        async with wizard(ready, "evaluate") as (app, pilot):
            lines = [line.split() for line in screen_text(app)]
            assert ["tuned", "91.7", "%", "64.6", "to", "98.5", "12", "100.0", "%"] in lines
            # Exact McNemar of 11 to 0 is 2 / 2^11; Holm multiplies the smallest of seven by seven.
            assert ["base", "+91.7", "+66.7", "to", "+100.0", "0.007", "better"] in lines
            assert "✓ On validation: better than base, base_few_shot, trivial" in shown(app)
            assert "Forgetting: 12 general questions, tuned against base: +0.0 points" in shown(app)
            assert "openings of the test: 0" in shown(app)
            await pilot.press("t")
            assert "? On hard: cannot tell: needs n >= " in shown(app) and "set 2 of 3" in shown(app)

    played(scene)


def test_the_marked_line_is_what_to_do_next(ready: Project, begun: list[Sequence[str]]) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": WORSE})

    async def scene() -> None:
        async with wizard(ready, "evaluate") as (app, pilot):
            await pilot.press("enter")
            await until(pilot, lambda: "Answers on validation" in shown(app), "what is not better yet is read first")
        evaluated(run, {"validation": TUNED}, when="2026-11-22 08:00:00 UTC")
        async with wizard(ready, "evaluate") as (app, pilot):
            await pilot.press("enter")
            assert "Open the sealed test for run-1?" in shown(app)

    played(scene)


def test_a_waived_gate_leads_on_whether_or_not_anything_was_evaluated(ready: Project) -> None:
    run = finished_run(ready)
    for step in STEPS.values():
        for item in step.items:
            waive(ready, step.key, item, "a trial")

    async def scene() -> None:
        for lines in (3, 4):
            async with wizard(ready, "evaluate") as (app, pilot):
                assert "Go on to Ship" in shown(app)
                await pilot.press("G", "enter")
                assert isinstance(app.screen, ShipScreen), f"with {lines} lines"
            evaluated(run, {"validation": TUNED})

    played(scene)


def test_another_run_is_chosen_with_its_state_in_sight(ready: Project) -> None:
    evaluated(finished_run(ready), {"validation": TUNED, "test": TUNED})
    finished_run(ready)

    async def scene() -> None:
        async with wizard(ready, "evaluate") as (app, pilot):
            assert "run-2: finished, not evaluated" in shown(app)
            await pilot.press("r")
            assert "run-1 finished, evaluated, the test opened" in shown(app)
            await pilot.press("down", "enter")
            assert "test · 12 rows · set 1 of 2" in shown(app) and "openings of the test: 1" in shown(app)
            assert "Note: the gate goes by the newest run, run-2" in shown(app)

    played(scene)


def test_answers_are_filtered_and_cannot_touch_the_terminal(ready: Project) -> None:
    evaluated(finished_run(ready), {"validation": TUNED}, question=HOSTILE)

    async def scene() -> None:
        async with wizard(ready, "evaluate") as (app, pilot):
            await pilot.press("o")
            for place in ("1 of 12 · filter: all", "1 of 1 · filter: tuned wrong", "1 of 11 · filter: tuned better"):
                await until(pilot, lambda place=place: place in shown(app), place)  # type: ignore[misc]
                assert "[red]why[/red]" in shown(app)
                assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set("".join(screen_text(app)))
                await pilot.press("f")
            assert "none · filter: tuned worse than base" in shown(app) and "No row is like that" in shown(app)

    played(scene)


def test_answers_that_change_or_break_become_a_panel_and_the_screen_stays(ready: Project) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": TUNED})
    tuned = output_file(run.evals, "validation", "tuned")

    async def scene() -> None:
        async with wizard(ready, "evaluate") as (app, pilot):
            await pilot.press("o")
            await until(pilot, lambda: "1 of 12" in shown(app), "the answers were read")
            write_outputs(tuned, answers(TUNED[:1]))
            await pilot.press("p")
            await until(pilot, lambda: "the saved outputs have changed" in shown(app), "a panel")
            await pilot.press("escape")
            assert "Is it better, honestly?" in shown(app)
            tuned.write_text("[]\n", encoding="utf-8")
            await pilot.press("o")
            await until(pilot, lambda: "a saved output is a JSON object" in shown(app), "a panel")
            await pilot.press("escape")
            (run.evals / "evaluation.json").write_text("{}", encoding="utf-8")
            app.go("evaluate")
            await until(pilot, lambda: "not what an evaluation saves" in shown(app), "the damage is named")
            assert "Evaluate on validation" in shown(app) and "its evaluation damaged" in shown(app)

    played(scene)


def test_a_terminal_of_twenty_by_five_holds_it(ready: Project) -> None:
    evaluated(finished_run(ready), {"validation": TUNED})

    async def scene() -> None:
        async with wizard(ready, "evaluate", size=(20, 5)) as (app, pilot):
            await pilot.press("t", "o")
            await until(pilot, lambda: "Answers" in shown(app), "the answers are open")
            await pilot.press("n", "f", "escape", "r", "escape")

    played(scene)
