"""A person's own prices, from [prices] of project.toml, in the place of the catalogue's."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from engine.errors import UsageError
from engine.providers.entries import Catalogue, Destination, PricedModel, Serving, Tunable
from engine.providers.figures import Figure, Source, Unit
from engine.providers.reader import shown

_Entry = TypeVar("_Entry", PricedModel, Tunable, Serving)
SECTION = "prices"
FIELDS: Mapping[str, Unit] = {
    "input": "USD per 1M tokens",
    "cached_input": "USD per 1M tokens",
    "output": "USD per 1M tokens",
    "train": "USD per 1M tokens",
    "per_hour": "USD per hour",
    "storage": "USD per month",
    "batch_discount": "share",
}
"""What can be set, and in which unit."""
_OF_A_MODEL = ("input", "cached_input", "output", "batch_discount")
_OF_A_TUNED_MODEL = ("train", "input", "cached_input", "output")
_OF_A_DESTINATION = ("per_hour", "storage", "batch_discount")
_HIGHEST = 1e6
"""USD; no price of any unit here comes near it."""
_WRITTEN = "your own price, project.toml"


class _Refused(Exception):
    """An override that cannot be used: what is wrong, and the next thing to do."""

    def __init__(self, wrong: str, hint: str) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.hint = hint


def apply(catalogue: Catalogue, overrides: Mapping[str, Any], today: date) -> Catalogue:
    """The catalogue with the prices that can be used; the others are told in its problems, each at its key."""
    problems: list[str] = []
    for of, field, value in _entries(overrides, problems):
        try:
            catalogue = _with(catalogue, of, field, _figure(field, value, today))
        except _Refused as refused:
            problems.append(f'project.toml: {SECTION}."{of}".{field}: {refused.wrong}; {refused.hint}')
    return replace(catalogue, problems=(*catalogue.problems, *problems))


def check(catalogue: Catalogue, of: str, field: str, value: float | None) -> None:
    """Raises UsageError for a price that cannot be set; None (the catalogue's again) can be wherever a price can."""
    try:
        _with(catalogue, of, field, _figure(field, 0 if value is None else value, date.min))
    except _Refused as refused:
        raise UsageError(f"{of} {field}: {refused.wrong}", hint=refused.hint) from refused


def _entries(overrides: Mapping[str, Any], problems: list[str]) -> Iterator[tuple[str, str, Any]]:
    if not isinstance(overrides, Mapping):
        problems.append(f'project.toml: {SECTION}: {shown(overrides)} is not a table; write [{SECTION}."ID"]')
        return
    for of, prices in overrides.items():
        if isinstance(prices, Mapping):
            yield from ((of, field, value) for field, value in prices.items())
        else:
            wrong = f"{shown(prices)} is not a table"
            problems.append(f'project.toml: {SECTION}."{of}": {wrong}; write [{SECTION}."{of}"], below it input = 0.10')


def _figure(field: str, value: Any, today: date) -> Figure:
    if field not in FIELDS:
        raise _Refused("no such price", f"the nearest is {_nearest(field, FIELDS)}; all: {', '.join(FIELDS)}")
    highest = 1 if FIELDS[field] == "share" else _HIGHEST
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= highest:
        raise _Refused(f"{shown(value)} is no price", f"a number of {FIELDS[field]}, from 0 to {highest:g}")
    return Figure(float(value), FIELDS[field], Source(_WRITTEN, today, "yours"))


def _with(catalogue: Catalogue, of: str, field: str, figure: Figure) -> Catalogue:
    """The catalogue with one price replaced. Raises _Refused where there is nothing of that kind to be replaced."""
    where, _, model = of.partition("/")
    models = {priced.id: priced for priced in catalogue.models}
    places = {there.id: there for there in catalogue.destinations}
    if of in models:
        return _put(catalogue, _model(models[of], field, figure))
    if where not in places:
        what, known = ("destination", [*places]) if model else ("model or destination", [*models, *places])
        raise _Refused(f"no {what} {where!r}", f"the nearest is {_nearest(where, known)}")
    there = places[where]
    return _put(catalogue, _tuned(there, model, field, figure) if model else _destination(there, field, figure))


def _model(model: PricedModel, field: str, figure: Figure) -> PricedModel:
    _allowed(field, _OF_A_MODEL, "a model as it is")
    return _changed(model, field, figure)


def _tuned(there: Destination, model: str, field: str, figure: Figure) -> Destination:
    _allowed(field, _OF_A_TUNED_MODEL, "a tuned model")
    if not there.models:
        raise _Refused(f"{there.id} is paid by the hour", f'set [{SECTION}."{there.id}"] per_hour')
    models = {tunable.model: tunable for tunable in there.models}
    if model not in models:
        raise _Refused(f"no model {model!r} at {there.id}", f"the nearest is {_nearest(model, models)}")
    if field != "train" and models[model].input is None:
        raise _Refused(f"{there.id} serves no tuned model per token", "its serving is paid by the hour: per_hour")
    models[model] = _changed(models[model], field, figure)
    return replace(there, models=tuple(models.values()))


def _destination(there: Destination, field: str, figure: Figure) -> Destination:
    example = there.models[0].model if there.models else "MODEL"
    if field in _OF_A_TUNED_MODEL:
        raise _Refused("that is the price of a model", f'name the model as well: [{SECTION}."{there.id}/{example}"]')
    _allowed(field, _OF_A_DESTINATION, "a destination")
    if there.serving.way == "none" or (field == "per_hour" and there.serving.way == "per token"):
        raise _Refused(f"{there.id} charges nothing of that kind", "its page tells what it charges")
    return replace(there, serving=_changed(there.serving, field, figure))


def _put(catalogue: Catalogue, entry: Destination | PricedModel) -> Catalogue:
    if isinstance(entry, Destination):
        there = tuple(entry if each.id == entry.id else each for each in catalogue.destinations)
        return replace(catalogue, destinations=there)
    return replace(catalogue, models=tuple(entry if each.id == entry.id else each for each in catalogue.models))


def _allowed(field: str, fields: Iterable[str], of: str) -> None:
    if field not in fields:
        raise _Refused(f"{of} has no such price", f"it has {', '.join(fields)}")


def _changed(entry: _Entry, field: str, figure: Figure) -> _Entry:
    change: dict[str, Any] = {field: figure}
    return replace(entry, **change)


def _nearest(name: str, known: Iterable[str]) -> str:
    return next(iter(difflib.get_close_matches(name, list(known), n=1, cutoff=0)), "none")
