"""Whether a made-up row is too close to one that is there: exact Jaccard over the shingles that the split goes by."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.data.passages import LONG, SHORTEST, TRIMMED_FROM
from engine.data.shingles import I64, U32, U64, Ragged, Vocabulary, grams, hashed, shingle
from engine.data.words import has_spaces, words

_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class _Block:
    """Some texts by their shingles: `owners[i]` holds the shingle `values[i]`, sorted by shingle."""

    values: U32
    owners: npt.NDArray[np.int32]
    sizes: I64
    """Shingles of each text."""

    @classmethod
    def of(cls, sets: Ragged) -> "_Block":
        sizes = np.diff(sets.starts)
        owners = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
        order = np.argsort(sets.values, kind="stable")
        return cls(sets.values[order], owners[order], sizes)

    def joined(self, other: "_Block") -> "_Block":
        values = np.concatenate((self.values, other.values))
        owners = np.concatenate((self.owners, other.owners + np.int32(len(self.sizes))))
        order = np.argsort(values, kind="stable")
        return _Block(values[order], owners[order], np.concatenate((self.sizes, other.sizes)))

    def nearest(self, sought: U32) -> float:
        """The highest Jaccard of `sought` (distinct shingles) with one of the texts."""
        left = np.searchsorted(self.values, sought, "left")
        right = np.searchsorted(self.values, sought, "right")
        hits = [self.owners[start:end] for start, end in zip(left, right, strict=True) if end > start]
        if not hits:
            return 0.0
        owners, shared = np.unique(np.concatenate(hits), return_counts=True)
        return float((shared / (self.sizes[owners] + len(sought) - shared)).max())


class Neighbours:
    """Texts among which near ones are looked for. add(text), nearest(text)."""

    def __init__(self) -> None:
        self._vocabulary = Vocabulary()
        self._blocks: list[_Block] = []
        self._waiting: list[str] = []

    def add(self, text: str) -> None:
        """Takes one more text."""
        self._waiting.append(text)
        if len(self._waiting) == _AT_ONCE:
            self._flush()

    def nearest(self, text: str) -> float:
        """The highest Jaccard similarity of `text` with an added one, 0 to 1; exact up to equal 32-bit hashes."""
        self._flush()
        sought = self._sets([text]).values
        return max((block.nearest(sought) for block in self._blocks), default=0.0)

    def _sets(self, texts: Sequence[str]) -> Ragged:
        return shingle([words(text) for text in texts], [has_spaces(text) for text in texts], self._vocabulary)

    def _flush(self) -> None:
        if not self._waiting:
            return
        block = _Block.of(self._sets(self._waiting))
        self._waiting.clear()
        # Blocks of growing size, so that adding one by one stays cheap: each text is sorted again log2(n) times.
        while self._blocks and len(self._blocks[-1].sizes) <= 2 * len(block.sizes):
            block = self._blocks.pop().joined(block)
        self._blocks.append(block)


def jaccard(one: str, other: str) -> float:
    """Similarity of two texts."""
    texts = Neighbours()
    texts.add(one)
    return texts.nearest(other)


class Passages:
    """Questions of validation and test, and whether another question shares a passage with them (data.passages)."""

    def __init__(self, questions: Sequence[str], templates: U64) -> None:
        """`templates` are passages that say nothing, as the split has recorded them."""
        self._vocabulary = Vocabulary()
        held = hashed((words(question) for question in questions), self._vocabulary)
        lengths = np.diff(held.starts)
        self._inside = {n: np.setdiff1d(_grams(held, n), templates) for n in range(SHORTEST, LONG + 1)}
        """Length -> runs of so many words in any of the questions."""
        self._whole = {n: np.setdiff1d(_whole(held, lengths, n), templates) for n in range(SHORTEST, LONG)}
        """Length -> short questions of that length, whole or without an outer word."""

    def shared(self, question: str) -> bool:
        """Whether `question` has 13 words in a row with one of them, or one of the two stands whole in the other."""
        own = hashed([words(question)], self._vocabulary)
        length = len(own.values)
        if _any(_grams(own, LONG), self._inside[LONG]):
            return True
        if any(_any(_grams(own, n), whole) for n, whole in self._whole.items()):
            return True
        runs = (length, length - 1) if length >= TRIMMED_FROM else (length,)
        return any(_any(_grams(own, n), self._inside[n]) for n in runs if SHORTEST <= n < LONG and length < LONG)


def _grams(texts: Ragged, n: int) -> U64:
    return grams(texts.values, texts.starts, n)[0]


def _whole(held: Ragged, lengths: I64, n: int) -> U64:
    """Runs of `n` words that are a question, or one without its first or last word."""
    hashes, owner = grams(held.values, held.starts, n)
    trimmed = (lengths[owner] == n + 1) & (n + 1 >= TRIMMED_FROM) & (n + 1 < LONG)
    kept: U64 = hashes[(lengths[owner] == n) | trimmed]
    return kept


def _any(sought: U64, known: U64) -> bool:
    """Whether one of `sought` is among the sorted `known`."""
    if not len(known):
        return False
    places = np.minimum(np.searchsorted(known, sought), len(known) - 1)
    return bool((known[places] == sought).any())
