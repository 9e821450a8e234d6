"""`tunewright data VERB`: from files to rows that a model may learn from."""

from typing import Any


def add(commands: Any) -> None:
    from engine.commands import data_reading, data_tokens, data_versions

    parser = commands.add_parser("data", help="data: look, check, import, clean, split, show")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for module in (data_reading, data_versions, data_tokens):
        module.add(verbs)
