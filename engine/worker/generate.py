"""Batched greedy generation: prompts in a file, outputs in a file, resumed where it stopped.

job.json: model, adapter (folder or null), precision, new_tokens, tasks [{prompts, output}], all paths absolute.
A prompts line: id, cluster, prompt (turns), reference. An output line adds output, stopped (by the end token), tokens.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from engine.durable import append_line, read_json, read_lines
from engine.worker import stopping
from engine.worker.load import load_model, load_tokenizer, use_threads

_BATCH_ROWS = 128
_BATCH_TOKENS = 32_768
"""Rows x longest prompt at most: 4 GB of keys and values for a model of 8 billion parameters."""


def generate(folder: Path) -> None:
    """Does the job in `folder`. Rows that have an output already are passed over."""
    job = read_json(folder / "job.json")
    tokenizer, model = load(Path(job["model"]), job["adapter"] and Path(job["adapter"]), job["precision"])
    for task in job["tasks"]:
        answer_all(model, tokenizer, Path(task["prompts"]), Path(task["output"]), job["new_tokens"], folder / "stop")


def load(folder: Path, adapter: Path | None, precision: str) -> tuple[Any, Any]:
    """Tokenizer and model for inference, with the adapter on it."""
    tokenizer, model = load_tokenizer(folder), load_model(folder, precision)
    use_threads(model.num_parameters())
    if adapter is not None:
        from peft import PeftModel

        model = PeftModel.from_pretrained(model, adapter)
    return tokenizer, model.eval()


def answer_all(model: Any, tokenizer: Any, prompts: Path, output: Path, new_tokens: int, stop: Path) -> None:
    """Appends an output line for each prompt that has none yet; leaves early on a stop request."""
    done = {line["id"] for _, line in read_lines(output)}
    rows = [line for _, line in read_lines(prompts) if line["id"] not in done]
    for batch in _batches(rows, tokenizer):
        for row, answer in zip(batch, _answers(model, tokenizer, batch, new_tokens), strict=True):
            append_line(output, {**row, **answer}, sync=False)
        if stopping.asked(stop):
            return


def _batches(rows: Sequence[dict[str, Any]], tokenizer: Any) -> Iterator[list[dict[str, Any]]]:
    # Rows of like length together: padding is computed like any token.
    ordered = sorted(rows, key=lambda row: (len(_rendered(tokenizer, row)), row["id"]))
    batch: list[dict[str, Any]] = []
    for row in ordered:
        length = len(tokenizer(_rendered(tokenizer, row), add_special_tokens=False)["input_ids"])
        if batch and (len(batch) == _BATCH_ROWS or (len(batch) + 1) * length > _BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _answers(model: Any, tokenizer: Any, rows: Sequence[dict[str, Any]], new_tokens: int) -> list[dict[str, Any]]:
    texts = [_rendered(tokenizer, row) for row in rows]
    # input_ids, attention_mask: (rows, longest prompt), padded on the left so that all answers start together
    inputs = tokenizer(texts, add_special_tokens=False, padding=True, padding_side="left", return_tensors="pt")
    inputs = {name: inputs[name].to(model.device) for name in ("input_ids", "attention_mask")}
    length = inputs["input_ids"].shape[1]
    room = model.config.max_position_embeddings - length
    if room < 1:
        return [{"output": "", "stopped": False, "tokens": 0} for _ in rows]
    ends = _end_tokens(model, tokenizer)
    with torch.no_grad():
        generated = model.generate(
            **inputs,
            do_sample=False,
            max_new_tokens=min(new_tokens, room),
            eos_token_id=sorted(ends),
            pad_token_id=tokenizer.pad_token_id,
        )
    return [_answer(tokenizer, ids, ends) for ids in generated[:, length:].tolist()]


def _answer(tokenizer: Any, ids: list[int], ends: set[int]) -> dict[str, Any]:
    end = next((number for number, token in enumerate(ids) if token in ends), None)
    answer = ids if end is None else ids[:end]
    text = tokenizer.decode(answer, skip_special_tokens=True)
    return {"output": text, "stopped": end is not None, "tokens": len(answer)}


def _end_tokens(model: Any, tokenizer: Any) -> set[int]:
    configured = model.generation_config.eos_token_id
    several = configured if isinstance(configured, list) else [configured]
    return {token for token in [*several, tokenizer.eos_token_id] if token is not None}


def _rendered(tokenizer: Any, row: dict[str, Any]) -> str:
    text: str = tokenizer.apply_chat_template(row["prompt"], add_generation_prompt=True, tokenize=False)
    return text
