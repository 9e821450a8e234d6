"""Versions: immutable sets of rows on disk.

data/<version>/
  rows.jsonl      one row a line
  rows.idx        where each line begins: little-endian 64-bit offsets, one a row
  manifest.json   parent, step, sources with their hashes, counts, mapping, and what the step found
  left_out.jsonl  rows that the step could not keep, with their places and reasons
  groups.txt, templates.u64   after a split: the record of data.groups

A version is written into a temporary folder, synced and renamed: it is whole or not there. Of an old one `data purge`
(data.purge) leaves the manifest, which says so under `purged`, and the record of the last split.
"""

import contextlib
import os
import shutil
import struct
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.data.jsontext import dumps
from engine.data.rows import Row, parse_row
from engine.durable import disk_errors, read_json, sync, write_json
from engine.errors import DataError

_DAMAGED = "restore the folder from a copy, or import the sources again; versions are not to be edited"
_OFFSET = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Version:
    """One version, open for reading. len(version), version.row(i), version.rows(split)"""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    def __len__(self) -> int:
        return (self.folder / "rows.idx").stat().st_size // _OFFSET.size

    def row(self, number: int) -> Row:
        """Row `number`, from 0: one look into the index and one into the rows. Raises IndexError."""
        if not 0 <= number < len(self):
            raise IndexError(f"row {number} of {len(self)}")
        with open(self.folder / "rows.idx", "rb") as index:
            index.seek(number * _OFFSET.size)
            (offset,) = _OFFSET.unpack(index.read(_OFFSET.size))
        with open(self.folder / "rows.jsonl", "rb") as file:
            file.seek(offset)
            return self._row(file.readline(), number)

    def rows(self, split: str | None = None) -> Iterator[Row]:
        """All rows in order, or those of one split."""
        with open(self.folder / "rows.jsonl", "rb") as file:
            for number, line in enumerate(file):
                row = self._row(line, number)
                if split is None or row.split == split:
                    yield row

    def _row(self, line: bytes, number: int) -> Row:
        if row := parse_row(line):
            return row
        raise DataError(
            "the row is damaged",
            hint=_DAMAGED,
            where=f"{self.folder / 'rows.jsonl'}:{number + 1}",
        )


def open_version(folder: Path) -> Version:
    """The version in `folder`. Raises DataError when it is not there or not whole, or when its rows were deleted."""
    manifest = _checked(folder)
    if "purged" in manifest:
        said = f"the rows of {folder.name} were deleted on {manifest['purged'][:10]} by `tunewright data purge`"
        raise DataError(said, hint="go on from the current version: tunewright data show", where=str(folder))
    if not {"rows.jsonl", "rows.idx"} <= manifest["files"].keys():
        raise DataError("not the manifest of a version", hint=_DAMAGED, where=str(folder / "manifest.json"))
    return Version(folder, manifest)


def _checked(folder: Path) -> dict[str, Any]:
    """The manifest of a version whose files are as long as it says."""
    if not (folder / "manifest.json").is_file():
        raise DataError(
            f"no data version {folder.name}", hint="tunewright data import FILE makes one", where=str(folder)
        )
    manifest = read_json(folder / "manifest.json")
    sizes = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(manifest, dict) or not isinstance(sizes, dict):
        raise DataError("not the manifest of a version", hint=_DAMAGED, where=str(folder / "manifest.json"))
    for name, size in sizes.items():
        path = folder / name
        found = path.stat().st_size if path.is_file() else None
        if found != size:
            said = "is missing" if found is None else f"has {found:,} bytes where {size:,} were written"
            raise DataError(f"{name} {said}", hint=_DAMAGED, where=str(folder))
    return manifest


class Writer:
    """A version in the making. add(row), leave_out(...), then finish(manifest)."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        """Temporary; other files of the version may be put into it."""
        self.name = name
        self.rows = 0
        self.left_out = 0
        self._offsets = array("Q")
        self._size = 0
        self._rows_file = open(folder / "rows.jsonl", "wb", buffering=2**20)  # noqa: SIM115 - closed by writing()
        self._left_file = open(folder / "left_out.jsonl", "wb")  # noqa: SIM115 - closed by writing()

    def add(self, row: Row) -> None:
        """Appends one row."""
        line = row.to_json() + b"\n"
        self._offsets.append(self._size)
        self._size += self._rows_file.write(line)
        self.rows += 1

    def leave_out(self, source: Mapping[str, Any], reasons: list[dict[str, str]], row_id: str | None = None) -> None:
        """Lists a row that is not in this version: where it came from and why."""
        self._left_file.write(dumps({"source": source, "id": row_id, "reasons": reasons}) + b"\n")
        self.left_out += 1

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Writes index and manifest; `manifest` is completed by name, time and counts."""
        counts = {"rows": self.rows, "left_out": self.left_out}
        created = datetime.now(UTC).isoformat(timespec="seconds")
        self._offsets_to_disk()
        self.close()
        sizes = {path.name: path.stat().st_size for path in sorted(self.folder.iterdir())}
        document = {**manifest, "name": self.name, "created": created, "counts": counts, "files": sizes}
        write_json(self.folder / "manifest.json", document)

    def close(self) -> None:
        self._rows_file.close()
        self._left_file.close()

    def _offsets_to_disk(self) -> None:
        if struct.pack("=Q", 1) != _OFFSET.pack(1):
            self._offsets.byteswap()
        with open(self.folder / "rows.idx", "wb") as file:
            self._offsets.tofile(file)


@contextlib.contextmanager
def writing(data: Path) -> Iterator[Writer]:
    """The next version below `data`; there, whole and on the disk, when the block ends after finish().

    Raises ResourceError when the disk refuses. Whatever fails, no version appears and the temporary folder goes.
    """
    with disk_errors(data):
        data.mkdir(parents=True, exist_ok=True)
        for abandoned in data.glob(".v*.tmp"):
            shutil.rmtree(abandoned)
        name = f"v{1 + max((int(path.name[1:]) for path in all_versions(data)), default=0)}"
        folder = data / f".{name}.tmp"
        folder.mkdir()
        try:
            with contextlib.closing(Writer(folder, name)) as writer:
                yield writer
            for path in folder.iterdir():
                sync(path)
            sync(folder)
            os.rename(folder, data / name)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        sync(data)


def latest_with(data: Path, file: str) -> Path | None:
    """Folder of the newest version that has this file."""
    return next((path for path in reversed(all_versions(data)) if (path / file).exists()), None)


def last_record(data: Path) -> Path | None:
    """Folder with the record of the last split, whole; the rows of that version may be gone. Raises DataError."""
    folder = latest_with(data, "groups.txt")
    if folder:
        _checked(folder)
    return folder


def all_versions(data: Path) -> list[Path]:
    """Folders of the versions below `data`, the oldest first; the rows of some may be gone."""
    named = data.glob("v*") if data.is_dir() else ()
    return sorted(
        (path for path in named if path.name[1:].isdecimal() and path.name.isascii()),
        key=lambda path: int(path.name[1:]),
    )
