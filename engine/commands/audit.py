"""`tunewright audit show` and `audit verify`: the record and its chain."""

import argparse
from typing import Any


def add(commands: Any) -> None:
    parser = commands.add_parser("audit", help="the audit log: show, verify")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    verbs.add_parser("show", help="every entry, oldest first").set_defaults(run=show)
    verbs.add_parser("verify", help="whether the chain is whole").set_defaults(run=verify)


def show(args: argparse.Namespace) -> int:
    from engine import audit
    from engine.commands.output import print_json, table
    from engine.project import Project

    entries = list(audit.entries(Project.open(args.project).audit))
    if args.json:
        print_json({"entries": entries})
    else:
        print(table(("seq", "when", "who", "event", "what"), (_row(entry) for entry in entries)))
    return 0


def verify(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine import audit
    from engine.commands.output import print_json
    from engine.errors import DataError
    from engine.project import Project

    log = Project.open(args.project).audit
    found = audit.verify(log)
    if args.json:
        print_json(asdict(found))
    elif found.broken_at is None:
        torn = f"; {found.unreadable} lines are no entries (torn by a crash?)" if found.unreadable else ""
        print(f"{found.entries} entries, the chain is whole{torn}; head {found.head}")
    if found.broken_at is not None:
        raise DataError(
            f"the chain is broken: {found.problem}",
            hint="compare with a copy (git, backup): what follows from here on is not what was recorded",
            where=f"{log}:{found.broken_at}",
        )
    return 0


def _row(entry: dict[str, Any]) -> tuple[object, ...]:
    frame = ("seq", "ts", "actor", "event", "hash")
    facts = ", ".join(f"{key}={value}" for key, value in entry.items() if key not in frame)
    return entry["seq"], entry["ts"], entry["actor"], entry["event"], facts
