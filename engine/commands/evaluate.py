"""`tunewright evaluate RUN`: the tuned model against every baseline, on the same rows."""

import argparse
from typing import Any

from engine.commands.baseline import add_set_options


def add(commands: Any) -> None:
    parser = commands.add_parser("evaluate", help="the tuned model against every baseline")
    parser.add_argument("id", nargs="?", metavar="RUN", help="default: the newest run")
    parser.add_argument(
        "--test",
        action="store_true",
        help="open the sealed test split, which alone decides the gate; every opening is counted",
    )
    add_set_options(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.commands.baseline import extra, systems_table
    from engine.commands.follow import named_or_newest
    from engine.commands.output import Progress, print_json, say, say_next, table
    from engine.evaluation import evaluate
    from engine.extras import require
    from engine.project import Project

    project = Project.open(args.project)
    folder = named_or_newest(project, args.id)
    require(("torch", "transformers", "peft"), "train")
    with project.changing("evaluate"), Progress(None, "evaluate") as progress:
        found = evaluate(folder, extra(args), open_the_test=args.test, told=progress.rows)
    if args.json:
        print_json(found.document())
        return 0
    print(systems_table(found.evaluation))
    rows = [
        (one.set, f"{one.a} - {one.b}", f"{one.difference:+.1%}", f"{one.low:+.1%} to {one.high:+.1%}", one.verdict)
        for one in found.evaluation.comparisons
    ]
    print(table(("set", "comparison", "exact match", "95 %", "verdict"), rows))
    for name, verdict in found.evaluation.verdicts.items():
        say(f"{name}: {verdict}")
    say(f"openings of the sealed test so far: {found.test_openings}")
    if not args.test:
        say(f"validation decides no gate; when all choices are made: tunewright evaluate {folder.id} --test")
    say_next(project)
    return 0
