"""A model folder is read without torch, and whatever is wrong with it is said."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import save_file

from engine.errors import ModelError
from engine.model import inspect_model
from tests.unit.tiny_model import HIDDEN, LAYERS, LINEAR, MARKED_TEMPLATE, PLAIN_TEMPLATE, VOCAB, tensors, write_model


def test_the_facts_of_a_whole_folder(tmp_path: Path) -> None:
    facts = inspect_model(write_model(tmp_path), require_template=True)
    linear = LAYERS * sum(rows * columns for rows, columns in LINEAR.values())
    assert facts.architecture == "LlamaForCausalLM"
    assert facts.linear_ends == LAYERS * sum(rows + columns for rows, columns in LINEAR.values())
    assert facts.parameters == linear + 2 * VOCAB * HIDDEN + LAYERS * HIDDEN
    assert (facts.context_length, facts.vocab, facts.dtype, facts.layers, facts.hidden_size) == (256, 32, "F16", 2, 8)
    assert facts.has_template and facts.marks_generation and facts.card == {}


def test_shards_are_found_through_their_index(tmp_path: Path) -> None:
    whole = inspect_model(write_model(tmp_path / "whole"))
    folder = write_model(tmp_path / "shards")
    (folder / "model.safetensors").unlink()
    names = sorted(tensors())
    for number, part in enumerate((names[:4], names[4:])):
        save_file({name: tensors()[name] for name in part}, folder / f"model-{number}.safetensors")
    weight_map = {name: f"model-{int(name not in names[:4])}.safetensors" for name in names}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}), encoding="utf-8")
    assert inspect_model(folder).parameters == whole.parameters
    (folder / "model-1.safetensors").unlink()
    with pytest.raises(ModelError, match=r"missing: model-1\.safetensors"):
        inspect_model(folder)


@pytest.mark.parametrize(
    ("template", "marked"), [(MARKED_TEMPLATE, True), (PLAIN_TEMPLATE, False), ("{%generation%}", True)]
)
def test_templates_are_found_in_both_places(tmp_path: Path, template: str, marked: bool) -> None:
    folder = write_model(tmp_path, template=None)
    config = {"chat_template": template}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    assert inspect_model(folder, require_template=True).marks_generation is marked
    named = {"chat_template": [{"name": "tool", "template": ""}, {"name": "default", "template": template}]}
    (folder / "tokenizer_config.json").write_text(json.dumps(named), encoding="utf-8")
    assert inspect_model(folder, require_template=True).marks_generation is marked


def test_no_template_is_an_error_only_where_one_is_needed(tmp_path: Path) -> None:
    folder = write_model(tmp_path, template=None)
    assert not inspect_model(folder).has_template
    with pytest.raises(ModelError, match="chat template"):
        inspect_model(folder, require_template=True)


def test_the_fingerprint_follows_every_file_that_decides_answers_and_no_other(tmp_path: Path) -> None:
    folder = write_model(tmp_path)
    first = inspect_model(folder).fingerprint
    (folder / "README.md").write_text("a card", encoding="utf-8")
    assert inspect_model(folder).fingerprint == first
    seen = {first}
    for name in ("config.json", "chat_template.jinja", "tokenizer.json"):
        path = folder / name
        path.write_bytes(path.read_bytes() + b"\n")
        seen.add(inspect_model(folder).fingerprint)
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x00")
    seen.add(inspect_model(folder).fingerprint)
    assert len(seen) == 5


def cut_weights(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])


def negative_side(folder: Path) -> None:
    tensor = {"dtype": "F16", "shape": [-8, 8], "data_offsets": [0, 0]}
    header = json.dumps({"model.norm.weight": tensor}).encode()
    (folder / "model.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)


def only_pickle(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def only_adapter(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")


def foreign_tokenizer(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_bytes())
    (folder / "config.json").write_text(json.dumps({**config, "vocab_size": 3}), encoding="utf-8")


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda folder: (folder / "config.json").unlink(), "no config.json"),
        (lambda folder: (folder / "config.json").write_text("[1]"), "not a JSON object"),
        (lambda folder: (folder / "config.json").write_text("{"), "not JSON"),
        (lambda folder: (folder / "model.safetensors").unlink(), "no model.safetensors"),
        (only_pickle, "can run any code"),
        (only_adapter, "an adapter, not a model"),
        (cut_weights, "its header promises"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b""), "header is cut off"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\xff" * 64), "header is cut off"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\x02" + b"\0" * 7 + b"{}"), "no weights"),
        (lambda folder: (folder / "model.safetensors").write_bytes(b"\x04" + b"\0" * 7 + b"[12]"), "header is damaged"),
        (negative_side, "header is damaged"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "no tokenizer.json"),
        (lambda folder: (folder / "tokenizer.json").write_text("{}"), "not a tokenizer"),
        (foreign_tokenizer, "do not belong together"),
        (lambda folder: (folder / "recipe.toml").write_text("[lora"), "not TOML"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(tmp_path: Path, damage: Callable[[Path], object], says: str) -> None:
    folder = write_model(tmp_path / "m")
    damage(folder)
    with pytest.raises(ModelError, match=says) as caught:
        inspect_model(folder)
    assert caught.value.hint and str(folder) in str(caught.value.where)


def test_a_missing_folder_is_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model folder"):
        inspect_model(tmp_path / "none")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 3000), byte=st.integers(0, 255), keep=st.integers(0, 4000))
def test_damaged_weights_are_read_or_refused_never_a_traceback(
    tmp_path: Path, position: int, byte: int, keep: int
) -> None:
    folder = write_model(tmp_path)
    weights = bytearray((folder / "model.safetensors").read_bytes())
    weights[position] = byte
    (folder / "model.safetensors").write_bytes(weights[:keep] if keep < 3000 else weights)
    try:
        assert inspect_model(folder).parameters >= 0
    except ModelError as error:
        assert error.hint
