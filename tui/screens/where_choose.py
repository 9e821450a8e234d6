"""Choosing a destination: what has to be typed, what would leave this machine on which terms, then the choice."""

from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from engine.clock import today
from engine.errors import UsageError
from engine.providers.entries import Catalogue, Destination
from engine.where.choosing import Consent, Needs, choose, needs
from tui.keys import Key, bindings
from tui.screens.ask import Ask
from tui.screens.net import ErrorNet
from tui.screens.panel import SHORT, Panel
from tui.screens.step import StepScreen
from tui.screens.where_page import hanging
from tui.widgets.lines import Lines
from tui.widgets.painted import Painted, row
from tui.widgets.prose import Prose

KEYS = (Key("escape,q", "close", "cancel", "leave without consent; nothing is chosen"),)
_NOT_AGREED = "nothing was chosen: without consent nothing may leave this machine"
_ANSWERS = (
    row(("no, choose nothing", "strong")),
    row(("yes, I consent", "strong"), ": it may go there, on these terms"),
)


class ConsentScreen(ErrorNet, ModalScreen[bool]):
    """What leaves this machine, in full; dismissed with whether it was consented to."""

    CSS_PATH = "where_page.tcss"
    VERTICAL_BREAKPOINTS = SHORT
    AUTO_FOCUS = "#list"
    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)

    def __init__(self, name: str, consent: Consent) -> None:
        super().__init__()
        self._name, self._consent = name, consent

    def compose(self) -> ComposeResult:
        yield Painted([row((f"Your rows would leave this machine, for {self._name}. Consent?", "head"))], id="title")
        yield Prose(id="text")
        yield Lines(_ANSWERS, id="list")
        keys = (("enter", "answer"), ("space", "more of the text"), ("esc", "cancel"))
        yield Painted([row(*(part for cap, what in keys for part in ((cap, "strong"), f" {what}   ")))], id="foot")

    def on_resize(self) -> None:
        lines = self._consent.lines()
        widest = max(len(name) for name, _ in lines)
        width = self.app.size.width
        terms = [part for name, text in lines for part in hanging(f"{name:<{widest}}  ", row(text), width)]
        kept = row("Choosing sends nothing. What you consent to, and when, is kept in the audit log.")
        self.query_one("#text", Prose).show([*terms, row(""), kept])

    @on(Lines.Paged)
    def _paged(self, event: Lines.Paged) -> None:
        event.stop()
        self.query_one("#text", Prose).action_page(event.pages)

    @on(Lines.Chosen, "#list")
    def _chosen(self, event: Lines.Chosen) -> None:
        event.stop()
        self.dismiss(bool(event.index))

    def action_close(self) -> None:
        self.dismiss(False)


@dataclass(frozen=True, slots=True)
class Choosing:
    """One destination being chosen for `screen`, question by question; begin() starts."""

    screen: StepScreen
    destination: Destination
    catalogue: Catalogue

    def begin(self) -> None:
        """Asks what has to be asked, in turn; nothing is recorded before the last answer."""
        wanted = needs(self.screen.project, self.destination.id, self.catalogue, today())
        if wanted.refused:
            why = [row((one, "bad")) for one in wanted.refused]
            said = [*why, row(""), row(("What to do: ", "strong"), wanted.hint)]
            self.screen.app.push_screen(Panel(f"{self.destination.name} cannot be chosen", said))
        elif wanted.typed is not None:
            self._type(wanted, wanted.typed)
        else:
            self._consent(wanted, None)

    def _type(self, wanted: Needs, word: str) -> None:
        why = [row((one, "warn")) for one in wanted.why_typed]

        def check(text: str) -> None:
            if text.strip() != word:
                hint = "type it as it stands; esc leaves without a choice"
                raise UsageError(f"{text.strip()!r} is not {word!r}", hint=hint)

        question = Ask(f"Type {word} to choose {self.destination.name}", why, check=check)
        self.screen.ask(question, lambda text: self._consent(wanted, text.strip()))

    def _consent(self, wanted: Needs, typed: str | None) -> None:
        if wanted.consent is None:
            self._choose(typed, consented=False)
            return

        def told(yes: bool) -> None:
            if yes:
                self._choose(typed, consented=wanted.consent or False)
            else:
                self.screen.call_after_refresh(self.screen.say, _NOT_AGREED)

        dialog = ConsentScreen(self.destination.name, wanted.consent)
        self.screen.app.push_screen(dialog, self.screen.answered(told))

    def _choose(self, typed: str | None, *, consented: Consent | bool) -> None:
        project = self.screen.project
        with project.changing("providers choose"):
            choose(project, self.destination.id, typed, consented, self.catalogue, today())
        self.screen.reload()
