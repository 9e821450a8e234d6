"""Some texts, made ready so that chunks of many others can be searched for their passages and for near ones."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.data.passages import LONG, SHORTEST, TRIMMED_FROM, template_limit
from engine.data.shingles import I64, U32, U64, Ragged

_MIX = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio, odd."""
_TABLE_BITS = 22
_VALUES_AT_ONCE = 2_000_000


class Found(NamedTuple):
    """Places in what was searched, and the numbers of the texts found there."""

    places: I64
    texts: I64
    scores: npt.NDArray[np.float64]


class _Keys:
    """Sorted keys; a bit table answers most look-ups without the search."""

    def __init__(self, keys: npt.NDArray[Any], bits: int) -> None:
        self.keys = keys
        self._shift = keys.dtype.type(bits - _TABLE_BITS)
        self._table = np.zeros(2**_TABLE_BITS, np.bool_)
        self._table[keys >> self._shift] = True

    def among(self, values: npt.NDArray[Any]) -> tuple[I64, I64, I64]:
        """(places of those of `values` that are keys, for each the first and the last + 1 of the keys that equal it)"""
        maybe = np.flatnonzero(self._table[values >> self._shift])
        first = np.searchsorted(self.keys, values[maybe], "left")
        last = np.searchsorted(self.keys, values[maybe], "right")
        sure = last > first
        return maybe[sure], first[sure], last[sure]


class Passages:
    """The passages of some questions. look(...) for every chunk, then found()."""

    def __init__(self, questions: Ragged, count: int) -> None:
        """`count` texts will be looked at: what stands in too many of them is a template."""
        hashes, texts, self._lengths = _passages_of(questions)
        keys, first, counts = np.unique(hashes, return_index=True, return_counts=True)
        common = counts > template_limit(len(questions.starts) - 1)
        self._keys = _Keys(keys[~common], 64)
        self._texts = texts[first][~common]
        self._limit = template_limit(count)
        self._counts = np.zeros(len(self._texts), np.int64)
        self._left_aside = int(common.sum())
        self._found: list[tuple[I64, I64]] = []

    def look(self, texts: Ragged, first: int) -> None:
        """Looks at a chunk, whose first text has the number `first`."""
        width = max(1, len(self._texts))
        codes = [np.zeros(0, np.int64)]
        owner, left = _standing(texts)
        for n, hashes in _runs(texts, self._lengths):
            maybe, key, _ = self._keys.among(hashes)
            whole = left[maybe] >= n
            codes.append(owner[maybe[whole]] * width + key[whole])
        place, key = np.divmod(np.unique(np.concatenate(codes)), width)
        self._counts += np.bincount(key, minlength=len(self._counts))
        kept = self._counts[key] <= self._limit
        self._found.append((place[kept] + first, key[kept]))

    def found(self) -> tuple[Found, int]:
        """(texts that hold passages, passages left aside as templates)"""
        none = np.zeros(0, np.int64)
        places = np.concatenate([none, *(places for places, _ in self._found)])
        keys = np.concatenate([none, *(keys for _, keys in self._found)])
        kept = self._counts[keys] <= self._limit
        left_aside = self._left_aside + int((self._counts > self._limit).sum())
        return Found(places[kept], self._texts[keys[kept]], np.ones(int(kept.sum()))), left_aside


def _passages_of(questions: Ragged) -> tuple[U64, I64, list[int]]:
    """(hash, question), each once, and their lengths: 13 words in a row; of shorter questions the whole, and without
    an outer word."""
    lengths = np.diff(questions.starts)
    owner, left = _standing(questions)
    size = lengths[owner]
    both = [np.empty(0, [("hash", np.uint64), ("owner", np.int64)])]
    used = []
    for n, hashes in _runs(questions, range(SHORTEST, LONG + 1)):
        trimmed = (size == n + 1) & (size >= TRIMMED_FROM) & (size < LONG)
        wanted = (left >= n) & ((size >= LONG) if n == LONG else (size == n) | trimmed)
        if wanted.any():
            used.append(n)
            both.append(np.empty(int(wanted.sum()), both[0].dtype))
            both[-1]["hash"], both[-1]["owner"] = hashes[wanted], owner[wanted]
    once = np.unique(np.concatenate(both))
    return once["hash"], once["owner"], used


def _standing(texts: Ragged) -> tuple[I64, I64]:
    """(text, words from here to its end) of every word."""
    owner = np.repeat(np.arange(len(texts.starts) - 1), np.diff(texts.starts))
    return owner, texts.starts[1:][owner] - np.arange(len(owner))


def _runs(texts: Ragged, lengths: Sequence[int]) -> Iterator[tuple[int, U64]]:
    """(n, hashes) of the n words from every word on, for each of `lengths`, ascending; some run on into the next text.

    The hash of a longer run goes on from that of the shorter: nine lengths cost little more than one.
    """
    count = len(texts.values)
    values = np.concatenate((texts.values.astype(np.uint64) + np.uint64(1), np.zeros(LONG, np.uint64)))
    hashes = np.zeros(count, np.uint64)
    for n in range(1, max(lengths, default=0) + 1):
        hashes = (hashes + values[n - 1 : n - 1 + count]) * _MIX
        hashes ^= hashes >> np.uint64(29)
        if n in lengths:
            yield n, hashes


class Shingles(NamedTuple):
    """The shingles of some texts: (hash, text), repeated as they stand there."""

    hashes: U32
    texts: I64

    def sets(self, count: int) -> Ragged:
        """The distinct hashes of each of `count` texts."""
        keys = (self.texts.astype(np.uint64) << np.uint64(32)) | self.hashes
        keys.sort()
        keys = keys[np.concatenate((np.ones(min(1, len(keys)), np.bool_), keys[1:] != keys[:-1]))]
        starts = np.searchsorted(keys, np.arange(count + 1, dtype=np.uint64) << np.uint64(32))
        return Ragged(keys.astype(np.uint32), starts.astype(np.int64))

    def of(self, texts: I64) -> "Shingles":
        """Those of `texts` (ascending), numbered by their places there."""
        place = np.searchsorted(texts, self.texts)
        kept = place < len(texts)
        kept[kept] = texts[place[kept]] == self.texts[kept]
        return Shingles(self.hashes[kept], place[kept])


def shingles(units: Ragged, sizes: I64, n: int) -> Shingles:
    """Every run of `n` among the first `sizes` units of each list; a shorter list that is not empty has one."""
    counts = np.where(sizes >= n, sizes - n + 1, np.minimum(sizes, 1))
    owner = np.repeat(np.arange(len(sizes)), counts)
    inside = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    hashes = np.zeros(len(owner), np.uint64)
    for step in range(n):
        there = inside + step < sizes[owner]
        at = (units.starts[:-1][owner] + inside + step)[there]
        hashes[there] += units.values[at] + np.uint64(1)
        hashes *= _MIX
        hashes ^= hashes >> np.uint64(29)
    return Shingles((hashes >> np.uint64(32)).astype(np.uint32), owner)


class NearSets:
    """Some sets, to find every set that is near to one of them. near(...) for every chunk.

    Exact, by a prefix filter (Chaudhuri, Ganti, Kaushik 2006): a set of Jaccard t or more shares with one of ours, B, a
    value among the |B| - ceil(t |B|) + 1 rarest of it. Only these are looked up, and what is met is compared whole.
    """

    def __init__(self, shingles: Shingles, numbers: I64, threshold: float) -> None:
        """`numbers`, ascending, are those of the texts to take; the others have nothing to be near to."""
        sets = self._sets = shingles.of(numbers).sets(len(numbers))
        self._numbers, self._threshold = numbers, threshold
        owner = np.repeat(np.arange(len(numbers)), np.diff(sets.starts))
        _, place, counts = np.unique(sets.values, return_inverse=True, return_counts=True)
        order = np.lexsort((sets.values, counts[place], owner))
        rank = np.arange(len(order)) - sets.starts[:-1][owner]
        size = np.diff(sets.starts)[owner]
        rarest = order[rank < size - np.ceil(threshold * size) + 1]
        rarest = rarest[np.argsort(sets.values[rarest], kind="stable")]
        self._keys = _Keys(sets.values[rarest], 32)
        self._owner = owner[rarest]

    def near(self, shingles: Shingles, first: int) -> Found:
        """Those of a chunk, whose first text has the number `first`, that are near to one of ours."""
        theirs, ours = self._met(shingles)
        texts, place = np.unique(theirs, return_inverse=True)
        jaccard = self._jaccard(shingles.of(texts).sets(len(texts)), place, ours)
        kept = jaccard >= self._threshold
        return Found(theirs[kept] + first, self._numbers[ours[kept]], jaccard[kept])

    def _met(self, shingles: Shingles) -> tuple[I64, I64]:
        """(text, set of ours) that share one of our rarest values, each pair once."""
        maybe, low, high = self._keys.among(shingles.hashes)
        counts = high - low
        inside = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        ours = self._owner[np.repeat(low, counts) + inside]
        width = max(1, len(self._numbers))
        return np.divmod(np.unique(np.repeat(shingles.texts[maybe], counts) * width + ours), width)

    def _jaccard(self, sets: Ragged, theirs: I64, ours: I64) -> npt.NDArray[np.float64]:
        sizes = sets.lengths(theirs) + self._sets.lengths(ours)
        out, done, start = np.zeros(len(theirs)), np.cumsum(sizes), 0
        while start < len(theirs):
            before = done[start - 1] if start else 0
            end = max(start + 1, int(np.searchsorted(done, before + _VALUES_AT_ONCE)))
            sides = (sets.take(theirs[start:end]), self._sets.take(ours[start:end]))
            keys = np.concatenate([(pair.astype(np.uint64) << np.uint64(32)) | values for values, pair in sides])
            keys.sort()
            same = (keys[1:][keys[1:] == keys[:-1]] >> np.uint64(32)).astype(np.int64)
            shared = np.bincount(same, minlength=end - start)
            out[start:end] = shared / (sizes[start:end] - shared)
            start = end
        return out
