"""The catalogue as the rest of the house asks for it: what ships, with a project's own prices; entries by their ids."""

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from engine import clock
from engine.errors import UsageError
from engine.providers import overrides as own
from engine.providers import shipped
from engine.providers.entries import Catalogue, Destination, Gpu, PricedModel, Tunable

if TYPE_CHECKING:
    from engine.project import Project

_Entry = TypeVar("_Entry", Destination, PricedModel, Tunable, Gpu)


def load(
    overrides: Mapping[str, Any] | None = None, today: date | None = None, folder: Path | None = None
) -> Catalogue:
    """The files that ship (or those of `folder`), with `overrides`: the table [prices] of a project.toml.

    A file or an override with a problem is left out and told in Catalogue.problems; the rest holds.
    """
    today = today or clock.today()
    return own.apply(shipped.read(folder or shipped.FOLDER, today), overrides or {}, today)


def for_project(project: "Project | None", today: date) -> Catalogue:
    """The catalogue with the project's own prices, where there is a project. Raises UsageError when its project.toml is
    not TOML."""
    return load(project.settings().get(own.SECTION) if project else None, today)


def set_price(project: "Project", of: str, field: str, value: float | None, today: date | None = None) -> None:
    """Writes a price of one's own into project.toml; None gives the catalogue's back.

    `of` is a priced model, a destination, or DESTINATION/MODEL; `field` is one of overrides.FIELDS. Raises UsageError
    for what the catalogue lacks and for a value that is no price; then nothing is written.
    """
    before = project.settings().get(own.SECTION, {}).get(of, {})
    written = before if isinstance(before, dict) else {}
    # What stands there can always be taken away, above all what the catalogue does not know.
    if value is not None or field not in written:
        own.check(load(today=today), of, field, value)
    prices = {**written, field: value}
    kept = {name: price for name, price in prices.items() if price is not None}
    project.set(own.SECTION, {of: kept or None})


def destination(catalogue: Catalogue, name: str) -> Destination:
    """Raises UsageError, naming the nearest, for a name that is no id."""
    return _found("destination", name, catalogue.destinations, catalogue.problems)


def priced_model(catalogue: Catalogue, name: str) -> PricedModel:
    """Raises UsageError, naming the nearest, for a name that is no id."""
    return _found("model", name, catalogue.models, catalogue.problems)


def gpu(catalogue: Catalogue, name: str) -> Gpu:
    """Raises UsageError, naming the nearest, for a name that is no id."""
    return _found("GPU", name, catalogue.gpus)


def tunable(catalogue: Catalogue, destination_id: str, model: str) -> Tunable:
    """A model that can be tuned there. Raises UsageError, naming the nearest, for what is none."""
    there = destination(catalogue, destination_id)
    return _found(f"model to tune at {there.id}", model, tunables(catalogue, there))


def tunables(catalogue: Catalogue, there: Destination) -> tuple[Tunable, ...]:
    """All that can be tuned at a destination: its models or, where any open one can be, the catalogue's."""
    if not there.any_open_model:
        return there.models
    return tuple(
        Tunable(model.id, model.name, there.methods, None, parameters=model.parameters)
        for model in catalogue.open_models
    )


def _found(what: str, name: str, entries: Sequence[_Entry], problems: Sequence[str] = ()) -> _Entry:
    """`problems`: of the catalogue; what is sought may stand in a file that was left out."""
    by_id = {entry.model if isinstance(entry, Tunable) else entry.id: entry for entry in entries}
    if name in by_id:
        return by_id[name]
    near = difflib.get_close_matches(name, list(by_id), n=3, cutoff=0)
    hint = f"the nearest: {', '.join(near)}" if near else "none is known there"
    left_out = f"; left out of the catalogue, and {len(problems)} problems in all: {problems[0]}" if problems else ""
    raise UsageError(f"no {what} {name!r}", hint=hint + left_out)
