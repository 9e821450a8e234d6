"""What a tuned model costs against the one it replaces, over the horizon: the whole arithmetic, on plain numbers.

Every field of Numbers may be a NumPy array; then so is every figure of the outcome. Hence no branch on a value: what
differs by case goes through engine.costs.elementwise, and the branches that are left ask for Terms, which are plain.

Money is cash. What an avoided error is worth is shown apart (`value_per_request`, `net_with_value`), never mixed in.
"""

from dataclasses import dataclass

from engine.costs import serving
from engine.costs.elementwise import ceiling, greatest, least, ratio, where
from engine.costs.levers import Numbers
from engine.costs.terms import HOURS_PER_MONTH, Rates, Terms

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Outcome:
    """USD, months and requests; a figure that is never reached is infinite."""

    training: float
    """All cycles, as are the four below."""
    labelling: float
    review: float
    engineering: float
    evaluation: float
    upfront: float
    """The five above."""
    retrains: float
    """How often it is trained again within the horizon."""
    retrain_cost: float
    """Of one of them: training, engineering and evaluation of one cycle."""
    per_request_baseline: float
    per_request_tuned: float
    """What is paid per token; a replica is in `fixed_monthly`, for it is paid for used or not."""
    fixed_monthly: float
    """Storage, looking after it, and replicas."""
    replicas: float
    """That the volume needs, paid by the hour or one's own; 0 where the service sees to it."""
    utilisation: float
    """Share of the replicas' time, on the average; 0 where it is not known."""
    monthly_baseline: float
    monthly_tuned: float
    monthly_saving: float
    """Below 0: it costs more, month by month."""
    horizon: float
    """Months; cut where the tuned model's base is shut down."""
    net: float
    """Saved within the horizon, less the upfront cost and the retrains."""
    roi: float
    """Net as a share of what was put in; of nothing, infinite, and below 0 for a loss."""
    payback_months: float
    value_per_request: float
    """Worth of the errors avoided; no cash."""
    net_with_value: float


def outcome(numbers: Numbers, terms: Terms) -> Outcome:
    """The case as it stands. The upfront cost is paid once and the rest as long as the horizon lasts, which ends where
    the tuned model's base does; tests/unit/test_costs_examples.py has the worked examples that it reproduces."""
    people, horizon = _people(numbers), least(numbers.horizon_months, terms.ends_in_months)
    training = training_cost(numbers, terms) * numbers.cycles
    upfront = training + sum(people.values())
    baseline, tuned = per_request(numbers, terms)
    fixed, replicas = fixed_monthly(numbers, terms), serving.replicas(numbers, terms)
    monthly_baseline = numbers.requests_per_month * baseline
    monthly_tuned = numbers.requests_per_month * tuned + fixed
    again = (training + people["engineering"] + people["evaluation"]) / numbers.cycles
    count = retrains(numbers.retrain_every_months, horizon)
    saving = monthly_baseline - monthly_tuned
    net = horizon * saving - upfront - count * again
    worth = numbers.value_per_avoided_error * numbers.error_rate_drop
    return Outcome(
        training=training,
        **people,
        upfront=upfront,
        retrains=count,
        retrain_cost=again,
        per_request_baseline=baseline,
        per_request_tuned=tuned,
        fixed_monthly=fixed,
        replicas=replicas,
        utilisation=serving.utilisation(numbers, terms),
        monthly_baseline=monthly_baseline,
        monthly_tuned=monthly_tuned,
        monthly_saving=saving,
        horizon=horizon,
        net=net,
        roi=ratio(net, upfront + count * again, where(net < 0, -NEVER, NEVER)),
        payback_months=ratio(upfront, saving, NEVER),
        value_per_request=worth,
        net_with_value=net + horizon * numbers.requests_per_month * worth,
    )


def training_tokens(numbers: Numbers, terms: Terms) -> float:
    """That one cycle is charged for: each row in each epoch, and the held-out rows where a service charges them."""
    return numbers.rows * numbers.tokens_per_row * numbers.epochs * (1 + terms.validation_share)


def training_cost(numbers: Numbers, terms: Terms) -> float:
    """USD of one cycle: per trained token, though no less than the job's minimum, or by the hour of one GPU."""
    tokens = training_tokens(numbers, terms)
    if terms.trains_by_hour:
        return tokens / numbers.gpu_tokens_per_s / 3600 * numbers.gpu_hour_price
    charged: float = greatest(terms.minimum_fee, tokens / 1e6 * numbers.train_price)
    return charged


def _people(numbers: Numbers) -> dict[str, float]:
    """USD of all that is paid once besides training, over all cycles."""
    return {
        "labelling": numbers.rows * numbers.label_minutes / 60 * numbers.label_wage,
        "review": numbers.rows * numbers.review_share * numbers.review_minutes / 60 * numbers.review_wage,
        "engineering": numbers.engineering_hours * numbers.engineering_wage,
        "evaluation": numbers.evaluation_cost,
    }


def per_request(numbers: Numbers, terms: Terms) -> tuple[float, float]:
    """USD that the baseline and the tuned model are charged for one request, by the token."""
    baseline = _charged(terms.baseline, numbers, numbers.static_prompt_tokens) * numbers.baseline_price
    return baseline, _charged(terms.tuned, numbers, numbers.tuned_static_prompt_tokens)


def _charged(rates: Rates, numbers: Numbers, static: float) -> float:
    """Writing into the cache is charged as input. The prices of the highest tier that the prompt exceeds hold for all
    of its tokens."""
    entry, cached, output = rates.input, rates.cached_input, rates.output
    for tier in sorted(rates.long_prompts, key=lambda tier: tier.above):
        long = static + numbers.dynamic_prompt_tokens > tier.above
        entry, cached = where(long, tier.input, entry), where(long, tier.cached_input, cached)
        output = where(long, tier.output, output)
    hit = numbers.cache_hit_rate
    prompt = static * ((1 - hit) * entry + hit * cached) + numbers.dynamic_prompt_tokens * entry
    return (prompt + numbers.output_tokens * output) / 1e6 * (1 - numbers.batch_share * rates.batch_discount)


def fixed_monthly(numbers: Numbers, terms: Terms) -> float:
    """USD a month whether requests come or not: storage, looking after it, whole replicas."""
    kept = terms.storage_per_month + numbers.ops_hours_per_month * numbers.engineering_wage
    return kept + serving.replicas(numbers, terms) * replica_month(numbers, terms)


def replica_month(numbers: Numbers, terms: Terms) -> float:
    """USD of one replica for a month; 0 where none is paid by the hour."""
    return numbers.gpu_hour_price * terms.gpus_per_replica * HOURS_PER_MONTH if terms.serves_by_hour else 0.0


def retrains(every: float, horizon: float) -> float:
    """How often a model is trained again within the horizon: not in its last moment, and never where `every` is 0."""
    times: float = ratio(horizon, every, 0.0)
    whole: float = greatest(0.0, ceiling(times) - 1)
    return whole
