"""From "should I at all?" to a place and a price, command by command: what a budget owner types."""

import json
from pathlib import Path

import pytest

from engine.project import Project
from tests.journey.command import document, tunewright
from tests.journey.test_own_model import write_data

TICKETS = {
    "requests_per_month": 200_000,
    "static_prompt_tokens": 2000,
    "dynamic_prompt_tokens": 300,
    "output_tokens": 60,
    "tuned_static_prompt_tokens": 150,
    "destination": "bedrock",
    "tuned_model": "nova-micro",
    "rows": 3000,
    "tokens_per_row": 500,
    "epochs": 2,
    "cycles": 3,
    "train_price": 1.00,
    "label_minutes": 1,
    "label_wage": 30,
    "review_share": 0.2,
    "review_minutes": 1,
    "review_wage": 60,
    "engineering_hours": 40,
    "engineering_wage": 90,
    "evaluation_cost": 495,
    "ops_hours_per_month": 0,
    "retrain_every_months": 0,
    "horizon_months": 12,
}
"""A ticket classifier: Nova Micro, tuned and paid per token, in the place of a prompted model."""
DECIDED = ("--failure", "format", "--prompting", "plateaued", "--knowledge", "not_needed", "--task", "classification")


def levers(**settings: object) -> list[str]:
    return [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]


@pytest.mark.parametrize(
    ("baseline", "hit", "saving", "requests"),
    [
        ("claude-haiku-4-5", 0, 513.22, 201_467.47675524588),
        ("claude-haiku-4-5", 0.8, 225.22, 456_882.5108949245),
        ("gpt-6-luna", 0.8, 16.42, 5_649_972.78170931),
    ],
)
def test_the_worked_example_by_command(baseline: str, hit: float, saving: float, requests: float) -> None:
    found = document("cost", *levers(**TICKETS, baseline_model=baseline, cache_hit_rate=hit))
    assert found["upfront"]["total"] == pytest.approx(6204, rel=1e-6)
    assert found["monthly"]["saving"] == pytest.approx(saving, rel=1e-6)
    assert found["break_even_requests_per_month"] == pytest.approx(requests, rel=1e-6)
    assert all(one["source"] and one["as_of"] for one in found["prices"])


def test_from_the_question_to_a_place_and_a_price(tmp_path: Path) -> None:
    here = tmp_path / "desk"
    tunewright("new", here)
    # A verdict from the first answer on; what is open is said.
    first = document("decide", "--examples", "30", cwd=here)
    assert (first["verdict"], first["so_far"]) == (None, "few-shot") and len(first["open"]) == 8
    rest = ("--agreement", "yes", "--changes", "rarely", "--requests-per-month", "50000")
    final = document("decide", *DECIDED, *rest, "--examples", "900", "--data-may-leave", "yes", cwd=here)
    assert final["verdict"] == "fine-tune" and not final["open"]
    write_data(tmp_path / "data.jsonl")
    tunewright("data", "import", tmp_path / "data.jsonl", "--yes", cwd=here)
    tunewright("data", "split", cwd=here)
    # Where: what is closed says since when; what runs by the hour must be typed.
    places = {one["id"]: one for one in document("providers", cwd=here)["destinations"]}
    assert len(places) >= 12 and not places["anthropic"]["fits"] and "2026-09-10" in str(places["anthropic"])
    refused = tunewright("providers", "choose", "together", cwd=here, code=7)
    assert "$" in refused.stderr and "--confirm" in refused.stderr
    tunewright("providers", "choose", "anthropic", "--confirm", "anthropic", "--consent", cwd=here, code=7)
    tunewright("providers", "choose", "tinker", cwd=here, code=7)  # the rows would leave, and nobody has said yes
    tunewright("providers", "choose", "tinker", "--consent", cwd=here)
    status = {one["step"]: one["state"] for one in document("status", cwd=here)["steps"]}
    assert status["where"] == "passed"
    # The cost begins with what is known of the project: its answers and its destination.
    now = document("cost", cwd=here)
    assert now["destination"] == "tinker" and now["levers"]["requests_per_month"]["value"] == 50_000
    tunewright("providers", "price", "gpt-6-luna", "input", "0.05", cwd=here)
    mine = [one for one in document("cost", cwd=here)["prices"] if one["confidence"] == "yours"]
    assert [one["value"] for one in mine] == [0.05]
    tunewright("cost", *levers(requests_per_month="2M"), "--save", "busy", cwd=here)
    tunewright("cost", *levers(destination="bedrock", tuned_model="nova-micro"), "--save", "nova", cwd=here)
    compared = document("cost", "--compare", "busy", "nova", "now", cwd=here)
    assert "busy" in json.dumps(compared) and "nova" in json.dumps(compared)
    tunewright("cost", "--scenario", "busy", "--export", "out", cwd=here)
    written = sorted(path.suffix for path in (here / "out").iterdir())
    assert ".csv" in written and ".md" in written
    # The data may no longer leave: what was chosen is no place any more.
    tunewright("decide", "--data-may-leave", "no", cwd=here)
    assert {one["step"]: one["state"] for one in document("status", cwd=here)["steps"]}["where"] == "stale"
    tunewright("providers", "choose", "tinker", "--consent", cwd=here, code=7)
    assert Project.open(here).scenarios.is_dir()
    tunewright("audit", "verify", cwd=here)


def test_every_bad_lever_is_named_and_nothing_is_lost(tmp_path: Path) -> None:
    here = tmp_path / "desk"
    tunewright("new", here)
    tunewright("cost", *levers(requests_per_month="2M"), "--save", "busy", cwd=here)
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    bad = levers(requests_per_month=-5, nonsense=3, horizon_months="abc", cache_hit_rate="180%", epochs=0)
    refused = tunewright("cost", *bad, "--save", "busy", cwd=here, code=2)
    for name in ("requests_per_month", "nonsense", "horizon_months", "cache_hit_rate", "epochs"):
        assert name in refused.stderr
    assert {path: path.read_bytes() for path in before} == before
    settings = here / "project.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + '\n[prices."gpt-6-luna"]\ninput = "cheap"\n', "utf-8")
    wrong = document("cost", cwd=here)  # the catalogue's price holds, and the note names file, key and value
    [said] = [note["text"] for note in wrong["notes"] if "cheap" in note["text"]]
    assert "project.toml" in said and "gpt-6-luna" in said and "input" in said
    assert next(one["value"] for one in wrong["prices"] if one["field"] == "input") == 0.10
