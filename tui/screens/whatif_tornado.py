"""What moves the outcome most, and how sure it is: the tornado, and 20,000 draws."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.screen import ModalScreen

from engine.costing import Case, Found, Scenario, case, found
from engine.costing.ranging import set_range
from engine.costs.bars import Span
from engine.costs.money import usd
from engine.costs.monte_carlo import MonteCarlo
from engine.costs.tornado import Bar
from tui.keys import Key, bindings
from tui.screens.ask import Ask
from tui.screens.measured import tried
from tui.screens.net import ErrorNet
from tui.screens.panel import Panel, key_text
from tui.screens.step import key_row
from tui.screens.whatif_tornado_lines import about, heads, line, risk_words, title
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, Row, row
from tui.widgets.prose import Prose
from tui.widgets.spread import Spread

KEYS = (
    Key("enter", "choose", "range", "type between what the marked line varies: 50k to 2M"),
    Key("r", "reset", "usual range", "the marked line's usual range again"),
    Key("y", "copy", "copy", "copy the marked line and the risk in words (OSC 52)"),
    Key("question_mark", "help", "help", "what is drawn, and every key"),
    Key("escape,q,t", "close", "back", "back to the levers"),
)
_SIZES = [(0, "-tiny"), (8, "-short"), (22, "-tall")]
"""Rows from which all has room, and from which the picture has some."""
_ABOUT = (
    "Above, each lever is set to the ends of its range while all others stay as they are: the widest bar is the lever "
    "that decides, and the one to know better before money is spent. The worse end stands left, the better one right. "
    "Below, all of them vary at once, 20,000 times, each within its range and most often near its present value: of "
    "ten such futures one ends below P10, five below P50, nine below P90. The draws are the same each time, so that a "
    "difference comes from what you changed. Enter types a range of your own, which belongs to the scenario; r gives "
    "the usual one back."
)


@dataclass
class Simulated(Message):
    """The draws of a case are made, or could not be."""

    case: Case
    draws: MonteCarlo | None
    problem: list[Row]


class TornadoScreen(ErrorNet, ModalScreen[Scenario | None]):
    """A line a lever, and the spread of the draws below; where `found` lacks the draws, a thread makes them.

    Dismissed with the scenario whose ranges were changed here, or with None.
    """

    CSS_PATH = "whatif_views.tcss"
    VERTICAL_BREAKPOINTS = _SIZES
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS[1:])

    def __init__(self, case: Case, found: Found) -> None:
        super().__init__()
        self._first = case.scenario
        self._case, self._found = case, found
        self._draws = found.monte_carlo

    @property
    def _bars(self) -> list[Bar]:
        """Without the ranges of one value, as of a GPU where none is paid by the hour: they cannot decide anything."""
        own = self._case.scenario.ranges
        return [one for one in self._found.tornado if one.low != one.high or one.name in own]

    def compose(self) -> ComposeResult:
        told = self._found.outcome
        now = f"   net now {usd(told.net, sign=True)} in {told.horizon:g} months"
        yield Painted([row(("What decides, and how sure it is", "head"), (now, "dim"))], id="title")
        yield Painted(id="heads")
        yield Lines(id="list")
        yield Prose(id="detail")
        yield Prose(id="read")
        yield Spread(id="risk")
        yield Painted([key_row([one for one in KEYS if one.shown])], id="foot")

    def on_mount(self) -> None:
        self._show_bars()
        self._show_draws()

    def on_resize(self) -> None:
        self._show_bars()

    def _show_bars(self) -> None:
        net = self._found.outcome.net
        span = Span.over([net, *(end for one in self._bars for end in (one.net_low, one.net_high))])
        width = self.size.width or self.app.size.width
        ascii_only = bool(getattr(self.app, "ascii", False))
        self.query_one("#heads", Painted).show(heads(width))
        self.query_one("#list", Lines).show(line(one, net, span, width, ascii_only) for one in self._bars)
        self._show_detail()

    @on(Lines.Highlighted, "#list")
    def _show_detail(self) -> None:
        at = self.query_one("#list", Lines).cursor
        said = about(self._bars[at], self._case) if self._bars else [row(("no lever has a range", "dim"))]
        self.query_one("#detail", Prose).show(said)

    # The ranges.

    @on(Lines.Chosen, "#list")
    def _type_range(self) -> None:
        one = self._bars[self.query_one("#list", Lines).cursor]
        why = [*about(one, self._case), row("Two values, the least first; what lies between is drawn more often.")]
        ask = Ask(
            f"{title(one.name)}: between what and what?",
            why,
            f"{one.low:.15g} to {one.high:.15g}",
            check=lambda text: set_range(self._case.scenario, one.name, text),
        )
        self.app.push_screen(ask, self.answered(partial(self._ranged, one.name)))

    def action_reset(self) -> None:
        if self._bars:
            self._ranged(self._bars[self.query_one("#list", Lines).cursor].name, None)

    def _ranged(self, name: str, text: str | None) -> None:
        here = self._case
        self._case = case(set_range(here.scenario, name, text), here.catalogue, here.facts, here.today)
        self._found, self._draws = found(self._case, simulate=False), None
        self._show_bars()
        names = [one.name for one in self._bars]
        self.query_one("#list", Lines).move_to(names.index(name) if name in names else 0)
        self._show_draws()

    # The draws.

    def _show_draws(self) -> None:
        """Those of the present case; where there are none, they are made: old ones are never shown for new ones."""
        self.query_one(Spread).show_draws(self._draws)
        if self._draws is None:
            self.query_one("#read", Prose).show([row(("drawing 20,000 futures", "dim"))])
            self._simulate(self._case)
        else:
            self.query_one("#read", Prose).show([risk_words(self._draws)])

    @work(thread=True, group="draws")
    def _simulate(self, case: Case) -> None:
        # numpy comes with the first draw: 90 ms that no frame has to wait for.
        self.post_message(Simulated(case, *tried(lambda: found(case).monte_carlo)))

    def on_simulated(self, message: Simulated) -> None:
        if message.case is not self._case:
            return
        self._draws = message.draws
        if self._draws is None:
            self.query_one("#read", Prose).show(message.problem)
        else:
            self._show_draws()

    def action_copy(self) -> None:
        text = "\n".join("".join(part for part, _ in one) for one in self.query_one("#detail", Prose).rows)
        risk = "".join(part for part, _ in risk_words(self._draws)) if self._draws else ""
        self.app.copy_to_clipboard(f"{text}\n{risk}")
        self.query_one("#detail", Prose).show([row(("copied: the line that is marked, and the risk", "strong"))])

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(_ABOUT), *key_text(KEYS, ())]))

    def action_close(self) -> None:
        changed = self._case.scenario != self._first
        self.dismiss(self._case.scenario if changed else None)
