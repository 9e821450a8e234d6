"""Mending an answer on the screen: what is saved, what is refused, and that nothing typed is lost."""

from pathlib import Path

import pytest

from engine.data.rows import Row, row_id
from engine.durable import read_lines
from engine.project import Project
from engine.reviewing import open_review
from tests.tui.pilot import played, screen_text, shown, typed, wizard
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
            assert "Save the new text?" in shown(app)
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


@pytest.mark.parametrize("keep", [True, False])
def test_a_card_that_was_judged_while_it_was_edited_offers_to_keep_the_text(small: Project, keep: bool) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            row = waiting(small)
            await press(pilot, "e", *typed("x"), "escape")
            open_review(small).decide("accept")
            app.screen_stack[-2].reload()  # type: ignore[attr-defined]
            await press(pilot, "y")
            assert "In another window this card was given: accept" in shown(app)
            assert log(small) == [("accept", None)]
            await press(pilot, *([] if keep else ["down"]), "enter")
            assert "1 of 12" in shown(app)
            if keep:
                assert log(small) == [("accept", None), ("edit", None)]
                assert open_review(small).bad_rows()[row].after == f"{after_of(small)}"
            else:
                await press(pilot, "u", "e")
                # The card is back, and the text that was typed is offered again.
                assert "x" in screen_text(app)[2] and log(small)[-1] == ("undo", None)

    played(scene)


def waiting(project: Project) -> str:
    card = open_review(project).card()
    assert card
    return card.row.id


def after_of(project: Project) -> str:
    *_, (_, line) = read_lines(project.reviews)
    return str(line["after"])


def test_of_a_row_with_several_turns_and_calls_one_chooses_what_is_mended(tmp_path: Path) -> None:
    calls = [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Bonn"}'}}]
    turns = [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": "", "tool_calls": calls},
        {"role": "tool", "content": '{"degrees":7}', "tool_call_id": "c1"},
        {"role": "assistant", "content": "Seven degrees."},
    ]
    row = Row(row_id(turns, None), turns, {}, {"file": "rows.jsonl", "line": 1, "byte": 0}, ["import"])
    project = reviewable(tmp_path / "p", [row])

    async def scene() -> None:
        async with wizard(project, "review") as (app, pilot):
            assert "assistant · calls weather · c1 · JSON, indented for reading" in shown(app)
            assert "tool · result of c1" in shown(app)
            await press(pilot, "e")
            assert "turn 2, assistant: call of weather" in shown(app) and "the whole row, as JSON" in shown(app)
            await press(pilot, "down", "enter", "ctrl+u", *typed('{"city":"Ulm"}'), "escape", "y")
            [(_, line)] = read_lines(project.reviews)
            assert (line["part"], line["after"]) == ("messages.1.calls.0", '{"city":"Ulm"}')

    played(scene)


def test_personal_data_that_an_edit_brings_in_is_said(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "e", *typed(" Write to ann@example.org"), "escape", "y")
            assert "your text holds personal data: email" in shown(app) and log(small) == [("edit", None)]

    played(scene)
