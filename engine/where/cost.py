"""What a destination costs before any lever is turned: one training, and what the hours of a month come to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.costing.gpus import gpus_of_replica
from engine.costing.speeds import training as trained_per_s
from engine.costing.validation import validation_share
from engine.costs.levers import by_name
from engine.costs.money import usd
from engine.costs.terms import HOURS_PER_MONTH
from engine.providers import catalogue as shelf
from engine.providers.entries import Catalogue, Destination, Tunable
from engine.providers.figures import Figure
from engine.providers.telling import amount, origin, told
from engine.where.constraints import Constraints
from engine.where.models import meant, of_size, offered, size_b

_USUAL = by_name("tuned_model").default
"""The model that the cost levers begin with."""
_WEIGHTS = str(by_name("serving_quantisation").default)


@dataclass(frozen=True, slots=True)
class Training:
    """What one training costs: of the cheapest model of the size wanted; with no size wanted, of the usual one where it
    is offered."""

    usd: float
    most: float
    """The same; or the greatest, where the source gives a range."""
    how: str
    """The reckoning, with its sources."""


def training(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Training | None:
    """Tokens x epochs x price, and no less than the minimum fee; or the hours of a GPU; None where tokens, prices or
    speeds are not known."""
    if wanted.train_tokens is None:
        return None
    models = offered(catalogue, one, wanted.method, today)
    sized = of_size(models, wanted.model_size_b) or models
    usual = () if wanted.model_size_b else tuple(model for model in sized if model.model == _USUAL)
    costs = [cost for model in usual or sized for cost in _costs(catalogue, one, model, wanted, today)]
    return min(costs, key=lambda cost: cost.usd, default=None)


def _costs(
    catalogue: Catalogue, one: Destination, model: Tunable, wanted: Constraints, today: date
) -> Iterator[Training]:
    """The cost with one model; nothing where it cannot be known."""
    tokens = (wanted.train_tokens or 0.0) * wanted.epochs
    said = f"{wanted.train_tokens or 0:,.0f} tokens (estimated) x {wanted.epochs:g} epochs of {model.name}"
    if isinstance(model.train, Figure):
        held = tokens * validation_share(one)
        extra = f" and {held:,.0f} of validation (an evaluation an epoch of a split 80/10/10)" if held else ""
        yield _per_token(model, model.train, tokens + held, f"{said}{extra}", today)
    elif one.kind == "rented GPU" and one.serving.gpu and one.serving.per_hour:
        yield from _per_hour(catalogue, one, model, wanted, tokens, said)


def _per_token(model: Tunable, price: Figure, tokens: float, said: str, today: date) -> Training:
    least = model.minimum_fee.amount("USD") if model.minimum_fee else 0.0
    usd = tokens / 1e6 * price.amount("USD per 1M tokens")
    most = tokens / 1e6 * (price.high or price.value)
    fee = f", {amount(model.minimum_fee)} at least" if model.minimum_fee else ""
    how = f"{said}, {told(price)}{fee}; {origin(price.source, today)}"
    return Training(max(least, usd), max(least, most), how)


def _per_hour(
    catalogue: Catalogue, one: Destination, model: Tunable, wanted: Constraints, tokens: float, said: str
) -> Iterator[Training]:
    """The hours of one GPU: several train as much faster as they cost more."""
    size, price = size_b(model), one.serving.per_hour
    if size is None or price is None or one.serving.gpu is None:
        return
    method = wanted.method or wanted.plan_method or "LoRA"
    speed = trained_per_s(size, shelf.gpu(catalogue, one.serving.gpu), catalogue.throughputs, method)
    hours = tokens / speed.tokens_per_s / 3600
    usd = hours * price.amount("USD per hour")
    how = (
        f"{said}, {hours:,.2g} hours of one GPU at {speed.tokens_per_s:,.0f} tokens/s ({speed.origin}: {speed.reason})"
    )
    yield Training(usd, usd, f"{how}, {told(price)}; setting up comes on top")


def by_the_hour(one: Destination) -> bool:
    """Whether money runs while nobody asks: dedicated endpoints and rented GPUs."""
    return one.serving.way == "per hour" or one.kind == "rented GPU"


@dataclass(frozen=True, slots=True)
class Burn:
    """What the least that is billed by the hour comes to, on all the time."""

    usd: float
    """A month."""
    most: float
    """The same; or the greatest, where the source gives a range."""
    gpus: int
    """That one replica takes."""
    of: str
    """In words: "4 x H100 SXM with Llama 3.3 70B Instruct"; empty: a replica has one price, whatever it serves."""


def burn(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Burn | None:
    """Of one replica of the model that is meant, in the weights that the cost levers begin with; None: nothing is
    billed by the hour, or no source tells how much."""
    if not by_the_hour(one) or one.serving.per_hour is None:
        return None
    price, model = one.serving.per_hour, meant(catalogue, one, wanted, today)
    gpu = shelf.gpu(catalogue, one.serving.gpu) if one.serving.gpu else None
    gpus = gpus_of_replica(one, gpu, model, _WEIGHTS) if model else one.serving.gpus_minimum
    hours = gpus * HOURS_PER_MONTH
    usd, most = price.amount("USD per hour") * hours, max(price.value, price.high or 0.0) * hours
    with_model = f" with {model.name}" if model and model.parameters else ""
    return Burn(usd, most, gpus, f"{gpus} x {gpu.name}{with_model}" if gpu else "")


def hourly(found: Burn | None) -> str:
    """The burn as a warning."""
    if found is None:
        return "billed by the hour, used or not; no source tells how much"
    most = f" to {usd(found.most)}" if found.most > found.usd else ""
    of = f" for {found.of}" if found.of else ""
    return f"billed by the hour, used or not: {usd(found.usd)}{most} a month{of}"
