"""The rules of the wizard's house: one way from text to the screen, nothing heavy in its process."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.app import App
from textual.events import Paste

import tui
from tests.tui.pilot import played
from tui.screens.edit import AnswerBox, EditScreen
from tui.widgets.typed import TypedLine

HEAVY = ("torch", "transformers", "peft", "trl", "accelerate", "datasets", "bitsandbytes", "pandas", "numpy")
MODULES = sorted(Path(tui.__file__).parent.rglob("*.py"))
PAINTERS = {"painted.py", "curve.py", "difference.py"}
"""They make strips: painted.py of text that has passed safe_text, curve.py of numbers; difference.py sends strips."""
BOXES = {("typed.py", "Input"), ("typed.py", "TextArea"), ("edit.py", "TextArea")}
"""Textual's own that a person types into, and the only files that may name them."""
RAW = {"rich.text", "rich.segment", "rich.markup", "rich.console", "textual.content", "textual.strip", "textual.visual"}


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """(module, name) of every import of a file, whole modules with an empty name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_no_screen_hands_raw_text_to_a_widget(path: Path) -> None:
    for module, name in imports(path):
        assert module not in RAW or name == "RenderableType" or path.name in PAINTERS, (
            f"{module} in {path.name}: give rows to Painted"
        )
        assert module != "textual.widgets" or (path.name, name) in BOXES, f"{name} in {path.name}: paint with Painted"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in ("notify", "panic"), f"{path.name}:{node.lineno} shows text by itself"


def test_what_a_box_begins_with_and_what_is_pasted_into_it_is_safe() -> None:
    evil = "a\x1b]0;x\x07\x9b31m\u202eb"

    async def scene() -> None:
        app = App[None]()
        async with app.run_test() as pilot:
            line = TypedLine(evil)
            await app.mount(line)
            app.push_screen(EditScreen(evil, lambda _: None))
            await pilot.pause()
            answer = app.screen.query_one(AnswerBox)
            for box in (line, answer):
                box.post_message(Paste(evil))
            await pilot.pause()
            for text in (line.value, answer.text):
                assert text.startswith("a") and text.endswith("b") and text.count("a") > 1
                assert not set("\x1b\x07\x9b\u202e") & set(text)

    played(scene)


def test_the_wizard_loads_nothing_heavy_with_all_its_screens() -> None:
    names = ["tui.app", *(f"tui.screens.{path.stem}" for path in MODULES if path.parent.name == "screens")]
    script = f"import importlib, sys\nfor name in {names}: importlib.import_module(name)\n"
    script += f"print(sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["status", "--help"], ["review", "--plain", "--help"]]
)
def test_commands_import_no_textual(arguments: list[str]) -> None:
    script = (
        "import sys\nfrom tui.__main__ import main\n"
        f"try:\n    main({arguments})\nexcept SystemExit:\n    pass\n"
        "print('textual' in sys.modules, 'numpy' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stderr.strip().endswith("False False"), done.stderr


def test_nothing_below_the_screens_knows_a_screen() -> None:
    for path in MODULES:
        if path.parent.name == "widgets":
            assert not [module for module, _ in imports(path) if module.startswith(("tui.screens", "tui.app"))], (
                path.name
            )
