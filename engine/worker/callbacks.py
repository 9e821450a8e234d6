"""What the training loop tells and obeys: events out, stop requests in, whole checkpoints."""

import math
import threading
import time
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from engine.errors import TrainingError
from engine.project import RunFolder
from engine.runs.events import EventLog
from engine.worker import checkpoints, stopping

_HEARTBEAT_S = 2.0
_NAMES = {
    "loss": "loss",
    "grad_norm": "grad_norm",
    "learning_rate": "learning_rate",
    "entropy": "entropy",
    "mean_token_accuracy": "accuracy",
    "epoch": "epoch",
}


class Recorder(TrainerCallback):
    """Writes steps and validations as events, and ends the run at the first number that is not finite."""

    def __init__(self, events: EventLog) -> None:
        self._events = events
        self._step_started = 0.0
        self._step_s: list[float] = []
        self._tokens = 0.0

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._events.write("state", state="running", steps=state.max_steps, from_step=state.global_step)

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._step_started = time.perf_counter()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        self._step_s.append(time.perf_counter() - self._step_started)
        if state.global_step >= state.max_steps:
            # The last step may lie between two validations, and would then never be a candidate for the best.
            control.should_evaluate = control.should_save = True

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        if logs is None or "loss" not in logs:
            return
        numbers = {ours: float(logs[theirs]) for theirs, ours in _NAMES.items() if theirs in logs}
        seconds = sum(self._step_s)
        tokens = float(logs.get("num_tokens", 0.0)) - self._tokens
        self._tokens += tokens
        if self._step_s:
            numbers["step_s"] = round(seconds / len(self._step_s), 6)
            numbers["tokens_per_s"] = round(tokens / seconds, 1)
        self._step_s.clear()
        self._events.write("metrics", step=state.global_step, **{k: _json(v) for k, v in numbers.items()})
        _refuse_nonfinite(numbers, state.global_step)

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        loss = float((metrics or {}).get("eval_loss", math.nan))
        self._events.write("eval", step=state.global_step, loss=_json(loss))
        _refuse_nonfinite({"validation loss": loss}, state.global_step)


class Keeper(TrainerCallback):
    """Obeys stop requests and lets no checkpoint count that is not whole and finite."""

    def __init__(self, run: RunFolder, events: EventLog) -> None:
        self._run = run
        self._events = events
        self.stopped = False

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        if stopping.asked(self._run.stop_request):
            self.stopped = state.global_step < state.max_steps
            control.should_save = control.should_training_stop = True
        if control.should_save:
            checkpoints.ensure_space(self._run.checkpoints)

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: Any = None, **kwargs: Any
    ) -> None:
        finite_tensors(model, state.global_step)
        checkpoints.mark_complete(self._run.checkpoints / f"checkpoint-{state.global_step}")
        checkpoints.prune(self._run.checkpoints, state.best_global_step)
        self._events.write("checkpoint", step=state.global_step, best_step=state.best_global_step)


def finite_tensors(model: Any, step: int) -> int:
    """Number of trained tensors. Raises TrainingError when one holds a NaN or infinity."""
    trained = [(name, tensor) for name, tensor in model.named_parameters() if tensor.requires_grad]
    broken = [name for name, tensor in trained if not bool(torch.isfinite(tensor).all())]
    if broken:
        raise TrainingError(
            f"{len(broken)} trained tensors are not finite at step {step}, {broken[0]} first",
            hint="plan again with a third of the learning rate; resume starts from the last finite checkpoint",
        )
    return len(trained)


def start_heartbeat(run: RunFolder) -> None:
    """Touches the heartbeat file from a thread, so that a stuck training loop can be told from a dead process."""
    run.heartbeat.parent.mkdir(parents=True, exist_ok=True)

    def beat() -> None:
        while True:
            run.heartbeat.touch()
            time.sleep(_HEARTBEAT_S)

    threading.Thread(target=beat, daemon=True, name="heartbeat").start()


def _refuse_nonfinite(numbers: dict[str, float], step: int) -> None:
    broken = {name: number for name, number in numbers.items() if not math.isfinite(number)}
    if broken:
        said = ", ".join(f"{name} is {number}" for name, number in broken.items())
        raise TrainingError(
            f"{said} at step {step}",
            hint="the learning rate is likely too high: plan again with a third of it; see also the rows of that step",
        )


def _json(number: float) -> float | str:
    # JSON has no NaN; the word keeps what a null would hide.
    return number if math.isfinite(number) else str(number)
