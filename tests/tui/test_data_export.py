"""What rows are used for, by keyboard: export, general rows, benchmarks, the proof, deleting what is old."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Input

from engine import cli
from engine.data.general import chosen_general
from engine.project import Project
from tests.tui.pilot import played, settled, shown, wizard
from tests.unit.test_data_proof import leaking
from tui.app import Wizard
from tui.screens.data_benchmarks import BenchmarkScreen
from tui.screens.data_export import ExportScreen
from tui.screens.data_made import made_panel
from tui.screens.data_mix import MixScreen
from tui.screens.data_proof import ProofScreen
from tui.screens.data_purge import PurgeScreen
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines

ATTACK = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m[/bold]\u202e"
WORDS = ("amber", "azure", "basil", "bronze", "cedar", "coral", "denim", "ebony", "fawn", "ginger", "hazel", "indigo")


def chat(question: str, answer: str = "On its way.", **meta: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": turns, **meta}


def written(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def split_data(project: Project, tmp_path: Path) -> Project:
    """Twelve rows, cleaned and split."""
    rows = [
        chat(f"Where is parcel {word}, please? {ATTACK}", f"{word} is on its way.", ticket=ATTACK) for word in WORDS
    ]
    path = written(tmp_path / "rows.jsonl", rows)
    for step in (["import", str(path), "--yes"], ["split"]):
        assert cli.main(["data", *step, "--project", str(project.root)]) == 0
    return project


class Opened:
    """A dialog over the data step, as the step opens it, and the command that it was left with."""

    def __init__(self, app: Wizard, pilot: Pilot[str], screen: ModalScreen[tuple[str, ...] | None]) -> None:
        self.app, self.pilot = app, pilot
        self.command: tuple[str, ...] | None = None
        app.push_screen(screen, self._left)

    def _left(self, command: tuple[str, ...] | None) -> None:
        self.command = command

    async def press(self, *keys: str) -> str:
        await self.pilot.press(*keys)
        await self.pilot.pause()
        return shown(self.app)

    async def to(self, name: str) -> str:
        """Marks the line that begins with `name`."""
        lines = self.app.screen.query_one("#list", Lines)
        lines.move_to(next(at for at, one in enumerate(lines.rows) if one[0][0].startswith(name)))
        await self.pilot.pause()
        return shown(self.app)

    async def typed(self, text: str) -> str:
        self.app.screen.query_one(Input).value = text
        return await self.press("enter")

    async def act(self) -> str:
        """Runs the command and shows what it came to, as the step does."""
        assert self.command and isinstance(self.app.screen, StepScreen)
        step = self.app.screen
        finished: list[Any] = []
        step.finished = lambda command, document: finished.append(made_panel(command, document))  # type: ignore[method-assign]
        step.act(*self.command)
        await settled(self.app, self.pilot)
        if finished:
            await self.app.push_screen(finished[0])
        await self.pilot.pause()
        return shown(self.app)


def safe(text: str) -> bool:
    return not [character for character in "\x1b\x9b\x07\u202e" if character in text]


def test_an_export_is_put_together_and_made(split_data: Project, tmp_path: Path) -> None:
    async def scene() -> None:
        async with wizard(split_data, "data") as (app, pilot):
            dialog = Opened(app, pilot, ExportScreen())
            text = await dialog.press()
            assert "v2, 12 rows" in text and "openai: OpenAI chat" in text and "2027-01-06" in text
            assert "Other columns" not in text and "Byte order mark" in text
            await dialog.to("Form")
            assert "sharegpt: ShareGPT" in await dialog.press("right")
            assert "alpaca: Alpaca" in await dialog.press("right")
            assert "Other columns" in shown(app)
            await dialog.to("Rows of")
            assert "train and validation" in await dialog.press("right")
            await dialog.to("Rows that do not fit")
            assert "leave them out" in await dialog.press("enter")
            await dialog.to("Folder")
            await dialog.press("enter")
            await dialog.typed(str(tmp_path / "out"))
            await dialog.to("Export")
            await dialog.press("enter")
            assert dialog.command == (
                *("data", "export", "--to", "alpaca", "--split", "train", "validation", "--leave-out"),
                *("--out", str(tmp_path / "out")),
            )
            text = await dialog.act()
            assert "v2 as alpaca in" in text and "train.jsonl: 10 rows" in text and safe(text)

    played(scene)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "export.json",
        "train.jsonl",
        "validation.jsonl",
    ]


def test_a_form_that_holds_none_says_why_and_help_and_escape_do_nothing(split_data: Project) -> None:
    async def scene() -> None:
        async with wizard(split_data, "data") as (app, pilot):
            dialog = Opened(app, pilot, ExportScreen())
            await dialog.press()
            assert "never dropped silently" in await dialog.press("question_mark")
            await dialog.press("escape", "escape")
            assert isinstance(app.screen, StepScreen) and dialog.command is None
            dialog = Opened(app, pilot, ExportScreen())
            await dialog.press()
            await dialog.to("Form")
            assert "dpo: preferences" in await dialog.press("left", "left", "left")
            await dialog.to("Export")
            await dialog.press("enter")
            text = await dialog.act()
            assert "dpo cannot hold 12 of 12 rows" in text and "take another form" in text

    played(scene)


def test_general_rows_are_chosen_with_their_share_and_taken_back(split_data: Project, tmp_path: Path) -> None:
    general = written(
        tmp_path / f"general{ATTACK.replace('/', '')}.jsonl", [chat(f"What is {n} plus {n}?") for n in range(9)]
    )

    async def scene() -> None:
        async with wizard(split_data, "data") as (app, pilot):
            dialog = Opened(app, pilot, MixScreen())
            text = await dialog.press()
            assert "20 %" in text and "Mix nothing in" not in text
            assert "no file is chosen" in await dialog.press("enter")
            await dialog.press("escape")
            await dialog.to("Share")
            assert "Beside 10 rows of train that is 3 general ones" in await dialog.press("right")
            await dialog.to("File")
            await dialog.press("enter")
            assert "no such file" in await dialog.typed("/none.jsonl")
            text = await dialog.typed("'" + str(general) + "'")
            assert safe(text)
            await dialog.to("Mix them in")
            await dialog.press("enter")
            assert dialog.command == ("data", "mix", str(general), "--share", "0.25")
            text = await dialog.act()
            assert "9 of 9 rows" in text and "wants 3: 3 are taken" in text and safe(text)
            await pilot.press("escape")
            dialog = Opened(app, pilot, MixScreen())
            assert "25 %" in await dialog.press()
            await dialog.to("Mix nothing in")
            await dialog.press("enter")
            assert "no general rows are mixed in" in await dialog.act()

    played(scene)
    assert chosen_general(split_data) is None


def test_rows_that_a_benchmark_has_are_named(split_data: Project, tmp_path: Path) -> None:
    train = json.loads((split_data.data / "v2" / "rows.jsonl").read_bytes().splitlines()[0])
    asked = [train["messages"][0]["content"], f"Never seen {ATTACK}"]
    path = written(tmp_path / "bench.jsonl", [{"question": one} for one in asked])

    async def scene() -> None:
        async with wizard(split_data, "data") as (app, pilot):
            dialog = Opened(app, pilot, BenchmarkScreen())
            assert "all rows" in await dialog.press()
            assert "no file is chosen" in await dialog.press("enter")
            await dialog.press("escape")
            await dialog.to("Files")
            await dialog.press("enter")
            await dialog.typed(str(path))
            await dialog.to("Questions are in")
            await dialog.press("enter")
            await dialog.typed("question")
            await dialog.to("Compare what")
            assert "train" in await dialog.press("right")
            await dialog.to("Compare")
            await dialog.press("enter")
            assert dialog.command == ("data", "contamination", str(path), "--column", "question", "--split", "train")
            text = await dialog.act()
            assert "2 questions of bench.jsonl" in text and "exact" in text and safe(text)

    played(scene)


def test_the_proof_is_read_and_made_again(tmp_path: Path) -> None:
    project = leaking(tmp_path)

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            dialog = Opened(app, pilot, ProofScreen())
            text = await dialog.press()
            assert "proof passed" in text and "across splits" in text
            await dialog.press("a")
            assert dialog.command == ("data", "proof", "--again")
            assert "the splits share rows" in await dialog.act()
            await pilot.press("escape")
            dialog = Opened(app, pilot, ProofScreen())
            text = await dialog.press()
            assert "proof FAILED (made again" in text and "near:" in text and safe(text)
            await dialog.press("escape")
            assert dialog.command is None

    played(scene)


def test_old_rows_are_deleted_only_by_the_line_that_says_so(split_data: Project) -> None:
    async def scene() -> None:
        async with wizard(split_data, "data", size=(40, 12)) as (app, pilot):
            dialog = Opened(app, pilot, PurgeScreen())
            await dialog.press()
            await dialog.press("enter")
            assert dialog.command is None and isinstance(app.screen, StepScreen)
            dialog = Opened(app, pilot, PurgeScreen())
            assert "v1: 12 rows" in await dialog.press()
            await dialog.press("down", "enter")
            assert dialog.command == ("data", "purge", "--yes")
            assert "v1: 12 rows" in await dialog.act()
            await pilot.press("escape")
            dialog = Opened(app, pilot, PurgeScreen())
            assert "no old version has rows to delete" in await dialog.press()

    played(scene)
    assert not (split_data.data / "v1" / "rows.jsonl").exists()
