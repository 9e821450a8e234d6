"""`tunewright cost`: the published examples through the command, its documents, its lists, and bad input."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.costs.levers import LEVERS
from engine.project import Project
from tests.unit.commands import document, run

CLASSIFIER = {
    "destination": "bedrock", "tuned_model": "nova-micro", "baseline_model": "claude-haiku-4-5", "train_price": 1,
    "requests_per_month": 200_000, "static_prompt_tokens": 2000, "dynamic_prompt_tokens": 300, "output_tokens": 60,
    "tuned_static_prompt_tokens": 150, "cache_hit_rate": 0, "rows": 3000, "tokens_per_row": 500, "epochs": 2,
    "cycles": 3, "label_minutes": 1, "label_wage": 30, "review_share": 0.2, "review_minutes": 1, "review_wage": 60,
    "engineering_hours": 40, "engineering_wage": 90, "evaluation_cost": 495, "ops_hours_per_month": 0,
    "retrain_every_months": 0, "horizon_months": 12,
}  # fmt: skip
SELF_HOSTED = CLASSIFIER | {
    "destination": "runpod-h100-sxm-secure", "tuned_model": "qwen3-8b", "baseline_model": "gpt-6.1-terra",
    "train_price": 1.59 / (8 * 2048 / 5.2) / 3600 * 1e6, "gpu_hour_price": 3.49, "requests_per_month": 5_000_000,
    "static_prompt_tokens": 3000, "dynamic_prompt_tokens": 1000, "output_tokens": 128, "cache_hit_rate": 0.9,
    "rows": 10_000, "tokens_per_row": 1200, "epochs": 3, "label_minutes": 2, "engineering_hours": 120,
    "evaluation_cost": 1020, "ops_hours_per_month": 8,
}  # fmt: skip
RANGES = """
[ranges]
requests_per_month = [1e6, 5e6]
baseline_price = [0.5, 2]
cache_hit_rate = [0.5, 0.98]
dynamic_prompt_tokens = [500, 2000]
output_tokens = [64, 256]
gpu_hour_price = [2.69, 4.29]
label_minutes = [1, 4]
engineering_hours = [60, 240]
ops_hours_per_month = [4, 20]
horizon_months = [6, 18]
"""


def sets(levers: dict[str, Any], **others: Any) -> list[str]:
    return [word for name, value in {**levers, **others}.items() for word in ("--set", f"{name}={value}")]


@pytest.mark.parametrize(
    ("levers", "break_even"),
    [
        (CLASSIFIER, 201_467.47675524588),
        (CLASSIFIER | {"cache_hit_rate": "80%"}, 456_882.5108949245),
        (CLASSIFIER | {"cache_hit_rate": 0.8, "baseline_model": "gpt-6-luna"}, 5_649_972.78170931),
        (SELF_HOSTED, 2_532_029.6851468375),
    ],
)
def test_the_worked_examples_through_the_command(
    capsys: pytest.CaptureFixture[str], levers: dict[str, Any], break_even: float
) -> None:
    found = document(capsys, "cost", *sets(levers))
    assert found["break_even_requests_per_month"] == pytest.approx(break_even, rel=1e-6)


def test_the_self_hosted_example_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "cost", *sets(SELF_HOSTED))
    assert found["upfront"]["total"] == pytest.approx(23_835.13916015625, rel=1e-6)
    assert found["training"] == pytest.approx(15.139160156250004, rel=1e-6)
    assert found["fixed_monthly"] == pytest.approx(3267.70, rel=1e-6)
    assert found["per_request"] == {"tuned": 0, "baseline": pytest.approx(0.002075, rel=1e-6)}
    assert found["payback_months"] == pytest.approx(3.353613771777785, rel=1e-6)
    assert found["net"] == pytest.approx(61_452.46083984374, rel=1e-6)
    assert found["roi"] == pytest.approx(2.5782295805753077, rel=1e-6)
    never = document(capsys, "cost", *sets(SELF_HOSTED, requests_per_month=100_000))
    assert never["payback_months"] is None


def test_a_scenario_files_ranges_reach_the_simulation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "example.toml"
    path.write_text(RANGES, encoding="utf-8")
    words = sets(SELF_HOSTED, requests_per_month="2.5M")
    found = document(capsys, "cost", "--scenario", path, *words)
    drawn = found["monte_carlo"]
    assert [drawn[name] for name in ("p10", "p50", "p90")] == pytest.approx(
        [-18_222.87, 25_601.95, 102_083.41], abs=0.005
    )
    assert drawn["p_positive"] == pytest.approx(0.74815, abs=1e-12)
    assert drawn["draws"] == 20_000
    assert [bar["name"] for bar in found["tornado"]][:3] == [
        "requests_per_month", "baseline_price", "dynamic_prompt_tokens",
    ]  # fmt: skip
    assert found["net"] == pytest.approx(-797.5391601562515, rel=1e-6)


def test_provisioned_throughput_shows_what_it_burns(capsys: pytest.CaptureFixture[str]) -> None:
    words = {"destination": "bedrock-provisioned", "tuned_model": "nova-lite", "train_price": 1}
    found = document(capsys, "cost", *sets(words, ops_hours_per_month=0, requests_per_month="150k"))
    assert found["fixed_monthly"] == pytest.approx(78_951.45, rel=1e-9)
    assert any("$78,950 a month" in note["text"] for note in found["notes"])


def test_the_document_names_what_scripts_rely_on_and_dates_every_price(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, "cost", *sets(CLASSIFIER))
    names = {
        "training", "upfront", "per_request", "fixed_monthly", "break_even_requests_per_month", "crossings", "levers",
        "payback_months", "net", "roi", "horizon_months", "tornado", "monte_carlo", "prices", "notes", "months",
    }  # fmt: skip
    assert names <= found.keys()
    assert list(found["levers"]) == [lever.name for lever in LEVERS]
    told = {"value", "origin", "reason", "source", "as_of", "confidence", "age_days", "stale"}
    assert all(told <= lever.keys() for lever in found["levers"].values())
    assert found["prices"]
    for price in found["prices"]:
        assert price["source"] and price["as_of"] and price["confidence"]
        assert price["age_days"] >= 0
    assert len(found["months"]) == 13


def test_all_ages_come_from_the_clock(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TUNEWRIGHT_TODAY", "2027-06-01")
    found = document(capsys, "cost", *sets(CLASSIFIER))
    assert all(price["stale"] for price in found["prices"])
    assert found["today"] == "2027-06-01"


def test_in_words_it_fits_eighty_columns_and_says_the_answer_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cost", *sets(SELF_HOSTED)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("Pays: ") for line in lines[:5])
    assert "  gpu_hour_price = $3.49 (yours: set here)" in lines


def test_a_saving_below_zero_is_said_plainly(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set", "destination=tinker", "--set", "baseline_model=llama-3.1-8b-novita"]
    assert document(capsys, "cost", *words)["break_even_requests_per_month"] is None
    assert run("cost", *words) == 0
    assert "Cannot pay back on cost" in capsys.readouterr().out


def test_the_levers_are_listed_with_bounds_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cost", "--levers") == 0
    said = capsys.readouterr().out
    assert max(map(len, said.splitlines())) <= 80
    assert all(f"  {lever.name} = " in said for lever in LEVERS)
    listed = document(capsys, "cost", "--levers", "--set", "rows=7")["levers"]
    assert (listed["rows"]["value"], listed["rows"]["origin"], listed["rows"]["default"]) == (7, "yours", 1000)
    assert "tinker" in listed["destination"]["choices"]


def test_levers_can_be_listed_while_a_figure_is_lacking(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--set", "destination=bedrock", "--set", "tuned_model=nova-lite"]
    assert document(capsys, "cost", "--levers", *words)["levers"]["train_price"]["value"] is None
    assert run("cost", *words) == 2
    said = capsys.readouterr().err
    assert "not found" in said and "--set train_price=" in said


def test_all_bad_settings_are_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["rows=-1", "horizon_months=0", "review_share=150%", "foo=3", "cycles=nan", "epochs=0", "bar", "rows=1.000"]
    assert run("cost", *(word for one in words for word in ("--set", one))) == 2
    said = capsys.readouterr().err
    for one in words:
        assert one.partition("=")[0] in said
    assert "Traceback" not in said


def test_without_a_project_scenarios_come_from_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("cost", "--save", "x") == 2
    assert "kept in a project" in capsys.readouterr().err
    (tmp_path / "x.toml").write_text("[levers]\nrows = 77\n", encoding="utf-8")
    assert document(capsys, "cost", "--scenario", "x.toml")["levers"]["rows"]["value"] == 77


def test_the_project_that_one_stands_in_is_used(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.root)
    project.set("decide", {"requests_per_month": 4321})
    assert document(capsys, "cost", "--levers")["levers"]["requests_per_month"]["origin"] == "yours"


def test_scenarios_are_saved_listed_compared_exported_and_deleted(
    project: Project, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = ("--project", project.root)
    assert run("cost", *there, "--set", "rows=50", "--save", "few") == 0
    assert run("cost", *there, "--set", "rows=50", "--save", "few") == 2
    assert run("cost", *there, "--set", "destination=tinker", "--save", "few", "--replace") == 0
    capsys.readouterr()
    assert document(capsys, "cost", *there, "--scenarios") == {"scenarios": ["few"]}
    both = document(capsys, "cost", *there, "--compare", "few")["scenarios"]
    assert [one["scenario"] for one in both] == ["now", "few"]
    assert [one["destination"] for one in both] == ["this-machine", "tinker"]
    out = tmp_path / "out"
    assert run("cost", *there, "--compare", "few", "now", "--set", "rows=9", "--export", out) == 0
    said = capsys.readouterr()
    assert max(map(len, said.out.splitlines())) <= 80
    assert (out / "cost.md").is_file()
    assert run("cost", *there, "--compare", "few", "nix") == 2
    assert "nix" in capsys.readouterr().err
    assert run("cost", *there, "--delete", "few") == 0
    assert run("cost", *there, "--delete", "few") == 2


def test_the_project_and_its_own_prices_are_used(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    project.set("decide", {"requests_per_month": 4321})
    project.set("prices", {"gpt-6-luna": {"input": 0.05}})
    project.set("plan", {"epochs": 4.0})
    found = document(capsys, "cost", "--project", project.root)
    assert found["levers"]["requests_per_month"]["value"] == 4321
    assert found["levers"]["epochs"]["value"] == 4
    own = next(one for one in found["prices"] if one["id"] == "gpt-6-luna" and one["field"] == "input")
    assert (own["value"], own["confidence"], own["stale"]) == (0.05, "yours", False)


def test_json_has_no_infinity(capsys: pytest.CaptureFixture[str]) -> None:
    run("cost", "--json", "--set", "requests_per_month=1")
    out = capsys.readouterr().out
    assert "Infinity" not in out and "NaN" not in out
    assert json.loads(out)["payback_months"] is None


def test_names_from_a_scenario_file_are_made_safe_to_show(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hostile.toml"
    file.write_text('name = "\\u001b]52;c;QUFB\\u0007mine\\u202e"\n[levers]\nrows = 5\n', encoding="utf-8")
    assert run("cost", "--compare", "now", str(file)) == 0
    said = capsys.readouterr().out
    assert "mine" in said and not any(one in said for one in "\x1b\x07\u202e")


@pytest.mark.parametrize(
    "words",
    [
        ("--levers", "--save", "x"),
        ("--curves", "--save", "x"),
        ("--levers", "--export", "out"),
        ("--levers", "--compare", "now"),
        ("--scenarios", "--set", "rows=5"),
        ("--delete", "x", "--save", "y"),
    ],
)
def test_what_would_do_nothing_is_refused(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("cost", *words) == 2
    said = capsys.readouterr().err
    assert words[0] in said and words[-2] in said and "hint:" in said


def test_an_export_without_a_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("cost", "--export", "") == 2
    assert "no folder" in capsys.readouterr().err and not list(tmp_path.iterdir())


def test_a_clock_before_every_source_says_why_nothing_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TUNEWRIGHT_TODAY", "2020-01-01")
    assert run("cost") == 2
    said = capsys.readouterr().err
    assert "in the future (today is 2020-01-01)" in said


def test_a_range_that_does_not_hold_the_value_is_said_to_be_widened(capsys: pytest.CaptureFixture[str]) -> None:
    notes = document(capsys, "cost", "--set", "rows=500", "--range", "rows=1..2")["notes"]
    assert any("rows" in note["text"] and "widened" in note["text"] for note in notes)
