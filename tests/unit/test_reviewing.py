"""The review of a project: cards and keys, the gate, the version made from verdicts, and the commands."""

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine import cli, journey
from engine.data.versions import Version, open_version
from engine.errors import DataError, UsageError
from engine.project import Project
from engine.review.statistics import Counts
from engine.reviewing import Card, Review, open_review

SECRET = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
WORDS = ("amber", "azure", "basil", "bronze", "cedar", "coral", "denim", "ebony", "fawn", "ginger", "hazel", "indigo")


def chat(question: str, answer: str, **meta: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": question}, {"role": "assistant", "content": answer}], **meta}


def imported(project: Project, folder: Path, rows: list[dict[str, Any]], *steps: str) -> Project:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    for step in (f"import {path} --yes", *steps):
        assert cli.main(["data", *step.split(), "--project", str(project.root)]) == 0
    return project


@pytest.fixture
def small(project: Project, tmp_path: Path) -> Project:
    """Twelve rows, so that all are read."""
    return imported(project, tmp_path, [chat(f"Where is {word}?", f"{word} is here.") for word in WORDS])


@pytest.fixture
def large(project: Project, tmp_path: Path) -> Project:
    """Three hundred rows."""
    return imported(project, tmp_path, [chat(f"What is number {n}?", f"It is {n * n}.") for n in range(300)])


def shown(review: Review) -> Card:
    card = review.card()
    assert card
    return card


def press(review: Review, keys: str) -> None:
    for key in keys:
        if key == "x":
            review.decide("reject", reason="wrong")
        elif key == "u":
            review.undo()
        else:
            review.decide({"a": "accept", "s": "skip", "f": "flag"}[key])


def gate(project: Project) -> journey.ItemStatus:
    return next(status for status in journey.read(project) if status.step.key == "review").items[0]


def test_the_review_goes_on_at_the_same_card_after_a_restart(small: Project) -> None:
    review = open_review(small)
    seen = []
    for key in "axfs":
        seen.append(shown(review).row.id)
        press(review, key)
    assert len(set(seen)) == 4
    again = open_review(small)
    assert shown(again) == shown(review)
    assert (shown(again).position, shown(again).of) == (4, 12)
    assert again.report().counts == Counts(accepted=1, rejected=1, flagged=1, skipped=1)


def test_what_is_taken_back_is_shown_again_also_after_a_restart(small: Project) -> None:
    review = open_review(small)
    first = shown(review).row.id
    press(review, "x")
    second = shown(review).row.id
    press(review, "a")
    taken = open_review(small).undo()
    assert taken and taken.verdict == "accept"
    assert shown(open_review(small)).row.id == second
    review = open_review(small)
    assert review.undo()
    assert shown(review).row.id == first
    assert review.undo() is None
    assert review.report().counts == Counts()


def test_skipped_rows_come_again_at_the_end_and_the_oldest_first(small: Project) -> None:
    review = open_review(small)
    press(review, "aasaasaaaaaa")
    skipped = [shown(review).row.id]
    press(review, "s")
    skipped.append(shown(review).row.id)
    press(review, "s")
    assert shown(review).row.id == skipped[0] != skipped[1]
    press(review, "a")
    assert not review.report().done
    press(review, "u")
    assert shown(review).row.id == skipped[0]
    press(review, "xa")
    assert review.card() is None and review.report().done
    with pytest.raises(UsageError, match="every row"):
        review.decide("accept")


def test_each_line_of_the_log_says_what_was_pressed_and_when(small: Project) -> None:
    review = open_review(small)
    card = shown(review)
    review.decide("edit", after="Over there.")
    review.undo()
    lines = [json.loads(line) for line in small.reviews.read_text(encoding="utf-8").splitlines()]
    assert lines[0]["row"] == lines[1]["row"] == card.row.id
    assert (lines[0]["before"], lines[0]["after"]) == (card.row.answer, "Over there.")
    assert [line["verdict"] for line in lines] == ["edit", "undo"]
    assert lines[0]["shown"] <= lines[0]["at"] <= lines[1]["at"]
    assert all((line["queue"], line["version"]) == ("random", "v1") for line in lines)


def test_verdicts_and_answers_that_cannot_be_are_refused_and_nothing_is_written(small: Project) -> None:
    review = open_review(small)
    for verdict, more in (
        ("maybe", {}),
        ("reject", {}),
        ("reject", {"reason": "ugly"}),
        ("accept", {"reason": "other"}),
    ):
        with pytest.raises(UsageError, match="no verdict"):
            review.decide(verdict, **more)
    for answer in ("", " \n", "a\0b", "\ud800"):
        with pytest.raises(UsageError):
            review.decide("edit", after=answer)
    assert not small.reviews.exists()


def test_an_answer_that_differs_in_outer_space_alone_is_no_edit(small: Project) -> None:
    review = open_review(small)
    review.decide("edit", after=shown(review).row.answer + " \n")
    assert review.report().counts == Counts(accepted=1)


def test_a_secret_typed_into_an_answer_is_never_written(small: Project) -> None:
    review = open_review(small)
    review.decide("edit", after=f"Use {SECRET}.")
    assert SECRET not in small.reviews.read_text(encoding="utf-8")
    assert "<SECRET:github_token:1>" in small.reviews.read_text(encoding="utf-8")


def test_opening_is_light() -> None:
    check = "import sys, engine.reviewing; print(sorted({'numpy', 're2', 'rich', 'questionary'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True).stdout == "[]\n"


def test_opening_reads_no_more_rows_than_were_looked_at(large: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    press(open_review(large), "aaxaa")
    read: list[int] = []
    row = Version.row
    monkeypatch.setattr(Version, "row", lambda version, number: read.append(number) or row(version, number))
    monkeypatch.setattr(Version, "rows", None)
    shown(open_review(large))
    assert len(read) <= 7


def test_the_gate_speaks_at_a_hundred_and_follows_the_verdicts(large: Project) -> None:
    review = open_review(large)
    press(review, "x" * 2 + "a" * 97)
    assert gate(large).state == "not checked"
    press(review, "a")
    assert gate(large).state == "passed"
    assert "2 bad of 100 looked at: with 95 % confidence fewer than 7.1 %" in gate(large).text
    assert "(limit 10 %)" in gate(large).text and gate(large).source == "measured"
    press(review, "u")
    assert (gate(large).state, gate(large).text) == ("failed", "99 of 100 rows are looked at")
    for _ in range(7):
        press(review, "u")
    press(review, "x" * 8)
    assert gate(large).state == "failed" and "10 bad of 100" in gate(large).text
    project_limit(large, 0.2)
    open_review(large).record()
    assert gate(large).state == "passed"


def test_a_skipped_card_takes_no_place_among_the_hundred(large: Project) -> None:
    press(open_review(large), "s" + "a" * 99 + "x")
    assert "1 bad of 100 looked at" in gate(large).text


def project_limit(project: Project, limit: Any) -> None:
    project.set("review", {"limit": limit})


@pytest.mark.parametrize("limit", [0, 1.5, "a lot", True])
def test_a_limit_that_is_no_share_is_named(small: Project, limit: Any) -> None:
    project_limit(small, limit)
    with pytest.raises(UsageError, match=r"\[review\] limit"):
        open_review(small)


def test_the_same_evidence_is_written_once_and_a_waiver_stays(large: Project) -> None:
    review = open_review(large)
    press(review, "a" * 100)
    before = large.audit.read_bytes()
    press(review, "aaaa")
    open_review(large).record()
    assert large.audit.read_bytes() == before
    journey.waive(large, "review", "reviewed", "read by someone else")
    press(review, "a")
    assert gate(large).state == "waived"


def test_a_project_that_is_held_loses_no_verdict_and_the_gate_follows(small: Project) -> None:
    review = open_review(small)
    with small.changing("something else"):
        press(review, "a" * 12)
        assert review.unrecorded and "something else" in review.unrecorded.message
    assert gate(small).state == "not checked"
    assert open_review(small).report().done
    review = open_review(small)
    review.record()
    assert review.unrecorded is None and gate(small).state == "passed"


def test_skips_over_a_tenth_are_said_aloud(small: Project) -> None:
    review = open_review(small)
    press(review, "ssaaaaaa")
    assert review.report().warning == (
        "2 of 8 cards were skipped, over 10 %: what is hard to judge may be worse than what was judged"
    )
    press(review, "aaaaaa")
    assert review.report().warning is None


def test_verdicts_hold_in_a_later_version_and_the_sample_after_a_split(large: Project) -> None:
    press(open_review(large), "x" + "a" * 99)
    before = open_review(large).report().bound
    assert cli.main(["data", "split", "--project", str(large.root)]) == 0
    assert gate(large).state == "stale"
    review = open_review(large)
    assert review.report().version == "v2" and review.report().bound == before
    review.record()
    assert gate(large).state == "passed"
    assert cli.main(["data", "clean", "--drop", "duplicates", "--project", str(large.root)]) == 0
    anew = open_review(large).report()
    assert anew.version == "v4" and anew.bound.looked_at < 100


# Applying


def apply(project: Project) -> Version:
    assert cli.main(["review", "apply", "--project", str(project.root)]) == 0
    name = project.data_version()
    assert name
    return open_version(project.version_folder(name))


def test_applying_takes_rows_out_changes_answers_and_keeps_the_gate(small: Project) -> None:
    review = open_review(small)
    gone = [shown(review).row.id]
    press(review, "x")
    gone.append(shown(review).row.id)
    press(review, "f")
    edited = shown(review).row
    review.decide("edit", after="Over there.")
    press(review, "a" * 9)
    assert gate(small).state == "failed" and "3 of them are still in the data" in gate(small).text
    version = apply(small)
    rows = {row.id: row for row in version.rows()}
    assert len(rows) == 10 and not set(gone) & rows.keys()
    (new,) = (row for row in rows.values() if row.parent)
    assert (new.parent, new.answer, new.steps) == (edited.id, "Over there.", ["import", "review"])
    assert new.prompt == edited.prompt and new.source == edited.source
    left_out = (version.folder / "left_out.jsonl").read_text(encoding="utf-8").splitlines()
    reasons = {json.loads(line)["id"]: json.loads(line)["reasons"][0] for line in left_out}
    assert reasons[gone[0]] == {"rule": "review-reject", "message": "wrong answer"}
    assert reasons[gone[1]]["rule"] == "review-flag"
    assert (version.manifest["step"], version.manifest["parent"]) == ("review", "v1")
    assert gate(small).state == "passed" and open_review(small).report().to_apply == 0
    assert open_review(small).undo() is None


def test_personal_data_that_goes_with_its_row_is_gone_for_the_gate_too(project: Project, tmp_path: Path) -> None:
    imported(project, tmp_path, [chat(f"Mail {word}@example.org", "Done.") for word in WORDS[:2]])
    press(open_review(project), "fa")
    assert apply(project).manifest["privacy"]["by_kind"] == {"email": 1}


def test_applying_nothing_is_refused_and_makes_no_version(small: Project, capsys: pytest.CaptureFixture[str]) -> None:
    press(open_review(small), "aas")
    assert cli.main(["review", "apply", "--project", str(small.root)]) == 2
    assert "nothing changes in v1" in capsys.readouterr().err
    press(open_review(small), "x")
    apply(small)
    assert cli.main(["review", "apply", "--project", str(small.root)]) == 2
    assert sorted(path.name for path in small.data.glob("v*")) == ["v1", "v2"]


def test_when_every_row_would_go_nothing_is_changed(small: Project, capsys: pytest.CaptureFixture[str]) -> None:
    press(open_review(small), "x" * 12)
    assert cli.main(["review", "apply", "--project", str(small.root)]) == DataError.exit_code
    assert small.data_version() == "v1"


def test_a_split_version_stays_split_and_edited_rows_where_they_were(project: Project, tmp_path: Path) -> None:
    rows = [chat(f"What is {a} {b}?", f"{b} {a} {n}.") for n, (a, b) in enumerate((a, b) for a in WORDS for b in WORDS)]
    imported(project, tmp_path, rows, "split --seed 5")
    before = {row.id: row.split for row in open_version(project.data / "v2").rows()}
    review, edited = open_review(project), {}
    for number in range(30):
        row = shown(review).row
        edited[row.id] = f"Something else, namely {number}."
        review.decide("edit", after=edited[row.id])
    press(review, "x" * 3 + "a" * 67)
    bound = review.report().bound
    version = apply(project)
    assert "split" not in open_version(project.data / "v3").manifest
    assert version.name == "v4" and version.manifest["step"] == "split" and version.manifest["split"]["proof"]["passed"]
    after = list(version.rows())
    assert len(after) == len(before) - 3
    for row in after:
        assert row.split == before[row.parent or row.id]
    assert {row.parent: row.answer for row in after if row.parent} == edited
    assert len(set(before.values())) == 3
    carried = open_review(project).report()
    assert carried.bound.looked_at == 100 and carried.bound.share == bound.share
    states = {item.item: item.state for status in journey.read(project)[:3] for item in status.items}
    assert states["split_proof"] == "passed" and states["reviewed"] == "failed"


# The commands


def test_the_report_has_stable_names(large: Project, capsys: pytest.CaptureFixture[str]) -> None:
    press(open_review(large), "x" + "a" * 49)
    capsys.readouterr()
    assert cli.main(["review", "report", "--json", "--project", str(large.root)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["queue"], report["seen"], report["bad"], report["agreement"]) == ("random", 50, 1, None)
    assert report["bound_95"] > report["interval"][0] > 0
    assert report["counts"] == {"accepted": 49, "rejected": 1, "edited": 0, "flagged": 0, "skipped": 0}
    assert cli.main(["review", "report", "--project", str(large.root)]) == 0
    printed = capsys.readouterr()
    assert "1 bad of 50 looked at" in printed.out and "50 more to read" in printed.err


def typed(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))


def test_rows_are_read_line_by_line(
    small: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "z\na\nx\n2\ne\n\n.\ne\nOver\nthere.\n.\ns\nu\nf\nq\n")
    assert cli.main(["review", "--plain", "--project", str(small.root)]) == 0
    printed = capsys.readouterr()
    assert "'z' is none of them" in printed.err and "is empty" in printed.err
    assert "1 of 12 · rows.jsonl:" in printed.err and "assistant: " in printed.err
    assert "1 accepted, 1 rejected, 1 edited, 1 flagged, 0 skipped" in printed.out
    said = [json.loads(line) for line in small.reviews.read_text(encoding="utf-8").splitlines()]
    assert said[1]["reason"] == "incomplete" and said[2]["after"] == "Over\nthere."
    typed(monkeypatch, "a\n")
    assert cli.main(["review", "--project", str(small.root)]) == 2
    assert "what was answered is kept" in capsys.readouterr().err
    assert open_review(small).report().counts.accepted == 2


def test_reading_stops_at_the_hundred(
    large: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, "a\n" * 150)
    assert cli.main(["review", "--plain", "--json", "--project", str(large.root)]) == 0
    out = capsys.readouterr().out
    assert json.loads(out[out.index('{\n  "queue"') :])["seen"] == 100
    assert gate(large).state == "passed"


def test_a_hostile_row_is_shown_harmless(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    attack = "\x1b]52;c;aGk=\x07\x1b[2J\x9b31m[/bold]\u202e"
    imported(project, tmp_path, [chat(f"Hello {attack}", attack + "yes")])
    typed(monkeypatch, "q\n")
    assert cli.main(["review", "--plain", "--project", str(project.root)]) == 0
    shown = "".join(capsys.readouterr())
    assert "Hello" in shown and not [one for one in "\x1b\x9b\x07\u202e" if one in shown]


def test_without_data_there_is_nothing_to_read(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["review"], ["review", "report"], ["review", "apply"]):
        assert cli.main([*words, "--project", str(project.root)]) == 3
    assert "tunewright data import" in capsys.readouterr().err


def test_an_answer_in_json_stays_json(project: Project, tmp_path: Path) -> None:
    rows = [chat("Where?", '{"desk": "HARBOR"}'), chat("And this one?", '{"desk": "BENCH"}')]
    review = open_review(imported(project, tmp_path, rows))
    shown(review)
    with pytest.raises(UsageError, match="was JSON"):
        review.decide("edit", after='{"desk": "HARBOR"}ZZ')
    review.decide("edit", after='{"desk": "LEDGER"}')
    assert review.report().counts.edited == 1
