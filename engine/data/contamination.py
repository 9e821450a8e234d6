"""`data contamination`: the rows of a version that a benchmark of the user's has too."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.data.adopt import current
from engine.data.benchmark import Benchmark, Item, read_benchmark
from engine.data.compared import Contamination, comparisons
from engine.data.deriving import Change, Derived, derive
from engine.data.masking import mask_text
from engine.data.overlap import METHODS, Hit, Text, find_overlap
from engine.data.records import AS_FOUND, How, Progress, no_progress
from engine.data.rows import Row
from engine.data.versions import Version
from engine.durable import write_json
from engine.errors import UsageError
from engine.project import Project
from engine.safe_text import safe_text

STEP = "decontaminate"
_EXCERPT = 300
"""Characters of a question that are kept with a hit."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compared with what."""

    files: tuple[Path, ...]
    name: str | None = None
    """By which the result is kept; None: the first file's."""
    column: str | None = None
    """Where the questions are; None: it is found."""
    split: str | None = None
    """None: every row."""
    how: How = AS_FOUND
    """What the bytes of the files leave open."""


def compare(
    project: Project, asked: Asked, read: Progress = no_progress, compared: Progress = no_progress
) -> Contamination:
    """Compares the current version with the questions in files of the user's, and keeps what was found.

    `read` gets bytes, `compared` rows. Raises DataError for a file without questions, UsageError for a split that there
    is not.
    """
    version = current(project)
    counts = version.manifest.get("split", {}).get("counts", {})
    if asked.split and asked.split not in counts:
        known = ", ".join(counts) or "none yet: tunewright data split"
        raise UsageError(f"{version.name} has no split {asked.split!r}", hint=f"there are {known}")
    name, benchmarks = _name(asked), _read_all(asked, read)
    items = [item for one in benchmarks for item in one.items]
    numbers: list[int] = []

    def texts() -> Iterator[Text]:
        for number, row in enumerate(version.rows()):
            if asked.split in (None, row.split):
                numbers.append(number)
                yield Text.of(row)

    total = counts[asked.split] if asked.split else len(version)
    overlap = find_overlap([Text(item.question, item.answer) for item in items], texts(), total, compared)
    hits = list(_hits(version, numbers, items, overlap.hits))
    facts = {
        "name": name,
        "version": version.name,
        "split": asked.split,
        "files": [one.document() for one in benchmarks],
        "questions": len(items),
        "rows": total,
        "methods": METHODS,
        "by_kind": dict(Counter(kind for hit in hits for kind in hit["kinds"])),
        "by_split": dict(Counter(hit["split"] or "not split" for hit in hits)),
        "templates": overlap.templates,
        "hits": hits,
    }
    write_json(comparisons(project, version.name) / f"{name}.json", facts)
    return Contamination(facts)


def without(
    project: Project, found: Contamination, read: Progress = no_progress, compared: Progress = no_progress
) -> Derived:
    """A version without the rows of train that a benchmark has too; of a version that is not split, without all such.

    Raises UsageError when there is none.
    """
    version = current(project)
    gone = {hit["row"]: hit["place"] for hit in found.hits if hit["split"] in (None, "train")}

    def decide(number: int, row: Row) -> Change | None:
        message = f"the benchmark {found.facts['name']} has its question: {gone.get(number)}"
        return Change("contaminated", rule="contaminated", message=message) if number in gone else None

    said = f"no row of train has a question of {found.facts['name']}: there is nothing to drop"
    return derive(
        version, project.data, STEP, decide, kinds=("contaminated",), unchanged=said, read=read, compared=compared
    )


def _read_all(asked: Asked, read: Progress) -> list[Benchmark]:
    benchmarks: list[Benchmark] = []
    for number, path in enumerate(asked.files):
        before = sum(one.stat().st_size for one in asked.files[:number])
        benchmarks.append(read_benchmark(path, asked.column, asked.how, _from(before, read)))
    return benchmarks


def _from(before: int, read: Progress) -> Progress:
    return lambda done: read(before + done)


def _hits(
    version: Version, numbers: Sequence[int], items: Sequence[Item], found: Sequence[Hit]
) -> Iterator[dict[str, Any]]:
    """One for each row, with every method that saw it and the question that it is nearest to."""
    by_row: dict[int, list[Hit]] = {}
    for hit in found:
        by_row.setdefault(hit.row, []).append(hit)
    for place, hits in by_row.items():
        row = version.row(numbers[place])
        best = max(hits, key=lambda hit: (hit.kind == "exact", hit.kind == "near", hit.score))
        near = [hit.score for hit in hits if hit.kind == "near"]
        yield {
            "row": numbers[place],
            "id": row.id,
            "split": row.split,
            "kinds": sorted({hit.kind for hit in hits}),
            "jaccard": round(max(near), 2) if near else None,
            "place": items[best.text].place,
            "question": safe_text(mask_text(items[best.text].question), _EXCERPT),
        }


def _name(asked: Asked) -> str:
    """The name as a file's."""
    name = re.sub(r"[^\w.-]+", "-", mask_text(asked.name or asked.files[0].stem)).strip(".-")[:60]
    if not name:
        raise UsageError(f"no name for a file: {asked.name!r}", hint="letters and digits: --name mt-bench")
    return name
