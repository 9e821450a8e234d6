"""Worked examples for the few-shot baseline: from train only, one a kind of answer, as many as the context holds."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from tokenizers import Tokenizer

from engine.data.rows import Row
from engine.model import ModelFacts

MOST = 8
"""More examples rarely help a small task and cost context on every request."""
_SHORT_CONTEXT = 1024
"""Assumed where config.json does not say."""
_TEMPLATE_TOKENS = 8
"""Role markers and newlines round a turn, at most, in the common chat templates."""


def choose_shots(train: Sequence[Row], longest: Row, facts: ModelFacts, new_tokens: int) -> list[Row]:
    """Up to MOST rows of `train`, of different answers first, that fit before `longest` and `new_tokens` of answer.

    The order is by a hash of the row, so that the choice does not depend on the order of the file.
    """
    tokenizer = Tokenizer.from_file(str(facts.folder / "tokenizer.json"))
    room = (facts.context_length or _SHORT_CONTEXT) - new_tokens - _tokens(tokenizer, longest)
    chosen: list[Row] = []
    for row in _different_first(train):
        cost = _tokens(tokenizer, row)
        if len(chosen) < MOST and cost <= room:
            chosen.append(row)
            room -= cost
    return chosen


def _different_first(rows: Sequence[Row]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: hashlib.sha256(row.id.encode()).digest())
    nth: Counter[str] = Counter()
    keyed = []
    for row in ordered:
        nth[row.answer] += 1
        keyed.append((nth[row.answer], row))
    return [row for _, row in sorted(keyed, key=lambda pair: pair[0])]


def _tokens(tokenizer: Tokenizer, row: Row) -> int:
    return sum(len(tokenizer.encode(turn["content"]).ids) + _TEMPLATE_TOKENS for turn in row.messages)
