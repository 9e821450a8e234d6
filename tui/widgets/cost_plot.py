"""What both arms have cost by each month, drawn as two lines."""

from collections.abc import Sequence
from itertools import groupby

from textual import events

from engine.costs.months import Month
from engine.costs.plot import draw
from tui.widgets.painted import Painted, Row

_ROLES = {"t": "strong", "x": "strong", "e": "warn", "a": "dim", "c": "mark"}


class CostPlot(Painted):
    """show_months(...) draws them; read(place) marks the column of a month."""

    def __init__(self, months: Sequence[Month], horizon: float, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._months, self._horizon = months, horizon
        self._place: int | None = None

    def read(self, place: int | None) -> None:
        """Marks the column of month `place`; None takes the mark away."""
        self._place = place
        self._draw()

    def on_resize(self, event: events.Resize | None = None) -> None:
        super().on_resize()
        self._draw()

    def _draw(self) -> None:
        width, height = self.size
        ascii_only = bool(getattr(self.app, "ascii", False))
        plot = draw(self._months, self._horizon, width, height, read=self._place, ascii_only=ascii_only)
        self.show([_row(*line) for line in zip(plot.glyphs, plot.inks, strict=True)])


def _row(glyphs: str, inks: str) -> Row:
    """A row of parts: neighbours of one role together."""
    parts, at = [], 0
    for role, same in groupby(_ROLES.get(ink, "") for ink in inks):
        size = len(list(same))
        parts.append((glyphs[at : at + size], role))
        at += size
    return tuple(parts)
