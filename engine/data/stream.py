"""Bytes made from bytes, a piece at a time: what unpacking and decoding have in common."""

import io
from collections.abc import Callable
from typing import BinaryIO

HEAD = 256 * 1024
"""Bytes at the start of a file by which it is judged; `peek` shows as many at once."""

Pull = Callable[[], bytes]
"""The next piece; empty at the end."""


class _Pipe(io.RawIOBase):
    """A raw stream over `begin()`, which makes a `Pull` from the start of the source; it can be rewound, no more."""

    def __init__(self, begin: Callable[[], Pull]) -> None:
        self._begin = begin
        self._pull = begin()
        self._left = b""
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        if offset or whence != io.SEEK_SET:
            raise io.UnsupportedOperation("only back to the start")
        self._pull, self._left, self._at = self._begin(), b"", 0
        return 0

    def readinto(self, buffer: object) -> int:
        """Fills `buffer` to its end unless the source ends, so that one peek shows a whole HEAD."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        filled = 0
        while filled < len(view) and (piece := self._left or self._pull()):
            taken = piece[: len(view) - filled]
            view[filled : filled + len(taken)] = taken
            self._left = piece[len(taken) :]
            filled += len(taken)
        self._at += filled
        return filled


def piped(begin: Callable[[], Pull]) -> BinaryIO:
    """A buffered stream of what `begin()` pulls; `seek(0)` begins again."""
    return io.BufferedReader(_Pipe(begin), HEAD)
