"""The demo, whole: the numbers that it promises."""

from pathlib import Path

import pytest

from tests.journey.command import document, tunewright


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = document(
        "demo", "--headless", "--project", tmp_path_factory.mktemp("demo") / "project"
    )
    return found


def exact(demo: dict[str, dict[str, object]], system: str, name: str) -> float:
    return float(demo["systems"][system][name]["exact_match"]["value"])  # type: ignore[index]


@pytest.mark.parametrize("system", ["base", "base_few_shot"])
@pytest.mark.parametrize("name", ["seen", "new", "novel"])
def test_the_base_model_cannot_do_the_task(demo: dict[str, dict[str, object]], system: str, name: str) -> None:
    assert exact(demo, system, name) < 0.05


def test_the_tuned_model_can(demo: dict[str, dict[str, object]]) -> None:
    assert exact(demo, "tuned", "seen") > 0.90
    assert exact(demo, "tuned", "new") > 0.80


def test_every_number_has_its_interval(demo: dict[str, dict[str, object]]) -> None:
    for sets in demo["systems"].values():
        for metrics in sets.values():  # type: ignore[attr-defined]
            one = metrics["exact_match"]
            assert 0 <= one["low"] <= one["value"] <= one["high"] <= 1 and one["n"] > 0
            assert one["high"] - one["low"] > 0


def test_the_verdict_on_the_sealed_test_is_better(demo: dict[str, dict[str, object]]) -> None:
    assert str(demo["verdicts"]["test"]).startswith("better than")


def test_gates_are_passed_or_waived_with_a_reason(demo: dict[str, dict[str, object]]) -> None:
    states = {(gate["step"], gate["item"]): gate for gate in demo["gates"]}  # type: ignore[index,misc]
    waived = {key for key, gate in states.items() if gate["state"] == "waived"}
    assert waived == {("data", "pii"), ("review", "reviewed")}
    assert all(gate["text"] for gate in states.values())
    assert {gate["state"] for gate in states.values()} == {"passed", "waived"}


def test_the_demo_leaves_a_project_that_can_be_looked_at(demo: dict[str, dict[str, object]]) -> None:
    project = Path(str(demo["project"]))
    assert "the chain is whole" in tunewright("audit", "verify", "--project", project).stdout
    assert document("runs", "--project", project)["runs"][0]["state"] == "finished"
    assert (project / "exports" / "run-1-merged" / "model.safetensors").exists()
