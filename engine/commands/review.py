"""`tunewright review` and its verbs: reading rows, what the verdicts say, merging readers, a better version."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("review", help="read rows one by one: accept, reject, edit, skip, flag, undo")
    parser.add_argument("--plain", action="store_true", help="ask line by line, without a screen")
    _reader(parser)
    queues = "random (the bound), risk (what the checks doubt), candidates, again, disagreements"
    parser.add_argument("--queue", default="random", metavar="NAME", help=queues)
    parser.set_defaults(run=run)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    report = verbs.add_parser("report", help="counts, agreement, and what they say about the rows nobody looked at")
    report.add_argument("--out", type=Path, metavar="FILE", help="write it as Markdown too")
    _reader(report)
    report.set_defaults(run=run_report)
    apply = verbs.add_parser("apply", help="a new version without rejected and flagged rows, with edited answers")
    apply.set_defaults(run=run_apply)
    merge = verbs.add_parser("merge", help="take in the verdicts of another reader or machine")
    merge.add_argument("files", nargs="+", type=Path, metavar="FILE", help="reviews/NAME.jsonl of their project")
    _reader(merge)
    merge.set_defaults(run=run_merge)
    disagreements = verbs.add_parser("disagreements", help="rows that readers judge differently")
    disagreements.set_defaults(run=run_disagreements)
    _add_guideline(verbs)


def _add_guideline(verbs: Any) -> None:
    parser = verbs.add_parser("guideline", help="what a correct answer is: show it, or write its next version")
    parser.add_argument("--edit", action="store_true", help="in $EDITOR")
    parser.add_argument("--set", type=Path, metavar="FILE", help="take the text of FILE as the next version")
    parser.add_argument("--show", type=int, metavar="N", help="version N instead of the newest")
    parser.add_argument("--add", metavar="TEXT", help="add a sentence; with --row it names that row")
    parser.add_argument("--row", metavar="ID", help="id of the row that --add speaks of, or its beginning")
    parser.set_defaults(run=run_guideline)


def _reader(parser: argparse.ArgumentParser) -> None:
    said = "whose verdicts: each reader has a file of their own"
    parser.add_argument("--reviewer", metavar="NAME", default=argparse.SUPPRESS, help=said)


def run(args: argparse.Namespace) -> int:
    from engine.commands.review_plain import read_rows
    from engine.project import Project

    read_rows(Project.open(args.project), args.queue, _name(args))
    return run_report(args)


def run_report(args: argparse.Namespace) -> int:
    from engine.commands.output import print_json, say
    from engine.durable import write_atomic
    from engine.project import Project
    from engine.review.sections import markdown
    from engine.reviewing import open_review

    report = open_review(Project.open(args.project), reviewer=_name(args)).report()
    if out := getattr(args, "out", None):
        write_atomic(out, markdown(report).encode())
        say(f"written: {out}")
    if args.json:
        print_json(report.document())
    else:
        _print(report)
    return 0


def run_apply(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.applying import apply_verdicts
    from engine.commands.data_text import derived
    from engine.commands.decide_again import decide_again
    from engine.commands.output import print_made, stage
    from engine.data.adopt import current
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("review apply"), ExitStack() as stack:
        read, compared = stage(stack, len(current(project)), "rows read"), stage(stack, 100, "per cent compared")
        applied = apply_verdicts(project, read, compared)
        decide_again(project)
    print_made(args, applied.document(), derived(applied))
    return 0


def run_merge(args: argparse.Namespace) -> int:
    from engine.commands.decide_again import decide_again
    from engine.commands.output import Progress, print_made
    from engine.merging import merge
    from engine.project import Project
    from engine.review.sections import agreement_lines
    from engine.reviewing import open_review

    project = Project.open(args.project)
    with project.changing("review merge"), Progress(None, "rows looked up", "rows") as progress:
        merged = merge(project, args.files, _name(args), progress.update)
    review = open_review(project)
    review.record()
    with project.changing("review merge"):
        decide_again(project)
    found = review.report().agreement
    lines = [f"{one.file}: {one.new:,} new lines of {one.reader}, {one.known:,} were here" for one in merged]
    lines += [f"note: {one.note}" for one in merged if one.note]
    document = {"files": [one.document() for one in merged], "agreement": found and found.document()}
    print_made(args, document, [*lines, *(agreement_lines(found) if found else ())])
    return 0


def run_disagreements(args: argparse.Namespace) -> int:
    from engine.commands.output import print_made
    from engine.project import Project
    from engine.reviewing import disagreements

    found = disagreements(Project.open(args.project))
    lines = []
    for one in found:
        lines += [f"{one['place']} {one['row'][:8]}", *(f"    {view}" for view in one["views"])]
    print_made(args, {"disagreements": found}, lines or ["readers disagree on nothing that is not settled"])
    return 0


def run_guideline(args: argparse.Namespace) -> int:
    from engine.commands.output import print_made, say
    from engine.commands.review_plain import new_guideline
    from engine.guideline import guideline
    from engine.project import Project

    project = Project.open(args.project)
    found = new_guideline(project, args) or guideline(project, args.show)
    if found is None and not args.json:
        say("no guideline is written yet: tunewright review guideline --edit")
        return 0
    document = {"version": found.version if found else None, "text": found.text if found else None}
    print_made(args, document, [f"version {found.version}", "", found.text] if found else [])
    return 0


def _name(args: argparse.Namespace) -> str | None:
    """The reader that was named. Raises UsageError for a name that is none."""
    from engine.reviewers import checked_name

    given = getattr(args, "reviewer", None)
    return None if given is None else checked_name(given)


def _print(report: Any) -> None:
    from engine.commands.output import say, show
    from engine.review.sections import sections

    for title, lines in sections(report):
        show(f"{title}:")
        for line in lines:
            show(f"  {line}")
    if not report.done:
        say(f"{report.target - report.bound.looked_at:,} more to read: tunewright review")
    if report.to_apply:
        say(f"{report.to_apply:,} bad rows are still in the data: tunewright review apply")
