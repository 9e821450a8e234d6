"""What a model folder holds, read without torch: config.json, headers of the weights, tokenizer, chat template."""

import hashlib
import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from engine.errors import ModelError

BUILT_IN = Path(str(files("assets") / "base_model"))
"""The model that ships with the product, in a checkout and in an installed wheel alike."""
_MOST_PARAMETERS = 10**14
"""Beyond any model; such a shape is a broken or hostile header."""
MAX_HEADER_BYTES = 100_000_000
"""Safetensors' own limit for its header."""

_GENERATION = re.compile(r"{%[-+]?\s*generation\s*[-+]?%}")
_NOT_LINEAR = re.compile(r"(^|\.)(lm_head|embed_\w+|\w*embeddings?|wte|wpe)\.weight$")
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
"""What decides which tokens a text becomes."""
_SAVE = "save it with model.save_pretrained(FOLDER) and tokenizer.save_pretrained(FOLDER)"


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """A model folder that training can start from."""

    folder: Path
    architecture: str
    parameters: int
    """Numbers in the weight files; tied weights are stored once."""
    linear_ends: int
    """Inputs + outputs, summed over the linear layers but the output one: LoRA of rank r trains r times as many."""
    hidden_size: int | None
    layers: int | None
    context_length: int | None
    """Tokens; None when config.json does not say."""
    vocab: int
    dtype: str
    """As in safetensors (BF16, F32 ...), of most of the weights."""
    has_template: bool
    marks_generation: bool
    """The chat template marks what the assistant says with {% generation %}."""
    fingerprint: str
    """SHA-256 over config, weights, tokenizer and template."""
    card: dict[str, Any]
    """recipe.toml beside the weights: what its makers found to suit it; empty when there is none."""


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    dtype: str
    shape: tuple[int, ...]
    end: int

    @property
    def numbers(self) -> int:
        return math.prod(self.shape)

    @property
    def is_linear(self) -> bool:
        return len(self.shape) == 2 and self.name.endswith(".weight") and not _NOT_LINEAR.search(self.name)


def inspect_model(folder: Path, *, require_template: bool = False) -> ModelFacts:
    """Reads and checks `folder`; reads every byte once, for the fingerprint.

    Raises ModelError when something is missing or broken, or with `require_template` when there is no chat template.
    """
    try:
        facts = _inspect(folder, require_template)
    except (TypeError, KeyError, ValueError, AttributeError, OverflowError, IndexError) as error:
        # Files from elsewhere can hold anything where a number or a name is meant.
        raise ModelError(f"the model's files make no sense: {error!r}", hint=_SAVE, where=str(folder)) from error
    if not 0 < facts.parameters < _MOST_PARAMETERS or (facts.hidden_size or 0) > _MOST_PARAMETERS:
        raise ModelError(f"a model of {facts.parameters:.3g} numbers", hint=_SAVE, where=str(folder))
    return facts


def marks_generation(folder: Path) -> bool:
    """Whether the chat template marks what the assistant says. Raises ModelError when there is none."""
    template = _template(folder)
    if template is None:
        raise ModelError(
            "the tokenizer has no chat template", hint="add chat_template.jinja to the folder", where=str(folder)
        )
    return bool(_GENERATION.search(template))


def _inspect(folder: Path, require_template: bool) -> ModelFacts:
    if not folder.is_dir():
        raise ModelError(
            "no model folder here", hint="name a folder with config.json and model.safetensors", where=str(folder)
        )
    config = _read_object(folder / "config.json")
    weights = _weight_files(folder)
    tensors = [tensor for path in weights for tensor in _header(path)]
    if not tensors:
        raise ModelError("the weight files hold no weights", hint=_SAVE, where=str(folder))
    linear = [tensor for tensor in tensors if tensor.is_linear]
    vocab = _vocab(folder, config)
    template = _template(folder)
    if template is None and require_template:
        raise ModelError(
            "the tokenizer has no chat template", hint="add chat_template.jinja to the folder", where=str(folder)
        )
    return ModelFacts(
        folder=folder,
        architecture=str((config.get("architectures") or [config.get("model_type", "unknown")])[0]),
        parameters=sum(tensor.numbers for tensor in tensors),
        linear_ends=sum(sum(tensor.shape) for tensor in linear),
        hidden_size=_number(config, "hidden_size", "n_embd", "d_model"),
        layers=_number(config, "num_hidden_layers", "n_layer", "num_layers"),
        context_length=_number(config, "max_position_embeddings", "n_positions", "max_seq_len"),
        vocab=vocab,
        dtype=_main_dtype(tensors),
        has_template=template is not None,
        marks_generation=bool(template and _GENERATION.search(template)),
        fingerprint=_fingerprint(folder, weights),
        card=_card(folder / "recipe.toml"),
    )


def _read_object(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ModelError(f"the model folder has no {path.name}", hint=_SAVE, where=str(path.parent))
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelError(
            f"not JSON: {error}", hint="copy the file again from where the model came", where=str(path)
        ) from error
    if not isinstance(document, dict):
        raise ModelError("not a JSON object", hint="copy the file again from where the model came", where=str(path))
    return document


def _number(config: Mapping[str, Any], *names: str) -> int | None:
    """The first of `names` in the config, or in the text part of a multimodal one."""
    for part in (config, config.get("text_config")):
        for name in names:
            if isinstance(part, Mapping) and isinstance(part.get(name), int) and part[name] > 0:
                return int(part[name])
    return None


def _weight_files(folder: Path) -> list[Path]:
    index = folder / "model.safetensors.index.json"
    if index.is_file():
        weight_map = _read_object(index).get("weight_map")
        if not isinstance(weight_map, dict) or not weight_map:
            raise ModelError("the index lists no weight files", hint=_SAVE, where=str(index))
        names = sorted({Path(str(name)).name for name in weight_map.values()})
        missing = [name for name in names if not (folder / name).is_file()]
        if missing:
            raise ModelError(f"weight files are missing: {', '.join(missing)}", hint="copy them too", where=str(folder))
        return [folder / name for name in names]
    if (folder / "model.safetensors").is_file():
        return [folder / "model.safetensors"]
    raise _no_weights(folder)


def _no_weights(folder: Path) -> ModelError:
    pickles = sorted(path.name for kind in ("*.bin", "*.pt", "*.pth", "*.ckpt") for path in folder.glob(kind))
    if pickles:
        return ModelError(
            f"the weights are only there as {pickles[0]}: that is a pickle, which can run any code when it is loaded",
            hint="where you trust its source, convert it: model.save_pretrained(FOLDER, safe_serialization=True)",
            where=str(folder),
        )
    if (folder / "adapter_model.safetensors").is_file():
        return ModelError(
            "this is an adapter, not a model", hint="name the folder of its base model", where=str(folder)
        )
    return ModelError("the model folder has no model.safetensors", hint=_SAVE, where=str(folder))


def _header(path: Path) -> Iterator[_Tensor]:
    """The tensors that a safetensors file says it holds: 8 bytes of length, a JSON header, then the numbers."""
    size = path.stat().st_size
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or not 2 <= length <= min(size - 8, MAX_HEADER_BYTES):
            raise _broken(path, "its header is cut off or damaged")
        raw = file.read(length)
    try:
        document = json.loads(raw)
        tensors = [_tensor(name, facts) for name, facts in document.items() if name != "__metadata__"]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _broken(path, "its header is damaged") from error
    ends = 8 + length + max((tensor.end for tensor in tensors), default=0)
    if ends != size:
        raise _broken(path, f"it has {size:,} bytes where its header promises {ends:,}")
    yield from tensors


def _tensor(name: str, facts: Mapping[str, Any]) -> _Tensor:
    shape = tuple(int(side) for side in facts["shape"])
    if any(side < 0 for side in shape):
        raise ValueError(f"{name} has a negative side")
    return _Tensor(name, str(facts["dtype"]), shape, int(facts["data_offsets"][1]))


def _broken(path: Path, why: str) -> ModelError:
    return ModelError(f"not a whole safetensors file: {why}", hint="copy or download the file again", where=str(path))


def _vocab(folder: Path, config: Mapping[str, Any]) -> int:
    """Size of the model's vocabulary, checked against the tokenizer's."""
    from tokenizers import Tokenizer

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ModelError("the model folder has no tokenizer.json", hint=_SAVE, where=str(folder))
    try:
        tokens = Tokenizer.from_file(str(path)).get_vocab_size()
    except Exception as error:  # the library raises a bare Exception
        raise ModelError(f"not a tokenizer: {error}", hint="copy the file again", where=str(path)) from error
    vocab = _number(config, "vocab_size")
    if vocab is not None and tokens > vocab:
        raise ModelError(
            f"the tokenizer has {tokens:,} tokens and the model {vocab:,}: they do not belong together",
            hint="use the tokenizer that the model was saved with",
            where=str(folder),
        )
    return vocab or tokens


def _template(folder: Path) -> str | None:
    path = folder / "chat_template.jinja"
    if path.is_file():
        return path.read_text(encoding="utf-8", errors="replace")
    if not (folder / "tokenizer_config.json").is_file():
        return None
    template = _read_object(folder / "tokenizer_config.json").get("chat_template")
    if isinstance(template, list):  # several, by name
        named = {one.get("name"): one.get("template") for one in template if isinstance(one, dict)}
        template = named.get("default")
    return template if isinstance(template, str) else None


def _card(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ModelError(f"not TOML: {error}", hint="mend the file, or remove it", where=str(path)) from error


def _main_dtype(tensors: list[_Tensor]) -> str:
    numbers: dict[str, int] = {}
    for tensor in tensors:
        numbers[tensor.dtype] = numbers.get(tensor.dtype, 0) + tensor.numbers
    return max(numbers, key=numbers.__getitem__)


def _fingerprint(folder: Path, weights: list[Path]) -> str:
    """Names, sizes and bytes of all files that decide what the model says, streamed."""
    digest = hashlib.sha256()
    others = [folder / "config.json", *(folder / name for name in TOKENIZER_FILES)]
    for path in sorted({*weights, *(path for path in others if path.is_file())}):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
