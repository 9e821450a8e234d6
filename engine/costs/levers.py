"""The levers as data: what may be turned, between which bounds, by which notches, from which default and why."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["count", "number", "share", "USD", "choice"]


@dataclass(frozen=True, slots=True)
class Lever:
    name: str
    """As in --set, in scenario files and on the screen."""
    short: str
    """What it is, in at most 26 characters."""
    unit: str
    kind: Kind
    default: float | str
    reason: str
    """Why the default is what it is."""
    low: float = 0.0
    high: float = 1e12
    """Bounds, allowed themselves."""
    step: float = 0.0
    """One notch adds this; 0: notches are 1, 2, 5, 10, ... times a power of ten."""
    spread: tuple[float, float] | None = None
    """Least and greatest in the simulation, as factors of the value (of shares: as shares); None: taken as certain."""
    group: str = ""
    """The heading under which it stands."""


LEVERS: tuple[Lever, ...] = ()
"""Filled below, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """One value for each lever that is a number; every field may as well be a NumPy array of one shape: then what is
    computed from them is too."""

    requests_per_month: float
    static_prompt_tokens: float
    dynamic_prompt_tokens: float
    output_tokens: float
    cache_hit_rate: float
    batch_share: float
    tuned_static_prompt_tokens: float
    rows: float
    tokens_per_row: float
    epochs: float
    cycles: float
    train_price: float
    gpu_hour_price: float
    gpu_tokens_per_s: float
    peak_to_mean: float
    label_minutes: float
    review_share: float
    review_minutes: float
    engineering_hours: float
    label_wage: float
    review_wage: float
    engineering_wage: float
    evaluation_cost: float
    ops_hours_per_month: float
    retrain_every_months: float
    """0: never."""
    horizon_months: float
    value_per_avoided_error: float
    error_rate_drop: float
    baseline_price: float = 1.0
    """Factor on all that the baseline is charged; no lever, but prices fall and rise, so the simulation varies it."""
