"""Balance and sizing: a line a category, how many rows it has, and whether that is enough to learn it from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.data.report import Report
from tui.screens.data_findings import RowsScreen
from tui.screens.data_lengths import bar
from tui.screens.drill import Drill
from tui.widgets.painted import Row, row

_BAR = 16
_NAME = 20


@dataclass(frozen=True, slots=True)
class Category:
    """What was counted of one."""

    name: str
    rows: int
    share: float
    groups: int
    state: str


class CategoriesScreen(Drill[Category]):
    """All categories, the largest first."""

    ABOUT = (
        "What counts is how many different examples train holds of a category: rows that are nearly equal count once. "
        "Under the minimum a category is hardly learned; up to the recommended number each further example helps. A "
        "category that is many times another makes the model guess it too often."
    )

    def __init__(self, report: Report) -> None:
        self._report = report
        super().__init__("Categories: rows, and unlike examples to learn from", categories(report.facts))
        self._largest = max((one.rows for one in self.items), default=1)

    def line(self, item: Category) -> Row:
        short = item.name in self._report.facts["sizing"]["short"]
        name = item.name if len(item.name) <= _NAME else item.name[: _NAME - 1] + "…"
        return row(
            (f"{'!' if short else ' '} {name:<{_NAME}} ", "strong"),
            f"{bar(item.rows / self._largest, _BAR)} {item.rows:>8,} rows {item.share:>6.1%} ",
            (f"{item.groups:>8,} unlike", "bad" if short else ""),
        )

    def detail(self, item: Category) -> list[Row]:
        sizing, balance = self._report.facts["sizing"], self._report.facts["balance"]
        needs = f"{sizing['task']} needs {sizing['minimum']:,} of each, better {sizing['recommended']:,}"
        return [
            row((f"{item.name}: ", "strong"), f"{item.state}. {missing(item.groups, sizing)}"),
            row(f"{needs}; counted: {sizing['counted']}"),
            *([row((balance["warning"], "warn"))] if balance and balance["warning"] else []),
            *([row(balance["advice"])] if balance and balance["advice"] else []),
        ]

    def opened(self, number: int) -> None:
        name = self.items[number].name
        members = self._report.members(f"category:{name}")
        if not members:
            self.say("the rows of this category are not listed: there is none, or there are too many categories")
            return
        self.app.push_screen(RowsScreen(f"{name}: {len(members):,} rows", members, self._report.version))


def categories(facts: Mapping[str, Any]) -> list[Category]:
    """From the facts of a report, the largest first; the sizing knows them also where rows have no category."""
    balance = (facts["balance"] or {}).get("categories", {})
    sizing = facts["sizing"]["categories"]
    whole = {"rows": facts["rows"]["valid"], "share": 1.0}
    return [
        Category(
            name,
            balance.get(name, whole)["rows"],
            balance.get(name, whole)["share"],
            sizing.get(name, {}).get("groups", 0),
            sizing.get(name, {}).get("state", "none in train"),
        )
        for name in (balance or sizing)
    ]


def missing(groups: int, sizing: Mapping[str, Any]) -> str:
    """What is missing to the minimum, or to the recommended number."""
    for name in ("minimum", "recommended"):
        if groups < sizing[name]:
            return f"{sizing[name] - groups:,} unlike examples are missing to the {name} of {sizing[name]:,}"
    return "nothing is missing"
