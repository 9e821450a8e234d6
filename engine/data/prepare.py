"""From a record in a file to a row fit to be written: rendered, its secrets masked, judged."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from engine.data.formats import SAMPLE, Layout, Rendered, detect
from engine.data.mapping import Mapping
from engine.data.masking import Mask, mask_text, texts
from engine.data.privacy import findings
from engine.data.problems import Place, Problem
from engine.data.read import records
from engine.data.records import Progress, Record, no_progress
from engine.data.rows import Row, row_id
from engine.data.validate import validate
from engine.errors import DataError, UsageError
from engine.safe_text import one_line


@dataclass(frozen=True, slots=True)
class Prepared:
    """One record after all rules; nothing in it holds a secret that the rules know."""

    place: Place
    row: Row | None
    """None when an error leaves it out."""
    problems: tuple[Problem, ...]
    secrets: Counter[str]
    """Places masked, by kind."""
    privacy: Counter[str]
    """Personal data found in turns and meta, by kind; still there."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how it is read."""

    path: Path
    layout: Layout

    def rows(self, progress: Progress = no_progress) -> Iterator[Prepared]:
        """Every record of the file, judged; `progress` gets the bytes read so far."""
        for record in records(self.path, progress):
            yield prepare(record, self.layout)


def find_sources(paths: Sequence[Path], mapping: Mapping) -> list[Source]:
    """The files with their formats, found on their first records.

    Raises DataError when a file has none, or not one; UsageError when no file has the group columns or the category.
    """
    sources = [find_layout(path, mapping) for path in paths]
    require_named([row for source in sources for row in samples(source, SAMPLE)], mapping)
    return sources


def require_named(rows: Sequence[Row], mapping: Mapping) -> None:
    """Raises UsageError when none of `rows` has the group columns or the category of `mapping`."""
    absent = [column for column in mapping.group if not any(column in row.meta for row in rows)]
    if mapping.category and not any(row.category(mapping.category) for row in rows):
        absent.append(mapping.category)
    if rows and absent:
        known = ", ".join(one_line(name, 60) for name in dict.fromkeys(name for row in rows for name in row.meta))
        hint = f"columns beside prompt and answer: {known or 'none'}"
        raise UsageError(f"no row has {one_line(absent[0], 60)!r} to group or count by", hint=hint)


def find_layout(path: Path, mapping: Mapping) -> Source:
    """One file with its format. Raises DataError when it has none, or not one."""
    first = list(islice(records(path), SAMPLE))
    readable = [record.value for record in first if not record.problems]
    if first and not readable:
        problem, where = first[0].problems[0], f"{path.name}:{first[0].place.line}"
        raise DataError(f"no record can be read; the first: {problem.message}", hint=problem.hint, where=where)
    return Source(path, detect(readable, mapping, path.name))


def samples(source: Source, count: int = 3) -> Sequence[Row]:
    """The first rows of the file that are fit, as they would be imported."""
    judged = (prepared.row for prepared in islice(source.rows(), SAMPLE))
    return list(islice((row for row in judged if row), count))


def prepare(record: Record, layout: Layout) -> Prepared:
    """Renders, masks and judges one record. Never raises: what is wrong becomes a problem."""
    if record.problems:
        return _refused(record.place, record.problems)
    if not isinstance(record.value, dict):
        found = type(record.value).__name__.replace("NoneType", "null")
        problem = Problem("not-an-object", f"the record is of type {found}", "write an object with named fields")
        return _refused(record.place, (problem,))
    mask = Mask()
    rendered = layout.render(record.value)
    rendered = Rendered(mask.value(rendered.messages), mask.value(rendered.meta), rendered.problems)
    problems = (*rendered.problems, *validate(rendered.messages)) if not _fatal(rendered) else rendered.problems
    problems = tuple(replace(problem, message=mask_text(problem.message)) for problem in problems)
    if any(problem.severity == "error" for problem in problems):
        return Prepared(record.place, None, problems, mask.found, Counter())
    privacy = findings("\n".join(texts([rendered.messages, rendered.meta])))
    return Prepared(record.place, _row(record.place, rendered), problems, mask.found, privacy)


def _fatal(rendered: Rendered) -> bool:
    """Whether the format could not be read, so that judging the turns would only repeat it."""
    return any(problem.rule == "missing-column" for problem in rendered.problems)


def _row(place: Place, rendered: Rendered) -> Row:
    source = {"file": place.file, "line": place.line, "byte": place.byte}
    tools = rendered.meta.get("tools")
    return Row(row_id(rendered.messages, tools), rendered.messages, rendered.meta, source, ["import"])


def _refused(place: Place, problems: tuple[Problem, ...]) -> Prepared:
    masked = tuple(replace(problem, message=mask_text(problem.message)) for problem in problems)
    return Prepared(place, None, masked, Counter(), Counter())
