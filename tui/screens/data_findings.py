"""Every place where one rule found something, and from each the row, or the record, in full."""

from collections.abc import Sequence
from typing import ClassVar

from engine.data.opposing import read_rows
from engine.data.report import Member
from engine.data.rows import Row as Example
from engine.data.versions import Version
from engine.journey import by_step
from tui.keys import Key
from tui.screens.data_row import RowScreen
from tui.screens.drill import OPEN, Drill
from tui.widgets.card import card_rows
from tui.widgets.painted import Row, row

_PLACE = 24
"""Cells for FILE:LINE; of a longer one the end is shown."""


class FindingScreen(Drill[Member]):
    """The members of a rule, or the rows of a list."""

    OWN: ClassVar[Sequence[Key]] = (OPEN,)
    ABOUT = (
        "Each line is one place: file and line, and what was found there. Enter shows the row itself. A record that "
        "was left out is not in the data: it stands in its file, at the line and the byte that are named."
    )

    def __init__(self, title: str, members: Sequence[Member], version: Version) -> None:
        super().__init__(title, members)
        self._version = version

    def line(self, item: Member) -> Row:
        return row((f"{placed(item.place)} ", "strong"), item.message)

    def detail(self, item: Member) -> list[Row]:
        asked = [row(("row: ", "dim"), asked_in(self._version, item.rows[0]))] if item.rows else []
        return [*found_rows(item), *asked]

    def copied(self, item: Member) -> str:
        return f"{item.place}: {item.message}"

    def opened(self, number: int) -> None:
        def read(at: int) -> list[Row]:
            return member_rows(self.items[at], self._version)

        screen = RowScreen(self.title_text, self.shown, self.shown.index(number), read)
        self.app.push_screen(screen, self.answered(self.move_to))


class RowsScreen(FindingScreen):
    """Rows that have one thing in common, told apart by what is asked in them."""

    def line(self, item: Member) -> Row:
        return row((f"{placed(item.place)} ", "strong"), asked_in(self._version, item.rows[0]))

    def detail(self, item: Member) -> list[Row]:
        return [row(("answer: ", "dim"), self._version.row(item.rows[0]).answer), row((by_step(item.hint), "dim"))]


def asked_in(version: Version, number: int) -> str:
    """What is asked in a row, in one line."""
    return " ".join(" ".join(version.row(number).prompt).split())


def placed(place: str) -> str:
    """FILE:LINE in cells of one width."""
    return f"{place if len(place) <= _PLACE else '…' + place[1 - _PLACE :]:<{_PLACE}}"


def found_rows(member: Member) -> list[Row]:
    """What was found and what to do about it."""
    byte = f", byte {member.byte:,}" if member.byte is not None else ""
    return [
        row((f"{member.place}{byte}: ", "strong"), member.message),
        *([row(("What to do: ", "strong"), by_step(member.hint))] if member.hint else []),
    ]


def member_rows(member: Member, version: Version) -> list[Row]:
    """What was found, then each row in which it was, or the record that was left out, read from its file."""
    rows = found_rows(member)
    for number, example in read_rows(version, member.rows):
        category = example.category(version.manifest["mapping"]["category"])
        rows += [row(""), row((f"row {number + 1:,}", "dim")), *card_rows(example, category, None), *_columns(example)]
    if not member.rows:
        from engine.data.source_text import source_text  # its rules for secrets take time to load

        record, why = source_text(version, member)
        said = row(("It was left out. In its file it reads:", "strong"))
        rows += [row(""), *([said, row(record)] if record is not None else [row((f"It was left out: {why}", "dim"))])]
    return rows


def _columns(example: Example) -> list[Row]:
    """What else the source says about a row."""
    other = [(name, str(value)) for name, value in example.meta.items() if name != "tools"]
    return [row(""), *(row((f"{name}: ", "dim"), value) for name, value in other)] if other else []
