"""Token lengths: which rows a training of each max length would cut."""

from collections.abc import Mapping
from typing import Any

from engine.data.report import Report
from tui.screens.data_findings import FindingScreen
from tui.screens.drill import Drill
from tui.widgets.painted import Row, row

_BAR = 20


class LengthsScreen(Drill[Mapping[str, Any]]):
    """A line a max length, from the shortest that is of use to the first that cuts nothing."""

    ABOUT = (
        "Training reads so many tokens of a row and cuts off the rest: of a long row the answer, the part that is "
        "learned. Choose a max length that cuts few rows, or shorten these rows. A longer max length takes memory."
    )

    def __init__(self, report: Report) -> None:
        super().__init__("Token lengths: rows that would be cut", report.facts["tokens"]["cut_at"])
        self._report = report
        self._rows = max(1, report.facts["rows"]["valid"])

    def line(self, item: Mapping[str, Any]) -> Row:
        share = item["rows"] / self._rows
        role = "warn" if item["rows"] else "good"
        return row(
            (f"max length {item['max_length']:>7,} ", "strong"),
            f"{bar(share, _BAR)} ",
            (f"{item['rows']:>9,} rows lose their end ({share:.1%})", role),
        )

    def detail(self, item: Mapping[str, Any]) -> list[Row]:
        tokens = self._report.facts["tokens"]
        spread = f"half of the rows have at most {tokens['p50']:,} tokens, 95 % at most {tokens['p95']:,}"
        way: list[str | tuple[str, str]] = [("Enter", "strong"), " shows the rows."] if item["rows"] else []
        return [
            row(f"{item['tokens']:,} tokens would be cut off. ", *way),
            row(f"{spread}; the longest {tokens['max']:,}; {tokens['total']:,} in all."),
            row((tokens["method"], "dim")),
        ]

    def opened(self, number: int) -> None:
        length = self.items[number]["max_length"]
        members = self._report.members(f"longer-than:{length}")
        if not members:
            self.say(f"no row has more than {length:,} tokens")
            return
        title = f"Longer than {length:,} tokens: {len(members):,}"
        self.app.push_screen(FindingScreen(title, members, self._report.version))


def bar(share: float, width: int) -> str:
    """A share from 0 to 1 as a bar of characters; what is more than nothing shows."""
    filled = max(1, round(share * width)) if share > 0 else 0
    return "=" * min(width, filled) + "." * (width - min(width, filled))
