"""Rows that stand out from their set: far longer or shorter than the others, nearly empty, one answer to many prompts.

None of it is wrong by itself; each is where a person should look first.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.corpus import Corpus
from engine.data.duplicates import groups_of
from engine.data.shingles import I64

_FEWEST = 20
"""Rows from which quartiles say something."""
_FENCES = 3.0
"""Quartile ranges beyond the quartiles: Tukey's outer fences (1977). Taken of logarithms, as lengths are skewed."""
_NARROWEST = 0.4
"""A quartile range of logarithms is taken as this at least, else a set of equal lengths flags every other one."""
_NEAR_EMPTY, _OTHERS_HAVE = 2, 20
"""Words of an answer that is nearly empty, and of the median answer where that is odd."""
_REPEATED, _WORTH = 5, 5
"""Prompts from which an answer is called repeated, and its words at least: shorter ones are labels. So are all answers
of a set in which most rows share theirs."""


@dataclass(frozen=True, slots=True)
class Oddities:
    """Numbers of rows that stand out."""

    long: I64
    """Longest first."""
    short: I64
    empty: I64
    repeated: tuple[I64, ...]
    """The rows of each answer that stands under many prompts; the most frequent first."""


def find_oddities(corpus: Corpus, lengths: I64) -> Oddities:
    """What stands out among the rows; `lengths` in tokens."""
    long, short = _outliers(lengths)
    empty = _near_empty(corpus.replies)
    repeated = sorted(_repeated(corpus), key=lambda rows: (-len(rows), rows[0]))
    labels = sum(map(len, repeated)) > len(corpus) / 2
    return Oddities(long, short, empty, () if labels else tuple(repeated))


def _outliers(lengths: I64) -> tuple[I64, I64]:
    """(rows beyond the upper fence, rows beyond the lower one)"""
    none = np.zeros(0, np.int64)
    if len(lengths) < _FEWEST:
        return none, none
    logs = np.log(np.maximum(lengths, 1))
    low, high = np.percentile(logs, (25, 75))
    fence = _FENCES * max(_NARROWEST, high - low)
    long = np.flatnonzero(logs > high + fence)
    return long[np.argsort(-lengths[long], kind="stable")], np.flatnonzero(logs < low - fence)


def _near_empty(replies: I64) -> I64:
    if not len(replies) or np.median(replies) < _OTHERS_HAVE:
        return np.zeros(0, np.int64)
    return np.flatnonzero(replies <= _NEAR_EMPTY)


def _repeated(corpus: Corpus) -> Iterator[I64]:
    _, answer = np.unique(corpus.answers, return_inverse=True)
    labels: npt.NDArray[np.int64] = np.where(corpus.replies >= _WORTH, answer, -1)
    for rows in groups_of(labels):
        if len(rows) >= _REPEATED and len(np.unique(corpus.prompts[rows])) >= _REPEATED:
            yield rows
