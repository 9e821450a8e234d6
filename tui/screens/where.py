"""Where: this machine, what it has and lacks."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.binding import BindingType
from textual.types import CSSPathType
from textual.widget import Widget

from engine.journey import STEPS, by_step
from engine.machine.record import recorded_destination
from tui.keys import Key, bindings
from tui.screens.measured import tried
from tui.screens.step import StepScreen
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

_USE = row(("Look at this machine and train here", "strong"))


class WhereScreen(StepScreen):
    """Enter inspects this machine (`doctor`) and records it as the destination."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["step.tcss", "where.tcss"]
    STEP = "where"
    KEYS: ClassVar[Sequence[Key]] = (
        Key("l", "inspect", "look", "inspect this machine and record it as the destination"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    ABOUT = (
        "Training runs on this machine: the one you have reached over SSH, with a GPU or without. What it has and "
        "lacks is looked at, and recorded as the destination. Hosted providers, their prices and the what-if of costs "
        "are not built yet."
    )

    def body(self) -> Iterable[Widget]:
        yield Painted([row((STEPS[self.STEP].asks, "head"))], classes="title")
        yield Lines([_USE], id="actions")
        yield Prose(id="found")

    def reload_body(self) -> None:
        items = self.status.items if self.status else ()
        known = [row((f"{one.means}: ", ""), (one.state, "strong"), f". {by_step(one.text)}") for one in items]
        self.query_one("#found", Prose).show([*known, row(""), *self._found()])

    def _found(self) -> list[Row]:
        found, problem = tried(lambda: recorded_destination(self.project))
        if found is None:
            how = row(("l or Enter looks at processor, memory, disk, GPU and packages: a second or two.", "dim"))
            return [*problem, how]
        lacks = [row((f"missing: {one.what}: ", "bad"), one.mend) for one in found.lacks]
        facts = [row((f"{name:<20}", "dim"), value) for name, value in found.facts]
        return [*lacks, *facts, row((f"measured here {found.looked}; l looks again", "dim"))]

    def watched(self) -> Sequence[Path]:
        return (*super().watched(), self.project.machine)

    @on(Lines.Chosen)
    def _chosen(self) -> None:
        self.action_inspect()

    def action_inspect(self) -> None:
        self.act("doctor")
