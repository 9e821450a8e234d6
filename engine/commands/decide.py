"""`tunewright decide`: the checklist, and with `--answers` the verdict."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("decide", help="whether to fine-tune at all: the checklist and the verdict")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--answers", type=Path, metavar="FILE", help="TOML or JSON with the answers; without it: the questions"
    )
    what.add_argument("--template", action="store_true", help="print an answers file to fill in")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.template:
        _template(args)
    elif args.answers:
        _verdict(args)
    else:
        _questions(args)
    return 0


def _template(args: argparse.Namespace) -> None:
    from engine.commands.output import print_json
    from engine.decide.answers import template

    if args.json:
        print_json({"template": template()})
    else:
        print(template())


def _questions(args: argparse.Namespace) -> None:
    from dataclasses import asdict

    from engine.commands.output import print_json, say, table
    from engine.decide.checklist import OPTIONS, QUESTIONS

    if args.json:
        print_json({"questions": [asdict(one) for one in QUESTIONS], "options": [asdict(one) for one in OPTIONS]})
        return
    rows = [(one.id, one.text, ", ".join(choice for choice, _ in one.choices) or "a number") for one in QUESTIONS]
    print(table(("key", "question", "answer"), rows))
    print()
    print(table(("way", "good for", "limit"), [(one.name, one.good_for, one.limit) for one in OPTIONS]))
    say("fill in a file: tunewright decide --template > answers.toml; then: tunewright decide --answers answers.toml")


def _verdict(args: argparse.Namespace) -> None:
    from dataclasses import asdict

    from engine.commands.output import print_json, say
    from engine.decide.answers import read_answers
    from engine.decide.record import record_verdict
    from engine.decide.verdict import decide
    from engine.project import Project

    answers = read_answers(args.answers)
    inside = args.project != Path() or (args.project / "project.toml").exists()
    if inside:
        project = Project.open(args.project)
        with project.changing("decide"):
            verdict = record_verdict(project, answers)
    else:
        verdict = decide(answers)
    if args.json:
        found = asdict(verdict)
        print_json({"verdict": found.pop("name"), **found, "answers": asdict(answers), "recorded": inside})
        return
    print(f"verdict: {verdict.name}")
    for title, lines in (("because", verdict.reasons), ("would change it", verdict.changes), ("note", verdict.notes)):
        print("\n".join(f"  {title}: {line}" for line in lines))
    if not inside:
        say("no project here, nothing was recorded: tunewright new DIR makes one")
    elif verdict.name != "fine-tune":
        say('to go on against it: tunewright waive decide verdict --reason "..."')
