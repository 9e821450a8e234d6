"""`tunewright decide`: the checklist; with `--answers` or `--plain` the verdict."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("decide", help="whether to fine-tune at all: the checklist and the verdict")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--answers", type=Path, metavar="FILE", help="TOML or JSON with the answers; without it: the questions"
    )
    what.add_argument("--plain", action="store_true", help="ask line by line; each answer is kept at once")
    what.add_argument("--template", action="store_true", help="print an answers file to fill in")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.template:
        _template(args)
    elif args.plain:
        _ask(args)
    elif args.answers:
        _decide(args)
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
    say("answer line by line: tunewright decide --plain; or in a file: tunewright decide --template > answers.toml")


def _ask(args: argparse.Namespace) -> None:
    """Every question in order, with what was answered before as the default."""
    from engine.commands.output import say
    from engine.decide.answers import check_answers
    from engine.decide.checklist import QUESTIONS
    from engine.decide.record import record_answer, stored_answers
    from engine.project import Project

    project = Project.open(args.project)
    verdict = None
    for number, question in enumerate(QUESTIONS, start=1):
        say(f"\n{number}/{len(QUESTIONS)} {question.why}")
        verdict = record_answer(project, question.id, _answer(question, stored_answers(project).get(question.id)))
    _show(args, check_answers(stored_answers(project)), verdict, recorded=True)


def _answer(question: Any, before: str | int | float | None) -> str | int | float | None:
    """One answer, asked for until it fits."""
    from engine.asking import choose, text
    from engine.commands.output import say
    from engine.decide.answers import check_value
    from engine.errors import UsageError

    if question.choices:
        return choose(question.text, question.choices, None if before is None else str(before))
    asked = question.text
    if question.optional:
        asked += " (optional: Enter to leave it" + (", - for no answer)" if before is not None else ")")
    while True:
        typed = text(asked, "" if before is None else f"{before:.15g}" if isinstance(before, float) else str(before))
        try:
            return check_value(question.id, "" if typed.strip() == "-" else typed)
        except UsageError as error:
            say(f"{error.message}; {error.hint}")


def _decide(args: argparse.Namespace) -> None:
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
    _show(args, answers, verdict, recorded=inside)


def _show(args: argparse.Namespace, answers: Any, verdict: Any, recorded: bool) -> None:
    from dataclasses import asdict

    from engine.commands.output import print_json, say

    if args.json:
        found = asdict(verdict)
        print_json({"verdict": found.pop("name"), **found, "answers": asdict(answers), "recorded": recorded})
        return
    print(f"verdict: {verdict.name}")
    for title, lines in (("because", verdict.reasons), ("would change it", verdict.changes), ("note", verdict.notes)):
        print("\n".join(f"  {title}: {line}" for line in lines))
    if not recorded:
        say("no project here, nothing was recorded: tunewright new DIR makes one")
    elif verdict.name != "fine-tune":
        say('to go on against it: tunewright waive decide verdict --reason "..."')
