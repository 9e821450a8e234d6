"""`data clean`: a new version without what was asked to go, and nothing else."""

from pathlib import Path

import numpy as np

from engine.data.corpus import Corpus, build
from engine.data.deriving import Change, Derived, derive
from engine.data.duplicates import find_conflicts, find_duplicates
from engine.data.mapping import Mapping
from engine.data.near import Pairs
from engine.data.records import Progress, no_progress
from engine.data.versions import Version
from engine.errors import UsageError

DROPS = ("duplicates", "conflicts")
_GONE = {
    "duplicates": Change("duplicates", rule="duplicate", message="equal to an earlier row"),
    "conflicts": Change("conflicts", rule="conflict", message="the same prompt has another answer elsewhere"),
}


def clean(
    version: Version,
    data: Path,
    drop: tuple[str, ...],
    read: Progress = no_progress,
    compared: Progress = no_progress,
) -> Derived:
    """Drops exact duplicates (the first stays) or every row of a contradiction, as asked.

    `read` gets rows, `compared` per cent. Raises UsageError for an unknown word in `drop`, DataError when no row would
    be left.
    """
    if not drop or set(drop) - set(DROPS):
        raise UsageError(f"cannot drop {', '.join(drop) or 'nothing'}", hint=f"--drop {','.join(DROPS)}")
    mapping = Mapping.from_document(version.manifest["mapping"])
    reasons = _reasons(build(version.rows(), mapping.category, mapping.group, read), drop)
    return derive(
        version,
        data,
        "clean",
        lambda number, row: _GONE.get(reasons.get(number, "")),
        kinds=drop,
        compared=compared,
    )


def _reasons(corpus: Corpus, drop: tuple[str, ...]) -> dict[int, str]:
    """Row number -> why it goes; a contradiction outweighs a duplicate."""
    none = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    found = {"duplicates": find_duplicates(corpus, none).exact, "conflicts": find_conflicts(corpus)[0]}
    return {int(row): name for name in DROPS if name in drop for row in found[name]}
