"""Which models can be tuned at a destination, and how large they are."""

from datetime import date

from engine.costing.offered import to_tune
from engine.costing.picked import usual_model
from engine.providers.entries import Catalogue, Destination, Tunable
from engine.where.constraints import Constraints

_NEAR = 2.0
"""A model of half to twice the size wanted is of that size: 8B and 14B answer the same wish, 8B and 70B do not."""


def offered(catalogue: Catalogue, one: Destination, method: str | None, today: date) -> tuple[Tunable, ...]:
    """The models that can be tuned there today, by `method` where one is asked for."""
    alive = to_tune(catalogue, one, today)
    return tuple(model for model in alive if not method or offers(model.methods, method))


def offers(methods: tuple[str, ...], method: str) -> bool:
    return method.casefold() in {one.casefold() for one in methods}


def meant(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Tunable | None:
    """The model that serving there is reckoned for: of those of the size wanted the one that costs begin with, which is
    the project's base model where it is offered; None where nothing can be tuned."""
    models = offered(catalogue, one, wanted.method, today)
    sized = {model.model: model for model in of_size(models, wanted.model_size_b) or models}
    return sized[str(usual_model(catalogue, wanted.model, one, sized).value)] if sized else None


def size_b(model: Tunable) -> float | None:
    """Billion parameters; None where they are not published."""
    return model.parameters.amount("billion parameters") if model.parameters else None


def of_size(models: tuple[Tunable, ...], size: float | None) -> tuple[Tunable, ...]:
    """Those of about `size` billion parameters; all of them for None."""
    return models if size is None else tuple(one for one in models if is_near(size_b(one), size))


def is_near(size: float | None, wanted: float) -> bool:
    return size is not None and wanted / _NEAR <= size <= wanted * _NEAR
