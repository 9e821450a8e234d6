"""`tunewright data tokens`: rows as the trainer will see them."""

import argparse
from collections.abc import Iterable, Iterator
from typing import Any


def add(verbs: Any) -> None:
    parser = verbs.add_parser("tokens", help="rows as the trainer will see them: what is learned, read, cut off")
    parser.add_argument("rows", nargs="*", metavar="ROW", help="row ids (default: the first three rows)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.commands.output import print_made
    from engine.project import Project
    from engine.tokens_seen import reading, tokens_seen

    project = Project.open(args.project)
    how = reading(project)
    seen = tokens_seen(project, _rows(project, args.rows))
    limit = "" if how.max_length is None else f", at most {how.max_length:,} tokens a row"
    document = {
        "model": str(how.model),
        "loss_on": how.loss_on,
        "max_length": how.max_length,
        "rows": [one.document() for one in seen],
    }
    print_made(args, document, [f"loss on: {how.loss_on}{limit}", *_lines(seen)])
    return 0


def _rows(project: Any, ids: list[str]) -> list[Any]:
    from itertools import islice

    from engine.data.adopt import current
    from engine.data.rows import find_rows
    from engine.errors import UsageError

    version = current(project)
    if not ids:
        return list(islice(version.rows(), 3))
    candidates = project.augment / "candidates.jsonl"
    files = [version.folder / "rows.jsonl", *([candidates] if candidates.is_file() else [])]
    found = {name: row for path in files for name, row in find_rows(path, ids).items()}
    absent = [name for name in ids if name not in found]
    if absent:
        hint = "an id has 32 hex digits: `tunewright data report` and the raw row in the review show them"
        raise UsageError(f"no row {absent[0]} in {version.name}", hint=hint)
    return [found[name] for name in ids]


def _lines(seen: Iterable[Any]) -> Iterator[str]:
    for one in seen:
        yield ""
        yield f"row {one.row}: {one.sentence}"
        for piece in one.pieces:
            yield f"{piece.kind:<8} {piece.text}"
