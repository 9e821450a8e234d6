"""Saved outputs on disk, and the comparison of systems from end to end."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

import orjson
import pytest

from engine.durable import append_line
from engine.errors import DataError
from engine.evaluate.compare import FREE_TEXT, evaluate
from engine.evaluate.outputs import Output, read_outputs, write_outputs


def system(right: Iterable[bool], *, rows_a_cluster: int = 1) -> list[Output]:
    return [
        Output(f"r{i}", f"c{i // rows_a_cluster}", [{"role": "user", "content": "?"}], "y", "y" if ok else "n", True, 1)
        for i, ok in enumerate(right)
    ]


def test_outputs_come_back_as_they_were_written(tmp_path: Path) -> None:
    outputs = [replace(row, output="\x1b[2J \u2028 caf\u00e9") for row in system([True, False])]
    write_outputs(tmp_path / "test.base.jsonl", outputs)
    assert read_outputs(tmp_path / "test.base.jsonl") == outputs


def test_a_torn_line_is_passed_over_and_the_row_answered_again_wins(tmp_path: Path) -> None:
    path = tmp_path / "test.tuned.jsonl"
    first, second = system([False, True])
    write_outputs(path, [first, second])
    path.write_bytes(path.read_bytes()[:-9])
    append_line(path, asdict(replace(first, output="y")))
    assert read_outputs(path) == [replace(first, output="y")]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no output"),
        (b"[1]\n", "JSON object"),
        (b'{"id": "a", "cluster": "c", "prompt": [], "reference": "x", "stopped": true}\n', "output, tokens"),
    ],
)
def test_files_that_hold_no_outputs_are_refused_with_the_place(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "test.base.jsonl"
    path.write_bytes(content)
    with pytest.raises(DataError, match=says) as caught:
        read_outputs(path)
    assert caught.value.where is not None and str(path) in caught.value.where


def test_a_clear_win_is_called_better_than_each_baseline() -> None:
    few, tuned = system([True, False] * 30), system([True] * 60)
    found = evaluate({"test": {"base": system([False] * 60), "few": few, "tuned": tuned}})
    assert found.verdicts == {"test": "better than base, few"} and found.better("test")
    against_base = found.comparisons[0]
    assert (against_base.difference, against_base.gains, against_base.losses) == (1.0, 60, 0)
    assert against_base.test == "exact McNemar" and against_base.p_value < 1e-15 and against_base.needed_n is None
    measure = found.systems["tuned"]["test"]["exact_match"]
    assert (measure.value, measure.n, measure.clusters, measure.interval) == (1.0, 60, 60, "Wilson")


def test_a_loss_is_called_worse_even_next_to_a_win() -> None:
    good, bad, tuned = system([True] * 80), system([False] * 80), system([True] * 40 + [False] * 40)
    found = evaluate({"test": {"bad": bad, "good": good, "tuned": tuned}})
    assert found.verdicts == {"test": "worse than good"}
    assert [one.verdict for one in found.comparisons] == ["better", "worse"] and not found.better("test")


def test_too_few_rows_cannot_tell_and_say_how_many_would() -> None:
    found = evaluate({"test": {"base": system([True] * 12 + [False] * 8), "tuned": system([True] * 15 + [False] * 5)}})
    [comparison] = found.comparisons
    assert comparison.needed_n is not None and comparison.needed_n > 20
    assert found.verdicts["test"] == f"cannot tell: needs n >= {comparison.needed_n}, against base"


def test_equal_systems_on_many_rows_are_called_equal() -> None:
    rows = system([True, False] * 200)
    found = evaluate({"test": {"base": rows, "tuned": rows}})
    assert found.verdicts["test"] == "no difference of 5 points or more from base: prompting may be enough"
    assert found.comparisons[0].p_value == 1.0


def test_rows_of_one_phrasing_do_not_count_as_independent() -> None:
    base, tuned = [False] * 100, ([True] * 25 + [False] * 25) * 2
    alone = evaluate({"novel": {"base": system(base), "tuned": system(tuned)}})
    together = evaluate({"novel": {"base": system(base, rows_a_cluster=25), "tuned": system(tuned, rows_a_cluster=25)}})
    assert alone.verdicts["novel"] == "better than base"
    assert together.verdicts["novel"].startswith("cannot tell: needs n >= ")
    assert together.comparisons[0].test == "sign flips by cluster" and together.comparisons[0].clusters == 4


def test_many_comparisons_are_paid_for() -> None:
    base, tuned = system([False] * 6 + [True] * 34), system([True] * 40)  # six gains: p = .031 alone
    assert evaluate({"a": {"base": base, "tuned": tuned}}).verdicts["a"] == "better than base"
    twice = evaluate({"a": {"base": base, "tuned": tuned}, "b": {"base": base, "tuned": tuned}})
    assert twice.comparisons[0].p_adjusted == pytest.approx(0.0625)
    assert twice.verdicts["a"].startswith("cannot tell")


def test_an_open_question_always_needs_more_rows_than_there_are() -> None:
    base, tuned = system([False] * 8 + [True] * 32), system([True] * 40)  # p = .008 alone, 37 rows would do
    found = evaluate({f"set{i}": {"base": base, "tuned": tuned} for i in range(10)})
    assert found.verdicts["set0"] == "cannot tell: needs n >= 41, against base"


def test_a_set_without_a_tuned_system_is_measured_only() -> None:
    found = evaluate({"validation": {"base": system([True, False])}})
    assert found.comparisons == () and found.verdicts == {"validation": "not compared: no tuned system on this set"}
    assert not found.better("validation")
    assert found.systems["base"]["validation"]["exact_match"].value == 0.5


@pytest.mark.parametrize("change", [{"id": "other"}, {"reference": "n"}, {"cluster": "other"}])
def test_systems_that_answered_other_rows_are_not_compared(change: dict[str, str]) -> None:
    base, tuned = system([True, True]), system([True, True])
    tuned[1] = replace(tuned[1], **change)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="same rows of test") as caught:
        evaluate({"test": {"base": base, "tuned": tuned}})
    assert "evaluate" in caught.value.hint


def test_the_document_has_the_names_that_others_read() -> None:
    outputs = {"seen": {"base": system([False] * 9), "tuned": system([True] * 9)}}
    document = orjson.loads(orjson.dumps(evaluate(outputs).document()))
    assert document["systems"]["tuned"]["seen"]["exact_match"].keys() >= {"value", "low", "high", "n", "clusters"}
    names = {"set", "a", "b", "difference", "low", "high", "p_value", "test", "detectable", "verdict"}
    assert document["comparisons"][0].keys() >= names
    assert "NFC" in document["meanings"]["exact_match"] and document["primary"] == "exact_match"


def test_free_text_that_nobody_can_hit_is_no_verdict_on_the_model() -> None:
    def essays(answer: str) -> list[Output]:
        texts = [f"On topic {n}: a long account of what there is to say of it, point after point." for n in range(40)]
        return [Output(str(n), str(n), [], text, answer or text, True, 9) for n, text in enumerate(texts)]

    blind = evaluate({"validation": {"base": essays("no"), "tuned": essays("nor this")}})
    assert blind.verdicts["validation"] == FREE_TEXT
    hit = evaluate({"validation": {"base": essays("no"), "tuned": essays("")}})
    assert hit.verdicts["validation"] == "better than base"
