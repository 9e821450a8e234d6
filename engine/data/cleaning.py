"""`data clean`: a new version without what was asked to go, and nothing else."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data.corpus import Corpus, build
from engine.data.duplicates import find_conflicts, find_duplicates
from engine.data.groups import SPLITS, Recorded, Splits
from engine.data.links import find_links
from engine.data.mapping import Mapping
from engine.data.masking import texts
from engine.data.near import Pairs
from engine.data.privacy import findings
from engine.data.proof import Proof, prove
from engine.data.records import Progress, no_progress
from engine.data.versions import Version, Writer, latest_with, open_version, writing
from engine.errors import DataError, UsageError

DROPS = ("duplicates", "conflicts")
_REASONS = {
    "duplicates": {"rule": "duplicate", "message": "equal to an earlier row"},
    "conflicts": {"rule": "conflict", "message": "the same prompt has another answer elsewhere"},
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The new version and how many rows went for which reason."""

    version: Version
    dropped: dict[str, int]


def clean(version: Version, data: Path, drop: tuple[str, ...], progress: Progress = no_progress) -> Cleaned:
    """Drops exact duplicates (the first stays) or every row of a contradiction, as asked; `progress` gets rows read.

    Raises UsageError for an unknown word in `drop`, DataError when no row would be left.
    """
    if not drop or set(drop) - set(DROPS):
        raise UsageError(f"cannot drop {', '.join(drop) or 'nothing'}", hint=f"--drop {','.join(DROPS)}")
    mapping = Mapping.from_document(version.manifest["mapping"])
    corpus = build(version.rows(), mapping.category, mapping.group, progress)
    reasons = _reasons(corpus, drop)
    if len(reasons) == len(corpus):
        raise DataError("every row would go", hint="drop less, or resolve the contradictions in the source")
    dropped = {name: sum(reason == name for reason in reasons.values()) for name in drop}
    with writing(data) as writer:
        splits, privacy = _write(writer, version, reasons)
        manifest = {**version.manifest, "parent": version.name, "step": "clean", "dropped": dropped}
        manifest.pop("sizing", None)
        manifest["privacy"] = {
            **manifest["privacy"],
            "findings": privacy.total(),
            "by_kind": dict(sorted(privacy.items())),
        }
        if "split" in manifest:
            counts = {name: int((splits == number).sum()) for number, name in enumerate(SPLITS)}
            proof = _proved_again(corpus, splits, data)
            manifest["split"] = {**manifest["split"], "counts": counts, "proof": proof.document(), "shown": proof.text}
        writer.finish(manifest)
        name = writer.name
    return Cleaned(open_version(data / name), dropped)


def _write(writer: Writer, version: Version, reasons: dict[int, str]) -> tuple[Splits, Counter[str]]:
    """Writes the rows that stay. (Number in SPLITS of each old row, -1 for the others; personal data in what stays.)"""
    splits = np.full(len(version), -1, np.int8)
    privacy: Counter[str] = Counter()
    for number, row in enumerate(version.rows()):
        if reason := reasons.get(number):
            writer.leave_out(row.source, [_REASONS[reason]], row.id)
            continue
        splits[number] = SPLITS.index(row.split) if row.split else -1
        privacy.update(findings("\n".join(texts([row.messages, row.meta]))))
        writer.add(row)
    return splits, privacy


def _reasons(corpus: Corpus, drop: tuple[str, ...]) -> dict[int, str]:
    """Row number -> why it goes; a contradiction outweighs a duplicate."""
    none = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    found = {"duplicates": find_duplicates(corpus, none).exact, "conflicts": find_conflicts(corpus)[0]}
    return {int(row): name for name in DROPS if name in drop for row in found[name]}


def _proved_again(corpus: Corpus, splits: Splits, data: Path) -> Proof:
    folder = latest_with(data, "groups.txt")
    recorded = Recorded.read(open_version(folder).folder) if folder else Recorded.none()
    return prove(corpus, splits, find_links(corpus, np.flatnonzero(splits >= 0), recorded.templates, seed=1))
