"""The prices behind a case, each with who charges it, its source and its age."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.costing.picked import Picked
from engine.costs.levers import Numbers
from engine.providers.entries import Destination, PricedModel, Tunable
from engine.providers.figures import Figure, NotFound


@dataclass(frozen=True, slots=True)
class Price:
    """A figure of the catalogue, or the user's own in its place."""

    id: str
    """As overrides in project.toml name it: a priced model, a destination, or destination/model."""
    field: str
    """As overrides name it: input, cached_input, output, train, per_hour, storage, batch_discount; others of the
    catalogue, which are not overridden, by their own names."""
    name: str
    """What it is, in words."""
    figure: Figure | NotFound


def prices(picked: Picked, numbers: Numbers) -> tuple[Price, ...]:
    """All that enters, also what was sought and not found: of the baseline, of the tuned model, of the place."""
    prompt = numbers.static_prompt_tokens + numbers.dynamic_prompt_tokens
    every = (
        *_baseline(picked.baseline, prompt),
        *_tuned(picked.destination, picked.tuned),
        *_place(picked.destination),
    )
    return tuple(price for price in every if price.field != "batch_discount" or numbers.batch_share)


def _baseline(model: PricedModel, prompt: float) -> Iterator[Price]:
    yield from _all(
        model.id,
        model.name,
        {"input": model.input, "cached_input": model.cached_input, "output": model.output},
    )
    yield from _all(model.id, model.name, {"batch_discount": model.batch_discount})
    for tier in (one for one in model.tiers if prompt > one.above.value):
        over = f"{model.name}, prompts over {tier.above.value:,.0f} tokens"
        tiered = {"input": tier.input, "cached_input": tier.cached_input, "output": tier.output}
        yield from (Price(one.id, f"tier_{one.field}", one.name, one.figure) for one in _all(model.id, over, tiered))


def _tuned(there: Destination, model: Tunable) -> Iterator[Price]:
    charged = {name: getattr(model, name) for name in ("train", "minimum_fee", "input", "cached_input", "output")}
    yield from _all(f"{there.id}/{model.model}", f"tuned {model.name}", charged)


def _place(there: Destination) -> Iterator[Price]:
    serving = there.serving
    charged: dict[str, Figure | NotFound | None] = {
        "per_hour": serving.per_hour,
        "storage": serving.storage,
        "batch_discount": serving.batch_discount,
    }
    yield from _all(there.id, there.name, charged)


_WORDS = {
    "input": "prompt",
    "cached_input": "cached prompt",
    "output": "answer",
    "train": "training",
    "per_hour": "by the hour",
    "storage": "keeping the model",
    "batch_discount": "off what may wait",
    "minimum_fee": "a training job at least",
}


def _all(of: str, name: str, figures: Mapping[str, Figure | NotFound | None]) -> Iterator[Price]:
    for field, figure in figures.items():
        if figure is not None:
            yield Price(of, field, f"{name}: {_WORDS[field]}", figure)
