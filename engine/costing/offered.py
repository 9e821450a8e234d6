"""What can still be chosen on a day: places that are open, models that are not shut down."""

from datetime import date

from engine.errors import UsageError
from engine.providers.catalogue import tunables
from engine.providers.entries import Catalogue, Destination, PricedModel, Tunable


def places(catalogue: Catalogue, today: date) -> tuple[Destination, ...]:
    """The destinations at which something can be tuned."""
    return tuple(one for one in catalogue.destinations if _is_open(one, today) and to_tune(catalogue, one, today))


def to_tune(catalogue: Catalogue, there: Destination, today: date) -> tuple[Tunable, ...]:
    """The models that can be tuned there."""
    return tuple(one for one in tunables(catalogue, there) if not _gone(one, today))


def to_replace(catalogue: Catalogue, today: date) -> tuple[PricedModel, ...]:
    """The models with which tuning is compared."""
    return tuple(one for one in catalogue.models if not _gone(one, today))


def check_place(there: Destination, today: date) -> None:
    """Raises UsageError, with the day, for one that is closed."""
    if not _is_open(there, today):
        since = f" since {there.ends.on}" if there.ends else ""
        raise UsageError(
            f"{there.name} is closed{since}: {there.status_about.text}",
            hint="`tunewright providers` lists those that are open",
        )


def check_tuned(model: Tunable, there: Destination, today: date) -> None:
    """Raises UsageError, with the day, for one that is shut down."""
    if _gone(model, today) and model.ends:
        raise UsageError(
            f"{model.name} at {there.name} was shut down on {model.ends.on}, with what was tuned on it",
            hint="choose another tuned_model, or another destination",
        )


def check_baseline(model: PricedModel, today: date) -> None:
    """Raises UsageError, with the day, for one that is shut down."""
    if _gone(model, today) and model.ends:
        raise UsageError(f"{model.name} was shut down on {model.ends.on}", hint="compare with another")


def _is_open(there: Destination, today: date) -> bool:
    return there.status != "closed" and not _gone(there, today)


def _gone(one: Destination | Tunable | PricedModel, today: date) -> bool:
    return one.ends is not None and one.ends.on <= today
