"""Text in any encoding as UTF-8: what a byte order mark says is done, what would have to be guessed is asked."""

import codecs
from collections.abc import Sequence
from typing import BinaryIO

from engine.data.problems import Problem
from engine.data.stream import Pull, piped
from engine.errors import ChoiceNeeded, UsageError
from engine.safe_text import one_line

UTF8 = "utf-8"
# The marks of UTF-32 begin like those of UTF-16.
_MARKS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF8: UTF8}
_MARKS |= {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_PIECE = 64 * 1024
_SHOWN = 40
_FEW = 3
"""Lines among which a single one that is not UTF-8 is taken for damage, not for the encoding of the file."""
_MANY = 10
"""Characters beyond ASCII for each damaged one that show UTF-8 all the same. Other encodings look well-formed by
chance, for less than half of theirs."""
_OFFERED = 6
# What files of today are in when they are not in UTF-8, the likeliest first; the guess decides among them.
_LIKELY: tuple[str, ...] = (
    "cp1252",
    "cp1250",
    "cp1251",
    "shift_jis",
    "gb18030",
    "big5",
    "euc_kr",
    "euc_jp",
    "cp1253",
    "cp1254",
)
_LIKELY += ("cp1255", "cp1256", "cp1257", "cp1258", "koi8_r", "iso8859_2", "iso8859_15", "mac_roman", "cp850", "cp437")
_COMMON = ("cp1252", "iso8859-1")
"""Offered in any case: Western Windows, and what accepts any byte."""


def marked(head: bytes) -> str | None:
    """The encoding that a byte order mark names, or None."""
    return next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)


def wide(head: bytes) -> str | None:
    """UTF-16 without a mark: in Western text every other byte is NUL."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    most = 0.4 * len(head) / 2
    if odd > most > even:
        return "utf-16-le"
    return "utf-16-be" if even > most > odd else None


def named(name: str) -> str:
    """The encoding that a person named, as Python calls it. Raises UsageError for one that does not exist."""
    try:
        b" ".decode(name, "replace")  # What turns bytes into something other than text is refused here.
        codecs.getincrementaldecoder(name)(_UNREADABLE).decode(b" \xff", True)
        return codecs.lookup(name).name
    except (LookupError, ValueError) as error:
        hint = "name one such as utf-8, cp1252, latin-1, shift_jis or gb18030"
        raise UsageError(f"no encoding is called {one_line(name, 40)!r}", hint=hint) from error


def encoding_of(head: bytes, where: str) -> str:
    """The encoding of a text that begins with `head`: by its mark, or UTF-8.

    Raises ChoiceNeeded where neither holds. Damaged rows in a UTF-8 file do not make it another encoding: they
    are no more than the sound rows beyond ASCII, or there is one of them among several rows.
    """
    if mark := marked(head):
        return mark
    if guess := wide(head):
        raise _choice(head, (guess, UTF8), where)
    if _is_mostly_utf8(head):
        return UTF8
    raise _choice(head, (*_guesses(head), UTF8), where)


def as_utf8(file: BinaryIO, encoding: str) -> BinaryIO:
    """`file` in UTF-8. A character that cannot be read becomes bytes that no UTF-8 holds, so its row is refused."""

    def begin() -> Pull:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)(_UNREADABLE)
        ended = False
        first = True

        def pull() -> bytes:
            nonlocal ended, first
            text = ""
            while not text and not ended:
                piece = file.read(_PIECE)
                ended = not piece
                text = decoder.decode(piece, ended)
            if first:
                first, text = False, text.removeprefix("\ufeff")
            return text.encode("utf-8", "surrogatepass")

        return pull

    return piped(begin)


def with_newlines(file: BinaryIO) -> BinaryIO:
    """`file` with the carriage returns that end its lines as line feeds; every byte keeps its offset."""

    def begin() -> Pull:
        file.seek(0)
        return lambda: file.read(_PIECE).replace(b"\r", b"\n")

    return piped(begin)


def unreadable(encoding: str) -> Problem:
    """The problem of a row that `encoding` does not explain."""
    return Problem("encoding", f"a character cannot be read as {encoding}", "name another encoding: --encoding NAME")


def _mark_unreadable(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udc80", error.end


_UNREADABLE = "tunewright-unreadable"
codecs.register_error(_UNREADABLE, _mark_unreadable)


def _is_mostly_utf8(head: bytes) -> bool:
    if _is_utf8(head):
        return True
    *whole, last = head.split(b"\n")
    sound = [_is_utf8(line) for line in (*whole, last) if not line.isascii()]
    if sound.count(False) <= max(sound.count(True), len(whole) >= _FEW):
        return True
    # A document on one line has no other lines to speak for it.
    text = head.decode(UTF8, "replace")
    return len(text) - len(text.encode("ascii", "ignore")) > _MANY * text.count("\ufffd")


def _is_utf8(text: bytes) -> bool:
    """Whether `text` is well-formed, but for a character that its end cuts."""
    try:
        codecs.getincrementaldecoder(UTF8)().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _guesses(head: bytes) -> Sequence[str]:
    import charset_normalizer

    # The lines that decide, whole, so that no character is cut.
    lines = [line for line in head[: head.rfind(b"\n") + 1].split(b"\n") if not line.isascii()]
    sample = b"\n".join(lines or [head])[:_PIECE]
    matches = charset_normalizer.from_bytes(sample, cp_isolation=list(_LIKELY), preemptive_behaviour=False)
    ranked = sorted(
        (match.chaos, -match.coherence, _LIKELY.index(name))
        for match in matches
        for name in match.could_be_from_charset
        if name in _LIKELY
    )
    names = [codecs.lookup(name).name for name in (*(_LIKELY[at] for *_, at in ranked), *_COMMON)]
    return [name for name in dict.fromkeys(names) if name not in (UTF8, "ascii")][:_OFFERED]


def _choice(head: bytes, choices: tuple[str, ...], where: str) -> ChoiceNeeded:
    best = choices[0]
    hint = f"if this reads right, --encoding {best}: {_sample(head, best)}; else one of {', '.join(choices[1:])}"
    return ChoiceNeeded("the file is not in UTF-8", option="encoding", choices=choices, hint=hint, where=where)


def _sample(head: bytes, encoding: str) -> str:
    """A few characters around the first one beyond ASCII, as they would be read."""
    from engine.data.masking import mask_text

    text = mask_text(codecs.getincrementaldecoder(encoding)("replace").decode(head[:_PIECE]))
    first = next((at for at, character in enumerate(text) if not character.isascii()), 0)
    start = max(first - _SHOWN // 2, text.rfind("\n", 0, first) + 1)
    return repr(one_line(text[start : start + _SHOWN].strip(), _SHOWN))
