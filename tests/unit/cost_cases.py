"""The worked examples of the cost model, and cases between: numbers and terms as the screens would hand them over."""

from dataclasses import replace

from engine.costs.levers import LEVERS, Numbers
from engine.costs.terms import Rates, Terms

DEFAULTS = Numbers(**{lever.name: float(lever.default) for lever in LEVERS if lever.kind != "choice"})

CLASSIFIER = replace(
    DEFAULTS,
    requests_per_month=200_000,
    static_prompt_tokens=2000,
    dynamic_prompt_tokens=300,
    output_tokens=60,
    cache_hit_rate=0.8,
    tuned_static_prompt_tokens=150,
    rows=3000,
    tokens_per_row=500,
    epochs=2,
    cycles=3,
    train_price=1.0,
    label_minutes=1,
    review_share=0.2,
    review_minutes=1,
    engineering_hours=40,
    label_wage=30,
    review_wage=60,
    engineering_wage=90,
    evaluation_cost=500 * 3 * 0.01 + 8 * 60,
    ops_hours_per_month=0,
    retrain_every_months=0,
    horizon_months=12,
)
"""A ticket classifier: a small tuned model, paid per token, against a prompted one."""
SMALL_TUNED = Rates(0.035, 0.035, 0.14, 0.5)
HAIKU = Terms(Rates(1.0, 0.10, 5.0, 0.5), SMALL_TUNED, storage_per_month=1.95)
LUNA = replace(HAIKU, baseline=Rates(0.10, 0.01, 0.50, 0.5))

SELF_HOSTED = replace(
    CLASSIFIER,
    requests_per_month=2_500_000,
    static_prompt_tokens=3000,
    dynamic_prompt_tokens=1000,
    output_tokens=128,
    cache_hit_rate=0.9,
    rows=10_000,
    tokens_per_row=1200,
    epochs=3,
    train_price=1.59 / (8 * 2048 / 5.2) / 3600 * 1e6,
    gpu_hour_price=3.49,
    label_minutes=2,
    engineering_hours=120,
    evaluation_cost=1000 * 3 * 0.02 + 16 * 60,
    ops_hours_per_month=8,
)
"""An 8B model on an H100 at $3.49, against a larger prompted one. It is trained on another card, an A100 at $1.59 that
does 8 x 2048 tokens in 5.2 s: as a price per token, for gpu_hour_price is the H100's here."""
TERRA = Terms(Rates(1.0, 0.05, 5.0, 0.5), Rates(), serves_by_hour=True)
RANGES = {
    "requests_per_month": (1e6, 5e6),
    "baseline_price": (0.5, 2.0),
    "cache_hit_rate": (0.5, 0.98),
    "dynamic_prompt_tokens": (500.0, 2000.0),
    "output_tokens": (64.0, 256.0),
    "gpu_hour_price": (2.69, 4.29),
    "label_minutes": (1.0, 4.0),
    "engineering_hours": (60.0, 240.0),
    "ops_hours_per_month": (4.0, 20.0),
    "horizon_months": (6.0, 18.0),
}
