"""Which new group goes to which split: 80/10/10 in every category, by groups, whatever the order of the file."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.corpus import Corpus
from engine.data.groups import SPLITS, Grouped, Splits

SHARES = (0.8, 0.1, 0.1)
"""Of the rows, in the order of SPLITS: the field's usual holding-out (10-20 %)."""

_MIN_GROUPS = 3


@dataclass(frozen=True, slots=True)
class Drawn:
    """Splits for every row, and what should be said about them."""

    splits: Splits
    """Number in SPLITS for each row of the corpus; refused rows have -1."""
    groups: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    name: bytes
    size: int
    category: int
    split: int


def draw(corpus: Corpus, grouped: Grouped, seed: int) -> Drawn:
    """Gives each new group a split. Deterministic in `seed` and the rows; recorded groups stay where they are."""
    kept = np.ones(len(corpus), np.bool_)
    kept[grouped.refused] = False
    names, number = np.unique(grouped.groups[kept], return_inverse=True)
    groups = list(_groups(names, number, corpus.categories[kept], grouped.splits[kept]))
    chosen = np.array([group.split for group in groups], np.int8)
    warnings: list[str] = []
    categories: dict[int, list[int]] = {}
    for index, group in enumerate(groups):
        categories.setdefault(group.category, []).append(index)
    for category, members in sorted(categories.items()):
        fill([groups[index] for index in members], seed, members, chosen)
        warnings += _too_few(members, category, corpus.names, len(groups))
    splits = np.full(len(corpus), -1, np.int8)
    splits[kept] = chosen[number] if len(groups) else -1
    return Drawn(splits, len(groups), tuple(dict.fromkeys(warnings)))


def _groups(
    names: npt.NDArray[np.bytes_],
    number: npt.NDArray[np.intp],
    categories: npt.NDArray[np.int64],
    splits: Splits,
) -> Iterator[_Group]:
    """Each group with its size, its most frequent category (the first of equals) and its recorded split or -1."""
    sizes = np.bincount(number, minlength=len(names))
    recorded = np.full(len(names), -1, np.int8)
    np.maximum.at(recorded, number, splits)
    width = int(categories.max(initial=0)) + 2
    pairs, counts = np.unique(number * width + categories + 1, return_counts=True)
    order = np.lexsort((pairs, -counts, pairs // width))
    _, first = np.unique(pairs[order] // width, return_index=True)
    main = pairs[order][first] % width - 1
    for name, size, category, split in zip(
        names.tolist(), sizes.tolist(), main.tolist(), recorded.tolist(), strict=True
    ):
        yield _Group(name, size, category, split)


def fill(groups: Sequence[_Group], seed: int, members: Sequence[int], chosen: Splits) -> None:
    """Draws the new groups of one category into `chosen`: the largest first, each to the split that lacks most rows.

    Equal sizes come in an order drawn from the seed. Validation and test each get a group wherever there are three.
    """
    held = [sum(group.size for group in groups if group.split == split) for split in range(len(SPLITS))]
    lacks = [share * sum(group.size for group in groups) - rows for share, rows in zip(SHARES, held, strict=True)]
    new = [index for index, group in enumerate(groups) if group.split < 0]
    new.sort(key=lambda index: (-groups[index].size, _lot(seed, groups[index].name)))
    reserved = [split for split in (1, 2) if not held[split]] if len(groups) >= _MIN_GROUPS else []
    for split in reserved[: max(0, len(new) - (not held[0]))]:
        chosen[members[new[-1]]] = split
        lacks[split] -= groups[new.pop()].size
    for index in new:
        split = max(range(len(SPLITS)), key=lambda split: (lacks[split], -split))
        lacks[split] -= groups[index].size
        chosen[members[index]] = split


def _lot(seed: int, name: bytes) -> bytes:
    return hashlib.blake2b(name, digest_size=8, key=str(seed).encode()[:64]).digest()


def _too_few(members: Sequence[int], category: int, names: Sequence[str], groups: int) -> Iterator[str]:
    if groups < _MIN_GROUPS:
        yield f"only {groups} groups of rows: they cannot fill train, validation and test"
    elif len(members) < _MIN_GROUPS:
        name = f"category {names[category]!r}" if category >= 0 else "rows without a category"
        yield f"{name}: only {len(members)} groups, so that it is missing from a split"
