"""Every price behind the figures: its source, its date, its age, and whose it is."""

from typing import ClassVar

from textual.binding import BindingType
from textual.types import CSSPathType

from engine import clock
from engine.costing import Case, Price, case
from engine.costs.typed import number
from engine.errors import UsageError
from engine.project import Project
from engine.providers import catalogue, overrides
from engine.providers.figures import STALE_DAYS, Figure, NotFound
from engine.providers.telling import amount, not_found, origin
from tui.keys import Key, bindings
from tui.screens.ask import Ask
from tui.screens.drill import KEYS, Drill
from tui.widgets.fitted import fitted
from tui.widgets.painted import Row, row

SIZES = [(0, "-tiny"), (8, "-short"), (20, "-tall")]
"""Rows from which there is room for more than the list."""
_NAME, _AMOUNT = 33, 21
_REST, _LONGEST_NAME = 47, 60
"""Columns besides the name, and of the longest one."""
_WIDE = 70
"""Columns from which a price has room for its unit and its age."""
_SAID = {"official": "", "transcribed": "", "single source": "one source", "yours": "yours"}
"""What is said of a price in its line; the rest of its origin stands below the list."""
_CHANGE = Key("enter", "choose", "your price", "type a price of your own; empty: the catalogue's again")


class PricesScreen(Drill[Price]):
    """A line a price; dismissed with whether one was changed: the case is then to be made anew."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["drill.tcss", "whatif_views.tcss"]
    VERTICAL_BREAKPOINTS = SIZES
    OWN: ClassVar[tuple[Key, ...]] = (
        _CHANGE,
        Key("r", "reset", "catalogue's", "back to the catalogue's price"),
        Key("u", "undo", "undo", "take back the last change of a price made here"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings((*OWN[1:], *KEYS))
    ABOUT = (
        "Prices move weekly, so each has its source, the day of which that speaks, and its age; one older than "
        f"{STALE_DAYS} days is marked stale. official: the maker's own page. transcribed: a dated copy of it. single "
        "source: one voice alone. Enter types your own: it is written into [prices] of project.toml, and marked as "
        "yours wherever it is used; r gives the catalogue's back."
    )

    def __init__(self, project: Project, now: Case) -> None:
        super().__init__("Prices behind the figures", now.prices)
        self._project, self._case = project, now
        self._before: list[tuple[str, str, float | None]] = []
        """(id, field, own price before) of every change made here."""
        self._changed = False

    def left_with(self) -> bool:
        return self._changed

    # What is listed.

    def line(self, item: Price) -> Row:
        figure, width = item.figure, self.app.size.width
        if width < _WIDE:
            said = not_found(figure) if isinstance(figure, NotFound) else amount(figure).partition(" per ")[0]
            return row(f"{fitted(item.name, width - 12)} ", (said, "strong"))
        name = fitted(item.name, min(_LONGEST_NAME, max(_NAME, width - _REST)))
        if isinstance(figure, NotFound):
            return row(f"{name} ", (not_found(figure), "warn"))
        source, today = figure.source, self._case.today
        age = "" if source.confidence == "yours" else f"{source.age_days(today):>4} d"
        signs = [_SAID[source.confidence], "stale" if source.is_stale(today) else ""]
        said = ", ".join(sign for sign in signs if sign)
        return row(f"{name} {fitted(amount(figure), _AMOUNT)} {age:<6} ", (said, "warn"))

    def detail(self, item: Price) -> list[Row]:
        figure = item.figure
        if isinstance(figure, NotFound):
            return [row("No source that we trust tells this price: Enter types the one that you were offered.")]
        rows = [row(origin(figure.source, self._case.today))]
        if figure.source.confidence == "yours":
            rows.append(row(("The catalogue says: ", "dim"), self._catalogues(item)))
        return [*rows, *([row(figure.note)] if figure.note else [])]

    def _catalogues(self, item: Price) -> str:
        """What would hold without a price of one's own."""
        here = self._case
        plain = case(here.scenario, catalogue.load(None, here.today), here.facts, here.today)
        figure = next((one.figure for one in plain.prices if (one.id, one.field) == (item.id, item.field)), None)
        if isinstance(figure, Figure):
            return f"{amount(figure)}, {origin(figure.source, here.today)}"
        return not_found(figure) if figure else "nothing"

    # What is changed.

    def opened(self, number: int) -> None:
        item = self.items[number]
        if not self._can_be_set(item):
            return
        own = self._own(item)
        unit = overrides.FIELDS[item.field]
        why = [
            row(f"In {unit}. It is written into project.toml, and marked as yours wherever it is used."),
            row("Empty: the catalogue's price again."),
            row(""),
            *self.detail(item),
        ]
        ask = Ask(
            f"Your price: {item.name}", why, "" if own is None else f"{own:g}", check=lambda text: self._set(item, text)
        )
        self.wizard.push_screen(ask, self.answered(lambda _: self._read_again("your price holds from now on")))

    def action_reset(self) -> None:
        item = self._marked_price()
        if item is None or not self._can_be_set(item):
            return
        if self._own(item) is None:
            self.say("it is the catalogue's price already")
            return
        self._change(item, None)
        self._read_again("the catalogue's price again · u takes it back")

    def action_undo(self) -> None:
        if not self._before:
            self.say("no price was changed here")
            return
        id, field, before = self._before[-1]  # noqa: A001 - what it is
        with self._project.changing("cost price"):
            catalogue.set_price(self._project, id, field, before)
        self._before.pop()
        self._read_again("taken back")

    def _marked_price(self) -> Price | None:
        return None if self.marked is None else self.items[self.marked]

    def _can_be_set(self, item: Price) -> bool:
        settable = item.field in overrides.FIELDS
        if not settable:
            self.say("only the catalogue sets this one: no price of your own can stand in its place")
        return settable

    def _own(self, item: Price) -> float | None:
        """The price of one's own that stands in project.toml."""
        figure = item.figure
        return figure.value if isinstance(figure, Figure) and figure.source.confidence == "yours" else None

    def _set(self, item: Price, text: str) -> None:
        value = number(text) if text.strip() else None
        if text.strip() and value is None:
            raise UsageError(
                f"{text!r} is no price", hint="type a number, such as 0.10 or $3.99; empty: the catalogue's"
            )
        self._change(item, value)

    def _change(self, item: Price, value: float | None) -> None:
        with self._project.changing("cost price"):
            catalogue.set_price(self._project, item.id, item.field, value)
        self._before.append((item.id, item.field, self._own(item)))

    def _read_again(self, said: str) -> None:
        self._changed = True
        here = self._case
        now = catalogue.for_project(self._project, clock.today())
        self._case = case(here.scenario, now, here.facts, clock.today())
        self.show_items(self._case.prices)
        self.say(said)
