"""`tunewright cost --curves`: the same lines and the same words as the screen, without one."""

import json
from pathlib import Path

import pytest

from engine import cli
from engine.clock import today
from engine.costing import Scenario, case, facts, found
from engine.costs.money import usd
from engine.costs.plot import meetings
from engine.providers import catalogue

LEVERS: dict[str, float | str] = {"destination": "tinker", "baseline_model": "gpt-6.1-terra", "requests_per_month": 1e6}
COMMAND = ["cost", *(part for name, value in LEVERS.items() for part in ("--set", f"{name}={value}")), "--curves"]


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")


def test_the_curves_are_drawn_named_and_told_month_by_month(capsys: pytest.CaptureFixture[str]) -> None:
    here = case(Scenario("", LEVERS), catalogue.load(None, today()), facts(None), today())
    result = found(here, simulate=False)
    assert cli.main(COMMAND) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 80
    assert here.tuned.name in lines[0] and here.baseline.name in lines[0] and "(+)" in lines[0]
    text = "\n".join(lines)
    for one in meetings(result.months):
        assert f"month {one.month:.1f} ({usd(one.cost)})" in text
    last = result.months[-1]
    assert lines[-1].split()[:3] == ["12", usd(last.tuned), usd(last.baseline)]
    assert lines[-1].endswith("saved" if last.baseline > last.tuned else "not yet earned back")


def test_as_a_document_they_are_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([*COMMAND, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["month"] for one in document["months"]] == list(range(13))
    assert document["months"][0]["baseline"] == 0 and {"month", "cost"} == set(document["meetings"][0])


def test_in_a_tiny_terminal_the_table_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    monkeypatch.setenv("LINES", "3")
    assert cli.main(COMMAND) == 0
    assert "they meet" in capsys.readouterr().out
