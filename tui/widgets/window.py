"""A list of any length: its rows are made when they are seen, so that a hundred thousand open as fast as ten."""

from collections.abc import Callable

from engine.errors import TunewrightError, as_ours
from engine.on_demand import OnDemand
from tui.widgets.lines import Lines
from tui.widgets.painted import Row, row

_KEPT = 400
"""Rows that are remembered: some pages in both directions."""


class Made(OnDemand[Row]):
    """`count` rows; row i is `make(i)` when it is first looked at."""

    def __init__(self, count: int, make: Callable[[int], Row]) -> None:
        super().__init__(count)
        self._make = make
        self._kept: dict[int, Row] = {}

    def made(self, place: int) -> Row:
        if place not in self._kept:
            if len(self._kept) >= _KEPT:
                self._kept.clear()
            self._kept[place] = self._readable(place)
        return self._kept[place]

    def _readable(self, number: int) -> Row:
        # Rows are made while the screen is painted, where no net catches: what cannot be read says so in its place.
        try:
            return self._make(number)
        except (TunewrightError, OSError) as error:
            return row((str(as_ours(error)), "bad"))


class LongLines(Lines):
    """Lines of rows that are made as they are seen."""

    def show_made(self, rows: Made, cursor: int | None = None) -> None:
        """Shows `rows`; the cursor stays where it is unless `cursor` says otherwise."""
        self._rows = rows
        self.move_to(self.cursor if cursor is None else cursor)
        self.turn_to(self.top)
        self.refresh()
