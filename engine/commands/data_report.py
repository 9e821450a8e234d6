"""`tunewright data report | duplicates | keep | origin`: what was found in a version, what stays of it."""

import argparse
from collections.abc import Iterator, Sequence
from typing import Any

from engine.commands.data_reading import TASKS
from engine.errors import UsageError

_FIRST = 10


def add(verbs: Any) -> None:
    report = verbs.add_parser("report", help="everything found in the current version, with the rows behind each line")
    report.add_argument("rule", nargs="?", metavar="RULE", help="list the rows behind one line, such as duplicate")
    report.add_argument("--first", type=int, default=_FIRST, metavar="N", help=f"rows to list (default: {_FIRST})")
    report.add_argument("--again", action="store_true", help="make it anew")
    report.add_argument("--task", choices=TASKS, help="what is learned: sets how many rows each category needs")
    report.set_defaults(run=run_report)
    listed = verbs.add_parser(
        "duplicates", help="clusters of equal and nearly equal rows, and contradictions, numbered"
    )
    listed.add_argument("--first", type=int, default=_FIRST, metavar="N", help=f"of each kind (default: {_FIRST})")
    listed.set_defaults(run=run_duplicates)
    _add_keep(verbs)
    origin = verbs.add_parser("origin", help="note the licence of the rows and where they come from")
    origin.add_argument("--licence", metavar="TEXT", help="under which they may be used, such as CC-BY-4.0 or own data")
    origin.add_argument("--origin", metavar="TEXT", help="who made them, and how")
    origin.set_defaults(run=run_origin)


def _add_keep(verbs: Any) -> None:
    keep = verbs.add_parser("keep", help="choose which rows stay when `data clean` drops the others; nothing goes yet")
    said = "which row of a cluster stays where none is named: first (default), longest, reviewed, all"
    keep.add_argument("--keep", metavar="RULE", help=said)
    keep.add_argument("--cluster", type=int, metavar="N", help="a cluster of `data duplicates`")
    keep.add_argument("--conflict", type=int, metavar="N", help="a contradiction of `data duplicates`")
    keep.add_argument("--row", type=int, action="append", metavar="M", help="a row that stays (from 1); repeatable")
    keep.add_argument("--all", action="store_true", help="all its rows stay (a contradiction: with --reason)")
    keep.add_argument("--none", action="store_true", help="no row of the contradiction stays")
    keep.add_argument("--reason", metavar="TEXT", help="why all of a contradiction stay")
    keep.add_argument("--undo", action="store_true", help="take the last choice back")
    keep.set_defaults(run=run_keep)


def run_report(args: argparse.Namespace) -> int:
    from engine.commands.data_report_text import members_text, report_text
    from engine.commands.output import print_made
    from engine.data.checklist import document
    from engine.project import Project
    from engine.quality import quality

    project = Project.open(args.project)
    report = _report(project, args)
    if args.rule:
        if args.rule not in report.rules and not args.rule.startswith("longer-than:"):
            raise UsageError(f"nothing is listed under {args.rule!r}", hint=f"there are: {', '.join(report.rules)}")
        members = report.members(args.rule)
        found = list(_members(report, members[: max(0, args.first)]))
        print_made(
            args, {"rule": args.rule, "count": len(members), "members": found}, members_text(found, len(members))
        )
        return 0
    items = quality(project, report)
    print_made(args, {**report.document(), "checklist": document(items)}, report_text(report, items))
    return 0


def _report(project: Any, args: argparse.Namespace) -> Any:
    """The saved report, made where there is none or where it is asked for again."""
    from engine.data.report import saved_report

    if args.task and args.task != project.text("data", "task"):
        with project.changing("data report"):
            project.set("data", {"task": args.task})
        args.again = True
    found = None if args.again else saved_report(project)
    return found or _made(project)


def _made(project: Any) -> Any:
    from contextlib import ExitStack

    from engine.commands.decide_again import decide_again
    from engine.commands.output import stage
    from engine.data.adopt import current
    from engine.data.report import make_report

    with project.changing("data report"), ExitStack() as stack:
        rows = len(current(project))
        made = make_report(project, stage(stack, rows, "rows read"), stage(stack, 100, "per cent compared"))
        decide_again(project)
    return made


def _members(report: Any, members: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Members with the texts of their rows, or of the record that was left out; rows are numbered from 1."""
    from dataclasses import asdict

    from engine.data.source_text import source_text

    for member in members:
        rows = [(number, report.version.row(number)) for number in member.rows]
        texts = [
            {"row": number + 1, "id": row.id, "place": report.place(number), "messages": row.messages}
            for number, row in rows
        ]
        record, why = source_text(report.version, member) if member.byte is not None else (None, "")
        numbers = [number + 1 for number in member.rows]
        yield {**asdict(member), "rows": numbers, "texts": texts, "record": record, "not_shown": why}


def run_duplicates(args: argparse.Namespace) -> int:
    from engine.commands.data_report_text import duplicates_text
    from engine.commands.output import print_made
    from engine.data.report import saved_report
    from engine.keeping import RULES_OF, choices
    from engine.project import Project

    project = Project.open(args.project)
    report = saved_report(project) or _made(project)
    listed = {
        rule: list(_members(report, report.members(rule)[: max(0, args.first)]))
        for rules in RULES_OF.values()
        for rule in rules
    }
    counts = {rule: len(report.members(rule)) for rule in listed}
    chosen = choices(project)
    made = {"counts": counts, "choices": chosen.document(), **listed}
    print_made(args, made, duplicates_text(listed, counts, chosen))
    return 0


def run_keep(args: argparse.Namespace) -> int:
    from engine.commands.data_report_text import choices_text
    from engine.commands.output import print_made
    from engine.data.report import saved_report
    from engine.keeping import choices
    from engine.project import Project

    project = Project.open(args.project)
    if args.undo or args.keep or args.cluster is not None or args.conflict is not None:
        if (args.cluster is not None or args.conflict is not None) and saved_report(project) is None:
            _made(project)  # Their numbers are those of the report.
        with project.changing("data keep"):
            _keep(project, args)
    chosen = choices(project)
    print_made(args, chosen.document(), choices_text(chosen))
    return 0


def _keep(project: Any, args: argparse.Namespace) -> None:
    from engine.keeping import keep, keep_by, take_back

    asked = [args.undo, args.keep is not None, args.cluster is not None, args.conflict is not None]
    if sum(asked) != 1:
        raise UsageError("one choice at a time", hint="--keep RULE, --cluster N, --conflict N or --undo")
    if args.undo:
        take_back(project)
    elif args.keep:
        keep_by(project, args.keep)
    else:
        if sum([args.row is not None, args.all, args.none]) != 1:
            raise UsageError("which rows stay is not said", hint="--row M, --all or --none")
        rows = None if args.all else () if args.none else [number - 1 for number in args.row]
        if args.cluster is not None:
            keep(project, "cluster", args.cluster, rows, args.reason)
        else:
            keep(project, "conflict", args.conflict, rows, args.reason)


def run_origin(args: argparse.Namespace) -> int:
    from engine import audit
    from engine.commands.output import print_made
    from engine.data.masking import mask_text
    from engine.project import Project

    project = Project.open(args.project)
    given = {
        name: mask_text(said.strip()) for name in ("licence", "origin") if (said := getattr(args, name)) is not None
    }
    if given:
        with project.changing("data origin"):
            project.set("data", {name: said or None for name, said in given.items()})
            audit.append(project.audit, "data.origin", **given)
    noted = {name: project.text("data", name) for name in ("licence", "origin")}
    print_made(args, noted, [f"{name}: {said or 'not noted'}" for name, said in noted.items()])
    return 0
