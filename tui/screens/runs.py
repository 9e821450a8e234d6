"""The list of runs: a line each with its curve; one is looked at, up to three are laid over it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.worker import get_current_worker

from engine.project import Project, RunFolder
from engine.runs.raster import OVERLAYS
from engine.runs.watch import RunView, watch, without_recipe
from tui.keys import MOVING, Key, bindings
from tui.messages import RunRead
from tui.screens.net import ErrorNet
from tui.screens.panel import Panel
from tui.screens.step import key_row
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.widgets.run_rows import HEAD, list_row, word_rows

KEYS = (
    Key("enter", "choose", "look at it", "show the marked run"),
    Key("o", "overlay", "overlay", "lay the marked run over the one that is shown, or take it away; three at most"),
    Key("question_mark", "help", "help", "what is shown, and every key"),
    Key("escape,r,q", "close", "close", "back to the curve, with what was laid over it"),
)
_MANY = 50
_LOOK_S = 1.0
_ABOUT = (
    "The newest run is on top. Each curve is the loss over the planned steps, every one on an axis of its own; a run "
    "laid over the shown one is drawn on the same axis, with the character in front of its line."
)


@dataclass(frozen=True, slots=True)
class Picked:
    """What is to be shown: a run, and those laid over it."""

    view: RunView
    over: tuple[RunView, ...]


class RunsScreen(ErrorNet, ModalScreen[Picked | None]):
    """Dismissed with what was picked; runs that are new to the wizard are read in a thread."""

    CSS_PATH = "runs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS[1:])

    def __init__(self, project: Project, shown: RunView | None, over: Sequence[RunView]) -> None:
        super().__init__()
        self._project = project
        self._shown = shown
        self._over = tuple(over)
        self._views = {view.run: view for view in (shown, *over) if view is not None}
        self._runs: list[RunFolder] = []

    def compose(self) -> ComposeResult:
        yield Painted([row(("Runs", "head"))], id="title")
        yield Painted([HEAD], id="head")
        yield Lines(id="list")
        yield Prose(id="said")
        yield Painted([key_row(KEYS)], id="foot")

    def on_mount(self) -> None:
        self._look()
        at = self._runs.index(self._shown.run) if self._shown and self._shown.run in self._runs else 0
        self.query_one("#list", Lines).move_to(at)
        self.query_one("#list", Lines).focus()
        self.set_interval(_LOOK_S, self._look)

    # What is read.

    def _look(self) -> None:
        """Takes what is new of the runs that are known, and reads those that are not."""
        runs = self._project.all_runs()[::-1]
        if unknown := [run for run in runs if run not in self._views and run not in self._runs]:
            self._read(unknown)
        self._runs = runs
        # Of very many runs only those that go on are read again: a resumed one is seen when it is opened.
        for view in self._views.values():
            if view.live or len(self._views) <= _MANY:
                view.refresh()
        self._show()

    @work(thread=True)
    def _read(self, runs: Iterable[RunFolder]) -> None:
        for run in runs:
            view = watch(run)
            if get_current_worker().is_cancelled:
                return
            self.post_message(RunRead(view))

    def on_run_read(self, message: RunRead) -> None:
        # One line: with a thousand runs, all lines for each of them would take minutes.
        self._views[message.view.run] = message.view
        number = self._runs.index(message.view.run) if message.view.run in self._runs else None
        if number is not None:
            lines = self.query_one("#list", Lines)
            lines.show([*lines.rows[:number], self._line(message.view.run), *lines.rows[number + 1 :]])
            if number == lines.cursor:
                self._show_words()

    # What is shown.

    def _show(self) -> None:
        torn = [row((f"  {name:<8.8}", "strong"), "recipe.toml is missing") for name in without_recipe(self._project)]
        self.query_one("#list", Lines).show([*map(self._line, self._runs), *torn])
        self._show_words()

    def _line(self, run: RunFolder) -> Row:
        view = self._views.get(run)
        if view is None:
            return row((f"  {run.id:<9.9}", "strong"), "reading ...")
        over = {one.run: glyph for one, glyph in zip(self._over, OVERLAYS, strict=False)}
        mark = "▸" if view is self._shown else over.get(run, " ")
        return list_row(view, mark, bool(getattr(self.app, "ascii", False)))

    @property
    def _marked(self) -> RunView | None:
        """The run of the marked line, once it is read."""
        cursor = self.query_one("#list", Lines).cursor
        return self._views.get(self._runs[cursor]) if cursor < len(self._runs) else None

    @on(Lines.Highlighted)
    def _moved(self) -> None:
        self._say("")
        self._show_words()

    def _show_words(self) -> None:
        view = self._marked
        self.query_one("#said", Prose).show(word_rows(view) if view else [])

    # What is done.

    @on(Lines.Chosen)
    def _chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        if view := self._marked:
            self.dismiss(Picked(view, tuple(one for one in self._over if one is not view)))

    def action_overlay(self) -> None:
        view = self._marked
        if view is None or view is self._shown:
            self._say("mark another run than the one that is shown, and o lays it over")
        elif any(one is view for one in self._over):
            self._over = tuple(one for one in self._over if one is not view)
        elif len(self._over) == len(OVERLAYS):
            self._say(f"{len(OVERLAYS)} runs are laid over already: o on one of them takes it away")
            return
        else:
            self._over = (*self._over, view)
        self._show()

    def _say(self, text: str) -> None:
        self.query_one("#title", Painted).show([row(("Runs", "head"), f"   {text}")])

    def action_help(self) -> None:
        keys = [row((f"  {one.cap:<8}", "strong"), one.help) for one in (*KEYS, *MOVING)]
        self.app.push_screen(Panel("Help", [row(_ABOUT), row(""), *keys]))

    def action_close(self) -> None:
        self.dismiss(Picked(self._shown, self._over) if self._shown else None)
