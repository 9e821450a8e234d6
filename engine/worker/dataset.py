"""Rows of a data version in the form the trainer takes."""

import hashlib
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from datasets import Dataset

from engine.data.load import load_rows
from engine.data.versions import open_version
from engine.errors import DataError
from engine.plan.recipe import Recipe
from engine.worker.tokens import Conversation, Tokens, tokens_of


def training_conversations(recipe: Recipe, version: Path) -> tuple[list[Conversation], int]:
    """Conversations of the train split, with general ones mixed in; and how many of them are general."""
    rows = _split(version, "train")
    general = _general(recipe, len(rows))
    return rows + general, len(general)


def validation_conversations(version: Path) -> list[Conversation]:
    return _split(version, "validation")


def tokenised(conversations: Sequence[Conversation], tokenizer: Any, loss_on: str) -> list[Tokens]:
    """Every conversation as the model reads it. Raises DataError for the first that the chat template refuses."""
    return [tokens_of(tokenizer, conversation, loss_on) for conversation in conversations]


def as_dataset(tokens: Sequence[Tokens]) -> Dataset:
    """`input_ids` and `labels`; the trainer cuts them at its longest."""
    return Dataset.from_dict({"input_ids": [one.ids for one in tokens], "labels": [one.labels for one in tokens]})


def _split(version: Path, split: str) -> list[Conversation]:
    rows = [Conversation.of(row) for row in open_version(version).rows(split) if row.wanted]
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
    pool = [Conversation.of(row) for row in load_rows(file) if row.wanted]
    return random.Random(recipe.seed).sample(pool, min(wanted, len(pool)))
