"""Destinations against the project's constraints: which fit, and of each that does not every reason."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from engine.costs.money import usd
from engine.providers import catalogue as shelf
from engine.providers.entries import Catalogue, Destination
from engine.providers.figures import Ends, Figure, Said
from engine.providers.telling import said
from engine.where.columns import COLUMNS, columns
from engine.where.constraints import Constraints, constrain, constraints
from engine.where.cost import burn, by_the_hour, hourly, training
from engine.where.models import of_size, offered, offers, size_b

__all__ = ["COLUMNS", "Candidate", "Constraints", "candidate", "candidates", "constrain", "constraints"]

_GB_A_BILLION: Final = {"full": 8.0, "qlora": 0.6}
"""GB of GPU memory a billion parameters, of weights and what is trained: bfloat16 weights (2), for full their gradients
and two Adam moments as well (as engine.plan.estimate), for QLoRA 4-bit weights with their scales."""
_LORA_GB, _ROOM = 2.0, 1.2
"""The same for LoRA, and a fifth on top for adapter and activations."""
_ORDER = ("this machine", "service", "rented GPU")


@dataclass(frozen=True, slots=True)
class Candidate:
    """One row of the comparison."""

    destination: Destination
    why_not: tuple[str, ...]
    """Every reason why it does not fit; empty: it fits."""
    refused: tuple[str, ...]
    """Those of them for which it cannot be chosen at all: closed, ended, not servable, data may not leave."""
    warnings: tuple[str, ...]
    """Before money is spent: ends within the horizon, billed by the hour with its monthly burn, preview, one source."""
    columns: Mapping[str, str]
    """The table, COLUMNS in order: name -> text; what no source tells is "not found as of DATE"; signs are explained by
    engine.providers.telling.LEGEND."""

    @property
    def fits(self) -> bool:
        return not self.why_not


def candidates(catalogue: Catalogue, wanted: Constraints, today: date) -> tuple[Candidate, ...]:
    """Every destination: those that fit first, in each part this machine, services, rented GPUs, closed ones last.

    Rented GPUs stand by card, the cheapest card first, and of one card the cheapest seller first.
    """
    found = [_judged(catalogue, one, wanted, today) for one in catalogue.destinations]
    cheapest: dict[str | None, float] = {}
    for there in catalogue.destinations:
        cheapest[there.serving.gpu] = min(_rent(there), cheapest.get(there.serving.gpu, math.inf))

    def place(one: Candidate) -> tuple[bool, bool, int, float, str, float]:
        card = one.destination.serving.gpu
        order = (cheapest[card], card or "", _rent(one.destination))
        order = order if one.destination.kind == "rented GPU" else (0.0, "", 0.0)
        return (not one.fits, one.destination.status == "closed", _kind(one), *order)

    return tuple(sorted(found, key=place))


def _rent(one: Destination) -> float:
    """USD per hour of one GPU, to sort by; those without a price last."""
    return one.serving.per_hour.amount("USD per hour") if one.serving.per_hour else math.inf


def candidate(catalogue: Catalogue, destination_id: str, wanted: Constraints, today: date) -> Candidate:
    """One of them. Raises UsageError, naming the nearest, for an unknown id."""
    return _judged(catalogue, shelf.destination(catalogue, destination_id), wanted, today)


def _kind(one: Candidate) -> int:
    return _ORDER.index(one.destination.kind)


def _judged(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Candidate:
    refused = tuple(_refusals(one, wanted, today))
    outside = () if one.status == "closed" else tuple(_misfits(catalogue, one, wanted, today))
    warnings = () if one.status == "closed" else tuple(_warnings(catalogue, one, wanted, today))
    return Candidate(one, (*refused, *outside), refused, warnings, columns(catalogue, one, wanted, today))


def _refusals(one: Destination, wanted: Constraints, today: date) -> Iterator[str]:
    """Why it cannot be chosen at all."""
    if one.status == "closed":
        yield f"closed: {one.status_about.text} (as of {one.status_about.source.as_of})"
        return
    end = ends(one)
    if end and end.on <= today:
        yield f"ended on {end.on}{_note(end)}"
    if one.serving.way == "none":
        yield f"what is tuned there cannot be served: {said(one.serving.about)}"
    if wanted.privacy == "here" and one.data_leaves:
        whose = "as Decide has it" if "privacy" in wanted.answered else "as [where] has it"
        yield f"the data may not leave this machine, {whose}"


def _misfits(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Iterator[str]:
    """Why the project would have to change its mind first."""
    if one.status == "existing customers":
        yield f"existing customers only: {one.status_about.text} (as of {one.status_about.source.as_of})"
    if wanted.privacy == "zero-retention" and one.data_leaves and not keeps_nothing(one):
        yield f"zero retention: {said(one.zero_retention)}"
    if wanted.region and one.data_leaves and wanted.region not in one.regions:
        offered = ", ".join(one.regions) or said(one.region)
        yield f"region {wanted.region} is not offered: {offered}"
    yield from _rows(one, wanted)
    yield from _models(catalogue, one, wanted, today)
    yield from _over_budget(catalogue, one, wanted, today)


def keeps_nothing(one: Destination) -> bool:
    """Whether a source says a plain yes to zero retention of rows for tuning."""
    return isinstance(one.zero_retention, Said) and one.zero_retention.text.lower().startswith("yes")


def _rows(one: Destination, wanted: Constraints) -> Iterator[str]:
    least, most = one.rows_minimum, one.rows_maximum
    if wanted.rows is None:
        return
    if isinstance(least, Figure) and wanted.rows < least.amount("rows"):
        yield f"takes {least.value:,.0f} rows or more, and the project has {wanted.rows:,}"
    if isinstance(most, Figure) and wanted.rows > most.amount("rows"):
        yield f"takes {most.value:,.0f} rows at most, and the project has {wanted.rows:,}"


def _models(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Iterator[str]:
    """Method and model size: both must be offered, and by the same model."""
    if wanted.method and not offers(one.methods, wanted.method):
        yield f"method {wanted.method} is not offered: {', '.join(one.methods) or 'none known'}"
        return
    models = offered(catalogue, one, wanted.method, today)
    if wanted.model_size_b and not of_size(models, wanted.model_size_b):
        sizes = sorted({size for size in (size_b(model) for model in models) if size is not None})
        known = f"{', '.join(f'{size:g}B' for size in sizes)}" if sizes else "no size is published"
        by = f" by {wanted.method}" if wanted.method else ""
        yield f"no model of about {wanted.model_size_b:g}B is tuned there{by}: {known}"
    yield from _memory(catalogue, one, wanted)


def _memory(catalogue: Catalogue, one: Destination, wanted: Constraints) -> Iterator[str]:
    """Of rented GPUs: whether one holds a model of that size, by a rule of thumb."""
    if one.kind != "rented GPU" or one.serving.gpu is None or not wanted.model_size_b:
        return
    gpus, method = one.serving.gpus_minimum, wanted.method or "LoRA"
    there = shelf.gpu(catalogue, one.serving.gpu).memory.amount("GB") * gpus
    needed = wanted.model_size_b * _GB_A_BILLION.get(method.casefold(), _LORA_GB) * _ROOM
    if needed > there:
        size = f"{wanted.model_size_b:g}B by {method}"
        yield f"{size} takes about {needed:,.0f} GB of GPU memory (estimated), and {there:,.0f} GB are rented"


def _over_budget(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Iterator[str]:
    cost = training(catalogue, one, wanted, today)
    if wanted.budget is not None and cost is not None and cost.usd > wanted.budget:
        yield f"a training costs about {usd(cost.usd)}, over the budget of {usd(wanted.budget)}"
    month = burn(catalogue, one, wanted, today)
    if wanted.budget_month is not None and month is not None and month.usd > wanted.budget_month:
        yield f"{usd(month.usd)} a month when left on, over the {usd(wanted.budget_month)} for serving"


def ends(one: Destination) -> Ends | None:
    """When it is over: its own end, or that of the last of its models where all have one."""
    model_ends = [model.ends for model in one.models]
    known = [end for end in model_ends if end is not None]
    last = max(known, key=lambda end: end.on) if known and len(known) == len(model_ends) else None
    both = [end for end in (one.ends, last) if end is not None]
    return min(both, key=lambda end: end.on, default=None)


def _note(end: Ends) -> str:
    return f": {end.note}" if end.note else ""


def _warnings(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Iterator[str]:
    """What is to be known before money is spent."""
    yield from before_money(catalogue, one, wanted, today)
    if not ends_soon(one, wanted, today):
        yield from _ending_models(catalogue, one, wanted, today)
    if one.status == "preview":
        yield f"preview: {one.status_about.text}"
    yield from _near_budget(catalogue, one, wanted, today)


def _near_budget(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Iterator[str]:
    """Where a training may cost more than the budget, or nobody can say."""
    if wanted.budget is None or not wanted.rows or not one.data_leaves:
        return
    cost = training(catalogue, one, wanted, today)
    if cost is None:
        yield f"the budget of {usd(wanted.budget)} cannot be held against it: no source tells what training costs"
    elif cost.usd <= wanted.budget < cost.most:
        yield f"a training costs {usd(cost.usd)} to {usd(cost.most)}, and the budget is {usd(wanted.budget)}"


def before_money(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Iterator[str]:
    """What a person has to confirm by typing: an end within the horizon, hours that are billed used or not."""
    end = ends_soon(one, wanted, today)
    if end:
        yield f"ends on {end.on}, in {end.months_left(today):.1f} of {wanted.horizon_months:g} months{_note(end)}"
    if by_the_hour(one):
        yield hourly(burn(catalogue, one, wanted, today))


def ends_soon(one: Destination, wanted: Constraints, today: date) -> Ends | None:
    """Its end, where that is to come before the horizon is over."""
    end = ends(one)
    return end if end and end.on > today and end.months_left(today) < wanted.horizon_months else None


def _ending_models(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Iterator[str]:
    for model in offered(catalogue, one, wanted.method, today):
        if model.ends and model.ends.months_left(today) < wanted.horizon_months:
            yield f"{model.name} ends on {model.ends.on}{_note(model.ends)}"
