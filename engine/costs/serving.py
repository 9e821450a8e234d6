"""How many replicas a volume needs, and how busy they are: never asked for, always computed."""

from engine.costs.elementwise import ceiling, greatest, ratio
from engine.costs.levers import Numbers
from engine.costs.terms import SECONDS_PER_MONTH, Capacity, Terms


def seconds_per_request(numbers: Numbers, capacity: Capacity) -> float:
    """Seconds for which one replica is busy with one request of the tuned model."""
    prompt = numbers.tuned_static_prompt_tokens + numbers.dynamic_prompt_tokens
    answer = numbers.output_tokens
    attended = answer * (prompt + answer / 2)
    return capacity.prompt_s * prompt + capacity.output_s * answer + capacity.attention_s * attended


def load_per_request(numbers: Numbers, terms: Terms) -> float:
    """Replicas that one request a month takes: at the busiest hour for what is waited for, at the average at least.
    What may wait is done when there is room. 0 where it is not known what a replica carries."""
    if terms.capacity is None:
        return 0.0
    peak: float = greatest(1.0, numbers.peak_to_mean * (1 - numbers.batch_share))
    return peak * seconds_per_request(numbers, terms.capacity) / SECONDS_PER_MONTH


def replicas(numbers: Numbers, terms: Terms) -> float:
    """Whole replicas for the volume, paid by the hour or one's own: one at least, also where it is not known what one
    carries. 0 where the service sees to it: nothing is paid by the hour and no capacity is given."""
    if terms.capacity is None and not terms.serves_by_hour:
        return 0.0
    needed: float = greatest(1.0, ceiling(numbers.requests_per_month * load_per_request(numbers, terms)))
    return needed


def utilisation(numbers: Numbers, terms: Terms) -> float:
    """The share of the replicas' time in which they work, on the average of the month; 0 where it is not known."""
    if terms.capacity is None:
        return 0.0
    busy = numbers.requests_per_month * seconds_per_request(numbers, terms.capacity) / SECONDS_PER_MONTH
    share: float = ratio(busy, replicas(numbers, terms), 0.0)
    return share
