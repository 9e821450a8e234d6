"""The road by hand with a person's own model folder and own data, command by command."""

import json
import shutil
from pathlib import Path

import pytest

from tests.journey.command import document, tunewright
from tests.tiny import make_model
from tests.worker.conftest import QUEUES, WORDS

ANSWERS = 'failure = "format"\nprompting = "plateaued"\nknowledge = "not_needed"\ntask = "classification"\n'
ANSWERS += 'examples = 240\nagreement = "yes"\nchanges = "rarely"\nrequests_per_month = 1000\ndata_may_leave = "no"\n'
PLACES = ("Oslo", "Ghent", "Parma", "Bergen", "Split", "Riga", "Brno", "Tromso", "Lyon", "Krakow", "Cork", "Graz")


def write_data(path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(240):
            place, word, other = PLACES[number % 12], WORDS[number % 7], PLACES[number * 7 % 12]
            number_of = f"number {number * number} did not arrive in {number + 3} days"
            prompt = f"{place} {number}: the {word} from {other} {number_of}"
            file.write(json.dumps({"prompt": prompt, "completion": QUEUES[number % 3]}) + "\n")


@pytest.mark.parametrize(("kind", "marks", "method"), [("llama", True, "lora"), ("qwen3", False, "full")])
def test_from_files_to_a_shipped_model(tmp_path: Path, kind: str, marks: bool, method: str) -> None:
    model = make_model(tmp_path / "model", kind=kind, marks_generation=marks)
    write_data(tmp_path / "data.jsonl")
    (tmp_path / "answers.toml").write_text(ANSWERS, encoding="utf-8")
    here = tmp_path / "project"
    tunewright("new", here)
    assert document("decide", "--answers", tmp_path / "answers.toml", cwd=here)["verdict"] == "fine-tune"
    assert document("data", "check", tmp_path / "data.jsonl", cwd=here)["rows"]["valid"] == 240
    tunewright("data", "import", tmp_path / "data.jsonl", "--yes", cwd=here)
    assert document("data", "split", cwd=here)["proof"]["passed"]
    document("doctor", cwd=here)
    short = ("--set", "max_steps=6", "--set", "eval_every=3")
    plan = document("plan", "--model", model, "--method", method, *short, cwd=here)
    assert plan["recipe"]["loss_on"] == ("assistant" if marks else "completion")
    assert set(plan["reasons"]) == set(plan["recipe"]) | {"general_file", "general_sha256"}
    blocked = tunewright("train", cwd=here, code=7)
    assert "review reviewed: not checked" in blocked.stderr and "baseline" in blocked.stderr
    tunewright("waive", "review", "reviewed", "--reason", "generated rows", cwd=here)
    base = document("baseline", cwd=here)
    assert set(base["systems"]) == {"base", "base_few_shot", "trivial"}
    tunewright("train", "--follow", cwd=here)
    [run] = document("runs", cwd=here)["runs"]
    assert run["state"] == "finished" and run["step"] == run["steps"] == 6
    found = document("evaluate", "run-1", "--test", cwd=here)
    assert found["test_openings"] == 1 and set(found["systems"]["tuned"]) == {"validation", "test"}
    assert document("evaluate", "run-1", "--test", cwd=here)["test_openings"] == 2
    tunewright("waive", "evaluate", "beats_baseline", "--reason", "six steps", cwd=here)
    forms = ("adapter", "merged") if method == "lora" else ("merged",)
    for form in forms:
        shipped = document("ship", "run-1", "--to", form, cwd=here)
        assert shipped["same"] == shipped["rows"] > 0
        assert (here / "exports" / f"run-1-{form}" / "parity.json").exists()
    if method == "full":
        refused = tunewright("ship", "run-1", "--to", "adapter", cwd=here, code=2)
        assert "there is no adapter" in refused.stderr
    states = {step["step"]: step["state"] for step in document("status", cwd=here)["steps"]}
    assert set(states.values()) == {"passed", "waived"}
    tunewright("audit", "verify", cwd=here)


@pytest.fixture(scope="module")
def divided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose data is split: each refusal begins with a copy, and makes its own model."""
    folder = tmp_path_factory.mktemp("divided")
    write_data(folder / "data.jsonl")
    here = folder / "project"
    tunewright("new", here)
    tunewright("data", "import", folder / "data.jsonl", "--yes", cwd=here)
    tunewright("data", "split", cwd=here)
    return here


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda folder: shutil.rmtree(folder), "no model folder"),
        (lambda folder: (folder / "config.json").unlink(), "config.json"),
        (lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"), "pickle"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\x10" * 64), "safetensors"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "tokenizer.json"),
        (lambda folder: (folder / "chat_template.jinja").unlink(), "chat template"),
    ],
)
def test_a_model_that_cannot_be_used_is_refused_in_words(
    tmp_path: Path, divided: Path, break_it: object, said: str
) -> None:
    model = make_model(tmp_path / "model")
    here = shutil.copytree(divided, tmp_path / "project")
    break_it(model)  # type: ignore[operator]
    refused = tunewright("plan", "--model", model, cwd=here, code=4)
    assert said in refused.stderr and "hint: " in refused.stderr
