"""`tunewright data check | import | clean | split`: from files to rows that a model may learn from."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.errors import GateError, UsageError

_TASKS = ("classification", "extraction", "style", "reasoning", "domain")


def add(commands: Any) -> None:
    parser = commands.add_parser("data", help="data: check, import, clean, split")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
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


def run_check(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.output import print_json
    from engine.data.check import check

    mapping, sources = _sources(args)
    with ExitStack() as stack:
        read, compared = _stage(stack, _size(sources), "bytes read"), _stage(stack, 100, "per cent compared")
        report = check(sources, mapping, args.task, args.tokenizer, read, compared)
    if args.json:
        print_json(report)
    else:
        print(_report(report))
    return 3 if report["verdict"] == "not usable" else 0


def run_import(args: argparse.Namespace) -> int:
    from engine.commands.output import Progress
    from engine.data.adopt import adopt
    from engine.data.importing import import_files
    from engine.project import Project

    project = Project.open(args.project)
    mapping, sources = _sources(args)
    _confirm(sources, args.yes)
    with project.changing("data import"):
        with Progress(_size(sources), "bytes read") as progress:
            version = import_files(sources, mapping, project.data, progress.update)
        adopt(project, version)
    manifest = version.manifest
    made = {"version": version.name, "rows": len(version), "left_out": manifest["counts"]["left_out"]}
    facts = {key: manifest[key] for key in ("problems", "secrets", "privacy")}
    _made(args, {**made, **facts}, _imported(made, facts))
    return 0


def run_clean(args: argparse.Namespace) -> int:
    from engine.commands.output import Progress
    from engine.data.adopt import adopt, current
    from engine.data.cleaning import clean
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("data clean"):
        version, drop = current(project), tuple(part.strip() for part in args.drop.split(","))
        with Progress(len(version), "rows compared") as progress:
            cleaned = clean(version, project.data, drop, progress.update)
        adopt(project, cleaned.version, dropped=cleaned.dropped)
    rows, dropped = len(cleaned.version), cleaned.dropped
    went = ", ".join(f"{count:,} {name}" for name, count in dropped.items())
    lines = [f"{cleaned.version.name}: {rows:,} rows; dropped: {went}; listed in left_out.jsonl of the version"]
    _made(args, {"version": cleaned.version.name, "rows": rows, "dropped": dropped}, lines)
    return 0


def run_split(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

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
    document = {
        "version": made.version.name,
        "rows": len(made.version),
        "counts": made.counts,
        "groups": made.groups,
        "kept_their_split": made.recorded,
        "left_out": made.refused,
        "warnings": list(made.warnings),
        "test_precision_points": made.precision,
        "proof": made.proof.document(),
        "sizing": made.version.manifest["sizing"],
    }
    _made(args, document, _splitted(document, made.proof.text))
    if not document["proof"]["passed"]:
        raise GateError("the splits share rows", hint=f"data/{made.version.name}/manifest.json lists them")
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


def _sources(args: argparse.Namespace) -> tuple[Any, list[Any]]:
    from engine.data.mapping import Mapping
    from engine.data.prepare import find_sources

    flags = {name: getattr(args, name) for name in ("system", "prompt", "answer", "group", "category")}
    mapping = Mapping.make(args.mapping, flags)
    return mapping, find_sources(args.files, mapping)


def _size(sources: Sequence[Any]) -> int:
    return sum(source.path.stat().st_size for source in sources)


def _confirm(sources: Sequence[Any], yes: bool) -> None:
    """Shows how the files will be read and asks, or takes --yes for the answer."""
    import sys

    from engine.commands.output import say
    from engine.data.prepare import samples
    from engine.safe_text import one_line, safe_text

    for source in sources:
        say(f"{one_line(source.path)}: {source.layout.format}")
        for number, row in enumerate(samples(source), start=1):
            turns = (f"    {turn['role']}: {safe_text(turn['content'], 400)}" for turn in row.messages)
            say("\n".join([f"  sample {number} (line {row.source['line']})", *turns]))
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


def _imported(made: dict[str, Any], facts: dict[str, Any]) -> list[str]:
    from engine.data.adopt import counted

    lines = _problems(facts["problems"])
    if made["left_out"]:
        lines.append(f"left out rows are listed in data/{made['version']}/left_out.jsonl")
    lines.append(f"{made['version']}: {made['rows']:,} rows; {made['left_out']:,} left out")
    lines.append(f"secrets masked: {counted(facts['secrets'])}")
    lines.append(f"personal data, unchanged: {counted(facts['privacy'])}")
    return [*lines, "next: tunewright data clean --drop duplicates,conflicts, then tunewright data split"]


def _splitted(document: dict[str, Any], proof: str) -> list[str]:
    counts = ", ".join(f"{name} {count:,}" for name, count in document["counts"].items())
    kept = f", of which {document['kept_their_split']:,} rows kept theirs" if document["kept_their_split"] else ""
    lines = [f"{document['version']}: {counts}, in {document['groups']:,} groups{kept}"]
    if document["left_out"]:
        lines.append(f"{document['left_out']:,} rows link groups of two splits: left out, listed in left_out.jsonl")
    lines += [f"note: {warning}" for warning in document["warnings"]]
    if document["test_precision_points"]:
        points = document["test_precision_points"]
        lines.append(f"a score on {document['counts']['test']:,} test rows is known to within {points} points (95 %)")
    lines.append(f"proof {'passed' if document['proof']['passed'] else 'FAILED'}: {proof}")
    return lines + _sizing(document["sizing"])


def _report(report: dict[str, Any]) -> str:
    from engine.commands.output import table
    from engine.data.adopt import counted

    rows, tokens, duplicates = report["rows"], report["tokens"], report["duplicates"]
    twins = f"{duplicates['exact']:,} exact and {duplicates['near']:,} near (Jaccard >= {duplicates['threshold']})"
    unsought = ", ".join(report["privacy"]["not_scanned"])
    facts = [
        ("format", report["format"]),
        ("rows", f"{rows['read']:,} read, {rows['valid']:,} valid, {rows['invalid']:,} with errors"),
        ("duplicates", f"{twins} would go, in {duplicates['clusters']:,} clusters"),
        ("contradictions", f"{report['conflicts']['prompts']:,} prompts with different answers"),
        ("secrets", f"{counted(report['secrets'])}; masked at import"),
        ("personal data", f"{counted(report['privacy'])}; not scanned for: {unsought}"),
        *(("", f"{one['file']}:{one['line']}: {', '.join(one['kinds'])}") for one in report["privacy"]["first"]),
        (
            "tokens",
            f"{tokens['total']:,}; a row {tokens['p50']:,} (p50), {tokens['p95']:,} (p95), {tokens['max']:,} (max)",
        ),
        ("", tokens["method"]),
        *(("balance", warning) for warning in [(report["balance"] or {}).get("warning")] if warning),
        *(("sizing", line) for line in _sizing(report["sizing"])),
        ("verdict", "; ".join([report["verdict"], *report["reasons"]])),
    ]
    return "\n".join([*_problems(report["problems"]), table(("", "what was found"), facts)])


def _sizing(sizing: dict[str, Any]) -> list[str]:
    needs = f"{sizing['task']} needs {sizing['minimum']} per category, better {sizing['recommended']}"
    states = [f"{name}: {one['groups']:,} groups, {one['state']}" for name, one in sizing["categories"].items()]
    more = [f"and {len(states) - 12} more categories"] if len(states) > 12 else []
    return [f"{needs} ({sizing['counted']})", *states[:12], *more]


def _problems(problems: Sequence[dict[str, Any]]) -> list[str]:
    """`FILE:LINE: what is wrong` for the first places of every rule."""
    from engine.safe_text import one_line

    lines = []
    for problem in problems:
        lines.append(f"{problem['severity']}: {problem['rule']}: {problem['rows']:,} rows")
        for place in problem["first"]:
            where = f"{one_line(place['file'])}:{place['line']}"
            lines.append(f"  {where}: {one_line(place['message'])}\n    hint: {place['hint']}")
    return lines
