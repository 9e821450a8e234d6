"""Rows of a data version in the form the trainer takes."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset

from engine.data.load import load_rows
from engine.data.versions import open_version
from engine.errors import DataError
from engine.plan.recipe import Recipe

Conversation = list[dict[str, str]]


def training_conversations(recipe: Recipe, version: Path) -> tuple[list[Conversation], int]:
    """Conversations of the train split, with general ones mixed in; and how many of them are general."""
    rows = _split(version, "train")
    general = _general(recipe, len(rows))
    return rows + general, len(general)


def validation_conversations(version: Path) -> list[Conversation]:
    return _split(version, "validation")


def as_dataset(conversations: Sequence[Conversation], loss_on: str) -> Dataset:
    """`messages` where the template marks what is trained; else the last answer as completion of what is before."""
    if loss_on == "assistant":
        return Dataset.from_list([{"messages": turns} for turns in conversations])
    return Dataset.from_list([{"prompt": turns[:-1], "completion": turns[-1:]} for turns in conversations])


def truncated(conversations: Iterable[Conversation], tokenizer: Any, max_length: int) -> int:
    """How many conversations are longer than `max_length` tokens, and so lose their end."""
    texts = [tokenizer.apply_chat_template(turns, tokenize=False) for turns in conversations]
    return sum(len(ids) > max_length for ids in tokenizer(texts, add_special_tokens=False)["input_ids"])


def _split(version: Path, split: str) -> list[Conversation]:
    rows = [row.messages for row in open_version(version).rows(split) if row.wanted]
    if not rows:
        raise DataError(f"version {version.name} has no {split} rows", hint="tunewright data split")
    return rows


def _general(recipe: Recipe, rows: int) -> list[Conversation]:
    if not recipe.general_file or recipe.general_share <= 0:
        return []
    wanted = round(rows * recipe.general_share / (1 - recipe.general_share))
    file = Path(recipe.general_file)
    if hashlib.sha256(file.read_bytes()).hexdigest() != recipe.general_sha256:
        raise DataError("the general rows are not those that were planned with", hint="plan again", where=str(file))
    pool = [row.messages for row in load_rows(file) if row.wanted]
    return random.Random(recipe.seed).sample(pool, min(wanted, len(pool)))
