"""What differs between texts that are nearly the same, word by word: for a person who chooses one of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_WORD = re.compile(r"\S+|\s+")
_COMPARED = 2_000
"""Words and spaces between the first and the last difference; longer texts are called different there as a whole, as
comparing them could take seconds."""

Kind = Literal["same", "added", "missing"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, or of the one that it is compared with."""

    kind: Kind
    """added: the other text lacks it; missing: the other text alone has it."""
    text: str


def differing(text: str, other: str) -> list[Piece]:
    """`text` as it differs from `other`: without the missing pieces it is `text`, without the added ones `other`."""
    mine, theirs = _WORD.findall(text), _WORD.findall(other)
    start = _common(mine, theirs)
    end = _common(mine[start:][::-1], theirs[start:][::-1])
    stop = len(mine) - end
    middle = _middle(mine[start:stop], theirs[start : len(theirs) - end])
    return [*_piece("same", mine[:start]), *middle, *_piece("same", mine[stop:])]


def _middle(mine: Sequence[str], theirs: Sequence[str]) -> Iterator[Piece]:
    if max(len(mine), len(theirs)) > _COMPARED:
        yield from (*_piece("missing", theirs), *_piece("added", mine))
        return
    for kind, there, there_end, here, here_end in SequenceMatcher(None, theirs, mine).get_opcodes():
        if kind == "equal":
            yield from _piece("same", mine[here:here_end])
        else:
            yield from (*_piece("missing", theirs[there:there_end]), *_piece("added", mine[here:here_end]))


def _piece(kind: Kind, words: Sequence[str]) -> Iterator[Piece]:
    if words:
        yield Piece(kind, "".join(words))


def _common(mine: Sequence[str], theirs: Sequence[str]) -> int:
    """Number of words that both begin with."""
    pairs = enumerate(zip(mine, theirs, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(mine), len(theirs)))
