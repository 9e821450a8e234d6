"""The README's road, typed as it stands."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_road_by_hand_is_as_the_readme_says(tmp_path: Path) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    commands = [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]
    script = "set -euo pipefail\n" + "\n".join(c.replace(" ; test", " || test") for c in commands)
    script = script.replace("tunewright ", f'"{sys.executable}" -m engine.cli ')
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "the chain is whole" in done.stdout
    assert "Traceback" not in done.stderr


def test_every_command_that_the_readme_names_exists() -> None:
    from engine.cli import parser

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\$ tunewright (\w+)", text, flags=re.MULTILINE))
    help_text = parser().format_help()
    assert named and all(f"\n    {name} " in help_text for name in named)
