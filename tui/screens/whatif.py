"""What-if: levers on the left, money and risk on the right; one key turns one lever and only what changed moves."""

from dataclasses import dataclass, replace
from typing import ClassVar

from textual import on, work
from textual.binding import BindingType
from textual.message import Message

from engine.costing import Case, Found, Scenario, found
from engine.costs.levers import LEVERS, Lever
from engine.errors import TunewrightError, UsageError, as_ours
from engine.project import Project
from tui.keys import Key, bindings
from tui.screens.ask import Ask
from tui.screens.panel import Panel, key_text
from tui.screens.whatif_board import Board
from tui.screens.whatif_choices import choose
from tui.screens.whatif_curve import CurveScreen
from tui.screens.whatif_export import CostExportScreen
from tui.screens.whatif_figures import LACKS
from tui.screens.whatif_levers import LEGEND, SIGNS, lever_text
from tui.screens.whatif_prices import PricesScreen
from tui.screens.whatif_scenarios import SaveScreen, ScenariosScreen
from tui.screens.whatif_tornado import TornadoScreen
from tui.screens.whatif_turns import KEPT
from tui.widgets.lines import Lines
from tui.widgets.painted import row

KEYS = (
    Key("right,l", "turn(1)", "turn", "the marked lever one notch up, or to the next choice"),
    Key("left,h", "turn(-1)", "turn back", "one notch down, or to the choice before"),
    Key("enter", "choose", "type", "type a value for the marked lever, or choose from a list"),
    Key("u", "undo", "undo", "take back the last turn, as often as you like"),
    Key("r", "default", "default", "the marked lever back to what project and catalogue say"),
    Key("R", "defaults", "all back", "every lever back to what project and catalogue say"),
    Key("v", "curve", "curves", "what both arms have cost, month by month"),
    Key("t", "risk", "risk", "which lever decides (tornado), and the simulation as a histogram"),
    Key("d", "prices", "prices", "the prices behind the figures: source, date, age; type your own"),
    Key("s", "save", "save", "save this scenario under a name"),
    Key("o", "open", "open", "open, compare or delete saved scenarios"),
    Key("x", "export", "export", "figures and levers as CSV and Markdown"),
    Key("i", "notes", "notes", "everything to know before you believe the figures"),
    Key("y", "copy", "copy", "copy the marked lever or figure to the clipboard (OSC 52)"),
    Key("question_mark", "help", "help", "what the marked lever or figure means, and every key"),
    Key("escape,q", "close", "back", "back to Where; every turn is kept"),
)
ABOUT = (
    "A tuned model is paid for first and then saves a little with every request, or does not. The levers are on the "
    "left, each with its value and by one letter where that comes from; the figures are on the right, and beside each "
    "what the last turn did to it. The simulation follows in the background: until it is done its figures are dots. "
    f"Every turn is kept in the project as the scenario {KEPT}."
)


@dataclass
class Simulated(Message):
    """The simulation of a case has ended."""

    case: Case
    found: Found | None
    problem: TunewrightError | None


class WhatIfScreen(Board):
    """`destination`: the id of the one to begin with; None: as it was left, else the one that was chosen."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(one for one in KEYS if one.key != "enter")

    def __init__(self, project: Project, destination: str | None = None) -> None:
        super().__init__(project, destination)
        self._simulating = False

    def on_mount(self) -> None:
        # numpy is first loaded by the simulation, and must not hold up the first frame.
        self.call_after_refresh(self._simulate)

    # The simulation, behind the keys.

    def _turned(self, said: str = "") -> None:
        """Something else is on the table: its figures at once, its risk when it is reckoned."""
        self.said = said
        self._simulate()
        self.paint()

    def _simulate(self) -> None:
        # One at a time: of many turns in a row only the last is simulated.
        if not self._simulating:
            self._simulating = True
            self._reckon()

    @work(thread=True, group="risk")
    def _reckon(self) -> None:
        # Textual spells the arguments of a worker out, and a case holds the whole catalogue: 6 ms.
        case, result, problem = self.turns.case, None, None
        try:
            result = None if case.lacks else found(case)
        except TunewrightError as error:
            problem = error
        self.post_message(Simulated(case, result, problem))
        try:
            self.turns.keep(case.scenario)
        except (TunewrightError, OSError) as error:
            self.call_later(self.tell, as_ours(error))

    def on_simulated(self, message: Simulated) -> None:
        self._simulating = False
        if message.case is not self.turns.case:
            self._simulate()
            return
        if message.found:
            self.turns.simulated(message.found)
            self.paint_figures()
        if message.problem:
            self.tell(message.problem)

    # What is done.

    def action_turn(self, places: int) -> None:
        try:
            self._turned(self.turns.turn(self.lever, places))
        except UsageError as error:
            self.tell(error)

    @on(Lines.Chosen, "#levers")
    def _choose_or_type(self) -> None:
        if self.lever.kind == "choice":
            self._choose(self.lever)
        else:
            self._type(self.lever)

    def _choose(self, lever: Lever) -> None:
        question, values = choose(self.turns.case, lever)

        def chosen(number: int) -> None:
            self._set(lever, values[number])

        self.app.push_screen(question, self.answered(chosen))

    def _type(self, lever: Lever) -> None:
        def check(text: str) -> None:
            self.turns.check(lever, text)

        def typed(text: str) -> None:
            self._set(lever, text)

        # The box is empty: small changes are turned, and what is typed is another value. The old one stands below.
        unit = f" ({lever.unit})" if lever.unit else ""
        about = lever_text(self.turns.case, lever, self.turns.without(lever))
        self.app.push_screen(Ask(f"{lever.short}: how much?{unit}", about, check=check), self.answered(typed))

    def _set(self, lever: Lever, text: str | None) -> None:
        if self.turns.set(lever, text):
            self._turned(self.turns.effect(lever))

    @on(Lines.Chosen, "#figures")
    def _more(self) -> None:
        """Further into the marked figure."""
        one = self.figure
        if one.name.startswith(LACKS):
            self._supply(one.name.removeprefix(LACKS))
        elif one.name in ("p10", "p50", "p90", "gain"):
            self.action_risk()
        elif one.name in ("break_even", "payback", "net") and self.turns.found:
            self.action_curve()
        else:
            self.app.push_screen(Panel(one.label.strip() or "As now", self.topic()))

    def _supply(self, name: str) -> None:
        """Asks for what was not found: a lever, or a price."""
        lever = next((one for one in LEVERS if one.name == name), None)
        if lever:
            self._type(lever)
        else:
            self.action_prices()

    def action_undo(self) -> None:
        if self.turns.undo():
            self._turned("taken back")
        else:
            self.say("there is nothing to take back: no lever was turned since this was opened")

    def action_default(self) -> None:
        if self.turns.set(self.lever, None):
            self._turned(f"{self.lever.short}: back to its default · u takes it back")
        else:
            self.say(f"{self.lever.short}: it stands at its default")

    def action_defaults(self) -> None:
        if self.turns.take(Scenario()):
            self._turned("every lever back to its default · u takes it back")
        else:
            self.say("every lever stands at its default")

    def action_copy(self) -> None:
        value = self.turns.case.values[self.lever.name].value
        setting = f"{self.lever.name}={value if isinstance(value, str) else f'{value:.15g}'}"
        text = self.figure.copied if self.on_figures else setting
        self.app.copy_to_clipboard(text.encode("utf-8", "replace").decode())
        self.say(f"copied: {text}")

    def action_notes(self) -> None:
        self.app.push_screen(Panel("To know before you believe the figures", self.notes()))

    def action_help(self) -> None:
        twin = row(("The same by command, outside the wizard: ", "dim"), f"tunewright cost --scenario {KEPT}")
        text = [*self.topic(), row(""), row(ABOUT), row(f"{LEGEND}; {SIGNS}"), twin, *key_text(KEYS, ())]
        self.app.push_screen(Panel("Help", text))

    def action_close(self) -> None:
        self.dismiss(None)
        try:
            # What was turned a moment ago may still wait behind a simulation.
            self.turns.keep(self.turns.scenario)
        except (TunewrightError, OSError) as error:
            self.app.call_later(self.wizard.show_error, as_ours(error))

    # Other views of the same case.

    def action_curve(self) -> None:
        if found := self._known():
            self.app.push_screen(CurveScreen(self.turns.case, found))

    def action_risk(self) -> None:
        if found := self._known():
            self.app.push_screen(TornadoScreen(self.turns.case, found), self.answered(self._ranged))

    def _ranged(self, scenario: Scenario) -> None:
        if self.turns.take(scenario):
            self._turned("simulated anew with your ranges · u takes them back")

    def _known(self) -> Found | None:
        if self.turns.found is None:
            self.say(f"not before there is a figure for {', '.join(self.turns.case.missing)}")
        return self.turns.found

    def action_prices(self) -> None:
        self.app.push_screen(PricesScreen(self.project, self.turns.case), self.answered(self._priced))

    def _priced(self, changed: bool) -> None:
        if changed:
            self.turns.read_again()
            self._turned("reckoned anew with your price")

    def action_save(self) -> None:
        self.app.push_screen(SaveScreen(self.project, self.turns.scenario), self.answered(self._saved))

    def _saved(self, name: str) -> None:
        self.turns.rename(name.strip())
        self.paint()
        self.say(f"saved as {name.strip()}")

    def action_open(self) -> None:
        self.app.push_screen(ScenariosScreen(self.project, self.turns.case), self.answered(self._opened))

    def _opened(self, scenario: Scenario) -> None:
        opened = replace(scenario, name="") if scenario.name == KEPT else scenario
        self.turns.take(opened)
        self._turned(f"opened: {scenario.name}")

    def action_export(self) -> None:
        self.app.push_screen(CostExportScreen(self.project, self.turns.scenario))
