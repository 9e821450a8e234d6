"""The quality checklist: what was checked, what it rests on, and where something can be done about it."""

from collections.abc import Callable, Sequence

from engine.data.checklist import Item
from engine.journey import by_step
from tui.keys import Key
from tui.screens.drill import Drill
from tui.widgets.painted import Row, row

_ROLES = {"PASS": "good", "FAIL": "bad", "NOT CHECKED": "warn"}
_HALVES = {"machine": "checked by the machine", "person": "a person has to look"}


class ChecklistScreen(Drill[Item]):
    """Every item; `opens` goes where something can be done about it, and says whether there is such a place."""

    OWN = (Key("enter", "choose", "go there", "where something can be done about the marked item"),)
    ABOUT = (
        "What makes rows fit to learn from. PASS and FAIL rest on the evidence that is shown below the list. What "
        "nobody has checked is NOT CHECKED, and never counts as passed. A waiver is no pass either."
    )

    def __init__(self, items: Sequence[Item], opens: Callable[[Item], bool]) -> None:
        super().__init__(f"Quality checklist: {tally(items)}", items)
        self._opens = opens

    def line(self, item: Item) -> Row:
        return row((f"{item.state:<12}", _ROLES[item.state]), item.asks)

    def detail(self, item: Item) -> list[Row]:
        return [row(by_step(item.evidence)), row((_HALVES[item.half], "dim"))]

    def opened(self, number: int) -> None:
        if not self._opens(self.items[number]):
            self.say("there is nothing to open for this one: the evidence says what it rests on")


def tally(items: Sequence[Item]) -> str:
    """9 of 14 pass, 2 fail, 3 not checked"""
    counts = {state: sum(1 for one in items if one.state == state) for state in _ROLES}
    rest = [(counts["FAIL"], "fail"), (counts["NOT CHECKED"], "not checked")]
    return ", ".join([f"{counts['PASS']} of {len(items)} pass", *(f"{count} {word}" for count, word in rest if count)])
