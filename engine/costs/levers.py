"""The levers as data: what may be turned, between which bounds, by which notches, from which default and why."""

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from engine.costs import typed
from engine.errors import UsageError

Kind = Literal["count", "number", "share", "USD", "choice"]
_THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")
"""How half of the world writes them: 1.000 would silently become 1."""
_THOUSANDS_FROM = 10_000
"""A lever that goes no further takes thousands that nobody means, and prices such as 3.125."""
_SIGNS = {"%": "share", "$": "USD"}


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
    floor: float = 0.0
    """The least besides 0."""
    step: float = 0.0
    """One notch adds this; 0: notches are 1, 2, 5, 10, ... times a power of ten."""
    spread: tuple[float, float] | None = None
    """Least and greatest in the simulation, as factors of the value (of shares: as shares); None: taken as certain."""
    group: str = ""
    """The heading under which it stands."""
    choices: tuple[str, ...] = ()
    """Of a choice: what may be chosen; empty: what the catalogue holds."""


TOKENS = 10_000_000.0
"""No model reads more in one request."""
WAGE = 10_000.0

_REQUESTS, _MODELS, _TRAINING, _SERVING = "Requests", "What is compared", "Training", "Serving"
_PEOPLE, _TIME, _WORTH = "People", "Time", "Worth of quality"

# A lever is read as one entry: a line for what it is, one for why, one for its bounds.
# fmt: off
LEVERS: tuple[Lever, ...] = (
    Lever("requests_per_month", "requests a month", "a month", "count", 100_000.0,
          "a round number to begin with: type your own, for nothing moves the result more",
          low=1, spread=(0.4, 2.0), group=_REQUESTS),
    Lever("static_prompt_tokens", "prompt: same every time", "tokens", "count", 2000.0,
          "instructions and a few examples, as a prompted model needs them", high=TOKENS, group=_REQUESTS),
    Lever("dynamic_prompt_tokens", "prompt: new every time", "tokens", "count", 300.0,
          "an e-mail or a ticket of about 200 words", high=TOKENS, spread=(0.5, 2.0), group=_REQUESTS),
    Lever("output_tokens", "answer", "tokens", "count", 60.0,
          "a short structured answer; a reasoning model's hidden tokens count too",
          low=1, high=TOKENS, spread=(0.5, 2.0), group=_REQUESTS),
    Lever("cache_hit_rate", "prompt found in the cache", "share", "share", 0.8,
          "the same beginning repeats; at a steady volume most requests find it cached",
          high=1, step=0.05, spread=(0.5, 0.98), group=_REQUESTS),
    Lever("batch_share", "requests that may wait", "share", "share", 0.0,
          "somebody waits for each answer; what may wait a day costs about half",
          high=1, step=0.1, group=_REQUESTS),
    Lever("baseline_model", "model to be replaced", "", "choice", "gpt-6-luna",
          "the cheapest of the current prompted models: what is hardest to beat", group=_MODELS),
    Lever("tuned_model", "model to be tuned", "", "choice", "qwen3-8b",
          "a small open model, offered by most services and fit for one GPU", group=_MODELS),
    Lever("destination", "where", "", "choice", "this-machine",
          "nothing leaves and nothing is signed, until step Where has chosen another", group=_MODELS),
    Lever("tuned_static_prompt_tokens", "prompt left after tuning", "tokens", "count", 150.0,
          "the instructions are learned; a line or two remains", high=TOKENS, group=_MODELS),
    Lever("rows", "rows to train on", "rows", "count", 1000.0,
          "100 a category is the rule; ten categories", low=1, high=1e9, group=_TRAINING),
    Lever("tokens_per_row", "tokens of a row", "tokens", "count", 500.0,
          "a short prompt, an input and its answer", low=1, high=TOKENS, group=_TRAINING),
    Lever("epochs", "passes over the rows", "epochs", "number", 3.0,
          "2 to 5 are usual, 3 the plan's own default", low=0.1, high=100, step=1, group=_TRAINING),
    Lever("cycles", "attempts until it is good", "cycles", "count", 3.0,
          "2 or 3 are normal: the first shows what the data lack", low=1, high=100, step=1, group=_TRAINING),
    Lever("train_price", "training price", "$/1M tokens", "USD", 0.5,
          "about what services ask for LoRA up to 16B; stands where the destination's own is not found",
          high=10_000, group=_TRAINING),
    Lever("gpu_hour_price", "GPU by the hour", "$/h", "USD", 3.0,
          "about the middle of what sellers ask for an H100; stands where the destination's own is not found",
          high=10_000, step=0.25, spread=(0.77, 1.23), group=_TRAINING),
    Lever("gpu_tokens_per_s", "training speed of a GPU", "tokens/s", "number", 3000.0,
          "about what others measured for LoRA of a 7B model on one A100",
          low=0.1, high=1e9, group=_TRAINING),
    Lever("peak_to_mean", "busiest hour to average", "times", "number", 4.0,
          "a month has 730 hours, about 170 of them office hours: four times the average",
          low=1, high=1000, step=0.5, group=_SERVING),
    Lever("serving_quantisation", "weights when serving", "", "choice", "bf16",
          "the precision of training: what was evaluated is what is served",
          group=_SERVING, choices=("bf16", "fp8", "int8", "int4")),
    Lever("label_minutes", "labelling a row", "minutes", "number", 2.0,
          "reading a short text and writing a short answer; rows that have answers: 0",
          high=600, step=0.5, spread=(0.5, 2.0), group=_PEOPLE),
    Lever("review_share", "rows that are reviewed", "share", "share", 0.2,
          "one in five, read by a second person", high=1, step=0.05, group=_PEOPLE),
    Lever("review_minutes", "reviewing a row", "minutes", "number", 1.0,
          "reading is quicker than writing: half the time of labelling", high=600, step=0.5, group=_PEOPLE),
    Lever("engineering_hours", "engineering, all cycles", "hours", "number", 40.0,
          "a week: data, training, evaluation, putting it into service",
          high=100_000, spread=(0.5, 2.0), group=_PEOPLE),
    Lever("label_wage", "wage, labelling", "$/h", "USD", 30.0,
          "with all that an employer pays; type your own", high=WAGE, step=5, group=_PEOPLE),
    Lever("review_wage", "wage, reviewing", "$/h", "USD", 60.0,
          "somebody who knows the subject, with all that an employer pays; type your own",
          high=WAGE, step=5, group=_PEOPLE),
    Lever("engineering_wage", "wage, engineering", "$/h", "USD", 90.0,
          "with all that an employer pays; type your own", high=WAGE, step=5, group=_PEOPLE),
    Lever("evaluation_cost", "evaluation, all cycles", "$", "USD", 500.0,
          "three rounds of 500 judged answers at a cent, and a day of reading", high=1e9, group=_PEOPLE),
    Lever("ops_hours_per_month", "looking after it", "hours a month", "number", 4.0,
          "an hour a week: errors, drift, the bill", high=7300, step=1, spread=(0.5, 2.5), group=_PEOPLE),
    Lever("retrain_every_months", "trained again every", "months", "number", 6.0,
          "products and language change; 0 means never", high=120, floor=0.25, step=1, group=_TIME),
    Lever("horizon_months", "how far we look", "months", "number", 12.0,
          "a year: models and prices hardly stay longer", low=1, high=120, step=1, spread=(0.5, 1.5), group=_TIME),
    Lever("value_per_avoided_error", "worth of an avoided error", "$", "USD", 0.0,
          "not cash until you say what an error costs; shown apart", high=1e9, group=_WORTH),
    Lever("error_rate_drop", "errors that tuning avoids", "share", "share", 0.0,
          "not known before it is measured; below 0: errors that it adds",
          low=-1, high=1, step=0.01, group=_WORTH),
)
# fmt: on
"""In the order in which they are shown."""

RANGED = (
    "requests_per_month",
    "baseline_price",
    "cache_hit_rate",
    "dynamic_prompt_tokens",
    "output_tokens",
    "gpu_hour_price",
    "label_minutes",
    "engineering_hours",
    "ops_hours_per_month",
    "horizon_months",
)
"""What the simulation varies, in the order of its draws, which belongs to the result of a seed."""
PRICE_SPREAD = (0.5, 2.0)
"""Of the baseline's prices: they halve and double within a year."""


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


def by_name(name: str) -> Lever:
    """Raises UsageError for a name that no lever has, with the nearest that one has."""
    for lever in LEVERS:
        if lever.name == name:
            return lever
    near = get_close_matches(name, [lever.name for lever in LEVERS], 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else "tunewright cost --levers lists them all"
    raise UsageError(f"there is no lever {name!r}", hint=hint)


def check(name: str, value: object) -> float | str:
    """The value of a lever, a number or a text as a person types it: 1,000 · 1e6 · 200k · 2.5M · $3.99 · 80%.
    Raises UsageError, which names the lever, the value and the bounds. Of a choice from the catalogue only the form is
    checked: what the catalogue holds is for the caller to say."""
    lever = by_name(name)
    if lever.kind == "choice":
        return _chosen(lever, value)
    number = _number(lever, value)
    if not lever.low <= number <= lever.high or 0 < number < lever.floor:
        raise UsageError(f"{name}: {_shown(value)} is not possible", hint=bounds(lever))
    return number


def bounds(lever: Lever) -> str:
    """What a lever takes, in words."""
    if lever.kind == "choice":
        return "one of " + ", ".join(lever.choices) if lever.choices else "the name of one in the catalogue"
    if lever.kind == "share":
        return f"between {lever.low:.0%} and {lever.high:.0%}, written 80% or 0.8"
    if lever.high >= 1e12:
        return f"{lever.low:,g} or more, written 200000, 200k or 2.5M"
    least = f"0, or between {lever.floor:,g}" if lever.floor else f"between {lever.low:,g}"
    return f"{least} and {lever.high:,.12g}" + (f" {lever.unit}" if lever.unit else "")


def _shown(value: object) -> str:
    """As it was typed, cut where it is long."""
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _number(lever: Lever, value: object) -> float:
    if isinstance(value, str):
        _check_meant(lever, value.strip())
    number = typed.number(value) if isinstance(value, str) else value
    if isinstance(number, bool) or not isinstance(number, int | float) or not math.isfinite(number):
        raise UsageError(f"{lever.name}: {_shown(value)!r} is no number", hint=bounds(lever))
    return float(number)


def _check_meant(lever: Lever, text: str) -> None:
    """Raises UsageError for the sign of another unit, and for a number that can be read in two ways."""
    digits = text.lstrip("$ ")
    if any(sign in text and lever.kind != kind for sign, kind in _SIGNS.items()):
        raise UsageError(f"{lever.name}: {_shown(text)!r} is in another unit", hint=bounds(lever))
    if (lever.kind == "count" or lever.high > _THOUSANDS_FROM) and _THOUSANDS.fullmatch(digits):
        meant = f"write {digits.replace('.', ',')}; or {digits}0, if it is the fraction"
        raise UsageError(f"{lever.name}: {_shown(text)!r} can be read in two ways", hint=meant)


def _chosen(lever: Lever, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise UsageError(f"{lever.name}: {_shown(value)!r} is no name", hint=bounds(lever))
    if lever.choices and value not in lever.choices:
        raise UsageError(f"{lever.name}: {_shown(value)!r} is not known", hint=bounds(lever))
    return value


def notch(lever: Lever, value: float | str, places: int) -> float | str:
    """The value turned by so many notches, upward or, below 0, downward; it stops at the bounds. A choice goes round;
    one whose values are in the catalogue is turned by `choice`. Raises UsageError where such a choice is given."""
    if isinstance(value, str):
        return choice(lever.choices, value, places)
    for _ in range(abs(places)):
        value = _stepped(lever, value, 1 if places > 0 else -1)
    return value


def choice(choices: tuple[str, ...], value: str, places: int) -> str:
    """The choice so many places on, past the last the first again. Raises UsageError where there is none."""
    if not choices:
        raise UsageError("there is nothing to choose from", hint="type the name of one in the catalogue")
    at = choices.index(value) if value in choices else -1 if places > 0 else 0
    return choices[(at + places) % len(choices)]


def _stepped(lever: Lever, value: float, way: int) -> float:
    turned = round(value + way * lever.step, 9) if lever.step else _rounder(lever, value, way)
    if 0 < turned < lever.floor:
        turned = lever.floor if way > 0 else 0.0
    return float(min(max(turned, lever.low), lever.high))


def _rounder(lever: Lever, value: float, way: int) -> float:
    """The next of 1, 2, 5, 10, ... times a power of ten; the least above 0 is 1, of money a cent."""
    least = 0.01 if lever.kind == "USD" else 1.0
    if value < least or (way < 0 and value <= least):
        return least if way > 0 else 0.0
    tens = 10.0 ** math.floor(math.log10(value))
    grid = [round(first * tens, 9) for first in (0.2, 0.5, 1, 2, 5, 10, 20)]
    return min(at for at in grid if at > value) if way > 0 else max(at for at in grid if at < value)


def ranges(numbers: Numbers) -> dict[str, tuple[float, float]]:
    """Least and greatest of what is uncertain, in the order in which it is drawn (RANGED). The value lies in its range;
    what is 0 stays 0: a cache that is not there will not be hit."""
    return {name: _range(name, getattr(numbers, name)) for name in RANGED}


def _range(name: str, value: float) -> tuple[float, float]:
    if name == "baseline_price":
        return value * PRICE_SPREAD[0], value * PRICE_SPREAD[1]
    lever = by_name(name)
    if lever.spread is None or value == 0:
        return value, value
    least, most = lever.spread if lever.kind == "share" else (value * lever.spread[0], value * lever.spread[1])
    return max(min(least, value), lever.low), min(max(most, value), lever.high)
