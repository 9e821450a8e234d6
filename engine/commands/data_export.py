"""`tunewright data export | mix | contamination`: what the rows go to, come with, and must not be known from."""

import argparse
from pathlib import Path
from typing import Any

from engine.commands.data_reading import add_how
from engine.errors import UsageError


def add(verbs: Any) -> None:
    export = verbs.add_parser("export", help="the current version as files for other tools")
    forms = "openai, sharegpt, alpaca, prompt-completion, bedrock, google, dpo, llamafactory or axolotl"
    export.add_argument("--to", required=True, metavar="FORM", help=forms)
    export.add_argument("--out", type=Path, metavar="FOLDER", help="default: a folder of its own in exports/")
    export.add_argument("--split", nargs="+", default=(), metavar="NAME", help="train, validation, test (default: all)")
    export.add_argument("--leave-out", action="store_true", help="go on without rows that the form cannot hold")
    export.add_argument("--no-meta", action="store_true", help="the turns alone, without other columns")
    export.add_argument("--azure-bom", action="store_true", help="files begin with a byte order mark, as Azure asks")
    export.add_argument("--target", metavar="HOST", help="refuse what this host would: openai, together, ...")
    export.set_defaults(run=run_export)
    mix = verbs.add_parser("mix", help="general rows of your own file, so that the model forgets less")
    mix.add_argument("file", nargs="?", type=Path, metavar="FILE", help="in any format that import reads")
    mix.add_argument("--share", type=float, metavar="N", help="of all rows trained on (default: 0.2)")
    mix.add_argument("--none", action="store_true", help="mix nothing in")
    mix.add_argument("--format", metavar="NAME", help="chat, sharegpt, alpaca, ...; found by itself where one fits")
    add_how(mix)
    mix.set_defaults(run=run_mix, repair=None)
    compare = verbs.add_parser("contamination", help="rows that a benchmark of yours has too")
    compare.add_argument("files", nargs="+", type=Path, metavar="FILE", help="its questions: any format, or .txt lines")
    compare.add_argument("--name", metavar="NAME", help="by which the result is kept (default: the file's)")
    compare.add_argument("--column", metavar="COL", help="where the questions are, where that is not found by itself")
    compare.add_argument("--split", metavar="NAME", help="compare this split alone (default: every row)")
    compare.add_argument("--drop", action="store_true", help="make a version without such rows of train")
    add_how(compare)
    compare.set_defaults(run=run_contamination, repair=None, format=None)


def run_export(args: argparse.Namespace) -> int:
    from engine.commands.output import Progress, print_made
    from engine.data.adopt import current
    from engine.data.exporting import Order, export
    from engine.data.outcomes import exported
    from engine.project import Project

    project = Project.open(args.project)
    order = Order(args.to, args.out, tuple(args.split), args.leave_out, args.azure_bom, not args.no_meta, args.target)
    with project.changing("data export"), Progress(len(current(project)), "rows exported") as progress:
        made = export(project, order, progress.update).document()
    print_made(args, made, exported(made))
    return 0


def run_mix(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.data_reading import wishes
    from engine.commands.output import print_made, stage
    from engine.data.general import SHARE
    from engine.data.mixing import mix, mix_none
    from engine.data.outcomes import mixed
    from engine.data.read import open_regular
    from engine.project import Project

    if bool(args.file) == args.none:
        raise UsageError("name a file of general rows, or --none", hint="tunewright data mix FILE --share 0.2")
    project = Project.open(args.project)
    if args.none:
        with project.changing("data mix"):
            mix_none(project)
        print_made(args, {"file": None}, mixed({"file": None}))
        return 0
    with open_regular(args.file) as file:
        size = file.seek(0, 2)
    with project.changing("data mix"), ExitStack() as stack:
        read, compared = stage(stack, size, "bytes read"), stage(stack, None, "rows compared")
        share = SHARE if args.share is None else args.share
        made = mix(project, args.file, share, wishes(args), read, compared).document()
    print_made(args, made, mixed(made))
    return 0


def run_contamination(args: argparse.Namespace) -> int:
    from engine.commands.data_reading import wishes
    from engine.commands.output import print_made
    from engine.data.contamination import Asked
    from engine.data.outcomes import contaminated
    from engine.project import Project

    project = Project.open(args.project)
    asked = Asked(tuple(args.files), args.name, args.column, args.split, wishes(args).how)
    with project.changing("data contamination"):
        found = _compared(project, asked)
        document, lines = found.document(), contaminated(found.document())
        if args.drop:
            dropped, after = _dropped(project, asked, found)
            document, lines = {**document, "dropped": dropped[0]}, [*lines, *dropped[1], *after]
    print_made(args, document, lines)
    return 0


def _compared(project: Any, asked: Any) -> Any:
    from contextlib import ExitStack

    from engine.commands.output import stage
    from engine.data.adopt import current
    from engine.data.contamination import compare
    from engine.data.read import open_regular

    size = 0
    for path in asked.files:
        with open_regular(path) as file:
            size += file.seek(0, 2)
    with ExitStack() as stack:
        read, rows = stage(stack, size, "bytes read"), stage(stack, len(current(project)), "rows compared")
        return compare(project, asked, read, rows)


def _dropped(project: Any, asked: Any, found: Any) -> tuple[tuple[dict[str, Any], list[str]], list[str]]:
    """(the version without the rows, in a document and in words; what is still known in it)"""
    from contextlib import ExitStack

    from engine.commands.data_text import derived
    from engine.commands.decide_again import decide_again
    from engine.commands.output import stage
    from engine.data.adopt import current
    from engine.data.contamination import without
    from engine.data.deriving import adopt_derived

    with ExitStack() as stack:
        read, compared = stage(stack, len(current(project)), "rows read"), stage(stack, 100, "per cent compared")
        made = without(project, found, read, compared)
        adopt_derived(project, made)
        decide_again(project)
    left = len(_compared(project, asked).hits)
    return (made.document(), derived(made)), [f"compared again: {left:,} rows of {made.version.name} are known from it"]
