"""Groups: rows that must stay in one split, and the record by which later versions keep them there."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.data.corpus import Corpus, Ids
from engine.data.links import Links
from engine.data.shingles import I64, U64
from engine.durable import disk_errors

SPLITS = ("train", "validation", "test")
Splits = npt.NDArray[np.int8]
"""For each row its number in SPLITS, -1 for none."""

_LINE = np.dtype([("id", "S32"), ("a", "S1"), ("group", "S32"), ("b", "S1"), ("split", "S1"), ("end", "S1")])
_CODES = b"tvx"
"""train, validation, test in groups.txt."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Every row that was ever split in a project, with its group and split, and the templates of then."""

    ids: Ids
    """Sorted."""
    groups: Ids
    splits: Splits
    """Number in SPLITS."""
    templates: U64

    @classmethod
    def none(cls) -> "Recorded":
        """Before the first split."""
        return cls(np.zeros(0, "S32"), np.zeros(0, "S32"), np.zeros(0, np.int8), np.zeros(0, np.uint64))

    @classmethod
    def read(cls, folder: Path) -> "Recorded":
        """From groups.txt (lines `row-id group t|v|x`) and templates.u64 of a version's folder."""
        lines = np.fromfile(folder / "groups.txt", _LINE)
        splits = np.frombuffer(lines["split"].tobytes(), np.uint8)
        numbers = np.searchsorted(np.frombuffer(_CODES, np.uint8), splits).astype(np.int8)
        return cls(lines["id"].copy(), lines["group"].copy(), numbers, np.fromfile(folder / "templates.u64", "<u8"))

    def write(self, folder: Path) -> None:
        """Into a version's folder."""
        lines = np.empty(len(self.ids), _LINE)
        lines["id"], lines["group"], lines["a"], lines["b"], lines["end"] = self.ids, self.groups, b" ", b" ", b"\n"
        lines["split"] = np.frombuffer(_CODES, "S1")[self.splits]
        with disk_errors(folder):
            lines.tofile(folder / "groups.txt")
            self.templates.astype("<u8").tofile(folder / "templates.u64")

    def places(self, ids: Ids) -> I64:
        """For each id its place in this record, -1 when it is new."""
        if not len(self.ids):
            return np.full(len(ids), -1)
        place = np.minimum(np.searchsorted(self.ids, ids), len(self.ids) - 1)
        return np.where(self.ids[place] == ids, place, -1).astype(np.int64)

    def extended(self, ids: Ids, groups: Ids, splits: Splits, templates: U64) -> "Recorded":
        """This record and new rows; what was recorded stays as it was."""
        ids, first = np.unique(np.concatenate((self.ids, ids)), return_index=True)
        groups = np.concatenate((self.groups, groups))[first]
        return Recorded(ids, groups, np.concatenate((self.splits, splits))[first], templates)


@dataclass(frozen=True, slots=True)
class Grouped:
    """The outcome for each row of a corpus."""

    groups: Ids
    """Name of the group: the smallest row id in it when it was first drawn."""
    splits: Splits
    """Recorded split, -1 where the group is new."""
    refused: I64
    """New rows that link groups of two splits, and cannot stay."""


def make_groups(corpus: Corpus, links: Links, recorded: Recorded) -> Grouped:
    """Joins linked rows, without ever joining two recorded splits through a new row.

    New rows are taken in the order of their ids, so that the result does not depend on the order of the file.
    """
    place = recorded.places(corpus.ids)
    forest = _Forest(len(corpus), np.where(place >= 0, 1 << recorded.splits[place] if len(recorded.ids) else 0, 0))
    order = np.lexsort((corpus.ids, place < 0))
    refused = np.zeros(len(corpus), np.bool_)
    # Links are found on one row of each text and each prompt: what refuses it refuses its copies.
    keys: set[int] = set()
    for row, others in _neighbours(links, order):
        present = [other for other in others if other >= len(refused) or not refused[other]]
        own = {int(corpus.texts[row]), int(corpus.prompts[row])}
        known = place[row] >= 0
        if not known and (own & keys or not forest.join(row, present)):
            refused[row] = True
            keys |= own
        elif known:
            forest.join(row, present, forced=True)
    return _named(corpus, recorded, place, forest, order, refused)


def _neighbours(links: Links, order: I64) -> Iterator[tuple[int, list[int]]]:
    """(row, what it is linked to among earlier rows and shared things) in `order`; shared things count on from n."""
    n = len(order)
    rank = np.empty(n, np.int64)
    rank[order] = np.arange(n)
    left, right = links.near.left, links.near.right
    later = rank[left] > rank[right]
    edges = [(np.where(later, left, right), np.where(later, right, left))]
    first = n
    for shared in links.shared.values():
        nodes, number = np.unique(shared.nodes, return_inverse=True)
        edges.append((shared.rows, number + first))
        first += len(nodes)
    rows = np.concatenate([rows for rows, _ in edges])
    others = np.concatenate([others for _, others in edges])
    sort = np.argsort(rank[rows], kind="stable")
    rows, others = rows[sort], others[sort]
    turns = np.flatnonzero(rows[1:] != rows[:-1]) + 1
    for start, end in pairwise([0, *turns.tolist(), len(rows)] if len(rows) else []):
        yield int(rows[start]), others[start:end].tolist()


class _Forest:
    """Union-find over rows and the things they share; each tree knows the recorded splits in it as bits."""

    def __init__(self, rows: int, bits: I64) -> None:
        self._up: dict[int, int] = {}
        self._bits: dict[int, int] = {int(row): int(bits[row]) for row in np.flatnonzero(bits)}

    def root(self, node: int) -> int:
        up = self._up
        while (above := up.get(node, node)) != node:
            up[node] = up.get(above, above)
            node = up[node]
        return node

    def join(self, row: int, others: list[int], forced: bool = False) -> bool:
        """Joins `row` with all `others`; False, and nothing joined, when two splits would meet (unless forced)."""
        roots = {self.root(row), *map(self.root, others)}
        bits = 0
        for root in roots:
            bits |= self._bits.get(root, 0)
        if bits & (bits - 1) and not forced:
            return False
        top = min(roots)
        for root in roots:
            self._up[root] = top
        self._bits[top] = bits
        return True


def _named(
    corpus: Corpus, recorded: Recorded, place: I64, forest: _Forest, order: I64, refused: npt.NDArray[np.bool_]
) -> Grouped:
    """Names each group by the first row of it in `order`; recorded rows keep their own group's name."""
    groups = np.empty(len(corpus), "S32")
    splits = np.full(len(corpus), -1, np.int8)
    names: dict[int, tuple[bytes, int]] = {}
    for row in order.tolist():
        at = place[row]
        own = (recorded.groups[at], int(recorded.splits[at])) if at >= 0 else (corpus.ids[row], -1)
        name, split = names.setdefault(forest.root(row), own)
        groups[row], splits[row] = own if at >= 0 else (name, split)
    return Grouped(groups, splits, np.flatnonzero(refused).astype(np.int64))
