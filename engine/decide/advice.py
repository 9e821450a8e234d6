"""Everything that answers and evidence say together, live from the first answer on: what screen and commands show."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from engine.decide.case import Case, make_case
from engine.decide.checklist import OPTIONS
from engine.decide.evidence import NOTHING, Evidence, Weighed
from engine.decide.notes import near_by
from engine.decide.objections import OBJECTIONS, state_of
from engine.decide.signals import Signal, signals
from engine.decide.tree import Branching, tree
from engine.decide.verdict import Verdict, missing, verdict_on

BEHAVIOUR = "Fine-tuning adjusts behaviour, not knowledge."
"""Said plainly wherever the ways stand side by side."""


@dataclass(frozen=True, slots=True)
class Advice:
    """The verdict so far and all that it rests on."""

    answers: Mapping[str, Any]
    """As they were given, by question."""
    values: Mapping[str, Any]
    """As they are followed: evidence in the place of an answer where it is the better of the two."""
    verdict: Verdict
    open: tuple[str, ...]
    """Questions that the verdict still waits for; none: it is the verdict."""
    settled: bool
    """Whether no answer to the open ones can change which way it goes."""
    weighed: tuple[Weighed, ...]
    signals: tuple[Signal, ...]
    tree: tuple[Branching, ...]
    misconceptions: tuple[tuple[str, str], ...]
    """(claim, answer) of those that these answers come near."""

    @property
    def whole(self) -> bool:
        return not self.open

    @property
    def in_short(self) -> str:
        """The verdict in one line; so far, as long as answers are open."""
        if self.whole:
            return f"verdict: {self.verdict.name}"
        if not self.values:
            return "no verdict yet: nothing is answered"
        return f"so far: {self.so_far}; open: {len(self.open)} {'answer' if len(self.open) == 1 else 'answers'}"

    @property
    def so_far(self) -> str:
        """The way that the answers point while some are open, and whether those can still change it."""
        if self.verdict.name == "fine-tune":
            return "nothing speaks against fine-tuning"
        return f"{self.verdict.name}{', whatever the others say' if self.settled else ''}"

    def document(self) -> dict[str, Any]:
        """For --json. `verdict` is null as long as answers are open; `so_far` says where it stands."""
        found = asdict(self.verdict)
        found["try_first"] = found.pop("first")
        name = found.pop("name")
        return {
            "verdict": name if self.whole else None,
            "so_far": name,
            "open": list(self.open),
            "settled": self.settled,
            **found,
            "answers": dict(self.answers),
            "followed": dict(self.values),
            "evidence": [{**asdict(one), "value": one.value} for one in self.weighed],
            "signals": [asdict(one) for one in self.signals],
            "tree": [asdict(one) for one in self.tree],
            "misconceptions": [{"claim": claim, "answer": answer} for claim, answer in self.misconceptions],
            "options": [asdict(one) for one in OPTIONS],
        }


def advise(answers: Mapping[str, Any], evidence: Evidence = NOTHING) -> Advice:
    """The advice on answers by question, checked ones; some may be missing or None."""
    case = make_case(answers, evidence)
    verdict, waits = verdict_on(case), missing(case.values)
    errors = near_by(case, tunes=verdict.name == "fine-tune" and not waits)
    return Advice(
        answers=case.answered,
        values=case.values,
        verdict=verdict,
        open=tuple(one.id for one in waits),
        settled=_settled(case, verdict),
        weighed=case.weighed,
        signals=signals(case),
        tree=tree(case),
        misconceptions=tuple((one.claim, one.answer) for one in errors),
    )


def _settled(case: Case, verdict: Verdict) -> bool:
    """Whether every objection that is still open before the deciding one would decide the same."""
    states = {one.id: state_of(one, case) for one in OBJECTIONS}
    deciding = verdict.because[0] if verdict.because else None
    order = list(states)
    before = order[: order.index(deciding)] if deciding else order
    return all(one.verdict == verdict.name for one in OBJECTIONS if one.id in before and states[one.id] == "open")
