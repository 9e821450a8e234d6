"""What to know either way: the break-even by the person's own numbers, and common errors that answers come near."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.decide.case import Case

OLD_THRESHOLD = 100_000
"""Requests a month from which on tuning used to pay by itself; shown beside the person's own break-even."""
_WHAT_IF = "the what-if finds it: tunewright cost"


@dataclass(frozen=True, slots=True)
class Misconception:
    """What is often believed of fine-tuning, and what is true of it."""

    id: str
    claim: str
    answer: str
    near: Callable[[Case, bool], bool]
    """Whether the answers come near it; the flag: whether the verdict is to tune."""


MISCONCEPTIONS: tuple[Misconception, ...] = (
    Misconception(
        "knowledge",
        "fine-tuning adds knowledge",
        "it adjusts behaviour, form, tone, the manner of a field; facts belong in the prompt, by retrieval",
        lambda case, _: (
            case.get("failure") == "knowledge"
            or case.get("knowledge") in ("needed", "retrieved")
            or case.get("task") == "domain"
        ),
    ),
    Misconception(
        "more-data",
        "more data is always better",
        "100 great examples beat 1,000 noisy ones: review before adding",
        lambda case, _: (case.get("examples") or 0) > 5_000 or case.noisy,
    ),
    Misconception(
        "low-loss",
        "a low training loss is success",
        "only held-out rows against the baseline tell",
        lambda _, tunes: tunes,
    ),
    Misconception(
        "cheap",
        "little data means low cost",
        "cleaning, evaluation and two or three reruns cost more than the training",
        lambda case, tunes: tunes and (case.get("examples") or 500) < 500,
    ),
)


def near_by(case: Case, tunes: bool) -> tuple[Misconception, ...]:
    """The misconceptions that matter here."""
    return tuple(one for one in MISCONCEPTIONS if one.near(case, tunes))


def notes(case: Case, tunes: bool) -> Iterator[str]:
    """Break-even, misconceptions with their answers, what the place of the data means, what could not be read."""
    if case.get("requests_per_month") is not None:
        yield break_even(case)
    for one in near_by(case, tunes):
        yield f'"{one.claim}": not so, {one.answer}'
    if case.get("data_may_leave") == "no":
        yield "the data stays here: training and serving on your own machine"
    yield from case.evidence.trouble


def break_even(case: Case) -> str:
    """Requests against the old threshold, then the person's own break-even where the numbers are there."""
    requests, now, tuned = case.money
    side = "over" if requests > OLD_THRESHOLD else "not over"
    rule = f"{requests:,} requests a month are {side} the old threshold of {OLD_THRESHOLD:,}, which seldom holds alone"
    if now is None or tuned is None or not requests or not now:
        return f"{rule}; your own break-even needs what you pay now and what serving may cost; {_WHAT_IF}"
    volume = tuned * requests / now  # Serving is a fixed cost here; what is paid now goes with the requests.
    own = f"{rule}; by your numbers the tuned model's monthly cost is covered from {volume:,.0f} requests a month on"
    budget = case.get("training_budget")
    if tuned >= now:
        return f"{own}: it cannot pay back on cost at your volume"
    if budget is None:
        return own
    return f"{own}, and training is paid back in {budget / (now - tuned):,.1f} months (estimated from your numbers)"
