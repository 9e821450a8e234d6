"""The proof of the split: each method with what it found, and the texts of what two splits share."""

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.data.outcomes import proven
from engine.data.proving import standing_proof
from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.panel import SHORT
from tui.widgets.painted import Painted, row
from tui.widgets.prose import Prose

if TYPE_CHECKING:
    from tui.app import Wizard

KEYS = (
    Key("a", "again", "prove again", "look once more for what the splits share, by other permutations"),
    Key("escape,enter,q", "close", "back", "back to where you were"),
)


class ProofScreen(ErrorNet, ModalScreen[tuple[str, ...] | None]):
    """Dismissed with `data proof --again`, or with None."""

    CSS_PATH = "order.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    AUTO_FOCUS = "#text"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def compose(self) -> ComposeResult:
        yield Painted([row(("The proof of the split", "head"))], id="title")
        yield Prose(id="text")
        keys = [part for one in KEYS for part in ((one.cap, "strong"), f" {one.label}   ")]
        yield Painted([row(*keys, ("arrows", "strong"), " scroll")], id="foot")

    def on_mount(self) -> None:
        project = cast("Wizard", self.app).project
        assert project is not None
        self.query_one("#text", Prose).show([row(line) for line in proven(standing_proof(project).document())])

    def action_again(self) -> None:
        self.dismiss(("data", "proof", "--again"))

    def action_close(self) -> None:
        self.dismiss(None)
