"""Decide by keyboard: answers kept at once, the verdict as soon as it can be given, undo, and going on against it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from engine import journey
from engine.decide.record import stored_answers
from engine.deciding import answer as give
from engine.project import Project
from engine.sample import sample_project
from tests.tui.pilot import played, screen_text, shown, until, wizard
from tests.unit.made_rows import rows, split_project

TUNES: Mapping[str, Any] = {
    "failure": "format",
    "prompting": "plateaued",
    "knowledge": "not_needed",
    "task": "extraction",
    "examples": 600,
    "agreement": "yes",
    "changes": "rarely",
    "requests_per_month": 20_000,
}
"""All that is needed but the last, whether the data may leave."""


def answer(project: Project, **changed: Any) -> None:
    give(project, {**TUNES, **changed})


def test_choices_and_numbers_are_answered_by_keyboard_and_kept_at_once(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            assert "so far 0 of 9 needed answers" in shown(app)
            await pilot.press("enter", "j", "enter")
            assert stored_answers(project) == {"failure": "style"}
            assert "1 of 9 answers" in shown(app) and "How far has prompting been taken?" in shown(app)
            await pilot.press("j", "j", "j", "enter", *"1,200", "enter")
            assert stored_answers(project)["examples"] == 1200
            assert any("Good examples at hand" in line and "1,200" in line for line in screen_text(app))

    played(scene)


def test_a_number_that_does_not_fit_is_refused_and_can_be_mended(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await pilot.press("j", "j", "j", "j", "enter", *"many", "enter")
            assert "is not an answer" in shown(app) and not stored_answers(project)
            await pilot.press(*["backspace"] * 4, *"60", "enter")
            assert stored_answers(project) == {"examples": 60}

    played(scene)


def test_the_last_needed_answer_shows_the_verdict_with_reasons_and_the_four_ways(project: Project) -> None:
    answer(project)

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await pilot.press("enter", "j", "enter")
            text = shown(app)
            print(text)
            assert "Verdict: fine-tune" in text and "Because: the output form" in text
            assert "Would change it" in text and "Measure it: step 6 (Baseline)" in text
            assert "The signals" in text and "for form or style: not held by prompting" in text
            await pilot.press("space")
            text = shown(app)
            assert "The decision tree" in text and "6 Does what fails call for tuning? yes > HERE: fine-tune" in text
            await pilot.press("G")
            text = shown(app)
            assert "The four ways, side by side" in text and "fast and cheap to try" in text and "LoRA" in text
            assert "Fine-tuning adjusts behaviour, not knowledge." in text
            await pilot.press("escape")
            assert "Next is free (passed)" in shown(app) and "Verdict: fine-tune (by your answers)" in shown(app)
            await pilot.press("enter")
            assert app.screen.STEP == "data"  # type: ignore[attr-defined]

    played(scene)


def test_a_no_holds_the_road_until_it_is_waived_with_a_reason(project: Project) -> None:
    answer(project, examples=12, data_may_leave="yes")

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            assert (
                "not fine-tuning" in shown(app) and "Next is blocked" in shown(app) and "12 good examples" in shown(app)
            )
            await pilot.press("enter")
            assert "collect 100 or more" in shown(app)
            await pilot.press("escape", "n")
            assert "12 good examples are under 50" in shown(app)
            await pilot.press("escape", "w", *"more rows come", "enter")
            assert "Next is free (waived): more rows come" in shown(app)

    played(scene)
    assert journey.read(project)[0].state == "waived"


def test_undo_takes_back_the_last_answers_one_by_one(project: Project) -> None:
    answer(project)

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await pilot.press("enter", "enter", "escape", "j", "enter", "j", "enter")
            assert stored_answers(project)["failure"] == "style"
            await pilot.press("u")
            assert stored_answers(project) == {**TUNES, "data_may_leave": "yes"}
            await pilot.press("u")
            assert stored_answers(project) == TUNES
            assert "8 of 9" in shown(app) and "an answer was ta" in shown(app)
            await pilot.press("u")
            assert "nothing to undo" in shown(app)

    played(scene)
    assert journey.read(project)[0].state == "failed"


def test_the_samples_answers_are_filled_in_and_said_to_be_the_samples(tmp_path: Path) -> None:
    project = sample_project(tmp_path / "sample")

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            assert "Fill in the sample's answers" in shown(app)
            await pilot.press("enter")
            assert "Because: " in shown(app)
            await pilot.press("escape")
            assert "by the sample's answers" in shown(app)
            await pilot.press("f")
            assert "while some are open" in shown(app)
            await pilot.press("u")
            assert stored_answers(project) == {}

    played(scene)


def test_a_revised_answer_keeps_the_mark_and_costs_are_one_key_away(project: Project) -> None:
    answer(project, data_may_leave="yes")

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await pilot.press("g", "j", "enter", "j", "enter")
            assert stored_answers(project)["failure"] == "style"
            await pilot.press("enter")
            assert "What goes wrong with prompting today?" in shown(app) and "Answered so far: style" in shown(app)
            await pilot.press("escape", "c")
            await until(pilot, lambda: "What if?" in shown(app), "the what-if opens")
            assert "20,000 y" in shown(app)

    played(scene)


def test_an_optional_answer_can_be_given_and_emptied_again(project: Project) -> None:
    answer(project, data_may_leave="yes", training_budget=50.0)

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await pilot.press("G", "k", "k", "enter")
            assert "Optional" in shown(app)
            await pilot.press(*["backspace"] * 4, "enter")
            assert "training_budget" not in stored_answers(project)

    played(scene)


def test_the_first_answer_brings_a_verdict_so_far_with_its_signals_and_tree(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "decide", size=(80, 40)) as (app, pilot):
            assert "open good examples: not answered yet" in shown(app)
            await pilot.press("j", "enter", "enter")
            assert "So far: prompting, whatever the others say · 1 of 9 answers" in shown(app)
            assert "AGAINST a better prompt: no serious prompt was tried" in shown(app)
            await pilot.press("v")
            text = shown(app)
            assert "So far: prompting, whatever the others say; open: 8 answers" in text
            assert "Try first: write the best prompt you can" in text and "Measure it: step 6 (Baseline)" in text
            assert "1 Was a better prompt tried, and is it not enough? no > so far: stay with prompting" in text
            assert stored_answers(project) == {"prompting": "not_tried"}

    played(scene)


def test_what_the_project_shows_stands_beside_the_answer_and_moves_the_gate(project: Project) -> None:
    answer(project, data_may_leave="yes")
    split_project(project, rows())
    assert journey.read(project)[0].state == "passed"

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            assert "not fine-tuning (by evidence too)" in shown(app) and "Next is blocked" in shown(app)
            assert any("600" in line and "shown: 4" in line for line in screen_text(app))
            await pilot.press("j", "j", "j", "j", "j")
            text = shown(app)
            assert "you said 600; the project shows 4" in text and "groups of near-equal rows in train" in text
            await pilot.press("enter")
            assert "The project shows: 4" in shown(app)

    played(scene)
    assert journey.read(project)[0].state == "failed"


def test_a_gate_that_cannot_be_written_now_is_said_to_be_behind(project: Project) -> None:
    answer(project, data_may_leave="yes")
    split_project(project, rows())

    async def scene() -> None:
        with project.changing("import"):
            async with wizard(project, "decide") as (app, _):
                assert "the gate is behind the answers: another process is changing" in shown(app)

    played(scene)


def test_before_the_verdict_v_says_what_is_missing(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await pilot.press("v")
            assert "No verdict yet" in shown(app) and "Kind of task" in shown(app) and "open" in shown(app)

    played(scene)


def test_an_answer_while_another_process_changes_the_project_is_refused_in_words(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            with project.changing("import"):
                await pilot.press("enter", "enter")
                assert "another process is changing this project" in shown(app)
            assert stored_answers(project) == {}
            await pilot.press("escape", "enter", "enter")
            assert stored_answers(project) == {"failure": "format"}

    played(scene)


@pytest.mark.parametrize("size", [(20, 5), (120, 36), (60, 16)])
def test_every_size_shows_the_marked_line(project: Project, size: tuple[int, int]) -> None:
    answer(project, data_may_leave="yes")

    async def scene() -> None:
        async with wizard(project, "decide", size=size) as (app, pilot):
            await pilot.press("G")
            assert any("Serving it a month" in line for line in screen_text(app))

    played(scene)


def test_hand_edited_answers_reach_the_screen_only_when_they_fit(project: Project) -> None:
    project.set("decide", {"failure": "\x1b]52;c;ZXZpbA==\x07[bold]x[/bold]", "examples": -3, "task": "style"})

    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await pilot.press("j", "v")
            assert "\x1b" not in shown(app) and "[bold]" not in shown(app)
            await pilot.press("escape")
            assert "1 of 9 answers" in shown(app)

    played(scene)
