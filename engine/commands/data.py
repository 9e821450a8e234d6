"""`tunewright data VERB`: from files to rows that a model may learn from."""

from typing import Any


def add(commands: Any) -> None:
    from engine.commands import (
        data_export,
        data_past,
        data_privacy,
        data_reading,
        data_report,
        data_tokens,
        data_versions,
    )

    parser = commands.add_parser("data", help="files into clean, split, proven rows: look, check, import, report, ...")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    for module in (data_reading, data_report, data_versions, data_privacy, data_export, data_past, data_tokens):
        module.add(verbs)
