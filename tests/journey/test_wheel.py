"""The wheel, installed into an empty folder, works from anywhere: model, sample and code included."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOOK = """
import engine, sys
from engine.demo import SAMPLE
from engine.model import BUILT_IN, inspect_model
assert engine.__file__.startswith(sys.argv[1]), engine.__file__
assert str(BUILT_IN).startswith(sys.argv[1]) and str(SAMPLE).startswith(sys.argv[1])
assert inspect_model(BUILT_IN, require_template=True).card
assert all((SAMPLE / name).is_file() for name in ("tickets.csv", "tickets.jsonl", "mapping.toml", "answers.toml"))
"""


def test_an_installed_wheel_finds_all_its_parts(tmp_path: Path) -> None:
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    wheel = ["wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", str(tmp_path), str(ROOT)]
    subprocess.run([*pip, *wheel], check=True, capture_output=True)
    [built] = tmp_path.glob("tunewright-*.whl")
    target = tmp_path / "installed"
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", str(target), str(built)], check=True)
    environment = {**os.environ, "PYTHONPATH": str(target)}
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    subprocess.run([sys.executable, "-c", LOOK, str(target)], cwd=elsewhere, env=environment, check=True)
    command = target / "bin" / "tunewright"
    run = subprocess.run([sys.executable, str(command), "decide"], cwd=elsewhere, env=environment, capture_output=True)
    assert run.returncode == 0 and b"Would two experts" in run.stdout
