import json
from pathlib import Path

import pytest

from engine.errors import ModelError
from engine.worker.generate import generate
from engine.worker.load import load_model
from tests.tiny import make_model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_model(tmp_path_factory.mktemp("model"), spread=0.3)


def job(folder: Path, model: Path, texts: list[str], new_tokens: int = 12) -> Path:
    lines = [
        {"id": f"row-{number}", "cluster": "c", "prompt": [{"role": "user", "content": text}], "reference": "x"}
        for number, text in enumerate(texts)
    ]
    (folder / "prompts").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    tasks = [{"prompts": str(folder / "prompts"), "output": str(folder / "out.jsonl")}]
    document = {"model": str(model), "adapter": None, "precision": "float32", "new_tokens": new_tokens, "tasks": tasks}
    (folder / "job.json").write_text(json.dumps(document), encoding="utf-8")
    return folder


def outputs(folder: Path) -> dict[str, dict[str, object]]:
    lines = (folder / "out.jsonl").read_text(encoding="utf-8").splitlines()
    return {line["id"]: line for line in map(json.loads, lines)}


def test_a_row_is_answered_alike_alone_and_among_others(tmp_path: Path, model: Path) -> None:
    texts = ["Where is my parcel?", "red", "The kettle leaks and I want my money back. " * 3, "blue 123"]
    (tmp_path / "all").mkdir()
    generate(job(tmp_path / "all", model, texts))
    together = outputs(tmp_path / "all")
    for number, text in enumerate(texts):
        alone = tmp_path / str(number)
        alone.mkdir()
        generate(job(alone, model, [text]))
        assert outputs(alone)["row-0"]["output"] == together[f"row-{number}"]["output"]


def test_a_shared_start_read_once_changes_no_answer(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import engine.worker.generate as room

    start = "The kettle leaks and I want my money back. Where is my parcel? It was sent on Monday. "
    texts = [start + text for text in ("red", "green 123 blue", "blue", "Answer as JSON: red red red")]
    for name, worth in (("shared", 8), ("whole", 10_000)):
        monkeypatch.setattr(room, "_WORTH_SHARING", worth)
        (tmp_path / name).mkdir()
        generate(job(tmp_path / name, model, texts))
    assert [line["output"] for line in outputs(tmp_path / "shared").values()] == [
        line["output"] for line in outputs(tmp_path / "whole").values()
    ]


def test_rows_that_are_answered_are_passed_over(tmp_path: Path, model: Path) -> None:
    folder = job(tmp_path, model, ["red", "green"])
    generate(folder)
    first = (tmp_path / "out.jsonl").read_bytes()
    kept, torn = first.splitlines(keepends=True)
    (tmp_path / "out.jsonl").write_bytes(kept + torn[:20])
    generate(folder)
    assert outputs_of_whole_lines(tmp_path) == {line["id"] for line in map(json.loads, first.splitlines())}


def outputs_of_whole_lines(folder: Path) -> set[str]:
    whole = []
    for line in (folder / "out.jsonl").read_bytes().splitlines():
        try:
            whole.append(json.loads(line)["id"])
        except ValueError:
            continue
    assert len(whole) == len(set(whole))
    return set(whole)


def test_an_answer_cut_at_the_cap_has_not_stopped(tmp_path: Path, model: Path) -> None:
    generate(job(tmp_path, model, ["red"], new_tokens=3))
    [line] = outputs(tmp_path).values()
    assert line["stopped"] is False and line["tokens"] == 3


def test_a_prompt_beyond_the_context_gets_an_empty_answer(tmp_path: Path, model: Path) -> None:
    generate(job(tmp_path, model, ["red " * 400]))
    [line] = outputs(tmp_path).values()
    assert (line["output"], line["stopped"]) == ("", False)


def test_a_long_prompt_takes_nothing_from_its_neighbours(tmp_path: Path, model: Path) -> None:
    texts = ["red", "red " * 400, "green blue " * 45]
    for name, some in (("together", texts), ("alone", texts[:1])):
        (tmp_path / name).mkdir()
        generate(job(tmp_path / name, model, some, new_tokens=60))
    together, alone = outputs(tmp_path / "together"), outputs(tmp_path / "alone")
    assert together["row-0"]["output"] == alone["row-0"]["output"] and alone["row-0"]["tokens"] == 60
    assert together["row-1"]["tokens"] == 0 and 0 < int(str(together["row-2"]["tokens"])) < 60


def test_weights_that_are_missing_are_not_filled_with_noise(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = make_model(tmp_path / "model")
    tensors = load_file(folder / "model.safetensors")
    tensors.pop("model.layers.1.mlp.up_proj.weight")
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="up_proj"):
        load_model(folder, "float32")
