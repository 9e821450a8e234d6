"""Mending an answer on the screen: what is saved, what is refused, and that nothing typed is lost."""

from pathlib import Path

import pytest

from engine.durable import read_lines
from engine.project import Project
from engine.reviewing import open_review
from tests.tui.pilot import played, shown, typed, wizard
from tests.tui.reviewable import log, press, question_of, questions, reviewable


@pytest.fixture
def small(tmp_path: Path) -> Project:
    return reviewable(tmp_path / "small", questions(12))


def test_an_answer_is_mended_in_place(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            old = open_review(small).card()
            assert old
            await press(pilot, "e", "escape")
            assert log(small) == [] and question_of(small) in shown(app)
            await press(pilot, "e", *typed(" Yes"), "escape")
            assert "Save the new answer?" in shown(app)
            await press(pilot, "escape", "!", "escape", "y")
            [(_, line)] = read_lines(small.reviews)
            assert (line["verdict"], line["before"], line["after"]) == (
                "edit",
                old.row.answer,
                f"{old.row.answer} Yes!",
            )
            await press(pilot, "e", *typed("no"), "escape", "n")
            assert len(log(small)) == 1 and "1 of 12 · 1 bad" in shown(app)

    played(scene)


def test_an_answer_that_cannot_be_kept_stays_in_the_box(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "e", "ctrl+u", "escape", "y")
            assert log(small) == [] and "answer" in shown(app) and "Save" not in shown(app)
            await press(pilot, *typed("nine"), "escape", "y")
            assert log(small) == [("edit", None)]

    played(scene)


def test_an_edit_is_refused_when_the_card_has_changed_meanwhile(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "e", *typed("x"), "escape")
            open_review(small).decide("accept")
            app.screen_stack[-2].reload()  # type: ignore[attr-defined]
            await press(pilot, "y")
            assert "was changed while you were editing" in shown(app)
            assert log(small) == [("accept", None)]

    played(scene)
