import math
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from engine.errors import ModelError, TrainingError
from engine.plan.recipe import planned
from engine.project import Project, RunFolder
from engine.runs.watch import watch
from engine.worker.train import train
from tests.worker.conftest import planned_project

Ready = Callable[..., Project]


def trained(project: Project) -> RunFolder:
    run = project.new_run(planned(project).to_toml())
    train(run)
    return run


def test_lora_trains_and_leaves_a_whole_run(ready: Ready, tiny_llama: Path) -> None:
    run = trained(ready(tiny_llama))
    view = watch(run)
    assert view.step == view.steps == 8
    assert view.metrics["loss"][-1] < view.metrics["loss"][0]
    assert list(view.evals.step) == [2, 4, 6, 8]
    assert view.result is not None and view.result["logit_change"] > 0
    assert view.result["best_step"] == view.best_step
    weights = load_file(run.model / "adapter_model.safetensors")
    assert weights and all(bool(torch.isfinite(tensor).all()) for tensor in weights.values())


def test_full_fine_tuning_leaves_a_model_that_loads(ready: Ready, tiny_llama: Path) -> None:
    from engine.worker.load import load_model, load_tokenizer

    run = trained(ready(tiny_llama, method="full", learning_rate=1e-3))
    model = load_model(run.model, "float32")
    load_tokenizer(run.model)
    before = load_model(tiny_llama, "float32")
    moved = [not torch.equal(a, b) for a, b in zip(model.parameters(), before.parameters(), strict=True)]
    assert all(moved)


def test_a_template_without_marks_trains_the_completion_alone(ready: Ready, tiny_qwen: Path) -> None:
    project = ready(tiny_qwen)
    assert planned(project).loss_on == "completion"
    run = trained(project)
    # An answer is two or three tokens with its end: were the prompt trained too, every row would count ten times that.
    losses = watch(run).metrics["loss"]
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("marks", [True, False])
def test_only_the_answer_and_its_end_are_trained(
    ready: Ready, tiny_llama: Path, tiny_qwen: Path, marks: bool, tmp_path: Path
) -> None:
    from engine.worker import train as room
    from engine.worker.load import load_model, load_tokenizer

    folder = tiny_llama if marks else tiny_qwen
    project = ready(folder)
    recipe = planned(project)
    run = project.new_run(recipe.to_toml())
    tokenizer = load_tokenizer(folder)
    trainer, _ = room._trainer(run, recipe, load_model(folder, "float32"), tokenizer, [])
    batch = next(iter(trainer.get_train_dataloader()))
    for ids, labels in zip(batch["input_ids"], batch["labels"], strict=True):
        said = tokenizer.decode(ids[labels != -100])
        assert said in {f"{queue}<|end|>" for queue in ("A1", "B7", "C3")}


def test_resuming_gives_the_very_losses_of_an_uninterrupted_run(ready: Ready, tiny_llama: Path) -> None:
    project = ready(tiny_llama, dropout=0.05)
    whole = trained(project)
    half = project.new_run(planned(project).to_toml())
    shutil.copytree(whole.checkpoints, half.checkpoints)
    kept = sorted(half.checkpoints.glob("checkpoint-*"), key=lambda path: int(path.name.split("-")[1]))
    assert [path.name for path in kept][-1] == "checkpoint-8"
    for path in kept:
        if path.name != "checkpoint-6":
            shutil.rmtree(path)
    train(half)
    resumed, original = (
        dict(zip(points.step, points["loss"], strict=True)) for points in (watch(half).metrics, watch(whole).metrics)
    )
    assert {step: original[step] for step in (7, 8)} == resumed
    assert watch(half).eval_loss == watch(whole).eval_loss


@pytest.fixture(scope="module")
def out_of_patience(tmp_path_factory: pytest.TempPathFactory, tiny_llama: Path) -> RunFolder:
    """A run that stopped early, with all of its checkpoints."""
    # So high a rate that validation never gets better than at its first evaluations.
    wild = {"epochs": 40, "learning_rate": 0.9, "eval_every": 1, "clip_norm": 1000, "patience": 3}
    project = planned_project(tmp_path_factory.mktemp("patience") / "project", tiny_llama, **wild)
    with keeping_all_checkpoints():
        return trained(project)


@pytest.mark.parametrize("before_the_end", [0, 1, 2])
def test_early_stopping_keeps_its_patience_across_a_resume(out_of_patience: RunFolder, before_the_end: int) -> None:
    run = out_of_patience
    last = watch(run).step
    assert last < watch(run).steps
    again = run.project.new_run(planned(run.project).to_toml())
    again.checkpoints.mkdir()
    for step in {watch(run).best_step, last - before_the_end}:
        shutil.copytree(run.checkpoints / f"checkpoint-{step}", again.checkpoints / f"checkpoint-{step}")
    train(again)
    view = watch(again)
    assert view.said["state"] == "finished" and view.result is not None
    assert list(view.metrics.step) == list(range(last - before_the_end + 1, last + 1))
    assert view.result["best_step"] == watch(run).best_step


@contextmanager
def keeping_all_checkpoints() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engine.worker.checkpoints.prune", lambda folder, best: None)
        yield


def test_a_loss_that_is_not_a_number_ends_the_run_and_is_no_success(
    ready: Ready, tiny_llama: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import engine.worker.train as room

    load = room.load_model

    def poisoned(folder: Path, precision: str) -> object:
        model = load(folder, precision)
        with torch.no_grad():
            model.model.layers[0].mlp.up_proj.weight[0, 0] = math.nan
        return model

    monkeypatch.setattr(room, "load_model", poisoned)
    project = ready(tiny_llama)
    run = project.new_run(planned(project).to_toml())
    with pytest.raises(TrainingError, match="is nan at step 1"):
        train(run)
    assert math.isnan(watch(run).metrics["loss"][0]) and not run.model.exists()


def test_training_that_changes_nothing_is_no_success(ready: Ready, tiny_llama: Path) -> None:
    project = ready(tiny_llama, learning_rate=1e-9, epochs=1, rank=1, alpha=0.001, clip_norm=0.001)
    run = project.new_run(planned(project).to_toml())
    with pytest.raises(TrainingError, match="changed nothing"):
        train(run)
    assert not run.model.exists()


def test_a_model_that_changed_since_the_plan_is_refused(ready: Ready, tiny_llama: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_llama, tmp_path / "model")
    project = ready(folder)
    (folder / "tokenizer.json").write_bytes((folder / "tokenizer.json").read_bytes() + b" ")
    with pytest.raises(ModelError, match="have changed"):
        trained(project)
