"""Models, tokenizers and the device they run on."""

import os
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from engine.errors import ModelError

_DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
# Below this, a second thread costs more than it brings: 4 steps of a 1.3 M model took 7.0 s with one thread and 34.8 s
# with two while another process used a core (measured).
_SMALL_MODEL = 20_000_000


def load_tokenizer(folder: Path) -> Any:
    """The tokenizer in `folder`, with a padding token. Raises ModelError when it cannot be read."""
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        raise ModelError(
            f"the tokenizer cannot be loaded: {error}", hint="save it with save_pretrained", where=str(folder)
        ) from error
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def load_model(folder: Path, precision: str) -> Any:
    """The causal language model in `folder`, from safetensors only, without running code from the folder.

    Raises ModelError when weights and configuration do not fit together.
    """
    try:
        loaded: Any = AutoModelForCausalLM.from_pretrained(
            folder,
            dtype=_DTYPES[precision],
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
        )
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise ModelError(
            f"the model cannot be loaded: {error}", hint="is the folder complete?", where=str(folder)
        ) from error
    model, report = loaded
    tied = model.config.tie_word_embeddings
    missing = [name for name in report["missing_keys"] if not (tied and name.endswith("lm_head.weight"))]
    if missing:
        # transformers would fill them with random numbers and go on.
        raise ModelError(
            f"{len(missing)} weights are missing, {missing[0]} first", hint="is the folder complete?", where=str(folder)
        )
    broken = [name for name, tensor in model.named_parameters() if not bool(torch.isfinite(tensor).all())]
    if broken:
        raise ModelError(f"{broken[0]} holds NaN or infinity", hint="copy the weights again", where=str(folder))
    return model.to(device())


def device() -> torch.device:
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def use_threads(parameters: int) -> None:
    """One thread for a small model, all usable cores for others, unless OMP_NUM_THREADS says otherwise."""
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(1 if parameters < _SMALL_MODEL else len(os.sched_getaffinity(0)))
