"""Files to records: places, limits, and what is refused."""

import json
import os
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data.jsontext import dumps, parse
from engine.data.read import records
from engine.data.records import MAX_RECORD
from engine.errors import DataError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
ROWS = st.lists(st.dictionaries(st.text(), JSON, max_size=4), min_size=1, max_size=8)


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rules(path: Path) -> list[str]:
    return [problem.rule for record in records(path) for problem in record.problems]


def same(one: Any, other: Any) -> bool:
    """Equal, and of equal types: 1 is not 1.0."""
    return json.dumps(one) == json.dumps(other)


@given(ROWS, st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]), st.booleans())
def test_jsonl_records_come_back_with_their_places(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], separators: tuple[str, str], ascii_only: bool
) -> None:
    text = [json.dumps(row, separators=separators, ensure_ascii=ascii_only) for row in rows]
    path = written(tmp_path_factory.mktemp("jsonl"), "rows.jsonl", "\n\n".join(text))
    found = list(records(path))
    assert same([record.value for record in found], rows)
    assert not [record.problems for record in found if record.problems]
    content = path.read_bytes()
    for record, line in zip(found, text, strict=True):
        assert content[record.place.byte :].startswith(line.encode())
        assert record.place.line == content[: record.place.byte].count(b"\n") + 1


WRAPPED = '{{"version": {{"a": [1]}}, "data": {}, "license": "x"}}'


@given(ROWS, st.sampled_from([None, 1]), st.sampled_from(["{}", WRAPPED]))
def test_json_arrays_and_wrappers_hold_the_same_records(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]], indent: int | None, wrapper: str
) -> None:
    text = wrapper.format(json.dumps(rows, indent=indent))
    path = written(tmp_path_factory.mktemp("json"), "rows.json", text)
    found = list(records(path))
    assert same([record.value for record in found], rows)
    for record in found:
        assert text.encode()[record.place.byte : record.place.byte + 1] == b"{"
        assert record.place.line == text.encode()[: record.place.byte].count(b"\n") + 1


@given(JSON)
def test_values_survive_writing_and_parsing(value: Any) -> None:
    assert same(parse(dumps(value)).value, value)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_value_or_a_problem(text: bytes) -> None:
    parsed = parse(text)
    try:
        json.loads(text.decode("utf-8"), parse_constant=lambda name: 1 / 0)
        legal = True
    except (ValueError, ZeroDivisionError):
        legal = False
    syntax = {"json-syntax", "encoding"} & {problem.rule for problem in parsed.problems}
    assert bool(syntax) != legal


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('{"a": 1, "a": 2}', "duplicate-key"),
        ('{"\\u0061": 1, "a": 2}', "duplicate-key"),
        ('{"a" : 1, "b": {"c" : 1, "c" : 1}}', "duplicate-key"),
        ('{"a" : 1, "b": 2, "b": 3}', "duplicate-key"),
        ('{"say": "\\u0022:", "a": 1, "a": 1}', "duplicate-key"),
        ('{"say": "\\"\\u003a", "a": 1, "a": 1}', "duplicate-key"),
        ('{"say": "\\"\\u003A", "a": 1, "a": 1}', "duplicate-key"),
        ('{"a": "\\ud800"}', "lone-surrogate"),
        ('{"a": NaN}', "json-syntax"),
        ('{"a": -Infinity}', "json-syntax"),
        ('{"a": 1e400}', "json-number"),
        ('{"a": ' + "9" * 5000 + "}", "json-number"),
        ("[" * 65 + "]" * 65, "json-depth"),
        ("[" * 100_000, "json-depth"),
        ("{'a': 1}", "json-syntax"),
        ('{"a": 1,}', "json-syntax"),
        ('{"a": 1} x', "json-syntax"),
    ],
)
def test_what_a_strict_reader_refuses(text: str, rule: str) -> None:
    value, problems = parse(text.encode())
    assert value is None
    assert [problem.rule for problem in problems] == [rule]


def test_large_integers_keep_their_digits() -> None:
    text = b'{"id":123456789012345678901234567890,"n":[-18446744073709551617]}'
    assert dumps(parse(text).value) == text


def test_a_bad_row_is_a_problem_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.jsonl", b'{"a": 1}\r\n{"a": \xff}\n{"a": \n  \n{"a": "\xe2\x80\xa8"}')
    found = list(records(path))
    assert [record.place.line for record in found] == [1, 2, 3, 5]
    assert [[p.rule for p in record.problems] for record in found] == [[], ["encoding"], ["json-syntax"], []]
    assert "byte 6" in found[1].problems[0].message
    assert found[3].value == {"a": "\u2028"}


def test_a_line_of_100_mb_is_a_problem_and_not_memory(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with open(path, "wb") as file:
        file.write(b'{"a": "')
        for _ in range(100):
            file.write(b"x" * 2**20)
        file.write(b'"}\n{"a": 1}\n')
    tracemalloc.start()
    found = list(records(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [[p.rule for p in record.problems] for record in found] == [["record-too-long"], []]
    assert found[1].place.line == 2
    assert peak < 4 * MAX_RECORD


@pytest.mark.parametrize("name", ["rows.json", "rows.csv"])
def test_an_endless_element_is_a_problem_and_not_memory(tmp_path: Path, name: str) -> None:
    start = b'[{"a": 1}, {"a": "' if name.endswith("json") else b'a\n1\n"'
    path = written(tmp_path, name, start + (b"x" * 1023 + b"\n") * (20 * 2**10))
    assert rules(path)[0] == "record-too-long"


@pytest.mark.parametrize(
    ("text", "values", "message"),
    [
        ('[{"a": 1}, {"a": 2]', [{"a": 1}], "line 1"),
        ('[{"a": 1},\n {"a": 2}', [{"a": 1}, {"a": 2}], "']' at the end"),
        ('[{"a": 1}, ]', [{"a": 1}], "a comma stands before the closing bracket"),
        ('[{"a": 1}] "b"', [{"a": 1}], "follows the end"),
        ('{"a": 1},\n{"a": 2}', [{"a": 1}], "a comma stands between two records"),
        ("[] []", [], "follows the end"),
        ('{"data": [{"a": 1}], "b"}', [{"a": 1}], "':'"),
        ('{"data": [{"a": 1}], }', [{"a": 1}], "expected a key"),
        ("[-01]", [0], "']'"),
    ],
)
def test_a_broken_document_gives_what_stands_before_the_break(
    tmp_path: Path, text: str, values: list[Any], message: str
) -> None:
    found = list(records(written(tmp_path, "rows.json", text)))
    assert [record.value for record in found[:-1]] == values
    assert message in found[-1].problems[0].message
    assert found[-1].problems[0].rule == "json-syntax"


def test_a_number_is_whole_where_the_window_ends(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.json", b"[" + b" " * (2**20 - 3) + b"1234, 5]")
    assert [(record.value, record.place.byte) for record in records(path)] == [(1234, 2**20 - 2), (5, 2**20 + 4)]


def test_json_lines_in_a_json_file_and_a_single_object(tmp_path: Path) -> None:
    lines = written(tmp_path, "lines.json", '{"a": 1}\n{"a": 2}\n')
    assert [record.value for record in records(lines)] == [{"a": 1}, {"a": 2}]
    single = written(tmp_path, "one.json", '{\n "messages": [{"role": "user"}]\n}\n')
    assert [record.value for record in records(single)] == [{"messages": [{"role": "user"}]}]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"))


@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=6), st.sampled_from([",", ";", "\t"]))
def test_csv_cells_come_back_as_text(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str
) -> None:
    def line(cells: list[str]) -> str:
        return delimiter.join('"' + cell.replace('"', '""') + '"' for cell in cells)

    text = "\n".join([line(["one", "two", "three"]), *map(line, rows)])
    path = written(tmp_path_factory.mktemp("csv"), "rows.csv", b"\xef\xbb\xbf" + text.encode())
    found = list(records(path))
    assert [list(record.value.values()) for record in found] == rows
    content = path.read_bytes()
    for record, cells in zip(found, rows, strict=True):
        assert content[record.place.byte :].startswith(line(cells).encode())


def test_csv_keeps_values_and_reports_rows_that_do_not_fit(tmp_path: Path) -> None:
    text = b'a;b\n007;NA\n"x\ny";1e5\nonly\n\nnull;\xff\n"open;1\n'
    found = list(records(written(tmp_path, "rows.csv", text)))
    assert [record.place.line for record in found] == [2, 3, 5, 7, 8]
    assert [record.value for record in found[:2]] == [{"a": "007", "b": "NA"}, {"a": "x\ny", "b": "1e5"}]
    assert rules(tmp_path / "rows.csv") == ["csv-cells", "encoding", "csv-syntax"]


@pytest.mark.parametrize("header", ["a,a\n1,2", ",,\n1,2,3", "a,,\n1,2,3", '"a,b\n1,2', "a,b,b\n"])
def test_a_header_that_names_nothing_is_refused(tmp_path: Path, header: str) -> None:
    with pytest.raises(DataError, match="header"):
        list(records(written(tmp_path, "rows.csv", header)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"\xff\xfe \0", "empty"),
        (b"\x1f\x8b\x08\x00", "gzip data is broken"),
        (b"PK\x03\x04....", "zip data is broken"),
        (b'{"a": 1}\0', "binary"),
    ],
)
def test_files_that_are_not_text_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        list(records(written(tmp_path, "rows.jsonl", content)))


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    target = written(tmp_path, "rows.jsonl", "{}")
    (tmp_path / "link").symlink_to(target)
    refused = {"pipe": "not a regular file", "link": "symbolic link", "none": "no such file", ".": "a folder"}
    for name, message in refused.items():
        with pytest.raises(DataError, match=message):
            list(records(tmp_path / name))
    with pytest.raises(DataError, match="not a regular file"):
        list(records(Path("/dev/null")))
