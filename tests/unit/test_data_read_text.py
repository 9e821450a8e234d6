# ruff: noqa: RUF001 - other alphabets are what is tested
"""Text files of every kind: encodings, packing, delimiters, headers, several ways to write JSON."""

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from engine.data.almost_json import mending
from engine.data.jsontext import parse
from engine.data.read import check_paths, recognised_as, records
from engine.data.records import How
from engine.data.stream import HEAD
from engine.errors import ChoiceNeeded, DataError, UsageError


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def values(path: Path, **how: str) -> list[Any]:
    found = list(records(path, how=How(**how)))
    assert not [record.problems for record in found if record.problems]
    return [record.value for record in found]


def asked(path: Path, **how: str) -> ChoiceNeeded:
    with pytest.raises(ChoiceNeeded) as raised:
        list(records(path, how=How(**how)))
    assert f"--{raised.value.option} " in raised.value.hint
    return raised.value


ROWS = [{"a": "é", "b": "1"}, {"a": "日本", "b": "😀"}]
LINES = '{"a":"é","b":"1"}\n{"a":"日本","b":"😀"}\n'
TABLE = "a,b\né,1\n日本,😀\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize(("name", "text"), [("rows.jsonl", LINES), ("rows.csv", TABLE), ("rows", TABLE)])
def test_a_byte_order_mark_decides(tmp_path: Path, encoding: str, name: str, text: str) -> None:
    path = written(tmp_path, name, text.encode(encoding))
    assert values(path) == ROWS
    assert recognised_as(path) == ({} if encoding == "utf-8-sig" else {"encoding": encoding})


def test_big_endian_marks_are_read_too(tmp_path: Path) -> None:
    for mark, encoding in ((b"\xfe\xff", "utf-16-be"), (b"\0\0\xfe\xff", "utf-32-be")):
        assert values(written(tmp_path, "rows.jsonl", mark + LINES.encode(encoding))) == ROWS


SPOKEN = {
    "cp1252": "prompt,answer\nOù est le café?,À côté de l'hôtel\nGrüße aus München,Schöne Grüße zurück\n",
    "cp1251": "вопрос,ответ\nпривет мир как дела,хорошо спасибо большое\n",
    "shift_jis": "質問,答え\nこんにちは世界,ありがとうございます\n",
    "gb18030": "问题,答案\n今天的天气怎么样我们去公园吧,很好我们走吧谢谢你的邀请\n",
}


@pytest.mark.parametrize("encoding", SPOKEN)
def test_another_encoding_is_offered_and_never_taken_unasked(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "rows.csv", SPOKEN[encoding].encode(encoding))
    choice = asked(path)
    assert (choice.option, choice.choices[0], choice.choices[-1]) == ("encoding", encoding, "utf-8")
    header, *rows = (line.split(",") for line in SPOKEN[encoding].splitlines())
    assert values(path, encoding=encoding) == [dict(zip(header, row, strict=True)) for row in rows]


def test_utf_16_without_a_mark_is_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.jsonl", '{"a":"é"}\n{"a":"plain"}\n'.encode("utf-16-be"))
    assert asked(path).choices[0] == "utf-16-be"
    assert values(path, encoding="utf-16-be") == [{"a": "é"}, {"a": "plain"}]


def test_damaged_rows_of_a_utf_8_file_are_left_out_by_their_bytes(tmp_path: Path) -> None:
    content = '{"a":"é"}\n'.encode() * 3 + b'{"a":"caf\xe9"}\n' + '{"a":"日本"}\n'.encode()
    found = list(records(written(tmp_path, "rows.jsonl", content)))
    assert [[problem.rule for problem in record.problems] for record in found] == [[], [], [], ["encoding"], []]
    bad = found[3]
    assert content[bad.place.byte :].startswith(b'{"a":"caf\xe9')
    assert "byte 9 of the record" in bad.problems[0].message
    assert "--encoding" in bad.problems[0].hint


def test_a_long_document_on_one_line_with_one_bad_byte_is_still_utf_8(tmp_path: Path) -> None:
    content = "[" + ", ".join(['{"a": "é日本"}'] * 40) + ', {"a": "X"}]'
    found = list(records(written(tmp_path, "rows.json", content.encode().replace(b"X", b"\xe9"))))
    assert [bool(record.problems) for record in found] == [False] * 40 + [True]


def test_what_an_encoding_cannot_explain_is_a_problem_of_its_row(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.csv", b"a,b\ncaf\xe9,1\nx\x81y,2\nz,3\n")
    found = list(records(path, how=How(encoding="cp1252")))
    assert [record.value for record in found] == [{"a": "café", "b": "1"}, None, {"a": "z", "b": "3"}]
    assert "cp1252" in found[1].problems[0].message


@pytest.mark.parametrize("name", ["klingon", "hex", "rot13", "punycode", "undefined", "", "a\0b", "\x1b[2J"])
def test_an_encoding_that_does_not_exist(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="no encoding is called") as raised:
        values(written(tmp_path, "rows.csv", TABLE), encoding=name)
    assert "\x1b" not in str(raised.value)


def test_carriage_returns_alone_end_lines(tmp_path: Path) -> None:
    assert values(written(tmp_path, "rows.csv", "a,b\r1,2\r3,4\r")) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]
    lines = list(records(written(tmp_path, "rows.jsonl", '{"a":1}\r{"a":2}')))
    assert [(record.value, record.place.line, record.place.byte) for record in lines] == [
        ({"a": 1}, 1, 0),
        ({"a": 2}, 2, 8),
    ]


def zipped(content: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/rows.jsonl", content)
    return target.getvalue()


Pack = Callable[[bytes], bytes]
PACKED: dict[str, Pack] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
    "zip": zipped,
}


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("name", ["rows.jsonl.packed", "rows.csv", "rows"])
def test_packed_files_are_known_by_their_bytes(tmp_path: Path, kind: str, name: str) -> None:
    path = written(tmp_path, name, PACKED[kind](LINES.encode()))
    assert values(path) == ROWS
    assert recognised_as(path) == {"packed": kind}
    table = written(tmp_path, "rows.csv.gz", PACKED[kind](TABLE.encode("utf-16")))
    assert values(table) == ROWS
    assert recognised_as(table) == {"encoding": "utf-16", "packed": kind}


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz", "zstd"])
def test_several_packed_pieces_are_one_file(tmp_path: Path, kind: str) -> None:
    pack = PACKED[kind]
    assert values(written(tmp_path, "rows.jsonl", pack(LINES.encode()) + pack(LINES.encode()))) == ROWS * 2


@pytest.mark.parametrize("kind", PACKED)
def test_a_packed_file_that_is_cut_off_is_refused(tmp_path: Path, kind: str) -> None:
    content = "".join(f'{{"a": "{number * 7919}"}}\n' for number in range(20_000)).encode()
    packed = PACKED[kind](content)
    for end in (len(packed) - 3, len(packed) // 2):
        with pytest.raises(DataError, match="data is broken"):
            list(records(written(tmp_path, "rows.jsonl", packed[:end])))


def test_packed_in_packed_and_archives_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="zstd data inside gzip"):
        list(records(written(tmp_path, "a.gz", gzip.compress(zstandard.compress(b"x")))))
    with pytest.raises(DataError, match="zip data inside gzip"):
        list(records(written(tmp_path, "a.gz", gzip.compress(zipped(LINES.encode())))))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.csv", TABLE)
        archive.writestr("b.csv", TABLE)
    with pytest.raises(DataError, match="2 files"):
        list(records(written(tmp_path, "a.zip", target.getvalue())))


def test_progress_of_a_packed_file_counts_its_own_bytes(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.jsonl.gz", gzip.compress(LINES.encode() * 1000))
    seen: list[int] = []
    for _ in records(path, seen.append):
        pass
    assert seen == sorted(seen) and len(seen) == 2000
    assert seen[-1] == path.stat().st_size


def test_json_of_a_wrapper_is_read_twice_when_packed(tmp_path: Path) -> None:
    rows = ", ".join(f'{{"a": {number}}}' for number in range(20_000))
    path = written(tmp_path, "rows.json.zst", zstandard.compress(f'{{"v": 1, "data": [{rows}]}}'.encode()))
    assert values(path) == [{"a": number} for number in range(20_000)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [["prompt", "answer"], ["a b. c", "what, then; x"], ["1", "2"]]
    text = "\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    expected = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    assert values(written(tmp_path, "rows.csv", text)) == expected


def test_a_doubtful_delimiter_is_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.csv", "a,b;c\n1,2;3\n4,5;6\n")
    choice = asked(path)
    assert choice.option == "delimiter" and set(choice.choices) == {",", ";"}
    assert values(path, delimiter=";") == [{"a,b": "1,2", "c": "3"}, {"a,b": "4,5", "c": "6"}]
    assert values(written(tmp_path, "t.tsv", "a,b\tc,d\n1,2\t3,4\n")) == [{"a,b": "1,2", "c,d": "3,4"}]
    assert values(written(tmp_path, "rows.txt", "a#b\n1#2\n"), delimiter="#") == [{"a": "1", "b": "2"}]
    assert values(written(tmp_path, "rows.csv", "a\tb,c\n1\t2\n"), delimiter="tab") == [{"a": "1", "b,c": "2"}]
    for wrong in ("", "ab", '"', "\n", "\0"):
        with pytest.raises(UsageError, match="cannot separate cells"):
            list(records(path, how=How(delimiter=wrong)))


def test_columns_without_a_name_and_trailing_delimiters(tmp_path: Path) -> None:
    table = written(tmp_path, "rows.csv", ",prompt,answer\n0,a,b\n1,c,d,,\n")
    assert values(table) == [
        {"column 1": "0", "prompt": "a", "answer": "b"},
        {"column 1": "1", "prompt": "c", "answer": "d"},
    ]
    assert values(written(tmp_path, "rows.csv", "a,b,\n1,2,\n")) == [{"a": "1", "b": "2"}]


def test_rows_that_are_taken_for_a_header_are_refused(tmp_path: Path) -> None:
    long = "a very long first row of data, " * 5
    for text in (f'"{long}",b\n1,2\n', '"two\nlines",b\n1,2\n'):
        with pytest.raises(DataError, match="looks like data") as raised:
            list(records(written(tmp_path, "rows.csv", text)))
        assert "name the columns" in raised.value.hint


def test_an_open_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    content = b'a,b\n1,2\n"open,3\n4,5\n6,7\n'
    found = list(records(written(tmp_path, "rows.csv", content)))
    assert [(record.place.line, record.value) for record in found] == [
        (2, {"a": "1", "b": "2"}),
        (3, None),
        (4, {"a": "4", "b": "5"}),
        (5, {"a": "6", "b": "7"}),
    ]
    assert "never closed" in found[1].problems[0].message
    assert [content[record.place.byte :][:1] for record in found] == [b"1", b'"', b"4", b"6"]


def test_a_cell_of_256_kb_is_read(tmp_path: Path) -> None:
    assert values(written(tmp_path, "rows.csv", 'a,b\n"' + "x\n" * 2**17 + '",1\n'))[0]["a"] == "x\n" * 2**17


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json", "rows", "rows.csv"])
@pytest.mark.parametrize(
    "text",
    [
        '[\n{"a": 1},\n{"a": 2}\n]\n',
        '{\n "a": 1\n}\n{\n "a": 2\n}\n',
        '[{"a": 1}]\n[{"a": 2}]',
        '{"a": 1}{"a": 2}',
        '{"a": 1}\n{"a": 2}\n',
        '{"a": 1}\n{\n"a": 2}\n',
        '{"data": [{"a": 1}, {"a": 2}]}',
        '{"version": {"x": [1]}, "rows": [{"a": 1}, {"a": 2}], "n": 2}',
        '{"anything": [{"a": 1}, {"a": 2}]}',
    ],
)
def test_json_in_every_layout(tmp_path: Path, name: str, text: str) -> None:
    if name == "rows.jsonl" and text.startswith('{"') and '}\n{"' not in text:
        return  # There the first line is one record, whatever follows.
    path = written(tmp_path, name, text)
    found = list(records(path))
    assert [record.value for record in found] == [{"a": 1}, {"a": 2}]
    for record in found:
        assert text[record.place.byte] == "{"
        assert text[: record.place.byte].count("\n") == record.place.line - 1


def test_lists_side_by_side_are_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.json", '{"test": [{"a": 2}], "train": [{"a": 1}]}')
    choice = asked(path)
    assert (choice.option, choice.choices) == ("sheet", ("train", "test"))
    assert values(path, sheet="test") == [{"a": 2}]
    with pytest.raises(DataError, match="no list called 'dev'"):
        values(path, sheet="dev")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"set_a": {"file_name": "a.json"}, "set_b": {"file_name": "b.json"}}', "2 named objects"),
        ('{"prompt": ["a", "b"], "answer": ["c", "d"]}', "lists by column"),
    ],
)
def test_objects_that_are_no_rows_are_refused_with_the_reason(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        values(written(tmp_path, "rows.json", text))


def test_one_row_alone_is_a_row(tmp_path: Path) -> None:
    row = {"messages": [{"role": "user", "content": "x"}], "tools": [{"a": 1}]}
    text = '{"messages": [{"role": "user", "content": "x"}], "tools": [{"a": 1}]}'
    assert values(written(tmp_path, "rows.json", text)) == [row]


def test_a_bad_element_is_left_out_and_the_rest_is_read(tmp_path: Path) -> None:
    bad = ["{'a': True, 'b': None}", '{"a": 1,}', "{a: 2}", '{"a": 3 // no\n}', "[" * 5000 + "]" * 5000]
    text = '[{"a": 0},\n ' + ", ".join(bad) + ', {"a": 4}]'
    found = list(records(written(tmp_path, "rows.json", text)))
    assert [record.value for record in found] == [{"a": 0}, *[None] * 5, {"a": 4}]
    for record in found:
        assert text[record.place.byte] in "{["
    assert found[1].problems[0].message.startswith("line 2, column 3 (byte 13)")
    assert found[-2].problems[0].rule == "json-depth"


@pytest.mark.parametrize("shift", [0, 200, 400])
def test_an_element_at_the_edge_of_the_window_is_whole(tmp_path: Path, shift: int) -> None:
    element = '{"a": "' + '}, {\\"' * 100 + "it's" + '"}'
    text = " " * shift + "[" + ", ".join([element] * 2000) + "]"
    assert len(text) > 4 * HEAD
    assert len(values(written(tmp_path, "rows.json", text))) == 2000


@pytest.mark.parametrize(
    ("text", "mistakes", "meant"),
    [
        ('{"a": 1,}', "the trailing comma", '{"a":1}'),
        ("{'a': 'it\\'s'}", "the single quotes", '{"a":"it\'s"}'),
        ("{'a': True, 'b': None}", "the single quotes and True, False or None of Python", '{"a":true,"b":null}'),
        ("{a: [1, 2]}", "the keys without quotes", '{"a":[1,2]}'),
        ('{"a": 1 /* why */}', "the comments", '{"a":1}'),
        ('{"a": .5}', "the number .5", '{"a":0.5}'),
        ('{"a": "b\nc"}', "the line breaks or tabs inside a text", '{"a":"b\\nc"}'),
        ('{"a": (1, 2)}', "the round brackets", '{"a":[1,2]}'),
        ('{"a": 1};', "what follows the end", '{"a":1}'),
    ],
)
def test_what_is_meant_is_shown(text: str, mistakes: str, meant: str) -> None:
    value, problems = parse(text.encode())
    assert value is None
    assert problems[0].hint == f"mend {mistakes}; perhaps this is meant: {meant}"
    assert problems[0].message.startswith(("column ", "line "))


def test_a_secret_is_masked_where_what_is_meant_is_shown() -> None:
    hint = mending("{'key': 'sk-abcdefghijklmnopqrstuvwxyz123456'}")
    assert hint and "abcdefghijkl" not in hint


@pytest.mark.parametrize(
    "text", ["{'a': __import__('os')}", "{", "[1, 2", "{'a': 1 'b'}", "x" * 30_000, "1" * 19_999 + "x"]
)
def test_what_is_unclear_is_not_guessed(text: str) -> None:
    assert mending(text) is None


@given(st.text())
def test_mending_never_raises(text: str) -> None:
    mending(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda part: st.lists(part, max_size=3)))
def test_printed_python_values_are_understood(value: Any) -> None:
    hint = mending(repr({"a": value}))
    assert hint and "the single quotes" in hint


def test_constants_that_are_no_json_have_their_place() -> None:
    problem = parse(b'{"say": "NaN", "a": -Infinity}').problems[0]
    assert (problem.rule, problem.message) == ("json-syntax", "column 21: -Infinity is not JSON")


def test_running_text_is_refused_with_the_reason(tmp_path: Path) -> None:
    text = "Once upon a time, long ago.\nThere was a model. It learned.\nAnd then, at last, it stopped, they say.\n"
    with pytest.raises(DataError, match="running text") as raised:
        list(records(written(tmp_path, "story.txt", text)))
    assert "question and an answer" in raised.value.hint


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x80\x04\x95...", "pickle"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'<?xml version="1.0"?><a/>', "XML"),
        (b"ARROW1\0\0", "Arrow"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"x" * 257 + b"ustar" + b"\0" * 300, "tar archive"),
        (bytes(range(256)) * 4, "binary"),
    ],
)
def test_other_files_are_refused_by_name(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DataError, match=message) as raised:
        list(records(written(tmp_path, "rows.jsonl", content)))
    assert raised.value.hint


def test_hints_name_what_can_be_read(tmp_path: Path) -> None:
    for text in ("", str(tmp_path)):
        with pytest.raises((UsageError, DataError)) as raised:
            check_paths(text)
        for name in (".jsonl", ".csv", ".xlsx", ".parquet", ".gz", ".zst"):
            assert name in raised.value.hint
