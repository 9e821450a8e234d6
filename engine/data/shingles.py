"""Texts as sets of hashed shingles, with the MinHash keys by which similar sets meet.

A shingle is a run of 3 words, or of 5 characters where the script has no spaces. MinHash: Broder 1997.

32 bands of 4 rows, of which two must be shared, are chosen for recall: a pair of Jaccard 0.7 is met with probability
0.998, one of 0.3 with 0.03. Measured by tests/benchmarks/near.py on 787 generated pairs, 171 of them at 0.70 to 0.72:
28,000 texts/s, recall 1.000. 20 bands of which one must be shared: 42,000 texts/s and 1.000, but 15 % of the pairs at
0.3 are met, which templated sets are full of; 16 of them: 43,000 texts/s, recall 0.994 at 0.70 to 0.72.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

BANDS, ROWS = 32, 4
WORDS, CHARACTERS = 3, 5

U32 = npt.NDArray[np.uint32]
U64 = npt.NDArray[np.uint64]
I64 = npt.NDArray[np.int64]

_FOLD = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio, odd: Knuth's multiplicative hashing."""
_VOCABULARY = 300_000
_FILLER = xxhash.xxh3_64_intdigest(b"") & 0xFFFFFFFF
"""Hash of the empty word, with which short texts are filled up."""


class Vocabulary(dict[str, int]):
    """Word -> its 32-bit hash, remembered; emptied when it grows past 300,000 words (about 40 MB)."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _VOCABULARY:
            self.clear()
        value = self[word] = xxhash.xxh3_64_intdigest(word.encode()) & 0xFFFFFFFF
        return value


class Ragged(NamedTuple):
    """Lists of different lengths, end to end."""

    values: U32
    starts: I64
    """Where list i begins; one more entry than there are lists."""

    def lengths(self, rows: I64) -> I64:
        return self.starts[rows + 1] - self.starts[rows]

    def take(self, rows: I64) -> tuple[U32, I64]:
        """(values of these lists end to end, for each value the index into `rows`)."""
        lengths = self.lengths(rows)
        owner = np.repeat(np.arange(len(rows)), lengths)
        inside = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return self.values[self.starts[rows][owner] + inside], owner


def grams(units: U32, starts: I64, n: int) -> tuple[U64, I64]:
    """Hashes of every run of `n` units inside each list, and the list of each; lists shorter than `n` have none."""
    lengths = np.diff(starts)
    counts = np.maximum(lengths - n + 1, 0)
    owner = np.repeat(np.arange(len(lengths)), counts)
    first = starts[:-1][owner] + np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    hashes = np.zeros(len(owner), np.uint64)
    for step in range(n):
        hashes = (hashes + units[first + step] + np.uint64(1)) * _FOLD
        hashes ^= hashes >> np.uint64(29)
    return hashes, owner


def hashed(texts: Iterable[Iterable[str]], vocabulary: Vocabulary) -> Ragged:
    """Each text's units as their 32-bit hashes."""
    flat, starts = array("I"), [0]
    for units in texts:
        flat.extend(map(vocabulary.__getitem__, units))
        starts.append(len(flat))
    return Ragged(np.frombuffer(flat, np.uint32) if flat else np.zeros(0, np.uint32), np.array(starts, np.int64))


def shingle(texts: Sequence[list[str]], spaced: Sequence[bool], vocabulary: Vocabulary) -> Ragged:
    """Texts, given as words, as sets; `spaced` tells which are made of words, see `shingle_hashed`."""
    unspaced = {at: "".join(units) for at, (units, words) in enumerate(zip(texts, spaced, strict=True)) if not words}
    return shingle_hashed(hashed(texts, vocabulary), unspaced, vocabulary)


def shingle_hashed(words: Ragged, unspaced: Mapping[int, str], vocabulary: Vocabulary) -> Ragged:
    """Texts, given as hashes of their words, as sets: sorted distinct 32-bit shingle hashes of each, at least one.

    `unspaced` texts, by their number, have no words to take runs of: their characters are taken.

    Two different shingles share a hash with probability 2**-32, so that Jaccard over hashes is exact for all purposes.
    """
    keys = _keys(words, WORDS)
    if unspaced:
        numbers = np.fromiter(unspaced, np.uint64, len(unspaced))
        characters = hashed(unspaced.values(), vocabulary)
        keys = keys[~np.isin(keys >> np.uint64(32), numbers)]
        own = _keys(characters, CHARACTERS)
        owner = numbers[(own >> np.uint64(32)).astype(np.int64)]
        keys = np.concatenate([keys, (owner << np.uint64(32)) | (own & np.uint64(0xFFFFFFFF))])
    keys = _distinct(keys)
    starts = np.searchsorted(keys, np.arange(len(words.starts), dtype=np.uint64) << np.uint64(32))
    return Ragged(keys.astype(np.uint32), starts.astype(np.int64))


def _keys(units: Ragged, n: int) -> U64:
    """text << 32 | shingle, for every shingle; a text shorter than `n` is filled up and has one."""
    hashes, owner = grams(*_filled(units, n), n)
    return (owner.astype(np.uint64) << np.uint64(32)) | (hashes >> np.uint64(32))


def _filled(units: Ragged, n: int) -> Ragged:
    """The same lists, with `n` units at least."""
    lengths = np.diff(units.starts)
    if not len(lengths) or lengths.min() >= n:
        return units
    starts = np.concatenate(([0], np.cumsum(np.maximum(lengths, n))))
    values = np.full(starts[-1], _FILLER, np.uint32)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    values[starts[owner] + np.arange(len(owner)) - units.starts[owner]] = units.values
    return Ragged(values, starts)


def _distinct(keys: U64) -> U64:
    """Sorted, each once. Sorting beats np.unique, which hashes, three times at these sizes."""
    keys.sort()
    kept = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=kept[1:])
    return keys[kept]


def band_keys(sets: Ragged, seed: int, bands: int = BANDS) -> U32:
    """MinHash keys (bands, n): two sets share a key of a band with probability Jaccard**ROWS.

    Multiply-shift with odd 64-bit factors, of which the high 32 bits count: with smaller factors the product never
    wraps and every permutation keeps the same order. The smallest product has the smallest high half: shifted last.
    """
    random = np.random.default_rng(seed)
    factors, terms = (random.integers(0, 2**64, (bands, ROWS), np.uint64) for _ in range(2))
    factors |= np.uint64(1)
    values = sets.values.astype(np.uint64)
    keys = np.zeros((bands, len(sets.starts) - 1), np.uint64)
    for band in range(bands):
        for factor, term in zip(factors[band], terms[band], strict=True):
            lowest = np.minimum.reduceat(values * factor + term, sets.starts[:-1])
            keys[band] = (keys[band] + (lowest >> np.uint64(32)) + np.uint64(1)) * _FOLD
            keys[band] ^= keys[band] >> np.uint64(29)
    return (keys >> np.uint64(32)).astype(np.uint32)
