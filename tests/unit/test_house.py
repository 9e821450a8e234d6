"""The rules of the house that a static graph cannot prove: what importing a module really loads."""

import ast
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import engine

HEAVY = ("torch", "transformers", "peft", "trl", "accelerate", "datasets", "bitsandbytes", "pandas", "textual")
MODULES = [
    module.name
    for module in pkgutil.walk_packages(engine.__path__, "engine.")
    if not module.name.startswith("engine.worker")
]
SHOW = """
import importlib, sys
for name in sys.argv[2:]:
    importlib.import_module(name)
print(sorted(set(sys.argv[1].split()) & set(sys.modules)))
"""


def test_the_engine_outside_the_worker_loads_no_model_library_and_no_screen() -> None:
    shown = subprocess.run([sys.executable, "-c", SHOW, " ".join(HEAVY), *MODULES], capture_output=True, text=True)
    assert shown.stdout.strip() == "[]", shown.stderr


@pytest.mark.parametrize("module", ["engine.runs.supervisor", "engine.runs.watch"])
def test_the_supervisor_and_the_reader_of_runs_stay_light(module: str) -> None:
    shown = subprocess.run(
        [sys.executable, "-c", SHOW, "numpy rich tokenizers re2", module], capture_output=True, text=True
    )
    assert shown.stdout.strip() == "[]", shown.stderr


def test_every_command_has_a_module_that_imports_nothing_but_the_parser() -> None:
    standard = {"argparse", "collections.abc", "math", "pathlib", "time", "typing"}
    shared = {"engine.commands.answers", "engine.commands.baseline", "engine.commands.data_reading"}
    allowed = standard | shared | {"engine.errors"}
    for path in sorted((Path(engine.__file__).parent / "commands").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if not any(isinstance(node, ast.FunctionDef) and node.name == "add" for node in tree.body):
            continue
        top = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {alias.name for node in top if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in top if isinstance(node, ast.ImportFrom)}
        assert names <= allowed, path.name
