"""Text over everything else: help, an error with its hint, a reason."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.journey import by_step
from tui.keys import EVERYWHERE, LISTS, Key, bindings
from tui.screens.net import ErrorNet
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

SHORT = [(0, "-short"), (12, "-tall")]
"""Below 12 rows titles and explanations make room for what is asked."""
KEYS = (Key("escape,enter,q", "close", "close", "back to where you were"),)


class Panel(ErrorNet, ModalScreen[None]):
    """A title and text to scroll."""

    CSS_PATH = "panel.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, title: str, text: Sequence[Row]) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        yield Painted([row((self._title, "head"))], id="title")
        yield Prose(self._text, id="text")
        yield Painted([row(("esc", "strong"), " close   ", ("arrows", "strong"), " scroll")], id="foot")

    def action_close(self) -> None:
        self.dismiss(None)


def error_text(message: str, hint: str) -> list[Row]:
    """An error of the engine as the panel shows it."""
    return [row((by_step(message), "bad")), row(""), row(("What to do: ", "strong"), by_step(hint))]


def key_text(own: Sequence[Key], everywhere: Sequence[Key] = EVERYWHERE) -> list[Row]:
    """Every key of a screen, then those of all steps, then those of lists; what the screen rebinds stands once."""
    taken = {cap for one in own for cap in one.caps}
    others = [one for one in everywhere if not taken & {*one.caps} and not one.action.startswith("jump(")]
    rows: list[Row] = []
    for title, keys in (("Keys here", own), ("Keys of every step", others), ("In lists and texts", LISTS)):
        rows += [row(""), row((title, "strong"))] if keys else []
        free = [(one, [cap for cap in one.caps if keys is own or cap not in taken]) for one in keys]
        rows += [row((f"  {' '.join(caps):<11} ", "strong"), one.help) for one, caps in free if caps]
        if keys is others and everywhere:
            rows.append(row(("  1-9         ", "strong"), "to a step by its number, if it can be reached"))
    return rows
