"""The text of a record that an import could not take, read again from its file: the project holds none of it."""

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO

from engine.data.jsontext import dumps
from engine.data.masking import mask_text
from engine.data.read import open_regular, records, sha256_of
from engine.data.recognise import recognised
from engine.data.records import AS_FOUND
from engine.data.report import Member
from engine.data.versions import Version
from engine.errors import TunewrightError

MOST = 64 * 1024
"""Bytes read of one record; what is shown of it is cut further."""
_BROKEN = 2000
"""Characters shown from the beginning of a value whose end cannot be found."""


def source_text(version: Version, member: Member) -> tuple[str | None, str]:
    """(the record with its secrets masked, "") or (None, why it cannot be shown).

    It is shown only while its file is the one that was imported; hashing that takes about a second a gigabyte, once.
    """
    name, _, line = member.place.rpartition(":")
    said = "its file is not where it was imported from, or has changed since"
    for source in version.manifest["sources"]:
        path = Path(source["path"])
        try:
            if path.name == name and _unchanged(path, source):
                return mask_text(_text(path, int(line), member.byte or 0)), ""
        except (OSError, TunewrightError) as error:
            said = f"its file cannot be read: {error}"
    return None, said


def _unchanged(path: Path, source: Mapping[str, Any]) -> bool:
    with open_regular(path) as file:
        size = file.seek(0, 2)
    stamp = path.stat()
    return bool(size == source["bytes"] and _sha256(path, stamp.st_mtime_ns, stamp.st_ino) == source["sha256"])


@lru_cache(maxsize=8)
def _sha256(path: Path, changed: int, inode: int) -> str:
    """Of the file as it stood at `changed`: asked for every record that is looked at."""
    return sha256_of(path)


def _text(path: Path, line: int, byte: int) -> str:
    with open_regular(path) as file:
        found = recognised(file, path, AS_FOUND)
        if found.is_text:
            _pass_over(found.content, byte)
            return _first_record(found.content.read(MOST).decode("utf-8", "replace"), found.form)
    # A workbook has no bytes to point at: its rows are counted.
    return dumps(next((record.value for record in records(path) if record.place.line == line), None)).decode()


def _pass_over(content: BinaryIO, size: int) -> None:
    """What is being unpacked can only be read on."""
    content.seek(0)
    while size > 0 and (part := content.read(min(size, 2**20))):
        size -= len(part)


def _first_record(text: str, form: str) -> str:
    """The record that `text` begins with: a JSON value, a CSV row, else its first line."""
    if form == "JSON":
        try:
            _, end = json.JSONDecoder().raw_decode(text)
        except (ValueError, RecursionError):
            # Where a broken value ends, nobody can tell: its neighbours are shown with it.
            return text[:_BROKEN]
        return text[:end]
    at = 0
    for line in text.split("\n"):
        at += len(line) + 1
        if form != "CSV" or text.count('"', 0, at) % 2 == 0:
            break
    return text[:at].rstrip("\r\n")
