"""Rows against a benchmark: all three methods of `data contamination`, beside 13-grams alone in plain Python sets.

    python -m tests.benchmarks.contamination 90000 10000

Rows and questions are sentences of 10 to 90 words drawn by Zipf's law from 20,000. A hundredth of the rows hold a
question whole, a hundredth are a question with a tenth of its words changed. Both sides split words in the same way;
the plain sets see passages of 13 words and nothing else. Time is of the processor, on one core.
"""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from random import Random

from engine.data.overlap import Text, find_overlap
from engine.data.words import words

_VOCABULARY = [f"w{number}" for number in range(20_000)]
_WEIGHTS = [1 / (number + 3) for number in range(len(_VOCABULARY))]


def _texts(random: Random, count: int) -> list[Text]:
    drawn = iter(random.choices(_VOCABULARY, _WEIGHTS, k=100 * count))
    return [
        Text(
            " ".join(next(drawn) for _ in range(random.randint(10, 50))),
            " ".join(next(drawn) for _ in range(random.randint(5, 40))),
        )
        for _ in range(count)
    ]


def _generate(rows: int, questions: int) -> tuple[list[Text], list[Text], set[int], set[int]]:
    """(rows, questions, rows that hold a question whole, rows that are a changed one)"""
    random = Random(7)
    made, asked = _texts(random, rows), _texts(random, questions)
    planted = random.sample(range(rows), rows // 50)
    whole, changed = set(planted[::2]), set(planted[1::2])
    for row in whole:
        made[row] = Text(made[row].question, f"{made[row].answer} {random.choice(asked).question}")
    for row in changed:
        text = random.choice(asked).question.split()
        for at in random.sample(range(len(text)), max(1, len(text) // 10)):
            text[at] = random.choice(_VOCABULARY)
        made[row] = Text(" ".join(text), made[row].answer)
    return made, asked, whole, changed


def _plain(texts: Sequence[Text], rows: Sequence[Text]) -> set[int]:
    """Rows that hold 13 words of a question."""
    sought = {gram for text in texts for gram in _grams(words(text.question))}
    return {at for at, row in enumerate(rows) if not sought.isdisjoint(_grams(words(row.question) + words(row.answer)))}


def _grams(said: list[str]) -> list[str]:
    return [" ".join(said[at : at + 13]) for at in range(len(said) - 12)]


def _timed(work: Callable[[], set[int]]) -> tuple[set[int], float]:
    started = time.process_time()
    return work(), time.process_time() - started


def main(rows: int = 90_000, questions: int = 10_000) -> None:
    made, asked, whole, changed = _generate(rows, questions)
    plain, plain_s = _timed(lambda: _plain(asked, made))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ours, ours_s = _timed(lambda: set(find_overlap(asked, made, rows).rows))
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak) / 1024
    total = rows + questions
    print(f"{rows:,} rows against {questions:,} questions")
    for name, found, seconds in (("13-grams in plain sets", plain, plain_s), ("three methods", ours, ours_s)):
        seen = f"{len(found & whole)}/{len(whole)} whole, {len(found & changed)}/{len(changed)} changed"
        print(f"  {name:<24} {total / seconds:>8,.0f} texts/s, found {seen}, {len(found - whole - changed)} others")
    print(f"  {plain_s / ours_s:.2f} times as fast; {more:,.0f} MiB more at the peak than the plain sets took")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
