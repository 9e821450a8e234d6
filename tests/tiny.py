"""Tiny random models with real files, made in a second: what a user's own model folder looks like."""

from pathlib import Path
from typing import Any

_TURNS = "{% for m in messages %}{{ '<|' + m['role'] + '|>' }}"
_PLAIN = "{{ m['content'] + '<|end|>' }}"
_MARKED = (
    "{% if m['role'] == 'assistant' %}{% generation %}" + _PLAIN + "{% endgeneration %}"
    "{% else %}" + _PLAIN + "{% endif %}"
)
_ASK = "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
SPECIAL = ("<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>")
TEXT = (
    "The kettle leaks and I want my money back. Where is my parcel? It was sent on Monday. "
    'Answer as JSON: {"queue": "A1", "priority": "P2"} {"queue": "B7", "priority": "P1"} red green blue 0123456789'
)


def make_model(folder: Path, *, kind: str = "llama", marks_generation: bool = True, spread: float = 0.02) -> Path:
    """A random two-layer causal model of about 60,000 numbers with its tokenizer and chat template.

    `spread` is the standard deviation of its weights: from 0.3 on, answers depend on every token of the prompt.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, Qwen3Config, Qwen3ForCausalLM

    torch.manual_seed(0)
    tokenizer = _tokenizer(marks_generation)
    shape: dict[str, Any] = {
        "vocab_size": len(tokenizer),
        "hidden_size": 48,
        "intermediate_size": 96,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 12,
        "max_position_embeddings": 256,
        "tie_word_embeddings": True,
        "initializer_range": spread,
        "eos_token_id": tokenizer.eos_token_id,
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": None,
    }
    model = LlamaForCausalLM(LlamaConfig(**shape)) if kind == "llama" else Qwen3ForCausalLM(Qwen3Config(**shape))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(marks_generation: bool) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bpe = Tokenizer(models.BPE())
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(
        [TEXT], trainers.BpeTrainer(vocab_size=320, special_tokens=list(SPECIAL), initial_alphabet=alphabet)
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=bpe, pad_token="<|pad|>", eos_token="<|end|>")
    tokenizer.chat_template = _TURNS + (_MARKED if marks_generation else _PLAIN) + _ASK
    return tokenizer
