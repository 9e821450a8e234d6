"""Files that are used as they are, whole: evaluation sets, general rows."""

from pathlib import Path

from engine.data.mapping import Mapping
from engine.data.prepare import find_layout
from engine.data.rows import Row
from engine.errors import DataError


def load_rows(path: Path) -> list[Row]:
    """All rows of a file in any format that is found by itself. Raises DataError at the first that has an error."""
    rows = []
    for prepared in find_layout(path, Mapping()).rows():
        if prepared.row is None:
            wrong = next(problem for problem in prepared.problems if problem.severity == "error")
            raise DataError(wrong.message, hint=wrong.hint, where=f"{path}:{prepared.place.line}")
        rows.append(prepared.row)
    if not rows:
        raise DataError("the file holds no row", hint="one JSON object a line, with its messages", where=str(path))
    return rows
