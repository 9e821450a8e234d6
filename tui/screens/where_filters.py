"""What the project asks of a destination, line by line; each change is kept at once, and the table follows."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from engine.clock import today
from engine.providers.entries import Catalogue
from engine.where.asked import ASKED, Asked
from engine.where.constraints import PRIVACY, Constraints, checked, choices, constrain, constraints
from engine.where.destinations import candidates
from tui.keys import Key, bindings
from tui.screens.ask import Ask
from tui.screens.order import Order, Setting, turned
from tui.screens.panel import Panel, key_text
from tui.widgets.painted import row

KEYS = (
    Key("right,l", "change(1)", "change", "the next value of the marked line"),
    Key("left,h", "change(-1)", "change back", "the value before", shown=False),
    Key("question_mark", "help", "help", "what this does, and every key"),
    Key("escape,q", "close", "back", "back to the table; what you changed is kept"),
)
_ANY = "any"
_NOTCHES: Mapping[str, Sequence[str]] = {
    "model_size_b": ("1", "3", "8", "14", "32", "70"),
    "budget": ("10", "50", "100", "500", "1000", "5000"),
    "budget_month": ("10", "50", "100", "500", "1000", "5000"),
    "horizon_months": ("6", "12", "24", "36"),
}
"""Where left and right stop on the way; Enter takes any number between."""


class FilterScreen(Order):
    """The constraints of the project; nothing is dismissed with a command, as each change is made here."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(KEYS)
    WIDTH = 28
    TITLE: ClassVar[str] = "What this project asks of a destination"
    ABOUT: ClassVar[str] = (
        "What does not fit stays in the table, with every reason why not. Privacy and budgets are those of Decide "
        "until you set others here; where Decide says that the data may not leave, only Decide changes that. "
        "The same by command: tunewright providers --region eu --method LoRA."
    )

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__()
        self._catalogue = catalogue

    def settings(self) -> list[Setting]:
        wanted = constraints(self.project)
        found = candidates(self._catalogue, wanted, today())
        fits = f"{sum(one.fits for one in found)} of {len(found)} fit"
        about = ["Enter goes back to the table; what is set here is kept in project.toml."]
        back = Setting("Show the table", fits, about, open=self.action_close)
        return [back, *(self._setting(one, wanted) for one in ASKED)]

    def _setting(self, asked: Asked, wanted: Constraints) -> Setting:
        now = _text(getattr(wanted, asked.name))
        meant = PRIVACY.get(now, "") if asked.name == "privacy" else ""
        from_decide = "from Decide" if asked.name in wanted.answered else ""
        said = " · ".join(part for part in (now, from_decide, meant) if part)
        values = self._values(asked.name)
        about = [f"{asked.title}: {asked.why}.", f"Left and right: {', '.join(values)}."]
        typed = partial(self._type, asked, now) if asked.name in _NOTCHES else None
        return Setting(asked.title, said, about, partial(self._turn, asked.name, now), typed)

    def _values(self, name: str) -> Sequence[str]:
        if name == "privacy":
            return tuple(PRIVACY)
        return (_ANY, *(_NOTCHES.get(name) or choices(self._catalogue)[name]))

    def _turn(self, name: str, now: str, places: int) -> None:
        self._keep(name, turned(self._values(name), now, places))

    def _type(self, asked: Asked, now: str) -> None:
        why = [row(f"{asked.why}."), row(f"A number such as {asked.example}; empty asks nothing.")]
        ask = Ask(f"{asked.title}?", why, "" if now == _ANY else now, lambda text: self._checked(asked.name, text))
        self.ask(ask, lambda text: self._keep(asked.name, text))

    def _checked(self, name: str, text: str) -> None:
        checked({name: text}, self._catalogue)

    def _keep(self, name: str, text: str) -> None:
        with self.project.changing("providers"):
            constrain(self.project, {name: text}, self._catalogue)

    def action_help(self) -> None:
        self.app.push_screen(Panel("Help", [row(self.ABOUT), *key_text(KEYS, ())]))


def _text(value: float | str | None) -> str:
    return _ANY if value is None else value if isinstance(value, str) else f"{value:.10g}"
