"""`tunewright cost --curves`: what both arms have cost by each month, drawn and as a table."""

import argparse
import shutil
import sys
from dataclasses import asdict

from engine.commands.output import print_json, show, table
from engine.costing import Case, found
from engine.costing.curves import ahead, arms, where_they_meet
from engine.costs.money import usd
from engine.costs.plot import draw, meetings

_WIDEST, _HIGHEST = 110, 24
"""Of the drawing: on a larger terminal it shows no more."""


def show_curves(args: argparse.Namespace, case: Case) -> None:
    """One case. Raises UsageError while a figure is lacking."""
    result = found(case, simulate=False)
    if args.json:
        met = [asdict(one) for one in meetings(result.months)]
        print_json({"months": [asdict(one) for one in result.months], "meetings": met})
        return
    ascii_only = "utf" not in (sys.stdout.encoding or "").lower()
    room = shutil.get_terminal_size((80, _HIGHEST))
    size = min(room.columns, _WIDEST), min(room.lines, _HIGHEST) - 4
    tuned, now = arms(case)
    show(f"{tuned} (line)   {now} (+)")
    for row in draw(result.months, case.numbers.horizon_months, *size, ascii_only=ascii_only).glyphs:
        show(row.rstrip())
    show(where_they_meet(case, result, ascii_only=ascii_only))
    rows = [(f"{one.month:g}", usd(one.tuned), usd(one.baseline), ahead(one)) for one in result.months]
    print(table(("month", "tuned", "as now", "by then"), rows))
