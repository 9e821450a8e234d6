"""The three choices of a case, made from the catalogue: where, which model to tune, which one it would replace."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.costing import offered
from engine.costing.facts import ProjectFacts
from engine.costing.gpus import known_gpu
from engine.costing.problems import at, together
from engine.costing.values import Value
from engine.costs.levers import by_name
from engine.errors import UsageError
from engine.machine.record import HERE
from engine.providers.catalogue import destination, gpu, priced_model, tunable
from engine.providers.entries import Catalogue, Destination, Gpu, PricedModel, Tunable

Settings = Mapping[str, float | str]
"""Checked values by lever."""
_NAMES = ("destination", "tuned_model", "baseline_model")


@dataclass(frozen=True, slots=True)
class Picked:
    destination: Destination
    tuned: Tunable
    baseline: PricedModel
    gpu: Gpu | None
    """What serves and trains, where it is known."""
    values: Mapping[str, Value]
    """The three levers."""


def pick(settings: Settings, catalogue: Catalogue, facts: ProjectFacts, today: date) -> Picked:
    """What is set, else what the project has chosen, else defaults, which are never closed or gone.

    Raises UsageError with every one of what is set that is unknown, closed or gone.
    """
    problems: list[UsageError] = []
    values = {name: Value(settings[name], "yours", "set here") for name in _NAMES if name in settings}
    with at("destination", problems):
        values.setdefault("destination", _place(catalogue, facts, today))
        there = destination(catalogue, str(values["destination"].value))
        offered.check_place(there, today)
        with at("tuned_model", problems):
            values.setdefault("tuned_model", _model(catalogue, facts, there, today))
            tuned = tunable(catalogue, there.id, str(values["tuned_model"].value))
            offered.check_tuned(tuned, there, today)
    with at("baseline_model", problems):
        values.setdefault("baseline_model", _baseline(catalogue, today))
        baseline = priced_model(catalogue, str(values["baseline_model"].value))
        offered.check_baseline(baseline, today)
    if problems:
        raise together(problems)
    return Picked(there, tuned, baseline, _gpu(catalogue, there, facts), values)


def _place(catalogue: Catalogue, facts: ProjectFacts, today: date) -> Value:
    """The one that the project has chosen, while it is open."""
    if facts.destination in [one.id for one in offered.places(catalogue, today)]:
        return Value(facts.destination, "yours", "chosen in step Where")
    said = f"{facts.destination}, chosen in step Where, is open no more" if facts.destination else ""
    return Value(HERE, "default", said or "nothing leaves and nothing is signed, until step Where has chosen another")


def _model(catalogue: Catalogue, facts: ProjectFacts, there: Destination, today: date) -> Value:
    """The project's base model or the usual one, where they are offered; else the smallest, of those without an end."""
    models = {one.model: one for one in offered.to_tune(catalogue, there, today)}
    return usual_model(catalogue, facts.model, there, models)


def usual_model(catalogue: Catalogue, base: str | None, there: Destination, models: Mapping[str, Tunable]) -> Value:
    """Which of `models`, by id, a case begins with; `base`: the project's base model as its folder calls it.

    Raises UsageError where there is none.
    """
    mine, usual = open_model(catalogue, base), by_name("tuned_model")
    if mine and mine in models:
        return Value(mine, "yours", "the project's base model")
    if usual.default in models:
        return Value(usual.default, "default", usual.reason)
    if not models:
        raise UsageError(f"nothing can be tuned at {there.name}", hint="`tunewright providers` lists others")
    lasting = {name: one for name, one in models.items() if not one.ends} or models
    sized = {one.parameters.value: name for name, one in lasting.items() if one.parameters}
    if sized:
        return Value(sized[min(sized)], "default", f"the smallest that {there.name} tunes")
    return Value(next(iter(lasting)), "default", f"the first that {there.name} tunes")


def _baseline(catalogue: Catalogue, today: date) -> Value:
    usual, models = by_name("baseline_model"), offered.to_replace(catalogue, today)
    if usual.default in [one.id for one in models] or not models:
        return Value(usual.default, "default", usual.reason)
    cheapest = min(models, key=lambda one: one.input.value + one.output.value)
    return Value(cheapest.id, "default", f"the cheapest in the catalogue, which has no {usual.default}")


def open_model(catalogue: Catalogue, name: str | None) -> str | None:
    """The id of the open model whose folder is called `name`, whatever its capitals and signs; None for none."""
    names = {_plain(name): one.id for one in catalogue.open_models for name in (one.id, one.name)}
    return names.get(_plain(name or ""))


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def _gpu(catalogue: Catalogue, there: Destination, facts: ProjectFacts) -> Gpu | None:
    if there.id == HERE:
        return known_gpu(catalogue, facts.gpu)
    return gpu(catalogue, there.serving.gpu) if there.serving.gpu else None
