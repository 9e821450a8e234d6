"""Draws that are the same on every machine and in every version of Python."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


class Lot:
    """below(n), choice(options): one draw after the other, all fixed by `seed`."""

    def __init__(self, *seed: object) -> None:
        self._seed = " ".join(map(str, seed))
        self._drawn = 0

    def below(self, n: int) -> int:
        """A number from 0 to n - 1; its bias is under n / 2**64."""
        self._drawn += 1
        digest = blake2b(f"{self._seed} {self._drawn}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) % n

    def choice(self, options: Sequence[T]) -> T:
        """One of `options`, which has at least one."""
        return options[self.below(len(options))]
