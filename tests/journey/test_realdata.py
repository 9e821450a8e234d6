"""Twenty steps of the built-in model on a real instruction set, where such files lie beside the checkout."""

import os
from pathlib import Path

import pytest

from tests.journey.command import document, tunewright

FOLDER = Path(os.environ.get("TUNEWRIGHT_REALDATA", Path(__file__).parents[3] / "shared" / "realdata"))
ALPACA = FOLDER / "llamafactory" / "alpaca_en_demo.json"


@pytest.mark.skipif(not ALPACA.exists(), reason="real data is not part of the project")
def test_twenty_steps_on_a_real_instruction_set(tmp_path: Path) -> None:
    report = document("data", "check", ALPACA)
    assert report["format"] == "alpaca" and report["rows"] == {"read": 999, "valid": 999, "invalid": 0}
    assert report["duplicates"]["exact"] == 14
    here = tmp_path / "project"
    tunewright("new", here)
    tunewright("data", "import", ALPACA, "--yes", cwd=here)
    tunewright("data", "clean", "--drop", "duplicates", cwd=here)
    assert document("data", "split", cwd=here)["proof"]["passed"]
    document("plan", "--set", "max_steps=20", cwd=here)
    blocked = tunewright("train", cwd=here, code=7)
    for line in ("decide verdict", "review reviewed", "where destination", "baseline measured"):
        assert line in blocked.stderr
        tunewright("waive", *line.split(), "--reason", "trying real data", cwd=here)
    for item in ("pii",):
        tunewright("waive", "data", item, "--reason", "a public set", cwd=here)
    tunewright("train", "--follow", cwd=here)
    [run] = document("runs", cwd=here)["runs"]
    assert (run["state"], run["step"]) == ("finished", 20)
