"""All that is known of one destination, for a screen or a terminal."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine.costs.money import usd
from engine.errors import DataError
from engine.machine.record import HERE, recorded_destination
from engine.project import Project
from engine.providers import catalogue as shelf
from engine.providers.entries import Catalogue, Destination, OpenModel, Tunable
from engine.providers.figures import Ends, Figure, NotFound, Said, Source
from engine.providers.telling import Mark, amount, mark, origin, said, told
from engine.where.consent import price
from engine.where.constraints import Constraints, constraints
from engine.where.cost import Burn, burn
from engine.where.destinations import Candidate, candidate
from engine.where.models import offered
from engine.where.way_there import commands, notes, tuned_there, way_there

_NO_PROJECT = Path("exports")


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    text: str
    origin: str = ""
    """Source, its date, age and confidence in words; empty: nothing to name."""
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    facts: tuple[Fact, ...] = ()
    lines: tuple[str, ...] = ()
    """Text below the facts: commands to copy, sentences."""


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    title: str
    flags: tuple[str, ...]
    """Why not, then warnings: to be read before anything else."""
    sections: tuple[Section, ...]


def page(catalogue: Catalogue, destination_id: str, project: Project | None, today: date) -> Page:
    """The page. Raises UsageError, naming the nearest, for an unknown id."""
    wanted = constraints(project)
    found = candidate(catalogue, destination_id, wanted, today)
    one = found.destination
    parts = (
        *_found_here(one, project),
        Section("Status", tuple(_status(one, today))),
        Section("Training", (*_training(one, today), *_one_training(catalogue, one, wanted, today))),
        Section("Serving", tuple(_serving(catalogue, one, wanted, today))),
        Section("Your data", tuple(_data(one, today))),
        *_models(catalogue, one, today),
        *_way(catalogue, found, project, wanted.method, today),
    )
    flags = (*found.why_not, *found.warnings)
    return Page(one.id, f"{one.name} ({one.id})", flags, tuple(one for one in parts if one.facts or one.lines))


def _found_here(one: Destination, project: Project | None) -> Iterator[Section]:
    """What this machine was found to have and to lack; a damaged record is told, as looking again mends it."""
    if one.id != HERE or project is None:
        return
    try:
        found = recorded_destination(project)
    except DataError as error:
        yield Section("Found here", (), (str(error), error.hint))
        return
    if found is None:
        yield Section("Found here", (), ("nothing yet: tunewright doctor looks at it",))
        return
    facts = tuple(Fact(name, value) for name, value in found.facts)
    lacks = tuple(Fact("missing", f"{one.what}: {one.mend}") for one in found.lacks)
    yield Section(f"Found here on {found.looked}", (*lacks, *facts))


def _fact(name: str, one: Figure | Said | NotFound | None, today: date) -> Iterator[Fact]:
    """A figure or a fact as a line; nothing for None."""
    if one is None:
        return
    text = one.text if isinstance(one, Said) else told(one)
    note = f" ({one.note})" if isinstance(one, Figure) and one.note else ""
    source = "" if isinstance(one, NotFound) else origin(one.source, today)
    yield Fact(name, f"{text}{note}", source, mark(one, today))


def _end(name: str, end: Ends | None, today: date) -> Iterator[Fact]:
    if end is None:
        return
    days = (end.on - today).days
    left = f"in {days:,} days" if days > 0 else f"{-days:,} days ago" if days else "today"
    note = f"; {end.note}" if end.note else ""
    yield Fact(name, f"{end.on}, {left}{note}", origin(end.source, today), mark(end, today))


def _status(one: Destination, today: date) -> Iterator[Fact]:
    source: Source = one.status_about.source
    about = f"{one.status}: {one.status_about.text}"
    yield Fact("status", about, origin(source, today), mark(one.status_about, today))
    yield from _end("ends", one.ends, today)
    yield Fact("looked up", str(one.checked_on))


def _training(one: Destination, today: date) -> Iterator[Fact]:
    yield Fact("methods", ", ".join(one.methods) or "none")
    yield from _fact("rows at least", one.rows_minimum, today)
    yield from _fact("rows at most", one.rows_maximum, today)
    yield from _fact("validation", one.validation_billed, today)


def _one_training(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Iterator[Fact]:
    """What a training of the project's rows costs, where there are any."""
    if wanted.train_tokens is not None and one.data_leaves and one.status != "closed":
        yield Fact("of your rows", price(catalogue, one, wanted, today))


def _serving(catalogue: Catalogue, one: Destination, wanted: Constraints, today: date) -> Iterator[Fact]:
    serving = one.serving
    yield Fact("how", serving.way)
    yield from _fact("about", serving.about, today)
    yield from _fact("price", serving.per_hour, today)
    month = burn(catalogue, one, wanted, today)
    if month:
        yield Fact("a month, always on", one_month(month))
    if serving.gpu:
        gpu = shelf.gpu(catalogue, serving.gpu)
        count = f"{serving.gpus_minimum} x " if serving.gpus_minimum > 1 else ""
        yield Fact("GPU", f"{count}{gpu.name}", origin(gpu.memory.source, today), mark(gpu.memory, today))
    yield from _fact("keeping the model", serving.storage, today)
    yield from _fact("off, when it may wait", serving.batch_discount, today)


def one_month(found: Burn) -> str:
    """What the hours of a month come to."""
    of = f" for {found.of}" if found.of else ""
    return f"{usd(found.usd)}{of} (730 hours, used or not)"


def _data(one: Destination, today: date) -> Iterator[Fact]:
    yield Fact("leaves this machine", "yes, after your consent" if one.data_leaves else "no")
    yield Fact("regions to choose", ", ".join(one.regions) or "none")
    yield from _fact("region", one.region, today)
    yield from _fact("retention", one.retention, today)
    yield from _fact("zero retention", one.zero_retention, today)


def _models(catalogue: Catalogue, one: Destination, today: date) -> Iterator[Section]:
    if one.any_open_model:
        yield Section(
            "Models: any that is open, such as", tuple(_open(model, today) for model in catalogue.open_models)
        )
    for tunable in one.models:
        gone = "" if tunable in offered(catalogue, one, None, today) else " (gone)"
        yield Section(f"Model: {tunable.name}{gone}", tuple(_model(tunable, today)))


def _open(model: OpenModel, today: date) -> Fact:
    text = f"{amount(model.parameters)}; licence: {said(model.licence)}"
    return Fact(model.name, text, origin(model.parameters.source, today), mark(model.parameters, today))


def _model(model: Tunable, today: date) -> Iterator[Fact]:
    yield Fact("id", model.model)
    yield Fact("methods", ", ".join(model.methods))
    prices = {
        "parameters": model.parameters,
        "training": model.train,
        "a job at least": model.minimum_fee,
        "prompt": model.input,
        "prompt, cached": model.cached_input,
        "answer": model.output,
    }
    for name, figure in prices.items():
        yield from _fact(name, figure, today)
    yield from _end("ends", model.ends, today)


def _way(
    catalogue: Catalogue, found: Candidate, project: Project | None, method: str | None, today: date
) -> Iterator[Section]:
    """How the rows get there, where they may."""
    one = found.destination
    if found.refused:
        return
    if one.kind == "rented GPU":
        yield Section("How to go on there", tuple(Fact("", note) for note in notes(one, None)), way_there(project))
    elif one.upload is not None:
        folder = (project.exports if project else _NO_PROJECT) / f"upload-{one.id}"
        model = tuned_there(catalogue, one, None, method, today)
        facts = (Fact("form", one.upload.form), Fact("checked by the rules of", one.upload.target or "none of its own"))
        yield Section("The file", facts, (f"tunewright providers upload {one.id}",))
        told_by = Fact("as told by", origin(one.upload.source, today))
        yield Section("What is typed there", (told_by,), commands(one, folder, model))
        yield Section("To know", tuple(Fact("", note) for note in notes(one, model)))
