"""From a record in a file to a row fit to be written: rendered, repaired, its secrets masked, judged."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from engine.data.formats import SAMPLE, Layout, detect
from engine.data.formats_rendered import Rendered
from engine.data.mapping import Mapping
from engine.data.masking import Mask, mask_text
from engine.data.privacy_fields import row_findings
from engine.data.problems import Place, Problem
from engine.data.read import records
from engine.data.records import AS_FOUND, How, Progress, Record, no_progress
from engine.data.repairs import after_prompt, offered, repaired
from engine.data.rows import Row, row_id
from engine.data.suspected import suspected
from engine.data.targets import Target, target_problems
from engine.data.validate import validate
from engine.errors import DataError, UsageError
from engine.safe_text import one_line


@dataclass(frozen=True, slots=True)
class Rules:
    """What rows are judged by besides the rules for all."""

    target: Target | None = None
    """Where they are to be trained, if not here."""
    own: frozenset[str] = frozenset()
    """Special tokens of the model to be trained."""


NO_MORE = Rules()


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a person wants files to be read; empty: as found, and nothing is repaired."""

    how: How = AS_FOUND
    format: str | None = None
    """A key of formats.FORMATS."""
    repairs: tuple[str, ...] = ()
    rules: Rules = NO_MORE


AS_IT_IS = Wishes()


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
    mendable: tuple[str, ...] = ()
    """Repairs that would change it, and were not asked for."""
    mended: tuple[str, ...] = ()
    """Repairs that changed it."""
    used: frozenset[str] = frozenset()
    """Columns that are in the conversation."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file and how it is read."""

    path: Path
    layout: Layout
    how: How = AS_FOUND
    repairs: tuple[str, ...] = ()
    rules: Rules = NO_MORE

    @property
    def said(self) -> dict[str, str]:
        """What a person said about the bytes of the file."""
        said = {"encoding": self.how.encoding, "sheet": self.how.sheet, "delimiter": self.how.delimiter}
        return {name: value for name, value in said.items() if value}

    def rows(self, progress: Progress = no_progress) -> Iterator[Prepared]:
        """Every record of the file, judged; `progress` gets the bytes read so far."""
        for record in records(self.path, progress, self.how):
            yield self.prepare(record)

    def prepare(self, record: Record) -> Prepared:
        """One record of the file, judged."""
        return prepare(record, self.layout, self.repairs, self.rules)


def find_sources(paths: Sequence[Path], mapping: Mapping, wishes: Wishes = AS_IT_IS) -> list[Source]:
    """The files with their formats, found on their first records.

    Raises DataError when a file has none, or not one; UsageError when no file has the group columns or the category.
    """
    sources = [find_layout(path, mapping, wishes) for path in paths]
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


def find_layout(path: Path, mapping: Mapping, wishes: Wishes = AS_IT_IS) -> Source:
    """One file with its format. Raises DataError when it has none, or not one; ChoiceNeeded when one must be chosen."""
    return source_of(path, list(islice(records(path, how=wishes.how), SAMPLE)), mapping, wishes)


def source_of(path: Path, first: Sequence[Record], mapping: Mapping, wishes: Wishes = AS_IT_IS) -> Source:
    """The file with its format, by its first records. Raises as `find_layout`."""
    readable = [record.value for record in first if not _refuses(record.problems)]
    if first and not readable:
        problem, where = first[0].problems[0], f"{path.name}:{first[0].place.line}"
        raise DataError(f"no record can be read; the first: {problem.message}", hint=problem.hint, where=where)
    layout = detect(readable, mapping, path.name, wishes.format)
    return Source(path, layout, wishes.how, wishes.repairs, wishes.rules)


def samples(source: Source, count: int = 3) -> Sequence[Row]:
    """The first rows of the file that are fit, as they would be imported."""
    judged = (prepared.row for prepared in islice(source.rows(), SAMPLE))
    return list(islice((row for row in judged if row), count))


def prepare(record: Record, layout: Layout, repairs: Sequence[str] = (), rules: Rules = NO_MORE) -> Prepared:
    """Renders, repairs, masks and judges one record. Never raises: what is wrong becomes a problem."""
    if _refuses(record.problems):
        return _refused(record.place, record.problems)
    if not isinstance(record.value, dict):
        kind = type(record.value).__name__.replace("NoneType", "null")
        problem = Problem("not-an-object", f"the record is of type {kind}", "write an object with named fields")
        return _refused(record.place, (*record.problems, problem))
    rendered, made = repaired(layout.render(record.value), repairs)
    mendable = offered(rendered, repairs)
    mask, may_hold = Mask(), suspected(rendered)
    if may_hold.secret:
        rendered = _masked(rendered, mask)
    found = (*record.problems, *rendered.problems)
    problems = found if _fatal(rendered) else (*found, *_judged(rendered, rules))
    problems = _told(problems)
    used = frozenset(rendered.used)
    if _refuses(problems):
        return Prepared(record.place, None, problems, mask.found, Counter(), mendable, made, used)
    row = _row(record.place, rendered, made)
    private = row_findings(row) if may_hold.private or mask.found else Counter[str]()
    return Prepared(record.place, row, problems, mask.found, private, mendable, made, used)


def _refuses(problems: Sequence[Problem]) -> bool:
    return bool(problems) and any(problem.severity == "error" for problem in problems)


def _masked(rendered: Rendered, mask: Mask) -> Rendered:
    """All that will be written, masked at once: the same secret has one number in the whole row."""
    whole = [rendered.messages, rendered.meta, rendered.rejected]
    masked = mask.value(whole)
    if masked is whole:
        return rendered
    messages, meta, rejected = masked
    return replace(rendered, messages=messages, meta=meta, rejected=rejected)


def _fatal(rendered: Rendered) -> bool:
    """Whether the format could not be read, so that judging the turns would only repeat it."""
    wrong = rendered.problems
    return bool(wrong) and any(problem.rule in ("missing-column", "other-format") for problem in wrong)


def _judged(rendered: Rendered, rules: Rules) -> Iterator[Problem]:
    """The problems of the conversation; of a preference also those that the other answer alone has."""
    messages, tools = rendered.messages, rendered.meta.get("tools")
    own = rules.own if rules.target is None else rules.own | rules.target.own
    found = validate(messages, tools, own)
    yield from found
    if rendered.rejected is not None and not _refuses((*rendered.problems, *found)):
        known = {problem.rule for problem in found}
        other = validate([*messages[: after_prompt(messages)], *rendered.rejected], tools, own)
        for problem in other:
            if problem.rule not in known:
                yield replace(problem, message=f"of the answer that is not preferred: {problem.message}")
    if rules.target is not None and not _refuses(found):
        yield from target_problems(rules.target, messages, rendered.meta)


def _row(place: Place, rendered: Rendered, repairs: Sequence[str]) -> Row:
    source = {"file": place.file, "line": place.line, "byte": place.byte}
    tools = rendered.meta.get("tools")
    made = row_id(rendered.messages, tools, rendered.rejected, rendered.label)
    steps = ["import", *(f"repair:{name}" for name in repairs)]
    return Row(
        made,
        rendered.messages,
        rendered.meta,
        source,
        steps,
        rejected=rendered.rejected,
        label=rendered.label,
    )


def _refused(place: Place, problems: tuple[Problem, ...]) -> Prepared:
    return Prepared(place, None, _told(problems), Counter(), Counter())


def _told(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """The first problem of each rule, its message without secrets: a record can break one in each of 100,000 turns."""
    if not problems:
        return ()
    first = {problem.rule: problem for problem in reversed(problems)}
    return tuple([replace(one, message=mask_text(one.message)) for one in reversed(first.values())])
