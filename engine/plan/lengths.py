"""How long the rows are in tokens, so that neither rows are cut nor memory is wasted."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from tokenizers import Tokenizer

TEMPLATE_TOKENS = 8
"""Tokens a turn that the template adds, at most in the common ones (role, markers, newline)."""
_BATCH = 1_000
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Lengths:
    """Tokens, estimated: the contents counted, TEMPLATE_TOKENS added a turn."""

    rows: int
    """Rows that were counted."""
    longest_row: int
    longest_answer: int
    row_tokens: tuple[int, ...] = ()
    """Of each row counted."""

    def longer_than(self, tokens: int) -> int:
        """Rows counted that have more than `tokens`."""
        return sum(one > tokens for one in self.row_tokens)


def measure_lengths(tokenizer_file: Path, conversations: Iterable[Sequence[Mapping[str, Any]]]) -> Lengths:
    """The longest of `conversations` (messages with `content`; the last is the answer); zeros when there is none."""
    tokenizer = Tokenizer.from_file(str(tokenizer_file))
    tokenizer.no_truncation()
    remaining, row_tokens, longest_answer = iter(conversations), list[int](), 0
    while batch := list(islice(remaining, _BATCH)):
        contents = [str(turn["content"]) for turns in batch for turn in turns]
        counts = iter([len(found.ids) for found in tokenizer.encode_batch_fast(contents, add_special_tokens=False)])
        for turns in batch:
            tokens = list(islice(counts, len(turns)))
            row_tokens.append(sum(tokens) + TEMPLATE_TOKENS * len(tokens))
            longest_answer = max(longest_answer, tokens[-1])
    return Lengths(len(row_tokens), max(row_tokens, default=0), longest_answer, tuple(row_tokens))


def count_and_sample(items: Iterable[_Item], size: int, seed: int = 0) -> tuple[int, list[_Item]]:
    """How many `items` there are, and `size` of them drawn at random in the same pass (all, if fewer).

    Reservoir sampling, algorithm R (Vitter 1985): memory does not grow with the count.
    """
    draw, kept, count = random.Random(seed), list[_Item](), 0
    for count, item in enumerate(items, start=1):
        if len(kept) < size:
            kept.append(item)
        elif (place := draw.randrange(count)) < size:
            kept[place] = item
    return count, kept
