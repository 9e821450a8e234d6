"""The ways in which a row can be made from others."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import UsageError


@dataclass(frozen=True, slots=True)
class Method:
    """One way to make rows."""

    name: str
    means: str
    asks: bool
    """Whether a model is asked, through an endpoint."""
    same_answer: bool
    """Whether the answer is the parent's, byte for byte."""


_METHODS = (
    Method("template", "other values in the slots of your templates, or in slots found in the rows", False, False),
    Method("rules", "contractions, politeness, synonyms and frames around the question; English only", False, True),
    Method("paraphrase", "a model says the question in other words; the answer stays", True, True),
    Method("back-translation", "a model translates the question and back; the answer stays", True, True),
    Method("synthetic", "a model writes a new question and answer after rows of one category", True, False),
)
METHODS: Mapping[str, Method] = {one.name: one for one in _METHODS}


def find_method(name: str) -> Method:
    """The method called `name`. Raises UsageError, with those there are."""
    if name not in METHODS:
        raise UsageError(f"{name} is no method", hint=f"there are: {', '.join(METHODS)}")
    return METHODS[name]
