"""Plan by keyboard: made, changed and taken back; whose value it is and why; what is kept when it is made again."""

from pathlib import Path

import pytest

from engine import journey
from engine.plan.choices import Choices, choices, own_values
from engine.plan.recipe import planned
from engine.planning import plan_project
from engine.project import Project
from tests.tui.pilot import played, screen_text, settled, shown, wizard
from tests.unit.tiny_model import write_model
from tests.worker.conftest import write_rows

CARD = '[lora]\nepochs = {value = 2, why = "measured here"}\n'
GENERAL = '{"prompt": "Opposite of hot?", "completion": "cold"}\n'


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_model(tmp_path / "model", card=CARD)


@pytest.fixture
def ready(project: Project, model: Path) -> Project:
    """A project with rows and a model, and no plan yet."""
    write_rows(project, 24)
    project.set("model", {"path": str(model)})
    return project


@pytest.fixture
def with_plan(ready: Project) -> Project:
    plan_project(ready, method="lora", model=None, overrides={"rank": "4"})
    return ready


def line(text: list[str], name: str) -> str:
    return next(one for one in text if one.startswith(name))


def test_the_first_plan_is_made_with_what_the_project_proposes(ready: Project, tmp_path: Path) -> None:
    (tmp_path / "general.jsonl").write_text(GENERAL, encoding="utf-8")
    ready.set("suggest", {"general_file": str(tmp_path / "general.jsonl")})

    async def scene() -> None:
        async with wizard(ready, "plan") as (app, pilot):
            assert "Make a plan" in shown(app) and "data v1" in shown(app) and "Proposed by the project" in shown(app)
            await pilot.press("enter")
            await settled(app, pilot)
            assert "estimated: " in shown(app) and "GiB memory" in shown(app)
            assert "yours" in line(screen_text(app), "general_file")
            assert "model's card" in line(screen_text(app), "epochs") and "rule" in line(screen_text(app), "batch_size")
            assert "Go on: measure the base model" in shown(app)

    played(scene)
    assert own_values(ready) == {"general_file": str(tmp_path / "general.jsonl")}


def test_one_value_is_changed_the_others_of_the_person_stay_and_undo_takes_it_back(with_plan: Project) -> None:
    async def scene() -> None:
        async with wizard(with_plan, "plan") as (app, pilot):
            await pilot.press("j", "j", "j", "j")
            assert "Passes over the training rows" in shown(app) and "measured here" in shown(app)
            await pilot.press("enter")
            assert "from 0.01 to 1000" in shown(app)
            await pilot.press(*["backspace"] * 3, "5", "enter")
            await settled(app, pilot)
            assert "yours" in line(screen_text(app), "epochs") and "was 2.0" in line(screen_text(app), "epochs")
            assert "without it: 2.0" in shown(app)
            assert own_values(with_plan) == {"rank": "4", "epochs": "5.0"}
            await pilot.press("u")
            await settled(app, pilot)
            assert own_values(with_plan) == {"rank": "4"}

    played(scene)


def test_a_value_of_ones_own_goes_back_to_its_default(with_plan: Project) -> None:
    async def scene() -> None:
        async with wizard(with_plan, "plan") as (app, pilot):
            await pilot.press("d")
            assert "mark a value of yours first" in shown(app)
            await pilot.press(*["j"] * 6, "d")
            await settled(app, pilot)
            assert "16" in line(screen_text(app), "rank") and "was 4" in line(screen_text(app), "rank")
            await pilot.press("d")
            assert "rank has its default already" in shown(app)

    played(scene)
    assert own_values(with_plan) == {}


def test_method_and_model_are_chosen_and_nothing_of_the_persons_is_lost(with_plan: Project, home: Path) -> None:
    other = write_model(home / "other")

    async def scene() -> None:
        async with wizard(with_plan, "plan") as (app, pilot):
            await pilot.press("M", "j", "enter")
            await settled(app, pilot)
            assert "full" in line(screen_text(app), "method")
            await pilot.press("m", "enter")  # a folder is marked: the model is one
            await pilot.press("ctrl+u", *"~/none", "enter")
            assert "no model folder here" in shown(app)
            await pilot.press("ctrl+u", *"~/other", "enter")
            await settled(app, pilot)

    played(scene)
    assert choices(with_plan) == Choices("full", str(other), {"rank": "4"})
    assert planned(with_plan).model == str(other)


def test_a_refused_change_says_why_and_the_plan_stays(with_plan: Project) -> None:
    before = planned(with_plan)

    async def scene() -> None:
        async with wizard(with_plan, "plan") as (app, pilot):
            await pilot.press(*["j"] * 13, "enter", "backspace", "3", "enter")
            await settled(app, pilot)
            assert "times accumulation" in shown(app) and "What to do" in shown(app)
            await pilot.press("escape", "u")
            assert "nothing to undo" in shown(app)

    played(scene)
    assert planned(with_plan) == before


def test_new_data_make_the_plan_stale_and_enter_plans_again(with_plan: Project) -> None:
    write_rows(with_plan, 36)
    with_plan.set("data", {"version": "v2"})

    async def scene() -> None:
        async with wizard(with_plan, "plan") as (app, pilot):
            assert "Plan again" in shown(app) and "data changed since" in shown(app)
            await pilot.press("enter")
            await settled(app, pilot)
            assert "Go on" in shown(app)

    played(scene)
    assert (planned(with_plan).data_version, own_values(with_plan)) == ("v2", {"rank": "4"})


def test_a_plan_changed_by_hand_is_said_and_a_new_one_offered(with_plan: Project) -> None:
    with_plan.set("plan", {"epochs": 9.0})

    async def scene() -> None:
        async with wizard(with_plan, "plan") as (app, pilot):
            assert "Make a new plan" in shown(app) and "changed by hand" in shown(app)
            await pilot.press("enter")
            await settled(app, pilot)
            assert "model's card" in line(screen_text(app), "epochs")

    played(scene)
    assert planned(with_plan).rank == 4


def test_without_data_the_reason_is_said(project: Project, model: Path) -> None:
    project.set("model", {"path": str(model)})

    async def scene() -> None:
        async with wizard(project, "plan") as (app, pilot):
            assert "no data yet" in shown(app)
            await pilot.press("enter")
            await settled(app, pilot)
            assert "there is no data to plan for" in shown(app)

    played(scene)
    assert journey.read(project)[4].state == "not checked"


def test_every_value_has_its_line_and_hostile_words_of_a_card_stay_words(ready: Project, tmp_path: Path) -> None:
    card = '[lora]\nepochs = {value = 2, why = "\\u001b]52;c;ZXZpbA==\\u0007\\u202eand [bold]more[/bold]"}'
    plan_project(ready, method="lora", model=write_model(tmp_path / "hostile", card=card), overrides={})

    async def scene() -> None:
        async with wizard(ready, "plan") as (app, pilot):
            seen = shown(app)
            await pilot.press(*["j"] * 4)
            assert "[bold]more[/bold]" in shown(app)
            for _ in range(24):
                await pilot.press("j")
                seen += shown(app)
            assert "\x1b" not in seen and "\u202e" not in seen
            assert all(name in seen for name in planned(ready).values() if name != "model_fingerprint")
            assert "sha256" not in seen and "fingerprint" not in seen

    played(scene)


@pytest.mark.parametrize("size", [(20, 5), (120, 36)])
def test_every_size_shows_the_marked_line(with_plan: Project, size: tuple[int, int]) -> None:
    async def scene() -> None:
        async with wizard(with_plan, "plan", size=size) as (app, pilot):
            await pilot.press("G")
            assert any("new_tokens" in one for one in screen_text(app))

    played(scene)
