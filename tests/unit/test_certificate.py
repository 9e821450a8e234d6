"""The certificate: what it says, when it is given, and when it no longer counts."""

import hashlib
from pathlib import Path

import pytest

from engine import audit
from engine.cli import main
from engine.data.certificate import certificate, certify
from engine.data.privacy_rules import KINDS
from engine.data.redaction import open_redactions, selected
from engine.durable import read_json
from engine.errors import GateError, UsageError
from engine.project import Project
from tests.tui.reviewable import example
from tests.unit.test_redaction import applied, made, opened, pii


@pytest.fixture
def certified(tmp_path: Path) -> Project:
    """E-mail redacted, phones kept, a name marked."""
    project = made(tmp_path / "p")
    folder = ["--project", str(project.root)]
    assert main(["data", "redact", "--refuse", "phone", "--reason", "our own hotline", *folder]) == 0
    assert main(["data", "redact", "--accept", "all", "--apply", *folder]) == 0
    assert pii(project) == "failed"
    assert main(["data", "certificate", *folder]) == 0
    return project


def test_it_says_what_was_scanned_redacted_and_kept_and_what_was_not_sought(certified: Project) -> None:
    made = certificate(certified)
    assert made is not None
    said = made.document
    rows = certified.version_folder("v2") / "rows.jsonl"
    assert (said["version"], said["rows_sha256"]) == ("v2", hashlib.sha256(rows.read_bytes()).hexdigest())
    assert said["scanned"]["rows"] == 5 and said["rules"] >= 1 and said["phone_regions"] == ["US", "GB"]
    assert said["kinds"].keys() == KINDS.keys()
    email, phone = said["kinds"]["email"], said["kinds"]["phone"]
    assert (email["found"], email["redacted"], email["kept"]) == (9, 9, 0)
    assert (phone["found"], phone["redacted"], phone["kept"]) == (2, 0, 2)
    assert said["kept"] == [{"kind": "phone", "places": 2, "reason": "our own hotline"}]
    assert said["not_scanned"] == ["names", "addresses", "organisations"]
    text = made.path.with_suffix(".txt").read_text(encoding="utf-8")
    assert text.splitlines() == made.lines
    assert "NOT scanned for: names, addresses, organisations" in text and "our own hotline" in text


def test_its_hash_is_in_the_audit_log_and_the_gate_is_open(certified: Project) -> None:
    made = certificate(certified)
    assert made is not None and pii(certified) == "passed"
    [line] = [one for one in audit.entries(certified.audit) if one["event"] == "data.certificate"]
    assert line["sha256"] == hashlib.sha256(made.path.read_bytes()).hexdigest() == made.sha256
    made.path.write_bytes(made.path.read_bytes().replace(b'"redacted": 9', b'"redacted": 8'))
    assert certificate(certified) is None


def test_it_is_given_for_nothing_that_is_open_or_not_applied(tmp_path: Path) -> None:
    project = made(tmp_path / "p")
    with pytest.raises(UsageError, match="not scanned"):
        certify(project)
    found = opened(project)
    with pytest.raises(GateError, match="are open"):
        certify(project)
    found.decide("accept", selected(found, "all"))
    with pytest.raises(GateError, match="not applied"):
        certify(project)
    applied(project)
    assert certify(project).document["kept"] == []


def test_a_new_version_makes_it_stale(certified: Project) -> None:
    found = open_redactions(certified)
    found.decide("accept", selected(found, found.proposals[0].id))
    assert main(["data", "redact", "--apply", "--project", str(certified.root)]) == 0
    assert certificate(certified) is None and pii(certified) == "failed"
    assert main(["data", "certificate", "--project", str(certified.root)]) == 0
    assert pii(certified) == "passed"
    # Both versions count: what was redacted before is not forgotten.
    said = read_json(certified.report_folder("v3") / "certificate.json")
    assert said["kinds"]["email"]["redacted"] == 9 and said["kinds"]["phone"]["redacted"] == 1


def test_a_decision_that_is_taken_back_closes_the_gate_again(tmp_path: Path) -> None:
    project = made(tmp_path / "p", [example(0, "call +49 30 1234567", "ok")])
    folder = ["--project", str(project.root)]
    assert main(["data", "redact", "--refuse", "all", "--reason", "ours", *folder]) == 0
    assert main(["data", "certificate", *folder]) == 0
    assert pii(project) == "passed"
    assert main(["data", "redact", "--undo", *folder]) == 0
    assert pii(project) == "failed"
    assert main(["data", "certificate", *folder]) == 7


def test_a_version_without_findings_is_certified_as_it_is(tmp_path: Path) -> None:
    project = made(tmp_path / "p", [example(0, "nothing", "at all")])
    assert main(["data", "certificate", "--project", str(project.root)]) == 0
    assert pii(project) == "passed"


def test_a_mark_is_counted_apart_from_the_kinds(tmp_path: Path) -> None:
    from engine.data.marking import mark

    project = made(tmp_path / "p", [example(0, "I am Ada", "Hello Ada")])
    mark(opened(project), 0, "Ada")
    applied(project)
    said = certify(project)
    assert said.document["marked_by_hand"] == {"name": 2}
    assert "name: 2 marked by hand and redacted" in said.lines
