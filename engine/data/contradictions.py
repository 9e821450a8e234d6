"""Rows that contradict each other: one prompt with several answers, and nearly one prompt under several labels."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.corpus import Corpus, first_of_each
from engine.data.duplicates import groups_of, labelled, nodes_of, stars
from engine.data.near import near_pairs
from engine.data.records import Progress, no_progress
from engine.data.shingles import I64, U64

NEAR = 0.9
"""From here two prompts are the same question in other words, of which one label must be wrong."""


@dataclass(frozen=True, slots=True)
class Contradictions:
    """For each row the contradiction that it is in."""

    labels: I64
    """(n,) a number for each contradiction, -1 for none; ascending by first row."""

    @property
    def rows(self) -> I64:
        """Rows of every contradiction."""
        return np.flatnonzero(self.labels >= 0)

    @property
    def count(self) -> int:
        return int(self.labels.max(initial=-1)) + 1

    def groups(self) -> Iterator[I64]:
        """The rows of each, ascending."""
        return groups_of(self.labels)


def find_conflicts(corpus: Corpus) -> Contradictions:
    """Equal prompt, system and tools, and different answers or categories; or an answer both wanted and not wanted.

    The same prompt may stand in several preferences and judged answers: only the second rule is for them.
    """
    _, place = np.unique(corpus.prompts, return_inverse=True)
    contested = _several_answers(place, labelled(corpus.answers, corpus), ~corpus.judged) | _both_ways(corpus)
    return _numbered(np.where(contested, place, -1))


def _several_answers(prompts: I64, answers: U64, plain: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    rows = np.flatnonzero(plain)
    rows = rows[np.lexsort((answers[rows], prompts[rows]))]
    differs = (prompts[rows][1:] == prompts[rows][:-1]) & (answers[rows][1:] != answers[rows][:-1])
    return plain & np.isin(prompts, np.unique(prompts[rows][1:][differs]))


def _both_ways(corpus: Corpus) -> npt.NDArray[np.bool_]:
    """Rows that want an answer to their prompt which another does not want, and the other way round."""
    if not corpus.unwanted.any():
        return np.zeros(len(corpus), np.bool_)
    own = corpus.unwanted == corpus.answers
    wanted = np.where(own, 0, _pair(corpus.prompts, corpus.answers))
    unwanted = np.where(corpus.unwanted == 0, 0, _pair(corpus.prompts, corpus.unwanted))
    both = np.intersect1d(wanted[wanted > 0], unwanted[unwanted > 0])
    return np.isin(wanted, both) | np.isin(unwanted, both)


def _pair(prompts: U64, answers: U64) -> U64:
    return prompts * np.uint64(0x9E3779B97F4A7C15) ^ answers


def find_near_conflicts(corpus: Corpus, progress: Progress = no_progress) -> Contradictions:
    """Prompts of Jaccard 0.9 or more, under the same system and tools, whose rows have different categories.

    Every prompt of one contradiction is near to its first. `progress` gets per cent. Rows without a category are not
    compared: `corpus` must have been built with one, else none is found.
    """
    if corpus.prompt_sets is None or len(corpus.names) < 2:
        return Contradictions(np.full(len(corpus), -1, np.int64))
    prompts = first_of_each(corpus.prompts, corpus.ids)
    near = near_pairs(corpus.prompt_sets, prompts, threshold=NEAR, progress=progress)
    categories, settings = corpus.categories, corpus.settings
    differ = (categories[near.left] != categories[near.right]) & (settings[near.left] == settings[near.right])
    differ &= (categories[near.left] >= 0) & (categories[near.right] >= 0)
    first, node = nodes_of(corpus.prompts)
    ends = np.sort(np.stack([node[near.left[differ]], node[near.right[differ]]]), axis=0)
    leader, _ = stars(len(first), ends[0], ends[1], near.jaccard[differ])
    joined = np.bincount(leader, minlength=len(first))[leader] > 1
    return _numbered(np.where(joined[node], leader[node], -1))


def _numbered(labels: I64) -> Contradictions:
    """The same groups, numbered in the order of their first rows."""
    names, first, place = np.unique(labels, return_index=True, return_inverse=True)
    first = np.where(names < 0, -1, first)
    rank = np.argsort(np.argsort(first)) - int((names < 0).any())
    return Contradictions(np.where(labels < 0, -1, rank[place]).astype(np.int64))
