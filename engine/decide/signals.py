"""The signals: each thing that speaks for or against tuning, on its own, with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from engine.decide.case import Case
from engine.decide.notes import OLD_THRESHOLD
from engine.decide.objections import OBJECTIONS, state_of

Side = Literal["for", "against", "open", "neither"]
_Found = tuple[Side, str]
_WAITS = "not answered yet"


@dataclass(frozen=True, slots=True)
class Signal:
    id: str
    name: str
    side: Side
    """neither: it is answered, and says nothing."""
    reason: str


def signals(case: Case) -> tuple[Signal, ...]:
    """All of them, in the order of the table."""
    return tuple(Signal(id_, name, *find(case)) for id_, name, find in _TABLE)


def _behaviour(case: Case) -> _Found:
    failure = case.get("failure")
    if failure is None:
        return "open", _WAITS
    if failure in ("format", "style"):
        return "for", "not held by prompting: that is behaviour, which tuning changes well"
    return "neither", f"what fails is another thing: {failure}" if failure != "nothing" else "nothing fails"


def _knowledge(case: Case) -> _Found:
    if said := _against(case, "knowledge"):
        return said
    if case.get("knowledge") == "retrieved":
        return "neither", "retrieval brings the facts; tuning can mend the form around them"
    return "neither", "none are missing"


def _volume(case: Case) -> _Found:
    requests, now, tuned = case.money
    if requests is None:
        return "open", _WAITS
    if now is not None and tuned is not None:
        side: Side = "for" if tuned < now else "against"
        return side, f"by your numbers {now:,.0f} USD a month today, {tuned:,.0f} tuned, at {requests:,} requests"
    if requests > OLD_THRESHOLD:
        old = f"{requests:,} are over the old threshold of {OLD_THRESHOLD:,}, which seldom holds alone"
        return "open", f"{old}: what you pay decides, tunewright cost"
    return "neither", f"{requests:,} seldom pay for tuning by cost alone"


def _changes(case: Case) -> _Found:
    changes = case.get("changes")
    if changes is None:
        return "open", _WAITS
    if changes == "weekly":
        return "against", "they change weekly: a prompt follows in a minute"
    if changes == "monthly":
        return "neither", "they change monthly: expect to train again"
    return "for", "they stay the same for months"


def _examples(case: Case) -> _Found:
    if said := _against(case, "examples"):
        return said
    small = case.small
    left = f"; too small: {', '.join(list(small)[:3])}: leave out or collect" if small else ""
    return "for", f"{case.get('examples'):,} good ones are enough for {case.get('task')}{left}"


def _prompt(case: Case) -> _Found:
    if said := _against(case, "prompt"):
        return said
    prompting = case.get("prompting")
    if prompting == "plateaued":
        shown = any(one.question == "prompting" and one.followed == "evidence" for one in case.weighed)
        return "for", "it has plateaued: measured here" if shown else "it has plateaued, as you have measured"
    return "neither", "it was tried; that it has plateaued is not shown"


def _defined(case: Case) -> _Found:
    agreement = case.get("agreement")
    if agreement is None:
        return "open", _WAITS
    if agreement == "yes":
        return "for", "two experts would give the same answer"
    return "against", "two experts would not give the same answer"


def _lighter(case: Case) -> _Found:
    failure = case.get("failure")
    if failure is None:
        return "open", _WAITS
    if failure == "cost" and not case.saves:
        return "against", "by your numbers the tuned model does not cost less"
    if failure in ("cost", "latency"):
        word = "dear" if failure == "cost" else "slow"
        return "for", f"it works but is too {word}: a smaller tuned model, a shorter prompt"
    return "neither", "neither is what fails"


def _target(case: Case) -> _Found:
    target, measured = case.get("target_share"), case.evidence.measured
    if case.reached:
        return "against", "measured: prompting already reaches it"
    if target is None:
        return "neither", "optional: say what share right is good enough"
    if measured is None or not measured.judges:
        return "open", f"{100 * target:g} % right is the bar; prompting is not measured yet"
    return "for", f"{100 * target:g} % right is the bar; prompting does not surely reach it"


def _against(case: Case, node: str) -> _Found | None:
    """What the objections of one branching of the tree say; None where they are all lifted."""
    ours = [(one, state_of(one, case)) for one in OBJECTIONS if one.node == node and one.id != "reached"]
    held = next((one for one, state in ours if state == "holds"), None)
    if held:
        return "against", held.reason.format(**case.words())
    return ("open", _WAITS) if any(state == "open" for _, state in ours) else None


_TABLE: tuple[tuple[str, str, Callable[[Case], _Found]], ...] = (
    ("behaviour", "form or style", _behaviour),
    ("knowledge", "missing facts", _knowledge),
    ("volume", "requests a month", _volume),
    ("changes", "requirements", _changes),
    ("examples", "good examples", _examples),
    ("prompt", "a better prompt", _prompt),
    ("defined", "a defined answer", _defined),
    ("lighter", "cost or latency", _lighter),
    ("target", "good enough already", _target),
)
"""The first five are the classic table; the others come from the tree and from the bad reasons to tune."""
