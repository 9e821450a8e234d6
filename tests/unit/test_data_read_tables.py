"""Excel and Parquet: every value as it stands, what cannot be kept said."""

import datetime
import decimal
import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet
from pyarrow import parquet

from engine import extras
from engine.data.apart import records_apart
from engine.data.read import recognised_as, records
from engine.data.read_excel import excel_records
from engine.data.read_parquet import parquet_records
from engine.data.records import How, Record, no_progress
from engine.errors import ChoiceNeeded, DataError, MissingDependencyError


def workbook(path: Path, *rows: list[Any], change: Callable[[Worksheet], None] = lambda sheet: None) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    change(sheet)
    book.save(path)
    return path


def rewritten(path: Path, part: str, old: str, new: str) -> Path:
    """The same workbook with `old` replaced in one of its parts, as another program might have written it."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in parts[part]
    parts[part] = parts[part].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def read_excel(path: Path, sheet: str | None = None) -> list[Record]:
    """In this process: the one of its own is tested apart."""
    with open(path, "rb") as file:
        return list(excel_records(file, path.name, sheet, no_progress))


def test_excel_values_are_texts_as_they_stand(tmp_path: Path) -> None:
    day, moment = datetime.date(2024, 1, 2), datetime.datetime(2024, 1, 2, 3, 4, 5)
    row = ["007", "NA", 5, 0.1, 1e22, True, day, moment, datetime.time(3, 4), datetime.timedelta(hours=30), " x\ny "]
    path = workbook(tmp_path / "rows.xlsx", [f"c{at}" for at in range(len(row))], row)
    texts = ["007", "NA", "5", "0.1", "1e+22", "TRUE", "2024-01-02", "2024-01-02T03:04:05", "03:04:00", "30:00:00"]
    [record] = records(path)
    assert list(record.value.values()) == [*texts, " x\ny "]
    assert (record.place.line, record.place.byte, record.problems) == (2, 0, ())
    assert recognised_as(path) == {}


def test_thirty_digits_stay_as_the_file_has_them(tmp_path: Path) -> None:
    digits = "123456789012345678901234567890"
    path = workbook(tmp_path / "rows.xlsx", ["id", "text", "n"], [4711, digits, 12])
    rewritten(path, SHEET, "<v>4711</v>", f"<v>{digits}</v>")
    assert read_excel(path)[0].value == {"id": digits, "text": digits, "n": "12"}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(st.text(st.characters(min_codepoint=32, codec="utf-8")), min_size=2, max_size=2), max_size=4))
def test_excel_texts_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]) -> None:
    # To the library that writes, = begins a formula and spaces alone are nothing; U+FFFE and U+FFFF are no XML.
    texts = [["".join(c for c in cell if c not in "\ufffe\uffff\x7f").lstrip("=") for cell in row] for row in rows]
    clean = [[cell if cell.strip(" ") else "" for cell in row] for row in texts]
    path = workbook(tmp_path_factory.mktemp("excel") / "rows.xlsx", ["one", "two"], *clean)
    found = [list(record.value.values()) for record in read_excel(path)]
    assert found == [row for row in clean if any(row)]


def test_formulas_that_were_never_computed_are_told(tmp_path: Path) -> None:
    path = workbook(tmp_path / "rows.xlsx", ["a", "b"], ["x", "=1+1"], ["y", 3])
    first, second = read_excel(path)
    assert first.value == {"a": "x", "b": ""}
    [problem] = first.problems
    assert (problem.rule, problem.severity) == ("formula-without-value", "warning")
    assert "B2" in problem.message
    assert not second.problems


def test_merged_cells_are_told(tmp_path: Path) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("A2:A3")

    path = workbook(tmp_path / "rows.xlsx", ["a", "b"], ["x", 1], [None, 2], ["z", 3], change=merge)
    assert [[one.rule for one in record.problems] for record in read_excel(path)] == [
        ["merged-cells"],
        ["merged-cells"],
        [],
    ]


def test_rows_keep_their_numbers_in_the_sheet(tmp_path: Path) -> None:
    path = workbook(tmp_path / "rows.xlsx", [], [], [None, "a", "b"], [], [None, "x", 1], [None, "y"])
    found = read_excel(path)
    assert [(record.place.line, record.value) for record in found] == [
        (5, {"a": "x", "b": "1"}),
        (6, {"a": "y", "b": ""}),
    ]


def test_a_row_longer_than_the_header(tmp_path: Path) -> None:
    found = read_excel(workbook(tmp_path / "rows.xlsx", ["a", "b"], ["x", "y", "z"], ["x", "y"]))
    assert [[one.rule for one in record.problems] for record in found] == [["excel-cells"], []]


def test_several_sheets_are_asked(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a"])
    book.active.append(["x"])
    path = tmp_path / "rows.xlsx"
    book.create_sheet("Empty")
    book.save(path)
    assert read_excel(path)[0].value == {"a": "x"}
    for name, state in (("Hidden", "hidden"), ("Two; rm", "visible")):
        sheet = book.create_sheet(name)
        sheet.sheet_state = state
        sheet.append(["b"])
        sheet.append([name])
    book.save(path)
    with pytest.raises(ChoiceNeeded) as raised:
        list(records(path))
    assert raised.value.option == "sheet"
    assert raised.value.choices == ("Sheet", "Two; rm", "Hidden")
    assert [record.value for record in records(path, how=How(sheet="Two; rm"))] == [{"b": "Two; rm"}]
    for wrong in ("Three", "a\0b", "Empty"):
        with pytest.raises(DataError):
            list(records(path, how=How(sheet=wrong)))


def test_a_packed_workbook(tmp_path: Path) -> None:
    path = workbook(tmp_path / "rows.xlsx", ["a"], ["x"])
    packed = tmp_path / "rows.xlsx.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert [record.value for record in records(packed)] == [{"a": "x"}]
    assert recognised_as(packed) == {"packed": "gzip"}


def test_progress_of_a_workbook_ends_at_its_size(tmp_path: Path) -> None:
    path = workbook(tmp_path / "rows.xlsx", ["a"], *([str(number)] for number in range(50)))
    seen: list[int] = []
    assert len(list(records(path, seen.append))) == 50
    assert seen == sorted(seen) and seen[-1] == path.stat().st_size


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('<c r="A2"', '<c r="XFD1048576"', "reaches to cell XFD1048576"),
        ("<sheetData>", "<sheetData><row>", "broken"),
        ("<worksheet", '<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet', "declares entities"),
        ('<row r="2"', '<row r="x"', "broken"),
    ],
)
def test_hostile_sheets_are_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = rewritten(workbook(tmp_path / "rows.xlsx", ["a"], ["x"]), SHEET, old, new)
    with pytest.raises(DataError, match=message):
        read_excel(path)


def test_a_text_that_a_million_cells_repeat_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "rows.xlsx", ["a"])
    texts = f"<sst><si><t>{'x' * 2**20}</t></si></sst>"
    cells = '<row><c t="s"><v>0</v></c></row>' * 600
    rewritten(path, SHEET, "</sheetData>", f"{cells}</sheetData>")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/SharedStrings.xml", texts)
    with pytest.raises(DataError, match="512 MiB of text"):
        read_excel(path)


def bomb(declared: int | None) -> bytes:
    """A workbook with 30 MB of zeros in a part; its directory may declare another size."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/_rels/workbook.xml.rels", "<Relationships/>")
        archive.writestr("xl/media/image.bin", bytes(30 * 2**20))
    content = target.getvalue()
    size = (30 * 2**20).to_bytes(4, "little")
    return content if declared is None else content.replace(size, declared.to_bytes(4, "little"))


@pytest.mark.parametrize("declared", [None, 1000])
def test_a_zip_bomb_is_refused_by_its_declared_and_by_its_counted_size(tmp_path: Path, declared: int | None) -> None:
    path = tmp_path / "rows.xlsx"
    path.write_bytes(bomb(declared))
    with pytest.raises(DataError, match=r"200 times its size|broken"):
        read_excel(path)


def test_other_office_files_are_refused_by_name(tmp_path: Path) -> None:
    for part, message in (("content.xml", "OpenDocument"), ("xl/workbook.bin", "xlsb"), ("word/document.xml", "Word")):
        path = tmp_path / "rows.xlsx"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(part, "x")
            archive.writestr("mimetype", "x")
        with pytest.raises(DataError, match=message):
            list(records(path))


def table(path: Path, **columns: Any) -> Path:
    parquet.write_table(pyarrow.table(columns), path)
    return path


def read_parquet(path: Path) -> list[Record]:
    with open(path, "rb") as file:
        return list(parquet_records(file, path.name, no_progress))


def test_parquet_values_by_their_types(tmp_path: Path) -> None:
    messages = [
        [{"role": "user", "content": "hi", "tool_calls": None}],
        [{"role": "assistant", "content": None, "tool_calls": [{"id": "1", "args": {"city": "P", "unit": None}}]}],
    ]
    path = table(
        tmp_path / "rows.parquet",
        messages=messages,
        amount=[decimal.Decimal("12.50"), decimal.Decimal("-0.01")],
        moment=pyarrow.array([1704164645000000001, None], pyarrow.timestamp("ns", tz="UTC")),
        day=[datetime.date(2024, 1, 2), None],
        share=pyarrow.array([0.1, None], pyarrow.float32()),
        raw=[b"text", None],
        kind=pyarrow.array(["a", "b"]).dictionary_encode(),
        pairs=pyarrow.array([[("k", 1)], None], pyarrow.map_(pyarrow.string(), pyarrow.int32())),
        fixed=pyarrow.array([[1, 2], [3, 4]], pyarrow.list_(pyarrow.int8(), 2)),
        large=[2**63 - 1, -(2**63)],
        text=["007", "NA"],
    )
    first, second = records(path)
    assert not first.problems and not second.problems
    assert first.value == {
        "messages": [{"role": "user", "content": "hi"}],
        "amount": "12.50",
        "moment": "2024-01-02T03:04:05.000000001Z",
        "day": "2024-01-02",
        "share": 0.1,
        "raw": "text",
        "kind": "a",
        "pairs": {"k": 1},
        "fixed": [1, 2],
        "large": 2**63 - 1,
        "text": "007",
    }
    call = {"id": "1", "args": {"city": "P"}}
    assert second.value["messages"] == [{"role": "assistant", "tool_calls": [call]}]
    assert (second.value["amount"], second.value["day"], second.value["large"]) == ("-0.01", None, -(2**63))
    assert (second.place.line, second.place.byte) == (2, 0)


def test_what_json_cannot_hold_is_left_out_and_told(tmp_path: Path) -> None:
    pictures = [{"bytes": b"\xff\xd8", "path": "a"}, {"bytes": b"ok", "path": "b"}]
    path = table(tmp_path / "rows.parquet", q=["x", "y"], score=[float("nan"), 0.5], picture=pictures)
    first, second = read_parquet(path)
    assert first.value == {"q": "x", "score": None, "picture": {"path": "a"}}
    assert [(one.rule, one.severity) for one in first.problems] == [("value-left-out", "warning")] * 2
    assert second.value == {"q": "y", "score": 0.5, "picture": {"bytes": "ok", "path": "b"}}
    assert not second.problems


LEAF = st.none() | st.text() | st.integers(-(2**63), 2**63 - 1)
PARQUET_ROWS = st.lists(
    st.fixed_dictionaries({"a": st.text(), "b": st.lists(st.fixed_dictionaries({"x": st.none() | st.text()}))}),
    min_size=1,
    max_size=5,
)


@settings(max_examples=30, deadline=None)
@given(PARQUET_ROWS)
def test_parquet_texts_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]) -> None:
    path = tmp_path_factory.mktemp("parquet") / "rows.parquet"
    inner = pyarrow.list_(pyarrow.struct([("x", pyarrow.string())]))
    schema = pyarrow.schema([("a", pyarrow.string()), ("b", inner)])
    parquet.write_table(pyarrow.Table.from_pylist(rows, schema), path, row_group_size=2)
    bare = [{"a": row["a"], "b": [{k: v for k, v in one.items() if v is not None} for one in row["b"]]} for row in rows]
    assert [record.value for record in read_parquet(path)] == bare


def test_parquet_that_decodes_to_too_much_is_refused(tmp_path: Path) -> None:
    same = pyarrow.array(["x" * 100_000]).take(pyarrow.array([0] * 1000))
    with pytest.raises(DataError, match="200 times its size"):
        read_parquet(table(tmp_path / "rows.parquet", text=same))


def test_equal_columns_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    parquet.write_table(pyarrow.Table.from_arrays([pyarrow.array([1])] * 2, ["a", "a"]), path)
    with pytest.raises(DataError, match="'a' stands twice"):
        read_parquet(path)


def test_without_pyarrow_the_hint_is_the_pip_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "_version", lambda name: None)
    path = table(tmp_path / "rows.parquet", a=["x"])
    with pytest.raises(MissingDependencyError) as raised:
        read_parquet(path)
    assert raised.value.hint == 'pip install "tunewright[parquet]"'


def test_a_reader_that_crashes_is_a_data_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = table(tmp_path / "rows.parquet", a=["x"])
    monkeypatch.setattr("engine.data.apart.sys.executable", "/bin/false")
    with open(path, "rb") as file, pytest.raises(RuntimeError):
        list(records_apart("Parquet", file, "rows.parquet", None, no_progress))
    killer = tmp_path / "killed"
    killer.write_text("#!/bin/sh\nkill -ABRT $$\n")
    killer.chmod(0o755)
    monkeypatch.setattr("engine.data.apart.sys.executable", str(killer))
    with open(path, "rb") as file, pytest.raises(DataError, match="reading it as Parquet crashed"):
        list(records_apart("Parquet", file, "rows.parquet", None, no_progress))


def test_too_long_a_record_is_a_problem_of_its_row(tmp_path: Path) -> None:
    path = table(tmp_path / "rows.parquet", text=["x" * (17 * 2**20), "y"])
    parquet.write_table(parquet.read_table(path), path, compression="none", use_dictionary=False)
    first, second = records(path)
    assert [one.rule for one in first.problems] == ["record-too-long"]
    assert second.value == {"text": "y"}
