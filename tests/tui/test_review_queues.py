"""The review's queues by keyboard: switching, reading blind, settling, the guideline, and who reads."""

from pathlib import Path

import pytest

from engine.data.adopt import current
from engine.data.report import make_report
from engine.durable import read_lines
from engine.guideline import guideline, save
from engine.project import Project
from engine.reviewers import keep_reader, kept_reader, log_of
from engine.reviewing import open_review
from tests.tui.pilot import played, shown, typed, until, wizard
from tests.tui.reviewable import example, log, press, questions, reviewable
from tui.__main__ import main


@pytest.fixture
def small(tmp_path: Path) -> Project:
    return reviewable(tmp_path / "small", questions(12))


@pytest.fixture
def doubted(tmp_path: Path) -> Project:
    """Every row says the same of ann, and the checks know it."""
    rows = (example(n, f"Who helps with {n * 'very '}old shoes?", f"Ask ann{n}@example.org.") for n in range(12))
    project = reviewable(tmp_path / "doubted", rows)
    make_report(project)
    return project


def queue_of(project: Project) -> list[str]:
    return [line["queue"] for _, line in read_lines(project.reviews)]


def test_a_key_turns_to_the_next_queue_and_each_keeps_its_place(doubted: Project) -> None:
    async def scene() -> None:
        async with wizard(doubted, "review") as (app, pilot):
            await press(pilot, "a", "a", "r")
            assert "risk 0 of" in shown(app) and "personal data" in shown(app)
            await press(pilot, "x", "5")
            assert "risk 1 of" in shown(app) and "1 bad" in shown(app)
            await press(pilot, "r")
            assert "No made-up row waits" in shown(app)
            await press(pilot, "r")
            assert "Rows are shown again once 100 rows" in shown(app)
            await press(pilot, "r")
            assert "Readers disagree on nothing" in shown(app)
            await press(pilot, "r")
            assert "random 2 of 12 · 0 bad" in shown(app)
            assert queue_of(doubted) == ["random", "random", "risk"]
            await press(pilot, "r")
        async with wizard(doubted, "review") as (app, pilot):
            # Where it was left, also after a restart.
            assert "risk 1 of" in shown(app)
            await press(pilot, "u")
            assert "taken back: reject (personal data)" in shown(app) and "risk 0 of" in shown(app)
            await press(pilot, "question_mark", "space")
            assert "the next queue: random, risk, candidates, again, disagreements" in shown(app)

    played(scene)


def test_flags_of_the_random_queue_are_shown_after_the_verdict(doubted: Project) -> None:
    async def scene() -> None:
        async with wizard(doubted, "review") as (app, pilot):
            assert "personal data" not in shown(app)
            await press(pilot, "c")
            assert "(this card: after your verdict)" in shown(app)
            await press(pilot, "a")
            assert "just judged, the checks say: " in shown(app) and "personal data" in shown(app)
            await press(pilot, "u")
            assert "personal data" not in shown(app)

    played(scene)


def test_without_a_report_the_risk_queue_says_how_to_make_one(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "r")
            assert "nothing is known yet of what is risky in v1" in shown(app)
            await press(pilot, "a", "x", "e")
            assert log(small) == []

    played(scene)


def test_a_disagreement_is_settled_and_clarified(small: Project) -> None:
    for reader, verdict in (("ann", "accept"), ("bo", "flag")):
        open_review(small, reviewer=reader).decide(verdict)
    keep_reader("ann")

    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            assert "reader ann · 1 disputed" in shown(app) and "random 1 of 12 · 1 bad" in shown(app)
            await press(pilot, *"rrrr")
            assert "disagreements 0 of 1" in shown(app) and "ann: accept" in shown(app) and "bo: flag" in shown(app)
            await press(pilot, "C", *typed("Names are no personal data."), "enter")
            assert "added to the guideline" in shown(app) and "1 under an older guideline" in shown(app)
            await press(pilot, "a")
            assert "All 1 rows of this queue have a verdict" in shown(app)
            await press(pilot, "r")
            assert "random 1 of 12 · 0 bad" in shown(app) and "disputed" not in shown(app)

    played(scene)
    found = guideline(small)
    assert found and "Names are no personal data. (row " in found.text


def test_the_guideline_is_read_and_written_at_a_key(small: Project) -> None:
    save(small, "Short answers are right.")

    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "g")
            assert "Short answers are right." in shown(app) and "version 1" in shown(app)
            await press(pilot, "e", *typed("Also polite."), "escape", "y")
            assert "version 2" in shown(app) and "Also polite." in shown(app)
            await press(pilot, "e", "escape", "escape", "a")
            assert "1 of 12" in shown(app)

    played(scene)
    assert [line["guideline"] for _, line in read_lines(small.reviews)] == [2]


def test_a_reader_gives_a_name_once_and_takes_the_verdicts_along(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            await press(pilot, "a", "a", "N", *typed("../x"), "enter")
            assert "is no name for a reader" in shown(app)
            await press(pilot, *["backspace"] * 4, *typed("ann"), "enter")
            assert "2 key presses here have no name" in shown(app)
            await press(pilot, "enter")
            assert "reader ann" in shown(app) and "random 2 of 12" in shown(app)
            await press(pilot, "a")
        assert kept_reader() == "ann" and not small.reviews.exists()
        async with wizard(small, "review") as (app, pilot):
            assert "random 3 of 12" in shown(app)
            open_review(small, reviewer="bo").decide("flag")
            await until(pilot, lambda: "1 disputed" in shown(app), "what the other reader wrote is seen")
            await press(pilot, "N", *["backspace"] * 3, "enter")
            assert "you read as a reader without a name" in shown(app) and "random 0 of 12" in shown(app)

    played(scene)
    assert len(list(read_lines(log_of(small, "ann")))) == 3


def test_two_windows_of_one_reader_are_told_apart(small: Project) -> None:
    async def scene() -> None:
        async with wizard(small, "review") as (app, pilot):
            first = current(small)
            other = open_review(small)
            assert other.card() and first
            # Both show the card; the other's key comes first, and this screen has not looked yet.
            other.decide("reject", reason="wrong")
            await press(pilot, "a")
            assert "judged meanwhile in another window: reject (wrong answer)" in shown(app)
            assert log(small) == [("reject", "wrong")] and "1 of 12" in shown(app)

    played(scene)


def test_haste_is_shown_while_it_happens(tmp_path: Path) -> None:
    async def scene() -> None:
        rows = (example(n, f"{n} {'very ' * 60}long?", "Yes.") for n in range(12))
        project = reviewable(tmp_path / "p", rows)
        async with wizard(project, "review") as (app, pilot):
            await press(pilot, "a", "a")
            assert "2 rows decided faster than they can be read" in shown(app)
            await press(pilot, "b")
            assert "over 40 words in under 1.5 s" in shown(app)

    played(scene)


def test_rows_of_long_ago_come_again_and_say_whether_one_agrees_with_oneself(tmp_path: Path) -> None:
    project = reviewable(tmp_path / "p", questions(20))
    review = open_review(project)
    for _ in range(20):
        review.decide("accept")

    async def scene() -> None:
        async with wizard(project, "review") as (app, pilot):
            await press(pilot, "r", "r", "r")
            assert "again 0 of 8" in shown(app)
            await press(pilot, "x", "1", *"aaaaaaa")
            assert "All 8 rows of this queue have a verdict" in shown(app)
            assert "7 of 8 judged as the first time" in shown(app)
            await press(pilot, "r", "r")
            assert "20 of 20 rows are read" in shown(app) and "random 20 of 20 · 0 bad" in shown(app)

    played(scene)


def test_the_verbs_of_review_are_commands_and_open_no_screen(
    small: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["report"], ["disagreements"], ["guideline"], ["--reviewer", "ann", "report", "--json"]):
        assert main(["review", *words, "--project", str(small.root)]) == 0
    assert '"seen": 0' in capsys.readouterr().out
    assert main(["review", "--queue", "best", "--project", str(small.root)]) == 2
    assert main(["review", "--reviewer", "../x", "--project", str(small.root)]) == 2
    assert "is no name for a reader" in capsys.readouterr().err
