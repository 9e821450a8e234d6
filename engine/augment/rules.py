"""Rule paraphrase: a question in other words by a few rules of English, without a model.

What must be kept (engine.augment.kept) is never touched, and neither are words that the answer points at. The lists are
short on purpose: only words that mean the same almost everywhere.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from engine.augment.checks import Made, question
from engine.augment.kept import label_words, spans
from engine.augment.language import language
from engine.augment.lot import Lot
from engine.augment.reasons import Refusal
from engine.data.rows import Row
from engine.errors import UsageError

DEFAULT = ("contractions", "politeness", "synonyms", "frames")
"""Rules that leave the text correct; casing and typos are for those whose users write so."""
_CONTRACTED = {
    "do not": "don't", "does not": "doesn't", "did not": "didn't", "cannot": "can't", "will not": "won't",
    "is not": "isn't", "are not": "aren't", "was not": "wasn't", "were not": "weren't", "could not": "couldn't",
    "would not": "wouldn't", "should not": "shouldn't", "have not": "haven't", "has not": "hasn't", "I am": "I'm",
    "I will": "I'll", "we are": "we're", "you are": "you're", "they are": "they're",
}  # fmt: skip
_SYNONYMS = {
    "maybe": "perhaps", "perhaps": "maybe", "often": "frequently", "frequently": "often", "almost": "nearly",
    "nearly": "almost", "big": "large", "large": "big", "begin": "start", "begins": "starts", "incorrect": "wrong",
    "purchased": "bought", "bought": "purchased", "rarely": "seldom", "seldom": "rarely", "moreover": "besides",
    "immediately": "at once", "currently": "at the moment", "several": "a few", "until": "till", "choose": "pick",
    "entire": "whole", "quickly": "fast", "additionally": "in addition", "therefore": "for that reason",
    "regarding": "concerning", "concerning": "regarding", "nobody": "no one", "everybody": "everyone",
    "somebody": "someone", "anybody": "anyone", "someone": "somebody", "everyone": "everybody", "anyone": "anybody",
}  # fmt: skip
"""One way where the other word has a second meaning: "pick up" is not "choose up"."""
_GREETED = re.compile(r"(?i)\b(?:hello|hi|hey|dear|greetings|good (?:morning|day|evening))\b")
_THANKED = re.compile(r"(?i)\b(?:thanks|thank|please|grateful|regards)\b")
_GREETINGS = ("Hello, ", "Hi, ", "Hi there, ", "Good day, ", "Hello there, ")
_THANKS = (" Thanks in advance.", " Thank you.", " Many thanks.", " Thank you for your help.", " Thanks a lot.")
_OPENED = re.compile(
    r"(?i)^(?:dear (?:all|team|sirs?|sir or madam|support|colleagues)|to whom it may concern|hello(?: there)?"
    r"|hi(?: there)?|greetings|good (?:day|morning|evening)),\s+"
)
_CLOSED = re.compile(
    r"(?i)\b(?:kind regards|best regards|regards|all the best|best wishes|many thanks|thanks|thank you|yours sincerely"
    r"|yours truly|yours|sincerely|cheers),(?=\s+\S+(?: \S+)?\s*$)"
)
_OPENINGS = ("Dear all", "Dear team", "To whom it may concern", "Hello", "Hi there", "Good day", "Dear Sir or Madam")
_CLOSINGS = ("Kind regards", "Best regards", "All the best", "Best wishes", "Many thanks", "Yours sincerely")
_ASKING = ("I have a question: ", "Quick question: ", "My question is this: ", "I would like to know: ", "Tell me: ")
_STATING = ("Here is the matter: ", "It is about this: ", "I am writing about this: ", "Let me put it so: ")
_BEFORE_PRONOUN = re.compile(r"\s+(?:you|we|they|I|he|she|it|there)\b")
_INSIDE = re.compile(r"[A-Za-z]{6,}")
_WORDS_A_TYPO = 12


def _either(words: Mapping[str, str]) -> re.Pattern[str]:
    longest = sorted(words, key=len, reverse=True)
    return re.compile(rf"(?i)(?<![\w'])(?:{'|'.join(map(re.escape, longest))})(?![\w'])")


_CONTRACTIONS = {one.lower(): other for pair in _CONTRACTED.items() for one, other in (pair, pair[::-1])}
_CONTRACTION, _SYNONYM = _either(_CONTRACTIONS), _either(_SYNONYMS)


@dataclass(frozen=True, slots=True)
class Piece:
    """A question cut into what rules may change and what they may not."""

    text: str
    free: bool


_Rule = Callable[[str, Lot], str]


def contractions(text: str, lot: Lot) -> str:
    """ "do not" and "don't", either way; not before a pronoun ("Don't you"), nor at the end ("Yes, I am.")."""

    def other(match: re.Match[str]) -> str:
        rest = text[match.end() :]
        if not re.match(r"\s+\w", rest) or _BEFORE_PRONOUN.match(rest):
            return match[0]
        return _like(match[0], _CONTRACTIONS[match[0].lower()])

    return _CONTRACTION.sub(other, text)


def synonyms(text: str, lot: Lot) -> str:
    """Words for others that mean the same."""
    return _SYNONYM.sub(lambda match: _like(match[0], _SYNONYMS[match[0].lower()]), text)


def typos(text: str, lot: Lot) -> str:
    """Two inner letters exchanged in one long word of twelve, at least one."""
    places = [match.start() for match in _INSIDE.finditer(text)]
    for _ in range(min(len(places), 1 + len(text.split()) // _WORDS_A_TYPO)):
        start = places.pop(lot.below(len(places)))
        at = start + 1 + lot.below(3)
        text = f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"
    return text


def casing(text: str, lot: Lot) -> str:
    """Everything in small letters."""
    return text.lower()


def politeness(text: str, lot: Lot) -> str:
    """Another greeting and another close in a letter that has them; else a greeting before and thanks behind."""
    opened, closed = _OPENED.match(text), _CLOSED.search(text)
    if opened:
        text = f"{_another(opened[0].rstrip(', '), _OPENINGS, lot)}, {text[opened.end() :]}"
    elif not _GREETED.search(text):
        text = lot.choice(_GREETINGS) + _lowered(text)
    if closed:
        return _CLOSED.sub(f"{_another(closed[0].rstrip(','), _CLOSINGS, lot)},", text)
    ends = text.rstrip()[-1:] in (".", "!", "?")
    return text.rstrip() + lot.choice(_THANKS) if ends and not _THANKED.search(text) else text


def _another(was: str, options: Sequence[str], lot: Lot) -> str:
    return lot.choice([one for one in options if one.casefold() != was.casefold()])


INSIDE: Mapping[str, _Rule] = {
    "contractions": contractions,
    "synonyms": synonyms,
    "casing": casing,
    "typos": typos,
}
"""Rules that change words."""
RULES = ("contractions", "politeness", "synonyms", "frames", "casing", "typos")


@dataclass(frozen=True, slots=True)
class Rules:
    """The method `rules`. of(parent, variant, lot)"""

    chosen: Sequence[str] = DEFAULT

    @property
    def generator(self) -> str:
        return f"rules:{','.join(self.chosen)}"

    def of(self, parent: Row, variant: int, lot: Lot) -> Made | Refusal:
        """The question in other words, with the parent's answer."""
        asked = question(parent)
        english = language(asked) == "English"
        if not english and set(self.chosen) & {"contractions", "politeness", "synonyms", "frames"}:
            return Refusal("unknown-language", "these rules know English; casing and typos work everywhere")
        text = self._inside(asked, parent.answer, lot)
        text = self._around(text, lot)
        messages = [*parent.messages[:-2], {**parent.messages[-2], "content": text}, parent.messages[-1]]
        return Made([parent], messages, blake2b(self.generator.encode(), digest_size=8).hexdigest())

    def _inside(self, text: str, answer: str, lot: Lot) -> str:
        for name in (one for one in INSIDE if one in self.chosen):
            labels = label_words(answer, text)
            text = "".join(INSIDE[name](piece.text, lot) if piece.free else piece.text for piece in cut(text, labels))
        return text

    def _around(self, text: str, lot: Lot) -> str:
        """The question in a frame, with a greeting before and thanks behind where it has none."""
        if "frames" in self.chosen:
            frames = _ASKING if text.rstrip().endswith("?") else _STATING
            text = lot.choice(frames) + text if not _GREETED.match(text) else text
        return politeness(text, lot) if "politeness" in self.chosen else text


def chosen_rules(listed: str | None) -> tuple[str, ...]:
    """The rules in a text with commas, in the order of RULES; the default ones for None. Raises UsageError."""
    if listed is None:
        return DEFAULT
    names = {part.strip() for part in listed.split(",") if part.strip()}
    if not names or names - set(RULES):
        wrong = min(names - set(RULES), default="nothing")
        raise UsageError(f"{wrong} is no rule", hint=f"--rules with some of {','.join(RULES)}")
    return tuple(one for one in RULES if one in names)


def cut(text: str, labels: set[str]) -> list[Piece]:
    """`text` in pieces: what must stay and the words in `labels` are not free."""
    fixed = [*spans(text), *(match.span() for match in re.finditer(r"\w+", text) if match[0].casefold() in labels)]
    pieces: list[Piece] = []
    done = 0
    for start, end in sorted(fixed):
        if end > done:
            pieces += [Piece(text[done : max(done, start)], True), Piece(text[max(done, start) : end], False)]
            done = end
    return [piece for piece in (*pieces, Piece(text[done:], True)) if piece.text]


def _like(was: str, now: str) -> str:
    """`now` with a capital where `was` has one."""
    return now[0].upper() + now[1:] if was[0].isupper() else now


def _lowered(text: str) -> str:
    """`text` as it goes on after a greeting: its first word small where that is an ordinary word."""
    first = text.split(" ", 1)[0]
    ordinary = first.isalpha() and first[1:].islower() and first != "I" and first.lower() in _OPENING
    return text[0].lower() + text[1:] if ordinary else text


_OPENING = frozenset(
    word
    for line in (
        "where what when why how who which can could would will do does did is are was were my the there this that",
        "it please we you your here tell quick let in on at for a an since if",
    )
    for word in line.split()
)
"""Words that begin a sentence and are no names."""
