"""What both arms are charged, as the cost model takes it; what no source tells is named, never taken for nothing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.costing import speeds
from engine.costing.gpus import gpus_holding, gpus_of_replica
from engine.costing.picked import Picked, Settings
from engine.costing.prices import Price, prices
from engine.costing.validation import validation_share
from engine.costs.capacity import MOST_GPUS
from engine.costs.levers import Numbers
from engine.costs.terms import LongPrompt, Rates, Terms
from engine.providers.entries import Catalogue, PricedModel
from engine.providers.figures import Ends, Figure, NotFound, Unit

_UNIT: Unit = "USD per 1M tokens"


@dataclass(frozen=True, slots=True)
class Charged:
    terms: Terms
    prices: tuple[Price, ...]
    """Those that enter."""
    serving: speeds.Served | None
    """What a replica does; None: nothing is known of its GPU, or none is paid."""


def charged(
    settings: Settings, numbers: Numbers, precision: str, picked: Picked, catalogue: Catalogue, today: date
) -> Charged:
    """`precision`: serving_quantisation."""
    there, tuned, ends = picked.destination, picked.tuned, served_until(picked)
    by_hour = there.serving.way in ("per hour", "own GPU")
    by_token = tuned.train is not None or "train_price" in settings
    gpus = gpus_of_replica(there, picked.gpu, tuned, precision)
    served = _serving(precision, picked, gpus, catalogue) if by_hour else None
    terms = Terms(
        baseline=_baseline(picked.baseline),
        tuned=_tuned(picked),
        trains_by_hour=not by_token,
        minimum_fee=_amount(tuned.minimum_fee, "USD"),
        validation_share=0.0 if not by_token else validation_share(there),
        serves_by_hour=by_hour,
        gpus_per_replica=gpus,
        capacity=served.capacity if served else None,
        storage_per_month=_amount(there.serving.storage, "USD per month"),
        ends_in_months=ends.months_left(today) if ends else math.inf,
    )
    replaced = {"train_price": "train", "gpu_hour_price": "per_hour"}
    own = {field for lever, field in replaced.items() if lever in settings}
    unused = own if by_hour or not by_token else own | {"per_hour"}
    return Charged(terms, tuple(price for price in prices(picked, numbers) if price.field not in unused), served)


def served_until(picked: Picked) -> Ends | None:
    """The day on which the tuned model is shut down: its own, for a place may stop training days before it."""
    return picked.tuned.ends or picked.destination.ends


def _amount(figure: Figure | NotFound | None, unit: Unit) -> float:
    return figure.amount(unit) if isinstance(figure, Figure) else 0.0


def _baseline(model: PricedModel) -> Rates:
    return Rates(
        input=model.input.amount(_UNIT),
        cached_input=(model.cached_input or model.input).amount(_UNIT),
        output=model.output.amount(_UNIT),
        batch_discount=_amount(model.batch_discount, "share"),
        long_prompts=tuple(
            LongPrompt(
                above=tier.above.amount("tokens"),
                input=tier.input.amount(_UNIT),
                cached_input=(tier.cached_input or tier.input).amount(_UNIT),
                output=tier.output.amount(_UNIT),
            )
            for tier in model.tiers
        ),
    )


def _tuned(picked: Picked) -> Rates:
    """All 0 where no token is charged; what was not found is 0 here too, and named by `missing`."""
    tuned, serving = picked.tuned, picked.destination.serving
    entry = _amount(tuned.input, _UNIT)
    return Rates(
        input=entry,
        cached_input=tuned.cached_input.amount(_UNIT) if tuned.cached_input else entry,
        output=_amount(tuned.output, _UNIT),
        batch_discount=_amount(serving.batch_discount, "share"),
    )


def _serving(precision: str, picked: Picked, gpus: int, catalogue: Catalogue) -> speeds.Served | None:
    if picked.gpu is None or picked.tuned.parameters is None:
        return None
    size = picked.tuned.parameters.amount("billion parameters")
    return speeds.serving(size, precision, picked.gpu, gpus, catalogue)


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure without which nothing can be said."""

    name: str
    """The lever; or, where none stands for it, what `tunewright providers price` takes: "bedrock/nova-lite input"."""
    said: str
    hint: str


def missing(picked: Picked, precision: str, not_found: Sequence[str]) -> tuple[Missing, ...]:
    """`not_found`: levers whose value no source gives; `precision`: serving_quantisation."""
    there, tuned = picked.destination, picked.tuned
    found = [
        Missing(lever, f"{lever} was not found for {tuned.name} at {there.name} as of {there.checked_on}",
                f"say what you pay: --set {lever}=...")
        for lever in not_found
    ]  # fmt: skip
    if there.serving.way == "none":
        said = f"a model tuned at {there.name} cannot be served"
        found.append(Missing("serving", said, "choose another destination"))
    elif picked.gpu and gpus_holding(picked.gpu, tuned, precision) is None:
        said = f"{tuned.name} in {precision} does not fit on {MOST_GPUS} x {picked.gpu.name}"
        found.append(Missing("serving", said, "set serving_quantisation to fewer bits, or take another model or GPU"))
    elif there.serving.way != "own GPU":
        found += [_price(picked, field) for field in ("input", "output") if _is_missing(picked, field)]
    return tuple(found)


def _is_missing(picked: Picked, field: str) -> bool:
    """None is a price only where the hours are paid instead."""
    figure = getattr(picked.tuned, field)
    return isinstance(figure, NotFound) or (figure is None and picked.destination.serving.way == "per token")


def _price(picked: Picked, field: str) -> Missing:
    there, tuned = picked.destination, picked.tuned
    name = f"{there.id}/{tuned.model} {field}"
    said = f"what {there.name} asks for {field} of a tuned {tuned.name} was not found as of {there.checked_on}"
    return Missing(name, said, f"say what you pay: tunewright providers price {name} USD-PER-1M")
