"""What somebody should know before he believes the figures of a case."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.costing.charged import served_until
from engine.costing.offered import to_replace
from engine.costs import model
from engine.costs.money import usd
from engine.machine.record import HERE
from engine.providers.figures import STALE_DAYS, Figure, NotFound
from engine.providers.telling import said

if TYPE_CHECKING:
    from engine.costing.case import Case

Severity = Literal["stop", "warning", "note"]
_OF_REPLICAS = ("peak_to_mean", "serving_quantisation")
_NAMED = 4
"""Prices that one note names; of more it tells the number."""


@dataclass(frozen=True, slots=True)
class Note:
    severity: Severity
    """stop: this cannot be done. warning: money is at risk. note: how a figure came about."""
    text: str


def notes(case: "Case") -> tuple[Note, ...]:
    """All that is to be said of the case, the gravest first."""
    return tuple(
        Note(severity, text)
        for severity, tellers in _TELLERS.items()
        for teller in tellers
        for text in teller(case)
    )  # fmt: skip


def _lacking(case: "Case") -> Iterator[str]:
    yield from (f"{one.said}: {one.hint}" for one in case.lacks)


def _leaves(case: "Case") -> Iterator[str]:
    there = case.destination
    if there.data_leaves and case.facts.data_may_leave is False:
        yield f"the data may not leave this machine (steps Decide, Where), and {there.name} takes it away"


def _status(case: "Case") -> Iterator[str]:
    there = case.destination
    if there.status in ("preview", "existing customers"):
        yield f"{there.name}, {there.status}: {there.status_about.text.rstrip('.')}"


def _ends(case: "Case") -> Iterator[str]:
    months, horizon = case.terms.ends_in_months, case.numbers.horizon_months
    ends = served_until(case.picked)
    if ends and months < horizon:
        why = f" ({ends.note.rstrip('.')})" if ends.note else ""
        yield (
            f"{case.tuned.name} at {case.destination.name} is shut down on {ends.on}, with what is tuned on it{why}: "
            f"the horizon is cut from {horizon:g} to {months:.1f} months"
        )
    ends_too = case.baseline.ends
    if ends_too and ends_too.months_left(case.today) < min(months, horizon):
        yield f"{case.baseline.name} itself is shut down on {ends_too.on}: what follows it has another price"


def _hourly(case: "Case") -> Iterator[str]:
    if not case.terms.serves_by_hour or case.destination.id == HERE or not case.values["gpu_hour_price"].found:
        return
    found = model.outcome(case.numbers, case.terms)
    burn = found.replicas * model.replica_month(case.numbers, case.terms)
    if burn:
        many = f"{found.replicas:,.0f} replica{'s' if found.replicas > 1 else ''}"
        yield f"billed by the hour, used or not: {usd(burn)} a month for {many}"


def _never(case: "Case") -> Iterator[str]:
    if case.lacks:
        return
    found = model.outcome(case.numbers, case.terms)
    if found.per_request_tuned >= found.per_request_baseline:
        yield (
            f"cannot pay back on cost: a tuned request costs {usd(found.per_request_tuned)}, one of "
            f"{case.baseline.name} {usd(found.per_request_baseline)}"
        )


def _here(case: "Case") -> Iterator[str]:
    if case.destination.id != HERE:
        return
    if not case.numbers.gpu_hour_price:
        yield "an hour of this machine is counted as free: set gpu_hour_price to what it costs you"
    if case.gpu is None:
        yield (
            "no GPU of the catalogue is known in this machine (tunewright doctor looks): its training speed is a "
            "default, and one replica is taken to carry all"
        )
        return
    found, have = model.outcome(case.numbers, case.terms), case.facts.gpus or 1
    need = round(found.replicas * case.terms.gpus_per_replica)
    if need > have:
        yield f"over this machine's capacity: {need:,} x {case.gpu.name} are needed, it has {have}"


def _unknown_capacity(case: "Case") -> Iterator[str]:
    if case.terms.serves_by_hour and case.serving is None and case.destination.id != HERE:
        yield "what a replica carries is not known: one is counted, whatever the volume"


def _sources(case: "Case") -> Iterator[str]:
    """What one source alone says, and what is stale."""
    known = [(one.name, one.figure.source) for one in case.prices if isinstance(one.figure, Figure)]
    hour, speed = case.values["gpu_hour_price"], case.values["gpu_tokens_per_s"]
    known += [("gpu_hour_price", hour.source)] if hour.source and hour.origin == "estimated" else []
    known += [("gpu_tokens_per_s", speed.source)] if speed.source and case.terms.trains_by_hour else []
    known += [("what a replica carries", case.serving.source)] if case.serving else []
    single = [name for name, source in known if source.confidence == "single source"]
    if single:
        yield f"one source alone says: {_listed(single)}"
    stale = [f"{name} ({source.age_days(case.today)} days)" for name, source in known if source.is_stale(case.today)]
    if stale:
        yield f"older than {STALE_DAYS} days: {_listed(stale)}"


def _listed(names: list[str]) -> str:
    names = list(dict.fromkeys(names))
    more = len(names) - _NAMED
    return "; ".join(names[:_NAMED]) + (f"; and {more} more" if more > 0 else "")


def _unfound(case: "Case") -> Iterator[str]:
    for one in case.prices:
        if isinstance(one.figure, NotFound) and one.field == "storage":
            yield f"{one.name}: not found as of {one.figure.on}, counted as nothing"


def _damaged(case: "Case") -> Iterator[str]:
    yield from (f"left out of the catalogue: {problem}" for problem in case.catalogue.problems)


def _away(case: "Case") -> Iterator[str]:
    there = case.destination
    if there.data_leaves and case.facts.data_may_leave is not False:
        where, kept = said(there.region).rstrip("."), said(there.retention).rstrip(".")
        yield f"the rows leave this machine for {there.name}; region: {where}; kept: {kept}"


def _carried(case: "Case") -> Iterator[str]:
    if case.serving:
        yield f"what a replica carries is {case.serving.origin}: {case.serving.reason}"
    gpus = case.terms.gpus_per_replica
    if gpus > case.destination.serving.gpus_minimum and case.gpu:
        weights = case.values["serving_quantisation"].value
        yield f"a replica needs {gpus} x {case.gpu.name}: {case.tuned.name} in {weights} does not fit on fewer"


def _cache(case: "Case") -> Iterator[str]:
    if not case.numbers.cache_hit_rate:
        return
    if case.baseline.cached_input is None:
        yield f"{case.baseline.name} has no price for cached input: the cache saves nothing there"
    else:
        yield "writing into the cache is charged as input; some services ask up to twice that"


def _batch(case: "Case") -> Iterator[str]:
    if not case.numbers.batch_share:
        return
    if not case.terms.baseline.batch_discount:
        yield f"{case.baseline.name} has no batch price: batch_share saves nothing there"
    if not case.terms.serves_by_hour and not case.terms.tuned.batch_discount:
        yield f"no batch price for tuned models at {case.destination.name}: batch_share saves nothing there"


def _idle(case: "Case") -> Iterator[str]:
    """Levers that were set and move nothing here."""
    terms = case.terms
    idle = [] if case.serving else list(_OF_REPLICAS)
    idle += [] if terms.trains_by_hour else ["gpu_tokens_per_s"]
    idle += [] if terms.trains_by_hour or terms.serves_by_hour else ["gpu_hour_price"]
    idle += [] if case.numbers.error_rate_drop else ["value_per_avoided_error"]
    idle += [] if case.numbers.value_per_avoided_error else ["error_rate_drop"]
    named = [name for name in idle if name in case.scenario.settings]
    if named:
        yield f"set, but without effect here: {', '.join(named)}"


def _widened(case: "Case") -> Iterator[str]:
    for name, (least, greatest) in case.scenario.ranges.items():
        value = getattr(case.numbers, name)
        if not least <= value <= greatest:
            yield f"{name} is {value:,.10g}, outside its range of {least:,.10g} to {greatest:,.10g}: widened to hold it"


def _same_weights(case: "Case") -> Iterator[str]:
    """What self-hosting must beat is the same model served by others, not a larger one."""
    same = [one for one in to_replace(case.catalogue, case.today) if one.id.startswith(f"{case.tuned.model}-")]
    if case.terms.serves_by_hour and same and case.baseline not in same:
        least = min(same, key=lambda one: one.input.value + one.output.value)
        prices = f"{usd(least.input.value)} in, {usd(least.output.value)} out"
        yield f"{least.name} is served untuned for {prices} per 1M tokens: compare with baseline_model={least.id} too"


def _training(case: "Case") -> Iterator[str]:
    if case.tuned.train is None and not case.terms.trains_by_hour:
        yield "training is reckoned by your train_price; without it by the hours of a GPU"
    if case.terms.validation_share:
        share = f"{case.terms.validation_share:.1%} of the trained tokens on top"
        yield f"{case.destination.name} bills validation rows too: {share}, an evaluation an epoch of a split 80/10/10"
    tokens = model.training_tokens(case.numbers, case.terms)
    if not case.terms.trains_by_hour and tokens / 1e6 * case.numbers.train_price < case.terms.minimum_fee:
        yield f"the minimum fee of a job, {usd(case.terms.minimum_fee)}, is more than its tokens cost"


def _labels(case: "Case") -> Iterator[str]:
    if case.values["rows"].origin == "measured" and "label_minutes" not in case.scenario.settings:
        rows = case.numbers.rows
        yield f"labelling is counted for all {rows:,.0f} rows; where they have their answers: label_minutes=0"


_TELLERS: Mapping[Severity, Sequence[Callable[["Case"], Iterator[str]]]] = {
    "stop": (_lacking, _leaves),
    "warning": (_never, _hourly, _ends, _status, _here, _unknown_capacity, _sources, _unfound, _damaged),
    "note": (_away, _carried, _same_weights, _cache, _batch, _training, _idle, _widened, _labels),
}
