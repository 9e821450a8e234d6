"""How the draws of the simulation are spread: a histogram with its amounts below."""

from textual import events

from engine.costs.bars import Span, histogram, marked
from engine.costs.money import usd
from engine.costs.monte_carlo import MonteCarlo
from tui.widgets.painted import Painted, row

_HIGHEST = 8
"""Rows of the bars at most."""
_LOWEST = 3
"""Rows below which there is no picture: the words above say it all."""


class Spread(Painted):
    """show_draws(...) draws them in all the room there is."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._draws: MonteCarlo | None = None

    def show_draws(self, draws: MonteCarlo | None) -> None:
        """Draws them; None: nothing."""
        self._draws = draws
        self._draw()

    def on_resize(self, event: events.Resize | None = None) -> None:
        super().on_resize()
        self._draw()

    def _draw(self) -> None:
        draws, (width, height) = self._draws, self.size
        if draws is None or height < _LOWEST:
            self.show([])
            return
        span = Span(draws.least, draws.greatest)
        ascii_only = bool(getattr(self.app, "ascii", False))
        bars = histogram(draws.counts, width, min(_HIGHEST, height - 2), ascii_only=ascii_only)
        futures = marked({"P50": draws.p50, "P10": draws.p10, "P90": draws.p90}, span, width)
        ends = marked({"$0": 0.0, usd(span.low): span.low, usd(span.high, sign=True): span.high}, span, width)
        self.show([*(row(one) for one in bars), row((futures, "strong")), row((ends, "dim"))])
