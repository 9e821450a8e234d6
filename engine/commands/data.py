"""`tunewright data look | check | import | clean | split | show`: from files to rows that a model may learn from."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.errors import GateError, UsageError

_TASKS = ("classification", "extraction", "style", "reasoning", "domain")


def add(commands: Any) -> None:
    parser = commands.add_parser("data", help="data: look, check, import, clean, split, show")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    looking = _reading(verbs, "look", "how files would be read: format, columns, samples; needs no project")
    looking.set_defaults(run=run_look)
    check = _reading(verbs, "check", "the full report on files; needs no project")
    check.add_argument("--task", choices=_TASKS, help="what is learned, which sets the numbers needed per category")
    check.add_argument("--tokenizer", type=Path, metavar="FILE", help="tokenizer.json to count with, not estimate")
    check.set_defaults(run=run_check)
    into = _reading(verbs, "import", "files into a new version of the project's rows")
    into.add_argument("--yes", action="store_true", help="the samples need no confirmation")
    into.set_defaults(run=run_import)
    clean = verbs.add_parser("clean", help="a new version without duplicates or contradictions")
    clean.add_argument("--drop", required=True, metavar="WHAT", help="duplicates, conflicts, or both with a comma")
    clean.set_defaults(run=run_clean)
    split = verbs.add_parser("split", help="a new version in train, validation and test, with its proof")
    split.add_argument("--seed", type=int, default=0, metavar="N", help="draws the groups (default: 0)")
    split.set_defaults(run=run_split)
    shown = verbs.add_parser("show", help="the project's current version and how it came about")
    shown.set_defaults(run=run_show)


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
    from engine.data.look import look

    found = look(args.files, _mapping(args)).document()
    _made(args, found, looked(found))
    return 0


def run_check(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.data_text import report
    from engine.data.check import check
    from engine.data.prepare import find_sources

    mapping = _mapping(args)
    sources = find_sources(args.files, mapping)
    with ExitStack() as stack:
        read, compared = _stage(stack, _size(sources), "bytes read"), _stage(stack, 100, "per cent compared")
        found = check(sources, mapping, args.task, args.tokenizer, read, compared)
    _made(args, found, report(found))
    return 3 if found["verdict"] == "not usable" else 0


def run_import(args: argparse.Namespace) -> int:
    from engine.commands.data_text import imported
    from engine.commands.output import Progress
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
    _made(args, {**made, **facts}, imported(made, facts))
    return 0


def run_clean(args: argparse.Namespace) -> int:
    from engine.commands.output import Progress
    from engine.data.adopt import adopt, current
    from engine.data.cleaning import clean
    from engine.data.overview import went
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("data clean"):
        version, drop = current(project), tuple(part.strip() for part in args.drop.split(","))
        with Progress(len(version), "rows compared") as progress:
            cleaned = clean(version, project.data, drop, progress.update)
        adopt(project, cleaned.version, dropped=cleaned.dropped)
    rows, dropped = len(cleaned.version), cleaned.dropped
    lines = [
        f"{cleaned.version.name}: {rows:,} rows; dropped: {went(dropped)}; listed in left_out.jsonl of the version"
    ]
    _made(args, {"version": cleaned.version.name, "rows": rows, "dropped": dropped}, lines)
    return 0


def run_split(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.data_text import splitted
    from engine.data.adopt import adopt, current
    from engine.data.splitting import split
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("data split"), ExitStack() as stack:
        version = current(project)
        if version.manifest["step"] == "split":
            raise UsageError(
                f"{version.name} is split already, and a split moves no row again",
                hint="import or clean first; splitting anew would make all that rests on it stale",
            )
        read, compared = _stage(stack, len(version), "rows read"), _stage(stack, 100, "per cent compared")
        made = split(version, project.data, args.seed, read, compared)
        adopt(project, made.version, split=made.counts, seed=args.seed)
    document = made.document()
    _made(args, document, splitted(document, made.proof.text))
    if not document["proof"]["passed"]:
        raise GateError("the splits share rows", hint=f"data/{made.version.name}/manifest.json lists them")
    return 0


def run_show(args: argparse.Namespace) -> int:
    from engine import journey
    from engine.commands.data_text import standing
    from engine.data.overview import overview, would_go_stale
    from engine.errors import DataError
    from engine.project import Project

    project = Project.open(args.project)
    found = overview(project)
    if found is None:
        raise DataError("the project has no data yet", hint="tunewright data import FILE...")
    later = would_go_stale(journey.read(project))
    lines = [f"a new version makes what was shown stale in: {', '.join(later)}"] if later else []
    _made(args, {**found.document(), "makes_stale": later}, [*standing(found), *lines])
    return 0


def _stage(stack: Any, total: float, what: str) -> Any:
    """A callback that shows progress; its clock starts when it is first called."""
    from engine.commands.output import Progress

    shown: list[Progress] = []

    def update(done: float) -> None:
        if not shown:
            shown.append(stack.enter_context(Progress(total, what)))
        shown[0].update(done)

    return update


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


def _made(args: argparse.Namespace, document: dict[str, Any], lines: Sequence[str]) -> None:
    from engine.commands.output import print_json
    from engine.safe_text import safe_text

    if args.json:
        print_json(document)
    else:
        print(safe_text("\n".join(lines), 100_000))
