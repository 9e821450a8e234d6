"""`tunewright decide`: the checklist, and what answers and evidence say about fine-tuning.

The options come from the questions: each is one answer, and a few of them change those that a project has.
"""

import argparse
from pathlib import Path
from typing import Any

from engine.errors import UsageError


def add(commands: Any) -> None:
    from engine.decide.checklist import QUESTIONS

    parser = commands.add_parser("decide", help="whether to fine-tune at all: the checklist and the verdict")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--answers", type=Path, metavar="FILE", help="TOML or JSON with all the answers")
    what.add_argument("--plain", action="store_true", help="ask line by line; each answer is kept at once")
    what.add_argument("--template", action="store_true", help="print an answers file to fill in")
    said = "one or several; those of the project that are not named stay; - takes an optional one back"
    answers = parser.add_argument_group("answers", said)
    for one in QUESTIONS:
        choices = ", ".join(value for value, _ in one.choices)
        # argparse reads a % as the beginning of a name.
        text = f"{one.short}{f': {choices}' if choices else ''}{' (optional)' if one.optional else ''}"
        flag, kinds = one.id.replace("_", "-"), {"choice": "ANSWER", "count": "N", "money": "USD", "share": "SHARE"}
        answers.add_argument(
            f"--{flag}", dest=f"answer_{one.id}", metavar=kinds[one.kind], help=text.replace("%", "%%")
        )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    given = {
        name.removeprefix("answer_"): value
        for name, value in vars(args).items()
        if name.startswith("answer_") and value is not None
    }
    if given and (args.template or args.plain or args.answers):
        raise UsageError(
            f"--{next(iter(given)).replace('_', '-')} goes with none of --answers, --plain, --template",
            hint="answers come from one place: the options, a file, or line by line",
        )
    if args.template:
        _template(args)
    elif args.plain:
        _ask(args)
    elif args.answers:
        _decide(args)
    elif given:
        _answer_some(args, given)
    else:
        _stand(args)
    return 0


def _template(args: argparse.Namespace) -> None:
    from engine.commands.output import print_json
    from engine.decide.answers import template

    if args.json:
        print_json({"template": template()})
    else:
        print(template())


def _inside(args: argparse.Namespace) -> bool:
    """Whether a project is meant: one was named, or this folder is one."""
    return bool(args.project != Path() or (args.project / "project.toml").exists())


def _stand(args: argparse.Namespace) -> None:
    """Where a project that has answers stands; else the questions."""
    from engine.deciding import advice
    from engine.project import Project

    found = advice(Project.open(args.project)) if _inside(args) else None
    if found is None or not found.answers:
        _questions(args)
    else:
        _show(args, found, recorded=True)


def _questions(args: argparse.Namespace) -> None:
    from dataclasses import asdict

    from engine.commands.output import print_json, say, table
    from engine.decide.checklist import OPTIONS, QUESTIONS

    if args.json:
        print_json({"questions": [asdict(one) for one in QUESTIONS], "options": [asdict(one) for one in OPTIONS]})
        return
    rows = [(one.id, one.text, ", ".join(choice for choice, _ in one.choices) or one.kind) for one in QUESTIONS]
    print(table(("key", "question", "answer"), rows))
    _ways()
    say("answer line by line: tunewright decide --plain")
    say("or by options, some at a time: tunewright decide --failure format --examples 200")
    say("or in a file: tunewright decide --template > answers.toml")


def _ask(args: argparse.Namespace) -> None:
    """Every question in order, with what was answered before as the default, and the verdict so far after each."""
    from engine.commands.output import say
    from engine.decide.checklist import QUESTIONS
    from engine.decide.telling import weighed_in_words
    from engine.deciding import advice, answer
    from engine.project import Project

    project = Project.open(args.project)
    found, told = advice(project), ""
    for number, question in enumerate(QUESTIONS, start=1):
        say(f"\n{number}/{len(QUESTIONS)} {question.why}")
        for one in found.weighed:
            if one.question == question.id:
                say(f"the project shows: {weighed_in_words(one)}")
        found = answer(project, {question.id: _answer(question, found.answers.get(question.id))})
        why = found.verdict.reasons[0]
        say(f"  {found.in_short}")
        if why != told:
            say(f"  because: {why}")
        told = why
    _show(args, found, recorded=True)


def _answer(question: Any, before: str | int | float | None) -> str | int | float | None:
    """One answer, asked for until it fits."""
    from engine.asking import choose, text
    from engine.commands.output import say
    from engine.decide.answers import check_value, in_words

    if question.choices:
        return choose(question.text, question.choices, None if before is None else str(before))
    asked = question.text
    if question.optional:
        asked += " (optional: Enter to leave it" + (", - for no answer)" if before is not None else ")")
    while True:
        typed = text(asked, "" if before is None else in_words(question.id, before))
        try:
            return check_value(question.id, "" if typed.strip() == "-" else typed)
        except UsageError as error:
            say(f"{error.message}; {error.hint}")


def _decide(args: argparse.Namespace) -> None:
    """A whole set of answers from a file."""
    from dataclasses import asdict

    from engine.decide.advice import advise
    from engine.decide.answers import read_answers
    from engine.deciding import answer_all
    from engine.project import Project

    answers = read_answers(args.answers)
    if _inside(args):
        _show(args, answer_all(Project.open(args.project), answers), recorded=True)
    else:
        _show(args, advise(asdict(answers)), recorded=False)


def _answer_some(args: argparse.Namespace, given: dict[str, str]) -> None:
    """The answers among the options, beside those that the project has."""
    from engine.decide.advice import advise
    from engine.decide.answers import check_typed
    from engine.deciding import answer
    from engine.project import Project

    checked = check_typed(given)
    if _inside(args):
        _show(args, answer(Project.open(args.project), checked), recorded=True)
    else:
        _show(args, advise(checked), recorded=False)


def _show(args: argparse.Namespace, found: Any, recorded: bool) -> None:
    from engine.commands.output import print_json, show, table
    from engine.decide.telling import noted, said, signal_rows, tree_rows

    if args.json:
        print_json({**found.document(), "recorded": recorded})
        return
    show(found.in_short)
    for title, line in (*said(found), *noted(found)):
        show(f"  {title}: {line}")
    print()
    print(table(("speaks", "signal", "why"), signal_rows(found)))
    print()
    print(table(("the decision tree", "", "leads to"), tree_rows(found)))
    _ways()
    _say_next(found, recorded)


def _ways() -> None:
    """The four ways, side by side."""
    from engine.commands.output import table
    from engine.decide.advice import BEHAVIOUR
    from engine.decide.checklist import OPTIONS

    print()
    print(table(("way", "good for", "limit"), [(one.name, one.good_for, one.limit) for one in OPTIONS]))
    print(f"\n{BEHAVIOUR}")


def _say_next(found: Any, recorded: bool) -> None:
    from engine.commands.output import say

    if found.open:
        flags = ", ".join(f"--{name.replace('_', '-')}" for name in found.open)
        say(f"open: {flags}; tunewright decide --plain asks for each")
    if not recorded:
        say("no project here, nothing was recorded: tunewright new DIR makes one")
    elif found.whole and found.verdict.name != "fine-tune":
        say('to go on against it: tunewright waive decide verdict --reason "..."')
