"""Files that a person names as texts: nothing waits for a pipe, and nothing reads a device for ever."""

import os
from pathlib import Path

import pytest

from engine import cli
from engine.errors import UsageError
from engine.project import Project
from engine.short_file import LONGEST, read_short


def test_a_text_is_read_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "text").write_bytes(b"x" * LONGEST)
    (tmp_path / "link").symlink_to("text")
    assert len(read_short(tmp_path / "link")) == LONGEST


@pytest.mark.parametrize(
    "words",
    [
        ["review", "guideline", "--set"],
        ["data", "look", "rows.jsonl", "--mapping"],
        ["decide", "--answers"],
    ],
)
def test_pipes_devices_folders_and_endless_files_are_refused(tmp_path: Path, words: list[str]) -> None:
    project = Project.create(tmp_path / "project")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "long").write_bytes(b"x" * (LONGEST + 1))
    for name in ("pipe", "long", ".", "missing"):
        assert cli.main([*words, str(tmp_path / name), "--project", str(project.root)]) in (2, 5)
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path / "long"):
        with pytest.raises(UsageError, match=r"not a regular file|longer than"):
            read_short(path)
