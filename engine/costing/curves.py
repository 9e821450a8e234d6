"""The two curves in words: what each line is, where they meet or why not, and both costs month by month."""

from engine.canvas import CROSS
from engine.costing.case import Case
from engine.costing.found import Found
from engine.costs.money import usd
from engine.costs.months import Month
from engine.costs.plot import meetings


def arms(case: Case) -> tuple[str, str]:
    """The tuned arm and the baseline."""
    return f"tuned: {case.tuned.name} at {case.destination.name}", f"as now: {case.baseline.name}"


def where_they_meet(case: Case, found: Found, *, ascii_only: bool) -> str:
    """The months in which one overtakes the other, or why none does; and that the base ends, where it does."""
    cut = f"; | its base is shut down in month {case.terms.ends_in_months:.1f}: it ends there"
    return _meeting(found, ascii_only) + (cut if case.terms.ends_in_months < case.numbers.horizon_months else "")


def _meeting(found: Found, ascii_only: bool) -> str:
    where = [f"month {one.month:.1f} ({usd(one.cost)})" for one in meetings(found.months)]
    if where:
        return f"{'x' if ascii_only else CROSS} they meet in {', again in '.join(where)}"
    if found.outcome.monthly_saving <= 0:
        return "they never meet: month by month the tuned model costs no less, so it cannot pay back on cost"
    return f"they do not meet in this time: it would take {found.outcome.payback_months:,.1f} months"


def ahead(month: Month) -> str:
    """What the tuned arm has saved by then, or has not yet earned back."""
    saved = month.baseline - month.tuned
    if not saved:
        return "the same"
    return f"{usd(abs(saved))} {'saved' if saved > 0 else 'not yet earned back'}"
