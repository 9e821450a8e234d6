"""Choosing a destination: what must be typed and agreed to, what is recorded, and when it no longer counts."""

import json
import os
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import audit, journey
from engine.data.versions import open_version
from engine.errors import DataError, GateError, UsageError
from engine.machine import record
from engine.machine.report import Machine, inspect_machine
from engine.project import Project
from engine.providers.entries import Upload
from engine.training import elsewhere
from engine.where.choosing import choose, chosen, needs
from engine.where.consent import Consent, bytes_along, file_bytes, taken_along
from engine.where.page import page
from engine.where.uploading import upload
from tests.market import MARKET, PER_TOKEN, TODAY
from tests.unit.test_data_export import made, project_of, said


def rows(count: int = 36) -> list[Any]:
    return [made([said("user", f"q {n}"), said("assistant", f"a {n}")], n) for n in range(1, count + 1)]


@pytest.fixture
def split(tmp_path: Path) -> Project:
    """36 rows, 12 in each split."""
    return project_of(tmp_path, rows(), split=True)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = inspect_machine(tmp_path)
    whole = replace(found, packages=dict.fromkeys(found.packages, "1.0"))
    monkeypatch.setattr(record, "inspect_machine", lambda folder: whole)
    return whole


def take(project: Project, name: str, typed: str | None = None, agreed: Consent | bool = False) -> Any:
    with project.changing("test"):
        return choose(project, name, typed, agreed, MARKET, TODAY)


def items(project: Project) -> dict[str, journey.ItemStatus]:
    [where] = [status for status in journey.read(project) if status.step.key == "where"]
    return {item.item: item for item in where.items}


def choices(project: Project) -> list[dict[str, Any]]:
    return [line for line in audit.entries(project.audit) if line["event"] == "where.choose"]


def test_this_machine_takes_nothing_and_no_data_leaves_it(project: Project, machine: Machine) -> None:
    asked = needs(project, "this-machine", MARKET, TODAY)
    assert (asked.typed, asked.consent, asked.refused, asked.burn_per_month) == (None, None, (), None)
    take(project, "this-machine")
    found = items(project)
    assert found["destination"].state == found["consent"].state == "passed"
    assert found["consent"].text == "no data leaves this machine"
    assert elsewhere(project) is None


@pytest.mark.parametrize("name", ["closed", "gone", "unserved"])
def test_what_cannot_serve_is_refused_with_its_reason_whatever_is_typed(split: Project, name: str) -> None:
    with pytest.raises(GateError) as error:
        take(split, name, name, agreed=True)
    assert error.value.message.startswith(f"{name} cannot be chosen: ") and "--fits" in error.value.hint
    assert "20" in error.value.message or name == "unserved"
    assert choices(split) == [] and chosen(split) is None


def test_data_that_may_not_leave_refuses_and_names_the_answer_to_change(split: Project) -> None:
    split.set("decide", {"data_may_leave": "no"})
    with pytest.raises(GateError, match="may not leave") as error:
        take(split, "tokens", None, agreed=True)
    assert "step Decide" in error.value.hint and chosen(split) is None


@pytest.mark.parametrize(
    ("name", "why"), [("hours", "$2,920 a month"), ("soon", "ends on 2027-01-14"), ("old", "existing customers")]
)
def test_what_costs_by_the_hour_or_ends_soon_must_be_typed(split: Project, name: str, why: str) -> None:
    asked = needs(split, name, MARKET, TODAY)
    assert asked.typed == name and why in " ".join(asked.why_typed)
    for typed in (None, "", "yes", name.upper()):
        with pytest.raises(GateError) as error:
            take(split, name, typed, agreed=True)
        assert why in error.value.message and f"--confirm {name}" in error.value.hint
    assert choices(split) == []
    take(split, name, f" {name} ", agreed=True)
    [line] = choices(split)
    assert line["typed"] == name and why in " ".join(line["why_typed"])


def test_consent_names_rows_bytes_terms_and_price_and_is_recorded_without_data(split: Project) -> None:
    with pytest.raises(GateError, match="nobody agreed") as error:
        take(split, "tokens")
    assert "24 rows" in error.value.message and "30 days" in error.value.message
    take(split, "tokens", agreed=True)
    [line] = choices(split)
    assert (line["consent"]["rows"], line["consent"]["version"]) == ("24", "v1")
    assert int(line["consent"]["bytes"]) == file_bytes(open_version(split.version_folder("v1")), "openai")[0]
    assert {"region", "retention", "zero retention", "price", "personal data"} <= line["consent"].keys()
    assert "q 1" not in split.audit.read_text(encoding="utf-8")
    found = items(split)
    assert found["destination"].source == "quoted" and found["consent"].source == "yours"
    assert chosen(split).id == "tokens" and chosen(split).consent["rows"] == "24"  # type: ignore[union-attr]
    assert "the wizard cannot follow" in str(elsewhere(split))


def test_consent_is_to_what_was_shown(split: Project) -> None:
    shown = needs(split, "tokens", MARKET, TODAY).consent
    assert shown is not None
    with pytest.raises(GateError, match="has changed since"):
        take(split, "tokens", agreed=replace(shown, rows=23))
    assert chosen(split) is None
    take(split, "tokens", agreed=shown)
    assert items(split)["consent"].state == "passed"


def test_the_bytes_told_are_those_of_the_files_written(split: Project) -> None:
    told = needs(split, "tokens", MARKET, TODAY).consent
    with split.changing("test"):
        files = upload(split, "tokens", MARKET, TODAY).exported.manifest["files"]
    assert told is not None and told.measured and told.bytes == sum(one["bytes"] for one in files)


def test_of_many_rows_the_bytes_are_estimated_and_said_to_be(tmp_path: Path) -> None:
    project = project_of(tmp_path, rows(6_003), split=True)
    version = open_version(project.version_folder("v1"))
    estimated, measured = file_bytes(version, "openai")
    exact = sum(len(row.to_json()) for row in version.rows() if row.split != "test")
    assert not measured and 0 < estimated < exact
    told = needs(project, "tokens", MARKET, TODAY).consent
    assert told is not None and "(estimated from" in dict(told.lines())["leaves this machine"]


@pytest.mark.parametrize("state", ["no data", "not split"])
def test_what_leaves_cannot_be_told_without_a_split_version(tmp_path: Path, state: str) -> None:
    project = Project.create(tmp_path / "p") if state == "no data" else project_of(tmp_path, rows())
    with pytest.raises(GateError) as error:
        take(project, "tokens", None, agreed=True)
    assert "tunewright data" in error.value.hint


def test_consent_is_stale_with_another_version_and_with_another_answer(split: Project) -> None:
    take(split, "tokens", agreed=True)
    split.set("decide", {"data_may_leave": "no"})
    assert items(split)["consent"].state == "stale"
    split.set("decide", {"data_may_leave": "yes"})
    assert items(split)["consent"].state == "passed"
    split.set("data", {"version": "v2"})
    assert items(split)["consent"].state == "stale" and items(split)["destination"].state == "passed"


def test_what_was_shown_for_one_destination_counts_for_no_other(split: Project, machine: Machine) -> None:
    take(split, "this-machine")
    take(split, "tokens", agreed=True)
    split.set("data", {"version": "v2"})
    assert items(split)["consent"].state == "stale"
    split.set("data", {"version": "v1"})
    take(split, "this-machine")
    assert {one.state for one in items(split).values()} == {"passed"}
    assert [line["before"] for line in choices(split)] == [None, "this-machine", "tokens"]


def test_looking_at_this_machine_keeps_another_destination(split: Project, machine: Machine) -> None:
    take(split, "tokens", agreed=True)
    record.record_machine(split)
    assert chosen(split).id == "tokens" and record.recorded_destination(split)  # type: ignore[union-attr]
    assert items(split)["consent"].text.startswith("leaves this machine: 24 rows")


def test_a_waiver_is_for_the_destination_it_was_written_for(split: Project) -> None:
    journey.waive(split, "where", "consent", "the rows are public")
    assert items(split)["consent"].state == "waived"
    take(split, "tokens", agreed=True)
    journey.waive(split, "where", "destination", "tried before")
    take(split, "hours", "hours", agreed=True)
    assert items(split)["destination"].state == "passed"


def test_an_upload_is_checked_by_the_rules_of_its_host_and_names_the_rows(tmp_path: Path) -> None:
    broken = made([said("user", "a"), said("user", "b"), said("assistant", "c")], 40)
    project = project_of(tmp_path, [broken, *rows(36)], split=True)
    strict = Upload("openai", "together", ("theirs upload FILE",), PER_TOKEN.status_about.source)
    catalogue = replace(MARKET, destinations=(replace(PER_TOKEN, upload=strict),))
    with project.changing("test"):
        with pytest.raises(DataError, match="take turns") as error:
            upload(project, "tokens", catalogue, TODAY)
        assert "1 row (1)" in error.value.message and not [*project.exports.iterdir()]
        written = upload(project, "tokens", catalogue, TODAY, leave_out=True)
    assert written.exported.manifest["left_out"]["rows"] == 1 and written.exported.manifest["target"] == "together"


def test_a_host_that_takes_no_so_few_rows_says_so(tmp_path: Path) -> None:
    project = project_of(tmp_path, rows(12), split=True)
    with project.changing("test"), pytest.raises(DataError, match=r"4 rows, and .* at least 10"):
        upload(project, "tokens", MARKET, TODAY)
    assert not [*project.exports.iterdir()]


def test_an_upload_holds_no_test_row_and_its_commands_name_its_files(tmp_path: Path) -> None:
    project = project_of(tmp_path / "it's MODEL", rows(), split=True)
    with project.changing("test"):
        written = upload(project, "tokens", MARKET, TODAY, model="large-70B")
    folder = written.exported.folder
    assert {path.name for path in folder.iterdir()} == {"train.jsonl", "validation.jsonl", "export.json"}
    words = shlex.split(written.commands[0])
    assert words == ["theirs", "upload", str(folder / "train.jsonl"), "--eval", str(folder / "validation.jsonl")]
    assert written.commands[1] == 'theirs tune "Large-70B"'
    assert any("cannot follow" in note for note in written.notes)
    lines = (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 12 and all("messages" in json.loads(line) for line in lines)


def test_an_upload_says_whether_anybody_agreed_to_send_it(split: Project) -> None:
    def first_note() -> str:
        with split.changing("test"):
            return upload(split, "tokens", MARKET, TODAY).notes[0]

    assert first_note().startswith("Nobody agreed yet") and "providers choose tokens" in first_note()
    take(split, "tokens", agreed=True)
    assert first_note().startswith("That v1 goes to Tokens Inc. was agreed on 20")
    os.rename(split.version_folder("v1"), split.version_folder("v2"))
    split.set("data", {"version": "v2"})
    assert "agreed that v1 goes to Tokens Inc., not v2" in first_note()


@pytest.mark.parametrize(
    ("name", "model", "error", "said_there"),
    [
        ("this-machine", None, UsageError, "training runs here"),
        ("rented-h100", None, UsageError, "the project itself goes there"),
        ("closed", None, GateError, "stopped in 2025"),
        ("tokens", "gpt-9", UsageError, "cannot be tuned"),
        ("tokenz", None, UsageError, "tokenz"),
    ],
)
def test_an_upload_that_makes_no_sense_is_refused(
    split: Project, name: str, model: str | None, error: type[Exception], said_there: str
) -> None:
    with split.changing("test"), pytest.raises(error, match=said_there):
        upload(split, name, MARKET, TODAY, model=model)


def test_a_rented_gpu_gets_the_project_and_consent_counts_just_what_goes(split: Project) -> None:
    told = needs(split, "rented-h100", MARKET, TODAY)
    assert told.typed == "rented-h100" and told.burn_per_month == pytest.approx(5825.40)
    assert told.consent is not None and (told.consent.rows, told.consent.bytes) == (36, bytes_along(split))
    sections = {one.title: one for one in page(MARKET, "rented-h100", split, TODAY).sections}
    [rsync] = [line for line in sections["How to go on there"].lines if line.startswith("rsync")]
    gone = {split.root / word for word in shlex.split(rsync)[2:-1]}
    assert gone == set(taken_along(split)) and split.version_folder("v1") in gone and split.runs not in gone


def test_a_page_tells_source_date_age_and_what_was_not_found() -> None:
    shown = page(MARKET, "rented-h100", None, TODAY)
    facts = {fact.name: fact for section in shown.sections for fact in section.facts}
    assert facts["price"].text == "$3.99 per hour" and facts["price"].mark == "one source"
    assert facts["price"].origin == "single source, 2026-08-01 (112 days old, stale): a blog"
    assert facts["rows at most"].text == "not found as of 2026-11-20" and facts["rows at most"].mark == "not found"
    assert facts["a month, always on"].text.startswith("$5,825")
    assert shown.flags == ("billed by the hour, used or not: $5,825 a month for 2 x H100 SXM with Qwen3 8B",)
    assert not [one for one in page(MARKET, "closed", None, TODAY).sections if one.title == "What is typed there"]


def test_a_damaged_choice_is_said_with_its_place(project: Project) -> None:
    with open(project.settings_file, "a", encoding="utf-8") as file:
        file.write('\n[where]\ndestination = "tokens"\nconsent = 3\n')
    with pytest.raises(UsageError, match="consent") as error:
        chosen(project)
    assert error.value.where == str(project.settings_file)


def test_the_page_says_who_tells_how_to_upload(split: Project) -> None:
    [typed] = [one for one in page(MARKET, "tokens", split, TODAY).sections if one.title == "What is typed there"]
    told = "official, 2026-11-01 (20 days old): its price page"
    assert [(one.name, one.text) for one in typed.facts] == [("as told by", told)]
