"""The data step by keyboard: from files to a proven split, what is marked on the way, and damaged projects."""

import subprocess
import sys
from pathlib import Path

from engine import journey
from engine.data.adopt import current
from engine.data.overview import descent, overview
from engine.data.report import saved_report
from engine.project import Project
from engine.sample import sample_project
from tests.tui.hub import ROWS, answered, imported, marked, opened, reported, worked, written
from tests.tui.pilot import played, settled, shown, until, wizard
from tui.screens.data import DataScreen
from tui.screens.data_confirm import Confirm
from tui.screens.step import StepScreen


def gate(project: Project) -> dict[str, str]:
    (step,) = (status for status in journey.read(project) if status.step.key == "data")
    return {item.item: item.state for item in step.items}


def test_the_sample_is_imported_cleaned_and_split_by_enter_alone(tmp_path: Path) -> None:
    project = sample_project(tmp_path / "sample")

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            assert "> Import the sample's files" in marked(app)
            await worked(app, pilot, "enter")
            assert isinstance(app.screen, Confirm)
            await worked(app, pilot, "enter")
            assert "v1 (import, 974 rows)" in shown(app)
            assert saved_report(project), "it is made by itself: nobody should wait for it twice"
            assert "> Clean" in marked(app)
            assert "left out: wrong number of columns" in shown(app)
            await pilot.press("enter")
            assert "Drop what?" in shown(app)
            await worked(app, pilot, "enter")
            assert "✓ Clean dropped 30 duplicates" in shown(app)
            assert "> Personal data" in marked(app)
            assert "not scanned for: names, addresses, organisations" in shown(app)
            await pilot.press("w")
            await answered(pilot, "all invented")
            assert "~ Personal data" in shown(app)
            assert "> Split" in marked(app)
            await worked(app, pilot, "enter")
            assert "2Data~" in shown(app) and "Next is blocked by step 1 Decide" in shown(app)
            assert "✓ Split train" in shown(app) and "v3 (split" in shown(app)

    played(scene)
    assert gate(project) == {
        "no_errors": "passed",
        "secrets_masked": "passed",
        "pii": "waived",
        "split_proof": "passed",
    }


def test_a_report_that_nobody_asked_for_gives_way_to_what_somebody_begins(project: Project, tmp_path: Path) -> None:
    imported(project, written(tmp_path / "rows.jsonl", ROWS))

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            assert isinstance(app.screen, DataScreen)
            app.screen.act_meanwhile("data", "report", "--again")
            await pilot.press("s")
            await until(pilot, lambda: project.data_version() == "v2", "the split is made")
            await settled(app, pilot)
            assert isinstance(app.screen, DataScreen) and "✓ Split train" in shown(app)

    played(scene)


def test_a_report_is_of_one_version_and_offered_anew_for_the_next(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROWS, ROWS[0]])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            assert "! Duplicates 1 equal and 0 nearly equal rows" in shown(app)
            imported(project, written(tmp_path / "other.jsonl", [*ROWS, ROWS[0], ROWS[1]]))
            app.screen.reload()  # type: ignore[attr-defined]
            await pilot.pause()
            assert "Duplicates" not in shown(app), "what was found in v1 says nothing of v2"
            assert "> Look for flaws of 14 rows: about 2 s" in marked(app)
            await worked(app, pilot, "enter")
            assert "! Duplicates 2 equal and 0 nearly equal rows" in shown(app)

    played(scene)


def test_a_report_is_cancelled_and_offered_again(project: Project, tmp_path: Path) -> None:
    imported(project, written(tmp_path / "rows.jsonl", ROWS))

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await pilot.press("r", "escape")
            await settled(app, pilot)
            assert "what was done is kept" in shown(app)
            await pilot.press("escape")
            assert "> Look for flaws" in shown(app)

    played(scene)
    assert saved_report(project) is None


def test_nothing_to_clean_is_said_and_the_split_comes_next(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", ROWS)

    async def scene() -> None:
        async with wizard(project, "data") as (app, _):
            assert "✓ Clean there is nothing to clean" in shown(app)
            assert "> Split" in marked(app)

    played(scene)


def test_a_new_version_is_asked_about_where_later_steps_rest_on_this_one(project: Project, tmp_path: Path) -> None:
    imported(project, written(tmp_path / "rows.jsonl", ROWS))
    journey.waive(project, "review", "reviewed", "read before")

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await pilot.press("s")
            assert "stale in: review" in shown(app)
            await worked(app, pilot, "enter")
            assert project.data_version() == "v1"
            await pilot.press("s", "down")
            await worked(app, pilot, "enter")
            found = overview(project)
            assert found
            assert descent(found) == "v2 (split, 12 rows) from v1 (import, 12 rows)"
            await pilot.press("s")
            assert "The proof of the split" in shown(app)

    played(scene)


def test_licence_and_origin_are_asked_for_and_noted(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", ROWS)

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await opened(app, pilot, "Licence")
            await answered(pilot, "CC-BY-4.0")
            await answered(pilot, "-- our desk, in May")
            await settled(app, pilot)
            assert "✓ Licence licence: CC-BY-4.0 · origin: -- our desk, in May" in shown(app)

    played(scene)


def test_every_line_opens_something_and_esc_comes_back(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", [*ROWS, ROWS[0], "{broken"])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            hub = app.screen
            assert isinstance(hub, DataScreen)
            for entry in list(hub._entries):
                if entry.kind == "split":
                    continue
                await opened(app, pilot, "".join(text for text, _ in entry.line))
                await settled(app, pilot)
                assert app.screen is not hub or app.work, entry.kind
                if isinstance(app.screen, StepScreen):
                    app.pop_screen()
                while app.screen is not hub:
                    await pilot.press("escape")
                await pilot.pause()

    played(scene)


def test_a_damaged_version_is_said_and_can_be_imported_over(project: Project, tmp_path: Path) -> None:
    imported(project, written(tmp_path / "rows.jsonl", ROWS))

    async def scene() -> None:
        async with wizard(project, "data", size=(20, 5)) as (app, pilot):
            for key in ("down", "enter", "escape", "c", "escape", "i", "escape", "question_mark", "escape"):
                await pilot.press(key)
                await settled(app, pilot)
            (project.data / "v1" / "rows.jsonl").write_text("", encoding="utf-8")
        async with wizard(project, "data") as (app, pilot):
            assert "rows.jsonl has 0 bytes" in shown(app)
            await pilot.press("question_mark", "escape", "enter", "c", "s")
            await pilot.press("escape")
            imported(project, tmp_path / "rows.jsonl")
            app.screen.reload()  # type: ignore[attr-defined]
            await pilot.pause()
            assert len(current(project)) == 12

    played(scene)


def test_a_damaged_report_is_made_anew(project: Project, tmp_path: Path) -> None:
    reported(project, tmp_path / "rows.jsonl", ROWS)
    (project.report_folder("v1") / "report.json").write_text("{", encoding="utf-8")

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await worked(app, pilot, "enter")
            assert "✓ Look for flaws" in shown(app)

    played(scene)


def test_the_screens_load_nothing_heavy() -> None:
    modules = sorted(path.stem for path in Path(__file__).parents[2].glob("tui/screens/data*.py"))
    names = [f"tui.screens.{name}" for name in modules]
    look = f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\n"
    look += "print([one for one in ('numpy', 're2', 'tokenizers', 'pyarrow', 'phonenumbers') if one in sys.modules])"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
