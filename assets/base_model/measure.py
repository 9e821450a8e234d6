"""Measures the skills of a model folder on fresh questions: `python -m assets.base_model.measure DIR [--count N]`."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from assets.base_model.skills import SKILLS, Question, ask, is_right
from assets.base_model.world import PRETRAINING

SEED = 424242  # the documents of pretraining come from other seeds
NEW_TOKENS, BATCH = 64, 50


def answers(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, questions: Sequence[Question]) -> list[str]:
    """The model's greedy answers, in batches padded on the left."""
    tokenizer.padding_side = "left"
    prompts = [
        tokenizer.apply_chat_template(
            [{"role": role, "content": content} for role, content in question.messages],
            tokenize=False,
            add_generation_prompt=True,
        )
        for question in questions
    ]
    found: list[str] = []
    for start in range(0, len(prompts), BATCH):
        batch = tokenizer(prompts[start : start + BATCH], return_tensors="pt", padding=True, add_special_tokens=False)
        width = batch["input_ids"].shape[1]
        with torch.inference_mode():
            out = model.generate(  # type: ignore[operator]
                input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], max_new_tokens=NEW_TOKENS
            )
        found += tokenizer.batch_decode(out[:, width:], skip_special_tokens=True)
    return found


def skill_scores(folder: Path, count: int, seed: int = SEED) -> dict[str, float]:
    """For each of SKILLS the share of `count` fresh questions that the model of a folder answers exactly right."""
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    rng = Random(seed)
    scores: dict[str, float] = {}
    for skill in SKILLS:
        questions = [ask(rng, skill, PRETRAINING) for _ in range(count)]
        given = answers(model, tokenizer, questions)
        scores[skill] = sum(map(is_right, questions, given)) / count
    return scores


def main(arguments: list[str] | None = None) -> None:
    """The command: prints one JSON object."""
    parser = argparse.ArgumentParser(description="Measure the skills of a base model.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=200, help="questions a skill")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    print(json.dumps(skill_scores(options.folder, options.count)))


if __name__ == "__main__":
    main()
