"""What a run's log becomes in memory: columns, cut when a run is resumed, whatever state its files are in."""

import math
import os
import shutil
import tracemalloc
from array import array
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.project import Project, RunFolder
from engine.runs.events import EventLog
from engine.runs.series import Series
from engine.runs.watch import RunView, watch

STEPS = st.lists(st.integers(-3, 12), max_size=30)


@pytest.fixture
def run(project: Project) -> RunFolder:
    return project.new_run("")


def point(step: Any, loss: Any, **others: Any) -> dict[str, Any]:
    return {"t": 1.0, "kind": "metrics", "step": step, "loss": loss, **others}


def logged(run: RunFolder, *events: dict[str, Any] | bytes) -> None:
    with open(run.events, "ab") as file:
        for event in events:
            file.write(event if isinstance(event, bytes) else orjson.dumps({"t": 1.0, **event}) + b"\n")


@settings(deadline=None)
@given(STEPS)
def test_of_a_step_that_comes_again_the_later_counts(steps: list[int]) -> None:
    at_once, one_by_one = Series("loss"), Series("loss")
    events = [point(step, float(number)) for number, step in enumerate(steps)]
    at_once.add(events)
    for event in events:
        one_by_one.add([event])
    expected: list[tuple[int, float]] = []
    for number, step in enumerate(steps):
        expected = [*((old, loss) for old, loss in expected if old < step), (step, float(number))]
    for series in (at_once, one_by_one):
        assert list(zip(series.step, series["loss"], strict=True)) == expected


@settings(deadline=None)
@given(STEPS, st.integers(-5, 15))
def test_a_cut_takes_the_later_steps_and_is_counted(steps: list[int], step: int) -> None:
    series = Series("loss", "other")
    series.add([point(one, 1.0) for one in sorted(set(steps))])
    kept, cuts = [one for one in series.step if one <= step], series.cuts
    more = len(kept) < len(series)
    series.cut(step)
    assert list(series.step) == kept and len(series["loss"]) == len(series["other"]) == len(kept)
    assert series.cuts == cuts + more


def test_what_is_no_number_is_kept_as_such_and_what_is_no_point_is_passed_over() -> None:
    series = Series("loss", "grad_norm")
    series.add(
        [point(1, "nan"), point(2, "-inf", grad_norm="inf"), point(3, 2, grad_norm=1), point(4, 3, grad_norm="?")]
    )
    series.add([point("five", 1.0), point(6, None), point(7, "low"), point(10**30, 1.0), {"loss": 1.0}, {"step": 9}])
    assert list(series.step) == [1, 2, 3, 4]
    assert math.isnan(series["loss"][0]) and list(series["loss"][1:]) == [-math.inf, 2.0, 3.0]
    assert [one for one in series["grad_norm"] if not math.isnan(one)] == [math.inf, 1.0]


def test_a_point_takes_few_bytes(run: RunFolder) -> None:
    numbers = {"learning_rate": 1e-4, "grad_norm": 1.0, "tokens_per_s": 100.0, "step_s": 0.1}
    run.events.write_bytes(b"".join(orjson.dumps(point(step, 1.0, **numbers)) + b"\n" for step in range(1, 20_001)))
    tracemalloc.start()
    view = watch(run)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(view.metrics) == 20_000 == view.step
    assert held / 20_000 < 70 and peak / 20_000 < 120


def test_a_log_is_read_the_same_in_pieces_of_any_size(run: RunFolder, tmp_path: Path) -> None:
    logged(run, {"kind": "state", "state": "running", "steps": 9000, "from_step": 0}, b'{"t": 1, "kin\n', b"[1]\n\n")
    logged(run, *(point(step, float(step)) for step in range(1, 3000)))
    logged(run, {"kind": "eval", "step": 2500, "loss": "nan"}, {"kind": "note", "text": "so"}, b"\xff\n")
    logged(run, {"kind": "state", "state": "running", "steps": 9000, "from_step": 2000}, point(2001, 0.5))
    whole = run.events.read_bytes()
    copy = RunFolder(tmp_path / "copy")
    copy.path.mkdir()
    growing = RunView(copy)
    for end in range(0, len(whole) + 9001, 9001):
        copy.events.write_bytes(whole[:end])
        growing.refresh()
    at_once = watch(run)
    for view in (growing, at_once):
        assert list(view.metrics.step) == list(range(1, 2002)) and view.loss == 0.5
        assert len(view.evals) == 0 and view.notes == ["so"] and view.steps == 9000
    assert [end for end, _ in EventLog(run.events).read()][-1] == len(whole)


def test_a_line_that_is_being_written_is_read_when_it_is_whole(run: RunFolder) -> None:
    logged(run, point(1, 1.0), b'{"t": 1, "kind": "metrics", "step": 2,')
    reading = EventLog(run.events).blocks()
    (seen, ends) = next(reading)
    logged(run, b' "loss": 2.0}\n', point(3, 3.0))
    assert [event["step"] for event in seen] == [1] and list(reading) == []
    assert [event["step"] for _, event in EventLog(run.events).read(ends[-1])] == [2, 3]


def test_a_line_that_holds_two_events_is_no_event(run: RunFolder) -> None:
    note = orjson.dumps({"t": 1.0, "kind": "note", "text": "twice"})
    logged(run, point(1, 2.0), note + b"," + note + b"\n", point(2, 1.0))
    view = watch(run)
    assert list(view.metrics.step) == [1, 2] and view.notes == []


def test_a_clock_that_jumps_makes_no_age_negative(run: RunFolder) -> None:
    logged(
        run,
        {"kind": "state", "state": "running", "steps": 9, "from_step": 0, "t": 9e12},
        {**point(1, 1.0, step_s=-5), "t": 9e12},
    )
    run.heartbeat.parent.mkdir()
    run.heartbeat.touch()
    os.utime(run.heartbeat, (9e9, 9e9))
    os.utime(run.recipe, (9e9, 9e9))
    view = watch(run)
    view.state = "running"
    assert view.trouble == "" and view.eta_s is None
    logged(run, point(2, 1.0, step_s=0.5), point(12, 1.0, step_s=0.5))
    view.refresh().state = "running"
    assert view.eta_s == 0.0, "beyond the plan nothing is left"


def test_a_run_made_in_the_future_is_not_waited_for_until_then(run: RunFolder) -> None:
    os.utime(run.recipe, (9e9, 9e9))
    assert watch(run).state == "lost"


def test_a_run_that_has_lost_its_recipe_is_told_not_raised(run: RunFolder) -> None:
    run.recipe.unlink()
    view = watch(run)
    assert view.state == "lost" and "recipe.toml is missing" in view.reason and view.hint


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b'{"state": ["x"], "events_from": "y", "worker": {"pid": []}}'])
def test_a_torn_state_file_is_told_not_raised(run: RunFolder, torn: bytes) -> None:
    logged(run, {"kind": "state", "state": "finished", "steps": "many", "reason": 5})
    run.state.write_bytes(torn)
    view = watch(run)
    assert view.state == "finished" and ("state.json is torn" in view.reason or torn.startswith(b'{"'))


def test_folders_in_the_place_of_files_are_told_not_raised(run: RunFolder) -> None:
    run.events.mkdir()
    assert "events.jsonl is no file" in watch(run).reason
    run.state.mkdir()
    assert "state.json is torn" in watch(run).reason


def test_a_run_whose_log_is_gone_says_so(run: RunFolder) -> None:
    logged(run, point(1, 2.0))
    run.checkpoints.mkdir()
    view = watch(run)
    run.events.unlink()
    assert "events.jsonl is missing" in view.refresh().reason
    assert len(view.metrics) == 1, "what was read is still worth showing"
    shutil.rmtree(run.path)
    assert view.refresh().state == "lost"


def test_a_log_that_was_replaced_is_read_anew(run: RunFolder) -> None:
    logged(run, *(point(step, 1.0) for step in range(1, 9)), {"kind": "checkpoint", "step": 8})
    view = watch(run)
    cuts = view.metrics.cuts
    run.events.unlink()
    logged(run, point(1, 7.0))
    view.refresh()
    assert list(view.metrics["loss"]) == [7.0] and view.checkpoint is None and view.metrics.cuts > cuts


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=400))
def test_no_log_whatever_harms_a_reader(tmp_path_factory: pytest.TempPathFactory, log: bytes) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    folder.events.write_bytes(log + b'\n{"t": 2, "kind": "metrics", "step": 3, "loss": 1.5}\n')
    assert watch(folder).loss == 1.5


FIELDS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]), st.just({}))
EVENTS = st.dictionaries(
    st.sampled_from(["t", "step", "loss", "steps", "from_step", "state", "step_s", "text"]), FIELDS
)
KINDS = st.sampled_from(["metrics", "eval", "state", "checkpoint", "note", "result", "other"])


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(KINDS, EVENTS), max_size=8))
def test_no_fields_whatever_harm_a_reader(
    tmp_path_factory: pytest.TempPathFactory, events: list[tuple[str, dict[str, Any]]]
) -> None:
    folder = RunFolder(tmp_path_factory.mktemp("run"))
    lines = [
        orjson.dumps({"t": 1, **fields, "kind": kind}, option=orjson.OPT_PASSTHROUGH_SUBCLASS, default=str)
        for kind, fields in events
        if all(not isinstance(one, int) or -(2**63) <= one < 2**63 for one in fields.values())
    ]
    folder.events.write_bytes(b"".join(line + b"\n" for line in lines))
    view = watch(folder)
    assert view.step == (view.metrics.step[-1] if view.metrics else 0)
    assert (view.best_step, view.eta_s, view.trouble) is not None
    assert isinstance(view.metrics.step, array)
