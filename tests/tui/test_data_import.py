"""Importing by keyboard: samples and what becomes of each column, choices of format, bytes and repairs, bad files."""

import json
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input

from engine.data.adopt import current
from engine.data.look import look
from engine.data.mapping import Mapping
from engine.project import Project
from engine.sample import sample_project
from tests.tui.hub import ROWS, answered, chat, worked, written
from tests.tui.pilot import played, settled, shown, wizard
from tui.app import Wizard
from tui.screens.data import DataScreen
from tui.screens.data_confirm import Confirm
from tui.screens.panel import Panel

ATTACK = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m[/bold]\u202e"
SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
ASK = {"role": "user", "content": "Where is my order?"}
ANSWER = {"role": "assistant", "content": "On its way."}
CALL = {"id": "abc", "type": "function", "function": {"name": "find", "arguments": '{"city": "Paris"}'}}


async def looked_at(app: Wizard, pilot: Pilot[str], files: object) -> None:
    """Imports as far as the question whether it is right."""
    await pilot.press("i")
    await pilot.pause()
    await answered(pilot, str(files))
    await settled(app, pilot)


async def found_in(app: Wizard, pilot: Pilot[str], *files: Path) -> None:
    """As far as `looked_at`, without the second that the command takes."""
    document = look(files, Mapping()).document()
    assert isinstance(app.screen, DataScreen)
    app.screen.finished(["data", "look"], document)
    await pilot.pause()


def test_the_samples_of_each_file_and_the_columns_in_force_are_shown(tmp_path: Path) -> None:
    project = sample_project(tmp_path / "sample")

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await worked(app, pilot, "enter")
            assert isinstance(app.screen, Confirm)
            assert "Sample 1 of 6: tickets.csv, line 2" in shown(app)
            assert "tickets.csv: columns" in shown(app)
            assert "message: the question" in shown(app)
            await pilot.press("left")
            assert "Sample 6 of 6: tickets.jsonl" in shown(app)

    played(scene)


def test_calls_weights_the_other_answer_and_the_judgement_are_shown(project: Project, tmp_path: Path) -> None:
    turns = [ASK, {"role": "assistant", "content": None, "tool_calls": [CALL]}]
    turns += [{"role": "tool", "tool_call_id": "abc", "content": "found"}, {**ANSWER, "weight": 0}, ASK, ANSWER]
    tools = [{"type": "function", "function": {"name": "find"}}]
    first = written(tmp_path / "tools.jsonl", [{"messages": turns, "tools": tools, "ticket": "007"}])
    second = written(tmp_path / "preferred.jsonl", [{"prompt": "q", "chosen": "good", "rejected": "bad"}])
    third = written(tmp_path / "judged.jsonl", [{**chat("q", "rude"), "label": False}])

    async def scene() -> None:
        async with wizard(project, "data", size=(80, 60)) as (app, pilot):
            await found_in(app, pilot, first, second, third)
            assert "tools: the tools that the model may call kept: ticket" in shown(app)
            assert 'assistant (what is learned) calls find({"city": "Paris"})' in shown(app)
            assert "assistant (weight 0: not learned) On its way." in shown(app)
            assert "tools that it may call: find" in shown(app)
            await pilot.press("right")
            assert "assistant (what is learned) good Not preferred to it: assistant bad" in shown(app)
            await pilot.press("right")
            assert "assistant rude judged: not wanted, and never learned" in shown(app)

    played(scene)


def test_columns_are_chosen_where_no_format_is_found(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "the desk.csv"
    lines = [f"parcel {number} from {number * 7},late,c{number}" for number in range(30)]
    path.write_text("\n".join(["Text,Label,Customer", *lines]) + "\n", encoding="utf-8")

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await looked_at(app, pilot, f"'{path}'")
            assert "fits no known format" in shown(app)
            assert "y import" not in shown(app)
            await pilot.press("y", "c", "escape")
            assert isinstance(app.screen, Confirm)
            await pilot.press("c", "enter")
            assert "Which column holds the answer?" in shown(app)
            await pilot.press("enter", "enter")
            assert "Which column keeps rows together?" in shown(app)
            await pilot.press("down", "down", "down", "enter", "enter")
            assert "By what are rows counted?" in shown(app)
            await pilot.press("down", "down", "enter")
            await answered(pilot, "Sort the letter.")
            await settled(app, pilot)
            assert "prompt: Text answer: Label one split by: Customer counted by: Label" in shown(app)
            assert "Sort the letter." in shown(app)
            await worked(app, pilot, "y")

    played(scene)
    version = current(project)
    assert version.row(0).messages[0] == {"role": "system", "content": "Sort the letter."}
    assert version.manifest["mapping"]["group"] == ["Customer"]
    assert version.manifest["mapping"]["category"] == "Label"


def test_a_format_is_chosen_where_several_fit_and_can_be_changed(project: Project, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.jsonl", [{**row, "prompt": "q", "completion": "a"} for row in ROWS])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await looked_at(app, pilot, path)
            assert "Which format does the file have?" in shown(app)
            assert "y choose" in shown(app)
            await pilot.press("enter", "escape")
            assert isinstance(app.screen, Confirm)
            await pilot.press("enter", "down")
            await worked(app, pilot, "enter")
            assert "rows.jsonl: prompt-completion" in shown(app)
            await pilot.press("f")
            assert "Read the files as what?" in shown(app)
            await pilot.press("g", "down")
            await worked(app, pilot, "enter")
            assert "rows.jsonl: chat" in shown(app)
            assert "kept: prompt, completion" in shown(app)

    played(scene)


def test_bytes_that_are_not_utf_8_are_asked_about_and_seen(project: Project, tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    lines = [f"Grüße aus Zürich {number}; schöne Straße,schön" for number in range(12)]
    path.write_bytes("\n".join(["prompt,completion", *lines]).encode("cp1252") + b"\n")

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await looked_at(app, pilot, path)
            assert "Which encoding does the file have?" in shown(app)
            await pilot.press("enter")
            assert "cp1252" in shown(app)
            await worked(app, pilot, "enter")
            assert "encoding cp1252" in shown(app)
            assert "Grüße aus Zürich 0; schöne Straße" in shown(app)
            await pilot.press("f")
            assert "another encoding: now cp1252" in shown(app)
            await pilot.press("escape")
            await worked(app, pilot, "y")

    played(scene)
    assert current(project).row(0).answer == "schön"
    assert current(project).manifest["sources"][0]["how"] == {"encoding": "cp1252"}


def test_repairs_are_offered_and_made_only_when_asked_for(project: Project, tmp_path: Path) -> None:
    rows = [{"messages": [ASK, ANSWER, {**ASK, "content": f"{number}?"}]} for number in range(3)]
    path = written(tmp_path / "rows.jsonl", [*rows, {"messages": [ASK, ASK, ANSWER]}, *ROWS])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await looked_at(app, pilot, path)
            assert "left out of the first 16: no answer at the end 3" in shown(app)
            assert "doubtful of the first 16: one speaker twice in a row 1" in shown(app)
            assert "r mends if you want: merge 1 row, tail 3 rows" in shown(app)
            await pilot.press("p")
            assert isinstance(app.screen, Panel)
            assert "rows.jsonl:1: the last turn is 'user'" in shown(app)
            assert "what to do: add the answer, or drop what follows the last one" in shown(app)
            await pilot.press("escape", "r")
            assert "done: all of these" in shown(app)
            await pilot.press("down", "down", "enter")
            assert "done: tail" in shown(app)
            await pilot.press("g")
            await worked(app, pilot, "enter")
            assert "tail: 3 rows mended" in shown(app)
            assert "r mends if you want: merge 1 row" in shown(app)
            await worked(app, pilot, "y")

    played(scene)
    version = current(project)
    assert len(version) == 16
    assert version.row(0).steps == ["import", "repair:tail"] and version.row(3).steps == ["import"]


def test_two_formats_in_one_file_are_said_and_one_can_be_chosen(project: Project, tmp_path: Path) -> None:
    shared = {"conversations": [{"from": "human", "value": "a"}, {"from": "gpt", "value": "b"}]}
    path = written(tmp_path / "rows.jsonl", [*ROWS, *[shared] * 4])

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            await found_in(app, pilot, path)
            assert "holds two formats: chat (12 of the first 16 records), sharegpt (4" in shown(app)
            await pilot.press("enter")
            assert "records that are not in the one you choose are left out by name" in shown(app)
            assert "sharegpt ShareGPT: `conversations`" in shown(app)

    played(scene)


def test_what_is_no_data_is_said_and_nothing_is_imported(project: Project, tmp_path: Path) -> None:
    (tmp_path / "binary.jsonl").write_bytes(bytes(range(256)))
    rows = written(tmp_path / "rows.jsonl", ROWS)
    raw = written(tmp_path / "raw.jsonl", [{"text": "Once upon a time."}] * 3)

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            for text, said in (
                (str(tmp_path / "none.jsonl"), "no such file"),
                (str(tmp_path), "is a folder"),
                ("'open quote", "No closing quotation"),
                ("", "no file is named"),
            ):
                await looked_at(app, pilot, text)
                assert said in shown(app)
                assert app.screen.query_one(Input).value == text
                await pilot.press("escape")
            await looked_at(app, pilot, tmp_path / "binary.jsonl")
            assert "is binary" in shown(app) or "NUL" in shown(app)
            await pilot.press("escape")
            await looked_at(app, pilot, raw)
            assert "plain text (only `text`) cannot teach a chat model" in shown(app)
            await pilot.press("y", "escape")
            await looked_at(app, pilot, rows)
            await pilot.press("n")
            assert isinstance(app.screen, DataScreen)

    played(scene)
    assert project.data_version() is None


def test_hostile_files_are_shown_as_safe_text(project: Project, tmp_path: Path) -> None:
    rows: list[Any] = [chat(f"Hello {ATTACK}{number}", ATTACK + "yes", **{ATTACK: ATTACK}) for number in range(4)]
    call = {"function": {"name": ATTACK, "arguments": json.dumps({ATTACK: ATTACK})}}
    rows += [
        {
            "messages": [{**ASK, "name": ATTACK}, {"role": "assistant", "tool_calls": [call]}],
            "tools": [{"name": ATTACK}],
        },
        {"messages": [{"role": ATTACK, "content": "x"}]},
        {"messages": [ASK, ASK, {**ANSWER, ATTACK: 1}]},
        chat(SECRET, "Mine."),
    ]
    path = written(tmp_path / f"rows{ATTACK.replace('/', '').replace('[', '')}.jsonl", rows)
    (tmp_path / "odd.csv").write_text(f"{ATTACK},b\n{ATTACK},{ATTACK}\n", encoding="utf-8")
    seen: list[str] = []

    async def scene() -> None:
        async with wizard(project, "data") as (app, pilot):
            for file, keys in (
                (path, ("right", "p", "escape", "f", "escape", "r", "escape", "c", "down", "escape")),
                (tmp_path / "odd.csv", ("c", "enter", "escape", "p", "f", "escape")),
            ):
                await found_in(app, pilot, file)
                for key in keys:
                    seen.append(shown(app))
                    await pilot.press(key)
                    await pilot.pause()
                seen.append(shown(app))
                await pilot.press("escape")

    played(scene)
    text = "".join(seen)
    assert "Hello" in text
    assert "unknown speakers" in text
    assert SECRET not in text
    assert not [character for character in "\x1b\x9b\x07\u202e" if character in text]


def test_every_dialog_survives_a_tiny_terminal(project: Project, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.jsonl", [*ROWS, {"messages": [ASK, ASK, ANSWER]}])

    async def scene() -> None:
        async with wizard(project, "data", size=(20, 5)) as (app, pilot):
            await found_in(app, pilot, path)
            for key in ("right", "r", "down", "enter", "escape", "f", "end", "escape", "c", "escape", "p", "escape"):
                await pilot.press(key)
                await pilot.pause()
            assert isinstance(app.screen, Confirm)

    played(scene)
