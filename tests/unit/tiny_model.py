"""A model folder as small as can be, in the form that Hugging Face saves, written without torch."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

HIDDEN, MIDDLE, VOCAB, LAYERS = 8, 16, 32, 2
LINEAR = {
    "self_attn.q_proj": (HIDDEN, HIDDEN),
    "self_attn.k_proj": (HIDDEN // 2, HIDDEN),
    "self_attn.v_proj": (HIDDEN // 2, HIDDEN),
    "self_attn.o_proj": (HIDDEN, HIDDEN),
    "mlp.gate_proj": (MIDDLE, HIDDEN),
    "mlp.up_proj": (MIDDLE, HIDDEN),
    "mlp.down_proj": (HIDDEN, MIDDLE),
}
PLAIN_TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
MARKED_TEMPLATE = "{% for m in messages %}{%- generation -%}{{ m['content'] }}{%- endgeneration -%}{% endfor %}"


def tensors() -> dict[str, Any]:
    """Name -> (outputs, inputs) array, in the names of the Llama architecture with an output layer of its own."""
    found: dict[str, Any] = {"model.embed_tokens.weight": np.ones((VOCAB, HIDDEN), np.float16)}
    for layer in range(LAYERS):
        found |= {f"model.layers.{layer}.{name}.weight": np.ones(shape, np.float16) for name, shape in LINEAR.items()}
        found[f"model.layers.{layer}.input_layernorm.weight"] = np.ones(HIDDEN, np.float16)
    return found | {"lm_head.weight": np.ones((VOCAB, HIDDEN), np.float16)}


def write_model(folder: Path, *, template: str | None = MARKED_TEMPLATE, card: str | None = None) -> Path:
    """Writes the folder and returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architectures": ["LlamaForCausalLM"],
        "hidden_size": HIDDEN,
        "num_hidden_layers": LAYERS,
        "max_position_embeddings": 256,
        "vocab_size": VOCAB,
    }
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    save_file(tensors(), folder / "model.safetensors", metadata={"format": "pt"})
    words = {"<unk>": 0, "yes": 1, "no": 2, "is": 3, "it": 4}
    tokenizer = Tokenizer(WordLevel(words, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    if template is not None:
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")
    if card is not None:
        (folder / "recipe.toml").write_text(card, encoding="utf-8")
    return folder
