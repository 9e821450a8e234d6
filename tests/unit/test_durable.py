from pathlib import Path

import pytest

from engine.durable import append_line, read_json, read_lines, write_atomic, write_json
from engine.errors import DataError, ResourceError

FULL = Path("/dev/full")


def test_a_written_file_is_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a" / "file", b"one")
    write_atomic(tmp_path / "a" / "file", b"two")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["file"]
    assert (tmp_path / "a" / "file").read_bytes() == b"two"


def test_a_line_torn_by_a_crash_costs_only_itself(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    append_line(log, {"n": 1})
    with open(log, "ab") as file:
        file.write(b'{"n": 2, "to')
    assert [line for _, line in read_lines(log)] == [{"n": 1}]
    append_line(log, {"n": 3})
    assert [line for _, line in read_lines(log)] == [{"n": 1}, {"n": 3}]


def test_reading_goes_on_from_an_offset(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    append_line(log, {"n": 1})
    [(offset, _)] = read_lines(log)
    append_line(log, {"n": 2})
    assert [line for _, line in read_lines(log, offset)] == [{"n": 2}]


def test_a_full_disk_is_said_with_a_hint() -> None:
    with pytest.raises(ResourceError, match="the disk is full") as caught:
        append_line(FULL, {"n": 1})
    assert "free some space" in caught.value.hint


def test_a_file_that_is_not_json_is_named(tmp_path: Path) -> None:
    write_json(tmp_path / "good.json", {"a": 1})
    assert read_json(tmp_path / "good.json") == {"a": 1}
    (tmp_path / "bad.json").write_bytes(b'{"a": ')
    with pytest.raises(DataError) as caught:
        read_json(tmp_path / "bad.json")
    assert caught.value.where == str(tmp_path / "bad.json")
