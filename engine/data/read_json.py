"""JSON documents (an array, an object that wraps one, or one object) as records with line and byte offset.

A streaming parser such as ijson gives values without their places, and a bad element ends everything. Here the standard
library's scanner finds where each element ends, in a window that slides over the file; `parse` judges the element.
"""

import json
from collections.abc import Iterator
from typing import BinaryIO

from engine.data.jsontext import parse
from engine.data.problems import Place, Problem
from engine.data.records import MAX_RECORD, Record, too_long
from engine.errors import DataError

_CHUNK = 2**20
_WRAPPERS = frozenset(("data", "rows", "examples", "items", "records", "train"))
"""Keys under which exports keep their list of rows."""
_SPACE = " \t\r\n"
# Only the end of a value is wanted: numbers stay text, so that neither size nor digits can matter.
_SCANNER = json.JSONDecoder(parse_int=str, parse_float=str)


class _Broken(DataError):
    """The document cannot be followed further; becomes a problem of the record where it happened."""

    def __init__(self, problem: Problem, place: Place) -> None:
        super().__init__(problem.message, hint=problem.hint, where=f"{place.file}:{place.line}")
        self.problem = problem
        self.place = place


def json_records(file: BinaryIO, name: str) -> Iterator[Record]:
    """The elements of the top-level array, or of the list under a wrapper key, or the one top-level value."""
    try:
        if _Window(file, name).peek() == "{":
            yield from _object(file, name)
            return
        file.seek(0)
        window = _Window(file, name)
        if window.peek() == "[":
            yield from _array(window)
        else:
            yield window.record()
        yield from _end(window)
    except _Broken as broken:
        yield Record(broken.place, None, (broken.problem,))


def _object(file: BinaryIO, name: str) -> Iterator[Record]:
    file.seek(0)
    window = _Window(file, name)
    if not _enter_wrapper(window):
        file.seek(0)
        window = _Window(file, name)
        yield window.record()
        yield from _end(window)
        return
    yield from _array(window)
    while window.peek() == ",":
        window.step()
        _key(window)
        window.value()
    window.expect("}")
    yield from _end(window)


def _enter_wrapper(window: "_Window") -> bool:
    """Goes on to the list of objects under a wrapper key; False when the object has none."""
    window.expect("{")
    while window.peek() == '"':
        if _key(window) in _WRAPPERS and window.peek() == "[" and window.after_bracket() == "{":
            return True
        window.value()
        if window.peek() != ",":
            return False
        window.step()
    return False


def _key(window: "_Window") -> str:
    if window.peek() != '"':
        raise window.broken("expected a key in double quotes")
    key = parse(window.value()[0]).value
    window.expect(":")
    return str(key)


def _array(window: "_Window") -> Iterator[Record]:
    window.expect("[")
    if window.peek() == "]":
        window.step()
        return
    yield window.record()
    while window.peek() == ",":
        window.step()
        yield window.record()
    window.expect("]")


def _end(window: "_Window") -> Iterator[Record]:
    if window.peek():
        raise window.broken("something follows the end of the document")
    yield from ()


class _Window:
    """A sliding view of one JSON document. Bytes are held as Latin-1, one character each: JSON's structure is ASCII."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._name = name
        self._text = ""
        self._at = 0
        self._byte = 0
        self._line = 1
        self._counted = 0
        self._ended = False
        if self._more() and self._text.startswith("\xef\xbb\xbf"):
            self._at = 3

    def peek(self) -> str:
        """The next character that is not space, without taking it; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def after_bracket(self) -> str:
        """The first character inside the array that begins here."""
        while not (inside := self._text[self._at + 1 :].lstrip(_SPACE)) and self._more():
            pass
        return inside[:1]

    def step(self) -> None:
        self._at += 1

    def expect(self, character: str) -> None:
        found = self.peek()
        if found != character:
            raise self.broken(f"expected {character!r}, found {found!r}" if found else f"no {character!r} at the end")
        self._at += 1

    def record(self) -> Record:
        text, place = self.value()
        value, problems = parse(text)
        return Record(place, value, problems)

    def value(self) -> tuple[bytes, Place]:
        """The bytes of the next value and where it begins."""
        self.peek()
        place = self._place()
        while True:
            try:
                end = _SCANNER.raw_decode(self._text, self._at)[1]
            except (json.JSONDecodeError, RecursionError) as error:
                if len(self._text) <= MAX_RECORD and self._more():
                    continue
                raise self._unreadable(error) from error
            # A number at the edge of the window may go on behind it.
            if end < len(self._text) or not self._more():
                break
        text = self._text[self._at : end].encode("latin-1")
        self._at = end
        if len(text) > MAX_RECORD:
            raise _Broken(too_long(), place)
        return text, place

    def broken(self, message: str) -> _Broken:
        problem = Problem("json-syntax", f"{message}; nothing after this place was read", "mend the file at this place")
        return _Broken(problem, self._place())

    def _unreadable(self, error: Exception) -> _Broken:
        place = self._place()
        if len(self._text) - self._at > MAX_RECORD:
            return _Broken(too_long(), place)
        if isinstance(error, json.JSONDecodeError):
            line = place.line + self._text.count("\n", self._at, error.pos)
            return self.broken(f"line {line}, byte {self._byte + error.pos}: {error.msg}")
        problem = Problem("json-depth", "nested too deeply; nothing after this place was read", "flatten the record")
        return _Broken(problem, place)

    def _place(self) -> Place:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return Place(self._name, self._line, self._byte + self._at)

    def _more(self) -> bool:
        """Forgets what was taken and reads on, doubling; False at the end of the file."""
        if self._ended:
            return False
        self._byte = self._place().byte
        self._text = self._text[self._at :]
        self._at = self._counted = 0
        chunk = self._file.read(max(_CHUNK, len(self._text)))
        self._ended = not chunk
        self._text += chunk.decode("latin-1")
        return bool(chunk)
