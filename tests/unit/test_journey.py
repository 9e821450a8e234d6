import pytest

from engine import journey
from engine.errors import GateError, UsageError
from engine.project import Project


def state(project: Project, step: str) -> str:
    return next(status.state for status in journey.read(project) if status.step.key == step)


def test_nothing_is_passed_before_it_is_shown(project: Project) -> None:
    assert {status.state for status in journey.read(project)} == {"not checked"}


def test_a_step_passes_when_all_its_items_do(project: Project) -> None:
    for item in journey.STEPS["train"].items:
        assert state(project, "train") == "not checked"
        journey.record(project, "train", [journey.Evidence(item, "passed", "seen")])
    assert state(project, "train") == "passed"


def test_evidence_goes_stale_when_what_it_rests_on_changes(project: Project) -> None:
    project.set("data", {"version": "v1"})
    journey.record(project, "baseline", [journey.Evidence("measured", "passed", "0 %", {"data": "v1"})])
    assert state(project, "baseline") == "passed"
    project.set("data", {"version": "v2"})
    assert state(project, "baseline") == "stale"


def test_a_waiver_goes_stale_too(project: Project) -> None:
    project.set("data", {"version": "v1"})
    journey.waive(project, "review", "reviewed", "nobody is here")
    assert state(project, "review") == "waived"
    project.set("data", {"version": "v2"})
    assert state(project, "review") == "stale"


def test_a_waiver_given_before_there_is_anything_does_not_cover_what_comes(project: Project) -> None:
    journey.waive(project, "review", "reviewed", "nobody is here")
    assert state(project, "review") == "waived"
    project.set("data", {"version": "v1"})
    assert state(project, "review") == "stale"


def test_an_older_run_takes_nothing_from_a_newer_one(project: Project) -> None:
    for name in ("run-1", "run-2"):
        project.new_run("")
        evidence = journey.Evidence("beats_baseline", "passed", name, {"run": name})
        journey.record(project, "evaluate", [evidence])
    journey.record(project, "evaluate", [journey.Evidence("beats_baseline", "failed", "again", {"run": "run-1"})])
    assert state(project, "evaluate") == "passed"
    of_first = next(one for one in journey.read(project, {"run": "run-1"}) if one.step.key == "evaluate")
    assert of_first.state == "failed"


def test_gates_stay_closed_on_a_record_that_was_changed(project: Project) -> None:
    journey.record(project, "decide", [journey.Evidence("verdict", "failed", "prompting")])
    project.audit.write_bytes(project.audit.read_bytes().replace(b"failed", b"passed"))
    with pytest.raises(GateError, match="audit log was changed at line 2"):
        journey.require(project, "data")


def test_a_waiver_needs_a_reason_and_a_known_item(project: Project) -> None:
    with pytest.raises(UsageError, match="written reason"):
        journey.waive(project, "review", "reviewed", "  ")
    with pytest.raises(UsageError, match="no gate item"):
        journey.waive(project, "review", "nonsense", "because")


def test_a_closed_gate_names_what_lifts_it(project: Project) -> None:
    with pytest.raises(GateError, match="decide verdict: not checked: tunewright decide") as caught:
        journey.require(project, "data")
    assert "tunewright decide" in caught.value.hint and "tunewright waive decide verdict" in caught.value.hint
    journey.waive(project, "decide", "verdict", "the board wants it")
    journey.require(project, "data")


def test_a_failed_item_fails_its_step(project: Project) -> None:
    journey.record(project, "decide", [journey.Evidence("verdict", "failed", "stick with prompting")])
    assert state(project, "decide") == "failed"
