"""A result as one JSON document; its names are stable. What is never reached is null."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from engine.costing.case import Case
from engine.costing.found import Found
from engine.costing.lines import lines
from engine.costing.prices import Price
from engine.costing.scenario import choices
from engine.costing.values import Value
from engine.costing.verdict import verdict
from engine.costs.levers import LEVERS, Lever
from engine.providers.figures import NotFound, Source


def document(case: Case, found: Found) -> dict[str, Any]:
    """All of a case and what comes of it: figures, risk, levers, prices, notes, months."""
    figures: dict[str, Any] = {}
    for line in lines(found):
        group, _, name = line.name.rpartition(".")
        (figures.setdefault(group, {}) if group else figures)[name] = line.value
    plain = {
        "scenario": case.scenario.name,
        "today": case.today.isoformat(),
        "destination": case.destination.id,
        "tuned_model": case.tuned.model,
        "baseline_model": case.baseline.id,
        "training": found.outcome.training,
        **figures,
        "crossings": [asdict(one) for one in found.crossings],
        "tornado": [{**asdict(bar), "swing": bar.swing} for bar in found.tornado],
        "monte_carlo": asdict(found.monte_carlo) if found.monte_carlo else None,
        "verdict": list(verdict(case, found)),
        "notes": [asdict(note) for note in case.notes],
        "levers": levers(case),
        "prices": [_price(price, case.today) for price in case.prices],
        "months": [asdict(month) for month in found.months],
    }
    return {name: finite(value) for name, value in plain.items()}


def levers(case: Case) -> dict[str, dict[str, Any]]:
    """Every lever: its value and where that comes from, its default, bounds and notches."""
    return {
        lever.name: {
            **_value(case.values[lever.name], case.today),
            **_about(lever),
            "choices": choices(case, lever.name),
        }
        for lever in LEVERS
    }


def _value(value: Value, today: date) -> dict[str, Any]:
    said = value.value if value.found else None
    return {"value": said, "origin": value.origin, "reason": value.reason, **_source(value.source, today)}


def _about(lever: Lever) -> dict[str, Any]:
    named = ("short", "unit", "kind", "group", "default", "low", "high", "step")
    return {**{name: getattr(lever, name) for name in named}, "default_reason": lever.reason}


def _price(price: Price, today: date) -> dict[str, Any]:
    known = {"id": price.id, "field": price.field, "name": price.name}
    if isinstance(price.figure, NotFound):
        return {**known, "value": None, "unit": None, "not_found": price.figure.on.isoformat(), **_source(None, today)}
    figure = price.figure
    span = {"low": figure.low, "high": figure.high, "note": figure.note}
    return {**known, "value": figure.value, "unit": figure.unit, **span, **_source(figure.source, today)}


def _source(source: Source | None, today: date) -> dict[str, Any]:
    if source is None:
        return dict.fromkeys(("source", "as_of", "confidence", "age_days", "stale"))
    return {
        "source": source.text,
        "as_of": source.as_of.isoformat(),
        "confidence": source.confidence,
        "age_days": source.age_days(today),
        "stale": source.is_stale(today),
    }


def finite(value: Any) -> Any:
    """`value` with null for what JSON has no number for: infinity, which stands for never, and NaN."""
    if isinstance(value, Mapping):
        return {name: finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
