"""The loss curve: drawn as text over the planned steps, so that a new point changes a few cells and no more."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from engine.runs.axis import LABEL, Axis, short
from engine.runs.decimate import Decimator
from engine.runs.raster import OVERLAYS, Curves, bounds, draw, words
from engine.runs.watch import RunView
from engine.safe_text import one_line

# Validations have a glyph of their own and need no style beside that of the line on which they lie.
_INKS = {"r": "raw", "s": "smooth", "v": "smooth", "x": "bad", "a": "axis", "c": "cursor"}
_INKS |= {str(number + 1): f"other{number + 1}" for number in range(len(OVERLAYS))}
_SMOOTH_PART = 50
"""The moving average spans this part of the planned steps: about one and a half columns of an 80-column terminal."""

Line = tuple[str, str]
"""The characters of a row and, for each, its ink."""


class Curve(Widget):
    """show(view) takes what is new in a run and paints the cells that changed; overlay(views) lays others over it.

    It has no keys of its own: the screen that holds it calls logarithm(), smooth(), read() and reset().
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"curve--{ink}" for ink in _INKS.values()}
    DEFAULT_CSS = """
    Curve {
        height: 1fr;
        & .curve--raw { text-style: dim; }
        & .curve--smooth { text-style: bold; }
        & .curve--bad { color: $text-error; text-style: bold; }
        & .curve--axis { text-style: dim; }
        & .curve--cursor { text-style: reverse; }
        & .curve--other1 { color: $text-accent; }
        & .curve--other2 { color: $text-warning; }
        & .curve--other3 { color: $text-success; }
    }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self.logarithmic = False
        self.smoothed = True
        self.cursor: int | None = None
        """The step whose numbers are read."""
        self._view: RunView | None = None
        self._others: tuple[RunView, ...] = ()
        self._steps = 1
        self._losses: list[Decimator] = []
        """Of the run, its validations, then the runs laid over."""
        self._axis: Axis | None = None
        """Of what was drawn last; None before anything was."""
        self._page: list[Line] = []

    # What is shown.

    def show(self, view: RunView) -> None:
        """Shows a run as far as its view has been refreshed; costs what is new since the last time."""
        if view is not self._view:
            self._view, self.cursor = view, None
            self._follow()
        elif _length(view, self._others) != self._steps:
            self._follow()
        self._update()

    def overlay(self, views: Sequence[RunView]) -> None:
        """Lays up to three other runs over this one, on its steps; none takes them away."""
        self._others = tuple(views[: len(OVERLAYS)])
        self._follow()
        self._update()

    def _follow(self) -> None:
        if self._view is None:
            return
        self._steps = _length(self._view, self._others)
        span = self._steps / _SMOOTH_PART
        self._losses = [
            Decimator(self._view.metrics, "loss", self._steps, span),
            Decimator(self._view.evals, "loss", self._steps),
            *(Decimator(view.metrics, "loss", self._steps, span) for view in self._others),
        ]

    def _curves(self) -> Curves | None:
        if not self._losses:
            return None
        trace, evals, *others = (one.catch_up() for one in self._losses)
        return Curves(trace, evals, tuple(others))

    # Painting.

    def _update(self) -> None:
        if not self.size:
            return
        old, self._page = self._page, self._drawn()
        if len(old) != len(self._page) or (old and len(old[0][0]) != len(self._page[0][0])):
            self.refresh()
            return
        for y, (before, after) in enumerate(zip(old, self._page, strict=True)):
            if differing := _differing(before, after):
                self.refresh(Region(differing[0], y, differing[-1] + 1 - differing[0], 1))

    def _drawn(self) -> list[Line]:
        """The whole widget: a line of words, the plot with its labels, the steps; small ones are plot alone."""
        width, height = self.size
        gutter = self._gutter
        over, under = height >= 4, height >= 5
        curves = self._curves()
        plot = self._plot(curves, width - gutter, height - over - under)
        labels = self._labels(len(plot)) if gutter else {}
        lines = [
            (f"{labels.get(y, ''):>{LABEL}} "[:gutter] + glyphs, "a" * gutter + inks)
            for y, (glyphs, inks) in enumerate(plot)
        ]
        top = [self._words(curves, width)] if over else []
        return [*top, *lines, *([self._ticks(gutter, width)] if under else [])]

    def _plot(self, curves: Curves | None, width: int, height: int) -> list[Line]:
        if curves is None:
            return [(" " * width, " " * width)] * height
        kind = Axis(log=self.logarithmic)
        found = bounds(curves, log=self.logarithmic)
        self._axis = kind.around(*found) if found else None
        drawing = draw(curves, width, height, self._axis or kind, smooth=self.smoothed, ascii_only=self._ascii)
        lines = list(zip(drawing.glyphs, drawing.inks, strict=True))
        column = self._column(self.cursor, width) if self.cursor is not None else None
        if column is None or not width:
            return lines
        return [(glyphs, f"{inks[:column]}c{inks[column + 1 :]}") for glyphs, inks in lines]

    def _labels(self, height: int) -> dict[int, str]:
        if self._axis is None or height < 1:
            return {}
        top, middle, bottom = self._axis.labels()
        return {height - 1: bottom, height // 2: middle, 0: top} if height >= 3 else {0: top}

    def _words(self, curves: Curves | None, width: int) -> Line:
        """The read-out, or what the glyphs mean; in front of both what could not be drawn."""
        bad = words(curves, log=self.logarithmic) if curves else ""
        said = self._read_out() if self.cursor is not None else self._legend()
        text = f"{bad}  {said}" if bad else said
        return text[:width].ljust(width), ("x" * len(bad)).ljust(max(width, len(bad)))[:width]

    def _legend(self) -> str:
        parts = ["loss"]
        if self.logarithmic:
            parts.append("on a log axis")
        if self._view is not None and self._view.evals:
            parts.append(f"{'o' if self._ascii else '◆'} validation")
        named = zip(OVERLAYS, self._others, strict=False)
        # One cell a character, whatever the folder is called.
        parts += [f"{glyph} {one_line(view.run.id, 20).encode('ascii', 'replace').decode()}" for glyph, view in named]
        return "  ".join(parts)

    def _read_out(self) -> str:
        assert self._view is not None and self.cursor is not None
        metrics, evals = self._view.metrics, self._view.evals
        at = bisect_left(metrics.step, self.cursor)
        if at >= len(metrics):
            return self._legend()
        step = metrics.step[at]
        parts = [f"step {step}", f"loss {short(metrics['loss'][at])}"]
        if validated := bisect_right(evals.step, step):
            parts.append(f"validation {short(evals['loss'][validated - 1])}")
        rate = metrics["learning_rate"][at]
        return "  ".join([*parts, f"lr {short(rate)}"] if rate == rate else parts)

    def _ticks(self, gutter: int, width: int) -> Line:
        end = f"{self._steps} steps" if self._view is not None else ""
        text = f"{' ' * gutter}{'1' if end else ''}"
        return f"{text}{end:>{max(0, width - len(text))}}"[:width].ljust(width), "a" * width

    @property
    def _gutter(self) -> int:
        """Columns of the labels; a narrow widget has none."""
        return LABEL + 1 if self.size.width >= 3 * LABEL else 0

    @property
    def _ascii(self) -> bool:
        return bool(getattr(self.app, "ascii", False))

    def render_line(self, y: int) -> Strip:
        if y >= len(self._page):
            return Strip.blank(self.size.width, self.rich_style)
        return Strip([Segment(text, self._style(component)) for text, component in _runs(self._page[y])])

    def _style(self, component: str) -> Style:
        plain = self.rich_style
        return plain + self.get_component_rich_style(f"curve--{component}", partial=True) if component else plain

    def on_resize(self, event: events.Resize) -> None:
        self._page = self._drawn()
        self.refresh()

    # What the person asks for.

    def logarithm(self) -> None:
        """The losses on a logarithmic axis, or on a linear one again."""
        self.logarithmic = not self.logarithmic
        self._update()

    def smooth(self) -> None:
        """The smoothed losses over the raw ones, or the raw ones alone."""
        self.smoothed = not self.smoothed
        self._update()

    def reset(self) -> None:
        """Linear, smoothed, no numbers read."""
        self.logarithmic, self.smoothed, self.cursor = False, True, None
        self._update()

    def read(self, direction: int) -> None:
        """Reads the numbers of the newest point; then those of the nearest one in another column, -1 left, 1 right."""
        if self._view is None or not self._view.metrics:
            return
        steps, width = self._view.metrics.step, self.size.width - self._gutter
        if self.cursor is None:
            self.cursor = steps[-1]
        else:
            at, here = bisect_left(steps, self.cursor), self._column(self.cursor, width)
            beyond: Iterable[int] = steps[at + 1 :] if direction > 0 else reversed(steps[:at])
            self.cursor = next((step for step in beyond if self._column(step, width) != here), self.cursor)
        self._update()

    def _column(self, step: int, width: int) -> int:
        trace = self._losses[0].trace
        return int((trace.place(step) + 0.5) / len(trace.low) * width)


def _length(view: RunView, others: Iterable[RunView]) -> int:
    """Steps along the axis: those planned; where a run went beyond, the next power of two, so that it holds still."""
    planned = max(1, *(one.steps for one in (view, *others)))
    last = max(one.step for one in (view, *others))
    return planned if last <= planned else 1 << (last - 1).bit_length()


def _differing(before: Line, after: Line) -> list[int]:
    """The cells that differ."""
    if before == after:
        return []
    cells = zip(*before, *after, strict=True)
    return [at for at, (glyph, ink, new_glyph, new_ink) in enumerate(cells) if (glyph, ink) != (new_glyph, new_ink)]


def _runs(line: Line) -> Iterator[tuple[str, str]]:
    """(text, component) of the cells of one style."""
    at = 0
    for component, same in groupby(_INKS.get(ink, "") for ink in line[1]):
        length = len(list(same))
        yield line[0][at : at + length], component
        at += length
