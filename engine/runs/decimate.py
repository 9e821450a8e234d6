"""A long series of losses cut down to what a curve can show, point by point as it comes."""

import math
from bisect import bisect_right
from collections.abc import Sequence

from engine.runs.series import Series

BUCKETS = 2048
"""Four for each dot of a curve 256 columns wide; a run of fewer steps has one a step."""
_HUGE = 1e300
"""Beyond it numbers are drawn as this one: twice it is still a float."""


class Decimated:
    """Least, greatest and smoothed loss in equal stretches of a run's planned steps.

    Adding costs the new points alone, and adding them one by one gives the same as all at once. What is drawn at any
    width comes from the at most 2048 stretches, however long the run. Only finite losses count; the others are marked.
    """

    def __init__(self, steps: int, span: float = 1.0) -> None:
        """`steps`: planned. `span`: points over which losses are smoothed, as an exponential moving average."""
        self.steps = max(1, steps)
        size = min(BUCKETS, self.steps)
        self.low, self.high = [math.inf] * size, [-math.inf] * size
        self.over_zero = [math.inf] * size
        """The least loss above zero: all that a logarithmic axis can show."""
        self.smooth = [math.nan] * size
        """The moving average at the stretch's newest point."""
        self.marked = bytearray(size)
        """1 where a loss was not finite."""
        self.first_bad: tuple[int, float] | None = None
        """(step, loss) of the first that was not finite."""
        self.first_unloggable: int | None = None
        """First step whose loss was zero or less."""
        self.count = 0
        self._mean, self._alpha = 0.0, 2.0 / (max(1.0, span) + 1.0)

    def place(self, step: int) -> int:
        """The stretch of a step; a step beyond the plan is in the last."""
        return max(0, min((step - 1) * len(self.low) // self.steps, len(self.low) - 1))

    def add(self, steps: Sequence[int], losses: Sequence[float]) -> None:
        """Adds points in order of step."""
        begin = 0
        while begin < len(steps):
            place = self.place(steps[begin])
            # The first step of the next stretch is where place() turns over: exact, in whole numbers.
            next_step = -(-(place + 1) * self.steps // len(self.low)) + 1
            last = place == len(self.low) - 1
            end = len(steps) if last else max(begin + 1, bisect_right(steps, next_step - 1, begin))
            self._add_to(place, steps[begin:end], losses[begin:end])
            begin = end

    def _add_to(self, place: int, steps: Sequence[int], losses: Sequence[float]) -> None:
        # Over in one pass in C for what is nearly always so; a NaN makes the comparison false.
        if not sum(map(abs, losses)) < _HUGE:
            steps, losses = self._finite(place, steps, losses)
        if not losses:
            return
        low = min(losses)
        self.low[place] = min(self.low[place], low)
        self.high[place] = max(self.high[place], max(losses))
        if low <= 0 and self.first_unloggable is None:
            self.first_unloggable = next(step for step, loss in zip(steps, losses, strict=True) if loss <= 0)
        above = low if low > 0 else min((loss for loss in losses if loss > 0), default=math.inf)
        self.over_zero[place] = min(self.over_zero[place], above)
        self._smooth(place, losses)

    def _finite(self, place: int, steps: Sequence[int], losses: Sequence[float]) -> tuple[list[int], list[float]]:
        for step, loss in zip(steps, losses, strict=True):
            if not math.isfinite(loss):
                self.marked[place] = 1
                self.first_bad = self.first_bad or (step, loss)
        kept = [(step, loss) for step, loss in zip(steps, losses, strict=True) if math.isfinite(loss)]
        return [step for step, _ in kept], [max(-_HUGE, min(_HUGE, loss)) for _, loss in kept]

    def _smooth(self, place: int, losses: Sequence[float]) -> None:
        mean, alpha = self._mean, self._alpha
        for loss in losses:
            mean += alpha * (loss - mean)
        self._mean = mean
        self.count += len(losses)
        # Adam's correction (arXiv 1412.6980, section 3): the average began at zero, not at the first loss.
        self.smooth[place] = mean / (1.0 - (1.0 - alpha) ** self.count)


class Decimator:
    """Keeps a `Decimated` of one column of a series that grows and, when a run is resumed, is cut."""

    def __init__(self, series: Series, column: str, steps: int, span: float = 1.0) -> None:
        self.series, self._column, self._steps, self._span = series, column, steps, span
        self.trace = Decimated(steps, span)
        self._taken, self._cuts = 0, series.cuts

    def catch_up(self) -> Decimated:
        """Takes what is new; all of it again when points were taken back."""
        if self._cuts != self.series.cuts:
            self.trace = Decimated(self._steps, self._span)
            self._taken, self._cuts = 0, self.series.cuts
        if self._taken < len(self.series):
            self.trace.add(self.series.step[self._taken :], self.series[self._column][self._taken :])
            self._taken = len(self.series)
        return self.trace
