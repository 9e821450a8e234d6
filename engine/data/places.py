"""Where rows came from, for as many of them as there are."""

from array import array

from engine.data.rows import Row


class Places:
    """FILE:LINE of each row, in 12 bytes a row. add(row)... places[number]"""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._files = array("I")
        self._lines = array("Q")

    def add(self, row: Row) -> None:
        """Takes the next row."""
        name = str(row.source.get("file", ""))
        if name not in self._numbers:
            self._numbers[name] = len(self._names)
            self._names.append(name)
        self._files.append(self._numbers[name])
        self._lines.append(int(row.source.get("line", 0)))

    def __getitem__(self, row: int) -> str:
        return f"{self._names[self._files[row]]}:{self._lines[row]}"
