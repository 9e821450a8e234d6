"""Files that attack: any bytes, bombs, depth, odd kinds of files, escape sequences in names and cells."""

import bz2
import gzip
import json
import lzma
import os
import random
import socket
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.data import unpack
from engine.data.jsontext import MAX_DEPTH, parse
from engine.data.read import open_regular, records
from engine.data.records import MAX_RECORD, How, Record
from engine.errors import DataError, ResourceError, TunewrightError
from tests.journey.test_realdata import FOLDER

SYNTAX = {"json-syntax", "encoding"}
PIECES = st.sampled_from(
    b'{ } [ ] " \' , : \\ ; NaN 1e400 // {"a":1} "data":[ null 9999999999999999999999999 a,b \\ud800'.split(b" ")
).flatmap(lambda piece: st.sampled_from([piece, piece + b"\n"])) | st.sampled_from(
    (
        b"\n",
        b"\r",
        b"\0",
        b"\t",
        b"\xff",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xe2\x80\xa8",
        b"\x1b]52;c;",
        b"\xc2\x9b",
    )
)
ANY_BYTES = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=30).map(b"".join))
NAMES = st.sampled_from(["rows.jsonl", "rows.json", "rows.csv", "rows.tsv", "rows.txt", "rows", "rows.csv.gz"])
PACKS = st.sampled_from([bytes, gzip.compress, bz2.compress, lzma.compress, zstandard.compress])
HOWS = st.builds(
    How,
    st.none() | st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-7", "shift_jis"]) | st.text(max_size=5),
    st.none() | st.text(max_size=5),
    st.none() | st.sampled_from([",", ";", "tab"]) | st.text(max_size=2),
)


def written(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def sound(found: list[Record]) -> bool:
    """Each record holds a value that can be written, or says why not."""
    return all(
        json.dumps(record.value, allow_nan=False).encode() if not errors(record) else record.value is None
        for record in found
    )


def errors(record: Record) -> list[str]:
    return [one.rule for one in record.problems if one.severity == "error"]


@settings(max_examples=300, deadline=None)
@given(ANY_BYTES, NAMES, PACKS, HOWS)
@example(b"a\n\r\n", "rows.csv", bytes, How())
def test_any_bytes_are_records_or_one_of_our_errors(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str, pack: Callable[[bytes], bytes], how: How
) -> None:
    path = written(tmp_path_factory.mktemp("any"), name, pack(content))
    for chosen in (How(), how):
        try:
            assert sound(list(records(path, how=chosen)))
        except TunewrightError as error:
            assert error.message and error.hint


@settings(max_examples=60, deadline=None)
@given(st.randoms(use_true_random=False), PACKS.filter(lambda pack: pack is not bytes))
def test_damaged_packed_files_are_records_or_one_of_our_errors(
    tmp_path_factory: pytest.TempPathFactory, chance: random.Random, pack: Callable[[bytes], bytes]
) -> None:
    content = bytearray(pack(b'{"a": "some text"}\n' * 50))
    for _ in range(chance.randint(1, 3)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    path = written(tmp_path_factory.mktemp("damaged"), "rows.jsonl", bytes(content[: chance.randint(1, len(content))]))
    try:
        assert sound(list(records(path)))
    except TunewrightError as error:
        assert error.hint


@settings(max_examples=100, deadline=None)
@given(st.lists(st.dictionaries(st.text(), st.text(), min_size=1, max_size=3), min_size=2, max_size=5), st.data())
def test_byte_offsets_point_at_the_records_between_damaged_lines(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], data: st.DataObject
) -> None:
    junk = data.draw(st.lists(st.sampled_from([b"{", b"", b"\xff\xfe{", b'{"a": }', b"\0\0", b"[1,"]), max_size=4))
    lines = [json.dumps(row, ensure_ascii=False).encode() for row in rows]
    mixed = [lines[0], *data.draw(st.permutations([*lines[1:], *junk]))]
    content = b"\n".join(mixed)
    if content.count(b"\0") * 100 > len(content):
        return
    path = written(tmp_path_factory.mktemp("places"), "rows.jsonl", content)
    found = [record for record in records(path, how=How(encoding="utf-8")) if not record.problems]
    assert len(found) == len(lines)
    for record in found:
        line = content[record.place.byte :].split(b"\n")[0]
        assert json.loads(line) == record.value
        assert record.place.line == content[: record.place.byte].count(b"\n") + 1


BOMBS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}


def peak_of(work: Callable[[], object]) -> int:
    """Bytes of memory that `work` took at most."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", BOMBS)
@pytest.mark.parametrize("line", [b"\0" * 2**20, b'{"a":"' + b"x" * 2**20 + b'"}\n'], ids=["zeros", "rows"])
def test_a_bomb_is_refused_long_before_it_is_unpacked(tmp_path: Path, kind: str, line: bytes) -> None:
    path = written(tmp_path, "rows.jsonl", BOMBS[kind](line * 30))
    read = [0]

    def refused() -> None:
        with pytest.raises(DataError, match=r"unpacks to more than 200 times its size|binary") as raised:
            read.extend(record.place.byte for record in records(path))
        assert raised.value.hint

    assert peak_of(refused) < 2 * MAX_RECORD
    assert read[-1] <= unpack.FREE + 2**20


def test_an_honest_ratio_has_a_limit_too() -> None:
    count = unpack.Unpacked(2**30, "rows.jsonl.gz")
    count.add(2 * 2**30)
    with pytest.raises(DataError, match="more than 2 GiB"):
        count.add(1)


def test_a_xz_header_that_asks_for_gigabytes_is_one_of_our_errors(tmp_path: Path) -> None:
    packed = lzma.compress(
        b'{"a": 1}\n' * 100,
        filters=[{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 2**30}],
    )
    assert len(list(records(written(tmp_path, "rows.jsonl", packed)))) == 100


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.json"])
def test_depth_is_a_problem_and_no_crash(tmp_path: Path, opening: str, name: str) -> None:
    closing = "".join({"[": "]", "{": "}"}[one] for one in reversed(opening) if one in "[{")
    for depth in (MAX_DEPTH + 1, 2000, 100_000):
        deep = opening * depth + "1" + closing * depth
        for text in (f'{{"a": 1}}\n{{"b": {deep}}}\n{{"a": 2}}\n', f'{{"a": 1}}\n{opening * depth}\n{{"a": 2}}\n'):
            found = list(records(written(tmp_path, name, text)))
            assert found[0].value == {"a": 1}
            assert "json-depth" in errors(found[1]) or "json-syntax" in errors(found[1])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('{"a": NaN}', "json-syntax"),
        ('{"a": Infinity}', "json-syntax"),
        ('{"a": 1e400}', "json-number"),
        ('{"a": "\\ud83d"}', "lone-surrogate"),
        ('{"\\udc00": 1}', "lone-surrogate"),
        ('{"a": 1, "a": 1}', "duplicate-key"),
        ('{"a": "\x01"}', "json-syntax"),
        ('{"a": "\0"}', "json-syntax"),
    ],
)
def test_a_bad_row_is_left_out_and_its_neighbours_are_not(tmp_path: Path, text: str, rule: str) -> None:
    good = ['{"a": "one row of a hundred"}'] * 20
    for name, content in (
        ("rows.jsonl", "\n".join([*good, text, *good])),
        ("rows.json", "[" + ",\n".join([*good, text, *good]) + "]"),
    ):
        found = list(records(written(tmp_path, name, content)))
        assert [errors(record) for record in found] == [[]] * 20 + [[rule]] + [[]] * 20
        assert content.encode()[found[20].place.byte :].startswith(text.encode())
        assert found[20].place.line == 21


def test_line_separators_and_escapes_inside_values_are_text(tmp_path: Path) -> None:
    odd = "a\u2028b\u2029c\u0085d\x0be\x0cf\x1cg\x1b]52;c;QQ==\x07h\u202ei\x9bj"
    lines = written(tmp_path, "rows.jsonl", "".join(json.dumps({"a": odd}, ensure_ascii=False) + "\n" for _ in "12"))
    assert [record.value for record in records(lines)] == [{"a": odd}] * 2
    table = written(tmp_path, "rows.csv", f'"a{odd}",b\n"{odd}",1\n{odd},2\n')
    assert [record.value for record in records(table)] == [{f"a{odd}": odd, "b": "1"}, {f"a{odd}": odd, "b": "2"}]
    assert [record.place.line for record in records(table)] == [2, 3]


HOSTILE = "\x1b]52;c;QQ==\x07\x1b[2J\x9b2J\u202e"


@pytest.mark.parametrize(
    "content",
    [
        f"{HOSTILE},{HOSTILE}\n1,2\n",
        f'"{HOSTILE}{"x" * 200}",b\n1,2\n',
        f'{{"{HOSTILE}": {{"a": 1}}}}'.replace("\x1b", "\\u001b").replace("\x07", "\\u0007"),
        f'{{"x{HOSTILE}": [{{"a": 1}}], "y{HOSTILE}": [{{"a": 1}}]}}'.replace("\x1b", "\\u001b").replace(
            "\x07", "\\u0007"
        ),
        f"{{'a': '{HOSTILE}'}}\n",
        f'{{"a{HOSTILE}": 1, "a{HOSTILE}": 2}}\n{{"a": 1}}\n'.replace("\x1b", "\\u001b").replace("\x07", "\\u0007"),
    ],
)
def test_messages_and_hints_hold_nothing_that_a_terminal_obeys(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, "rows.txt", content)
    said = []
    try:
        for record in records(path):
            said += [text for problem in record.problems for text in (problem.message, problem.hint)]
    except DataError as error:
        said += [error.message, error.hint]
    assert said
    for text in said:
        assert not set(text) & set("\x1b\x07\x9b\u202e\n")


def test_a_file_name_with_escapes_and_no_unicode_is_read(tmp_path: Path) -> None:
    for name in (b"\x1b[2J\xff.jsonl", b"\xff.csv", "ü\n.parquet".encode()):
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
        written(path.parent, path.name, b'{"a": 1}\n{"a": 2}\n')
        assert [record.value for record in records(path)] == [{"a": 1}, {"a": 2}]


def test_odd_kinds_of_files_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket.jsonl"))
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "away.jsonl").symlink_to("/etc/hostname")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "system").symlink_to("/proc/self")
    for name in (
        "pipe.jsonl",
        "socket.jsonl",
        "loop",
        "away.jsonl",
        "folder.csv",
        "no/such",
        "x" * 300,
        "system/environ",
    ):
        with pytest.raises((DataError, ResourceError)) as raised:
            list(records(tmp_path / name))
        assert raised.value.hint
    for path in ("/proc/self/environ", "/dev/zero", "/dev/stdin", "/proc/self/mem"):
        with pytest.raises(DataError):
            open_regular(Path(path))


def test_the_file_that_is_judged_is_the_file_that_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.jsonl", '{"a": 1}\n{"a": 2}\n')
    reading = records(path)
    assert next(reading).value == {"a": 1}
    path.unlink()
    path.symlink_to("/etc/passwd")
    assert next(reading).value == {"a": 2}


def test_a_space_of_twenty_megabytes_is_no_memory(tmp_path: Path) -> None:
    path = written(tmp_path, "rows.json", b"[" + b" " * (20 * 2**20) + b'{"a": 1}]')
    assert [record.value for record in records(path)] == [{"a": 1}]
    assert peak_of(lambda: list(records(path))) < 4 * MAX_RECORD


def test_the_readers_load_nothing_heavy() -> None:
    heavy = ("numpy", "pandas", "pyarrow", "python_calamine", "charset_normalizer", "zstandard", "torch")
    code = f"import sys, engine.data.read; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


REAL = pytest.mark.skipif(not FOLDER.exists(), reason="real data is not part of the project")


@REAL
def test_no_syntax_verdict_of_the_json_test_suite_is_wrong() -> None:
    seen = {"y": 0, "n": 0, "i": 0}
    for path in sorted((FOLDER / "jsontestsuite" / "test_parsing").iterdir()):
        kind = path.name[0]
        seen[kind] += 1
        problems = parse(path.read_bytes()).problems
        try:
            refused = any(errors(record) for record in records(path))
            broken = any(SYNTAX & set(errors(record)) for record in records(path))
        except DataError:
            refused = broken = True
        if kind == "y":
            assert not SYNTAX & {problem.rule for problem in problems}, path.name
            assert not broken, path.name
        if kind == "n":
            assert problems and refused, path.name
    assert seen == {"y": 95, "n": 188, "i": 35}


@REAL
def test_every_table_of_csv_spectrum_is_right() -> None:
    tables = sorted((FOLDER / "csv_spectrum" / "csvs").glob("*.csv"))
    for path in tables:
        expected = json.loads((FOLDER / "csv_spectrum" / "json" / f"{path.stem}.json").read_text("utf-8"))
        assert [record.value for record in records(path)] == expected, path.name
    assert len(tables) == 11


@REAL
def test_real_sets_are_read_whole_and_what_is_no_data_is_refused() -> None:
    sets = {"alpaca_en_demo.json": 999, "c4_demo.jsonl": 300, "kto_en_demo.json": 300, "v1_sft_demo.jsonl": 500}
    for name, count in sets.items():
        assert len([record for record in records(FOLDER / "llamafactory" / name) if not record.problems]) == count
    assert len(list(records(FOLDER / "axolotl" / "conversation.json"))) == 1
    with pytest.raises(DataError, match="104 named objects"):
        list(records(FOLDER / "llamafactory" / "dataset_info.json"))
