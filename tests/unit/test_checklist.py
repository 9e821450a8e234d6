"""The quality checklist: each item passed, failed or not checked, with what it rests on; a waiver is no pass."""

from typing import Any

import pytest

from engine import journey
from engine.data.checklist import Item, checklist
from engine.data.report import make_report
from engine.data.rows import Row
from engine.journey import Evidence
from engine.keeping import keep, keep_by
from engine.project import Project
from tests.unit.kept_rows import LONG, kept, row
from tests.unit.test_report import ordinary


def items(project: Project, agreement: dict[str, Any] | None = None) -> dict[str, Item]:
    return {one.item: one for one in checklist(project, make_report(project), agreement)}


def states(project: Project, rows: list[Row], **mapping: object) -> dict[str, str]:
    kept(project, rows, **mapping)
    return {name: one.state for name, one in items(project).items()}


def test_what_nobody_checked_is_not_passed(project: Project) -> None:
    found = states(project, ordinary(60))
    machine = ("format", "near-empty", "placeholder", "special-token", "boilerplate", "duplicates", "contradictions")
    assert {name: state for name, state in found.items() if state == "PASS"} == dict.fromkeys(
        (*machine, "diversity", "minimum"), "PASS"
    )
    assert all(state in ("PASS", "NOT CHECKED") for state in found.values())
    assert {name for name, one in items(project).items() if one.half == "person"} == {
        "reviewed",
        "agreement",
        "guideline",
        "licence",
        "origin",
    }
    assert all(one.evidence for one in items(project).values())


@pytest.mark.parametrize(
    ("item", "rule", "more"),
    [
        ("placeholder", "placeholder", [row("I am {{name}}", "A long enough answer stands here, with many words.")]),
        ("duplicates", "duplicate", ordinary(60)[:1]),
        ("duplicates", "near-duplicate", [row(LONG, "Sorry for it."), row(f"{LONG} now", "Sorry for it.")]),
        ("contradictions", "contradiction", [row(ordinary(60)[0].prompt[0], "Something else than before.")]),
        ("near-empty", "near-empty", [row("What is it?", "It.")]),
    ],
)
def test_what_is_found_fails_with_the_rule_that_lists_it(
    project: Project, item: str, rule: str, more: list[Row]
) -> None:
    kept(project, [*ordinary(60), *more])
    found = items(project)
    assert (found[item].state, found[item].rule) == ("FAIL", rule)
    assert {name for name, one in found.items() if one.state == "FAIL"} == {item}


def test_few_and_uneven_categories_fail(project: Project) -> None:
    rows = [*ordinary(60, desk="a"), *ordinary(9, desk="b")]
    found = states(project, rows, category="desk")
    assert (found["balance"], found["minimum"], found["diversity"]) == ("FAIL", "FAIL", "PASS")


def test_one_row_over_and_over_is_not_diverse(project: Project) -> None:
    assert states(project, ordinary(5) * 12)["diversity"] == "FAIL"


def test_rows_kept_on_purpose_do_not_fail(project: Project) -> None:
    rows = [*ordinary(60), ordinary(60)[0], row("Which desk?", "billing is it"), row("Which desk?", "sales is it")]
    assert states(project, rows)["contradictions"] == "FAIL"
    keep_by(project, "all")
    keep(project, "conflict", 1, None, "both are right")
    found = items(project)
    assert (found["duplicates"].state, found["contradictions"].state) == ("PASS", "PASS")
    assert "kept on purpose" in found["contradictions"].evidence


def test_lengths_are_held_against_the_plan(project: Project) -> None:
    kept(project, [*ordinary(5), row("x " * 900, "y")])
    assert items(project)["tokens"].state == "NOT CHECKED"
    project.set("plan", {"max_length": 300})
    found = items(project)["tokens"]
    assert (found.state, found.rule, found.evidence[:6]) == ("FAIL", "longer-than:300", "1 rows")
    project.set("plan", {"max_length": 445})
    assert items(project)["tokens"].state == "PASS"


@pytest.mark.parametrize(
    ("item", "step"), [("pii", "data"), ("split_proof", "data"), ("secrets_masked", "data"), ("reviewed", "review")]
)
def test_items_of_the_road_are_as_they_stand_there(project: Project, item: str, step: str) -> None:
    kept(project, ordinary(5))
    facts = {"data": "v1"}
    for state, shown in (("passed", "PASS"), ("failed", "FAIL")):
        journey.record(project, step, [Evidence(item, state, "as seen", facts)])  # type: ignore[arg-type]
        assert (items(project)[item].state, items(project)[item].evidence) == (shown, "as seen")
    journey.waive(project, step, item, "no time")
    assert items(project)[item].state == "NOT CHECKED"
    journey.record(project, step, [Evidence(item, "passed", "as seen", facts)])
    kept(project, ordinary(6))
    assert items(project)[item].state == "NOT CHECKED"


@pytest.mark.parametrize(
    ("agreement", "state"), [(None, "NOT CHECKED"), ({"kappa": None}, "NOT CHECKED"), ({"kappa": 0.61}, "PASS")]
)
def test_agreement_needs_a_second_reader(project: Project, agreement: dict[str, Any] | None, state: str) -> None:
    kept(project, ordinary(5))
    assert items(project, agreement)["agreement"].state == state
    assert items(project, {"kappa": 0.5})["agreement"].state == "FAIL"


def test_a_guideline_licence_and_origin_are_noted(project: Project) -> None:
    kept(project, ordinary(5))
    project.guidelines.mkdir()
    (project.guidelines / "1.md").write_text("Be right.", encoding="utf-8")
    project.set("data", {"licence": "own data", "origin": "the help desk"})
    found = items(project)
    assert [found[name].state for name in ("guideline", "licence", "origin")] == ["PASS"] * 3
    assert found["licence"].evidence == "own data"
