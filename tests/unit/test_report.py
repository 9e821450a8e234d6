"""The report on a version: what is found, where, how it is read again, and the text of what was left out."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data.categories import NONE
from engine.data.report import Report, make_report, saved_report
from engine.data.report_lines import report_lines
from engine.data.rows import Row
from engine.data.source_text import source_text
from engine.data.versions import writing
from engine.errors import DataError
from engine.project import Project
from tests.unit.kept_rows import LONG, finish, kept, row, written

_WORDS = [f"word{number}" for number in range(400)]


def ordinary(count: int, **meta: Any) -> list[Row]:
    """Rows in which no rule finds anything."""
    random = Random(count)
    return [
        row(" ".join(random.choices(_WORDS, k=20)) + "?", " ".join(random.choices(_WORDS, k=25)), **meta)
        for _ in range(count)
    ]


def found(report: Report) -> dict[str, int]:
    return {one.rule: one.count for one in report.findings}


def test_nothing_is_found_in_ordinary_rows(project: Project) -> None:
    kept(project, ordinary(40))
    report = make_report(project)
    assert (found(report), report.risky(), report.flags(3)) == ({}, [], ())
    assert report.facts["rows"] == {"read": 40, "valid": 40, "invalid": 0}
    assert report.facts["duplicates"] == {"exact": 0, "near": 0, "clusters": 0, "threshold": 0.85}
    assert report.facts["diversity"] == {"groups": 1.0, "prompts": 1.0, "answers": 1.0}


def test_every_finding_leads_to_its_rows(project: Project) -> None:
    plain = ordinary(30)
    rows = [
        *plain,
        row(LONG, "Sorry, we will send new ones."),
        row(LONG.replace("Tuesday", "Monday"), "Sorry, we will send new ones."),
        row(plain[2].prompt[0].upper(), plain[2].answer),
        row(plain[4].prompt[0], "Something else altogether."),
        row("I am {{name}}", "Dear {{name}}, thank you for your long letter about the parcel that came too late."),
        row("Where do you live? Mine is ada@example.org", "We keep <SECRET:password:1> for you, as you have asked us."),
        row("Is it so?", "Yes."),
        row("long " * 3000, "That was long, and it is good to have it once in the set of rows, I think."),
    ]
    kept(project, rows)
    report = make_report(project)
    places = {rule: [(m.rows, m.place, m.number) for m in report.members(rule)] for rule in found(report)}
    assert places["near-duplicate"] == [((30, 31), "rows.jsonl:31", 2)]
    assert places["duplicate"] == [((2, 32), "rows.jsonl:3", 1)]
    assert places["contradiction"] == [((4, 33), "rows.jsonl:5", 1)]
    assert places["placeholder"] == [((34,), "rows.jsonl:35", 0)]
    assert places["personal-data"] == [((35,), "rows.jsonl:36", 0)]
    assert places["masked-secret"] == [((35,), "rows.jsonl:36", 0)]
    assert places["near-empty"] == [((36,), "rows.jsonl:37", 0)]
    assert places["long-outlier"] == [((37,), "rows.jsonl:38", 0)]
    (near,) = report.members("near-duplicate")
    assert near.message == "2 rows: 1 near it (Jaccard 0.88)"
    assert [rule for rule, _ in report.flags(35)] == ["personal-data", "masked-secret"]
    assert report.risky()[0] == 35
    assert set(report.risky()) == {2, 4, 30, 31, 32, 33, 34, 35, 36, 37}
    assert all(one.hint and one.title for one in report.findings)


def test_rows_of_a_category_and_rows_by_length_are_listed(project: Project) -> None:
    rows = [*ordinary(6, desk="a"), *ordinary(3, desk="b"), row("nobody said where", "nowhere"), row("x " * 900, "y y")]
    kept(project, rows, category="desk")
    report = make_report(project)
    assert [m.rows for m in report.members("category:b")] == [(6,), (7,), (8,)]
    assert [m.rows for m in report.members(f"category:{NONE}")] == [(9,), (10,)]
    assert [(m.rows, m.message) for m in report.members("longer-than:256")] == [
        ((10,), "445 tokens, the chat template counted in")
    ]
    assert len(report.members("longer-than:1")) == len(rows) and not report.members("longer-than:445")
    assert len(report.members("longer-than:444")) == 1
    assert report.facts["tokens"]["cut_at"][:2] == [
        {"max_length": 256, "rows": 1, "tokens": 189},
        {"max_length": 512, "rows": 0, "tokens": 0},
    ]
    lines = {line.rule: line.text for line in report_lines(report)}
    assert lines["category:b"] == "b: 3 rows (27.3%), 3 groups, too few: 47 more needed"
    assert set(lines) - {None} <= set(report.rules)


def test_sizes_count_groups_in_train_once_it_is_split(project: Project) -> None:
    rows = [one.placed("g", split) for one, split in zip(ordinary(12), ["train"] * 6 + ["test"] * 6, strict=True)]
    rows[1] = rows[0]
    kept(project, rows)
    report = make_report(project)
    assert report.facts["sizing"]["categories"]["(all rows)"]["groups"] == 5
    assert report.facts["test"] == {"rows": 6, "split": True, "points": 40.0, "needed": {"10": 97, "5": 385}}


def test_a_report_is_kept_for_its_version_alone(project: Project) -> None:
    assert saved_report(project) is None
    with pytest.raises(DataError, match="no data yet"):
        make_report(project)
    kept(project, ordinary(5))
    assert saved_report(project) is None
    made = make_report(project)
    again = saved_report(project)
    assert again and again.document() == made.document()
    kept(project, ordinary(6))
    assert saved_report(project) is None


def test_a_report_made_anew_replaces_the_old_one(project: Project) -> None:
    kept(project, [*ordinary(5), *ordinary(5)])
    old, new = make_report(project), make_report(project)
    assert len(list(project.report_folder("v1").iterdir())) == 2
    assert [m.rows for m in new.members("duplicate")] == [(0, 5), (1, 6), (2, 7), (3, 8), (4, 9)]
    with pytest.raises(DataError, match="made anew"):
        old.members("duplicate")[0]


def test_a_damaged_report_is_like_none(project: Project) -> None:
    kept(project, ordinary(5))
    make_report(project)
    (project.report_folder("v1") / "report.json").write_text("{", encoding="utf-8")
    assert saved_report(project) is None


@pytest.mark.parametrize("content", [b"x", b"garbage" * 40, b'{"a":1}\n' * 40, b"\xff" * 256])
def test_damaged_parts_of_a_report_say_so(project: Project, content: bytes) -> None:
    kept(project, [*ordinary(5), *ordinary(5)])
    for part in ("risky.u32", "members.idx", "members.jsonl"):
        report = make_report(project)
        [damaged] = project.report_folder("v1").glob(f"*/{part}")
        damaged.write_bytes(content)
        with pytest.raises(DataError, match="the report is damaged"):
            report.risky() if part == "risky.u32" else report.member(0)


def test_a_report_that_fails_leaves_the_old_one(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(project, ordinary(5))
    made = make_report(project).made

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_report(project, read=stop)
    again = saved_report(project)
    assert again and again.made == made and len(list(project.report_folder("v1").iterdir())) == 2


def test_reading_needs_neither_numpy_nor_the_rows(project: Project) -> None:
    kept(project, [*ordinary(5), *ordinary(5)], category="desk")
    make_report(project)
    (project.version_folder("v1") / "rows.jsonl").chmod(0)
    code = """
import sys
from pathlib import Path
from engine.data.report import saved_report
from engine.data.checklist import checklist
from engine.data.report_lines import report_lines
from engine.project import Project
project = Project(Path(sys.argv[1]))
report = saved_report(project)
assert report.members("duplicate")[1].rows == (1, 6)
assert report.flags(6) and report.risky() and report_lines(report, checklist(project, report))
assert not {"numpy", "pandas", "pyarrow", "torch"} & set(sys.modules), sorted(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code, project.root], check=True, timeout=60)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), min_size=1, max_size=12))
def test_flags_are_the_members_seen_from_the_rows(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, str]]
) -> None:
    project = Project.create(tmp_path_factory.mktemp("p") / "project")
    kept(project, [row(f"prompt {prompt}", f"answer {answer}") for prompt, answer in drawn])
    report = make_report(project)
    expected: dict[int, list[tuple[str, str]]] = {number: [] for number in range(len(drawn))}
    for one in report.findings:
        for member in report.members(one.rule):
            for number in member.rows:
                expected[number].append((one.rule, member.message))
    assert {number: list(report.flags(number)) for number in expected} == expected
    assert set(report.risky()) == {number for number, flags in expected.items() if flags}


def left_out_version(project: Project, source: Path, byte: int) -> None:
    facts = {
        "path": str(source),
        "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
        "bytes": source.stat().st_size,
    }
    problem = {"rule": "json-syntax", "severity": "error", "rows": 1, "first": [{"hint": "mend this record"}]}
    with writing(project.data) as writer:
        for one in ordinary(3):
            writer.add(one)
        place = {"file": source.name, "line": 2, "byte": byte}
        writer.leave_out(place, [{"rule": "json-syntax", "message": "column 2"}])
        finish(writer, {}, [facts], [problem])
    project.set("data", {"version": "v1"})


SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.mark.parametrize(
    ("name", "text", "start", "shown"),
    [
        ("rows.jsonl", f'{{"a": 1}}\n{{broken {SECRET}\n{{"b": 2}}\n', "{broken", "{broken <SECRET:github_token:1>"),
        ("rows.csv", 'prompt,answer\n"two\nlines",x\nmore,y\n', '"two', '"two\nlines",x'),
        ("rows.json", '[{"a": 1}, {"b": [2,\n3]}, {"c": 4}]', '{"b"', '{"b": [2,\n3]}'),
        ("rows.json", '[{"a": 1}, {"b: 4}]', '{"b', '{"b: 4}]'),
    ],
)
def test_what_was_left_out_is_read_again_from_its_file(
    project: Project, tmp_path: Path, name: str, text: str, start: str, shown: str
) -> None:
    source = written(tmp_path, text, name)
    left_out_version(project, source, text.index(start))
    report = make_report(project)
    (member,) = report.members("json-syntax")
    assert (member.rows, member.place, member.hint) == ((), f"{name}:2", "mend this record")
    assert report.finding("json-syntax").severity == "error"  # type: ignore[union-attr]
    assert source_text(report.version, member) == (shown, "")
    assert SECRET not in json.dumps(report.document())


def test_a_file_that_changed_is_not_shown(project: Project, tmp_path: Path) -> None:
    source = written(tmp_path, '{"a": 1}\n{broken\n')
    left_out_version(project, source, 9)
    (member,) = make_report(project).members("json-syntax")
    version: Any = saved_report(project)
    written(tmp_path, '{"a": 1}\n{br0ken\n')
    text, why = source_text(version.version, member)
    assert text is None and "has changed" in why
    source.unlink()
    assert "cannot be read" in source_text(version.version, member)[1]
