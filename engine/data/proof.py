"""The proof of a split: that train, validation and test share nothing."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from engine.data.corpus import Corpus, Shared
from engine.data.groups import SPLITS, Splits
from engine.data.links import Links
from engine.data.near import GROUP, Pairs

_LISTED = 20
METHODS = {
    "prompt": "equal prompts, with system and tools, after normalising",
    "text": "equal prompt and answer after normalising",
    "passage": "13 words in a row shared by questions; short questions standing whole in others; templates left aside",
    "near": f"Jaccard >= {GROUP} over word 3-grams of prompt and answer, searched with other permutations",
    "column": "equal values of the group columns",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """What was looked for across splits, and what was found."""

    checked: dict[str, str]
    found: dict[str, int]
    """For each kind the things (prompts, texts, passages, pairs, values) that rows have in common at all."""
    leaks: dict[str, int]
    """Those that two splits have in common."""
    pairs: list[dict[str, Any]]
    """The first of them, each with two row ids and their splits."""

    @property
    def passed(self) -> bool:
        return not any(self.leaks.values())

    def document(self) -> dict[str, Any]:
        """For the manifest."""
        return {"passed": self.passed, **asdict(self)}

    @property
    def text(self) -> str:
        """One line for the gate."""
        if self.passed:
            return "no equal, near or overlapping rows across train, validation and test"
        found = ", ".join(f"{count} {kind}" for kind, count in self.leaks.items() if count)
        examples = "; ".join(f"{pair['kind']} {pair['left'][:8]}/{pair['right'][:8]}" for pair in self.pairs[:3])
        return f"the splits share: {found} (rows {examples})"


def prove(corpus: Corpus, splits: Splits, links: Links) -> Proof:
    """Which `links` run across splits; `splits` numbers SPLITS for each row, -1 for rows that are left out."""
    pairs: list[dict[str, Any]] = []
    found = {kind: _held(shared, splits) for kind, shared in links.shared.items()}
    found["near"] = int(((splits[links.near.left] >= 0) & (splits[links.near.right] >= 0)).sum())
    crossing = {kind: list(_crossing(shared, splits)) for kind, shared in links.shared.items()}
    crossing["near"] = list(_crossing_pairs(links.near, splits))
    for kind, across in crossing.items():
        pairs += [{"kind": kind, **_named(corpus, splits, *rows)} for rows in across[:_LISTED]]
    return Proof(METHODS, found, {kind: len(across) for kind, across in crossing.items()}, pairs)


def _held(shared: Shared, splits: Splits) -> int:
    """Things that two rows or more have, splits or not."""
    _, counts = np.unique(shared.nodes[splits[shared.rows] >= 0], return_counts=True)
    return int((counts > 1).sum())


def _crossing(shared: Shared, splits: Splits) -> Iterator[tuple[int, int]]:
    """Two rows of different splits for each thing that splits share."""
    placed = splits[shared.rows] >= 0
    rows, nodes = shared.rows[placed], shared.nodes[placed]
    order = np.lexsort((splits[rows], nodes))
    rows, nodes = rows[order], nodes[order]
    turns = (nodes[1:] == nodes[:-1]) & (splits[rows[1:]] != splits[rows[:-1]])
    for at in np.flatnonzero(turns):
        yield int(rows[at]), int(rows[at + 1])


def _crossing_pairs(near: Pairs, splits: Splits) -> Iterator[tuple[int, int]]:
    one, other = splits[near.left], splits[near.right]
    for at in np.flatnonzero((one != other) & (one >= 0) & (other >= 0)):
        yield int(near.left[at]), int(near.right[at])


def _named(corpus: Corpus, splits: Splits, left: int, right: int) -> dict[str, str]:
    return {
        "left": corpus.ids[left].decode(),
        "left_split": SPLITS[splits[left]],
        "right": corpus.ids[right].decode(),
        "right_split": SPLITS[splits[right]],
    }
