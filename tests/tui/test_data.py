"""The data step by keyboard: from files to a proven split, what was found on the way, and bad files."""

import json
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from engine import journey
from engine.commands.data_text import descent
from engine.data.adopt import adopt, current
from engine.data.importing import import_files
from engine.data.mapping import Mapping
from engine.data.overview import overview
from engine.data.prepare import find_layout
from engine.project import Project
from engine.sample import sample_project
from tests.tui.pilot import played, settled, shown, wizard
from tui.app import Wizard
from tui.screens.data import DataScreen
from tui.screens.data_confirm import Confirm
from tui.widgets.lines import Lines

ATTACK = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m[/bold]\u202e"
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def chat(question: str, answer: str = "On its way.", **meta: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": turns, **meta}


ROWS = [chat(f"Where is parcel {word}, please?", f"{word} is on its way.") for word in (
    "amber", "azure", "basil", "bronze", "cedar", "coral", "denim", "ebony", "fawn", "ginger", "hazel", "indigo"
)]  # fmt: skip


def written(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


def imported(project: Project, path: Path) -> None:
    sources = [find_layout(path, Mapping())]
    with project.changing("data import"):
        adopt(project, import_files(sources, Mapping(), project.data))


async def typed(pilot: Pilot[str], text: str) -> None:
    """Answers the question that is open."""
    pilot.app.screen.query_one(Input).value = text
    await pilot.press("enter")
    await pilot.pause()


async def worked(app: Wizard, pilot: Pilot[str], *keys: str) -> None:
    """Presses `keys`, the last of which starts a command, and waits for its end."""
    await pilot.press(*keys)
    await settled(app, pilot)


async def asked_for(app: Wizard, pilot: Pilot[str], files: str) -> None:
    """Imports as far as the question whether it is right."""
    await pilot.press("i")
    await pilot.pause()
    await typed(pilot, files)
    await settled(app, pilot)


def marked(app: Wizard) -> str:
    lines = app.screen.query_one("#steps", Lines)
    return "".join(text for text, _ in lines.rows[lines.cursor])


def gate(project: Project) -> dict[str, str]:
    (step,) = (status for status in journey.read(project) if status.step.key == "data")
    return {item.item: item.state for item in step.items}


def test_the_sample_is_imported_cleaned_split_and_waived_by_enter_alone(tmp_path: Path) -> None:
    project = sample_project(tmp_path / "sample")

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            assert "Import the sample's files" in marked(app)
            await worked(app, pilot, "enter")
            assert isinstance(app.screen, Confirm)
            assert "Sample 1 of 6: tickets.csv, line 2" in shown(app)
            assert "prompt: message" in shown(app)
            await pilot.press("left")
            assert "Sample 6 of 6: tickets.jsonl" in shown(app)
            await worked(app, pilot, "enter")
            assert "996 records read: 974 rows, 22 left out" in shown(app)
            assert "> Clean" in marked(app)
            await pilot.press("enter")
            await worked(app, pilot, "enter")
            assert "dropped 30 duplicates, 24 conflicts" in shown(app)
            assert "> Split" in marked(app)
            await worked(app, pilot, "enter")
            assert "v3 (split, 920 rows) from v2 (clean, 920 rows) from v1 (import, 974 rows)" in shown(app)
            assert "! Personal data" in marked(app)
            assert "not scanned for: names, addresses, organisations" in shown(app)
            await pilot.press("enter")
            await typed(pilot, "all invented")
            assert "~ Personal data" in shown(app)
            assert "2Data~" in shown(app) and "Next is blocked by step 1 Decide" in shown(app)

    played(scene)
    assert gate(project) == {
        "no_errors": "passed",
        "secrets_masked": "passed",
        "pii": "waived",
        "split_proof": "passed",
    }

    async def reopened() -> None:
        async with wizard(project, "data") as (app, pilot):
            assert "✓ Split" in marked(app)
            assert "proof passed" in shown(app)
            await pilot.press("enter")
            assert "HARBOR: 191 groups, enough" in shown(app)
            assert "known to within 10.2 points" in shown(app)

    played(reopened)


def test_a_problem_opens_its_first_places(project: Project, tmp_path: Path) -> None:
    imported(project, written(tmp_path / "rows.jsonl", [*ROWS, "{broken", chat("", "Nobody."), chat("It is {{name}}")]))

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            for rule, place in (("json-syntax", ":13: "), ("empty-content", ":14: turn 1 (user) is empty")):
                lines = app.screen.query_one("#steps", Lines)
                number = next(at for at, one in enumerate(lines.rows) if any(rule in text for text, _ in one))
                lines.move_to(number)
                await pilot.press("enter")
                assert f"rows.jsonl{place}" in shown(app)
                assert "what to do: " in shown(app)
                await pilot.press("escape")

    played(scene)


def test_columns_are_chosen_where_no_format_is_found(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "the desk.csv"
    lines = [f"parcel {number} from {number * 7},late,c{number}" for number in range(30)]
    path.write_text("\n".join(["Text,Label,Customer", *lines]) + "\n", encoding="utf-8")

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            assert "> Import files" in marked(app)
            await asked_for(app, pilot, f"'{path}'")
            assert "fits no known format" in shown(app)
            assert "y import" not in shown(app)
            await pilot.press("y", "c", "enter")
            assert "Which column holds the answer?" in shown(app)
            await pilot.press("enter", "enter")
            assert "Which column keeps rows together?" in shown(app)
            await pilot.press("down", "down", "down", "enter", "enter")
            assert "By what are rows counted?" in shown(app)
            await pilot.press("down", "down", "enter")
            await typed(pilot, "Sort the letter.")
            await settled(app, pilot)
            assert "prompt: Text answer: Label one split by: Customer counted by: Label" in shown(app)
            assert "Sort the letter." in shown(app)
            await worked(app, pilot, "y")

    played(scene)
    version = current(project)
    assert version.row(0).messages[0] == {"role": "system", "content": "Sort the letter."}
    assert version.manifest["mapping"]["group"] == ["Customer"]
    assert version.manifest["mapping"]["category"] == "Label"


def test_what_is_no_data_is_said_and_nothing_is_imported(project: Project, tmp_path: Path) -> None:
    (tmp_path / "binary.jsonl").write_bytes(bytes(range(256)))
    rows = written(tmp_path / "rows.jsonl", ROWS)

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            for text, said in (
                (str(tmp_path / "none.jsonl"), "no such file"),
                (str(tmp_path), "is a folder"),
                ("'open quote", "No closing quotation"),
                ("", "no file is named"),
            ):
                await asked_for(app, pilot, text)
                assert said in shown(app)
                assert app.screen.query_one(Input).value == text
                await pilot.press("escape")
            await asked_for(app, pilot, str(tmp_path / "binary.jsonl"))
            assert "is binary" in shown(app)
            await pilot.press("escape")
            await asked_for(app, pilot, str(rows))
            await pilot.press("n")
            assert isinstance(app.screen, DataScreen)

    played(scene)
    assert project.data_version() is None


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
            assert "Clean not done" in shown(app)
            await pilot.press("s")
            assert "is split already" in shown(app)

    played(scene)


def test_hostile_files_are_shown_as_safe_text(project: Project, tmp_path: Path) -> None:
    rows = [chat(f"Hello {ATTACK}{number}", ATTACK + "yes", **{ATTACK: ATTACK}) for number in range(12)]
    rows.append({"messages": [{"role": ATTACK, "content": "x"}]})
    path = written(tmp_path / f"rows{ATTACK.replace('/', '').replace('[', '')}.jsonl", [*rows, chat(SECRET, "Mine.")])
    (tmp_path / "odd.csv").write_text(f"{ATTACK},b\n{ATTACK},{ATTACK}\n", encoding="utf-8")
    seen: list[str] = []

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await asked_for(app, pilot, shlex.quote(str(path)))
            for key in ("right", "c", "down", "escape", "i"):
                seen.append(shown(app))
                await pilot.press(key)
            await typed(pilot, str(tmp_path / "odd.csv"))
            await settled(app, pilot)
            for key in ("c", "enter", "escape"):
                seen.append(shown(app))
                await pilot.press(key)
            imported(project, path)
            app.screen.reload()  # type: ignore[attr-defined]
            for key in ("g", "enter", "escape", "down", "enter", "escape", "question_mark", "escape"):
                seen.append(shown(app))
                await pilot.press(key)

    played(scene)
    text = "".join(seen)
    assert "Hello" in text
    assert "unknown-role" in text
    assert SECRET not in text
    assert not [character for character in "\x1b\x9b\x07\u202e" if character in text]


def test_a_damaged_version_is_said_and_can_be_imported_over(project: Project, tmp_path: Path) -> None:
    imported(project, written(tmp_path / "rows.jsonl", ROWS))

    async def scene() -> None:
        async with wizard(project, "data", size=(20, 5)) as (app, pilot):
            for key in ("down", "enter", "escape", "c", "escape", "i", "escape", "question_mark", "escape"):
                await pilot.press(key)
            (project.data / "v1" / "rows.jsonl").write_text("", encoding="utf-8")
        async with wizard(project, "data") as (app, pilot):
            assert "rows.jsonl has 0 bytes" in shown(app)
            await pilot.press("question_mark", "escape", "enter", "c", "s")
            imported(project, tmp_path / "rows.jsonl")
            app.screen.reload()  # type: ignore[attr-defined]
            await pilot.pause()
            assert "v2 (import, 12 rows)" in shown(app)

    played(scene)


def test_the_screen_loads_nothing_heavy() -> None:
    look = "import sys, tui.screens.data; print([one for one in ('numpy', 're2', 'tokenizers') if one in sys.modules])"
    said = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
