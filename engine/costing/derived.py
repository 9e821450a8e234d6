"""Lever values that nobody has set: from the project where it knows, from the catalogue where it says, or defaults."""

from collections.abc import Mapping

from engine.costing import speeds
from engine.costing.facts import ProjectFacts
from engine.costing.gpus import cheapest_rental
from engine.costing.picked import Picked, Settings, open_model
from engine.costing.values import Origin, Value, not_found
from engine.costs.levers import LEVERS, by_name
from engine.machine.record import HERE
from engine.providers.entries import Catalogue
from engine.providers.figures import Figure, NotFound


def values(settings: Settings, picked: Picked, catalogue: Catalogue, facts: ProjectFacts) -> Mapping[str, Value]:
    """One for every lever, in the order in which levers are shown."""
    known = {
        **_of_project(facts),
        "train_price": _train_price(picked),
        "gpu_hour_price": _gpu_hour_price(picked, catalogue),
        "gpu_tokens_per_s": _gpu_tokens_per_s(picked, catalogue, facts),
        **{name: Value(value, "yours", "set here") for name, value in settings.items()},
        **picked.values,
    }
    return {one.name: known.get(one.name) or Value(one.default, "default", one.reason) for one in LEVERS}


def _of_project(facts: ProjectFacts) -> dict[str, Value]:
    found: dict[str, Value] = {}
    if facts.requests_per_month:
        found["requests_per_month"] = Value(float(facts.requests_per_month), "yours", "answered in step Decide")
    if facts.rows:
        found["rows"] = Value(float(facts.rows), "measured", facts.rows_of)
    if facts.tokens_per_row:
        how: Origin = "measured" if facts.tokens_counted else "estimated"
        found["tokens_per_row"] = Value(float(max(1, round(facts.tokens_per_row))), how, facts.tokens_method)
    if facts.epochs:
        found["epochs"] = Value(facts.epochs, "default", "as the project's plan has it")
    return found


def _train_price(picked: Picked) -> Value:
    train = picked.tuned.train
    if train is None:
        return Value(0.0, "default", "training is paid by the hour of a GPU here: gpu_hour_price")
    return _quoted(train)


def _quoted(figure: Figure | NotFound) -> Value:
    if isinstance(figure, NotFound):
        return not_found(figure)
    own = figure.source.confidence == "yours"
    return Value(figure.value, "yours" if own else "quoted", figure.source.text, figure.source)


def _gpu_hour_price(picked: Picked, catalogue: Catalogue) -> Value:
    there = picked.destination
    if there.serving.per_hour:
        return _quoted(there.serving.per_hour)
    if there.id == HERE:
        return _hour_here(picked, catalogue)
    if there.serving.way in ("per hour", "own GPU") or picked.tuned.train is None:
        return not_found(NotFound(there.checked_on))
    return Value(0.0, "default", f"nothing is paid by the hour at {there.name}")


def _hour_here(picked: Picked, catalogue: Catalogue) -> Value:
    offer = cheapest_rental(catalogue, picked.gpu) if picked.gpu else None
    if offer is None:
        return Value(0.0, "default", "no price of a card like this machine's is known: set what an hour costs you")
    there, price = offer
    said = f"what renting the same card costs ({there.name}); set it to what an hour costs you"
    return Value(price.value, "estimated", said, price.source)


def _gpu_tokens_per_s(picked: Picked, catalogue: Catalogue, facts: ProjectFacts) -> Value:
    lever = by_name("gpu_tokens_per_s")
    model, parameters = picked.tuned.model, picked.tuned.parameters
    mine = facts.run_model is not None and open_model(catalogue, facts.run_model) == model
    if picked.destination.id == HERE and facts.tokens_per_s and mine:
        return Value(facts.tokens_per_s, "measured", f"{facts.run} on this machine")
    if picked.gpu is None or parameters is None:
        return Value(lever.default, "default", lever.reason)
    size, method = parameters.amount("billion parameters"), facts.method or "LoRA"
    speed = speeds.training(size, picked.gpu, catalogue.throughputs, method)
    return Value(speed.tokens_per_s, speed.origin, speed.reason, speed.source)
