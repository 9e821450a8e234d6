"""Makes the base model: `python -m assets.base_model.pretrain --out DIR [--steps N]`, on one CPU thread."""

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import islice
from pathlib import Path
from statistics import fmean

import torch
from tokenizers import Tokenizer
from torch.nn.functional import cross_entropy
from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from assets.base_model.muon import Muon
from assets.base_model.tokenizer import VOCABULARY_SIZE, train_tokenizer
from assets.base_model.world import (
    END_OF_TEXT,
    FIRST_SHARES,
    LAST_SHARES,
    LATER_SHARES,
    PADDING,
    TURN_END,
    Document,
    documents,
)

SEED = 20261121
DOCUMENTS_A_STEP, LEAST_FILL = 16, 0.75
RECORDED_STEPS = 50
# The answer is what the skills are measured by; a letter's words are mostly dice, and learning them costs capacity.
LOSS_WEIGHT = {"answer": 1.0, "story": 0.4, "prompt": 0.1}
MATRIX_RATE, OTHER_RATE = 0.02, 0.004
WARMUP_STEPS = 50

Group = tuple[torch.Tensor, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of training with its own documents. Rates run in a straight line between the two factors."""

    steps: int
    shares: Mapping[str, float]
    seed: int
    first_factor: float
    last_factor: float


STAGES = (
    Stage(2000, FIRST_SHARES, SEED + 1, 1.0, 1.0),
    Stage(4000, LATER_SHARES, SEED + 2, 0.6, 0.6 * 500 / 4500),
    Stage(1000, LAST_SHARES, SEED + 3, 0.4, 0.0),
)


def model_config(tokenizer: Tokenizer) -> LlamaConfig:
    """The shape of the model: Llama, with input and output embeddings tied."""
    return LlamaConfig(
        vocab_size=VOCABULARY_SIZE,
        hidden_size=128,
        intermediate_size=384,
        num_hidden_layers=5,
        num_attention_heads=4,
        num_key_value_heads=4,
        max_position_embeddings=1024,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.token_to_id(END_OF_TEXT),
        eos_token_id=tokenizer.token_to_id(TURN_END),
        pad_token_id=tokenizer.token_to_id(PADDING),
    )


def encode(tokenizer: Tokenizer, document: Document) -> tuple[list[int], list[float]]:
    """The token ids of a document and, for each, its weight in the loss."""
    ids: list[int] = []
    weights: list[float] = []
    for segment in document:
        part = tokenizer.encode(segment.text).ids
        ids += part
        weights += [LOSS_WEIGHT[segment.kind]] * len(part)
    return ids, weights


def batches(tokenizer: Tokenizer, stage: Stage) -> Iterator[list[Group]]:
    """For each step DOCUMENTS_A_STEP documents, in groups of similar length, each padded to its longest.

    They are not packed into one row: packed, letters were still read at chance after 2.3 million tokens.
    """
    stream = documents(stage.seed, stage.shares)
    pad = tokenizer.get_vocab()[PADDING]
    while True:
        encoded = [encode(tokenizer, next(stream)) for _ in range(DOCUMENTS_A_STEP)]
        encoded.sort(key=lambda example: -len(example[0]))
        groups: list[list[tuple[list[int], list[float]]]] = []
        for example in encoded:
            if groups and len(example[0]) >= LEAST_FILL * len(groups[-1][0][0]):
                groups[-1].append(example)
            else:
                groups.append([example])
        yield [padded(group, pad) for group in groups]


def padded(group: list[tuple[list[int], list[float]]], pad: int) -> Group:
    """Token ids and loss weights of a group, both of the shape (documents, tokens of the longest)."""
    width = max(len(ids) for ids, _ in group)
    ids = torch.tensor([ids + [pad] * (width - len(ids)) for ids, _ in group])
    weights = torch.tensor([weights + [0.0] * (width - len(weights)) for _, weights in group])
    return ids, weights


def weighted_loss(model: LlamaForCausalLM, group: Group) -> torch.Tensor:
    """Cross entropy of the next token in nats, times the weight of that token, summed over a group."""
    ids, weights = group
    logits = model(input_ids=ids).logits[:, :-1]
    losses = cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
    return (losses * weights[:, 1:].flatten()).sum()


def make_optimizers(model: LlamaForCausalLM) -> list[torch.optim.Optimizer]:
    """Muon for the matrices inside the layers; AdamW for the embedding and the norms, which Muon does not suit."""
    matrices = [p for name, p in model.named_parameters() if p.ndim == 2 and "embed_tokens" not in name]
    others = [p for name, p in model.named_parameters() if p.ndim != 2 or "embed_tokens" in name]
    return [
        Muon(matrices, lr=MATRIX_RATE, weight_decay=0.01, momentum=0.95),
        torch.optim.AdamW(others, lr=OTHER_RATE, betas=(0.9, 0.95), weight_decay=0.01),
    ]


def rate_factor(stage: Stage, step: int) -> float:
    """What the rates are multiplied by at a step of a stage: after a warm-up, the line of the stage."""
    line = stage.first_factor + (stage.last_factor - stage.first_factor) * step / stage.steps
    return min(line, (step + 1) / WARMUP_STEPS)


def train(model: LlamaForCausalLM, tokenizer: Tokenizer, stage: Stage) -> Iterator[float]:
    """Trains in place for one stage, with fresh optimizers, and yields the loss of each step."""
    optimizers = make_optimizers(model)
    bases = [group["lr"] for optimizer in optimizers for group in optimizer.param_groups]
    for step, groups in enumerate(islice(batches(tokenizer, stage), stage.steps)):
        wanted = sum(float(weights[:, 1:].sum()) for _, weights in groups)
        value = 0.0
        for group in groups:
            loss = weighted_loss(model, group) / wanted
            loss.backward()  # type: ignore[no-untyped-call]
            value += loss.item()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer, base in zip(optimizers, bases, strict=True):
            optimizer.param_groups[0]["lr"] = base * rate_factor(stage, step)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        if not math.isfinite(value):
            raise FloatingPointError(f"the loss of step {step} is {value}")
        yield value


def new_model() -> tuple[LlamaForCausalLM, Tokenizer]:
    """The untrained model and its tokenizer: the same ones each time."""
    tokenizer = train_tokenizer(SEED)
    torch.manual_seed(SEED)
    return LlamaForCausalLM(model_config(tokenizer)), tokenizer


def save(model: LlamaForCausalLM, tokenizer: Tokenizer, out: Path) -> None:
    """Writes a Hugging Face model folder: bf16 safetensors, tokenizer, chat template, generation settings."""
    out.mkdir(parents=True, exist_ok=True)
    wrapped = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token=END_OF_TEXT,
        eos_token=TURN_END,
        pad_token=PADDING,
        model_max_length=model.config.max_position_embeddings,
        clean_up_tokenization_spaces=False,
    )
    wrapped.chat_template = files(__package__).joinpath("chat_template.jinja").read_text(encoding="utf-8")
    wrapped.save_pretrained(out)
    copy = LlamaForCausalLM(model.config)
    copy.load_state_dict(model.state_dict())
    copy.generation_config = GenerationConfig(  # type: ignore[no-untyped-call]
        bos_token_id=model.config.bos_token_id,
        eos_token_id=model.config.eos_token_id,
        pad_token_id=model.config.pad_token_id,
        do_sample=False,
        max_new_tokens=64,
    )
    copy.bfloat16().save_pretrained(out)


@torch.no_grad()
def round_weights(model: LlamaForCausalLM) -> None:
    """Rounds the weights to bf16, as a saved folder holds them: the next stage starts from these."""
    for parameter in model.parameters():
        parameter.copy_(parameter.bfloat16())


def run(out: Path, limit: int, save_every: int) -> None:
    """Trains through the stages, at most `limit` steps of each, and writes the model and the first losses to `out`."""
    model, tokenizer = new_model()
    total, done, start = sum(min(stage.steps, limit) for stage in STAGES), 0, time.monotonic()
    print(f"{model.num_parameters():,} parameters, {total} steps of {DOCUMENTS_A_STEP} documents", file=sys.stderr)
    recorded: list[list[float]] = []
    for stage in STAGES:
        losses: list[float] = []
        for loss in islice(train(model, tokenizer, stage), limit):
            losses.append(loss)
            done += 1
            if done % 50 == 0:
                report(done, total, fmean(losses[-50:]), time.monotonic() - start)
            if done % save_every == 0:
                save(model, tokenizer, out)
        recorded.append([round(loss, 6) for loss in losses[:RECORDED_STEPS]])
        round_weights(model)
    save(model, tokenizer, out)
    record = {"seed": SEED, "first_losses_of_each_stage": recorded}
    (out / "losses.json").write_text(json.dumps(record) + "\n", encoding="utf-8")


def report(done: int, total: int, loss: float, seconds: float) -> None:
    """One line of progress, on stderr."""
    left = seconds / done * (total - done)
    print(f"step {done} of {total}  loss {loss:.4f}  {seconds:.0f} s, {left:.0f} s left", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Train the built-in base model from nothing, on one CPU thread.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write")
    parser.add_argument("--steps", type=int, default=max(stage.steps for stage in STAGES), help="end each stage early")
    parser.add_argument("--save-every", type=int, default=500, help="steps between intermediate saves")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    run(options.out, options.steps, options.save_every)


if __name__ == "__main__":
    main()
