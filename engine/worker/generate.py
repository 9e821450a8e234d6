"""Batched greedy generation: prompts in a file, outputs in a file, resumed where it stopped.

job.json: model, adapter (folder or null), precision, new_tokens, tasks [{prompts, output}], all paths absolute.
A prompts line: id, cluster, prompt (turns), reference, and tools where the row has some. An
output line adds output, stopped (by the end token), tokens.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import DynamicCache
from transformers.cache_utils import DynamicLayer

from engine.durable import append_line, read_json, read_lines
from engine.worker import stopping
from engine.worker.load import load_model, load_tokenizer, use_threads
from engine.worker.tokens import Conversation, rendered

_BATCH_ROWS = 128
_BATCH_TOKENS = 32_768
"""Rows x longest prompt at most: 4 GB of keys and values for a model of 8 billion parameters."""
_LEFT_ALONE = 143
_WORTH_SHARING = 32
"""Tokens that all prompts begin with, from which it pays to read them once."""


@dataclass(frozen=True, slots=True)
class _Prompt:
    row: dict[str, Any]
    ids: list[int]
    room: int
    """Tokens that its answer may have: the cap, or what the context leaves. Nobody else's prompt changes it."""


def generate(folder: Path) -> None:
    """Does the job in `folder`. Rows that have an output already are passed over."""
    job = read_json(folder / "job.json")
    tokenizer, model = load(Path(job["model"]), job["adapter"] and Path(job["adapter"]), job["precision"])
    for task in job["tasks"]:
        answer_all(model, tokenizer, Path(task["prompts"]), Path(task["output"]), job["new_tokens"])


def load(folder: Path, adapter: Path | None, precision: str) -> tuple[Any, Any]:
    """Tokenizer and model for inference, with the adapter on it."""
    tokenizer, model = load_tokenizer(folder), load_model(folder, precision)
    use_threads(model.num_parameters())
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter)
    return tokenizer, model.eval()


def answer_all(model: Any, tokenizer: Any, prompts: Path, output: Path, new_tokens: int) -> None:
    """Appends an output line for each prompt that has none yet; ends the process when nobody waits any more."""
    done = {line["id"] for _, line in read_lines(output) if isinstance(line, dict) and "id" in line}
    rows = [line for _, line in read_lines(prompts) if line["id"] not in done]
    every = [_prompt(model, tokenizer, row, new_tokens) for row in rows]
    for prompt in every:
        if prompt.room < 1:
            append_line(output, {**prompt.row, "output": "", "stopped": False, "tokens": 0}, sync=False)
    ready = [prompt for prompt in every if prompt.room >= 1]
    start = _Start(model, _shared_start(ready))
    for batch in _batches(ready):
        for prompt, answer in zip(batch, _answers(model, tokenizer, batch, start), strict=True):
            append_line(output, {**prompt.row, **answer}, sync=False)
        if stopping.orphaned():
            raise SystemExit(_LEFT_ALONE)


class _Start:
    """The tokens that all prompts begin with (instructions, worked examples), read by the model once."""

    def __init__(self, model: Any, ids: list[int]) -> None:
        cache = DynamicCache(config=model.config)
        plain = all(type(layer) is DynamicLayer for layer in cache.layers)
        self.ids = ids if plain and len(ids) >= _WORTH_SHARING else []
        self._cache = cache if self.ids else None
        if self.ids:
            with torch.no_grad():
                model(torch.tensor([self.ids], device=model.device), past_key_values=cache, use_cache=True)

    def cache(self, rows: int) -> DynamicCache | None:
        """A copy of its keys and values for each of `rows` rows; None when nothing is shared."""
        if self._cache is None:
            return None
        mine = copy.deepcopy(self._cache)
        mine.batch_repeat_interleave(rows)
        return mine


def _shared_start(prompts: Sequence[_Prompt]) -> list[int]:
    if not prompts:
        return []
    first, last = min(prompt.ids for prompt in prompts), max(prompt.ids for prompt in prompts)
    # The last token of the shortest prompt stays out: the model has to read something to answer.
    longest = min(len(prompt.ids) for prompt in prompts) - 1
    same = next((at for at in range(longest) if first[at] != last[at]), max(0, longest))
    return first[:same]


def _batches(prompts: Sequence[_Prompt]) -> Iterator[list[_Prompt]]:
    # Prompts of like length together: padding is computed like any token.
    batch: list[_Prompt] = []
    for prompt in sorted(prompts, key=lambda prompt: (len(prompt.ids), prompt.row["id"])):
        if batch and (len(batch) == _BATCH_ROWS or (len(batch) + 1) * len(prompt.ids) > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(prompt)
    if batch:
        yield batch


def _answers(model: Any, tokenizer: Any, prompts: Sequence[_Prompt], start: _Start) -> list[dict[str, Any]]:
    ids, mask = _padded(tokenizer, prompts, start)
    ends = _end_tokens(model, tokenizer)
    with torch.no_grad():
        generated = model.generate(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            past_key_values=start.cache(len(prompts)),
            do_sample=False,
            max_new_tokens=max(prompt.room for prompt in prompts),
            eos_token_id=sorted(ends),
            pad_token_id=tokenizer.pad_token_id,
        )
    answers = generated[:, ids.shape[1] :].tolist()
    return [_answer(tokenizer, row[: prompt.room], ends) for prompt, row in zip(prompts, answers, strict=True)]


def _padded(tokenizer: Any, prompts: Sequence[_Prompt], start: _Start) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask, (rows, longest prompt): the shared start, padding, the rest, so that all answers begin together."""
    shared, longest = len(start.ids), max(len(prompt.ids) for prompt in prompts)
    ids = torch.full((len(prompts), longest), tokenizer.pad_token_id)
    mask = torch.zeros((len(prompts), longest), dtype=torch.long)
    for number, prompt in enumerate(prompts):
        rest = prompt.ids[shared:]
        ids[number, :shared] = torch.tensor(start.ids, dtype=torch.long)
        ids[number, longest - len(rest) :] = torch.tensor(rest)
        mask[number, :shared] = 1
        mask[number, longest - len(rest) :] = 1
    return ids, mask


def _answer(tokenizer: Any, ids: list[int], ends: set[int]) -> dict[str, Any]:
    end = next((number for number, token in enumerate(ids) if token in ends), None)
    answer = ids if end is None else ids[:end]
    text = tokenizer.decode(answer, skip_special_tokens=True)
    return {"output": text, "stopped": end is not None, "tokens": len(answer)}


def _end_tokens(model: Any, tokenizer: Any) -> set[int]:
    configured = model.generation_config.eos_token_id
    several = configured if isinstance(configured, list) else [configured]
    return {token for token in [*several, tokenizer.eos_token_id] if token is not None}


def _prompt(model: Any, tokenizer: Any, row: dict[str, Any], new_tokens: int) -> _Prompt:
    asked = Conversation(row["prompt"], row.get("tools"))
    ids = rendered(tokenizer, asked, tokenize=True, return_dict=True, add_generation_prompt=True)["input_ids"]
    context = getattr(model.config, "max_position_embeddings", None)
    return _Prompt(row, ids, new_tokens if context is None else min(new_tokens, context - len(ids)))
