"""Lines of another reader's file as they may be kept here: no secret in them, and no edit that its row cannot take."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from engine.data.rows import Row, find_rows
from engine.data.versions import Version
from engine.errors import DataError, UsageError
from engine.mending import checked
from engine.review.verdicts import Decision

Line = dict[str, Any]
_KEYS = {"queue", "of", *(one.name for one in fields(Decision))}


def kept_lines(path: Path, lines: Iterable[Line], versions: Iterable[Version]) -> list[Line]:
    """`lines` with their secrets masked and without keys that no verdict has.

    Whoever wrote the file may have written it by hand. Raises DataError, naming the row, for an edit that the review
    itself would not have taken: no answer, broken turns, a part that the row does not have.
    """
    kept = [_known(line) for line in lines]
    edits = [line for line in kept if line["verdict"] == "edit" and line.get("after") != line.get("before")]
    rows = _rows(versions, {line["row"] for line in edits}) if edits else {}
    for line in edits:
        if (row := rows.get(line["row"])) and isinstance(line.get("after"), str):
            line["after"] = _after(path, row, line)
    return kept


def _known(line: Line) -> Line:
    from engine.data.masking import mask_text  # With its rules it takes as long as the rest of the command.

    known = {key: value for key, value in line.items() if key in _KEYS and isinstance(value, str | int)}
    return {key: mask_text(value) if isinstance(value, str) else value for key, value in known.items()}


def _rows(versions: Iterable[Version], ids: set[str]) -> Mapping[str, Row]:
    found: dict[str, Row] = {}
    for version in versions:
        found |= find_rows(version.folder / "rows.jsonl", ids - found.keys())
    return found


def _after(path: Path, row: Row, line: Line) -> str:
    try:
        return checked(row, line.get("part"), line["after"])
    except UsageError as error:
        raise DataError(
            f"the edit of row {row.id[:8]}: {error.message}",
            hint="nothing was taken in: have its reader mend that row, or delete the line",
            where=str(path),
        ) from error
