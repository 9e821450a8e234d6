"""The rail: nine steps and how each stands, one row at the top, or a column where there is room."""

from collections.abc import Sequence

from engine.journey import StepStatus
from tui.widgets.painted import Painted, Row, row

MARKS = {"passed": "✓", "waived": "~", "failed": "!", "stale": "*", "not checked": " "}
"""One glyph a state, so that meaning never hangs on colour."""
ROLES = {"passed": "good", "waived": "warn", "failed": "bad", "stale": "warn", "not checked": ""}
LEGEND = row(("The rail: ", "strong"), "✓ passed  ~ waived  ! failed  * stale: something below it has changed  > next")
WIDE = 110
"""Columns from which the rail is a column of its own."""
_NARROW = 77
"""Columns below which the nine names do not fit in one row."""


class Rail(Painted):
    """show_steps(statuses, current key)"""

    DEFAULT_CSS = """
    Rail { height: 1; dock: top; }
    Rail.-wide { height: 1fr; width: 22; dock: left; padding: 0 1 0 0; }
    """

    def show_steps(self, statuses: Sequence[StepStatus], current: str) -> None:
        width = self.app.size.width
        self.set_class(width >= WIDE, "-wide")
        one_row = marks if width < _NARROW else strip
        self.show(column(statuses, current) if width >= WIDE else [one_row(statuses, current)])


def strip(statuses: Sequence[StepStatus], current: str) -> Row:
    """Nine names in 76 cells: `1Decide✓ 2Data✓ ...`; the step shown is reversed, the next open one has a `>`."""
    waiting = next((one.step.key for one in statuses if one.open), None)
    parts: list[tuple[str, str]] = []
    for number, status in enumerate(statuses, start=1):
        mark = MARKS[status.state]
        if status.step.key == waiting and mark == " ":
            mark = ">"
        name = f"{number}{status.step.key.title()}{mark}"
        parts += [(name, "mark" if status.step.key == current else ROLES[status.state]), (" ", "")]
    return tuple(parts)


def marks(statuses: Sequence[StepStatus], current: str) -> Row:
    """The step shown by name, and a mark for each of the nine: `4Where  ✓~✓......`."""
    number, here = next((n, one) for n, one in enumerate(statuses, start=1) if one.step.key == current)
    name = f"{number}{here.step.key.title()}{MARKS[here.state]}"
    return row(
        (name, "mark"), " ", "".join("." if one.state == "not checked" else MARKS[one.state] for one in statuses)
    )


def column(statuses: Sequence[StepStatus], current: str) -> list[Row]:
    """A row a step, with its state in words."""
    rows = [row(("Tunewright", "strong")), row("")]
    for number, status in enumerate(statuses, start=1):
        mark, state = MARKS[status.state], status.state
        name = f"{number} {status.step.key.title():<9} {mark}"
        rows.append(row((name, "mark" if status.step.key == current else ROLES[state])))
        rows.append(row((f"  {'open' if state == 'not checked' else state}", "dim")))
    return rows
