"""The files of the catalogue: read once, checked one by one and against each other."""

import tomllib
from collections.abc import Container, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.resources import files
from pathlib import Path

from engine.providers import reading
from engine.providers.entries import Catalogue, Destination, Gpu, OpenModel, PricedModel, Throughput
from engine.providers.reader import File, Table

FOLDER = Path(str(files("assets") / "catalogue"))
"""The files that ship, in a checkout and in an installed wheel alike."""
_Stamps = tuple[tuple[str, int, int], ...]
_last: dict[tuple[Path, date], tuple[_Stamps, Catalogue]] = {}
"""What was read last, and how its files stood then: a screen asks again and again, and parsing takes its time."""


@dataclass(slots=True)
class _Part:
    """What one file adds."""

    file: str
    destinations: list[Destination] = field(default_factory=list)
    models: list[PricedModel] = field(default_factory=list)
    open_models: list[OpenModel] = field(default_factory=list)
    gpus: list[Gpu] = field(default_factory=list)
    throughputs: list[Throughput] = field(default_factory=list)

    def ids(self) -> Iterator[tuple[str, str]]:
        yield from (("destination", entry.id) for entry in self.destinations)
        yield from (("model", entry.id) for entry in self.models)
        yield from (("open model", entry.id) for entry in self.open_models)
        yield from (("GPU", entry.id) for entry in self.gpus)

    def gpus_named(self) -> Iterator[tuple[str, str]]:
        """GPUs that it speaks of, each with where."""
        yield from ((entry.id, entry.serving.gpu) for entry in self.destinations if entry.serving.gpu)
        yield from (("throughputs", entry.gpu) for entry in self.throughputs)


def read(folder: Path, today: date) -> Catalogue:
    """All *.toml of a folder; a file with a problem is left out, and Catalogue.problems tells every problem of it."""
    paths = sorted(folder.glob("*.toml"))
    stats = [(path.name, path.stat()) for path in paths]
    stamps = tuple((name, stat.st_mtime_ns, stat.st_size) for name, stat in stats)
    known = _last.get((folder, today))
    if known is None or known[0] != stamps:
        _last.clear()
        known = _last[folder, today] = (stamps, _gathered(paths, today))
    return known[1]


def _gathered(paths: Sequence[Path], today: date) -> Catalogue:
    problems: list[str] = []
    parts: list[_Part] = []
    for path in paths:
        file = File(path.name, today)
        part = _part(path, file)
        problems += file.problems
        if not file.problems:
            parts.append(part)
    gpus = {gpu.id for part in parts for gpu in part.gpus}
    seen: set[tuple[str, str]] = set()
    sound = []
    left_out = bool(problems)
    for part in parts:
        if left_out:
            _without(part, gpus)
        wrong = [*_unknown_gpus(part, gpus), *_twice(part, seen)]
        problems += wrong
        if not wrong:
            seen.update(part.ids())
            sound.append(part)
    return _joined(sound, problems)


def _part(path: Path, file: File) -> _Part:
    part = _Part(path.name)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        file.problems.append(f"{path.name}: cannot be read: {error}; mend that line, or install Tunewright anew")
        return part
    top = Table(file, "", content)
    file.read_sources(top)
    by, name = _provider(top)
    part.gpus += [reading.gpu(table) for table in top.tables("gpus")]
    part.open_models += [reading.open_model(table) for table in top.tables("open_models")]
    part.throughputs += [reading.throughput(table) for table in top.tables("throughputs")]
    part.models += [reading.priced_model(table, by) for table in top.tables("models")]
    for table in top.tables("destinations"):
        part.destinations += reading.destinations(table, by, name)
    top.done()
    return part


def _provider(top: Table) -> tuple[str, str]:
    """Id and name of whom the file is about; a file of GPUs, open models or throughputs is about nobody."""
    if not (top.has("provider") or top.has("models") or top.has("destinations")):
        return "", ""
    provider = top.table("provider")
    named = provider.text("id"), provider.text("name")
    provider.done()
    return named


def _without(part: _Part, known: Container[str | None]) -> None:
    """Forgets GPUs that are not known because their file was left out: prices hold, what a card carries is unknown."""
    part.throughputs = [entry for entry in part.throughputs if entry.gpu in known]
    part.destinations = [
        replace(entry, serving=replace(entry.serving, gpu=entry.serving.gpu if entry.serving.gpu in known else None))
        for entry in part.destinations
    ]


def _unknown_gpus(part: _Part, known: Set[str]) -> list[str]:
    """Destinations and throughputs name GPUs of another file."""
    wrong = [(where, gpu) for where, gpu in part.gpus_named() if gpu not in known]
    return [f"{part.file}: {where}.gpu: unknown GPU {gpu!r}; known: {', '.join(sorted(known))}" for where, gpu in wrong]


def _twice(part: _Part, seen: set[tuple[str, str]]) -> list[str]:
    """Ids that a file before it, or this one before, has given already."""
    own: set[tuple[str, str]] = set()
    wrong = []
    for what, name in part.ids():
        if (what, name) in seen or (what, name) in own:
            wrong.append(f"{part.file}: {name}.id: there is a {what} of that id already; choose another id")
        own.add((what, name))
    return wrong


def _sized(there: Destination, open_models: Mapping[str, OpenModel]) -> Destination:
    """With the size of each open model that it tunes, which stands in the file of the open models alone."""
    return replace(
        there,
        models=tuple(
            replace(model, parameters=open_models[model.model].parameters)
            if model.parameters is None and model.model in open_models
            else model
            for model in there.models
        ),
    )


def _joined(parts: Sequence[_Part], problems: Sequence[str]) -> Catalogue:
    open_models = {entry.id: entry for part in parts for entry in part.open_models}
    return Catalogue(
        destinations=tuple(_sized(entry, open_models) for part in parts for entry in part.destinations),
        models=tuple(entry for part in parts for entry in part.models),
        open_models=tuple(open_models.values()),
        gpus=tuple(entry for part in parts for entry in part.gpus),
        throughputs=tuple(entry for part in parts for entry in part.throughputs),
        problems=tuple(problems),
    )
