"""What a rewritten question must keep: numbers, names and codes, quoted text, masks, words of the answer."""

import re
from collections import Counter
from collections.abc import Iterator

from engine.augment.language import language
from engine.data.jsontext import parse
from engine.data.words import words

NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_SPANS = re.compile(
    r"<[^<>\s]{1,60}>"  # masks such as <EMAIL_1>, and markup
    r"|https?://\S{1,500}|[\w.+-]{1,64}@[\w.-]{3,200}"
    r"|`[^`]{1,200}`|\"[^\"\n]{1,200}\"|“[^”\n]{1,200}”"
    r"|\b(?=\w*\d)\w+(?:-\w+)*\b"  # codes and numbers
    r"|\b[A-Z][A-Z0-9_-]+\b"
)
_BEGINS = re.compile(r"(?:^|[.!?:;\n\"'“(-])\s*$")
_NAME = re.compile(r"\b[A-ZÀ-ÖØ-Þ][\w'\u2019-]{1,60}")
_LOOK_BACK = 8
"""Characters before a word that are looked at for the end of the sentence before."""
_LABEL_WORDS = 40
"""An answer of more words is prose: the question need not repeat its words."""
_NOT_NAMES = {
    "sir", "sirs", "madam", "team", "i",
    *(f"i{mark}{end}" for mark in ("'", "\u2019") for end in ("m", "ve", "d", "ll")),
}  # fmt: skip
"""Written with a capital wherever they stand."""


def spans(text: str) -> list[tuple[int, int]]:
    """Places, in order, of what must stay as it is: codes, numbers, names, quoted text, addresses, masks."""
    found = [match.span() for match in _SPANS.finditer(text)]
    return sorted({*found, *(match.span() for match in _names(text))})


def entities(text: str) -> Counter[str]:
    """What `spans` finds that is no bare number, casefolded."""
    found = (text[start:end].casefold().strip('"“”`') for start, end in spans(text))
    return Counter(one for one in found if not NUMBER.fullmatch(one))


def numbers(text: str) -> Counter[str]:
    """Every number of `text`, as it is written."""
    return Counter(NUMBER.findall(text))


def label_words(answer: str, question: str) -> set[str]:
    """Words of a short or JSON answer that stand in the question too: what the answer points at."""
    said = words(" ".join(_texts(answer)))
    return set(said) & set(words(question)) if len(said) <= _LABEL_WORDS else set()


def _texts(answer: str) -> Iterator[str]:
    """The values of a JSON answer, else the answer itself."""
    value = parse(answer.encode("utf-8", "surrogatepass")).value if answer.lstrip()[:1] in ("{", "[") else answer
    waiting = [answer if value is None else value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
        elif part is not None:
            yield str(part)


def _names(text: str) -> Iterator[re.Match[str]]:
    """Capitalised words that do not begin a sentence; none in German, where every noun is one."""
    if language(text) == "German":
        return
    for match in _NAME.finditer(text):
        before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
        written_so = any(letter.islower() for letter in match[0]) and match[0].casefold() not in _NOT_NAMES
        if written_so and not _BEGINS.search(before):
            yield match
