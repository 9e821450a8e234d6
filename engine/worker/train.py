"""Supervised fine-tuning of one run: LoRA or full, from its frozen recipe, resumed from its newest whole checkpoint."""

import os
import shutil
from pathlib import Path
from typing import Any

import datasets
import torch
import transformers
from peft import LoraConfig
from trl import SFTConfig, SFTTrainer

from engine.durable import sync
from engine.errors import TrainingError
from engine.plan.recipe import Recipe, check_base, frozen
from engine.project import RunFolder
from engine.runs.events import EventLog
from engine.worker import checkpoints
from engine.worker.callbacks import Keeper, Recorder, finite_tensors, start_heartbeat
from engine.worker.dataset import as_dataset, tokenised, training_conversations, validation_conversations
from engine.worker.effect import Probe
from engine.worker.load import load_model, load_tokenizer, use_threads


def train(run: RunFolder) -> None:
    """Trains `run` to its end or to a stop request, and writes its model.

    Raises TrainingError when a loss or weight is not finite or nothing changed, ModelError and DataError when the
    recipe's parts are not there, ResourceError when disk or memory are used up.
    """
    events = EventLog(run.events)
    events.write("state", state="starting")
    start_heartbeat(run)
    recipe = frozen(run)
    check_base(recipe)
    tokenizer, model = load_tokenizer(Path(recipe.model)), load_model(Path(recipe.model), recipe.precision)
    use_threads(model.num_parameters())
    keeper = Keeper(run, events)
    trainer, probe = _trainer(run, recipe, model, tokenizer, [Recorder(events), keeper])
    _run_training(run, trainer, recipe, events)
    if keeper.stopped:
        events.write("state", state="stopped")
        return
    _finish(run, recipe, trainer, probe, tokenizer)
    events.write("state", state="finished")


def _trainer(
    run: RunFolder, recipe: Recipe, model: Any, tokenizer: Any, callbacks: list[transformers.TrainerCallback]
) -> tuple[SFTTrainer, Probe]:
    version = run.project.version_folder(recipe.data_version)
    training, general = training_conversations(recipe, version)
    validation = validation_conversations(version)
    learned, held_out = (tokenised(rows, tokenizer, recipe.loss_on) for rows in (training, validation))
    cut = sum(len(one.ids) > recipe.max_length for one in learned)
    events = EventLog(run.events)
    events.write(
        "note", text=f"{len(training)} rows to train on, {general} of them general; {len(validation)} validation rows"
    )
    planned = round(len(training) * recipe.general_share)
    if general < planned:
        events.write("note", text=f"{planned} general rows were planned, the file has {general}")
    if cut:
        events.write("note", text=f"{cut} rows are longer than {recipe.max_length} tokens and lose their end")
    probe = Probe(model, tokenizer, validation)
    datasets.disable_progress_bars()
    trainer = SFTTrainer(
        model=model,
        args=_arguments(run, recipe),
        train_dataset=as_dataset(learned),
        eval_dataset=as_dataset(held_out),
        processing_class=tokenizer,
        peft_config=_adapter(recipe),
        callbacks=[*callbacks, transformers.EarlyStoppingCallback(recipe.patience)],
    )
    _check_world(trainer)
    if not _ends_are_trained(trainer, tokenizer):
        events.write("note", text="no row trains the end token: the model will not learn to stop; check the template")
    return trainer, probe


def _arguments(run: RunFolder, recipe: Recipe) -> SFTConfig:
    on_cpu = not torch.cuda.is_available()
    return SFTConfig(
        output_dir=str(run.checkpoints),
        num_train_epochs=recipe.epochs,
        max_steps=recipe.max_steps or -1,
        per_device_train_batch_size=recipe.micro_batch,
        per_device_eval_batch_size=max(recipe.micro_batch, 16),
        gradient_accumulation_steps=recipe.accumulation,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.scheduler,
        warmup_steps=recipe.warmup_ratio,
        weight_decay=recipe.weight_decay,
        max_grad_norm=recipe.clip_norm,
        max_length=recipe.max_length,
        eval_strategy="steps",
        eval_steps=recipe.eval_every,
        save_strategy="steps",
        save_steps=recipe.eval_every,
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        restore_callback_states_from_checkpoint=True,
        logging_steps=recipe.log_every,
        # The default hides a NaN as a loss of 0.0 (measured).
        logging_nan_inf_filter=False,
        bf16=recipe.precision == "bfloat16",
        use_cpu=on_cpu,
        # On by default in TRL; costs 31 % for LoRA where memory is enough.
        activation_checkpointing=False,
        dataloader_pin_memory=not on_cpu,
        disable_tqdm=True,
        report_to="none",
        seed=recipe.seed,
    )


def _adapter(recipe: Recipe) -> LoraConfig | None:
    if recipe.method == "full":
        return None
    return LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,  # type: ignore[arg-type]  # peft divides by the rank: any number will do
        lora_dropout=recipe.dropout,
        target_modules=recipe.target,
        task_type="CAUSAL_LM",
    )


def _check_world(trainer: SFTTrainer) -> None:
    # torchrun on a machine without GPU gives every process rank 0 of a world of one, and all write the same files.
    expected = int(os.environ.get("WORLD_SIZE", "1"))
    if trainer.accelerator.num_processes != expected:
        raise TrainingError(
            f"{trainer.accelerator.num_processes} of {expected} processes found each other",
            hint="start one process, or check the launcher",
        )


def _ends_are_trained(trainer: SFTTrainer, tokenizer: Any) -> bool:
    """Whether the end of an answer is among the trained tokens of the first rows."""
    configured = trainer.model.generation_config.eos_token_id
    ends = {tokenizer.eos_token_id, *(configured if isinstance(configured, list) else [configured])}
    rows = [trainer.train_dataset[number] for number in range(min(8, len(trainer.train_dataset)))]
    trained = set(trainer.data_collator(rows)["labels"].flatten().tolist())
    return bool(trained & ends)


def _run_training(run: RunFolder, trainer: SFTTrainer, recipe: Recipe, events: EventLog) -> None:
    newest = checkpoints.newest_complete(run.checkpoints)
    if newest is None:
        trainer.train()
        return
    state = checkpoints.trainer_state(newest)
    if state["global_step"] < state["max_steps"] and not _out_of_patience(state, recipe):
        trainer.train(resume_from_checkpoint=str(newest))
        return
    # Killed between the last step and the end: nothing is left to train.
    trainer.state = transformers.TrainerState.load_from_json(str(newest / "trainer_state.json"))
    events.write("state", state="running", steps=trainer.state.max_steps, from_step=trainer.state.global_step)


def _out_of_patience(state: dict[str, Any], recipe: Recipe) -> bool:
    counted = state["stateful_callbacks"]["EarlyStoppingCallback"]["attributes"]["early_stopping_patience_counter"]
    return bool(counted >= recipe.patience)


def _finish(run: RunFolder, recipe: Recipe, trainer: SFTTrainer, probe: Probe, tokenizer: Any) -> None:
    best = trainer.state.best_global_step
    if best is None:
        raise TrainingError("no validation loss was measured", hint="plan again with a smaller eval_every")
    trainer._load_from_checkpoint(str(run.checkpoints / f"checkpoint-{best}"), trainer.model)
    tensors = finite_tensors(trainer.model, best)
    change = probe.change(trainer.model)
    _save_model(run, trainer, tokenizer)
    EventLog(run.events).write(
        "result",
        best_step=best,
        best_eval_loss=trainer.state.best_metric,
        tensors=tensors,
        logit_change=change,
        **recipe.facts(),
    )


def _save_model(run: RunFolder, trainer: SFTTrainer, tokenizer: Any) -> None:
    whole = run.model.with_name("model.partial")
    shutil.rmtree(whole, ignore_errors=True)
    model: Any = trainer.model
    model.save_pretrained(whole)
    tokenizer.save_pretrained(whole)
    shutil.rmtree(run.model, ignore_errors=True)
    whole.rename(run.model)
    sync(run.path)
