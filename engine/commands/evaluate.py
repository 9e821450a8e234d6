"""`tunewright evaluate RUN`: the tuned model against every baseline, on the same rows."""

import argparse
from typing import TYPE_CHECKING, Any

from engine.commands.answers import add_answer_options
from engine.commands.baseline import add_set_options

if TYPE_CHECKING:
    from engine.findings import RunEvaluation
    from engine.project import RunFolder


def add(commands: Any) -> None:
    parser = commands.add_parser("evaluate", help="the tuned model against every baseline")
    parser.add_argument("id", nargs="?", metavar="RUN", help="default: the newest run")
    parser.add_argument(
        "--test",
        action="store_true",
        help="open the sealed test split, which alone decides the gate; every opening is counted",
    )
    add_set_options(parser)
    add_answer_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.commands.follow import named_or_newest
    from engine.project import Project

    project = Project.open(args.project)
    folder = named_or_newest(project, args.id)
    return _read_answers(args, folder) if args.answers else _evaluate(args, folder)


def _read_answers(args: argparse.Namespace, folder: "RunFolder") -> int:
    from engine.commands.answers import show_answers
    from engine.side_by_side import side_by_side

    return show_answers(args, lambda name: side_by_side(folder, name))


def _evaluate(args: argparse.Namespace, folder: "RunFolder") -> int:
    from engine.commands.baseline import extra
    from engine.commands.output import Progress, print_json, say, say_next
    from engine.evaluation import evaluate
    from engine.extras import require
    from engine.findings import caveats

    project = folder.project
    sets = extra(project, args)
    require(("torch", "transformers", "peft"), "train")
    with project.changing("evaluate"), Progress(None, "evaluate") as progress:
        found = evaluate(folder, sets, open_the_test=args.test, told=progress.rows)
    if args.json:
        print_json({**found.document(), "caveats": list(caveats(folder))})
        return 0
    _show(found)
    if not args.test:
        say(f"validation decides no gate; when all choices are made: tunewright evaluate {folder.id} --test")
    say_next(project)
    return 0


def _show(found: "RunEvaluation") -> None:
    from engine.commands.baseline import systems_table
    from engine.commands.output import say, table
    from engine.evaluate.found import forgetting
    from engine.findings import caveats

    print(systems_table(found.evaluation))
    rows = [
        (one.set, f"{one.a} - {one.b}", f"{one.difference:+.1%}", f"{one.low:+.1%} to {one.high:+.1%}", one.verdict)
        for one in found.evaluation.comparisons
    ]
    print(table(("set", "comparison", "exact match", "95 %", "verdict"), rows))
    for name, verdict in found.evaluation.verdicts.items():
        say(f"{name}: {verdict}")
    if forgotten := forgetting(found.evaluation):
        say(forgotten)
    for caveat in caveats(found.run):
        say(f"note: {caveat}")
    say(f"openings of the sealed test so far: {found.test_openings}")
