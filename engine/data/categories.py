"""How many rows, and how many groups of them, each category has."""

import numpy as np
import numpy.typing as npt

from engine.data.corpus import Corpus
from engine.data.shingles import I64

ALL, NONE = "(all rows)", "(no category)"


def by_name(corpus: Corpus, rows: I64) -> dict[str, int]:
    """How many of `rows` are in each category, the largest first; all of them under one name where there is none."""
    counts = np.bincount(corpus.categories[rows] + 1, minlength=len(corpus.names) + 1)
    named = {name: int(count) for name, count in zip(corpus.names, counts[1:], strict=True) if count}
    if counts[0]:
        named[NONE if named else ALL] = int(counts[0])
    return dict(sorted(named.items(), key=lambda item: (-item[1], item[0])))


def groups_by_name(corpus: Corpus, rows: I64, groups: npt.NDArray[np.generic]) -> dict[str, int]:
    """How many distinct `groups` (one for each of `rows`) each category has; a group may belong to several."""
    _, number = np.unique(groups, return_inverse=True)
    _, first = np.unique(number * (len(corpus.names) + 1) + corpus.categories[rows] + 1, return_index=True)
    return by_name(corpus, rows[first])
