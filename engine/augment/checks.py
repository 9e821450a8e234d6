"""What is tried on every made-up row before a person sees it; what fails is kept aside, with its reason."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from engine.augment.kept import entities, label_words, numbers
from engine.augment.language import same_language
from engine.augment.reasons import Refusal
from engine.data.jsontext import parse
from engine.data.masking import Mask, mask_text, texts
from engine.data.privacy import findings
from engine.data.rows import Message, Row
from engine.data.validate import validate
from engine.data.words import has_spaces, words
from engine.safe_text import one_line, safe_text

COPY = 0.9
"""Jaccard of two questions from which one is a near copy of the other and teaches nothing new."""
SHORTEST, LONGEST = 0.5, 2.0
"""A question in other words has between half and twice the length: more or less was left out or invented."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a method has made of `seeds`, before the checks."""

    seeds: Sequence[Row]
    """The parent first; synthetic rows have several."""
    messages: list[Message]
    prompt_hash: str
    """Of what it was made by: the request, the template, the rules."""
    same_answer: bool = True
    rewritten: bool = True
    """Whether it says what the parent says: a new row of its own need not keep numbers and names."""
    swapped: Mapping[str, str] = field(default_factory=dict)
    """Values of the parent that were exchanged on purpose -> the new ones."""

    @property
    def parent(self) -> Row:
        return self.seeds[0]

    @property
    def question(self) -> str:
        """The turn that was changed."""
        said: str = self.messages[-2]["content"]
        return said


def question(row: Row) -> str:
    """The turn before the answer, which is what methods change."""
    said: str = row.messages[-2]["content"]
    return said


def refusal(made: Made, category: str | None) -> Refusal | None:
    """The first thing that is wrong with a made-up row on its own; `category` is the column that counts the rows."""
    return next(_wrong(made, category), None)


def _wrong(made: Made, category: str | None) -> Iterator[Refusal]:
    yield from _hostile(made)
    yield from _form(made)
    yield from _answer(made, category)
    if made.rewritten:
        yield from _meaning(made)
    yield from _size(made)
    yield from _private(made)


def _hostile(made: Made) -> Iterator[Refusal]:
    for message in made.messages:
        text = message["content"]
        if safe_text(text, len(text)) != text and text not in (turn["content"] for turn in made.parent.messages):
            yield Refusal("control", one_line(mask_text(text), 80))


def _form(made: Made) -> Iterator[Refusal]:
    tools = made.parent.meta.get("tools")
    known = {problem.rule for seed in made.seeds for problem in validate(seed.messages, seed.meta.get("tools"))}
    for problem in validate(made.messages, tools):
        if problem.severity == "error" or problem.rule not in known:
            yield Refusal("turns", problem.message)


def _answer(made: Made, category: str | None) -> Iterator[Refusal]:
    answer, was = made.messages[-1]["content"], made.parent.answer
    if made.same_answer and answer != was:
        yield Refusal("answer", "the answer is not the parent's, byte for byte")
    if _shape(answer) != _shape(was):
        yield Refusal("answer", "the parents' answers are JSON of other members")
    if not made.rewritten and category:
        wanted, found = made.parent.category(category), _as_row(made).category(category)
        if found is not None and found != wanted:
            yield Refusal(
                "answer", f"{one_line(category, 40)} is {one_line(mask_text(found), 40)}, not {one_line(wanted, 40)}"
            )


def _as_row(made: Made) -> Row:
    return Row("", made.messages, {}, {}, [])


def _shape(answer: str) -> tuple[str, ...] | None:
    """The member names of a JSON object, [] for a list, None for text."""
    if answer.lstrip()[:1] not in ("{", "["):
        return None
    value = parse(answer.encode("utf-8", "surrogatepass")).value
    return tuple(sorted(value)) if isinstance(value, dict) else ("[]",) if isinstance(value, list) else None


def _meaning(made: Made) -> Iterator[Refusal]:
    was, now = question(made.parent), made.question
    for value, new in made.swapped.items():
        was = was.replace(value, new)
    if numbers(was) != numbers(now):
        changed = (numbers(was) - numbers(now)) + (numbers(now) - numbers(was))
        yield Refusal("number", ", ".join(list(changed)[:3]))
    lost = [one for one in entities(was) if not re.search(rf"(?<!\w){re.escape(one)}(?!\w)", now.casefold())]
    if lost:
        yield Refusal("entity", one_line(", ".join(lost[:3]), 120))
    missing = label_words(made.messages[-1]["content"], was) - set(words(now))
    if missing:
        yield Refusal("label", one_line(", ".join(sorted(missing)[:3]), 120))


def _size(made: Made) -> Iterator[Refusal]:
    if not all(same_language(question(seed), made.question) for seed in made.seeds):
        yield Refusal("language", "its script, or its commonest words, are of another language")
    now = _length(made.question)
    known = [_length(question(seed)) for seed in made.seeds]
    if not SHORTEST * min(known) <= now <= LONGEST * max(known):
        unit = "words" if has_spaces(made.question) else "characters"
        yield Refusal("length", f"{now:,} {unit} where the parent has {known[0]:,}")


def _length(text: str) -> int:
    return len(text.split()) if has_spaces(text) else len(text)


def _private(made: Made) -> Iterator[Refusal]:
    own = Mask()
    own.value(made.messages)
    if own.found:
        yield Refusal("secret", ", ".join(own.found))
    had = findings("\n".join(texts(made.parent.messages))) if made.rewritten else Counter[str]()
    more = findings("\n".join(texts(made.messages))) - had
    if more:
        yield Refusal("privacy", ", ".join(more))
