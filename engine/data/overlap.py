"""Rows, however many, against texts that must not be among them: benchmarks, or rows that are held out.

Three methods, as each is blind where another sees. Exact: equal questions after normalising. Passage: 13 words in a row
of a question, found anywhere in a row; questions of 5 to 12 words where they stand whole, from 9 on also without an
outer word (data.passages says why). Near: Jaccard over word 3-grams, of question with question and, where both have an
answer, of the whole with the whole. A paraphrase is seen by none of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.data.near import GROUP
from engine.data.records import Progress, no_progress
from engine.data.rows import Row
from engine.data.shingles import CHARACTERS, I64, WORDS, Ragged, Vocabulary, hashed
from engine.data.sought import Found, NearSets, Passages, Shingles, shingles
from engine.data.words import has_spaces, words

Kind = Literal["exact", "passage", "near"]
METHODS: dict[Kind, str] = {
    "exact": "equal questions after normalising",
    "passage": "13 words in a row of the question; questions of 5 to 12 words standing whole; templates left aside",
    "near": f"Jaccard >= {GROUP} over word 3-grams, of the questions or of question and answer",
}
_CHUNK = 2000


class Text(NamedTuple):
    """What must not be among the rows."""

    question: str
    answer: str = ""

    @classmethod
    def of(cls, row: Row) -> "Text":
        """Question and answer of a row, without its system text, which others share."""
        return cls("\n".join(row.prompt), row.answer)


class Hit(NamedTuple):
    """A row that has something in common with one of the texts; one for each row and kind, the highest score."""

    row: int
    """Its place in what was looked at."""
    text: int
    """Number of the text."""
    kind: Kind
    score: float
    """Jaccard of a near one, else 1."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """What rows and texts have in common."""

    hits: tuple[Hit, ...]
    """By row."""
    templates: int
    """Passages that stand in so many rows, or texts, that they say nothing."""

    @property
    def rows(self) -> list[int]:
        """The rows concerned, each once."""
        return sorted({hit.row for hit in self.hits})


class _Said(NamedTuple):
    """Some texts as all methods see them; lengths are those of question and whole."""

    questions: list[str]
    """Normalised: words with one space between."""
    words: Ragged
    asked: I64
    """Words of the question."""
    spaced: npt.NDArray[np.bool_]
    """Whether words are what a text is made of."""
    characters: Ragged
    """Of the others, in their order."""
    asked_characters: I64

    @classmethod
    def of(cls, texts: Sequence[Text], vocabulary: Vocabulary) -> "_Said":
        pairs = [(words(text.question), words(text.answer)) for text in texts]
        spaced = [has_spaces(f"{text.question}\n{text.answer}") for text in texts]
        joined = [("".join(one), "".join(two)) for (one, two), alone in zip(pairs, spaced, strict=True) if not alone]
        return cls(
            questions=[" ".join(question) for question, _ in pairs],
            words=hashed([question + answer for question, answer in pairs], vocabulary),
            asked=np.array([len(question) for question, _ in pairs], np.int64),
            spaced=np.array(spaced, np.bool_),
            characters=hashed([question + answer for question, answer in joined], vocabulary),
            asked_characters=np.array([len(question) for question, _ in joined], np.int64),
        )

    def asking(self) -> Ragged:
        """The words of the questions alone."""
        inside = np.arange(len(self.words.values)) - np.repeat(self.words.starts[:-1], np.diff(self.words.starts))
        kept = inside < np.repeat(self.asked, np.diff(self.words.starts))
        return Ragged(self.words.values[kept], np.concatenate(([0], np.cumsum(self.asked))))

    def shingles(self, *, question: bool) -> Shingles:
        """Runs of 3 words, or of 5 characters where there are no spaces, of the question or of the whole."""
        sizes = self.asked if question else np.diff(self.words.starts)
        spaced = shingles(self.words, sizes * self.spaced, WORDS)
        others = shingles(
            self.characters, self.asked_characters if question else np.diff(self.characters.starts), CHARACTERS
        )
        texts = np.flatnonzero(~self.spaced)[others.texts]
        return Shingles(np.concatenate((spaced.hashes, others.hashes)), np.concatenate((spaced.texts, texts)))


class _Search:
    """The texts, ready to be looked for."""

    def __init__(self, texts: Sequence[Text], count: int) -> None:
        self._vocabulary = Vocabulary()
        said = _Said.of(texts, self._vocabulary)
        self._exact = {question: number for number, question in reversed([*enumerate(said.questions)]) if question}
        self._passages = Passages(said.asking(), count)
        answered = np.array([bool(text.answer.strip()) for text in texts], np.bool_)
        self._sides = [(True, np.flatnonzero(said.asked > 0)), (False, np.flatnonzero(answered))]
        self._near = [NearSets(said.shingles(question=side), numbers, GROUP) for side, numbers in self._sides]

    def look(self, chunk: Sequence[Text], first: int) -> Iterator[Hit]:
        """Exact and near ones in a chunk; passages are known at the end."""
        said = _Said.of(chunk, self._vocabulary)
        for place, question in enumerate(said.questions, start=first):
            if (text := self._exact.get(question)) is not None:
                yield Hit(place, text, "exact", 1.0)
        self._passages.look(said.words, first)
        for (side, numbers), near in zip(self._sides, self._near, strict=True):
            if len(numbers):
                yield from _hits(near.near(said.shingles(question=side), first), "near")

    def passages(self) -> tuple[list[Hit], int]:
        """(hits of passages, templates)"""
        found, templates = self._passages.found()
        return list(_hits(found, "passage")), templates


def find_overlap(texts: Sequence[Text], rows: Iterable[Text], count: int, progress: Progress = no_progress) -> Overlap:
    """What each of `count` rows has in common with `texts`. `progress` gets rows."""
    search = _Search(texts, count)
    best: dict[tuple[int, str], Hit] = {}
    stream, first = iter(rows), 0
    while chunk := list(islice(stream, _CHUNK)):
        _keep(best, search.look(chunk, first))
        first += len(chunk)
        progress(first)
    passages, templates = search.passages()
    _keep(best, passages)
    return Overlap(tuple(best[key] for key in sorted(best)), templates)


def _hits(found: Found, kind: Kind) -> Iterator[Hit]:
    for row, text, score in zip(found.places.tolist(), found.texts.tolist(), found.scores.tolist(), strict=True):
        yield Hit(row, text, kind, score)


def _keep(best: dict[tuple[int, str], Hit], hits: Iterable[Hit]) -> None:
    for hit in hits:
        before = best.get((hit.row, hit.kind))
        if before is None or hit.score > before.score:
            best[hit.row, hit.kind] = hit
