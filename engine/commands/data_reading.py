"""`tunewright data look | check | import`: files, before and while they become rows of the project."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.errors import UsageError

TASKS = ("classification", "extraction", "style", "reasoning", "domain")
"""Those of data.balance.RANGES, which the parser must not load."""


def add(verbs: Any) -> None:
    looking = _reading(verbs, "look", "how files would be read: format, columns, samples, repairs; needs no project")
    looking.set_defaults(run=run_look)
    check = _reading(verbs, "check", "the full report on files; needs no project")
    check.add_argument("--task", choices=TASKS, help="what is learned: sets how many rows each category needs")
    check.add_argument("--tokenizer", type=Path, metavar="FILE", help="tokenizer.json to count with, not estimate")
    check.add_argument(
        "--target", metavar="NAME", help="what a template or host would refuse: gemma, openai, together..."
    )
    check.set_defaults(run=run_check)
    into = _reading(verbs, "import", "files into a new version of the project's rows")
    into.add_argument("--yes", action="store_true", help="the samples need no confirmation")
    into.set_defaults(run=run_import)


def _reading(verbs: Any, name: str, text: str) -> Any:
    parser = verbs.add_parser(name, help=text)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="JSON, JSONL, CSV, Excel or Parquet")
    parser.add_argument("--format", metavar="NAME", help="chat, sharegpt, alpaca, ...; found by itself where one fits")
    add_how(parser)
    parser.add_argument("--repair", metavar="WHAT[,WHAT]", help="merge, system, tail: mend such rows while reading")
    parser.add_argument("--mapping", type=Path, metavar="FILE", help="TOML with the keys below")
    parser.add_argument("--system", metavar="TEXT", help="system text for rows that have none")
    parser.add_argument("--prompt", metavar="COL", help="column that holds the prompt")
    parser.add_argument("--answer", metavar="COL[,COL]", help="column of the answer; several become one JSON object")
    parser.add_argument("--group", metavar="COL[,COL]", help="equal values stay in one split (customer, document)")
    parser.add_argument("--category", metavar="NAME", help="column, or key of a JSON answer, that rows are counted by")
    return parser


def add_how(parser: argparse.ArgumentParser) -> None:
    """What the bytes of a file may leave open."""
    parser.add_argument("--encoding", metavar="NAME", help="of a text file that is not UTF-8, such as cp1252")
    parser.add_argument("--delimiter", metavar="CHAR", help="between the columns of a CSV file; tab for a tab")
    parser.add_argument(
        "--sheet", metavar="NAME", help="of an Excel file, or the key of one list among several in JSON"
    )


def run_look(args: argparse.Namespace) -> int:
    from engine.commands.data_text import looked
    from engine.commands.output import print_made
    from engine.data.look import look

    found = look(args.files, _mapping(args), wishes(args)).document()
    print_made(args, found, looked(found))
    return 0


def run_check(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.data_text import fitness, mendable, report
    from engine.commands.output import print_made, stage
    from engine.data.check import check
    from engine.data.prepare import Rules, find_sources
    from engine.data.targets import fitness_for, target_named

    mapping, target = _mapping(args), target_named(args.target) if args.target else None
    sources = find_sources(args.files, mapping, wishes(args, Rules(target)))
    with ExitStack() as stack:
        read, compared = stage(stack, _size(sources), "bytes read"), stage(stack, 100, "per cent compared")
        found = check(sources, mapping, args.task, args.tokenizer, read, compared)
    if target:
        found["target"] = fitness_for(args.target, found["rows"]["valid"])
    print_made(args, found, [*report(found), *mendable(found["repairs"]), *fitness(found.get("target"))])
    unfit = target is not None and not found["target"]["fit"]
    return 3 if unfit or found["verdict"] == "not usable" else 0


def run_import(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.data_text import imported
    from engine.commands.decide_again import decide_again
    from engine.commands.output import print_made, stage
    from engine.data.adopt import adopt
    from engine.data.importing import import_files
    from engine.data.look import look
    from engine.data.prepare import Rules
    from engine.project import Project

    project = Project.open(args.project)
    found = look(args.files, _mapping(args), wishes(args, Rules(own=_own_tokens(project))))
    sources = found.sources()
    _confirm(found.document(), args.yes)
    with project.changing("data import"), ExitStack() as stack:
        hashed, read = stage(stack, _size(sources), "bytes hashed"), stage(stack, _size(sources), "bytes read")
        version = import_files(sources, found.mapping, project.data, read, hashed)
        adopt(project, version)
        decide_again(project)
    manifest = version.manifest
    made = {"version": version.name, "rows": len(version), "left_out": manifest["counts"]["left_out"]}
    facts = {key: manifest[key] for key in ("problems", "repairs", "secrets", "privacy")}
    print_made(args, {**made, **facts}, imported(made, facts))
    return 0


def _mapping(args: argparse.Namespace) -> Any:
    from engine.data.mapping import Mapping

    flags = {name: getattr(args, name) for name in ("system", "prompt", "answer", "group", "category")}
    return Mapping.make(args.mapping, flags)


def wishes(args: argparse.Namespace, rules: Any = None) -> Any:
    """How the files are to be read, by the flags of `look`, `check` and `import`."""
    from engine.data.prepare import NO_MORE, Wishes
    from engine.data.records import How
    from engine.data.repairs import repairs_named

    delimiter = "\t" if args.delimiter in ("tab", "\\t") else args.delimiter
    if delimiter is not None and len(delimiter) != 1:
        raise UsageError(f"--delimiter {delimiter!r} is not one character", hint="such as --delimiter ';' or tab")
    repairs = repairs_named(args.repair) if args.repair is not None else ()
    return Wishes(How(args.encoding, args.sheet, delimiter), args.format, repairs, rules or NO_MORE)


def _own_tokens(project: Any) -> frozenset[str]:
    """The special tokens of the model that the project works with; none while none is chosen."""
    from engine.data.inspection import tokenizer_of
    from engine.data.targets import tokens_of

    tokenizer = tokenizer_of(project)
    return tokens_of(tokenizer) if tokenizer else frozenset()


def _size(sources: Sequence[Any]) -> int:
    return sum(source.path.stat().st_size for source in sources)


def _confirm(found: dict[str, Any], yes: bool) -> None:
    """Shows how the files will be read and asks, or takes --yes for the answer."""
    import sys

    from engine.commands.data_text import looked
    from engine.commands.output import say

    for line in looked(found):
        say(line)
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to confirm the samples", hint="look at them above and add --yes")
    answer = ""
    while answer not in ("y", "yes", "n", "no"):
        say("Is this right? [y/n]")
        line = sys.stdin.readline()
        answer = line.strip().lower() if line else "no"
    if answer.startswith("n"):
        raise UsageError(
            "nothing was imported",
            hint="say how to read it: --format NAME, or --prompt COL --answer COL[,COL], or --repair merge,system,tail",
        )
