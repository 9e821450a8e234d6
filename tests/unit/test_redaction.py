"""What is decided about personal data, and the version that comes of it."""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import journey
from engine.cli import main
from engine.data.adopt import adopt, current
from engine.data.marking import mark
from engine.data.privacy_scan import Numbering, canonical, scan, scanned
from engine.data.redacting import Redacted, redact
from engine.data.redaction import Redactions, open_redactions, same_value, selected
from engine.data.rows import Row, row_id
from engine.data.splitting import split
from engine.data.versions import open_version, writing
from engine.durable import read_json, read_lines, write_json
from engine.errors import UsageError
from engine.project import Project
from tests.tui.reviewable import example, reviewable

HOTLINE = "+49 30 1234567"


def rows() -> list[Row]:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"card": 4111111111111111}'}}
    turns = [
        {"role": "system", "content": "You write from desk@example.org."},
        {"role": "user", "content": "Charge 4111 1111 1111 1111, mail eve@example.org"},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "content": '{"sent_to": "eve@example.org"}', "tool_call_id": "1"},
        {"role": "assistant", "content": "Done, desk@example.org."},
    ]
    tool_row = Row(
        row_id(turns, None),
        turns,
        {"mail": "eve@example.org"},
        {"file": "rows.jsonl", "line": 4, "byte": 0},
        ["import"],
    )
    return [
        example(0, "I am jane@example.org", f"Hello jane@example.org, call {HOTLINE}", talk="c1"),
        example(1, "I am Jane Doe, now jd@example.org", "Was it jane@example.org? <EMAIL_3>", talk="c1"),
        example(2, "Which number?", HOTLINE, talk="c2"),
        tool_row,
        example(4, "Nothing", "at all"),
    ]


def made(folder: Path, given: Sequence[Row] = (), group: str = "talk") -> Project:
    project = reviewable(folder, given or rows())
    path = project.version_folder("v1") / "manifest.json"
    write_json(path, {**read_json(path), "mapping": {"group": [group]}})
    return project


def opened(project: Project) -> Redactions:
    if scanned(project) is None:
        scan(project)
    return open_redactions(project)


def applied(project: Project) -> Redacted:
    with project.changing("redact"):
        return redact(project)


def texts(project: Project) -> list[str]:
    return [" | ".join(turn["content"] for turn in row.messages) for row in current(project).rows()]


def pii(project: Project) -> str:
    (step,) = (one for one in journey.read(project) if one.step.key == "data")
    return next(item.state for item in step.items if item.item == "pii")


def test_equal_data_has_one_surrogate_in_the_whole_conversation(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    found = opened(project)
    found.decide("accept", selected(found, "all"))
    assert applied(project).left.open == 0
    first, second, third, fourth, fifth = texts(project)
    # 3 stands in the second row already, so that the numbers go on after it.
    assert first == "I am <EMAIL_4> | Hello <EMAIL_4>, call <PHONE_1>"
    assert second == "I am Jane Doe, now <EMAIL_5> | Was it <EMAIL_4>? <EMAIL_3>"
    assert third == "Which number? | <PHONE_1>"
    assert fourth == (
        'You write from <EMAIL_1>. | Charge <CARD_1>, mail <EMAIL_2> |  | {"sent_to": "<EMAIL_2>"} | Done, <EMAIL_1>.'
    )
    tool_row = current(project).row(3)
    assert tool_row.messages[2]["tool_calls"][0]["function"]["arguments"] == '{"card": "<CARD_1>"}'
    assert tool_row.meta == {"mail": "<EMAIL_2>"}
    assert fifth == "Nothing | at all"
    assert current(project).manifest["privacy"]["findings"] == 0


def test_strangers_stay_strangers_when_their_group_column_is_redacted(tmp_path: Path) -> None:
    given = [example(n, f"question {n}", f"answer {n}", customer=f"c{n // 2}@example.org") for n in range(6)]
    project = made(tmp_path / "p", given, group="customer")
    found = opened(project)
    found.decide("accept", selected(found, "all"))
    applied(project)
    named = [row.meta["customer"] for row in current(project).rows()]
    assert named == [f"<EMAIL_COLUMN_{1 + n // 2}>" for n in range(6)]


def test_what_is_refused_stays_for_its_reason_through_every_later_version(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    found = opened(project)
    with pytest.raises(UsageError, match="needs a reason"):
        found.decide("refuse", selected(found, "phone"))
    with pytest.raises(UsageError, match="holds personal data"):
        found.decide("refuse", selected(found, "phone"), "it is 212-555-0131")
    found.decide("refuse", selected(found, "phone"), "our own hotline")
    found.decide("accept", selected(found, "all"))
    result = applied(project)
    assert (result.left.open, result.left.refused) == (0, 2)
    assert texts(project)[0].endswith(f"call {HOTLINE}")
    # An edit elsewhere, or a second redaction, does not ask again.
    again = opened(project)
    mark(again, 1, "Jane Doe")
    assert applied(project).left.refused == 2
    assert {one.reason for one in opened(project).decisions.values() if one.verdict == "refuse"} == {"our own hotline"}


def test_new_rows_alone_are_open_after_another_import(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    found = opened(project)
    found.decide("refuse", selected(found, "all"), "invented")
    manifest = current(project).manifest
    with writing(project.data) as writer:
        for row in [*rows(), example(9, "new", "new@example.org")]:
            writer.add(row)
        writer.finish({**manifest, "imported_as": writer.name})
    with project.changing("import"):
        adopt(project, open_version(project.data / "v2"))
    scan(project)
    assert [one.kind for one in open_redactions(project).open()] == ["email"]


def test_an_undo_is_a_line_and_survives_a_restart(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    found = opened(project)
    total = len(found.open())
    [first] = selected(found, found.open()[0].id)
    found.decide("accept", [first])
    found.decide("refuse", selected(found, "all"), "invented")
    assert not found.open()
    again = open_redactions(project)
    taken = again.undo()
    assert taken is not None and taken.said == f"keep: {total - 1} findings" and first.id not in taken.ids
    assert len(again.open()) == total - 1
    taken = open_redactions(project).undo()
    assert taken is not None and (taken.said, taken.ids) == ("redact: 1 finding", (first.id,))
    last = open_redactions(project)
    assert last.undo() is None
    assert len(last.open()) == total
    assert [line["event"] for _, line in read_lines(project.redactions)] == ["decide", "decide", "undo", "undo"]


def test_an_undo_does_not_reach_behind_a_version(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    found = opened(project)
    found.decide("refuse", selected(found, "phone"), "ours")
    found.decide("accept", selected(found, "email"))
    applied(project)
    assert open_redactions(project).undo() is None


def test_the_same_value_is_decided_in_all_rows_at_once(tmp_path: Path) -> None:
    found = opened(made(tmp_path / "p"))
    phone = next(one for one in found.open() if one.kind == "phone")
    assert found.decide("refuse", same_value(found, phone), "ours") == 2
    assert not [one for one in found.open() if one.kind == "phone"]


def test_a_marked_text_is_replaced_in_its_conversation_and_kept_nowhere(tmp_path: Path) -> None:
    given = [
        example(0, "I am Zaphod Beeble", "Hello Zaphod Beeble, Zaphod Beeblebrox", talk="c1"),
        example(1, "Again Zaphod Beeble", "<NAME_1>", talk="c1"),
        example(2, "Zaphod Beeble?", "Another one", talk="c2"),
    ]
    project = made(tmp_path / "p", given)
    found = opened(project)
    assert mark(found, 0, "Zaphod Beeble") == 2
    assert mark(found, 2, "Another one", "other") == 1
    with pytest.raises(UsageError) as refused:
        mark(found, 0, "Trillian")
    assert "Trillian" not in f"{refused.value}{refused.value.hint}"
    for number, text, kind in ((9, "Zaphod", "name"), (0, "Z", "name"), (0, "Zaphod", "colour")):
        with pytest.raises(UsageError):
            mark(found, number, text, kind)
    assert "Zaphod" not in project.redactions.read_text(encoding="utf-8")
    applied(project)
    assert texts(project) == [
        "I am <NAME_2> | Hello <NAME_2>, Zaphod Beeblebrox",
        "Again <NAME_2> | <NAME_1>",
        "Zaphod Beeble? | <OTHER_1>",
    ]
    again = opened(project)
    assert mark(again, 0, "Zaphod Beeblebrox", everywhere=True) == 1
    assert len(again.marked()) == 1
    assert again.undo() is not None and again.marked() == []


def test_splits_go_on_and_are_proved_again(tmp_path: Path) -> None:
    given = [
        example(n, f"{'abcdefghij'[n % 10] * 9} {n} asks", f"{n} {'klmnopqrst'[n % 10] * 9} x{n}@example.org")
        for n in range(40)
    ]
    project = made(tmp_path / "p", given)
    with project.changing("split"):
        adopt(project, split(current(project), project.data, 0).version)
    before = [row.split for row in current(project).rows()]
    found = opened(project)
    found.decide("accept", selected(found, "email"))
    derived = applied(project).derived
    assert derived.split is not None and derived.split.proof.passed
    assert [row.split for row in current(project).rows()] == before
    assert scanned(project) is not None


def test_nothing_to_apply_is_refused_and_makes_no_version(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    with pytest.raises(UsageError, match="nothing changes"):
        opened(project)
        applied(project)
    assert project.data_version() == "v1"


def test_no_file_beside_the_rows_holds_what_was_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = made(tmp_path / "p")
    folder = ["--project", str(project.root)]
    for command in (
        ["data", "privacy"],
        ["data", "privacy", "--json"],
        ["data", "redact", "--refuse", "phone", "--reason", "ours"],
        ["data", "redact", "--accept", "all", "--apply"],
        ["data", "certificate"],
        ["audit", "show"],
        ["status"],
    ):
        assert main([*command, *folder]) == 0
    said = "".join(capfd.readouterr())
    kept = [path for path in project.root.rglob("*") if path.is_file() and path.name != "rows.jsonl"]
    written = "".join(path.read_bytes().decode("utf-8", "replace") for path in kept)
    for value in ("jane@example", "eve@example", "1234567", "4111", "jd@"):
        assert value not in written and value not in said
    for value in ("jane@example", "eve@example", "4111", "jd@"):
        assert value not in (current(project).folder / "rows.jsonl").read_text(encoding="utf-8")


def test_commands_decide_mark_and_undo(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = made(tmp_path / "p")
    folder = ["--project", str(project.root)]

    def told(*words: str) -> dict[str, Any]:
        assert main(["data", *words, "--json", *folder]) == 0
        said: dict[str, Any] = json.loads(capsys.readouterr().out)
        return said

    listed = told("privacy", "--kind", "phone", "--limit", "1")
    assert (listed["by_kind"], listed["not_scanned"][0]) == ({"card": 2, "email": 9, "phone": 2}, "names")
    [one] = listed["places"]
    assert (one["text"], one["surrogate"], one["state"]) == ("+4* ** *****67", "<PHONE_1>", "open")
    assert told("redact", "--refuse", one["id"], "--same", "--reason", "ours")["refused"] == 2
    assert told("redact", "--undo")["refused"] == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("Jane Doe\n"))
    assert told("redact", "--row", "2", "--text-from-stdin")["marked_rows"] == 1
    assert told("privacy", "--regions", "us,de")["regions"] == ["US", "DE"]
    for wrong in (
        ["--refuse", "all"],
        ["--accept", "colour"],
        ["--row", "1"],
        [],
        ["--row", "99", "--text-from-stdin"],
    ):
        assert main(["data", "redact", *wrong, *folder]) == 2
    assert main(["data", "privacy", "--regions", "XX", *folder]) == 2
    assert main(["data", "privacy", "--kind", "colour", *folder]) == 2


def test_plain_asks_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = made(tmp_path / "p")
    keys = ["a", "x", "ours", "X", "ours", "u", "s", "A", "q"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(keys) + "\n"))
    assert main(["data", "redact", "--plain", "--project", str(project.root)]) == 0
    said = capsys.readouterr()
    assert "turn 1, user" in said.err and "j***@e***.org" in said.err
    counts = open_redactions(project).counts()
    assert counts.accepted >= 1 and counts.refused >= 1


VALUES = st.lists(
    st.tuples(st.sampled_from(["email", "phone", "card"]), st.text("0123456789ab@.", min_size=3, max_size=6)),
    max_size=30,
)


@given(VALUES, st.lists(st.sampled_from(["<EMAIL_2>", "<PHONE_1>", "<CARD_999>", "x"])))
def test_surrogates_are_bijective_within_a_conversation(values: list[tuple[str, str]], there: list[str]) -> None:
    numbering, given = Numbering(), {}
    for text in there:
        numbering.keep("talk", text)
    for kind, text in values:
        key = kind, canonical(kind, text)
        surrogate = numbering.of("talk", kind.upper(), key[1])
        assert given.setdefault(key, surrogate) == surrogate
        assert surrogate not in there
    assert len(set(given.values())) == len(given)
    assert Numbering().of("other", "EMAIL", "x") == "<EMAIL_1>"


def test_writings_of_one_value_are_one() -> None:
    assert canonical("phone", "+49 (0)30 123-45") == canonical("phone", "0049 30 12345")
    assert canonical("email", "J\\u00f6rg@X.org") == canonical("email", "jörg@x.ORG")
    assert canonical("iban", "de89 3704") == canonical("iban", "DE893704")
    assert canonical("ip", "10.1.2.3") != canonical("ip", "10.12.3")


def test_rows_to_read_by_eye_are_named_without_being_findings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [example(0, "Nothing", "here"), example(1, "Hello", "Dear Jane, we sent it")]
    project = made(tmp_path / "p", given)
    assert main(["data", "privacy", "--project", str(project.root)]) == 0
    assert "read by eye: 1 rows" in capsys.readouterr().out
    of = scanned(project)
    assert of is not None and (of.cued, of.to_read, of.by_kind) == (1, (2,), {})
