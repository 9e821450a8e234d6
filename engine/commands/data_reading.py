"""`tunewright data look | check | import`: files, before and while they become rows of the project."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.errors import UsageError

_TASKS = ("classification", "extraction", "style", "reasoning", "domain")


def add(verbs: Any) -> None:
    looking = _reading(verbs, "look", "how files would be read: format, columns, samples; needs no project")
    looking.set_defaults(run=run_look)
    check = _reading(verbs, "check", "the full report on files; needs no project")
    check.add_argument("--task", choices=_TASKS, help="what is learned, which sets the numbers needed per category")
    check.add_argument("--tokenizer", type=Path, metavar="FILE", help="tokenizer.json to count with, not estimate")
    check.set_defaults(run=run_check)
    into = _reading(verbs, "import", "files into a new version of the project's rows")
    into.add_argument("--yes", action="store_true", help="the samples need no confirmation")
    into.set_defaults(run=run_import)


def _reading(verbs: Any, name: str, text: str) -> Any:
    parser = verbs.add_parser(name, help=text)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=".jsonl, .json or .csv")
    parser.add_argument("--mapping", type=Path, metavar="FILE", help="TOML with the keys below")
    parser.add_argument("--system", metavar="TEXT", help="system text for rows that have none")
    parser.add_argument("--prompt", metavar="COL", help="column that holds the prompt")
    parser.add_argument("--answer", metavar="COL[,COL]", help="column of the answer; several become one JSON object")
    parser.add_argument("--group", metavar="COL[,COL]", help="equal values stay in one split (customer, document)")
    parser.add_argument("--category", metavar="NAME", help="column, or key of a JSON answer, that rows are counted by")
    return parser


def run_look(args: argparse.Namespace) -> int:
    from engine.commands.data_text import looked
    from engine.commands.output import print_made
    from engine.data.look import look

    found = look(args.files, _mapping(args)).document()
    print_made(args, found, looked(found))
    return 0


def run_check(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.data_text import report
    from engine.commands.output import print_made, stage
    from engine.data.check import check
    from engine.data.prepare import find_sources

    mapping = _mapping(args)
    sources = find_sources(args.files, mapping)
    with ExitStack() as stack:
        read, compared = stage(stack, _size(sources), "bytes read"), stage(stack, 100, "per cent compared")
        found = check(sources, mapping, args.task, args.tokenizer, read, compared)
    print_made(args, found, report(found))
    return 3 if found["verdict"] == "not usable" else 0


def run_import(args: argparse.Namespace) -> int:
    from engine.commands.data_text import imported
    from engine.commands.output import Progress, print_made
    from engine.data.adopt import adopt
    from engine.data.importing import import_files
    from engine.data.look import look
    from engine.project import Project

    project = Project.open(args.project)
    found = look(args.files, _mapping(args))
    sources = found.sources()
    _confirm(found.document(), args.yes)
    with project.changing("data import"):
        with Progress(_size(sources), "bytes read") as progress:
            version = import_files(sources, found.mapping, project.data, progress.update)
        adopt(project, version)
    manifest = version.manifest
    made = {"version": version.name, "rows": len(version), "left_out": manifest["counts"]["left_out"]}
    facts = {key: manifest[key] for key in ("problems", "secrets", "privacy")}
    print_made(args, {**made, **facts}, imported(made, facts))
    return 0


def _mapping(args: argparse.Namespace) -> Any:
    from engine.data.mapping import Mapping

    flags = {name: getattr(args, name) for name in ("system", "prompt", "answer", "group", "category")}
    return Mapping.make(args.mapping, flags)


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
            hint="say which columns to learn from: --prompt COL --answer COL[,COL], or change the --mapping file",
        )
