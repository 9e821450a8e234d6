"""gzip, bzip2, xz, zstd and zip with one file: unpacked as they are read, and never further than a bomb would want.

200 MB of zeros are 6 KB of zstd (32,000:1), so what is counted is what came out, whatever a header declares.
"""

import bz2
import gzip
import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from engine.data.stream import Pull, piped
from engine.errors import DataError

MAX_UNPACKED = 2 * 2**30
"""Bytes that one packed file may become. A plain file has no limit."""
MAX_RATIO = 200
FREE = 10 * 2**20
"""Unpacked bytes before the ratio counts. Text packs 3:1 to 20:1, the dullest generated rows reach 100:1."""

_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd", b"PK\x03\x04": "zip"}
_PIECE = 64 * 1024
# A zstd block of 4 bytes becomes 128 KiB: 256 bytes of input give 8 MiB at most.
_ZSTD_PIECE = 256
BROKEN: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    NotImplementedError,
    MemoryError,
)
"""What unpacking a damaged file raises."""


def packing(head: bytes) -> str | None:
    """How a file that begins with `head` is packed: gzip, bzip2, xz, zstd, zip, or None."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


@dataclass(slots=True)
class Unpacked:
    """Counts what comes out of a packed file."""

    packed: int
    """Bytes of the packed file."""
    where: str
    instead: str = "unpack it yourself and name the result"
    """What someone can do who trusts the file."""
    most: int | None = MAX_UNPACKED
    """None where what came out is dropped again at once."""
    total: int = 0

    def add(self, size: int) -> None:
        """Raises DataError when more has come out than any honest file holds."""
        self.total += size
        if self.most and self.total > self.most:
            raise self._refusal(f"unpacks to more than {self.most / 2**30:g} GiB")
        if self.total > FREE and self.total > MAX_RATIO * self.packed:
            raise self._refusal(f"unpacks to more than {MAX_RATIO} times its size")

    def _refusal(self, message: str) -> DataError:
        hint = f"this is how a decompression bomb looks; if you trust the file, {self.instead}"
        return DataError(message, hint=hint, where=self.where)


def broken(kind: str, error: Exception, where: str) -> DataError:
    """The refusal of a packed file that cannot be unpacked to its end."""
    said = str(error) or type(error).__name__
    hint = "the file was cut off or damaged: download or pack it again"
    return DataError(f"the {kind} data is broken: {said}", hint=hint, where=where)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def unpacked(file: BinaryIO, kind: str, where: str) -> BinaryIO:
    """The content of `file`, packed as `kind` says. Reading raises DataError where it is broken, cut off or a bomb."""
    size = os.fstat(file.fileno()).st_size

    def begin() -> Pull:
        file.seek(0)
        count = Unpacked(size, where)
        pieces = _pieces(file, kind, where)

        def pull() -> bytes:
            try:
                piece = next(pieces, b"")
            except BROKEN as error:
                raise broken(kind, error, where) from error
            count.add(len(piece))
            return piece

        return pull

    return piped(begin)


def _pieces(file: BinaryIO, kind: str, where: str) -> Iterator[bytes]:
    if kind == "zstd":
        return _zstd_pieces(file)
    openers: dict[str, Callable[[], _Readable]] = {
        "gzip": lambda: gzip.GzipFile(fileobj=file),
        "bzip2": lambda: bz2.BZ2File(file),
        "xz": lambda: lzma.LZMAFile(file),  # noqa: SIM115 - it closes nothing
        "zip": lambda: _only_member(file, where),
    }
    opened = openers[kind]()
    return iter(lambda: opened.read(_PIECE), b"")


def _zstd_pieces(file: BinaryIO) -> Iterator[bytes]:
    # The library's own stream reader ends in silence where a frame is cut off.
    import zstandard

    frame = None
    try:
        while piece := file.read(_ZSTD_PIECE):
            while piece:
                frame = frame or zstandard.ZstdDecompressor().decompressobj()
                if out := frame.decompress(piece):
                    yield out
                piece = b""
                if frame.eof:
                    piece, frame = frame.unused_data, None
    except zstandard.ZstdError as error:
        raise OSError(str(error)) from error
    if frame:
        raise EOFError("the last frame has no end")


def _only_member(file: BinaryIO, where: str) -> _Readable:
    members = [member for member in zipfile.ZipFile(file).infolist() if not member.is_dir()]
    if len(members) != 1:
        raise DataError(f"a zip archive of {len(members)} files", hint="unpack it and name the files", where=where)
    if members[0].flag_bits & 1:
        raise DataError("a zip archive with a password", hint="unpack it and name the file", where=where)
    return zipfile.ZipFile(file).open(members[0])
