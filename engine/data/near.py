"""Pairs of texts with a high Jaccard similarity: met by MinHash, then verified on their sets."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.data.records import Progress, no_progress
from engine.data.shingles import BANDS, I64, U32, U64, Ragged, band_keys

DUPLICATE = 0.85
"""From here two rows are called duplicates. At 0.7 nearly half of a templated set would go."""
GROUP = 0.7
"""From here two rows stay in one split."""

_SHARED_BANDS = 2
_FEW_BANDS, _FEW_FROM = 12, 0.85
"""Bands where only pairs of this Jaccard or more are sought: 12 meet them with probability 0.998."""
_CHUNK = 4096
"""Texts hashed at a time: their products stay in the processor's cache."""
_PAIRS_A_BAND = 1_000_000
_VERIFIED_AT_ONCE = 2_000_000


class Pairs(NamedTuple):
    """Verified pairs of texts, by their numbers."""

    left: I64
    right: I64
    jaccard: npt.NDArray[np.float64]

    def above(self, threshold: float) -> "Pairs":
        keep = self.jaccard >= threshold
        return Pairs(self.left[keep], self.right[keep], self.jaccard[keep])


def near_pairs(
    sets: Ragged, rows: I64, seed: int = 0, threshold: float = GROUP, progress: Progress = no_progress
) -> Pairs:
    """Pairs among `rows` whose Jaccard is `threshold` or more.

    Of the pairs at exactly 0.7 some 0.2 % are missed, far fewer above. `rows` should hold each text once, in an order
    that does not depend on the file (by id): where a bucket holds thousands, only its nearest neighbours are compared.
    `progress` gets per cent.
    """
    bands = _FEW_BANDS if threshold >= _FEW_FROM else BANDS
    left, right = _candidates(_all_keys(sets, rows, seed, bands, progress), progress)
    jaccard = _verified(sets, rows[left], rows[right])
    return Pairs(rows[left], rows[right], jaccard).above(threshold)


def _all_keys(sets: Ragged, rows: I64, seed: int, bands: int, progress: Progress) -> U32:
    keys = np.zeros((bands, len(rows)), np.uint32)
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        values, _ = sets.take(chunk)
        starts = np.concatenate(([0], np.cumsum(sets.lengths(chunk))))
        keys[:, start : start + _CHUNK] = band_keys(Ragged(values, starts), seed, bands)
        progress(60 * start // len(rows))
    return keys


def _candidates(keys: U32, progress: Progress) -> tuple[I64, I64]:
    """Pairs that share at least two bands, by position; keys (bands, n).

    Each member of a bucket is paired with its neighbours at a growing distance, not only with the first: one pair that
    fails the verification must not hide the others.
    """
    limit = max(_PAIRS_A_BAND, 2 * keys.shape[1])
    bands, found = len(keys), []
    for band in range(bands):
        found.append(_bucket_pairs(keys[band], keys[(band + 1) % bands], limit))
        progress(60 + 40 * band // bands)
    codes, shared = np.unique(np.concatenate(found), return_counts=True)
    codes = codes[shared >= _SHARED_BANDS]
    return (codes >> np.uint64(32)).astype(np.int64), (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)


def _bucket_pairs(keys: U32, tie: U32, limit: int) -> U64:
    """smaller << 32 | larger for pairs with an equal key; `tie` brings those that share another band side by side."""
    order = np.lexsort((tie, keys)).astype(np.uint64)
    keys = keys[order]
    found = []
    at, distance, count = np.arange(len(keys)), 1, 0
    while count < limit:
        at = at[at + distance < len(keys)]
        at = at[keys[at] == keys[at + distance]]
        if not len(at):
            break
        one, other = order[at], order[at + distance]
        found.append((np.minimum(one, other) << np.uint64(32)) | np.maximum(one, other))
        count += len(at)
        distance += 1
    return np.concatenate(found) if found else np.zeros(0, np.uint64)


def _verified(sets: Ragged, left: I64, right: I64) -> npt.NDArray[np.float64]:
    """Jaccard of each pair of rows."""
    out = np.zeros(len(left))
    sizes = sets.lengths(left) + sets.lengths(right)
    for start, end in _portions(sizes):
        shared = _intersections(sets, left[start:end], right[start:end])
        out[start:end] = shared / (sizes[start:end] - shared)
    return out


def _intersections(sets: Ragged, left: I64, right: I64) -> I64:
    sides = [sets.take(rows) for rows in (left, right)]
    keys = np.concatenate([(owner.astype(np.uint64) << np.uint64(32)) | values for values, owner in sides])
    keys.sort()
    same = keys[1:][keys[1:] == keys[:-1]]
    return np.bincount((same >> np.uint64(32)).astype(np.int64), minlength=len(left))


def _portions(sizes: I64) -> Iterator[tuple[int, int]]:
    """Ranges of pairs with some two million set members each, so that memory stays level."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        done = ends[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(ends, done + _VERIFIED_AT_ONCE)))
        yield start, end
        start = end
