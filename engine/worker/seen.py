"""The job behind engine.tokens_seen: rows as pieces of text that are learned, read, or cut off.

job.json: model, loss_on, max_length (or null), rows [{row, messages, tools}]; a line of seen.jsonl: row, pieces
[[kind, text, tokens]].
"""

from itertools import groupby
from pathlib import Path
from typing import Any

from engine.durable import append_line, read_json
from engine.errors import DataError
from engine.tokens_seen import CUT, LEARNED, READ
from engine.worker.load import load_tokenizer
from engine.worker.tokens import UNLEARNED, Conversation, part_read, rendered, tokens_of


def write_seen(folder: Path) -> None:
    """Does the job in `folder`; what is done stays."""
    job = read_json(folder / "job.json")
    tokenizer = load_tokenizer(Path(job["model"]))
    for row in job["rows"]:
        conversation = Conversation(row["messages"], row["tools"])
        found = pieces(tokenizer, conversation, job["loss_on"], job["max_length"])
        append_line(folder / "seen.jsonl", {"row": row["row"], "pieces": found}, sync=False)


def pieces(
    tokenizer: Any, conversation: Conversation, loss_on: str, max_length: int | None
) -> list[tuple[str, str, int]]:
    """(kind, text, tokens) of each run of tokens of one kind. Raises DataError as tokens_of does."""
    tokens = tokens_of(tokenizer, conversation, loss_on)
    text = rendered(tokenizer, part_read(conversation, loss_on), tokenize=False)
    again = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    if again["input_ids"] != tokens.ids:
        raise DataError("the tokenizer reads its own chat template differently", hint="choose another model")
    end = len(tokens.ids) if max_length is None else max_length
    kinds = [CUT if at >= end else READ if label == UNLEARNED else LEARNED for at, label in enumerate(tokens.labels)]
    runs = [(kind, len(list(run))) for kind, run in groupby(kinds)]
    # A character of several tokens belongs to the first of them.
    starts = [start for start, _ in again["offset_mapping"]] + [len(text)]
    made, at = [], 0
    for kind, count in runs:
        made.append((kind, text[starts[at] : starts[at + count]], count))
        at += count
    return made
