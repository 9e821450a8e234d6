"""What both arms have cost by the end of each month, as two lines, and as a read-out month by month."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.costing import Case, Found
from engine.costing.curves import ahead, arms, where_they_meet
from engine.costs.money import usd
from tui.keys import Key, bindings
from tui.screens.net import ErrorNet
from tui.screens.panel import Panel, key_text
from tui.screens.step import key_row
from tui.widgets.cost_plot import CostPlot
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose

KEYS = (
    Key("right,l", "move(1)", "month on", "reads the next month"),
    Key("left,h", "move(-1)", "month back", "reads the month before"),
    Key("home,g", "edge(0)", "first", "reads the beginning", shown=False),
    Key("end,G", "edge(-1)", "last", "reads the last month", shown=False),
    Key("y", "copy", "copy", "copy every month as a table of tabs to the clipboard (OSC 52)"),
    Key("question_mark", "help", "help", "what is drawn, and every key"),
    Key("escape,q,v", "close", "back", "back to the levers"),
)
_SIZES = [(0, "-tiny"), (8, "-short"), (16, "-tall")]
"""Rows from which all has room, and from which the picture has some."""
_ABOUT = (
    "Each line is all that an arm has cost by then. The tuned arm begins with what is paid before the first answer "
    "(training, labelling, engineering, evaluation) and jumps where it is trained again; the other has no such "
    "beginning and rises with its price. Where they meet, the tuned model has paid back. Cash alone is drawn: what an "
    "avoided error is worth is not in it."
)


class CurveScreen(ErrorNet, ModalScreen[None]):
    """Two lines over the months; the arrows read one month after the other."""

    CSS_PATH = "whatif_views.tcss"
    VERTICAL_BREAKPOINTS = _SIZES
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, case: Case, found: Found) -> None:
        super().__init__()
        self._case, self._found = case, found
        self._place = len(found.months) - 1

    def compose(self) -> ComposeResult:
        horizon = self._case.numbers.horizon_months
        time = f"{horizon:g} month{'' if horizon == 1 else 's'}"
        yield Painted([row((f"What both have cost by then, over {time}", "head"))], id="title")
        yield Prose(self._legend(), id="legend")
        yield CostPlot(self._found.months, horizon, id="plot")
        yield Prose(id="read")
        yield Painted([key_row([one for one in KEYS if one.shown])], id="foot")

    def on_mount(self) -> None:
        self._show()

    def _legend(self) -> list[Row]:
        return legend(self._case, self._found, bool(getattr(self.app, "ascii", False)))

    def _show(self) -> None:
        self.query_one(CostPlot).read(self._place)
        self.query_one("#read", Prose).show([self.read_out()])

    def read_out(self) -> Row:
        """What both have cost by the month that is read."""
        if not self._found.months:
            return row(("there is no month to read", "dim"))
        one = self._found.months[self._place]
        costs = f"tuned {usd(one.tuned)} · as now {usd(one.baseline)} · "
        return row((f"month {one.month:g}: ", "strong"), costs, (ahead(one), "strong"))

    def action_move(self, months: int) -> None:
        self._place = max(0, min(len(self._found.months) - 1, self._place + months))
        self._show()

    def action_edge(self, place: int) -> None:
        self._place = place % max(1, len(self._found.months))
        self._show()

    def action_copy(self) -> None:
        self.app.copy_to_clipboard(table(self._found))
        self.query_one("#read", Prose).show([row(("copied: every month, with what both have cost", "strong"))])

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(_ABOUT), row(""), *self._legend(), *key_text(KEYS, ())]))

    def action_close(self) -> None:
        self.dismiss(None)


def legend(case: Case, found: Found, ascii_only: bool) -> list[Row]:
    """What the lines mean, where they meet, and where the tuned model's base ends."""
    tuned, now = arms(case)
    meeting = where_they_meet(case, found, ascii_only=ascii_only)
    return [row(("- " if ascii_only else "⣀⣀ ", "strong"), f"{tuned}   + {now}"), row((meeting, "strong"))]


def table(found: Found) -> str:
    """Every month as a line of tabs."""
    lines = [f"{one.month:g}\t{one.tuned:.2f}\t{one.baseline:.2f}" for one in found.months]
    return "\n".join(["month\ttuned USD\tas now USD", *lines])
