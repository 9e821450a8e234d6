"""Files written and commands run in this process."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main


def written(folder: Path, rows: list[Any], name: str = "rows.jsonl") -> Path:
    """A file with a row a line; a text stands there as it is."""
    path = folder / name
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(*words: object) -> int:
    """The exit code of a command."""
    return main([str(word) for word in words])


def document(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    """What a command prints with --json; a file may be found wanting."""
    assert run(*words, "--json") in (0, 3)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found
