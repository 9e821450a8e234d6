"""What Baseline and Evaluate share: one set of rows is shown at a time, and its answers can be read one by one."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from textual import on

from engine.errors import TunewrightError
from engine.evaluate.found import Evaluation
from engine.findings import LEGEND
from engine.journey import by_step
from engine.side_by_side import SideBySide
from tui.keys import Key
from tui.screens.answers import AnswersScreen
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines
from tui.widgets.painted import Row, row

_Found = TypeVar("_Found")

SETS_KEYS = (
    Key("t,right", "turn(1)", "set", "the next set of rows"),
    Key("left", "turn(-1)", "set", "the set of rows before", shown=False),
    Key("o", "answers", "answers", "read prompts and answers side by side"),
)


def tried(read: Callable[[], _Found | None]) -> tuple[_Found | None, list[Row]]:
    """What `read` finds; or nothing, and why, as rows: a damaged file must not take away the line that mends it."""
    try:
        return read(), []
    except TunewrightError as error:
        return None, [row((by_step(str(error)), "bad")), row(("What to do: ", "strong"), by_step(error.hint)), row("")]


class MeasuredScreen(StepScreen):
    """A step that shows an evaluation, set by set; its Lines with the id "actions" say what can be done.

    It sets `found` and calls offer() in reload_body, and overrides side_by_side().
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: Evaluation | None = None
        self._turned = 0
        self._offered: tuple[str, ...] = ()
        """What each line does: the method action_<name>."""

    def offer(self, offered: Mapping[str, Row], marked: str | None) -> None:
        """Shows {name of an action: its line}, and marks one; None leaves the mark where it is."""
        self._offered = tuple(offered)
        cursor = None if marked is None else self._offered.index(marked)
        self.query_one("#actions", Lines).show(offered.values(), cursor=cursor)

    @on(Lines.Chosen, "#actions")
    async def _chosen(self, event: Lines.Chosen) -> None:
        await self.run_action(self._offered[event.index])

    def side_by_side(self, name: str) -> SideBySide:
        """The saved answers to one set; called in a thread."""
        raise NotImplementedError

    @property
    def sets(self) -> Sequence[str]:
        return self.found.sets() if self.found else ()

    @property
    def shown_set(self) -> str:
        """The set that is looked at; only when something was found."""
        return self.sets[self._turned % len(self.sets)]

    def topic(self) -> list[Row]:
        return [row(LEGEND)] if self.found else []

    def action_turn(self, steps: int) -> None:
        if self.sets:
            self._turned = (self._turned + steps) % len(self.sets)
            self.reload_body()

    def action_answers(self) -> None:
        if not self.sets:
            self.wizard.say("there are no answers to read yet")
            return
        name = self.shown_set
        self.app.push_screen(AnswersScreen(name, lambda: self.side_by_side(name)))
