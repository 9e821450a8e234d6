"""The whole road in the wizard, typed into a real terminal of 80x24: the terminal is lost in the middle of training."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import journey
from engine.project import Project
from engine.runs.watch import watch
from tests.journey.tmux import Tmux, own_server

WIZARD = (sys.executable, "-m", "tui")
DESKS = {"kettle": "HARBOR", "toaster": "LEDGER", "lamp": "BENCH"}
ROWS = 240


@pytest.fixture
def tmux() -> Iterator[Tmux]:
    with own_server() as server:
        yield server


def write_rows(file: Path) -> None:
    """A task of its own: which desk answers for a product; no two rows share a wording and a number."""
    lines = []
    for number in range(ROWS):
        product = list(DESKS)[number % 3]
        order = number * 7919 % 99991
        asked = f"Order {order}: my {product} came {number} days late, and nobody answered letter {number}."
        turns = [{"role": "user", "content": asked}, {"role": "assistant", "content": DESKS[product]}]
        lines.append(json.dumps({"messages": turns}))
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_from_the_first_question_to_a_shipped_model(tmp_path: Path, tmux: Tmux, home: Path) -> None:
    write_rows(tmp_path / "rows.jsonl")
    env = {"HOME": str(home), **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("DATA", "STATE", "CACHE")}}
    env |= {"LANG": "C.UTF-8"}
    tmux.start("first", *WIZARD, cwd=tmp_path, env=env)
    tmux.wait_for("Try the sample help-desk")
    tmux.send("a")
    tmux.wait_for("Folder of the new project?")
    tmux.send("Enter")
    decide(tmux)
    tmux.send("n")
    data(tmux)
    tmux.send("n")
    review(tmux)
    tmux.send("n")
    tmux.wait_for("Where will it run?")
    tmux.send("l")
    tmux.wait_for("4Where✓")
    tmux.send("n")
    plan(tmux)
    tmux.send("n")
    tmux.wait_for("How good is the model before?")
    tmux.send("m")
    tmux.wait_for("6Baseline✓")
    tmux.send("n")
    project = Project.open(tmp_path / "my-project")
    train(tmux, project, env)
    tmux.send("n")
    evaluate(tmux)
    tmux.send("n")
    tmux.wait_for("Is what is shipped what was trained?")
    tmux.send("j", "Enter")
    tmux.wait_for("9Ship✓")
    assert (project.exports / "run-1-merged" / "parity.json").is_file()
    assert all(not status.open for status in journey.read(project))
    assert max(map(len, tmux.screen().splitlines())) <= 80
    tmux.send("q")
    tmux.wait_for("come back with: tunewright")


def decide(tmux: Tmux) -> None:
    """Nine needed answers: the number of the choice, or what is typed."""
    tmux.wait_for("1Decide")
    answers: tuple[tuple[str, int | str], ...] = (
        ("prompting", 0),
        ("prompting", 2),
        ("facts", 0),
        ("task", 0),
        ("examples", "240"),
        ("experts", 0),
        ("requirements", 0),
        ("requests", "20000"),
        ("data", 1),
    )
    for number, (_, answer) in enumerate(answers):
        before = tmux.screen()
        tmux.send("Enter")
        tmux.wait_for(lambda shown, before=before: shown != before and "esc" in shown)
        if isinstance(answer, int):
            for _ in range(answer):
                tmux.send("j")
        else:
            tmux.send(answer)
        tmux.send("Enter")
        if number < len(answers) - 1:
            tmux.wait_for(f"{number + 1} of 9")
    tmux.wait_for("fine-tune")
    tmux.send("Escape")
    tmux.wait_for("1Decide✓")


def data(tmux: Tmux) -> None:
    tmux.wait_for("Is the data fit to train on?")
    tmux.send("i")
    tmux.wait_for("esc cancel")
    tmux.send("rows.jsonl", "Enter")
    tmux.wait_for("HARBOR")
    tmux.send("y")
    tmux.wait_for("240")
    tmux.send("s")
    tmux.wait_for("2Data✓")


def review(tmux: Tmux) -> None:
    tmux.wait_for("0 of 100")
    tmux.send("x", "1")
    tmux.wait_for("1 bad")
    for _ in range(9):
        tmux.send(*"aaaaaaaaaaa")
    tmux.wait_for("3Review✓")


def plan(tmux: Tmux) -> None:
    """Longer than the card says: the run has to be stopped in its middle."""
    tmux.wait_for("Make a plan")
    tmux.send("Enter")
    tmux.wait_for("5Plan✓")
    tmux.send("g", "j", "j", "j", "j", "Enter")
    tmux.wait_for("epochs: a number")
    tmux.send("C-u", "4", "Enter")
    tmux.wait_for(lambda shown: "yours" in shown and "Working" not in shown)


def train(tmux: Tmux, project: Project, env: dict[str, str]) -> None:
    """The terminal is lost; the run goes on, is found again, stopped and resumed."""
    tmux.wait_for("Start training")
    tmux.send("Enter")
    tmux.wait_for(lambda _: any(watch(run).step >= 2 for run in project.all_runs()))
    tmux.kill()
    [run] = project.all_runs()
    assert watch(run).state == "running"
    tmux.start("second", *WIZARD, cwd=project.root, env=env)
    tmux.wait_for("run-1 running")
    tmux.send("x")
    tmux.wait_for("Stop run-1?")
    tmux.send("j", "Enter")
    tmux.wait_for("run-1 stopped")
    stopped = watch(run)
    assert stopped.step <= (stopped.checkpoint or 0) < stopped.steps
    tmux.wait_for(f"Resume run-1  from step {stopped.checkpoint}")
    tmux.send("Enter")
    tmux.wait_for("7Train✓")
    ended = watch(run)
    assert (ended.state, set(stopped.metrics.step) < set(ended.metrics.step)) == ("finished", True)


def evaluate(tmux: Tmux) -> None:
    tmux.wait_for("Is it better, honestly?")
    tmux.send("Enter")
    tmux.wait_for("Open the sealed test")
    tmux.wait_for(lambda shown: "Measured here" in shown and "Working" not in shown)
    tmux.send("Enter")
    tmux.wait_for("Open it for run-1")
    tmux.send("j", "Enter")
    tmux.wait_for(lambda shown: "8Evaluate✓" in shown or "8Evaluate!" in shown)
    if "8Evaluate!" in tmux.screen():
        tmux.send("w")
        tmux.wait_for("Your reason?")
        tmux.send("a short run teaches little", "Enter")
    tmux.wait_for(lambda shown: "Next is free" in shown)
