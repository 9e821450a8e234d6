"""The decision tree with the branch that these answers take."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.decide.case import Case
from engine.decide.objections import OBJECTIONS, Name, state_of


@dataclass(frozen=True, slots=True)
class Branching:
    """One question of the tree, as these answers have it."""

    id: str
    asks: str
    says: Literal["yes", "no", "open"]
    leads: str
    """To where that answer leads: a verdict, or on."""
    taken: Literal["passed", "ends here", "not reached"]
    """ends here: the branch that is taken leads away from the trunk; after it nothing is reached."""


@dataclass(frozen=True, slots=True)
class _Node:
    id: str
    asks: str
    otherwise: Name | None
    """Verdict of a no; None: the node only tells which way it goes on."""


_ELSE: dict[Name, str] = {
    "prompting": "stay with prompting",
    "rag-first": "retrieval (RAG) first",
    "few-shot": "examples in the prompt (few-shot)",
    "fine-tune": "fine-tune",
}
_NODES = (
    _Node("prompt", "Was a better prompt tried, and is it not enough?", "prompting"),
    _Node("knowledge", "Is all knowledge there, outside and current facts too?", "rag-first"),
    _Node("examples", "Enough good examples (100; more or fewer by the task)?", "few-shot"),
    _Node("stable", "Is the task stable, with a correct answer that is defined?", "prompting"),
    _Node("lighter", "Is cost or latency critical?", None),
    _Node("mend", "Does what fails call for tuning?", "prompting"),
)


def tree(case: Case) -> tuple[Branching, ...]:
    """Every branching in order; all that follows the first no is not reached."""
    return tuple(_walk(case))


def _walk(case: Case) -> Iterator[Branching]:
    reached = True
    for node in _NODES:
        says = _says(node, case)
        ends = node.otherwise is not None and says == "no"
        taken: Literal["passed", "ends here", "not reached"] = "passed" if reached else "not reached"
        yield Branching(node.id, node.asks, says, _leads(node, says, case), "ends here" if ends and reached else taken)
        reached = reached and not ends


def _says(node: _Node, case: Case) -> Literal["yes", "no", "open"]:
    if node.otherwise is None:
        failure = case.get("failure")
        return "open" if failure is None else "yes" if failure in ("cost", "latency") else "no"
    states = {state_of(one, case) for one in OBJECTIONS if one.node == node.id}
    return "no" if "holds" in states else "open" if "open" in states else "yes"


def _leads(node: _Node, says: str, case: Case) -> str:
    if node.otherwise is None:
        return "a smaller tuned model" if says == "yes" else "a tuned model" if says == "no" else "on"
    if says == "no":
        return _ELSE[node.otherwise]
    if node.id != "mend" or says == "open":
        return "on"
    return "fine-tune a smaller model" if case.get("failure") in ("cost", "latency") else "fine-tune"
