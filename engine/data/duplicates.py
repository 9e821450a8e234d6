"""Rows that say the same, and rows that contradict each other."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.data.corpus import Corpus
from engine.data.near import DUPLICATE, Pairs
from engine.data.shingles import I64


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Rows that would go if one of each cluster were kept."""

    exact: I64
    """All but the first of equal rows."""
    near: int
    clusters: int
    """Sets of two rows or more that are equal or near."""

    def document(self) -> dict[str, Any]:
        """For reports."""
        return {"exact": len(self.exact), "near": self.near, "clusters": self.clusters, "threshold": DUPLICATE}


def find_duplicates(corpus: Corpus, near: Pairs) -> Duplicates:
    """Exact and near duplicates; rows with different system texts or tools are never duplicates of each other."""
    near = near.above(DUPLICATE)
    same = corpus.settings[near.left] == corpus.settings[near.right]
    _, first, number = np.unique(corpus.rows, return_index=True, return_inverse=True)
    exact = np.setdiff1d(np.arange(len(corpus)), first)
    cluster = _connected(len(first), number[near.left[same]], number[near.right[same]])
    sizes = np.bincount(cluster[number], minlength=len(first))
    distinct = len(np.unique(cluster))
    return Duplicates(exact, len(first) - distinct, int((sizes > 1).sum()))


def find_conflicts(corpus: Corpus) -> tuple[I64, int]:
    """(rows of every contradiction, prompts concerned): equal prompt, system and tools, and different answers."""
    _, place = np.unique(corpus.prompts, return_inverse=True)
    order = np.lexsort((corpus.answers, place))
    place, answers = place[order], corpus.answers[order]
    differs = (place[1:] == place[:-1]) & (answers[1:] != answers[:-1])
    contested = np.unique(place[1:][differs])
    return np.sort(order[np.isin(place, contested)]), len(contested)


def unique_groups(corpus: Corpus, near: Pairs) -> I64:
    """For each row the number of its group, by near pairs (at the groups' threshold) and equal prompts alone."""
    _, number = np.unique(corpus.prompts, return_inverse=True)
    return _connected(int(number.max(initial=-1)) + 1, number[near.left], number[near.right])[number]


def _connected(count: int, left: I64, right: I64) -> I64:
    """For each of `count` nodes the smallest node that it is connected with."""
    labels = np.arange(count)
    while True:
        lowest = np.minimum(labels[left], labels[right])
        before = labels.copy()
        np.minimum.at(labels, labels[left], lowest)
        np.minimum.at(labels, labels[right], lowest)
        labels = labels[labels]
        if (labels == before).all():
            return labels
