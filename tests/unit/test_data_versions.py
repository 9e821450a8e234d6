"""Versions on disk: whole or not there, opened by offset."""

import errno
import os
import struct
from pathlib import Path

import pytest

from engine.data.rows import Row
from engine.data.versions import Version, latest_with, open_version, writing
from engine.errors import DataError, ResourceError


def row(number: int, **meta: object) -> Row:
    messages = [{"role": "user", "content": f"q {number}\u2028\n"}, {"role": "assistant", "content": "a" * number}]
    return Row(f"{number:032x}", messages, {"n": number, **meta}, {"file": "f", "line": number, "byte": 0}, ["import"])


def make(data: Path, rows: list[Row]) -> Version:
    with writing(data) as writer:
        for one in rows:
            writer.add(one)
        writer.finish({"parent": None, "step": "import"})
    return open_version(data / writer.name)


def test_rows_come_back_by_number_and_in_order(tmp_path: Path) -> None:
    rows = [row(number, big=10**30 + number) for number in range(20)]
    rows[3] = rows[3].placed("g", "test")
    version = make(tmp_path / "data", rows)
    assert len(version) == 20
    assert [version.row(number) for number in (19, 0, 3)] == [rows[19], rows[0], rows[3]]
    assert list(version.rows()) == rows
    assert list(version.rows("test")) == [rows[3]]
    assert version.row(3).steps == ["import", "split"]
    with pytest.raises(IndexError):
        version.row(20)


def test_the_index_is_little_endian_offsets(tmp_path: Path) -> None:
    version = make(tmp_path, [row(number) for number in range(3)])
    content = (version.folder / "rows.jsonl").read_bytes()
    offsets = struct.unpack("<3Q", (version.folder / "rows.idx").read_bytes())
    assert [content[offset : offset + 7] for offset in offsets] == [b'{"id":"'] * 3
    assert content.count(b"\n") == 3


def test_opening_a_row_reads_no_more_when_there_are_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes read from both files for one row, at 10 rows and at 5,000."""
    read: list[int] = []
    for count in (10, 5000):
        version = make(tmp_path, [row(5) for _ in range(count)])
        before = _bytes_read()
        version.row(count - 1)
        read.append(_bytes_read() - before)
    assert read[1] <= read[0] + 16_384


def _bytes_read() -> int:
    for line in Path("/proc/self/io").read_text(encoding="ascii").splitlines():
        if line.startswith("rchar:"):
            return int(line.split()[1])
    raise AssertionError("no rchar")


def test_names_count_up_and_nothing_is_overwritten(tmp_path: Path) -> None:
    names = [make(tmp_path, [row(1)]).name for _ in range(3)]
    assert names == ["v1", "v2", "v3"]
    assert latest_with(tmp_path, "groups.txt") is None
    (tmp_path / "v2" / "groups.txt").touch()
    assert latest_with(tmp_path, "groups.txt") == tmp_path / "v2"


def test_what_fails_leaves_no_version_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), writing(tmp_path) as writer:
        writer.add(row(1))
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_a_killed_import_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".v1.tmp").mkdir()
    (tmp_path / ".v1.tmp" / "rows.jsonl").write_text("torn", encoding="utf-8")
    assert make(tmp_path, [row(1)]).name == "v1"
    assert [path.name for path in tmp_path.iterdir()] == ["v1"]


def test_a_full_disk_is_an_error_with_a_hint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(ResourceError, match="disk is full"):
        make(tmp_path, [row(1)])
    assert list(tmp_path.iterdir()) == []


def test_damage_is_said_with_its_place(tmp_path: Path) -> None:
    version = make(tmp_path, [row(1), row(2)])
    rows = version.folder / "rows.jsonl"
    rows.write_bytes(rows.read_bytes()[:-10])
    with pytest.raises(DataError, match=r"rows.jsonl:2: the row is damaged"):
        version.row(1)
    with pytest.raises(DataError, match=r"rows.jsonl has \d+ bytes where \d+ were written"):
        open_version(version.folder)
    (version.folder / "rows.jsonl").unlink()
    with pytest.raises(DataError, match=r"rows.jsonl is missing"):
        open_version(version.folder)
    (version.folder / "manifest.json").write_text("[]", encoding="utf-8")
    with pytest.raises(DataError, match="not the manifest"):
        open_version(version.folder)
    with pytest.raises(DataError, match="no data version v9"):
        open_version(tmp_path / "v9")
