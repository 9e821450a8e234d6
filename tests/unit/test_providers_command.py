"""`tunewright providers`: the list with its reasons, a page, a choice, a price of one's own, the files to upload."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine import audit, journey
from engine.project import Project
from engine.providers.catalogue import load
from engine.where.uploading import upload
from tests.market import TODAY
from tests.unit.commands import run
from tests.unit.test_choosing import rows
from tests.unit.test_data_export import project_of


@pytest.fixture
def split(tmp_path: Path) -> Project:
    return project_of(tmp_path, rows(), split=True)


def listed(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    """The destinations of `providers --json`, by id."""
    assert run("providers", *words, "--json") == 0
    return {one["id"]: one for one in json.loads(capsys.readouterr().out)["destinations"]}


def test_the_list_compares_what_is_open_and_shows_what_is_closed(capsys: pytest.CaptureFixture[str]) -> None:
    found = listed(capsys)
    open_ones = [one for one in found.values() if one["status"].split()[0] != "closed"]
    assert len(open_ones) >= 12 and {"this-machine", "together", "fireworks", "tinker", "bedrock"} <= found.keys()
    for name in ("anthropic", "mistral", "cohere"):
        assert not found[name]["fits"] and found[name]["refused"][0].startswith("closed: ")
        assert "(as of 20" in found[name]["refused"][0]
    assert "existing customers only" in found["openai"]["why_not"][0] and found["openai"]["refused"] == []
    assert any("$78,950 a month" in text for text in found["bedrock-provisioned"]["warnings"])


def test_every_cell_says_something_or_that_nothing_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    for one in listed(capsys).values():
        for name in ("retention", "zero_retention", "rows_minimum", "rows_maximum", "training_price", "serving_price"):
            assert one[name] and "None" not in one[name], (one["id"], name)
        assert one["as_of"] and one["source"] and one["served"]


def test_the_list_at_80_columns_says_of_each_that_does_not_fit_why(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert run("providers", "--region", "eu", "--budget-month", "300") == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert all(len(line) <= 80 for line in lines)
    at = next(number for number, line in enumerate(lines) if line.startswith("runpod-b200-secure "))
    assert lines[at + 1].startswith("    no: region eu is not offered") and "over the $300.00" in " ".join(lines)
    assert "~ one source only" in printed.out and "fit; all of one" in printed.err
    assert run("providers", "--fits", "--region", "eu", "--budget-month", "300") == 0
    assert "no: " not in capsys.readouterr().out


def test_constraints_are_kept_in_the_project_and_all_forgets_them_once(
    split: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ("--project", split.root)
    assert not listed(capsys, *there, "--region", "eu", "--privacy", "here")["tinker"]["fits"]
    assert split.settings()["where"] == {"region": "eu", "privacy": "here"}
    assert listed(capsys, *there, "--all")["tinker"]["fits"]
    found = listed(capsys, *there)
    assert [one["id"] for one in found.values() if one["fits"]] == ["this-machine"]
    assert all("may not leave" in " ".join(one["refused"]) for one in found.values() if one["id"] == "tinker")
    assert listed(capsys, *there, "--region", "any", "--privacy", "any")["tinker"]["fits"]


def test_a_hostile_constraint_obeys_nothing(split: Project, capsys: pytest.CaptureFixture[str]) -> None:
    split.set("where", {"region": "\x1b]52;c;eA==\x07eu\u202e"})
    assert run("providers", "--project", split.root) == 0
    assert not set("\x1b\x07\u202e") & set(capsys.readouterr().out)


def test_wide_has_every_column(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("providers", "--wide") == 0
    lines = capsys.readouterr().out.splitlines()
    heads = lines[0].split("\t")
    assert {"methods", "models", "region", "retention", "zero_retention", "ends", "as_of", "source"} < set(heads)
    assert {len(line.split("\t")) for line in lines} == {len(heads)}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--region", "mars", "--budget", "-1"), "region: 'mars'"),
        (("--all", "--region", "eu"), "--all"),
        (("show", "nowhere"), "nowhere"),
        (("--region", "eu", "show", "together"), "--region is for the list"),
    ],
)
def test_what_cannot_be_meant_ends_with_2_and_a_hint(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("providers", *words) == 2
    printed = capsys.readouterr()
    assert said in printed.err and "hint: " in printed.err and not printed.out


def test_a_page_names_source_and_age_of_every_price(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("providers", "show", "together") == 0
    text = " ".join(capsys.readouterr().out.split())
    assert "single source, 2026-05-08 (197 days old, stale)" in text and "the wizard cannot follow" in text.lower()
    assert "tunewright providers upload together" in text
    assert run("providers", "show", "runpod-h100-sxm-secure", "--json") == 0
    page = json.loads(capsys.readouterr().out)
    assert page["destination"]["serving"]["per_hour"]["value"] == 3.99
    assert any(line.startswith("ssh") for section in page["sections"] for line in section["lines"])


def test_choosing_by_command_takes_the_name_and_the_consent(split: Project, capsys: pytest.CaptureFixture[str]) -> None:
    there = ("--project", split.root)
    assert run("providers", "choose", "together", *there) == 7
    assert "a month" in capsys.readouterr().err
    assert run("providers", "choose", "together", "--confirm", "fireworks", "--consent", *there) == 7
    assert run("providers", "choose", "together", "--confirm", "together", *there) == 7
    assert "24 rows" in capsys.readouterr().err
    assert run("providers", "choose", "anthropic", "--confirm", "anthropic", "--consent", *there) == 7
    assert "2026-09-10" in capsys.readouterr().err
    assert not [line for line in audit.entries(split.audit) if line["event"] == "where.choose"]
    assert run("providers", "choose", "together", "--confirm", "together", "--consent", *there, "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert made["id"] == "together" and made["burn_usd_per_month"] == pytest.approx(3.99 * 730)
    assert journey.read(split)[3].state == "passed"


def test_a_price_of_ones_own_is_shown_as_such_and_given_back(
    split: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ("--project", split.root)
    assert run("providers", "price", "together", "per_hour", "$2.50", *there) == 0
    assert listed(capsys, *there)["together"]["serving_price"].startswith("$2.50/h *")
    assert run("providers", "price", "together", "per_hour", "default", *there) == 0
    assert "$3.99/h" in listed(capsys, *there)["together"]["serving_price"]
    for words in (("together", "per_hour", "much"), ("together", "colour", "3"), ("nowhere", "train", "3")):
        assert run("providers", "price", *words, *there) == 2
    assert run("providers", "price", "together", "per_hour", "--", "-3", *there) == 2


def test_the_files_for_every_open_service_can_be_written(split: Project, tmp_path: Path) -> None:
    market = load(today=TODAY)
    services = [one for one in market.destinations if one.kind == "service" and one.status != "closed" and one.upload]
    assert len(services) >= 8
    for one in services:
        with split.changing("test"):
            made = upload(split, one.id, market, TODAY, out=tmp_path / one.id)
        left = [word for line in made.commands for word in re.findall(r"\b(?:FILE|VALIDATION)\b", line)]
        assert made.exported.manifest["rows"] == 24 and not left, one.id


def test_upload_writes_the_files_and_what_to_type(
    split: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ("--project", split.root)
    assert run("providers", "upload", "fireworks", "--to", tmp_path / "out", *there, "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert [one["rows"] for one in made["files"]] == [12, 12] and made["target"] == "fireworks"
    assert any(str(tmp_path / "out" / "train.jsonl") in line for line in made["commands"])
    assert run("providers", "upload", "fireworks", *there) == 0
    assert "cannot follow a job" in capsys.readouterr().out
    assert run("providers", "upload", "anthropic", *there) == 7
    assert run("providers", "upload", "runpod-l40s-secure", *there) == 2
    assert "the project itself goes there" in capsys.readouterr().err
