"""The result in words: whether it pays, from which volume on, and how sure that is."""

import math
from collections.abc import Iterator

from engine.costing.case import Case
from engine.costing.found import Found
from engine.costs.money import usd

_HARDLY = 200_000
"""Requests a month below which cost alone hardly ever pays back, whatever is replaced: the worked examples begin to pay
from 201,000 on, and only against an uncached model of a middle price."""
_PEOPLE = 0.9


def verdict(case: Case, found: Found) -> tuple[str, ...]:
    """Sentences, the answer first."""
    return (*_answer(case, found), *_sure(found), *_beside(case, found))


def _answer(case: Case, found: Found) -> Iterator[str]:
    outcome, volume = found.outcome, case.numbers.requests_per_month
    if outcome.per_request_tuned >= outcome.per_request_baseline:
        yield (
            f"Cannot pay back on cost: a tuned request costs {usd(outcome.per_request_tuned)}, one of "
            f"{case.baseline.name} {usd(outcome.per_request_baseline)}. Quality, speed or privacy must speak for it."
        )
    elif math.isinf(found.break_even):
        yield "Cannot pay back on cost at any volume within this time: what it saves never covers what it takes."
    elif outcome.net > 0:
        yield (
            f"Pays: {usd(outcome.net)} are saved within {outcome.horizon:.4g} months, and it is earned back after "
            f"{outcome.payback_months:,.1f}. {_from(found, volume)}"
        )
    else:
        yield (
            f"Does not pay: {usd(-outcome.net)} are lost within {outcome.horizon:.4g} months. {_from(found, volume)}"
        )


def _from(found: Found, volume: float) -> str:
    if not found.break_even:
        return f"It pays at any volume; there are {volume:,.0f} requests a month."
    share = f", {volume / found.break_even:.1%} of that" if found.break_even > volume else ""
    return f"It pays from {found.break_even:,.0f} requests a month on; there are {volume:,.0f}{share}."


def _sure(found: Found) -> Iterator[str]:
    drawn = found.monte_carlo
    if drawn:
        yield (
            f"Chance of a gain: {drawn.p_positive:.1%} of {drawn.draws:,} draws; eight of ten end between "
            f"{usd(drawn.p10)} and {usd(drawn.p90)}."
        )


def _beside(case: Case, found: Found) -> Iterator[str]:
    outcome = found.outcome
    stops = [one for one in found.crossings if one.way == "stops"]
    if stops:
        yield f"More is not always better: beyond {stops[0].requests:,.0f} requests another replica undoes the gain."
    if outcome.value_per_request:
        yield f"With what avoided errors are worth, which is no cash: {usd(outcome.net_with_value)}."
    people = outcome.upfront - outcome.training
    if outcome.training and people / outcome.upfront >= _PEOPLE:
        share = min(people / outcome.upfront, 0.999)
        yield f"{share:.1%} of what is paid upfront is people's work; training is {usd(outcome.training)}."
    if case.numbers.requests_per_month < _HARDLY and outcome.net <= 0:
        yield f"Below some {_HARDLY:,} requests a month cost alone hardly ever pays for tuning."
