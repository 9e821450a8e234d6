"""The checklist, answers files, and the verdict by the field's rules."""

import io
import json
import tomllib
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import cli, journey
from engine.decide.advice import advise
from engine.decide.answers import Answers, check_answers, check_value, read_answers, template
from engine.decide.checklist import QUESTIONS
from engine.decide.record import are_the_samples, record_verdict, stored_answers
from engine.decide.verdict import decide, next_question
from engine.deciding import answer
from engine.errors import ResourceError, UsageError
from engine.project import Project
from engine.sample import proposed, sample_project

GOOD = Answers(
    failure="format",
    prompting="plateaued",
    knowledge="not_needed",
    task="extraction",
    examples=600,
    agreement="yes",
    changes="rarely",
    requests_per_month=20_000,
    data_may_leave="no",
)


def given_answers() -> dict[str, Any]:
    return {key: value for key, value in asdict(GOOD).items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, "fine-tune"),
        ({"prompting": "not_tried"}, "prompting"),
        ({"prompting": "not_tried", "knowledge": "needed", "examples": 3}, "prompting"),
        ({"knowledge": "needed", "examples": 3}, "rag-first"),
        ({"failure": "knowledge"}, "rag-first"),
        ({"failure": "knowledge", "knowledge": "retrieved"}, "rag-first"),
        ({"knowledge": "retrieved"}, "fine-tune"),
        ({"examples": 49, "task": "style"}, "few-shot"),
        ({"examples": 50, "task": "style"}, "fine-tune"),
        ({"examples": 99, "task": "classification", "prompting": "tried"}, "few-shot"),
        ({"examples": 99}, "few-shot"),
        ({"examples": 100}, "fine-tune"),
        ({"agreement": "no"}, "prompting"),
        ({"changes": "weekly"}, "prompting"),
        ({"changes": "monthly"}, "fine-tune"),
        ({"failure": "nothing"}, "prompting"),
        ({"failure": "quality", "prompting": "tried"}, "prompting"),
        ({"failure": "quality"}, "fine-tune"),
        ({"failure": "cost", "spend_per_month": 100.0, "tuned_spend_per_month": 400.0}, "prompting"),
        ({"failure": "cost", "spend_per_month": 400.0, "tuned_spend_per_month": 100.0}, "fine-tune"),
        ({"failure": "latency"}, "fine-tune"),
    ],
)
def test_the_verdict_follows_the_decision_tree(changed: dict[str, Any], verdict: str) -> None:
    found = decide(replace(GOOD, **changed))
    assert found.name == verdict
    assert found.reasons and found.changes


CHOICES = {one.id: st.sampled_from([choice for choice, _ in one.choices]) for one in QUESTIONS if one.choices}
MONEY = st.none() | st.floats(0, 1e9)


@given(
    st.builds(
        Answers,
        **CHOICES,
        examples=st.integers(0, 10**7),
        requests_per_month=st.integers(0, 10**10),
        target_share=st.none() | st.floats(0.01, 1),
        training_budget=MONEY,
        spend_per_month=MONEY,
        tuned_spend_per_month=MONEY,
    )
)
def test_every_combination_has_a_verdict_and_missing_knowledge_is_never_tuned_in(answers: Answers) -> None:
    found = decide(answers)
    assert all("{" not in line for line in found.reasons)
    if answers.examples < 50 or answers.knowledge == "needed" or answers.failure == "knowledge":
        assert found.name != "fine-tune"


def test_all_objections_are_told_not_only_the_deciding_one() -> None:
    found = decide(replace(GOOD, examples=12, agreement="no", changes="weekly"))
    assert found.name == "few-shot" and len(found.reasons) == len(found.changes) == 3
    assert "12 good examples" in found.reasons[0]


def test_missing_knowledge_speaks_at_once_before_anything_else_is_answered() -> None:
    first = advise({"failure": "knowledge"})
    assert first.verdict.name == "rag-first" and not first.settled
    assert "behaviour, not knowledge" in first.verdict.reasons[0]


def test_the_break_even_uses_the_users_numbers() -> None:
    answers = replace(
        GOOD, requests_per_month=200_000, spend_per_month=1000.0, tuned_spend_per_month=250.0, training_budget=1500.0
    )
    note = decide(answers).notes[0]
    assert "are over the old threshold" in note and "from 50,000 requests" in note and "2.0 months" in note
    assert "are not over" in decide(GOOD).notes[0]


def test_misconceptions_are_answered_where_they_matter() -> None:
    assert any("more data is always better" in note for note in decide(replace(GOOD, examples=50_000)).notes)
    assert any("means low cost" in note for note in decide(replace(GOOD, examples=200)).notes)
    assert any("training loss" in note for note in decide(GOOD).notes)


def test_questions_and_answers_have_the_same_names() -> None:
    assert [question.id for question in QUESTIONS] == [field.name for field in fields(Answers)]
    assert all(question.why for question in QUESTIONS)


def test_the_template_filled_in_is_an_answers_file(tmp_path: Path) -> None:
    text = template()
    for key, value in given_answers().items():
        text = text.replace(f'{key} = ""', f"{key} = {json.dumps(value)}", 1)
    (tmp_path / "answers.toml").write_text(text, encoding="utf-8")
    assert read_answers(tmp_path / "answers.toml") == GOOD


def test_the_empty_template_says_all_that_is_missing() -> None:
    with pytest.raises(UsageError) as caught:
        check_answers(tomllib.loads(template()))
    required = [question.id for question in QUESTIONS if not question.optional]
    assert all(f"{name}: not answered" in caught.value.message for name in required)


def test_all_problems_are_told_at_once_with_the_nearest_right_word() -> None:
    wrong = given_answers() | {"exampels": 5, "failure": "fromat", "examples": -1, "spend_per_month": "a lot"}
    del wrong["task"]
    with pytest.raises(UsageError) as caught:
        check_answers(wrong)
    message = caught.value.message
    for part in ("'exampels', nearest is 'examples'", "nearest is 'format'", "examples: -1", "'a lot'", "task: not"):
        assert part in message


def test_true_and_false_are_yes_and_no(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(given_answers() | {"data_may_leave": True}), encoding="utf-8")
    assert read_answers(tmp_path / "a.json").data_may_leave == "yes"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1.5, True, [], "600", {"a": 1}])
def test_a_count_is_a_whole_number(value: Any) -> None:
    with pytest.raises(UsageError, match="examples"):
        check_answers(given_answers() | {"examples": value})


@pytest.mark.parametrize("content", [b"failure = ", b"\xff\xfe", b"[" * 5000])
@pytest.mark.parametrize("name", ["a.toml", "a.json"])
def test_files_that_cannot_be_read_are_usage_errors(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_answers(tmp_path / name)
    assert caught.value.where == str(tmp_path / name)


def test_a_missing_file_or_a_bare_list_is_a_usage_error(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[1]", encoding="utf-8")
    for name in ("list.json", "none.toml"):
        with pytest.raises(UsageError):
            read_answers(tmp_path / name)


@pytest.fixture
def answers_file(tmp_path: Path) -> Path:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(given_answers()), encoding="utf-8")
    return path


def test_the_command_records_verdict_and_answers(
    tmp_path: Path, answers_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Project.create(tmp_path / "p")
    assert cli.main(["decide", "--answers", str(answers_file), "--project", str(project.root), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["verdict"], document["recorded"], document["answers"]["examples"]) == ("fine-tune", True, 600)
    assert project.settings()["decide"]["verdict"] == "fine-tune"
    assert journey.read(project)[0].state == "passed"


def test_a_verdict_against_tuning_holds_the_road_until_it_is_waived(
    tmp_path: Path, answers_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers_file.write_text(json.dumps(given_answers() | {"examples": 10}), encoding="utf-8")
    project = Project.create(tmp_path / "p")
    assert cli.main(["decide", "--answers", str(answers_file), "--project", str(project.root)]) == 0
    printed = capsys.readouterr()
    assert "verdict: few-shot" in printed.out and "tunewright waive decide verdict" in printed.err
    [item] = journey.read(project)[0].items
    assert item.state == "failed" and "10 good examples" in item.text
    journey.waive(project, "decide", "verdict", "more rows are on their way")
    assert journey.read(project)[0].state == "waived"


def test_outside_a_project_the_verdict_is_given_and_not_recorded(
    tmp_path: Path, answers_file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["decide", "--answers", str(answers_file)]) == 0
    assert "nothing was recorded" in capsys.readouterr().err
    assert cli.main(["decide", "--answers", str(answers_file), "--project", "elsewhere"]) == 2


def test_questions_and_template_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["decide", "--template"]) == 0
    assert capsys.readouterr().out.rstrip() == template().rstrip()
    assert cli.main(["decide"]) == 0
    assert "adds no knowledge" in " ".join(capsys.readouterr().out.split())
    assert cli.main(["decide", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["questions"]) == len(QUESTIONS)


@pytest.mark.parametrize(
    ("question", "typed", "value"),
    [
        ("failure", " cost ", "cost"),
        ("examples", "600", 600),
        ("requests_per_month", "1,200,000", 1_200_000),
        ("requests_per_month", "200k", 200_000),
        ("requests_per_month", "2.5M", 2_500_000),
        ("training_budget", "$1.5k", 1500.0),
        ("training_budget", "$1,500.50", 1500.5),
        ("training_budget", "", None),
    ],
)
def test_what_is_typed_becomes_an_answer(question: str, typed: str, value: Any) -> None:
    found = check_value(question, typed)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("question", "typed", "said"),
    [
        ("failure", "fromat", "nearest is 'format'"),
        ("failure", "3", "one of format"),
        ("examples", "", "a whole number"),
        ("examples", "20.5", "a whole number"),
        ("examples", "-1", "a whole number"),
        ("examples", "1e400", "a whole number"),
        ("requests_per_month", "20,00", "a whole number"),
        ("requests_per_month", "9" * 5000, "a whole number"),
        ("training_budget", "1.500,50", "an amount in USD"),
        ("training_budget", "nan", "an amount in USD"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_does(question: str, typed: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_value(question, typed)
    assert question in caught.value.message and said in caught.value.hint


def test_each_answer_is_kept_at_once_and_the_last_one_brings_the_verdict(project: Project) -> None:
    *most, (last, _) = given_answers().items()
    for number, (question, value) in enumerate(most, start=1):
        assert not answer(project, {question: value}).whole
        assert len(stored_answers(Project.open(project.root))) == number
    assert journey.read(project)[0].state == "not checked"
    found = answer(project, {last: given_answers()[last]})
    assert found.whole and found.verdict.name == "fine-tune"
    assert journey.read(project)[0].state == "passed"
    assert stored_answers(project) == given_answers()


def test_evidence_is_written_when_the_verdict_changes_and_not_otherwise(project: Project) -> None:
    answer(project, given_answers())
    before = project.audit.read_bytes()
    answer(project, {"examples": 600})
    answer(project, {"training_budget": 100.0})
    answer(project, {"training_budget": None})
    assert project.audit.read_bytes() == before and stored_answers(project) == given_answers()
    answer(project, {"agreement": "no"})
    assert journey.read(project)[0].state == "failed"
    journey.waive(project, "decide", "verdict", "we define it next week")
    answer(project, {"agreement": "no"})
    assert journey.read(project)[0].state == "waived"
    answer(project, {"agreement": "yes"})
    assert journey.read(project)[0].state == "passed"


def test_an_answer_that_does_not_fit_changes_nothing(project: Project) -> None:
    before = project.settings_file.read_bytes()
    for question, value in (("failure", "fromat"), ("examples", None), ("examples", -1), ("training_budget", "a lot")):
        with pytest.raises(UsageError):
            answer(project, {question: value})
    with project.changing("something else"), pytest.raises(ResourceError):
        answer(project, {"failure": "cost"})
    assert project.settings_file.read_bytes() == before


def test_answers_edited_by_hand_into_nonsense_are_asked_again(project: Project) -> None:
    project.set("decide", {**given_answers(), "failure": "fromat", "examples": [1], "verdict": "fine-tune", "x": 1})
    assert stored_answers(project).keys() == given_answers().keys() - {"failure", "examples"}
    project.set("decide", {"examples": 1e3, "agreement": True, "target_share": "80%"})
    stored = stored_answers(project)
    assert (stored["examples"], stored["agreement"], stored["target_share"]) == (1000, "yes", 0.8)


def plain(project: Project, monkeypatch: pytest.MonkeyPatch, lines: list[str], *words: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(line + "\n" for line in lines)))
    return cli.main(["decide", "--plain", "--project", str(project.root), *words])


def test_the_checklist_is_asked_line_by_line_and_left_half_way(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert plain(project, monkeypatch, ["format", "3", "not_needed"]) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and "what was answered is kept" in printed.err
    assert all(question.why in printed.err for question in QUESTIONS[:4])
    assert stored_answers(project) == {"failure": "format", "prompting": "plateaued", "knowledge": "not_needed"}
    rest = ["", "", "", "extraction", "many", "1,200", "yes", "rarely", "20000", "no", "", "1,234,567.50", "", ""]
    assert plain(project, monkeypatch, rest, "--json") == 0
    printed = capsys.readouterr()
    assert "number [plateaued]" in printed.err and "'many' is not an answer; a whole number" in printed.err
    document = json.loads(printed.out)
    assert (document["verdict"], document["recorded"]) == ("fine-tune", True)
    assert document["answers"]["examples"] == 1200 and document["answers"]["training_budget"] == 1234567.5
    assert plain(project, monkeypatch, [""] * 13) == 0
    assert stored_answers(project)["training_budget"] == 1234567.5
    assert plain(project, monkeypatch, [*[""] * 10, "-", "", ""]) == 0
    assert "verdict: fine-tune" in capsys.readouterr().out
    assert "training_budget" not in stored_answers(project)


def test_line_by_line_needs_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["decide", "--plain"]) == 2


def test_a_point_between_thousands_is_asked_about() -> None:
    with pytest.raises(UsageError, match=r"1\.000"):
        check_value("examples", "1.000")
    assert (check_value("examples", "1,000"), check_value("training_budget", "12.50")) == (1000, 12.5)


def test_the_next_question_is_the_first_open_one_behind_and_the_optional_ones_come_last() -> None:
    needed = [one.id for one in QUESTIONS if not one.optional]
    optional = [one.id for one in QUESTIONS if one.optional]
    assert next_question({}) == needed[0] and next_question({}, needed[2]) == needed[3]
    assert next_question({needed[0]: "x"}, needed[-1]) == needed[1]
    full = dict.fromkeys(needed, "x")
    assert next_question(full) == optional[0]
    assert next_question(full | dict.fromkeys(optional, 1.0)) is None


def test_the_samples_answers_are_known_until_one_is_changed(tmp_path: Path) -> None:
    project = sample_project(tmp_path / "sample")
    file = Path(proposed(project).answers or "")
    with project.changing("decide"):
        record_verdict(project, read_answers(file))
    answers = stored_answers(project)
    assert are_the_samples(answers, file)
    assert not are_the_samples({**answers, "examples": 7}, file)
    assert not are_the_samples(answers, None) and not are_the_samples(answers, tmp_path / "none")
