"""`python -m tests.benchmarks.demo_controls`: the demo over three seeds, with shuffled labels, without general rows."""

import csv
import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

from engine.demo import SAMPLE, SETS, Demo, Talk, run_demo
from engine.errors import GateError
from engine.evalsets import Extra
from engine.evaluation import evaluate
from engine.findings import RunEvaluation
from engine.project import Project

SILENT = Talk(step=lambda key, text: None, rows=lambda what, done, total: None, run=lambda view: None)
LABELS = ("queue", "priority", "product", "order")


def shuffled_sample(folder: Path) -> Path:
    """The sample with its answers dealt out anew: what can still be learnt is the form, not the task."""
    shutil.copytree(SAMPLE, folder)
    chance = random.Random(0)
    with open(folder / "tickets.csv", newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    whole = [row for row in rows if len(row) == len(header)]
    at = [header.index(name) for name in LABELS]
    answers = [[row[column] for column in at] for row in whole]
    chance.shuffle(answers)
    for row, answer in zip(whole, answers, strict=True):
        for column, value in zip(at, answer, strict=True):
            row[column] = value
    with open(folder / "tickets.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    _shuffle_chats(folder / "tickets.jsonl", chance)
    return folder


def _shuffle_chats(path: Path, chance: random.Random) -> None:
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if len(row.get("messages", ())) == 3 and row["messages"][1]["content"].strip():
            rows.append(row)
    answers = [row["messages"][2] for row in rows]
    chance.shuffle(answers)
    for row, answer in zip(rows, answers, strict=True):
        row["messages"][2] = answer
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def show_demo(what: str, demo: Demo) -> None:
    print(f"{what}: {demo.seconds:.0f} s", flush=True)
    show(demo.found)


def show_control(what: str, folder: Path, labels: Path) -> None:
    """The control has to fail: its gate keeps it from being shipped."""
    try:
        run_demo(folder, SILENT, seed=0, sample=labels)
    except GateError as error:
        print(f"{what}: {error}", flush=True)
    [run] = Project.open(folder).all_runs()
    extra = Extra([f"{name}={SAMPLE / name}.jsonl" for name in SETS], "phrasing", SAMPLE / "skills.jsonl")
    show(evaluate(run, extra, open_the_test=True, told=SILENT.rows))


def show(found: RunEvaluation) -> None:
    for system, sets in found.evaluation.systems.items():
        for name, measures in sets.items():
            one = measures["exact_match"]
            fields = measures.get("field_accuracy")
            more = f", fields {fields.value:.3f}" if fields else ""
            print(
                f"  {system:14} {name:10} {one.value:.3f} ({one.low:.3f} to {one.high:.3f}, n={one.n}{more})",
                flush=True,
            )


def main(seeds: int = 3) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for seed in range(seeds):
            show_demo(f"seed {seed}", run_demo(folder / f"seed-{seed}", SILENT, seed=seed))
        show_demo("without general rows", run_demo(folder / "no-mix", SILENT, seed=0, general_share=0.0))
        show_control("shuffled labels", folder / "control", shuffled_sample(folder / "shuffled"))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
