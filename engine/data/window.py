"""A sliding view of one JSON document, which finds where its values begin and end.

A streaming parser such as ijson gives values without their places, and a bad element ends everything; the byte offset
of each record is needed. So the standard library's scanner finds the end of a value, and `parse` judges its bytes.
"""

import json
import re
from typing import BinaryIO

from engine.data.almost_json import MAX_LENGTH, mending
from engine.data.jsontext import SYNTAX_HINT, parse
from engine.data.problems import Place, Problem
from engine.data.records import BOM, MAX_RECORD, Record, too_long
from engine.errors import DataError

_CHUNK = 2**20
_NOT_SPACE = re.compile(r"[^ \t\r\n]")
# Only the end of a value is wanted: numbers stay text, so that neither size nor digits can matter.
_SCANNER = json.JSONDecoder(parse_int=str, parse_float=str)
_BRACKETS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|\'[^\'\\]*+(?:\\.[^\'\\]*+)*+\'|[\[\]{}"\']', re.DOTALL)
_GOES_ON = re.compile(r"\s*+(?:,\s*+[\[{]|[\]}\[{])")
_ENDS = re.compile(r"\s*+\Z")


class Broken(DataError):
    """A value cannot be read. Becomes a problem of the record where it happened."""

    def __init__(self, problem: Problem, place: Place, passed: bool = False) -> None:
        super().__init__(problem.message, hint=problem.hint, where=f"{place.file}:{place.line}")
        self.problem = problem
        self.place = place
        self.passed = passed
        """The window stands behind the value, and what follows can be read."""


class Window:
    """The document from its start. Bytes are held as Latin-1, one character each: JSON's structure is ASCII."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        file.seek(0)
        self._file = file
        self._name = name
        self._text = ""
        self._at = 0
        self._byte = 0
        self._line = 1
        self._line_byte = 0
        self._counted = 0
        self._ended = False
        if self._more() and self._text.startswith(BOM.decode("latin-1")):
            self._at = self._line_byte = len(BOM)

    def peek(self) -> str:
        """The next character that is not space, without taking it; empty at the end."""
        while True:
            if found := _NOT_SPACE.search(self._text, self._at):
                self._at = found.start()
                return found[0]
            self._at = len(self._text)
            if not self._more():
                return ""

    def after_bracket(self) -> str:
        """The first character inside the array that begins here."""
        while (found := _NOT_SPACE.search(self._text, self._at + 1)) is None:
            if len(self._text) - self._at > MAX_RECORD or not self._more():
                return ""
        return found[0]

    def step(self) -> None:
        """Takes the character that `peek` showed."""
        self._at += 1

    def expect(self, character: str) -> None:
        """Takes `character`. Raises Broken when something else stands there."""
        found = self.peek()
        if found != character:
            raise self.broken(f"expected {character!r}, found {found!r}" if found else f"no {character!r} at the end")
        self._at += 1

    def key(self) -> str:
        """Takes a key and its colon."""
        if self.peek() != '"':
            raise self.broken("expected a key in double quotes")
        key = parse(self.value()[0]).value
        self.expect(":")
        return str(key)

    def record(self) -> Record:
        """Takes the next value, which may be a bad one. Raises Broken when nothing behind it can be read."""
        try:
            text, place = self.value()
        except Broken as broken:
            if broken.passed:
                return Record(broken.place, None, (broken.problem,))
            raise
        value, problems = parse(text)
        return Record(place, value, problems)

    def skip(self) -> None:
        """Takes the next value unread, a bad one too. Raises Broken when nothing behind it can be read."""
        try:
            self.value()
        except Broken as broken:
            if not broken.passed:
                raise

    def value(self) -> tuple[bytes, Place]:
        """Takes the next value: its bytes, and where it begins."""
        self.peek()
        place = self._place()
        end = self._end(place)
        text = self._text[self._at : end].encode("latin-1")
        self._at = end
        if len(text) > MAX_RECORD:
            raise Broken(too_long(), place, passed=True)
        return text, place

    def broken(self, message: str, hint: str = "mend the file at this place") -> Broken:
        """That the document cannot be followed from here."""
        return Broken(Problem("json-syntax", self._located(message, self._at) + _NOTHING_AFTER, hint), self._place())

    def _end(self, place: Place) -> int:
        """Where the value that begins here ends. Raises Broken for one without an end, or not in JSON."""
        while True:
            try:
                end = _SCANNER.raw_decode(self._text, self._at)[1]
            except (json.JSONDecodeError, RecursionError) as error:
                if over := self._lenient_end():
                    problem = self._problem(error, over)
                    self._at = over
                    raise Broken(problem, place, passed=True) from error
                if len(self._text) - self._at <= MAX_RECORD and self._more():
                    continue
                raise self._endless(error, place) from error
            # A number at the edge of the window may go on behind it.
            if end < len(self._text) or not self._more():
                return end

    def _lenient_end(self) -> int:
        """Where a bad list or object that begins here seems to end, by its brackets; 0 where that is not clear."""
        if self._text[self._at : self._at + 1] not in ("{", "["):
            return 0
        depth = 0
        for found in _BRACKETS.finditer(self._text, self._at):
            if found[0] in "\"'":
                return 0  # A text is open, perhaps only because the window ends in it.
            depth += (found[0] in "[{") - (found[0] in "]}")
            if depth == 0:
                end = found.end()
                ends = self._ended and _ENDS.match(self._text, end)
                return end if ends or _GOES_ON.match(self._text, end) else 0
        return 0

    def _endless(self, error: Exception, place: Place) -> Broken:
        if len(self._text) - self._at > MAX_RECORD:
            return Broken(too_long(), place)
        problem = self._problem(error, len(self._text))
        return Broken(Problem(problem.rule, problem.message + _NOTHING_AFTER, problem.hint), place)

    def _problem(self, error: Exception, end: int) -> Problem:
        if not isinstance(error, json.JSONDecodeError):
            return Problem("json-depth", "nested too deeply", "flatten the record")
        text = self._text[self._at : min(end, self._at + MAX_LENGTH + 1)].encode("latin-1").decode("utf-8", "replace")
        return Problem("json-syntax", self._located(error.msg, error.pos), mending(text) or SYNTAX_HINT)

    def _located(self, message: str, at: int) -> str:
        """The message behind its line, its column in characters, and its byte."""
        place = self._place()
        line = place.line + self._text.count("\n", self._at, at)
        last = self._text.rfind("\n", self._at, at) + 1
        began = last if last else max(self._line_byte - self._byte, 0)
        column = len(self._text[began:at].encode("latin-1").decode("utf-8", "ignore")) + 1
        return f"line {line}, column {column} (byte {self._byte + at}): {message}"

    def _place(self) -> Place:
        lines = self._text.count("\n", self._counted, self._at)
        if lines:
            self._line += lines
            self._line_byte = self._byte + self._text.rfind("\n", self._counted, self._at) + 1
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


_NOTHING_AFTER = "; nothing after this place was read"
