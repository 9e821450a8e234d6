"""Writes what is shipped, then answers prompts with it as anyone who loads it would.

job.json: base (model folder), adapter (folder of the run's adapter, or null after full fine-tuning), trained (folder
of full weights, or null), form (adapter or merged), export (folder to make), precision, new_tokens, tasks as for
generate.
"""

import shutil
from pathlib import Path
from typing import Any

from engine.durable import read_json, sync
from engine.worker.generate import answer_all, load

_UNSHIPPED = ("training_args.bin", "README.md")
"""A pickle, and a card that the library wrote without knowing the run."""


def export(folder: Path) -> None:
    """Does the job in `folder`: the export appears whole or not at all."""
    job = read_json(folder / "job.json")
    target = Path(job["export"])
    if not target.exists():
        _write(job, target)
    base = Path(job["base"])
    folder, adapter = (base, target) if job["form"] == "adapter" else (target, None)
    tokenizer, model = load(folder, adapter, job["precision"])
    for task in job["tasks"]:
        answer_all(model, tokenizer, Path(task["prompts"]), Path(task["output"]), job["new_tokens"])


def _write(job: dict[str, Any], target: Path) -> None:
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.parent.mkdir(parents=True, exist_ok=True)
    if job["form"] == "merged" and job["adapter"]:
        _merge(job, partial)
    else:
        shutil.copytree(job["adapter"] or job["trained"], partial, ignore=shutil.ignore_patterns(*_UNSHIPPED))
    partial.rename(target)
    sync(target.parent)


def _merge(job: dict[str, Any], partial: Path) -> None:
    # In float32, cast once when saved: merging in bfloat16 alone shifts logits.
    tokenizer, model = load(Path(job["base"]), Path(job["adapter"]), "float32")
    merged = model.merge_and_unload()
    if job["precision"] == "bfloat16":
        merged = merged.bfloat16()
    merged.save_pretrained(partial)
    tokenizer.save_pretrained(partial)
