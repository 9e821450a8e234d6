"""Duplicates and contradictions by keyboard: what differs is marked, each decision is kept, and cleaning follows it."""

from pathlib import Path

from engine.data.adopt import current
from engine.data.mapping import Mapping
from engine.keeping import choices
from engine.project import Project
from tests.tui.hub import ROWS, answered, chat, marked, opened, reported, top, worked
from tests.tui.pilot import played, screen_text, settled, shown, wizard
from tui.screens.data_clusters import marked as against

LONG = (
    "I have bought six white garden chairs and a round table from your summer catalogue, paid for all of it by card on "
    "the first of May, and heard nothing since then although somebody wrote that a van would come within ten days. "
    "Please tell me when the parcel will be at my door"
)
NEAR = LONG.replace("my door", "my gate today")
ROAD = [
    *ROWS,
    chat(LONG, "On Monday.", customer="first"),
    chat(NEAR, "On Monday.", customer="second"),
    chat("May I send it back?", "Yes, within a month."),
    chat("May I send it back?", "No."),
]
AGAIN = chat("May I send it back?", "no")


def texts(project: Project) -> list[str]:
    return [row.prompt[0] + " " + row.answer for row in current(project).rows()]


def test_the_rows_of_a_cluster_are_compared_and_one_is_chosen(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROAD, *ROWS[:2]])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Duplicates")
            assert top(app).startswith("Duplicates · 1 of 3")
            assert "not chosen: the first in the files stays" in shown(app)
            await pilot.press("G", "enter")
            assert "[-door][+gate today]" in shown(app)
            assert "On Monday." in shown(app)
            await pilot.press("j")
            assert "rows.jsonl:14 · differs" in marked(app, "#which")
            await pilot.press("enter")
            assert top(app).startswith("Duplicates · 1 of 3"), "on to the next that is undecided"
            assert "3: 2 stays · u takes it back" in shown(app)
            await pilot.press("escape", "G")
            assert "✓ rows.jsonl:13" in marked(app, "#list")
            assert "chosen: rows.jsonl:14 stays" in shown(app)
            await pilot.press("c")
            await worked(app, pilot, "enter")

    played(scene)
    assert f"{NEAR} On Monday." in texts(project)
    assert f"{LONG} On Monday." not in texts(project)


def test_a_decision_survives_the_wizard_and_is_taken_back(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROAD, *ROWS[:2]])

    async def first() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Duplicates")
            for key in ("enter", "2", "a"):
                await pilot.press(key)
                await pilot.pause()
            assert len(choices(project).named) == 2

    async def again() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Duplicates")
            await pilot.press("enter")
            assert "stays" in shown(app)
            await pilot.press("u", "u", "u")
            assert "nothing was chosen" in shown(app)

    played(first)
    played(again)
    assert not choices(project).named


def test_a_rule_chooses_where_nobody_has(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", ROAD)

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Duplicates")
            await pilot.press("r", "j", "enter")
            assert "where you have not chosen: the longest stays" in shown(app)
            await pilot.press("c")
            await worked(app, pilot, "enter")

    played(scene)
    assert [text for text in texts(project) if "garden chairs" in text] == [f"{NEAR} On Monday."]


def test_of_a_contradiction_the_right_answer_stays(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROAD, AGAIN])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Contradictions")
            assert "asked: May I send it back?" in shown(app)
            await pilot.press("enter")
            assert "2 2 rows · rows.jsonl:16" in " ".join(shown(app).split()), "answers count by their words"
            await pilot.press("2", "escape")
            assert "right: No." in shown(app)
            await pilot.press("escape", "c")
            await worked(app, pilot, "enter")
            assert "21 conflicts" not in shown(app) and "1 conflicts" in shown(app)

    played(scene)
    assert not [text for text in texts(project) if "within a month" in text]
    assert [text for text in texts(project) if text.startswith("May I")]


def test_all_answers_stay_for_a_reason_or_all_go(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROAD, chat("Open on Sunday?", "Yes."), chat("Open on Sunday?", "No.")])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Contradictions")
            await pilot.press("enter", "a")
            await answered(pilot, " ")
            assert "a contradiction that stays needs a reason" in shown(app)
            await pilot.press("escape", "a")
            await answered(pilot, "it depends on the goods")
            await pilot.press("x", "escape", "g")
            assert "all stay: it depends on the goods" in shown(app)
            await pilot.press("j")
            assert "all go" in shown(app)
            await pilot.press("c")
            await worked(app, pilot, "G", "enter")
            await settled(app, pilot)

    played(scene)
    assert len([text for text in texts(project) if text.startswith("May I")]) == 2
    assert not [text for text in texts(project) if text.startswith("Open on Sunday")]


def test_answers_stand_beside_each_other_where_there_is_room(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", ROAD)

    def lines_with(app: object, *words: str) -> list[str]:
        return [line for line in screen_text(app) if all(word in line for word in words)]  # type: ignore[arg-type]

    async def scene() -> None:
        async with wizard(project, "data", size=(120, 30)) as (app, pilot):
            await opened(app, pilot, "Contradictions")
            await pilot.press("enter")
            assert lines_with(app, "1 answer", "|", "2 answer")
            await pilot.resize_terminal(80, 24)
            await pilot.pause()
            assert lines_with(app, "1 answer") and not lines_with(app, "1 answer", "2 answer")

    played(scene)


def test_near_prompts_of_two_categories_are_decided_by_category(project: Project, tmp_path: Path) -> None:
    rows = [chat(LONG, "Soon.", topic="parcel"), chat(f"{LONG}, please?", "Soon enough.", topic="garden")]
    plain = [{**one, "topic": "parcel" if at % 2 else "garden"} for at, one in enumerate(ROWS)]
    reported(project, tmp_path / "rows.jsonl", [*plain, *rows], Mapping(category="topic"))

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Contradictions")
            await pilot.press("enter")
            assert "category parcel" in shown(app) and "category garden" in shown(app)
            await pilot.press("1")
            await pilot.press("escape", "c")
            await worked(app, pilot, "enter")

    played(scene)
    assert [row.meta["topic"] for row in current(project).rows() if "garden chairs" in row.prompt[0]] == ["parcel"]


def test_a_text_that_has_little_in_common_with_the_first_is_shown_bare() -> None:
    assert list(against("It is on its way.", "Sorry, we cannot say.")) == [("It is on its way.", "")]
    assert ("[+soon]", "mark") in list(against("It is on its way soon", "It is on its way today"))
