"""What is charged and what a machine can carry, as numbers for the cost model: all that is not a lever."""

from dataclasses import dataclass

HOURS_PER_MONTH = 730
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600


@dataclass(frozen=True, slots=True)
class LongPrompt:
    """Prices of a prompt of more than `above` tokens, USD per 1M tokens."""

    above: float
    input: float
    cached_input: float
    output: float


@dataclass(frozen=True, slots=True)
class Rates:
    """What one arm pays per token, USD per 1M; all 0 where nothing is paid per token."""

    input: float = 0.0
    cached_input: float = 0.0
    output: float = 0.0
    batch_discount: float = 0.0
    """The share taken off a request that may wait."""
    long_prompts: tuple[LongPrompt, ...] = ()


@dataclass(frozen=True, slots=True)
class Capacity:
    """Seconds that one replica is busy with one request, as a sum of three parts."""

    prompt_s: float
    """Each token of the prompt."""
    output_s: float
    """Each token of the answer."""
    attention_s: float
    """Each pair of an answer's token and a token before it: a long context makes every further token slower."""


@dataclass(frozen=True, slots=True)
class Terms:
    baseline: Rates
    tuned: Rates
    trains_by_hour: bool = False
    """Training costs GPU hours (gpu_tokens_per_s, gpu_hour_price); else a price per trained token (train_price)."""
    minimum_fee: float = 0.0
    """USD a training job at least."""
    validation_share: float = 0.0
    """Held-out tokens that are charged for each trained one: each evaluation reads all of the validation rows."""
    serves_by_hour: bool = False
    """Replicas are paid by the hour at gpu_hour_price, used or not."""
    gpus_per_replica: int = 1
    capacity: Capacity | None = None
    """None: what a replica carries is not known; one is counted."""
    storage_per_month: float = 0.0
    ends_in_months: float = float("inf")
    """Until the tuned model's base is shut down; 0: it is gone."""
