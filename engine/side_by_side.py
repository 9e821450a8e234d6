"""Saved answers of several systems to the same prompt, paired for a person to read; only their places are held."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.evaluate.answers import same_answer
from engine.evaluate.outputs import output_at, scan_outputs
from engine.findings import baseline_folder, output_file
from engine.plan.recipe import frozen, planned
from engine.project import Project, RunFolder

SYSTEMS = ("base", "base_few_shot", "tuned")
"""The trivial system is left out: it says one thing, whatever the question."""

_Place = tuple[int, bool]
"""Where a system's answer to a row lies, and whether it is right."""

FILTERS: Mapping[str, Callable[[Mapping[str, bool]], bool]] = {
    "all": lambda right: True,
    "tuned wrong": lambda right: right.get("tuned") is False,
    "tuned better than base": lambda right: right.get("tuned") is True and right.get("base") is False,
    "tuned worse than base": lambda right: right.get("tuned") is False and right.get("base") is True,
    "base wrong": lambda right: right.get("base") is False,
    "base right": lambda right: right.get("base") is True,
}
"""{name: whether a row with these {system: right} belongs to it}. Right is exact match, as everywhere."""


@dataclass(frozen=True, slots=True)
class Answers:
    """One prompt, the reference, and what each system answered."""

    prompt: Sequence[Mapping[str, Any]]
    """Messages, without the worked examples of few-shot prompting."""
    reference: str
    answers: Mapping[str, str]
    right: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The rows of one set that every system in `files` has answered. len(...), at(number), matching(filter)"""

    files: Mapping[str, Path]
    rows: Sequence[Mapping[str, _Place]]

    def __len__(self) -> int:
        return len(self.rows)

    def at(self, number: int) -> Answers:
        """Row `number`, read from disk. Raises DataError when the files have changed since."""
        row = self.rows[number]
        outputs = {system: output_at(self.files[system], start) for system, (start, _) in row.items()}
        plain = outputs[next(one for one in ("tuned", "base", *outputs) if one in outputs)]
        answers = {system: one.output for system, one in outputs.items()}
        return Answers(plain.prompt, plain.reference, answers, {system: right for system, (_, right) in row.items()})

    def matching(self, name: str) -> list[int]:
        """Numbers of the rows that belong to a filter of FILTERS."""
        belongs = FILTERS[name]
        return [
            number
            for number, row in enumerate(self.rows)
            if belongs({system: right for system, (_, right) in row.items()})
        ]

    def filters(self) -> tuple[str, ...]:
        """The filters that make sense for these systems, all rows first."""
        tuned = "tuned" in self.files
        return tuple(name for name in FILTERS if name == "all" or ("tuned" in name) == tuned)


def side_by_side(run: RunFolder, name: str) -> SideBySide:
    """The answers of a run's model and its baselines to the set `name`. Raises DataError when they are damaged."""
    folder = baseline_folder(run.project, frozen(run))
    folders = {system: run.evals if system == "tuned" else folder for system in SYSTEMS}
    return _paired({system: output_file(folders[system], name, system) for system in SYSTEMS})


def baselines_side_by_side(project: Project, name: str) -> SideBySide:
    """The answers of the baselines of the present plan to the set `name`. Raises DataError when they are damaged."""
    folder = baseline_folder(project, planned(project))
    return _paired({system: output_file(folder, name, system) for system in SYSTEMS if system != "tuned"})


def _paired(files: Mapping[str, Path]) -> SideBySide:
    there = {system: path for system, path in files.items() if path.exists()}
    places = {system: _places(path) for system, path in there.items()}
    shared = [row for row in next(iter(places.values()), {}) if all(row in one for one in places.values())]
    return SideBySide(there, [{system: one[row] for system, one in places.items()} for row in shared])


def _places(path: Path) -> dict[str, _Place]:
    # Of two lines with one id the last counts, as for the scorer.
    return {one.id: (start, same_answer(one.reference, one.output)) for start, one in scan_outputs(path)}
