"""Text to words, the way all comparisons of rows see it."""

import re
import unicodedata

# Words, and the signs that carry meaning alone ("C++", "3 - 4", "50 %", an emoji as an answer). All other punctuation
# and all space only separate.
# Every branch begins with a set or a literal: that is twice as fast as a bare \w or a look-behind in front.
_WORD = re.compile(r"[\w]+|[+*/=<>%#$€£&@^~|\u2190-\u2bff\U0001f000-\U0001faff]|-(?<!\w-)(?=[\s\d])")
# The same for most texts of ASCII alone, twice as fast: punctuation becomes space, and what is between is a word.
_SIGNS = b"+*/=<>%#$&@^~|"
_ASCII = bytes(byte if chr(byte).isalnum() or byte in b"_" + _SIGNS else 32 for byte in range(128)).lower() + bytes(128)
_MINUS = re.compile(rb"(?<!\w)-[\s\x1c-\x1f\d]")
_SPACES_BELOW = 0.05
_UNSPACED_FROM = 20
"""Characters from which text with few spaces is taken to be of a script without them, and not one long word."""


def words(text: str) -> list[str]:
    """Words of `text` after NFKC and casefolding; a text of punctuation alone is one word."""
    if text.isascii():
        said = text.encode()
        plain = said.translate(_ASCII)
        if len(plain.translate(None, _SIGNS)) == len(plain) and not (b"-" in said and _MINUS.search(said)):
            return plain.decode().split() or text.casefold().split()
    folded = (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()
    return _WORD.findall(folded) or folded.split()


def has_spaces(text: str) -> bool:
    """Whether words are what `text` is made of; False for Chinese, Japanese, Thai and the like.

    Less than 5 % space among at least 20 characters: `\\w+` would see giant words there.
    """
    spaces = text.count(" ") + text.count("\n") + text.count("\t")
    return len(text) < _UNSPACED_FROM or spaces >= _SPACES_BELOW * len(text)
