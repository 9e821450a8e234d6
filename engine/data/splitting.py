"""`data split`: a new version whose rows know their group and split, with the proof that the splits share nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.balance import sizing
from engine.data.categories import groups_by_name
from engine.data.corpus import Corpus, build
from engine.data.draw import Drawn, draw
from engine.data.duplicates import unique_groups
from engine.data.groups import SPLITS, Grouped, Recorded, make_groups
from engine.data.links import Links, find_links
from engine.data.mapping import Mapping
from engine.data.overview import precision
from engine.data.proof import Proof, prove
from engine.data.records import Progress, no_progress
from engine.data.versions import Version, Writer, last_record, open_version, writing
from engine.errors import UsageError

_ROUNDS = 3
"""Near pairs that only the proof's search finds become links, and the new groups are drawn again; seldom needed."""
_REFUSED = {"rule": "links-two-splits", "message": "belongs to groups of two splits, which must share nothing"}


@dataclass(frozen=True, slots=True)
class Split:
    """The new version and what was decided."""

    version: Version
    counts: dict[str, int]
    groups: int
    refused: int
    """Rows left out because they link groups of two splits."""
    recorded: int
    """Rows that kept the split of an earlier version."""
    warnings: tuple[str, ...]
    precision: float | None
    """Points by which a score on the test rows may miss; None without any."""
    proof: Proof

    def document(self) -> dict[str, Any]:
        """For --json, and for who says it in words."""
        return {
            "version": self.version.name,
            "rows": len(self.version),
            "counts": self.counts,
            "groups": self.groups,
            "kept_their_split": self.recorded,
            "left_out": self.refused,
            "warnings": list(self.warnings),
            "test_precision_points": self.precision,
            "proof": self.proof.document(),
            "sizing": self.version.manifest["sizing"],
        }


@dataclass(frozen=True, slots=True)
class _Decided:
    grouped: Grouped
    drawn: Drawn
    proof: Proof
    links: Links


def split(
    version: Version, data: Path, seed: int, read: Progress = no_progress, compared: Progress = no_progress
) -> Split:
    """Splits the rows 80/10/10 by whole groups, stratified by category; rows of earlier splits stay where they were.

    `read` gets the number of rows read, then `compared` per cent. Raises UsageError for a seed over 64 bits.
    """
    if not -(2**63) <= seed < 2**63:
        raise UsageError(f"seed {seed} is too large", hint="take a number below 2**63")
    mapping = Mapping.from_document(version.manifest["mapping"])
    corpus = build(version.rows(), mapping.category, mapping.group, read)
    folder = last_record(data)
    recorded = Recorded.read(folder) if folder else Recorded.none()
    decided = _decide(corpus, recorded, seed, compared)
    counts = {name: int((decided.drawn.splits == number).sum()) for number, name in enumerate(SPLITS)}
    with writing(data) as writer:
        _write(writer, version, decided)
        _record(writer.folder, corpus, recorded, decided)
        writer.finish(_manifest(version, corpus, decided, mapping, seed, counts))
        name = writer.name
    return Split(
        version=open_version(data / name),
        counts=counts,
        groups=decided.drawn.groups,
        refused=len(decided.grouped.refused),
        recorded=int((recorded.places(corpus.ids) >= 0).sum()),
        warnings=decided.drawn.warnings,
        precision=precision(counts["test"]),
        proof=decided.proof,
    )


def _decide(corpus: Corpus, recorded: Recorded, seed: int, compared: Progress) -> _Decided:
    """Groups, draws and proves, with the proof's own finds as further links until it finds none."""
    links = find_links(corpus, np.arange(len(corpus)), recorded.templates, 0, lambda percent: compared(percent // 2))
    for attempt in range(1, _ROUNDS + 1):
        grouped = make_groups(corpus, links, recorded)
        drawn = draw(corpus, grouped, seed)
        kept = np.flatnonzero(drawn.splits >= 0)
        found = find_links(corpus, kept, links.templates, attempt, lambda percent: compared(50 + percent // 2))
        proof = prove(corpus, drawn.splits, found)
        if not proof.leaks["near"]:
            break
        links = links.with_near(found.near)
    return _Decided(grouped, drawn, proof, links)


def _write(writer: Writer, version: Version, decided: _Decided) -> None:
    for row, group, number in zip(version.rows(), decided.grouped.groups, decided.drawn.splits, strict=True):
        if number < 0:
            writer.leave_out(row.source, [_REFUSED], row.id)
        else:
            writer.add(row.placed(group.decode(), SPLITS[number]))


def _record(folder: Path, corpus: Corpus, recorded: Recorded, decided: _Decided) -> None:
    """Writes down which group and split every row has, for the versions to come."""
    splits, groups = decided.drawn.splits, decided.grouped.groups
    kept = splits >= 0
    recorded.extended(corpus.ids[kept], groups[kept], splits[kept], decided.links.templates).write(folder)


def _manifest(
    version: Version, corpus: Corpus, decided: _Decided, mapping: Mapping, seed: int, counts: dict[str, int]
) -> dict[str, Any]:
    train = np.flatnonzero(decided.drawn.splits == 0)
    sizes = groups_by_name(corpus, train, unique_groups(corpus, decided.links.near)[train])
    task = "classification" if mapping.category else "style"
    return {
        **version.manifest,
        "parent": version.name,
        "step": "split",
        "split": {
            "seed": seed,
            "counts": counts,
            "groups": decided.drawn.groups,
            "warnings": list(decided.drawn.warnings),
            "proof": decided.proof.document(),
            "shown": decided.proof.text,
        },
        "sizing": sizing(sizes, task, "groups of near-equal rows in train"),
    }
