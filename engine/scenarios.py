"""Scenarios that were given a name: one readable TOML file each, in the project."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.costing.best import best
from engine.costing.case import Case, check_range
from engine.costing.found import Found
from engine.costing.lines import lines
from engine.costing.problems import at, together
from engine.costing.scenario import Scenario
from engine.costing.values import said
from engine.costs import levers
from engine.durable import disk_errors, write_atomic
from engine.errors import UsageError
from engine.project import Project
from engine.safe_text import one_line
from engine.short_file import read_short

_NAME = re.compile(r"[^\W_][\w .-]{0,39}(?<![ .])")
"""Letters and digits of any script first: no hidden file, no path, nothing that a system refuses at the end."""
_ABOUT = "# Levers of `tunewright cost --scenario NAME`; those that are not here follow from project and catalogue.\n"
_FORM = "[levers] NAME = VALUE, [ranges] NAME = [LEAST, GREATEST]; `tunewright cost --levers` lists the names"
_KEYS = ("name", "levers", "ranges")
_MOST = 10**300
"""Whole numbers beyond are no float."""
MOST_COMPARED = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """Scenarios side by side."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """(figure or lever, one cell a scenario)"""
    differ: tuple[bool, ...]
    """By row: whether its cells are not all the same."""
    best: tuple[int | None, ...]
    """By row: the place of the best cell for who tunes; None where none is."""


def check_name(name: str) -> str:
    """`name`, stripped. Raises UsageError for what is no name of a scenario."""
    said = name.strip()
    if not _NAME.fullmatch(said):
        raise UsageError(
            f"{one_line(said, 60)!r} is no name for a scenario",
            hint="up to 40 letters, digits, spaces, points, - and _, a letter or digit first",
        )
    return said


def save(project: Project, scenario: Scenario, *, replace: bool = False) -> Path:
    """Writes `scenario` under its name. Raises UsageError for a bad name, or one that is taken unless `replace`."""
    import tomlkit

    name = check_name(scenario.name)
    path = _path(project, name)
    if path.exists() and not replace:
        raise UsageError(f"there is a scenario {name!r} already", hint="take another name, or replace it: --replace")
    document = tomlkit.parse(_ABOUT)
    document["name"] = name
    document["levers"] = {key: _short(value) for key, value in scenario.settings.items()}
    if scenario.ranges:
        document["ranges"] = {key: [_short(end) for end in pair] for key, pair in scenario.ranges.items()}
    write_atomic(path, tomlkit.dumps(document).encode())
    return path


def load(project: Project, name: str) -> Scenario:
    """Raises UsageError, with the names there are, when there is none; and as read_file does."""
    path = _existing(project, name)
    found = read_file(path)
    return Scenario(path.stem, found.settings, found.ranges)


def names(project: Project) -> tuple[str, ...]:
    """The scenarios of the project, by name."""
    return tuple(sorted(path.stem for path in project.scenarios.glob("*.toml") if _NAME.fullmatch(path.stem)))


def delete(project: Project, name: str) -> None:
    """Raises UsageError when there is none, ResourceError when the disk refuses."""
    path = _existing(project, name)
    with disk_errors(path):
        path.unlink()


def read_file(path: Path) -> Scenario:
    """The scenario in a TOML file. Raises UsageError that names every problem of it with its key."""
    try:
        given = tomllib.loads(read_short(path).decode("utf-8"))
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", hint="name a TOML file", where=str(path)) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not TOML: {error or 'nested too deeply'}", hint=_FORM, where=str(path)) from error
    problems = [UsageError(f"{key}: no key of a scenario", hint=_FORM) for key in given if key not in _KEYS]
    name = given.get("name", path.stem)
    if not isinstance(name, str):
        problems.append(UsageError(f"name: {name!r} is no text", hint=_FORM))
    settings, ranges = _settings(given.get("levers", {}), problems), _ranges(given.get("ranges", {}), problems)
    if problems:
        one = together(problems)
        raise UsageError(one.message, hint=one.hint, where=str(path))
    return Scenario(str(name), settings, ranges)


def compare(cases: Sequence[tuple[Case, Found]]) -> Comparison:
    """Up to MOST_COMPARED side by side: the levers that differ, then every figure. Raises UsageError for more."""
    if not 1 <= len(cases) <= MOST_COMPARED:
        hint = f"take one to {MOST_COMPARED}: more columns do not fit a terminal"
        raise UsageError(f"{len(cases)} scenarios cannot be compared", hint=hint)
    settings = [
        (lever.short, tuple(said(lever, case.values[lever.name]) for case, _ in cases)) for lever in levers.LEVERS
    ]
    apart = [(name, cells) for name, cells in settings if len(set(cells)) > 1]
    figures = list(zip(*(lines(found) for _, found in cases), strict=True))
    rows = [*apart, *((alike[0].label, tuple(line.said for line in alike)) for alike in figures)]
    return Comparison(
        tuple(case.scenario.name or "now" for case, _ in cases),
        tuple(rows),
        tuple(len(set(cells)) > 1 for _, cells in rows),
        (
            *(None for _ in apart),
            *(best(alike) if len({line.said for line in alike}) > 1 else None for alike in figures),
        ),
    )


def _path(project: Project, name: str) -> Path:
    return project.scenarios / f"{name}.toml"


def _existing(project: Project, name: str) -> Path:
    if name not in names(project):
        there = ", ".join(names(project)) or "none yet: tunewright cost --set ... --save NAME"
        raise UsageError(f"no scenario {name!r}", hint=f"scenarios here: {there}")
    return _path(project, name)


def _short(value: float | str) -> float | int | str:
    """200000 for 200000.0: as a person would write it."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _settings(table: Any, problems: list[UsageError]) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for key, value in _items("levers", table, problems):
        with at(key, problems):
            if isinstance(value, int) and abs(value) > _MOST:
                raise UsageError(f"a number of {len(str(value))} digits is not possible", hint=_FORM)
            found[key] = levers.check(key, value)
    return found


def _ranges(table: Any, problems: list[UsageError]) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for key, pair in _items("ranges", table, problems):
        with at(f"range of {key}", problems):
            if not isinstance(pair, list) or len(pair) != 2 or not all(map(_is_number, pair)):
                raise UsageError(f"{pair!r} is no range", hint=f"write {key} = [LEAST, GREATEST]")
            check_range(key, (pair[0], pair[1]))
            found[key] = float(pair[0]), float(pair[1])
    return found


def _items(key: str, table: Any, problems: list[UsageError]) -> list[tuple[str, Any]]:
    if isinstance(table, dict):
        return list(table.items())
    problems.append(UsageError(f"{key}: {table!r} is no table", hint=_FORM))
    return []


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _MOST
