"""Real files, where they lie beside the checkout: each is imported by its format, and one is trained on for a bit."""

import json
import os
from pathlib import Path

import pytest

from engine.cli import main
from engine.data.rows import parse_row
from engine.data.versions import open_version
from engine.project import Project
from tests.journey.command import document, tunewright

FOLDER = Path(os.environ.get("TUNEWRIGHT_REALDATA", Path(__file__).parents[3] / "shared" / "realdata"))
ALPACA = FOLDER / "llamafactory" / "alpaca_en_demo.json"
needs_realdata = pytest.mark.skipif(not ALPACA.exists(), reason="real data is not part of the project")


@needs_realdata
@pytest.mark.parametrize(
    ("file", "form", "rows", "kind", "warned"),
    [
        ("axolotl/alpaca.json", "alpaca", 2, "sft", {}),
        ("axolotl/conversation.json", "sharegpt", 1, "sft", {}),
        ("openai_cookbook/toy_chat_fine_tuning.jsonl", "chat", 5, "sft", {"no-user": 1}),
        ("llamafactory/identity.json", "alpaca", 91, "sft", {"placeholder": 85}),
        ("llamafactory/dpo_en_demo.json", "preference", 300, "preference", {}),
        ("llamafactory/kto_en_demo.json", "judged", 300, "judged", {}),
        ("llamafactory/v1_sft_demo.jsonl", "llamafactory", 500, "sft", {}),
        ("llamafactory/reason_tool_use_demo_50.jsonl", "llamafactory", 50, "sft", {"reasoning-kept": 50}),
    ],
)
def test_every_real_file_is_imported_whole_in_its_format(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    file: str,
    form: str,
    rows: int,
    kind: str,
    warned: dict[str, int],
) -> None:
    project = Project.create(tmp_path / "project")
    # The command itself, in this process: what is asked here is asked of formats, and eight starts would prove nothing.
    assert main(["data", "import", str(FOLDER / file), "--yes", "--json", "--project", str(project.root)]) == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["rows"], made["left_out"]) == (rows, 0)
    found = {problem["rule"]: problem["rows"] for problem in made["problems"]}
    assert found.items() >= warned.items()
    version = open_version(project.data / "v1")
    assert version.manifest["sources"][0]["format"] == form
    assert {row.kind for row in version.rows()} == {kind}
    assert all(parse_row(row.to_json() + b"\n") == row for row in version.rows())


@needs_realdata
@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("c4_demo.jsonl", "plain text (only `text`) cannot teach a chat model"),
        ("dataset_info.json", "dataset_info.json"),
    ],
)
def test_what_is_no_training_data_is_refused_with_the_reason(tmp_path: Path, file: str, said: str) -> None:
    project = Project.create(tmp_path / "project")
    refused = tunewright("data", "import", FOLDER / "llamafactory" / file, "--yes", cwd=project.root, code=3)
    assert said in refused.stderr and "hint: " in refused.stderr
    assert project.data_version() is None


@needs_realdata
def test_twenty_steps_on_a_real_instruction_set(tmp_path: Path) -> None:
    report = document("data", "check", ALPACA)
    assert report["format"] == "alpaca" and report["rows"] == {"read": 999, "valid": 999, "invalid": 0}
    assert report["duplicates"]["exact"] == 14
    here = tmp_path / "project"
    tunewright("new", here)
    tunewright("data", "import", ALPACA, "--yes", cwd=here)
    tunewright("data", "clean", "--drop", "duplicates", cwd=here)
    assert document("data", "split", cwd=here)["proof"]["passed"]
    # Validated twice, not ten times as by default: 99 rows of 256 tokens take as long as four steps.
    document("plan", "--set", "max_steps=20", "--set", "eval_every=10", cwd=here)
    blocked = tunewright("train", cwd=here, code=7)
    for line in ("decide verdict", "review reviewed", "where destination", "where consent", "baseline measured"):
        assert line in blocked.stderr
        tunewright("waive", *line.split(), "--reason", "trying real data", cwd=here)
    for item in ("pii",):
        tunewright("waive", "data", item, "--reason", "a public set", cwd=here)
    tunewright("train", "--follow", cwd=here)
    [run] = document("runs", cwd=here)["runs"]
    assert (run["state"], run["step"]) == ("finished", 20)
