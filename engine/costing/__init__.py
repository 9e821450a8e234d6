"""A scenario made into a case: every lever's value with its origin, what is charged, and what comes of it."""

from engine.costing.case import Case, case
from engine.costing.changes import Change, deltas
from engine.costing.facts import ProjectFacts, facts
from engine.costing.found import Found, found
from engine.costing.notes import Note
from engine.costing.prices import Price
from engine.costing.scenario import Scenario, choices, set_lever, turn
from engine.costing.values import Value
from engine.costing.verdict import verdict

__all__ = [
    "Case",
    "Change",
    "Found",
    "Note",
    "Price",
    "ProjectFacts",
    "Scenario",
    "Value",
    "case",
    "choices",
    "deltas",
    "facts",
    "found",
    "set_lever",
    "turn",
    "verdict",
]
