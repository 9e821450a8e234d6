"""Scenarios: kept, read back, refused with every problem, compared, exported."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import scenarios
from engine.costing import Case, Found, ProjectFacts, Scenario, case, found
from engine.costs.levers import LEVERS, RANGED
from engine.errors import ResourceError, UsageError
from engine.project import Project
from engine.providers import catalogue
from engine.scenario_export import MARKDOWN, export

TODAY = date(2026, 11, 21)


def made(name: str, **settings: float | str) -> Case:
    return case(Scenario(name, settings), catalogue.load(None, TODAY), ProjectFacts(), TODAY)


def results(*cases: Case) -> Sequence[tuple[Case, Found]]:
    return [(one, found(one, simulate=False)) for one in cases]


def written(folder: Path, text: str) -> Path:
    path = folder / "given.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_saved_is_read_back(project: Project) -> None:
    scenario = Scenario(
        "dear GPUs", {"gpu_hour_price": 10.98, "rows": 3000.0, "tuned_model": 'a"b'}, {"baseline_price": (0.25, 2.0)}
    )
    path = scenarios.save(project, scenario)
    assert path.name == "dear GPUs.toml"
    assert "rows = 3000\n" in path.read_text(encoding="utf-8")
    assert scenarios.load(project, "dear GPUs") == scenario
    assert scenarios.names(project) == ("dear GPUs",)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_levers_survive_the_file(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    project = Project(tmp_path_factory.mktemp("project"))
    numbers = [lever for lever in LEVERS if lever.kind != "choice"]
    chosen = data.draw(st.lists(st.sampled_from(numbers), unique=True))
    levers: dict[str, float | str] = {
        lever.name: data.draw(st.floats(max(lever.low, lever.floor), lever.high)) for lever in chosen
    }
    scenarios.save(project, Scenario("x", levers), replace=True)
    assert dict(scenarios.load(project, "x").settings) == levers


@pytest.mark.parametrize(
    "name", ["", "  ", "../x", "a/b", ".hidden", "-x", "x.", "a" * 41, "a\nb", "a\x1b[31m", "\u202ea"]
)
def test_a_name_that_is_no_safe_file_name_is_refused(project: Project, name: str) -> None:
    with pytest.raises(UsageError, match="no name for a scenario"):
        scenarios.save(project, Scenario(name))
    assert not project.scenarios.exists()


@pytest.mark.parametrize("name", ["a", "v1.2", "Größe 7", "値段"])
def test_names_may_be_of_any_script(project: Project, name: str) -> None:
    scenarios.save(project, Scenario(name))
    assert scenarios.names(project) == (name,)


def test_nothing_is_replaced_unasked(project: Project) -> None:
    scenarios.save(project, Scenario("a", {"rows": 5.0}))
    with pytest.raises(UsageError, match="already") as refused:
        scenarios.save(project, Scenario("a", {"rows": 6.0}))
    assert "--replace" in refused.value.hint
    assert scenarios.load(project, "a").settings["rows"] == 5
    scenarios.save(project, Scenario("a", {"rows": 6.0}), replace=True)
    assert scenarios.load(project, "a").settings["rows"] == 6


def test_a_scenario_that_is_not_there_names_those_that_are(project: Project) -> None:
    scenarios.save(project, Scenario("one"))
    for act in (scenarios.load, scenarios.delete):
        with pytest.raises(UsageError, match="no scenario 'two'") as refused:
            act(project, "two")
        assert "one" in refused.value.hint
    scenarios.delete(project, "one")
    assert scenarios.names(project) == ()


def test_a_bad_file_tells_all_of_its_problems_with_their_keys(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "foo = 1\nname = 3\n[levers]\nrows = -5\nfo = 1\nepochs = true\ncycles = 2026-01-01\n[ranges]\nrows = [1]\n"
        "destination = [1, 2]\nhorizon_months = [5, 1]\nlabel_minutes = [1, nan]\n",
    )
    with pytest.raises(UsageError) as refused:
        scenarios.read_file(path)
    for problem in (
        "foo: ", "name: 3", "rows: -5", "'fo'", "epochs: ", "cycles: ", "range of rows: ", "range of destination: ",
        "range of horizon_months: 5 to 1", "range of label_minutes: ",
    ):  # fmt: skip
        assert problem in refused.value.message
    assert refused.value.where == str(path)


@pytest.mark.parametrize(
    "text",
    [
        "x = [",
        "levers = 3",
        "[[levers]]",
        "[levers]\nrows = " + "9" * 400,
        "[levers]\nrows = " + "9" * 5000,
        "a" * 2**21,
    ],
)
def test_what_is_no_scenario_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError):
        scenarios.read_file(written(tmp_path, text))


def test_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe4'")
    for name in ("none.toml", ".", "latin.toml"):
        with pytest.raises(UsageError):
            scenarios.read_file(tmp_path / name)


def test_numbers_in_a_file_may_be_written_as_people_write_them(tmp_path: Path) -> None:
    read = scenarios.read_file(written(tmp_path, '[levers]\nrequests_per_month = "2.5M"\ncache_hit_rate = "80%"\n'))
    assert dict(read.settings) == {"requests_per_month": 2_500_000, "cache_hit_rate": 0.8}
    assert read.name == "given"


def test_scenarios_stand_side_by_side_with_what_differs() -> None:
    compared = scenarios.compare(results(made("", rows=500.0), made("more", rows=5000.0)))
    assert compared.names == ("now", "more")
    rows = dict(compared.rows)
    differs = dict(zip(rows, compared.differ, strict=True))
    assert rows["rows to train on"] == ("500", "5,000")
    assert differs["labelling"]
    assert not differs["evaluation"]
    assert "prompt: new every time" not in rows


@pytest.mark.parametrize("many", [0, 4])
def test_more_than_fit_are_not_compared(many: int) -> None:
    one = made("a")
    with pytest.raises(UsageError, match=f"{many} scenarios"):
        scenarios.compare(results(*[one] * many))


def test_an_export_holds_figures_months_levers_and_prices(tmp_path: Path) -> None:
    one, other = made("one"), made("two | three", destination="tinker")
    paths = export([one, other], tmp_path / "out")
    assert sorted(path.name for path in paths) == sorted(path.name for path in (tmp_path / "out").iterdir())
    with open(tmp_path / "out" / "cost-figures.csv", encoding="utf-8", newline="") as file:
        figures = {(row["scenario"], row["figure"]): row for row in csv.DictReader(file)}
    assert float(figures["one", "net"]["value"]) == pytest.approx(found(one, simulate=False).outcome.net)
    assert figures["one", "payback_months"]["value"] == ""
    assert figures["one", "payback_months"]["said"] == "never"
    with open(tmp_path / "out" / "cost-prices.csv", encoding="utf-8", newline="") as file:
        assert all(row["source"] and row["as_of"] and row["confidence"] for row in csv.DictReader(file))
    with open(tmp_path / "out" / "cost-levers.csv", encoding="utf-8", newline="") as file:
        assert [row["lever"] for row in csv.DictReader(file)][: len(LEVERS)] == [lever.name for lever in LEVERS]
    page = (tmp_path / "out" / MARKDOWN).read_text(encoding="utf-8")
    assert "two \\| three" in page
    widths = {line.count(" | ") for line in page.splitlines() if line.startswith("| ") and "break-even" in line}
    assert widths == {2}


def test_two_scenarios_of_one_name_are_both_exported(tmp_path: Path) -> None:
    export([made("a"), made("a", rows=5.0)], tmp_path)
    assert "| labelling" in (tmp_path / MARKDOWN).read_text(encoding="utf-8")


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_text_from_outside_becomes_a_formula(tmp_path: Path, start: str) -> None:
    export([made(f"{start}HYPERLINK(1)")], tmp_path)
    with open(tmp_path / "cost-figures.csv", encoding="utf-8", newline="") as file:
        assert {row["scenario"] for row in csv.DictReader(file)} == {f"'{start}HYPERLINK(1)"}


def test_an_export_replaces_nothing_unasked(tmp_path: Path) -> None:
    (tmp_path / "cost-months.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"there already: cost-months\.csv"):
        export([made("a")], tmp_path)
    assert (tmp_path / "cost-months.csv").read_text(encoding="utf-8") == "mine"
    assert len(export([made("a")], tmp_path, replace=True)) == 5
    assert [path.name for path in export([made("a")], tmp_path / "page", format="markdown")] == [MARKDOWN]
    assert (
        len(export([made("a")], tmp_path / "page", format="csv")) == len(list((tmp_path / "page").iterdir())) - 1 == 4
    )
    with pytest.raises(UsageError, match="not a folder"):
        export([made("a")], tmp_path / MARKDOWN)


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    with pytest.raises((ResourceError, OSError)):
        export([made("a")], Path("/proc/none"))


def test_every_range_of_the_simulation_can_be_a_scenarios_own(tmp_path: Path) -> None:
    lines = "\n".join(f"{name} = [1, 1]" for name in RANGED)
    assert set(scenarios.read_file(written(tmp_path, f"[ranges]\n{lines}\n")).ranges) == set(RANGED)
