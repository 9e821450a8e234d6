"""A lever as a row, and all that is known of it as text."""

from engine.costing import Case, Value
from engine.costing.values import said
from engine.costs.levers import Lever, bounds
from engine.providers.telling import origin
from tui.widgets.painted import Row, row

MARKS = {"measured": "m", "estimated": "e", "quoted": "q", "yours": "y", "default": "d", "not found": "?"}
LEGEND = "y yours q quoted e estimated m measured d default"
SIGNS = "? not found, ~ one source only, ! over 60 days old"
_MARKED = 3
"""Cells at the end of the row: a space, the mark, a sign."""


def lever_row(case: Case, lever: Lever, width: int) -> Row:
    """What it is, its value at a fixed column, and by one letter where that comes from."""
    value = case.values[lever.name]
    room = max(8, width - _MARKED - 1)
    most = max(6, room - 1 - min(len(lever.short), room // 2))
    amount = said(lever, value)
    amount = amount if len(amount) <= most else f"{amount[: most - 1]}…"
    name = lever.short[: room - len(amount) - 1]
    sign = _sign(case, value)
    role = "warn" if sign.strip() or not value.found else "strong" if value.origin == "yours" else "dim"
    return row(f" {name:<{room - len(amount)}}{amount} ", (f"{MARKS[value.origin]}{sign}", role))


def _sign(case: Case, value: Value) -> str:
    if value.source is None:
        return " "
    if value.source.is_stale(case.today):
        return "!"
    return "~" if value.source.confidence == "single source" else " "


def lever_text(case: Case, lever: Lever, without: Value | None) -> list[Row]:
    """What it is and stands at, where that comes from and how old it is, and what it may be; `without`: what it would
    be if it were not set."""
    value = case.values[lever.name]
    if value.found:
        head = row((lever.short, "strong"), f": {said(lever, value)}{_unit(lever)} · ", (value.origin, "strong"))
    else:
        head = row((lever.short, "strong"), ": ", (value.reason, "warn"), " (Enter)")
    other = f"; else {said(lever, without)}, {without.origin}: {without.reason}" if without else ""
    rows = [head]
    if value.found and not (value.source and value.source.text.startswith(value.reason)):
        rows.append(row(f"{value.reason}{other}"))
    if value.source is not None:
        stale = value.source.is_stale(case.today)
        rows.append(row(("source: ", "dim"), (origin(value.source, case.today), "warn" if stale else "")))
    turns = "left and right turn it, Enter lists what is possible" if lever.kind == "choice" else bounds(lever)
    return [*rows, row((f"{turns} · --set {lever.name}=", "dim"))]


def _unit(lever: Lever) -> str:
    """Behind its amount, which has the dollar and the per cent already."""
    if lever.kind == "share":
        return ""
    unit = lever.unit.removeprefix("$")
    return unit if unit.startswith("/") else f" {unit}".rstrip()
