"""What was meant by text that is almost JSON: shown as a hint, never taken as a value.

Reads the mistakes that people and programs make: trailing commas, comments, single quotes, keys without quotes, and
True, False, None of a printed Python value. Nothing is ever evaluated.
"""

import re
from collections.abc import Callable
from typing import Any

from engine.safe_text import one_line

MAX_LENGTH = 20_000
"""Characters of a text for which a mending is looked for."""
_MAX_DEPTH = 64
_SHOWN = 100

_SPACE = re.compile(r"\s+")
_COMMENT = re.compile(r"//[^\n]*|#[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|\'[^\'\\]*+(?:\\.[^\'\\]*+)*+\'', re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:0[xX][0-9a-fA-F]++|(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?)(?![\w.])")
_WORD = re.compile(r"[A-Za-z_$][\w$]*")
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\n|.)", re.DOTALL)
_PLAIN_WORDS = {"true": True, "false": False, "null": None}
_PYTHON_WORDS = {"True": True, "False": False, "None": None}
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "0": "\0", "\n": ""}


class _Unclear(Exception):
    """This is no spelling that is known here."""


def mending(text: str) -> str | None:
    """A hint that names the mistakes in `text` and shows what is meant; None where that is not clear."""
    if len(text) > MAX_LENGTH:
        return None
    reader = _Lenient(text)
    try:
        value = reader.document()
    except _Unclear:
        return None
    mistakes = " and ".join(reader.mistakes)
    return f"mend {mistakes}; perhaps this is meant: {_preview(value)}" if mistakes else None


def _preview(value: Any) -> str:
    from engine.data.jsontext import dumps
    from engine.data.masking import mask_text

    try:
        return one_line(mask_text(dumps(value).decode()), _SHOWN)
    except (UnicodeEncodeError, RecursionError) as error:
        raise _Unclear from error


class _Lenient:
    """A reader of what looks like JSON, which notes what strict JSON would refuse."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.mistakes: dict[str, None] = {}
        """In the order in which they were met."""

    def document(self) -> Any:
        value = self._value(1)
        if self._peek() in (",", ";"):
            self._note("what follows the end")
            self._at += 1
        if self._peek():
            raise _Unclear
        return value

    def _note(self, mistake: str) -> None:
        self.mistakes.setdefault(mistake)

    def _take(self, pattern: re.Pattern[str]) -> str | None:
        found = pattern.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found[0]

    def _peek(self) -> str:
        while self._take(_SPACE) or self._comment():
            pass
        return self._text[self._at : self._at + 1]

    def _comment(self) -> bool:
        if self._take(_COMMENT) is None:
            return False
        self._note("the comments")
        return True

    def _value(self, depth: int) -> Any:
        first = self._peek()
        if depth > _MAX_DEPTH or not first:
            raise _Unclear
        if first in "{[(":
            self._at += 1
            return self._object(depth) if first == "{" else self._list(depth, "]" if first == "[" else ")")
        if first in "\"'":
            return self._string()
        return self._number() if first in "+-.0123456789" else self._word()

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}

        def pair() -> None:
            key = self._key()
            if self._peek() != ":":
                raise _Unclear
            self._at += 1
            found[key] = self._value(depth + 1)

        self._series("}", pair)
        return found

    def _list(self, depth: int, end: str) -> list[Any]:
        found: list[Any] = []
        if end == ")":
            self._note("the round brackets")
        self._series(end, lambda: found.append(self._value(depth + 1)))
        return found

    def _series(self, end: str, part: Callable[[], None]) -> None:
        """Parts with commas between them, up to `end`."""
        while self._peek() != end:
            part()
            if self._peek() == ",":
                self._at += 1
                if self._peek() == end:
                    self._note("the trailing comma")
            elif self._peek() != end:
                raise _Unclear
        self._at += 1

    def _key(self) -> str:
        if self._peek() in ('"', "'"):
            return self._string()
        word = self._take(_WORD)
        if word is None:
            raise _Unclear
        self._note("the keys without quotes")
        return word

    def _string(self) -> str:
        text = self._take(_STRING)
        if text is None:
            raise _Unclear
        if text[0] == "'":
            self._note("the single quotes")
        if any(character < " " for character in text):
            self._note("the line breaks or tabs inside a text")
        return _ESCAPE.sub(_unescaped, text[1:-1])

    def _number(self) -> int | float:
        text = self._take(_NUMBER)
        if text is None or len(text) > 300:
            raise _Unclear
        digits = text.lstrip("+-")
        if text[0] == "+" or digits[0] == "." or re.search(r"\.(?!\d)|^0[\dxX]", digits):
            self._note("the number " + one_line(text, 30))
        if digits[:2].lower() == "0x":
            return int(text, 16)
        return float(text) if set(text) & set(".eE") else int(text)

    def _word(self) -> bool | None:
        word = self._take(_WORD)
        if word in _PYTHON_WORDS:
            self._note("True, False or None of Python")
            return _PYTHON_WORDS[word]
        if word not in _PLAIN_WORDS:
            raise _Unclear
        return _PLAIN_WORDS[word]


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _LETTERS.get(code, code)
