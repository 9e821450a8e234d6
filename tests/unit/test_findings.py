"""What was measured, as it is read back for screens: saved findings, paired answers, extra sets, exports."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.cli import main, parser
from engine.commands.baseline import extra
from engine.durable import read_json, write_json
from engine.errors import DataError, TunewrightError, UsageError
from engine.evalsets import Extra, asked, to_measure
from engine.evaluate.found import Evaluation, forgetting
from engine.evaluate.outputs import write_outputs
from engine.exports import contents, export_folder, forms_of, how_to_run, shipped
from engine.findings import baseline_folder, caveats, found_baseline, found_evaluation, output_file, standing
from engine.plan.recipe import Recipe, planned, store
from engine.project import Project
from engine.side_by_side import baselines_side_by_side, side_by_side
from tests.measured import TUNED, answers, evaluated, finished_run, project_with_plan, with_baseline

LIGHT = ("engine.findings", "engine.side_by_side", "engine.exports", "engine.evalsets", "engine.evaluate.found")


@pytest.fixture
def ready(tmp_path: Path) -> Project:
    return project_with_plan(tmp_path)


def test_what_screens_read_loads_nothing_heavy() -> None:
    show = f"import sys, {', '.join(LIGHT)}; print({{'numpy', 'torch', 'tokenizers', 'jsonschema'}} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True)
    assert said.stdout.strip() == "set()", said.stderr


def test_a_baseline_comes_back_as_it_was_found_and_belongs_to_its_plan(ready: Project) -> None:
    assert found_baseline(ready) is None
    with_baseline(ready)
    found = found_baseline(ready)
    assert found is not None and found.shots == 3
    assert found.evaluation.sets() == ("validation", "hard")
    assert found.evaluation.of_set("hard")["base_few_shot"]["exact_match"].value == pytest.approx(3 / 12)
    store(ready, _with(ready, new_tokens=9))
    assert found_baseline(ready) is None


def test_an_evaluation_comes_back_whole(ready: Project) -> None:
    run = finished_run(ready)
    assert found_evaluation(run) is None and standing(run) == "finished, not evaluated"
    kept = evaluated(run, {"validation": TUNED, "test": TUNED})
    assert found_evaluation(run) == kept
    assert kept.test_openings == 1 and kept.evaluation.sets()[0] == "test"
    assert standing(run) == "finished, evaluated, the test opened"


def test_what_the_test_said_stays_until_it_is_opened_again(ready: Project) -> None:
    run = finished_run(ready)
    first = evaluated(run, {"validation": TUNED, "test": [False] * 12})
    evaluated(run, {"validation": TUNED}, when="2026-11-22 08:00:00 UTC")
    found = found_evaluation(run)
    assert found is not None
    assert found.test_opened == first.measured and found.measured == "2026-11-22 08:00:00 UTC"
    assert found.evaluation.verdicts["test"] == first.evaluation.verdicts["test"]
    assert found.evaluation.compared("test") == first.evaluation.compared("test")
    assert found.evaluation.of_set("test") == first.evaluation.of_set("test")


def test_a_run_says_why_it_no_longer_speaks_for_the_gate(ready: Project) -> None:
    run = finished_run(ready)
    assert not caveats(run)
    newer = finished_run(ready)
    store(ready, _with(ready, learning_rate=1e-3))
    assert caveats(run) == [f"the gate goes by the newest run, {newer.id}", "the plan has changed since this run"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((), []),
        (("measured",), 3),
        (("test_opened",), 0),
        (("systems",), ["tuned"]),
        (("systems", "tuned", "validation", "exact_match", "value"), "high"),
        (("comparisons", 0, "p_value"), None),
        (("verdicts",), "better"),
    ],
)
def test_a_damaged_evaluation_is_named_and_the_next_one_replaces_it(
    ready: Project, path: tuple[str | int, ...], value: object
) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": TUNED})
    file = run.evals / "evaluation.json"
    write_json(file, _changed(read_json(file), path, value))
    with pytest.raises(DataError) as error:
        found_evaluation(run)
    assert error.value.where == str(file)
    evaluated(run, {"validation": TUNED})
    assert found_evaluation(run)


def test_forgetting_is_said_in_words(ready: Project) -> None:
    run = finished_run(ready)
    found = evaluated(run, {"validation": TUNED, "general": [False] * 12}).evaluation
    assert forgetting(found).startswith("12 general questions, tuned against base: +0.0 points")
    assert forgetting(Evaluation({}, (), {})) == ""


def test_answers_are_paired_by_row_and_filtered_by_who_is_right(ready: Project) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": TUNED})
    base = output_file(baseline_folder(ready, planned(ready)), "validation", "base")
    write_outputs(base, answers([True, *[False] * 10, True]))
    paired = side_by_side(run, "validation")
    assert len(paired) == 12
    assert {name: len(paired.matching(name)) for name in paired.filters()} == {
        "all": 12,
        "tuned wrong": 1,
        "tuned better than base": 10,
        "tuned worse than base": 1,
    }
    row = paired.at(paired.matching("tuned wrong")[0])
    assert row.reference == "A1" and row.answers == {"base": "A1", "base_few_shot": "B7", "tuned": "B7"}
    assert row.prompt[0]["content"].endswith("11")
    assert baselines_side_by_side(ready, "validation").filters() == ("all", "base wrong", "base right")


def test_the_command_prints_the_answers_that_the_filter_lets_through(
    ready: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    evaluated(finished_run(ready), {"validation": TUNED}, question="\x1b[2JWhy?")
    command = ["--project", str(ready.root), "evaluate", "run-1", "--answers"]
    assert main([*command, "validation", "--filter", "tuned wrong", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["set"], found["of"], [one["row"] for one in found["rows"]]) == ("validation", 12, [11])
    assert found["rows"][0]["answers"]["tuned"] == "B7" and found["rows"][0]["right"]["tuned"] is False
    assert main([*command, "--filter", "tuned wrong"]) == 0
    said = capsys.readouterr()
    lines = ["row 12", "  user: Why? 11", "  should be: A1", "  base, wrong: B7"]
    assert said.out.splitlines()[:4] == lines and "\x1b" not in said.out
    assert "1 of 12 rows of validation" in said.err
    assert main(["--project", str(ready.root), "baseline", "--answers", "--filter", "base right"]) == 0
    assert "0 of 12 rows of validation; filters: all, base wrong, base right" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "says"),
    [(["nowhere"], 3, "no row of nowhere"), (["validation", "--filter", "mine"], 2, "there are: all, tuned wrong")],
)
def test_the_command_says_what_there_is_to_read(
    ready: Project, capsys: pytest.CaptureFixture[str], options: list[str], code: int, says: str
) -> None:
    evaluated(finished_run(ready), {"validation": TUNED})
    assert main(["--project", str(ready.root), "evaluate", "--answers", *options]) == code
    assert says in capsys.readouterr().err


def test_the_command_says_why_the_gate_would_not_open(
    ready: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = evaluated(finished_run(ready), {"validation": TUNED})
    store(ready, _with(ready, learning_rate=1e-3))
    monkeypatch.setattr("engine.evaluation.evaluate", lambda *given, **options: found)
    command = ["--project", str(ready.root), "evaluate", "run-1"]
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["caveats"] == ["the plan has changed since this run"]
    assert main(command) == 0
    assert "note: the plan has changed since this run" in capsys.readouterr().err


def test_the_list_of_runs_says_how_each_stands(ready: Project, capsys: pytest.CaptureFixture[str]) -> None:
    write_json(finished_run(ready).state, {"state": "finished"})
    assert main(["--project", str(ready.root), "runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["standing"] == "finished, not evaluated"


def test_rows_that_one_system_lacks_and_torn_lines_are_left_out(ready: Project) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": TUNED})
    tuned = output_file(run.evals, "validation", "tuned")
    lines = tuned.read_bytes().splitlines(keepends=True)
    tuned.write_bytes(lines[0] + b'{"id": "r1", torn\n' + b"".join(lines[2:-1]) + lines[-1][:-9])
    paired = side_by_side(run, "validation")
    assert len(paired) == 10
    assert [paired.at(number).prompt[0]["content"].split()[-1] for number in (0, 1)] == ["0", "2"]


def test_answers_that_changed_under_the_reader_are_an_error_with_a_hint(ready: Project) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": TUNED})
    paired = side_by_side(run, "validation")
    write_outputs(output_file(run.evals, "validation", "tuned"), answers(TUNED[:1]))
    with pytest.raises(DataError):
        paired.at(11)


def test_sets_come_from_the_project_unless_options_name_them(ready: Project) -> None:
    for name in ("hard.jsonl", "general.jsonl"):
        (ready.root / name).write_text("{}\n", encoding="utf-8")
    ready.set("evaluate", {"sets": ["hard=hard.jsonl"], "cluster": "who", "general": "general.jsonl"})
    hard, general = f"hard={ready.root / 'hard.jsonl'}", ready.root / "general.jsonl"
    assert asked(ready, Extra()) == Extra([hard], "who", general)
    assert asked(ready, Extra(["mine=x.jsonl"], "case", Path("g"))) == Extra(["mine=x.jsonl"], "case", Path("g"))
    options = parser().parse_args(["evaluate", "--set", "mine=x.jsonl"])
    assert extra(ready, options) == Extra(["mine=x.jsonl"], "who", general)
    assert [name for name, _ in to_measure(ready)] == ["validation", "hard", "general"]


@pytest.mark.parametrize(
    ("section", "says"),
    [
        ({"sets": "hard=x"}, "sets is no list"),
        ({"sets": ["hard"]}, "not NAME=FILE: hard"),
        ({"sets": ["test=x.jsonl"]}, "not NAME=FILE: test=x.jsonl"),
        ({"sets": ["hard=nowhere.jsonl"]}, "there is no file"),
        ({"general": 3}, "general is no text"),
        ({"general": "nowhere.jsonl", "cluster": 1}, "cluster is no text"),
        ({"clusters": "who"}, "clusters means nothing here"),
    ],
)
def test_a_damaged_section_is_named_with_its_place(ready: Project, section: dict[str, object], says: str) -> None:
    ready.set("evaluate", section)
    with pytest.raises(UsageError) as error:
        asked(ready, Extra())
    assert says in error.value.message and error.value.where == str(ready.settings_file)


def test_an_export_is_read_from_its_folder_wherever_the_project_lies(ready: Project) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": TUNED}, question="\x1b[2JWhy?")
    folder = export_folder(run, "adapter")
    assert shipped(run, "adapter") is None and not contents(folder) and forms_of(run) == ("adapter", "merged")
    saved = {"run": run.id, "form": "adapter", "folder": "/elsewhere", "rows": 12, "same": 11, "different": ["r3"]}
    write_json(folder / "parity.json", {**saved, "base_fingerprint": "f", "precision": "float32"})
    found = shipped(run, "adapter")
    assert found is not None and found.folder == str(folder) and not found.parity and found.different == ("r3",)
    assert [name for name, _ in contents(folder)] == ["parity.json"]
    write_json(folder / "parity.json", saved)
    with pytest.raises(DataError):
        shipped(run, "adapter")


def test_the_lines_that_run_an_export_are_python_with_a_real_prompt(ready: Project) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": TUNED}, question="\x1b[2JWhy?")
    for form in forms_of(run):
        lines = how_to_run(run, form)
        compile(lines, "export", "exec")
        assert str(export_folder(run, form)) in lines and "Why? 0" in lines and "\x1b" not in lines
        assert ("PeftModel" in lines) == (form == "adapter")


def test_errors_of_reading_are_the_products_own(ready: Project) -> None:
    run = finished_run(ready)
    evaluated(run, {"validation": TUNED})
    output_file(run.evals, "validation", "tuned").write_text('{"id": 3}\n', encoding="utf-8")
    with pytest.raises(TunewrightError):
        side_by_side(run, "validation")


def _with(project: Project, **values: Any) -> Recipe:
    return replace(planned(project), **values)


def _changed(document: Any, path: tuple[str | int, ...], value: object) -> Any:
    if not path:
        return value
    document[path[0]] = _changed(document[path[0]], path[1:], value)
    return document
