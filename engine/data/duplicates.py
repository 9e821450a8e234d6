"""Rows that say the same: clusters to keep one of, and the groups that sizes are counted in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.corpus import Corpus
from engine.data.near import DUPLICATE, Pairs
from engine.data.shingles import I64, U64

_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio: mixes a small number into a 64-bit hash."""


@dataclass(frozen=True, slots=True)
class Duplicates:
    """For each row the one that stands for its cluster.

    Every row of a cluster is near to that first row, by a verified pair: rows that are only near to each other through
    others are no duplicates, so that a templated set does not melt into one row.
    """

    leaders: I64
    """(n,) the first row of the cluster; of a row without duplicates itself."""
    firsts: I64
    """(n,) the first row that is equal to this one."""
    jaccard: npt.NDArray[np.float64]
    """(n,) of the row with its leader; 1.0 where they are equal."""

    @property
    def exact(self) -> I64:
        """All but the first of equal rows."""
        return np.flatnonzero(self.firsts != np.arange(len(self.firsts)))

    @property
    def near(self) -> int:
        """Further rows that would go if one of each cluster were kept."""
        return len(np.unique(self.firsts)) - len(np.unique(self.leaders))

    def clusters(self) -> Iterator[I64]:
        """The rows of each cluster of two or more, ascending; clusters in the order of their first rows."""
        return groups_of(self.leaders)

    def document(self) -> dict[str, Any]:
        """For reports."""
        clusters = int((np.bincount(self.leaders) > 1).sum()) if len(self.leaders) else 0
        return {"exact": len(self.exact), "near": self.near, "clusters": clusters, "threshold": DUPLICATE}


def find_duplicates(corpus: Corpus, near: Pairs) -> Duplicates:
    """Exact and near duplicates among `near` pairs of texts.

    Rows with different system texts, tools or categories are never duplicates of each other.
    """
    first, node = nodes_of(labelled(corpus.rows, corpus))
    left, right, jaccard = _between(corpus, first, near.above(DUPLICATE))
    leader, similarity = stars(len(first), left, right, jaccard)
    return Duplicates(first[leader[node]], first[node], similarity[node])


def nodes_of(keys: U64) -> tuple[I64, I64]:
    """(first place of each distinct key, ascending; for each place the number of its key in that order)."""
    _, first, node = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return first[order].astype(np.int64), rank[node]


def labelled(keys: U64, corpus: Corpus) -> U64:
    """`keys` made different where the categories are: a category may be a column beside equal texts."""
    return keys ^ ((corpus.categories + 1).astype(np.uint64) * _SPREAD)


def _between(corpus: Corpus, nodes: I64, near: Pairs) -> tuple[I64, I64, npt.NDArray[np.float64]]:
    """Pairs of `nodes` (rows, by their place in it) whose texts are `near`, with equal settings and categories."""
    _, text = np.unique(corpus.texts, return_inverse=True)
    _, context = np.unique(labelled(corpus.settings, corpus)[nodes], return_inverse=True)
    width = int(context.max(initial=0)) + 1
    keys = text[nodes] * width + context
    order = np.argsort(keys)
    # A text may stand under many settings: each of the left text's is looked for among those of the right text.
    starts = np.searchsorted(keys[order], np.arange(int(text.max(initial=-1)) + 2) * width)
    counts = starts[text[near.left] + 1] - starts[text[near.left]]
    pair = np.repeat(np.arange(len(counts)), counts)
    inside = np.arange(len(pair)) - np.repeat(np.cumsum(counts) - counts, counts)
    left = order[starts[text[near.left]][pair] + inside]
    sought = text[near.right][pair] * width + context[left]
    place = np.minimum(np.searchsorted(keys[order], sought), len(order) - 1)
    right = order[place]
    kept = (keys[right] == sought) & (left != right)
    left, right = left[kept], right[kept]
    return np.minimum(left, right), np.maximum(left, right), near.jaccard[pair[kept]]


def stars(count: int, left: I64, right: I64, jaccard: npt.NDArray[np.float64]) -> tuple[I64, npt.NDArray[np.float64]]:
    """(leader, Jaccard with it) of each of `count` nodes: the first node takes all that are near to it, then the next.

    left < right for every pair.
    """
    leader, similarity = np.arange(count), np.ones(count)
    order = np.lexsort((right, left))
    taken: dict[int, tuple[int, float]] = {}
    for one, other, near in zip(left[order].tolist(), right[order].tolist(), jaccard[order].tolist(), strict=True):
        if one not in taken and other not in taken:
            taken[other] = (one, near)
    if taken:
        nodes = np.fromiter(taken, np.int64, len(taken))
        leader[nodes] = [one for one, _ in taken.values()]
        similarity[nodes] = [near for _, near in taken.values()]
    return leader, similarity


def groups_of(labels: I64) -> Iterator[I64]:
    """The places of each label that stands at two or more, ascending; labels ascending, negative ones left out."""
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] >= 0]
    cuts = np.flatnonzero(labels[order][1:] != labels[order][:-1]) + 1
    for group in np.split(order, cuts):
        if len(group) > 1:
            yield group


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
