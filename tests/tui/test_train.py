"""Train: what the screen says of a run in every state, what its keys do, and that no file of a run can hurt it."""

import os
import re
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine import audit, journey
from engine.canvas import CROSS
from engine.project import Project
from tests.measured import project_with_plan
from tests.tui.pilot import played, screen_text, settled, shown, until, wizard
from tests.tui.run_writer import Writer, up_to_train
from tui.app import Wizard
from tui.screens import step, train

Scene = Callable[[Wizard, "Pilot[str]"], Awaitable[None]]
EVIL = "\x1b]52;c;ZXZpbA==\x07[bold]x\x9b31m\u202e"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The screens look at the files ten times as often, so that tests need not wait."""
    monkeypatch.setattr(step, "_LOOK_S", 0.1)
    monkeypatch.setattr(train, "_POLL_S", 0.05)


@pytest.fixture
def ready(project: Project) -> Project:
    return up_to_train(project)


@pytest.fixture
def with_plan(tmp_path: Path) -> Project:
    return up_to_train(project_with_plan(tmp_path))


@pytest.fixture
def writer(ready: Project) -> Writer:
    return Writer(ready.new_run(""))


def play(project: Project, scene: Scene, size: tuple[int, int] = (80, 24), *, ascii: bool = False) -> None:  # noqa: A002
    async def whole() -> None:
        async with wizard(project, "train", size, ascii=ascii) as (app, pilot):
            await until(pilot, lambda: "Did it train?" in shown(app) or "run-" in screen_text(app)[1], "it is read")
            await pilot.pause()
            await scene(app, pilot)
            assert app.is_running

    played(whole)


async def seen(app: Wizard, pilot: "Pilot[str]", text: str) -> None:
    await until(pilot, lambda: text in shown(app), f"{text} is shown")


def marked(app: Wizard) -> str:
    return screen_text(app)[2].strip()


def test_without_a_plan_enter_leads_to_it_and_the_other_keys_say_why_not(ready: Project) -> None:
    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        assert marked(app).startswith("Make a plan (step 5)  there is no plan yet")
        assert "it goes on without this terminal" in shown(app)
        for key, said in (("x", "no run to stop"), ("c", "no run yet"), ("r", "no run yet"), ("o", "no run yet")):
            await pilot.press(key)
            await seen(app, pilot, said)
        await pilot.press("L", "left", "0")
        await pilot.press("t")
        await seen(app, pilot, "That did not work")
        assert "there is no plan yet" in shown(app)
        await pilot.press("escape", "enter")
        await seen(app, pilot, "What will be trained, and how?")

    play(ready, scene)


def test_with_a_plan_enter_starts_its_training(with_plan: Project) -> None:
    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        assert marked(app).startswith("Start training  (plan: lora")
        keys = "x stop r runs left read n next w waive ? help q leave"
        assert " ".join(screen_text(app)[-1].split()) == keys

    play(with_plan, scene)


def test_a_live_run_is_shown_and_its_next_step_appears(writer: Writer) -> None:
    writer.add(120)

    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        head = "run-1 running  step 120 of 1000 · 8 min left (estimated) · checkpoint 100"
        assert screen_text(app)[1].rstrip() == head
        assert marked(app).startswith("Stop run-1 after its next step  asks first")
        text = shown(app)
        assert "validation" in text and "best at step 100" in text and "◆" in text and "1000 steps" in text
        assert re.search("learning rate [▆▇█]", text) and "2013 useful tokens/s" in text
        assert "q leaves" in text
        writer.add()
        await seen(app, pilot, "step 121 of 1000")
        await pilot.press("left")
        await seen(app, pilot, "step 121 loss ")
        await pilot.press("0")
        await pilot.pause()
        assert "step 121 loss" not in shown(app)

    play(writer.run.project, scene)


def test_a_loss_that_is_no_number_is_a_mark_and_a_word(writer: Writer) -> None:
    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        writer.add(10)
        writer.add(loss="nan")
        writer.state("failed", reason="loss is nan at step 11", hint="plan again with a third of the learning rate")
        await seen(app, pilot, "failed: loss is nan at step 11")
        text = shown(app)
        assert "NaN at step 11" in text and CROSS in text and "What to do: plan again with a third" in text
        assert marked(app).startswith("Make a plan (step 5)")
        await pilot.press("enter")
        await seen(app, pilot, "What will be trained, and how?")

    play(writer.run.project, scene)


KILLED = {"reason": "killed by SIGKILL", "hint": "tunewright resume run-1 continues from the last checkpoint"}
GONE = {"supervisor": {"pid": 1, "start_time": 0, "boot_id": "another"}}


def test_a_run_that_ended_says_what_comes_next(with_plan: Project) -> None:
    writer = Writer(with_plan.new_run(""))
    writer.add(60)

    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        for said, more, state, offer, words in (
            ("stopped", {}, "stopped", "Resume run-1  from step 50", "The checkpoint of step 50 is kept"),
            (
                "failed",
                {**KILLED, "way": "resume"},
                "failed",
                "Resume run-1  from step 50",
                "What to do: c (resume) con",
            ),
            ("failed", {"hint": "halve it", "way": "plan"}, "failed", "Go back to the plan", "What to do: halve it"),
            ("running", GONE, "lost", "Resume run-1  from step 50", "the process is gone without a word"),
            ("finished", {}, "finished", "Record what it has shown", "It has run to its end"),
        ):
            writer.state(said, **more)
            await seen(app, pilot, words)
            assert marked(app).startswith(offer) and f"run-1 {state}" in shown(app)
            await pilot.press("x")
            await seen(app, pilot, f"run-1 is not going: it is {state}")

    play(with_plan, scene)


def test_a_finished_run_that_passed_its_gate_leads_on(writer: Writer) -> None:
    writer.add(60)

    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        writer.state("finished")
        for item in journey.STEPS["train"].items:
            journey.record(writer.run.project, "train", [journey.Evidence(item, "passed", f"{item} is shown")])
        await seen(app, pilot, "Next is free (passed): finite is shown")
        await until(pilot, lambda: marked(app).startswith("Go on to Evaluate"), "the way on is marked")
        await pilot.press("enter")
        await seen(app, pilot, "Is it better, honestly?")

    play(writer.run.project, scene)


def test_a_run_started_in_another_terminal_appears(ready: Project) -> None:
    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        for number in (1, 2):
            other = Writer(ready.new_run(""))
            other.add(number)
            audit.append(ready.audit, "run.start", run=other.run.id)
            await seen(app, pilot, f"run-{number} running step {number} of 1000")

    play(ready, scene)


def test_a_stop_asks_first_and_is_the_command(writer: Writer) -> None:
    writer.add(10)

    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        await pilot.press("enter")
        await seen(app, pilot, "Stop run-1?")
        await pilot.press("enter")
        await pilot.pause()
        assert app.work is None and not writer.run.stop_request.exists()
        await pilot.press("x")
        await seen(app, pilot, "Stop run-1?")
        await pilot.press("down", "enter")
        await until(pilot, writer.run.stop_request.exists, "the run is asked to stop")
        writer.state("stopped")
        await settled(app, pilot)
        await seen(app, pilot, "run-1 stopped")

    play(writer.run.project, scene)


def test_the_list_shows_every_run_and_lays_three_over_one(ready: Project) -> None:
    (ready.runs / "run-7").mkdir(parents=True)
    for number in range(1, 6):
        made = Writer(ready.new_run(""))
        made.add(100 * number)
        made.state("finished")

    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        await pilot.press("r")
        await until(pilot, lambda: shown(app).count("finished") >= 5 and "reading" not in shown(app), "all are read")
        rows = screen_text(app)
        assert rows[2].startswith("▸ run-5   finished     500/1000  ▇▄")
        assert [row[2:7] for row in rows[2:7]] == ["run-5", "run-4", "run-3", "run-2", "run-1"]
        await pilot.press("o")
        await seen(app, pilot, "mark another run")
        await pilot.press("j", "o", "j", "o", "j", "o", "j", "o")
        await seen(app, pilot, "3 runs are laid over already")
        assert [row[0] for row in screen_text(app)[2:7]] == ["▸", "+", "~", "%", " "]
        assert "run-7 recipe.toml is missing" in shown(app)
        await pilot.press("escape")
        await seen(app, pilot, "+ run-4 ~ run-3 % run-2")
        await pilot.press("o", "j", "o", "j", "j", "j", "enter")
        await seen(app, pilot, "run-1 finished step 100 of 1000")
        await seen(app, pilot, "+ run-3 ~ run-2")

    play(ready, scene)


def _torn_state(writer: Writer) -> None:
    writer.run.state.write_bytes(b'{"state": "fini')


def _binary_events(writer: Writer) -> None:
    writer.run.events.write_bytes(bytes(range(256)) * 64)


def _folder_for_events(writer: Writer) -> None:
    writer.run.events.unlink()
    writer.run.events.mkdir()


def _without_events(writer: Writer) -> None:
    writer.run.checkpoints.mkdir()
    writer.run.events.unlink()


def _without_recipe(writer: Writer) -> None:
    writer.run.recipe.unlink()


def _without_folder(writer: Writer) -> None:
    shutil.rmtree(writer.run.path)


def _of_another_version(writer: Writer) -> None:
    writer.run.events.write_bytes(b'{"t":1,"kind":"tempo","x":[]}\n{"t":2,"kind":"metrics","step":{},"loss":[]}\n')
    writer.state("paused")


def _after_a_jump_of_the_clock(writer: Writer) -> None:
    os.utime(writer.run.heartbeat, (time.time() - 95, time.time() - 95))


DAMAGES: dict[Callable[[Writer], None], str] = {
    # These two first: they are told where there is no other run.
    _without_folder: "Did it train? no run yet",
    _without_recipe: "recipe.toml is missing",
    _torn_state: "state.json is torn",
    _binary_events: " running",
    _folder_for_events: "events.jsonl is no file",
    _without_events: "events.jsonl is missing",
    _of_another_version: " queued",
    _after_a_jump_of_the_clock: "no sign of life for 90 s",
}


def test_damage_is_said_in_words(ready: Project) -> None:
    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        for damage, words in DAMAGES.items():
            writer = Writer(ready.new_run(""))
            writer.add(30)
            audit.append(ready.audit, "run.start", run=writer.run.id)
            await seen(app, pilot, f"{writer.run.id} running step 30")
            damage(writer)
            audit.append(ready.audit, "looked")
            await seen(app, pilot, words)
            await pilot.press("left", "L", "4", "7", "left")
            if damage is _without_recipe:
                await seen(app, pilot, "run-1: recipe.toml is missing")
            await pilot.press("0", "r", "r")

    play(ready, scene)


def test_nothing_that_a_run_says_is_obeyed(ready: Project) -> None:
    run = ready.new_run("")
    run.path.rename(run.path.with_name(f"run-1{EVIL}"))
    writer = Writer(ready.all_runs()[0])
    writer.log.write("note", text=f"noted {EVIL}")
    writer.add(3)
    writer.state("failed", reason=f"because {EVIL}", hint=f"do {EVIL}")

    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        assert "[bold]x" in shown(app) and "because" in shown(app)
        assert not set("\x1b\x07\x9b\u202e") & set(shown(app))
        await pilot.press("r")
        await seen(app, pilot, "failed")
        assert not set("\x1b\x07\x9b\u202e") & set(shown(app))

    play(ready, scene)


def test_an_ascii_terminal_gets_ascii_alone(writer: Writer) -> None:
    writer.add(60)
    writer.add(loss="nan")

    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        assert shown(app).isascii() and "NaN at step 61" in shown(app)
        await pilot.press("r")
        await seen(app, pilot, "61/1000")
        assert shown(app).isascii()

    play(writer.run.project, scene, ascii=True)


def test_any_size_will_do(writer: Writer) -> None:
    writer.add(60)

    async def scene() -> None:
        async with wizard(writer.run.project, "train", (20, 5)) as (app, pilot):
            await pilot.press("left", "L", "question_mark", "escape", "r", "o", "escape", "x", "escape")
            for columns, rows in [(300, 100), (80, 24), (1, 1), (109, 19)]:
                await pilot.resize_terminal(columns, rows)
                writer.add()
            await pilot.resize_terminal(80, 24)
            await seen(app, pilot, f"step {writer.step} of 1000")

    played(scene)


def test_the_small_terminal_keeps_the_curve(writer: Writer) -> None:
    writer.add(900)

    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        rows = screen_text(app)
        assert "run-1 running" in rows[1] and "1000 steps" in rows[7], "rows of the curve, its axis included"

    play(writer.run.project, scene, (40, 12))


def test_help_says_what_is_drawn_and_y_copies_where_it_lies(writer: Writer, tmp_path: Path) -> None:
    writer.add(3)

    async def scene(app: Wizard, pilot: "Pilot[str]") -> None:
        await pilot.press("y")
        await pilot.pause()
        assert app.clipboard == str(writer.run.path)
        await pilot.press("question_mark")
        await seen(app, pilot, "raw losses dim, their moving average bold")

    play(writer.run.project, scene)
