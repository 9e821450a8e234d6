"""Ship: what each form is for, a gate that says no, where an export lies and how it is run."""

from pathlib import Path

import pytest

from engine.durable import write_json
from engine.exports import export_folder
from engine.project import Project, RunFolder
from tests.measured import TUNED, evaluated, finished_run, project_with_plan
from tests.tui.pilot import played, screen_text, settled, shown, wizard

HOSTILE = "\x1b]52;c;aGk=\x07\x9b2J\u202e[bold]why[/bold]"


@pytest.fixture
def ready(tmp_path: Path) -> Project:
    return project_with_plan(tmp_path)


def export(run: RunFolder, same: int = 12) -> Path:
    """An export of 1,234,567 bytes as shipping leaves it."""
    folder = export_folder(run, "merged")
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_bytes(b"0" * 1_234_000)
    write_json(
        folder / "parity.json",
        {
            "run": run.id,
            "form": "merged",
            "folder": str(folder),
            "rows": 12,
            "same": same,
            "different": ["r1"][: 12 - same],
            "base_fingerprint": "f",
            "precision": "float32",
        },
    )
    return folder


def test_without_a_run_the_way_to_train_is_shown(ready: Project) -> None:
    async def scene() -> None:
        async with wizard(ready, "ship") as (app, _):
            assert "There is no run yet: step 7 trains one" in shown(app)
        finished_run(ready).model.rmdir()
        async with wizard(ready, "ship") as (app, _):
            assert "run-1 has no model yet" in shown(app)

    played(scene)


def test_a_closed_gate_is_named_and_nothing_is_written(ready: Project) -> None:
    run = finished_run(ready)

    async def scene() -> None:
        async with wizard(ready, "ship") as (app, pilot):
            assert "small, loaded onto its base model" in shown(app) and "Not shipped yet" in shown(app)
            await pilot.press("enter")
            await settled(app, pilot)
            assert "ship is blocked by" in shown(app) and "decide verdict: not checked" in shown(app)
            assert "What to do: step 1 (Decide)" in shown(app)
            await pilot.press("escape")
            assert "Is what is shipped what was trained?" in shown(app)

    played(scene)
    assert not export_folder(run, "adapter").exists()


def test_an_export_is_found_again_with_its_parity_size_and_lines(ready: Project) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": TUNED}, question=HOSTILE)
    folder = export(run)

    async def scene() -> None:
        async with wizard(ready, "ship") as (app, pilot):
            await pilot.press("down")
            assert "✓ merged" in shown(app)
            assert "✓ Parity: 12 of 12 validation answers identical" in shown(app)
            assert folder.name in "".join(line.strip() for line in screen_text(app))
            assert "1.2 MiB on disk, 2 files" in shown(app)
            assert "AutoModelForCausalLM" in shown(app) and "PeftModel" not in shown(app)
            text = "".join(screen_text(app))
            assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(text)
            await pilot.press("tab", "G")
            assert "In the folder: model.safetensors 1.2 MiB, parity.json" in shown(app)
            await pilot.press("y")
            assert app.clipboard.startswith(f"# {folder}\n") and "why" in app.clipboard

    played(scene)


def test_an_export_that_answers_otherwise_is_not_to_be_used(ready: Project) -> None:
    export(finished_run(ready), same=11)

    async def scene() -> None:
        async with wizard(ready, "ship") as (app, pilot):
            await pilot.press("down")
            assert "✗ merged" in shown(app) and "✗ Parity: 11 of 12" in shown(app) and "Do not use it" in shown(app)

    played(scene)


def test_an_export_that_was_not_compared_says_so_and_a_damaged_one_stays_readable(ready: Project) -> None:
    folder = export(finished_run(ready))
    (folder / "parity.json").unlink()

    async def scene() -> None:
        async with wizard(ready, "ship") as (app, pilot):
            await pilot.press("down")
            assert "not compared with what was trained" in shown(app)
            (folder / "parity.json").write_text("[]", encoding="utf-8")
            app.go("ship")
            await pilot.pause()
            await pilot.press("down")
            assert "not what shipping saves" in shown(app) and "ship it again" in shown(app)

    played(scene)


def test_a_terminal_of_twenty_by_five_holds_it(ready: Project) -> None:
    export(finished_run(ready))

    async def scene() -> None:
        async with wizard(ready, "ship", size=(20, 5)) as (_, pilot):
            await pilot.press("down", "tab", "pagedown", "y")

    played(scene)
