"""The results: each figure as a row at fixed columns, with what it is made of as text."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from engine.costing import Case, Change, Found
from engine.costing.charged import Missing
from engine.costs.break_even import Crossing
from engine.costs.money import usd
from engine.costs.monte_carlo import DRAWS, MonteCarlo
from tui.widgets.painted import Row, row

_LONGEST_PAYBACK = 1e6
"""Months; beyond, the saving is one of rounding."""
LACKS = "lacks "
"""Before the name of what was not found: a lever's, or a price's."""
NEVER = "never"
WAITING = "..."
"""In the place of a figure that is being reckoned: an old one is never shown as the present one."""
_LABEL = 11
_VALUE = 11
_SHORTER = ((" needed", ""), (" points", " pts"), (" months", " mo"), ("requests/month", "a month"))
"""Words that go first where there is no room for them."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One figure."""

    name: str
    """As engine.costing.changes names it; p10, p50, p90, gain of the simulation."""
    label: str
    value: str
    unit: str
    """In a few words, in the place where else stands what has changed."""
    about: tuple[str, ...]
    """What it is and what it is made of."""
    role: str = ""

    @property
    def copied(self) -> str:
        return " ".join(f"{self.label.strip()}: {self.value} {self.unit}".split())


def figure_row(one: Shown, change: Change | None, width: int) -> Row:
    """Label, value, then what the last turn did to it, or the unit."""
    taken = max(_VALUE, len(one.value)) if one.value else 0
    label = min(_LABEL, max(0, width - taken))
    said = _fitted(change.said if change else one.unit, width - label - taken - 1)
    role = "dim" if change is None else "" if change.better is None else "good" if change.better else "bad"
    return row(f"{one.label[:label]:<{label}}", (f"{one.value:>{taken}}", one.role), (f" {said}", role))


def _fitted(text: str, room: int) -> str:
    for long, short in _SHORTER:
        if len(text) > room:
            text = text.replace(long, short)
    return text if len(text) <= room else f"{text[: max(0, room - 1)]}…"


def figures(case: Case, found: Found | None) -> list[Shown]:
    """All of them, in the order of a decision: what it takes, what it saves, when, and how sure that is."""
    if found is None:
        return [_unknown(case), *(_lacking(one) for one in case.lacks)]
    return [*_spent(case, found), *_break_even(found), *_gained(case, found), *_risk(found.monte_carlo)]


def _unknown(case: Case) -> Shown:
    many = "a figure is" if len(case.lacks) == 1 else f"{len(case.lacks)} figures are"
    about = f"Nothing can be said while {many} not found: tab goes there, Enter types yours."
    return Shown("net", "net", "not known", "", (about,), "warn")


def _lacking(one: Missing) -> Shown:
    return Shown(f"{LACKS}{one.name}", "not found", one.name, "", (f"{one.said}.", f"{one.hint}."), "warn")


def _spent(case: Case, found: Found) -> Iterator[Shown]:
    told = found.outcome
    parts = ("training", "labelling", "review", "engineering", "evaluation")
    made = " + ".join(f"{name} {usd(getattr(told, name))}" for name in parts)
    people = share((told.upfront - told.training) / told.upfront) if told.upfront else "0%"
    yield Shown(
        "upfront",
        "upfront",
        usd(told.upfront),
        "once",
        (f"Upfront = {made}.", f"All but training: {people} of it."),
    )
    tokens = "What is charged by the token for one request; a replica that is paid by the hour counts by the month."
    whole = f"With its share of what is fixed: {usd(told.monthly_tuned / case.numbers.requests_per_month)}."
    yield Shown("per_request_tuned", "a request", usd(told.per_request_tuned), "tuned, by the token", (tokens, whole))
    replaced = case.baseline.name
    cached = "Writing into the cache is charged as input."
    yield Shown(
        "per_request_baseline", "", usd(told.per_request_baseline), "as now", (f"{replaced}, prompted.", cached)
    )
    yield Shown("monthly_tuned", "a month", usd(told.monthly_tuned), "tuned", tuple(_monthly(case, found)))
    requests = f"{count(case.numbers.requests_per_month)} requests to {replaced}."
    saving = f"Saved a month: {usd(told.monthly_saving)}."
    yield Shown("monthly_baseline", "", usd(told.monthly_baseline), "as now", (requests, saving))


def _monthly(case: Case, found: Found) -> Iterator[str]:
    told = found.outcome
    yield (
        f"By the token {usd(told.monthly_tuned - told.fixed_monthly)} + fixed {usd(told.fixed_monthly)}: storage, "
        "looking after it, replicas."
    )
    if told.replicas:
        busy = f", busy {share(told.utilisation)} of the time" if told.utilisation else ""
        many = "1 whole replica" if told.replicas == 1 else f"{told.replicas:,.0f} whole replicas"
        yield f"{many}{busy}, paid by the hour whether requests come or not."


def _break_even(found: Found) -> Iterator[Shown]:
    crossings = found.crossings
    about = tuple(_crossed(one) for one in crossings) or (_never_crossed(found),)
    value = count(found.break_even) if found.break_even else "from 1 on" if crossings else "any volume"
    unit = "requests/month" if found.break_even and math.isfinite(found.break_even) else ""
    yield Shown("break_even", "break-even", value, unit, about)
    if gaps := ", ".join(_gaps(crossings)):
        yield Shown("crossings", "  but not", "", gaps, about)


def _crossed(one: Crossing) -> str:
    served = f" with {one.replicas} replica{'s' if one.replicas > 1 else ''}" if one.replicas else ""
    means = "from here on tuning pays" if one.way == "pays" else "a replica more: tuning is dearer again"
    return f"{count(one.requests)} requests a month{served}: {means}."


def _never_crossed(found: Found) -> str:
    if not found.break_even:
        return "The tuned model is the cheaper one at any volume."
    return "The two arms never cost the same: this cannot pay back on cost, at any volume."


def _gaps(crossings: tuple[Crossing, ...]) -> Iterator[str]:
    """Volumes beyond the break-even at which it does not pay: 39.8M-58.1M, from 79.6M on."""
    later = crossings[1:] if crossings and crossings[0].way == "pays" else crossings
    for stops, pays in zip_longest(later[::2], later[1::2]):
        yield f"{_short(stops.requests)}-{_short(pays.requests)}" if pays else f"from {_short(stops.requests)} on"


def _short(volume: float) -> str:
    return f"{volume / 1e6:.3g}M" if volume >= 1e6 else f"{volume / 1e3:.3g}k" if volume >= 1e3 else f"{volume:.0f}"


def _gained(case: Case, found: Found) -> Iterator[Shown]:
    told = found.outcome
    yield _payback(found)
    cut = told.horizon < case.numbers.horizon_months
    horizon = f"Within {told.horizon:,.3g} months{', then its base model is shut down' if cut else ''}."
    again = _trained_again(told.retrains, told.retrain_cost)
    role = "good" if told.net > 0 else "bad"
    yield Shown("net", f"net, {told.horizon:.3g} mo", usd(told.net), "cut short" if cut else "", (horizon, again), role)
    if told.value_per_request:
        apart = "Not cash: the worth of the errors that tuning avoids, as you set it."
        yield Shown("net_with_value", "  + worth", usd(told.net_with_value), "errors avoided", (apart,))
    roi = share(told.roi) if math.isfinite(told.roi) else "endless"
    yield Shown("roi", "return", roi, "of what is put in", ("Net over all that is put in: upfront and retraining.",))


def _payback(found: Found) -> Shown:
    told = found.outcome
    if told.payback_months > _LONGEST_PAYBACK:
        no = "Month by month it costs more than now: it cannot pay back on cost."
        return Shown("payback", "payback", NEVER, "no saving", (no,))
    paid = f"Upfront {usd(told.upfront)} over a saving of {usd(told.monthly_saving)} a month."
    late = told.payback_months > told.horizon
    about = (paid, f"That is later than the {told.horizon:.3g} months that count.") if late else (paid,)
    return Shown("payback", "payback", f"{told.payback_months:,.1f}", "months, too late" if late else "months", about)


def _trained_again(times: float, cost: float) -> str:
    if not times:
        return "It is not trained again within that time."
    often = "once" if times == 1 else f"{times:,.0f} times"
    return f"Trained again {often}, at {usd(cost)} each time."


_RISKS = (
    ("p10", "P10", "1 in 10 is worse"),
    ("p50", "P50", "the middle"),
    ("p90", "P90", "1 in 10 is better"),
)


def _risk(risk: MonteCarlo | None) -> Iterator[Shown]:
    draws = (
        f"Of {DRAWS:,} drawn cases, each uncertain lever between its least and greatest: the net within the horizon.",
        "t shows which lever decides, and all draws as a histogram.",
    )
    for name, label, means in _RISKS:
        value = usd(getattr(risk, name)) if risk else WAITING
        yield Shown(name, label, value, means, draws)
    yield Shown("gain", "gain chance", share(risk.p_positive) if risk else WAITING, f"of {DRAWS:,} draws", draws)


def count(value: float) -> str:
    """Requests: 456,883; never where it is infinite."""
    return f"{value:,.0f}" if math.isfinite(value) else NEVER


def share(value: float) -> str:
    """Of a whole: 12.5%, -1,120%."""
    return f"{value:.1%}" if abs(value) < 10 else f"{value:,.0%}"
