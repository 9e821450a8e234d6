"""The review by keyboard: verdicts, their reasons, edits, undo, the done card, and what must never be lost."""

import errno
import os
from pathlib import Path

import orjson
import pytest

from engine.data.adopt import current
from engine.durable import append_line
from engine.project import Project
from engine.reviewing import open_review
from tests.tui.pilot import played, settled, shown, until, wizard
from tests.tui.reviewable import SYSTEM, example, log, press, question_of, questions, reviewable


@pytest.fixture
def small(tmp_path: Path) -> Project:
    return reviewable(tmp_path / "small", questions(12))


@pytest.fixture
def large(tmp_path: Path) -> Project:
    return reviewable(tmp_path / "large", questions(300))


def test_each_verdict_is_on_the_disk_and_the_next_card_comes_by_itself(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            first = question_of(small)
            assert first in shown(app) and "0 of 12" in shown(app) and "rows.jsonl:" in shown(app)
            assert "category sums" in shown(app) and SYSTEM in shown(app)
            await press(pilot, "a")
            assert log(small) == [("accept", None)]
            assert first not in shown(app) and question_of(small) in shown(app)
            assert "1 of 12 · 0 bad" in shown(app)
            assert SYSTEM not in shown(app) and "system: as on the card before" in shown(app)
            await press(pilot, "s", "f")
            assert log(small)[1:] == [("skip", None), ("flag", None)]
            assert "2 of 12 · 1 bad" in shown(app)

    played(scene)


def test_a_rejection_takes_a_digit_for_its_reason_and_esc_takes_it_back(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "x")
            assert "Why? 1 wrong answer 2 incomplete" in shown(app) and "9 other" in shown(app)
            await press(pilot, "a", "n", "u", "A", "r")
            assert log(small) == [] and "Why?" in shown(app)
            await press(pilot, "escape")
            assert "Why?" not in shown(app) and question_of(small) in shown(app)
            await press(pilot, "x", "3")
            assert log(small) == [("reject", "style")] and "1 bad" in shown(app)
            await press(pilot, "4")
            assert "4 Where waits for 1 Decide" in shown(app)

    played(scene)


def test_narrow_terminals_show_the_reasons_by_code(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review", size=(40, 12)) as (app, pilot):
            await press(pilot, "x")
            assert "1 wrong 2 incomplete 3 style 4 unsafe" in shown(app)
            assert "5 pii 6 duplicate 7 label 8 format 9" in shown(app)

    played(scene)


def test_undo_goes_back_to_the_first_key_also_after_a_restart(small: Project) -> None:
    async def scene() -> None:
        first = question_of(small)
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "a", "x", "2", "f")
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "u")
            assert "taken back: flag" in shown(app)
            await press(pilot, "u", "u", "u")
            assert "no verdict on this version to take back" in shown(app)
            assert first in shown(app) and "0 of 12 · 0 bad" in shown(app)

    played(scene)


def test_after_a_whole_hundred_it_says_what_came_of_it_and_waits(large: Project) -> None:
    async def scene() -> None:
        async with wizard(large, "review") as (app, pilot):
            await press(pilot, *"a" * 97, "x", "1", "f", "a")
            assert len(log(large)) == 100
            text = shown(app)
            assert "100 of 300 rows are read." in text and "98 accepted, 1 rejected" in text
            assert "The gate is passed: 2 bad of 100 looked at" in text and "3Review✓" in text
            await press(pilot, "a")
            assert "no card is shown" in shown(app) and len(log(large)) == 100
            await press(pilot, "u")
            assert "99 of 100" in shown(app)
            await press(pilot, "a", "enter")
            assert "100 of 200" in shown(app) and question_of(large) in shown(app)
            await press(pilot, "a")
            assert "101 of 200" in shown(app)
            await press(pilot, "u", "u", "a")
            assert "100 of 300 rows are read." in shown(app)

    played(scene)


def test_when_every_row_is_read_there_is_nothing_to_read_on(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, *"a" * 12)
            assert "12 of 12 rows are read." in shown(app) and "read on:" not in shown(app)
            await press(pilot, "enter", "u")
            assert "11 of 12" in shown(app)

    played(scene)


def test_applying_asks_first_and_makes_a_new_version(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "A")
            assert "nothing to apply" in shown(app)
            await press(pilot, "x", "1", "A")
            assert "Make a new version of the data?" in shown(app)
            await press(pilot, "enter")
            assert app.work is None
            await press(pilot, "A", "down", "enter")
            await settled(app, pilot)
            await until(pilot, lambda: "The verdicts are applied" in shown(app), "the panel is shown")
            assert "v2: 11 rows; 1 rejected" in shown(app)
            waiting = question_of(small)
            await press(pilot, "escape")
            assert len(current(small)) == 11 and waiting in shown(app)

    played(scene)


def test_what_another_reader_writes_is_taken_in(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            open_review(small).decide("accept")
            await until(pilot, lambda: "1 of 12" in shown(app), "the verdict of the other is seen")
            assert question_of(small) in shown(app)
            append_line(small.reviews, {"verdict": 7})
            await press(pilot, "a")
            assert len(log(small)) == 3 and "2 of 12" in shown(app)
            await press(pilot, "x")
            open_review(small).decide("accept")
            await until(pilot, lambda: "3 of 12" in shown(app), "the verdict of the other is seen")
            await press(pilot, "1")
            # The rejection was of another card.
            assert "Why?" not in shown(app) and log(small)[-1] == ("accept", None)

    played(scene)


def test_a_gate_that_cannot_be_written_now_is_written_later(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            with small.changing("data import"):
                await press(pilot, *"a" * 12)
                assert "the verdict is saved; the gate is not written yet" in shown(app) and len(log(small)) == 12
            await press(pilot, "question_mark", "escape")
            await until(pilot, lambda: "3Review✓" in shown(app), "the gate is written")

    played(scene)


def test_a_full_disk_is_said_and_the_card_stays(small: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            first = question_of(small)
            with monkeypatch.context() as patch:
                patch.setattr("engine.durable.os.write", full)
                await press(pilot, "x", "1")
            assert "the disk is full" in shown(app) and "free some space" in shown(app)
            await press(pilot, "escape")
            assert first in shown(app) and "0 of 12" in shown(app) and log(small) == []
            await press(pilot, "a")
            assert log(small) == [("accept", None)]

    played(scene)


def test_without_data_it_says_what_to_do_and_no_key_does_harm(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "review") as (app, pilot):
            assert "the project has no data. Step 2 imports it" in shown(app)
            for key in "axeEsfdtC":
                await press(pilot, key)
                assert "no card is shown" in shown(app), key
            for key in "ubAc":
                await press(pilot, key)
                assert "there is nothing to read" in shown(app), key
                await press(pilot, "escape")
            assert not project.reviews.exists()

    played(scene)


def test_a_damaged_row_is_said(small: Project) -> None:
    async def scene() -> None:
        rows = current(small).folder / "rows.jsonl"
        rows.write_bytes(rows.read_bytes().replace(b'"id"', b'"xx"'))
        async with wizard(small, "review") as (app, pilot):
            assert "the row is damaged" in shown(app)
            await press(pilot, "a")
            assert app.is_running and not small.reviews.exists()

    played(scene)


def test_pace_and_time_left_come_with_the_fifth_verdict(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, *"aaaa")
            assert "s each" not in shown(app)
            await press(pilot, "a")
            assert "s each" in shown(app) and "left" in shown(app)

    played(scene)


def test_report_and_raw_row_are_a_key_away(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "x", "3", "b")
            assert "rejected as style or tone: 1" in shown(app) and "limit of the gate: 10 %" in shown(app)
            await press(pilot, "escape", "d")
            card = open_review(small).card()
            assert card and card.row.id in shown(app) and '"kind": "sums"' in shown(app) and SYSTEM in shown(app)

    played(scene)


def test_the_raw_row_hides_nothing_that_the_card_leaves_out(tmp_path: Path) -> None:
    async def scene() -> None:
        project = reviewable(tmp_path / "p", [example(n, f"red\x9b31m\u202e{n}", "yes") for n in range(2)])
        async with wizard(project, "review") as (app, pilot):
            assert "31m" not in shown(app)
            await press(pilot, "d")
            assert "red\\u009b31m\\u202e" in shown(app)

    played(scene)


def test_a_long_row_says_how_much_is_hidden_and_scrolls(tmp_path: Path) -> None:
    async def scene() -> None:
        text = "\n".join(f"line {number}" for number in range(10_000))
        project = reviewable(tmp_path / "p", [example(n, text + str(n), "yes") for n in range(3)])
        async with wizard(project, "review") as (app, pilot):
            # 10,006 rows, 20 of them in sight.
            assert "↓ 9986" in shown(app)
            await press(pilot, "space", "G")
            assert "yes" in shown(app) and "↑" in shown(app)
            await press(pilot, "a")
            assert "line 0" in shown(app) and "↑" not in shown(app)

    played(scene)


def test_json_answers_are_indented_and_empty_ones_are_named(tmp_path: Path) -> None:
    async def scene() -> None:
        rows = [example(0, "one", '{"queue":"billing","n":1}'), example(1, "two", "")]
        project = reviewable(tmp_path / "p", rows)
        async with wizard(project, "review") as (app, pilot):
            seen = shown(app)
            await press(pilot, "a")
            seen += shown(app)
            assert "JSON, indented for reading" in seen and '{ "queue": "billing", "n": 1 }' in seen
            assert "(empty)" in seen

    played(scene)


def test_verdicts_can_be_given_by_name(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "colon", *"accept", "enter")
            await until(pilot, lambda: "1 of 12" in shown(app), "the verdict is given")
            assert log(small) == [("accept", None)]

    played(scene)


def test_the_log_is_what_the_command_reads(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (_, pilot):
            await press(pilot, "a", "x", "6")

    played(scene)
    report = open_review(small).report().document()
    assert (report["seen"], report["bad"], report["reasons"]) == (2, 1, {"duplicate": 1})
    assert all(orjson.loads(line)["version"] == "v1" for line in small.reviews.read_bytes().splitlines())
