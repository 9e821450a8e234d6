"""The frame around the nine steps: the list of projects, moving, gates, waivers, help, the palette, errors, leaving."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest

from engine import journey
from engine.project import Project
from engine.recent import kept_theme, left_at, recent, remember
from tests.tui.pilot import played, settled, shown, typed, until, wizard
from tui import work
from tui.keys import EVERYWHERE, LISTS
from tui.screens.step import gate_row

_STAYS = journey.Evidence("consent", "passed", "no data leaves this machine")


def pass_all(project: Project, *steps: str) -> None:
    for step in steps:
        for item in journey.STEPS[step].items:
            journey.record(project, step, [journey.Evidence(item, "passed", f"{item} shown")])


def test_the_sample_project_is_one_enter_away(home: Path) -> None:
    async def scene() -> None:
        async with wizard() as (app, pilot):
            assert "Try the sample help-desk" in shown(app)
            await pilot.press("enter")
            await pilot.pause()
            assert app.project is not None and app.project.root == home / "tunewright-sample"
            assert "1Decide" in shown(app) and "Next is blocked" in shown(app)

    played(scene)


def test_a_project_is_opened_where_it_was_left(project: Project) -> None:
    async def scene() -> None:
        pass_all(project, "decide", "data", "review")
        async with wizard(project) as (app, pilot):
            await pilot.press("4")
            await pilot.pause()
            assert left_at(project) == "where"
        async with wizard() as (app, pilot):
            assert project.root.name in shown(app)
            await pilot.press("enter")
            await pilot.pause()
            assert "Where will it" in shown(app)

    played(scene)


def test_next_waits_for_the_gate_and_a_typed_reason_lifts_it(project: Project) -> None:
    async def scene() -> None:
        pass_all(project, "decide", "data", "review")
        journey.record(project, "where", [_STAYS])
        async with wizard(project, "where") as (app, pilot):
            await pilot.press("n")
            await pilot.pause()
            assert "What the next step needs" in shown(app) and "goes on without it" in shown(app)
            await pilot.press("escape", "w")
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()
            assert "a waiver needs a written reason" in shown(app)
            await pilot.press(*typed("on a box of ours"), "enter")
            await pilot.pause()
            assert "Next is free (waived): on a box of ours" in shown(app)
            assert "4Where~" in shown(app)
            [waived] = [one for one in journey.read(project)[3].items if one.state == "waived"]
            assert waived.text == "on a box of ours"

    played(scene)


def test_a_step_that_cannot_be_reached_says_why(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            await pilot.press("7")
            await pilot.pause()
            assert "7 Train waits for 1 Decide: the verdict" in shown(app)
            await pilot.press("p")
            await pilot.pause()
            assert "1Decide" in shown(app)

    played(scene)


def test_stale_and_failed_gates_are_marked_by_glyph(project: Project) -> None:
    async def scene() -> None:
        journey.record(project, "review", [journey.Evidence("reviewed", "passed", "read", {"data": "v1"})])
        journey.record(project, "decide", [journey.Evidence("verdict", "failed", "prompting: no prompt was tried")])
        async with wizard(project, "where") as (app, _):
            assert "1Decide!" in shown(app) and "3Review*" in shown(app)

    played(scene)


def test_help_names_every_key_and_the_twin_command(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where", size=(80, 75)) as (app, pilot):
            await pilot.press("question_mark")
            await pilot.pause()
            text = shown(app)
            assert (
                "tunewright providers" in text
                and "inspect this machine" in text
                and "waive" not in text.split("Keys of")[0]
            )
            assert "the next step" in text and "pgdn" in text
            await pilot.press("escape")
            await pilot.pause()
            assert "Where will it" in shown(app)

    played(scene)


def test_the_palette_does_what_it_lists(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            await pilot.press("colon", *"ansi")
            await pilot.pause()
            assert "theme: ansi-dark" in shown(app) and "step: plan" not in shown(app)
            await pilot.press("enter")
            await pilot.pause()
            assert app.theme == "ansi-dark" and kept_theme() == "ansi-dark"

    played(scene)


def test_work_in_the_background_shows_what_came_of_it(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            await pilot.press("l")
            await until(pilot, lambda: "Working: tunewright doctor" in shown(app), "the work is shown")
            await pilot.press("l")
            await until(pilot, lambda: "still running, and nothing else was begun" in shown(app), "it is refused")
            await pilot.press("escape")
            await settled(app, pilot)
            await until(pilot, lambda: "4Where✓" in shown(app), "the rail has it")
            assert "cores" in shown(app)

    played(scene)


def test_cancelled_work_says_so_and_leaves_the_wizard_usable(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            await pilot.press("l", "escape")
            await until(pilot, lambda: "Cancelled" in shown(app), "the panel says so")
            await pilot.press("escape")
            await pilot.pause()
            assert "Where will it" in shown(app) and app.work is None

    played(scene)


def test_a_project_that_another_process_is_changing_is_left_alone(project: Project) -> None:
    async def scene() -> None:
        journey.record(project, "where", [_STAYS])
        async with wizard(project, "where") as (app, pilot):
            with project.changing("data import"):
                await pilot.press("l")
                await until(pilot, lambda: "That did not work" in shown(app), "the error is shown")
                assert "another process is changing this project" in shown(app) and "wait until it is done" in shown(
                    app
                )
                await pilot.press("escape", "w", "x", "enter")
                await pilot.pause()
                assert "another process is changing" in shown(app)
            await pilot.press("escape")
            await pilot.pause()
            assert "Where will it" in shown(app)

    played(scene)


def test_what_another_process_changes_appears_by_itself(project: Project) -> None:
    async def scene() -> None:
        pass_all(project, "decide", "data", "review")
        journey.record(project, "where", [_STAYS])
        async with wizard(project, "where") as (app, pilot):
            journey.waive(project, "where", "destination", "decided elsewhere")
            await until(pilot, lambda: "decided elsewhere" in shown(app), "the change is shown")

    played(scene)


def test_a_damaged_project_file_is_said_and_the_screen_stays(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            whole = project.settings_file.read_text(encoding="utf-8")
            project.settings_file.write_text("not = toml = at all", encoding="utf-8")
            await until(pilot, lambda: "not TOML" in shown(app), "the damage is said")
            project.settings_file.write_text(whole, encoding="utf-8")
            await until(pilot, lambda: "Next is blocked" in shown(app), "the mending is seen")

    played(scene)


def test_a_hostile_folder_name_and_reason_obey_nothing(tmp_path: Path) -> None:
    async def scene() -> None:
        evil = "\x1b]52;c;ZXZpbA==\x07[bold]x[/bold]\x9b31m\u202e"
        project = Project.create(tmp_path / f"p{evil}")
        pass_all(project, "decide", "data", "review")
        journey.record(project, "where", [_STAYS])
        journey.waive(project, "where", "destination", f"because {evil}")
        async with wizard(project, "where") as (app, pilot):
            assert "[bold]x[/bold]" in shown(app)
            assert not set("\x1b\x07\x9b\u202e") & set(shown(app))
            await pilot.press("escape")
            await pilot.pause()
            assert not set("\x1b\x07\x9b\u202e") & set(shown(app))

    played(scene)


def test_the_list_of_projects_survives_damage(home: Path, project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            await pilot.press("q")
        [listed] = list(home.rglob("recent.json"))
        assert [one.folder for one in recent()] == [str(project.root)]
        listed.write_text(json.dumps([{"folder": 3}, "x", {"folder": "/nowhere", "opened": 1, "step": "data"}]))
        assert recent() == []
        listed.write_text("{torn")
        async with wizard() as (app, pilot):
            assert "Try the sample help-desk" in shown(app)

    played(scene)


def test_an_ascii_terminal_gets_ascii_alone(project: Project) -> None:
    async def scene() -> None:
        pass_all(project, "decide", "data", "review")
        journey.record(project, "where", [_STAYS])
        journey.waive(project, "where", "destination", "größer · 机")
        async with wizard(project, "where", ascii=True) as (app, _):
            assert shown(app).isascii() and "1Decide+" in shown(app) and "gr\\xf6\\xdfer" in shown(app)

    played(scene)


def test_a_project_that_vanishes_is_said_and_the_wizard_stays(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            away = project.root.rename(project.root.with_name("moved"))
            await until(pilot, lambda: "cannot be read" in shown(app), "the loss is said")
            await pilot.press("l")
            await until(pilot, lambda: "That did not work" in shown(app), "the command fails in words")
            await pilot.press("escape")
            away.rename(project.root)
            await until(pilot, lambda: "Next is blocked" in shown(app), "it is there again")

    played(scene)


def test_a_command_that_cannot_be_started_is_said(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            monkeypatch.setattr(asyncio, "create_subprocess_exec", refused)
            await pilot.press("l")
            await until(pilot, lambda: "Cannot allocate memory" in shown(app), "the reason is shown")
            assert app.work is None

    played(scene)


def test_a_command_cancelled_before_it_runs_does_not_run(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    start = asyncio.create_subprocess_exec

    async def slow(*arguments: Any, **options: Any) -> Any:
        await asyncio.sleep(0.2)
        return await start(*arguments, **options)

    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            monkeypatch.setattr(asyncio, "create_subprocess_exec", slow)
            await pilot.press("l", "escape")
            await until(pilot, lambda: "Cancelled" in shown(app), "the panel says so")
            assert journey.read(project)[3].open, "nothing was recorded"

    played(scene)


@pytest.mark.parametrize("step", ["nowhere", "os", "train"])
def test_a_place_that_cannot_be_is_not_gone_to(project: Project, step: str) -> None:
    async def scene() -> None:
        remember(project, step)
        async with wizard(project) as (app, _):
            assert "What goes wrong with prompting" in shown(app)

    played(scene)


@pytest.mark.parametrize("step", journey.STEPS)
def test_the_gate_line_says_what_lifts_it_in_eighty_columns(project: Project, step: str) -> None:
    for state in ("failed", "passed"):
        for item in journey.STEPS[step].items:
            text = "a long account of what was found " * 9
            journey.record(project, step, [journey.Evidence(item, "failed" if state == "failed" else "passed", text)])
        [status] = [one for one in journey.read(project) if one.step.key == step]
        line = "".join(text for text, _ in gate_row([status], step))[:80]
        assert ("Next is blocked: " in line and "w waives" in line) == (state == "failed")


def test_every_key_that_help_names_is_bound(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, _):
            bound = set(app.screen.active_bindings)
            named = {key for one in (*app.screen.KEYS, *EVERYWHERE, *LISTS) for key in one.key.split(",")}  # type: ignore[attr-defined]
            assert named - bound == set()

    played(scene)


def test_hints_name_the_step_where_a_key_does_it() -> None:
    assert journey.by_step("make one with `tunewright plan --set KEY=VALUE`") == "make one with step 5 (Plan)"
    assert journey.by_step("tunewright resume run-1") == "step 7 (Train)"
    assert journey.by_step('or: tunewright waive data pii --reason "it is ours"') == "or: w in step 2 (Data)"
    assert journey.by_step("do: tunewright data redact, then tunewright data certificate") == "do: step 2 (Data)"
    assert journey.by_step("tunewright data clean --drop near, then data split; x") == "step 2 (Data); x"
    assert journey.by_step("tunewright plan, then tunewright train") == "step 5 (Plan), then step 7 (Train)"
    assert journey.by_step("tunewright audit verify says more") == "tunewright audit verify says more"


def test_what_the_system_refuses_is_a_panel_and_nothing_ends(project: Project) -> None:
    async def scene() -> None:
        async with wizard(project, "decide") as (app, pilot):
            (project.root / ".lock").unlink(missing_ok=True)
            (project.root / ".lock").mkdir()
            await pilot.press("enter")
            await pilot.pause()
            await pilot.press("enter")
            await until(pilot, lambda: "Is a directory" in shown(app), "the refusal is shown")
            await pilot.press("escape")
            assert app.is_running

    played(scene)


@pytest.mark.parametrize(
    ("given", "said"),
    [("", "no folder was named"), ("~nobody_here/x", "no such user"), ("/etc/passwd/x", "ot a directory")],
)
def test_a_folder_that_cannot_be_made_is_said_in_the_box(home: Path, given: str, said: str) -> None:
    async def scene() -> None:
        async with wizard() as (app, pilot):
            await pilot.press("a")
            await pilot.pause()
            await pilot.press("ctrl+u", *given, "enter")
            await until(pilot, lambda: said in shown(app), "the box says so")
            assert "Folder of the new project?" in shown(app)

    played(scene)


def test_a_project_that_cannot_be_read_does_not_hide_the_others(project: Project) -> None:
    async def scene() -> None:
        remember(project, "where")
        project.audit.unlink()
        project.audit.symlink_to(project.audit)
        async with wizard() as (app, _):
            assert "cannot be read" in shown(app) and "Try the sample help-desk" in shown(app)

    played(scene)


def test_a_command_that_does_not_heed_the_word_is_ended(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with wizard(project, "where") as (app, pilot):
            monkeypatch.setattr(work, "GRACE_S", 0.1)
            await pilot.press("l")
            await until(pilot, lambda: app.work is not None and app.work.process is not None, "it runs")
            assert app.work and app.work.process
            app.work.process.send_signal(signal.SIGSTOP)
            await pilot.press("escape")
            await until(pilot, lambda: "Cancelled" in shown(app), "it is gone")

    played(scene)
