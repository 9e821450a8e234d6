"""JSON documents as records: an array, an object that holds one, one object, or several of these in a row."""

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeVar

from engine.data.records import Record
from engine.data.window import Broken, Window
from engine.errors import ChoiceNeeded, DataError
from engine.safe_text import one_line

T = TypeVar("T")

_WRAPPERS = frozenset(("data", "dataset", "rows", "examples", "samples", "items", "records", "entries", "train"))
"""Keys under which exports keep their list of rows."""
_OF_ROWS = frozenset(("messages", "conversations", "prompt", "instruction", "question", "input", "text", "chosen"))
"""Keys of a row: an object that has one is a row itself, whatever lists it holds."""
_NAMED = 6
"""Keys that a message names."""


@dataclass(slots=True)
class _Outline:
    """What the first object of a document holds."""

    keys: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    """Keys of lists of objects."""
    lists: int = 0
    """How many other lists."""
    objects: int = 0
    """How many objects."""
    whole: bool = False
    followed: bool = False
    """By something behind its end."""


def json_records(file: BinaryIO, name: str, table: str | None = None) -> Iterator[Record]:
    """The records of a document; `table` is the key of the list that is meant, where an object holds several.

    Raises ChoiceNeeded when that is not clear, DataError when the document is no list of records.
    """
    window = Window(file, name)
    key = _key_of_rows(_outlined(window), table, name) if window.peek() == "{" else None
    window = Window(file, name)
    try:
        yield from _values(window) if key is None else _wrapped(window, key)
    except Broken as broken:
        yield Record(broken.place, None, (broken.problem,))


def _outlined(window: Window) -> _Outline:
    outline = _Outline()
    try:
        window.expect("{")
        while window.peek() == '"':
            _outline_pair(window, outline)
            if window.peek() != ",":
                break
            window.step()
        window.expect("}")
        outline.whole, outline.followed = True, bool(window.peek())
    except Broken:
        return outline  # The break is met again, and said, when the records are read.
    return outline


def _outline_pair(window: Window, outline: _Outline) -> None:
    key = window.key()
    outline.keys.append(key)
    first = window.peek()
    table = first == "[" and window.after_bracket() == "{"
    if table:
        outline.tables.append(key)
    outline.lists += first == "[" and not table
    outline.objects += first == "{"
    _pass_over(window)


def _key_of_rows(outline: _Outline, table: str | None, where: str) -> str | None:
    """The key of the list of rows; None when the object is a row."""
    if outline.followed:
        return None
    if outline.whole:
        _require_rows(outline, where)
    if table is not None and outline.tables:
        if table in outline.tables:
            return table
        said = f"it holds no list called {one_line(table, 40)!r}"
        raise DataError(said, hint=f"name one of: {_named(outline.tables)}", where=where)
    found = sorted(outline.tables, key=lambda key: key not in _WRAPPERS)
    if _OF_ROWS.intersection(outline.keys) and not _WRAPPERS.intersection(found):
        return None
    if len(found) > 1:
        hint = f"say which one is meant, for example --sheet {shlex.quote(one_line(found[0], 40))}"
        message = f"it holds several lists: {_named(found)}"
        raise ChoiceNeeded(message, option="sheet", choices=tuple(found), hint=hint, where=where)
    return found[0] if found else None


def _require_rows(outline: _Outline, where: str) -> None:
    """Raises DataError for an object that describes something, or holds a table by columns."""
    count = len(outline.keys)
    if count and outline.objects == count:
        message = f"it is an object of {count} named objects ({_named(outline.keys)}), not a list of rows"
        hint = "if each of them is a row, write them as a list; if it describes other files, name those"
        raise DataError(message, hint=hint, where=where)
    if count > 1 and outline.lists == count:
        message = f"it holds lists by column ({_named(outline.keys)}), not a list of rows"
        raise DataError(message, hint='write it by rows, in pandas to_json(orient="records", lines=True)', where=where)


def _named(keys: list[str]) -> str:
    more = len(keys) - _NAMED
    return ", ".join(one_line(key, 40) for key in keys[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _wrapped(window: Window, wanted: str) -> Iterator[Record]:
    window.expect("{")
    while window.key() != wanted:
        _pass_over(window)
        window.expect(",")
    yield from _array(window, window.record)
    while window.peek() == ",":
        window.step()
        window.key()
        _pass_over(window)
    window.expect("}")


def _pass_over(window: Window) -> None:
    """The next value, unread; a list element by element, since it may be larger than any record."""
    if window.peek() != "[":
        window.skip()
        return
    for _ in _array(window, window.skip):
        pass


def _values(window: Window) -> Iterator[Record]:
    """Lists and objects one after the other; a value of another kind stands alone."""
    alone = window.peek() not in ("{", "[")
    while first := window.peek():
        if first == "[":
            empty = window.after_bracket() == "]"
            yield from _array(window, window.record)
            alone = alone or empty
        else:
            yield window.record()
        follows = window.peek()
        if follows == ",":
            raise window.broken("a comma stands between two records", "put [ before the first record, ] after the last")
        if follows and (alone or follows not in "{["):
            raise window.broken("something follows the end of the document")


def _array(window: Window, take: Callable[[], T]) -> Iterator[T]:
    window.expect("[")
    if window.peek() == "]":
        window.step()
        return
    yield take()
    while window.peek() == ",":
        window.step()
        if window.peek() == "]":
            raise window.broken("a comma stands before the closing bracket", "remove the comma")
        yield take()
    window.expect("]")
