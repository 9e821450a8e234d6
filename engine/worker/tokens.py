"""From a row to what the model reads of it and which of that it learns: the one place where this is decided.

Training takes its labels from here, and what Review and Plan show is the same.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from engine.data.rows import Message, Row
from engine.errors import DataError

UNLEARNED = -100
"""Label of a token that is read and not learned, as PyTorch's cross entropy has it."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns as a version holds them, and the tools that they may call."""

    messages: Sequence[Message]
    tools: Any = None

    @classmethod
    def of(cls, row: Row) -> "Conversation":
        """What is learned of `row`: of a preference, the preferred answer."""
        return cls(row.messages, row.meta.get("tools"))


@dataclass(frozen=True, slots=True)
class Tokens:
    """A row as the model reads it."""

    ids: list[int]
    labels: list[int]
    """The same ids, UNLEARNED where a token is not learned."""


def tokens_of(tokenizer: Any, conversation: Conversation, loss_on: str) -> Tokens:
    """`loss_on` assistant: every turn that the template marks as the assistant's; completion: the last answer.

    Turns of weight 0 are read and not learned. Raises DataError when the template cannot write the row, or does not
    tell its turns apart.
    """
    if loss_on == "assistant":
        ids, mask = _marked(tokenizer, conversation)
    else:
        ids, mask = _last_answer(tokenizer, conversation)
    return Tokens(ids, [one if learned else UNLEARNED for one, learned in zip(ids, mask, strict=True)])


def as_template_reads(messages: Sequence[Message]) -> list[Message]:
    """`messages` without weights, the arguments of calls as objects: templates write the JSON themselves."""
    return [_turn(message) for message in messages]


def _turn(message: Message) -> Message:
    turn = {key: value for key, value in message.items() if key != "weight"}
    if calls := turn.get("tool_calls"):
        turn["tool_calls"] = [_call(call) for call in calls]
    return turn


def _call(call: dict[str, Any]) -> dict[str, Any]:
    function = call["function"]
    return {**call, "function": {**function, "arguments": json.loads(function["arguments"])}}


def rendered(tokenizer: Any, conversation: Conversation, **options: Any) -> Any:
    """What the chat template makes of the turns. Raises DataError when it refuses them."""
    # Templates raise what they like: jinja2's TemplateError, TypeError for a null, KeyError.
    try:
        return tokenizer.apply_chat_template(
            as_template_reads(conversation.messages), tools=conversation.tools or None, **options
        )
    except Exception as error:
        raise DataError(
            f"the model's chat template refuses a row: {error}",
            hint="see the rows by `tunewright data check --target`, repair them, or choose another model",
        ) from error


def _marked(tokenizer: Any, conversation: Conversation) -> tuple[list[int], list[int]]:
    found = rendered(tokenizer, conversation, tokenize=True, return_dict=True, return_assistant_tokens_mask=True)
    ids, mask = found["input_ids"], found["assistant_masks"]
    if 1 not in mask:
        raise DataError(
            "the chat template marks no turn of a row as the assistant's", hint="plan with loss_on=completion"
        )
    weights = [turn.get("weight", 1) for turn in conversation.messages if turn["role"] == "assistant"]
    return ids, _weighted(mask, weights) if 0 in weights else mask


def _weighted(mask: Sequence[int], weights: Sequence[int]) -> list[int]:
    """`mask` with the runs of ones that belong to turns of weight 0 taken out."""
    runs = [(marked, len(list(run))) for marked, run in groupby(mask)]
    if sum(marked for marked, _ in runs) != len(weights):
        raise DataError(
            "the chat template does not tell the assistant's turns apart, and some are not to be learned",
            hint="plan with loss_on=completion, or take the weights out of the data",
        )
    weight = iter(weights)
    return [value for marked, length in runs for value in [marked and next(weight)] * length]


def part_read(conversation: Conversation, loss_on: str) -> Conversation:
    """What the model reads in training: all of it, or up to the last answer that is to be learned."""
    if loss_on == "assistant":
        return conversation
    turns = conversation.messages
    learned = [at for at, turn in enumerate(turns) if turn["role"] == "assistant" and turn.get("weight", 1)]
    if not learned:
        raise DataError("no answer of a row is to be learned", hint="take its weights out, or leave the row out")
    return Conversation(turns[: learned[-1] + 1], conversation.tools)


def _last_answer(tokenizer: Any, conversation: Conversation) -> tuple[list[int], list[int]]:
    """The last answer that is to be learned, told apart by what comes before it."""
    whole = part_read(conversation, "completion")
    before = Conversation(whole.messages[:-1], whole.tools)
    asked = rendered(tokenizer, before, tokenize=True, return_dict=True, add_generation_prompt=True)["input_ids"]
    ids = rendered(tokenizer, whole, tokenize=True, return_dict=True)["input_ids"]
    shared = next((at for at, pair in enumerate(zip(asked, ids, strict=False)) if pair[0] != pair[1]), None)
    start = min(len(asked), len(ids)) if shared is None else shared
    return ids, [0] * start + [1] * (len(ids) - start)
