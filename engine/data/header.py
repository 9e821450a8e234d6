"""The first row of a table, which names its columns."""

from collections import Counter
from collections.abc import Sequence

from engine.errors import DataError
from engine.safe_text import one_line

_LONGEST = 100
"""Characters. The longest column names of real exports are questions of forms, below this."""
_HINT = "the first row must name the columns, each by its own name, such as prompt and completion"


class Header:
    """The names of a table's columns; one without a name is called by its number."""

    def __init__(self, cells: Sequence[str], where: str) -> None:
        """Raises DataError when the cells name nothing, or name two columns alike."""
        names = [cell.strip() for cell in cells]
        _require_names(names, where)
        self.names = [name or f"column {number}" for number, name in enumerate(names, start=1)]
        self._nameless = {self.names[at] for at, name in enumerate(names) if not name}
        repeated = [name for name, count in Counter(self.names).items() if count > 1]
        if repeated:
            raise _unusable(f"the column {one_line(repeated[0], 60)!r} stands twice", where)

    def row(self, cells: Sequence[str]) -> dict[str, str] | None:
        """The cells by name, None when there are more or fewer; empty cells too many at the end are nothing."""
        if len(cells) < len(self.names) or any(cells[len(self.names) :]):
            return None
        row = dict(zip(self.names, cells, strict=False))
        if self._nameless:
            return {name: cell for name, cell in row.items() if cell or name not in self._nameless}
        return row


def _require_names(names: Sequence[str], where: str) -> None:
    given = [name for name in names if name]
    if not given or len(given) * 2 < len(names):
        raise _unusable("most columns have no name", where)
    for name in given:
        if len(name) > _LONGEST or "\n" in name:
            raise _unusable(f"{one_line(name, 40)!r} looks like data, not like the name of a column", where)


def _unusable(message: str, where: str) -> DataError:
    return DataError(f"the header is unusable: {message}", hint=_HINT, where=where)
