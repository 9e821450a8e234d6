"""`tunewright baseline`: how good the model is before training, zero-shot and few-shot."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.commands.answers import add_answer_options

if TYPE_CHECKING:
    from engine.evalsets import Extra
    from engine.project import Project


def add(commands: Any) -> None:
    parser = commands.add_parser("baseline", help="measure the base model before training")
    add_set_options(parser)
    add_answer_options(parser)
    parser.set_defaults(run=run)


def add_set_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--set", action="append", default=[], dest="sets", metavar="NAME=FILE", help="also answer the rows of FILE"
    )
    parser.add_argument("--cluster", metavar="KEY", help="column of FILE whose rows belong together in intervals")
    parser.add_argument("--general", type=Path, metavar="FILE", help="general questions: what tuning makes it forget")


def extra(project: "Project", args: argparse.Namespace) -> "Extra":
    """What these options ask for, and [evaluate] of project.toml where they say nothing."""
    from engine.evalsets import Extra, asked

    return asked(project, Extra(args.sets, args.cluster, args.general))


def run(args: argparse.Namespace) -> int:
    from engine.project import Project

    project = Project.open(args.project)
    return _read_answers(args, project) if args.answers else _measure(args, project)


def _read_answers(args: argparse.Namespace, project: "Project") -> int:
    from engine.commands.answers import show_answers
    from engine.side_by_side import baselines_side_by_side

    return show_answers(args, lambda name: baselines_side_by_side(project, name))


def _measure(args: argparse.Namespace, project: "Project") -> int:
    from engine.commands.decide_again import decide_again
    from engine.commands.output import Progress, print_json, say_next
    from engine.evaluation import baseline
    from engine.extras import require

    sets = extra(project, args)
    require(("torch", "transformers"), "train")
    with project.changing("baseline"), Progress(None, "baseline") as progress:
        evaluation = baseline(project, sets, progress.rows)
        decide_again(project)
    if args.json:
        print_json(evaluation.document())
    else:
        print(systems_table(evaluation))
        say_next(project)
    return 0


def systems_table(evaluation: Any) -> str:
    """Every system on every set: exact match with its interval, and what else was measured."""
    from textwrap import fill

    from engine.commands.output import table
    from engine.findings import LEGEND

    rows = [
        (name, system, measures["exact_match"].n, _interval(measures["exact_match"]), *map(measures.get, _OTHERS))
        for system, sets in evaluation.systems.items()
        for name, measures in sets.items()
    ]
    rows.sort(key=lambda row: row[0])
    shown = [(*row[:4], *("" if one is None else f"{100 * one.value:.1f}" for one in row[4:])) for row in rows]
    headers = ("set", "system", "n", "exact % (95 %)", "fields %", "schema %", "stops %")
    return f"{table(headers, shown)}\n{fill(LEGEND, 95)}"


_OTHERS = ("field_accuracy", "schema_valid", "stopped_by_eos")


def _interval(measure: Any) -> str:
    return f"{100 * measure.value:.1f} ({100 * measure.low:.1f}-{100 * measure.high:.1f})"
