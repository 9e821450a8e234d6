"""What a project shows against what was answered: rows counted, rows read, prompting measured, and the verdict anew."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import cli, journey
from engine.decide.advice import Advice, advise
from engine.decide.checklist import QUESTIONS
from engine.decide.evidence import NOTHING, Counted, Evidence, Measured, Rate, Reviewed, precision, sign_test
from engine.decide.record import stored_answers
from engine.decide.telling import said, signal_rows, tree_rows, weighed_in_words
from engine.decide.tree import tree
from engine.deciding import advice, answer, keep_up, reconsider
from engine.deciding_evidence import evidence
from engine.errors import ResourceError, UsageError
from engine.evaluate.statistics import mcnemar_exact
from engine.findings import baseline_folder
from engine.plan.recipe import planned
from engine.project import Project
from engine.reviewing import open_review
from tests.measured import project_with_plan, with_baseline
from tests.unit.made_rows import imported_project, rows, split_project
from tests.unit.test_decide import CHOICES, given_answers

ANSWERS = given_answers()
COUNTED = Counted("v2", 700, {"one": 300, "two": 250}, "groups of near-equal rows in train", True, 90)
MEASURED = Measured(
    "2026-11-21 14:01:12 UTC",
    "qwen3-8b",
    "v2",
    90,
    {"base": Rate(0.30, 0.21, 0.40), "base_few_shot": Rate(0.91, 0.84, 0.96)},
    gains=60,
    losses=5,
)


def found(given: Mapping[str, Any] | None = None, **shown: Any) -> Advice:
    """The advice on good answers, some changed, and this evidence."""
    return advise({**ANSWERS, **(given or {})}, Evidence(**shown))


def told(one: Advice) -> str:
    return "\n".join(f"{title}: {line}" for title, line in said(one))


def test_rows_that_were_counted_take_the_place_of_the_number_that_was_typed() -> None:
    one = found({"examples": 5000}, counted=replace(COUNTED, groups={"all": 30}))
    assert one.verdict.name == "few-shot" and one.values["examples"] == 30 and one.answers["examples"] == 5000
    assert "you said 5,000; the project shows 30, which is followed: 30 groups of near-equal rows in train" in told(one)
    assert found({"examples": 12}, counted=COUNTED).verdict.name == "fine-tune"


def test_what_the_review_found_bad_is_taken_off() -> None:
    fifty = replace(COUNTED, groups={"all": 52})
    few = {"task": "classification"}
    assert found(few, counted=fifty).verdict.name == "fine-tune"
    one = found(few, counted=replace(fifty, bad_share=0.05))
    assert one.verdict.name == "few-shot" and "49 good examples" in one.verdict.reasons[0]
    assert "5.0 % of them bad by the review" in told(one)
    both = replace(COUNTED, groups={"a": 104, "b": 104})
    assert found(counted=both).verdict.name == "fine-tune"
    assert found(counted=replace(both, bad_share=0.05)).verdict.because == ("small-categories",)


def test_rows_that_nobody_has_compared_count_only_where_they_are_fewer() -> None:
    raw = replace(COUNTED, groups=None, rows=300)
    more, fewer = found({"examples": 200}, counted=raw), found({"examples": 600}, counted=raw)
    assert more.values["examples"] == 200 and "which is followed" in told(more) and "data report" in told(more)
    assert fewer.values["examples"] == 300
    open_one = advise({}, Evidence(raw))
    assert "examples" in open_one.open and weighed_in_words(open_one.weighed[0]).startswith("no answer")


@pytest.mark.parametrize(
    ("groups", "task", "verdict"),
    [
        ({f"c{n}": 30 for n in range(10)}, "classification", "few-shot"),
        ({f"c{n}": 50 for n in range(10)}, "classification", "fine-tune"),
        ({"a": 99, "b": 101}, "extraction", "few-shot"),
        ({"a": 100, "b": 101}, "extraction", "fine-tune"),
        ({"a": 200, "b": 190, "rare": 4}, "classification", "fine-tune"),
        ({"(all rows)": 199}, "reasoning", "few-shot"),
        ({"(all rows)": 200}, "reasoning", "fine-tune"),
    ],
)
def test_from_a_hundred_on_each_category_needs_its_own(groups: dict[str, int], task: str, verdict: str) -> None:
    one = found({"task": task}, counted=replace(COUNTED, groups=groups))
    assert one.verdict.name == verdict
    rare = [name for name in groups if name == "rare"]
    signal = next(one for one in one.signals if one.id == "examples")
    assert all(name in signal.reason for name in rare)


@pytest.mark.parametrize(("task", "examples", "verdict"), [("domain", 499, "few-shot"), ("domain", 500, "fine-tune")])
def test_without_rows_the_number_that_was_typed_is_held_against_the_task(
    task: str, examples: int, verdict: str
) -> None:
    assert found({"task": task, "examples": examples}).verdict.name == verdict


def test_small_categories_are_named_and_their_names_are_only_names() -> None:
    groups = {"a{b}": 8, "b": 9, "c": 10, "d": 11, "big": 60}
    reason = found({"task": "classification"}, counted=replace(COUNTED, groups=groups)).verdict.reasons[0]
    assert "4 of 5 categories (a{b} 8, b 9, c 10 and 1 more)" in reason


@pytest.mark.parametrize(
    ("reviewed", "verdict"),
    [
        (Reviewed(100, 12, 0.187, 0.1), "prompting"),
        (Reviewed(100, 2, 0.061, 0.1), "fine-tune"),
        (Reviewed(29, 9, None, 0.1), "fine-tune"),
        (Reviewed(100, 2, 0.061, 0.1, both=40, kappa=0.35), "prompting"),
        (Reviewed(100, 2, 0.061, 0.1, both=40, kappa=0.35, lopsided=True), "fine-tune"),
        (Reviewed(100, 2, 0.061, 0.1, both=5, kappa=0.1), "fine-tune"),
    ],
)
def test_a_review_speaks_against_labels_that_were_called_consistent(reviewed: Reviewed, verdict: str) -> None:
    assert found(reviewed=reviewed).verdict.name == verdict


def test_readers_who_agree_speak_for_labels_that_were_doubted() -> None:
    one = found({"agreement": "no"}, reviewed=Reviewed(100, 2, 0.061, 0.1, both=40, kappa=0.75))
    assert one.verdict.name == "fine-tune" and "kappa 0.75" in told(one)


@pytest.mark.parametrize(
    ("typed", "measured", "follows"),
    [
        ("not_tried", MEASURED, "tried"),
        ("plateaued", MEASURED, "tried"),
        ("not_tried", replace(MEASURED, gains=9, losses=5), "plateaued"),
        ("tried", replace(MEASURED, gains=5, losses=60), "plateaued"),
        ("not_tried", replace(MEASURED, n=19, gains=3, losses=2), "tried"),
        ("plateaued", replace(MEASURED, n=19, gains=3, losses=2), "plateaued"),
        ("not_tried", replace(MEASURED, rates={"base": Rate(0.3, 0.2, 0.4)}), "tried"),
        ("plateaued", replace(MEASURED, rates={"base": Rate(0.3, 0.2, 0.4)}), "plateaued"),
        ("not_tried", replace(MEASURED, judges=False), "tried"),
    ],
)
def test_a_measured_baseline_takes_the_place_of_the_opinion(typed: str, measured: Measured, follows: str) -> None:
    one = found({"prompting": typed}, measured=measured)
    assert one.values["prompting"] == follows and one.verdict.name == "fine-tune"
    for part in ("qwen3-8b", "90", "30.0 % (2") if measured.n == 90 else ("19 validation rows",):
        assert part in told(one)


@pytest.mark.parametrize(
    ("target", "verdict"), [(None, "fine-tune"), (0.84, "prompting"), (0.841, "fine-tune"), (0.95, "fine-tune")]
)
def test_prompting_that_surely_reaches_the_bar_ends_the_matter(target: float | None, verdict: str) -> None:
    one = found({"target_share": target}, measured=MEASURED)
    assert one.verdict.name == verdict
    if verdict == "prompting":
        reason = one.verdict.reasons[0]
        assert reason.startswith("prompting already reaches it") and "84 % right is good enough" in reason
        assert "few-shot 91.0 % (84.0 to 96.0)" in reason and "qwen3-8b" in reason and "90 validation rows" in reason
        assert one.tree[0].taken == "ends here"


def test_free_text_that_nothing_can_score_reaches_no_bar() -> None:
    one = found({"target_share": 0.5}, measured=replace(MEASURED, judges=False))
    assert one.verdict.name == "fine-tune" and "free text" in told(one)


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_sign_test_is_mcnemars_where_each_group_holds_a_row(gains: int, losses: int) -> None:
    assert sign_test(gains, losses) == pytest.approx(mcnemar_exact(gains, losses), rel=1e-9, abs=1e-12)


PARTIAL = st.fixed_dictionaries({}, optional={**CHOICES, "examples": st.integers(0, 700)})
WHOLE = st.fixed_dictionaries({**CHOICES, "examples": st.integers(0, 700), "requests_per_month": st.just(1000)})
SHOWN = st.sampled_from([NOTHING, Evidence(COUNTED), Evidence(measured=MEASURED)])


@settings(max_examples=60)
@given(PARTIAL, WHOLE, SHOWN)
def test_what_is_settled_stays_whatever_else_is_answered(
    answers: dict[str, Any], others: dict[str, Any], shown: Evidence
) -> None:
    now, then = advise(answers, shown), advise({**others, **answers}, shown)
    assert then.whole and not now.whole
    if now.settled:
        assert then.verdict.name == now.verdict.name
    if now.verdict.name != "fine-tune":
        assert set(now.verdict.because) <= set(then.verdict.because)


@settings(max_examples=60)
@given(PARTIAL, SHOWN)
def test_table_and_tree_say_what_the_verdict_says(answers: dict[str, Any], shown: Evidence) -> None:
    one = advise(answers, shown)
    ends = [node for node in one.tree if node.taken == "ends here"]
    assert bool(ends) == (one.verdict.name != "fine-tune")
    words = {"prompting": "prompting", "few-shot": "few-shot", "rag-first": "retrieval"}
    assert all(words[one.verdict.name] in node.leads for node in ends)
    assert {signal.id for signal in one.signals} >= {"behaviour", "knowledge", "volume", "changes", "examples"}
    assert all("{" not in signal.reason for signal in one.signals) and one.verdict.first and one.verdict.measure
    assert not one.whole or all(signal.side != "open" for signal in one.signals if signal.id != "volume")


def test_the_first_answer_brings_a_verdict_so_far_and_says_what_is_open() -> None:
    nothing, one = advise({}), advise({"examples": 30})
    assert nothing.in_short == "no verdict yet: nothing is answered" and len(nothing.open) == 9
    assert one.in_short == "so far: few-shot; open: 8 answers" and not one.settled
    assert advise({"prompting": "not_tried"}).in_short == "so far: prompting, whatever the others say; open: 8 answers"
    assert ("AGAINST", "good examples") in [row[:2] for row in signal_rows(one)]
    assert [row[1] for row in tree_rows(one)][:3] == ["open", "open", "no"]
    assert tree_rows(one)[2][2].startswith("so far: ") and tree_rows(one)[3][2] == "not reached"
    assert tree_rows(found())[-1] == ("6 Does what fails call for tuning?", "yes", "HERE: fine-tune")
    assert tree_rows(found({"failure": "latency"}))[-1][2] == "HERE: fine-tune a smaller model"


def test_volume_is_told_with_the_persons_own_break_even() -> None:
    def side(**given: Any) -> str:
        return next(one.side for one in found(given).signals if one.id == "volume")

    assert side(requests_per_month=20_000) == "neither" and side(requests_per_month=200_000) == "open"
    money = {"requests_per_month": 200_000, "spend_per_month": 900.0}
    assert side(**money, tuned_spend_per_month=300.0) == "for"
    assert side(**money, tuned_spend_per_month=901.0) == "against"
    assert any("cannot pay back" in note for note in found({**money, "tuned_spend_per_month": 901.0}).verdict.notes)
    assert any("tunewright cost" in note for note in found({"requests_per_month": 200_000}).verdict.notes)


def test_what_to_measure_names_the_rows_and_how_far_they_tell() -> None:
    given = {"prompting": "not_tried"}
    assert "on the 90 validation rows (give or take 11 points)" in told(found(given, counted=COUNTED))
    assert "some 60 rows held out" in told(found(given)) and "tunewright baseline" in told(found(given))
    assert "give or take 10 points with 97, 5 with 385" in told(advise(given)) and precision(385) == 5


# In a project.


def test_nothing_heavy_is_loaded() -> None:
    heavy = {"numpy", "pandas", "torch", "tokenizers", "jsonschema", "textual"}
    show = f"import sys, engine.deciding; print({heavy!r} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True)
    assert run.stdout.strip() == "set()", run.stderr


def test_rows_of_a_split_are_counted_by_category(project: Project) -> None:
    split_project(project)
    counted = evidence(project).counted
    assert counted is not None and counted.split and counted.validation > 0
    assert counted.groups is not None and set(counted.groups) == {"HARBOR", "LEDGER", "BENCH"}
    assert 40 <= counted.unique <= 50


def test_evidence_decides_anew_and_a_waiver_of_the_same_verdict_stays(project: Project) -> None:
    answer(project, {**ANSWERS, "task": "classification"})
    assert reconsider(project) is None and journey.read(project)[0].state == "passed"
    split_project(project, rows())
    with project.changing("test"):
        changed = reconsider(project)
    assert changed is not None and changed.verdict.name == "few-shot" and journey.read(project)[0].state == "failed"
    journey.waive(project, "decide", "verdict", "more rows come")
    with project.changing("test"):
        assert reconsider(project) is None
    answer(project, {"requests_per_month": 9})
    assert journey.read(project)[0].state == "waived"
    answer(project, {"agreement": "no"})
    assert journey.read(project)[0].state == "waived"
    answer(project, {"prompting": "not_tried"})
    assert journey.read(project)[0].state == "failed"


def test_a_waiver_stays_while_only_the_numbers_of_the_reason_change(project: Project) -> None:
    answer(project, {**ANSWERS, "examples": 12})
    journey.waive(project, "decide", "verdict", "more rows come")
    answer(project, {"examples": 13})
    assert journey.read(project)[0].state == "waived"
    answer(project, {"examples": 600})
    assert journey.read(project)[0].state == "passed"
    answer(project, {"examples": 14})
    assert journey.read(project)[0].state == "failed"


def test_a_waiver_speaks_of_its_reason_not_of_another_that_says_the_same(project: Project) -> None:
    answer(project, {**ANSWERS, "prompting": "not_tried"})
    journey.waive(project, "decide", "verdict", "to measure prompting")
    answer(project, {"prompting": "tried", "agreement": "no"})
    [item] = journey.read(project)[0].items
    assert item.state == "failed" and "two experts" in item.text


def test_nobody_is_made_to_decide_by_evidence_alone(project: Project) -> None:
    split_project(project)
    before = project.audit.read_bytes()
    assert reconsider(project) is None and project.audit.read_bytes() == before
    assert advice(project).answers == {} and "examples" not in advice(project).open


def test_a_command_that_adopts_rows_says_that_the_verdict_is_another(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(project, ANSWERS)
    file = tmp_path / "few.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows(12)), encoding="utf-8")
    assert cli.main(["data", "import", str(file), "--yes", "--project", str(project.root)]) == 0
    assert "decided anew on what the project shows, verdict: few-shot: 12 good examples" in capsys.readouterr().err
    [item] = journey.read(project)[0].items
    assert (item.state, item.source) == ("failed", "measured")


def test_keeping_up_writes_only_what_is_new(project: Project) -> None:
    answer(project, ANSWERS)
    before = project.audit.read_bytes()
    keep_up(project, advice(project))
    assert project.audit.read_bytes() == before
    imported_project(project)
    with project.changing("else"), pytest.raises(ResourceError):
        keep_up(project, advice(project))
    keep_up(project, advice(project))
    assert journey.read(project)[0].state == "failed"


def test_a_review_is_evidence_once_enough_rows_were_read_and_until_its_verdicts_are_applied(project: Project) -> None:
    imported_project(project)
    review = open_review(project)
    for number in range(60):
        review.card()
        review.decide("reject" if number < 12 else "accept", reason="wrong" if number < 12 else None)
        if number == 30:
            early = evidence(project).reviewed
            assert early is not None and early.bound is None and early.looked_at == 31
    shown = evidence(project)
    assert shown.reviewed is not None and shown.reviewed.bound == pytest.approx(0.2)
    assert shown.counted is not None and shown.counted.bad_share == pytest.approx(0.2)
    assert [one.value for one in advise(ANSWERS, shown).weighed if one.question == "agreement"] == ["no"]
    assert cli.main(["review", "apply", "--project", str(project.root)]) == 0
    shown = evidence(project)
    assert shown.counted is not None and (shown.counted.rows, shown.counted.bad_share) == (48, 0.0)
    assert "agreement" not in [one.question for one in advise(ANSWERS, shown).weighed]


@pytest.fixture
def planned_one(tmp_path: Path) -> Project:
    return project_with_plan(tmp_path)


def test_a_measured_baseline_is_read_with_its_model_and_rows(planned_one: Project) -> None:
    assert evidence(planned_one).measured is None
    with_baseline(planned_one)
    measured = evidence(planned_one).measured
    assert measured is not None and (measured.model, measured.n, measured.gains, measured.losses) == ("model", 12, 3, 0)
    assert measured.rates.keys() == {"base", "base_few_shot"}
    assert measured.version == planned(planned_one).data_version
    baseline_folder(planned_one, planned(planned_one)).rename(planned_one.baselines / "v1-0")
    measured = evidence(planned_one).measured
    assert measured is not None and measured.model == "the model of an earlier plan"


def test_what_was_measured_on_the_test_alone_is_no_evidence(planned_one: Project) -> None:
    with_baseline(planned_one, ("test",))
    assert evidence(planned_one).measured is None


def test_a_damaged_baseline_counts_for_nothing_and_is_told(planned_one: Project) -> None:
    with_baseline(planned_one)
    folder = baseline_folder(planned_one, planned(planned_one))
    (folder / "evaluation.json").write_text("{}", encoding="utf-8")
    answer(planned_one, ANSWERS)
    one = advice(planned_one)
    assert one.whole and any("the baseline cannot be read" in note for note in one.verdict.notes)


# By command.


def run(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert cli.main(["decide", *words, "--json"]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_every_question_is_an_option_and_some_of_them_change_what_is_stored(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("--project", str(project.root))
    first = run(capsys, "--failure", "format", "--examples", "1,200", "--target-share", "85%", *here)
    assert (first["verdict"], first["so_far"], first["recorded"]) == (None, "fine-tune", True)
    assert stored_answers(project) == {"failure": "format", "examples": 1200, "target_share": 0.85}
    words = [part for name, value in ANSWERS.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    whole = run(capsys, *words, *here)
    assert (whole["verdict"], whole["open"], whole["answers"]["target_share"]) == ("fine-tune", [], 0.85)
    assert whole["signals"] and whole["tree"] and whole["try_first"] and whole["measure"] and whole["options"]
    assert "target_share" not in run(capsys, "--target-share", "-", *here)["answers"]
    assert run(capsys, *here)["answers"] == ANSWERS
    capsys.readouterr()
    with pytest.raises(SystemExit):
        cli.main(["decide", "--help"])
    help_text = capsys.readouterr().out
    assert all(f"--{one.id.replace('_', '-')}" in help_text for one in QUESTIONS)


def test_without_a_project_options_give_a_verdict_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["decide", "--examples", "30"]) == 0
    printed = capsys.readouterr()
    assert "so far: few-shot; open: 8 answers" in printed.out and "AGAINST" in printed.out
    assert "--failure" in printed.err and "nothing was recorded" in printed.err


def test_options_that_do_not_fit_are_told_together_and_nothing_is_stored(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ("--project", str(project.root))
    wrong = ("--failure", "fromat", "--examples", "-3", "--target-share", "0", "--task", "style")
    assert cli.main(["decide", *wrong, *here]) == 2
    said_so = capsys.readouterr().err
    assert all(part in said_so for part in ("nearest is 'format'", "examples: '-3'", "target_share: '0'"))
    assert cli.main(["decide", "--plain", "--task", "style", *here]) == 2
    assert "goes with none of" in capsys.readouterr().err
    assert stored_answers(project) == {}


@pytest.mark.parametrize("typed", ["80%", "80 %", "80", "0.8"])
def test_a_share_is_typed_in_per_cent_or_as_a_part_of_one(project: Project, typed: str) -> None:
    from engine.decide.answers import check_value, in_words

    value = check_value("target_share", typed)
    assert value == 0.8 and in_words("target_share", 0.8) == "80%" and check_value("target_share", "80%") == value


@pytest.mark.parametrize("typed", ["0", "101", "-5", "80%%", "nan", "1e9", "half", "-80%"])
def test_what_is_no_share_is_refused(typed: str) -> None:
    from engine.decide.answers import check_value

    with pytest.raises(UsageError, match="target_share"):
        check_value("target_share", typed)


def test_line_by_line_the_verdict_so_far_follows_each_answer(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import io

    split_project(project)
    monkeypatch.setattr("sys.stdin", io.StringIO("format\nplateaued\nnot_needed\nclassification\n600\n"))
    assert cli.main(["decide", "--plain", "--project", str(project.root)]) == 2
    talk = capsys.readouterr().err
    assert "so far: few-shot; open: 7 answers\n  because: 4" in talk and "open: 4 answers" in talk
    assert "no answer; the project shows 4" in talk


def test_the_tree_stands_in_the_fields_order() -> None:
    from engine.decide.case import make_case

    order = [one.id for one in tree(make_case({}, NOTHING))]
    assert order == ["prompt", "knowledge", "examples", "stable", "lighter", "mend"]
