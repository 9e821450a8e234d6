"""The value of a lever, and where it comes from."""

import math
from dataclasses import dataclass
from typing import Literal

from engine.costs.levers import Lever
from engine.providers.figures import NotFound, Source

Origin = Literal["measured", "estimated", "quoted", "yours", "default", "not found"]


@dataclass(frozen=True, slots=True)
class Value:
    value: float | str
    """NaN where it is not found."""
    origin: Origin
    reason: str
    source: Source | None = None
    """Of a quoted value, and of what an estimate rests on."""

    @property
    def found(self) -> bool:
        return self.origin != "not found"


def not_found(figure: NotFound) -> Value:
    return Value(math.nan, "not found", f"not found as of {figure.on}: type your own")


def said(lever: Lever, value: Value) -> str:
    """The value as a person reads it: 200,000 · 80% · $0.84 · qwen3-8b · not found."""
    if isinstance(value.value, str):
        return value.value
    if not value.found:
        return "not found"
    return said_number(lever, value.value)


def said_number(lever: Lever, value: float) -> str:
    """One of the lever's numbers as a person reads it."""
    if lever.kind == "share":
        return f"{value * 100:.10g}%"
    if lever.kind == "USD":
        return f"${value:,.2f}" if value == 0 or abs(value) >= 0.1 else f"${value:.4g}"
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 1e6 else f"{value:,.6g}"
