"""A recipe from what is known: the field's rules, over them the model's card, over that the person's own values.

Sources of the rules: "LoRA" = TRL's guide "LoRA Without Regret" and Tinker's primer (2025); "field" = common advice
without strong evidence for another value.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import UsageError
from engine.model import ModelFacts
from engine.plan.card import Advice, read_card
from engine.plan.estimate import Estimate, memory_bytes, mixed_rows, steps, trained_parameters
from engine.plan.lengths import Lengths
from engine.plan.recipe import Recipe
from engine.plan.settings import TUNABLE, check

_MEMORY_SHARE = 0.7
"""Of the free memory that a plan may use. Measured on a CPU (17 M numbers, 4,096 tokens at once): LoRA took 1.28 times
the estimate, full fine-tuning 0.96 times."""
_SMALL_DATA = 1_000
_MOST_NEW_TOKENS = 512
"""Bounds the time of an evaluation: each row may need as many forward passes."""
_EVALUATIONS = 10
"""Evaluations in a run, so that a patience of 3 can end it early."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What the recipe has to fit."""

    model: ModelFacts
    data_version: str
    method: str
    rows: int
    """Rows of the train split."""
    lengths: Lengths
    gpu: bool
    """A GPU that computes in bfloat16 will train."""
    free_bytes: int
    """Memory that is free where training will run."""
    general_file: str | None = None
    """General rows that were chosen with the data; None: none were."""
    general_share: float = 0.0
    """Theirs, of all rows trained on."""


@dataclass(frozen=True, slots=True)
class Plan:
    recipe: Recipe
    estimate: Estimate
    warning: str = ""
    """What the recipe does to the rows that nobody would expect; empty when it does nothing of the kind."""


class _Picker:
    """Collects values and their reasons; each value is chosen once, by the strongest voice."""

    def __init__(self, overrides: Mapping[str, Any], card: Mapping[str, Advice]) -> None:
        self._overrides = overrides
        self._card = card
        self.values: dict[str, Any] = {}
        self.reasons: dict[str, str] = {}

    def pick(self, name: str, value: Any, reason: str, *, heed_card: bool = True) -> Any:
        """Takes `value` for `name` unless the card or the person says otherwise; returns what was taken."""
        if heed_card and name in self._card:
            value, reason = self._card[name].value, f"the model's card: {self._card[name].why}"
        if name in self._overrides:
            reason = f"yours; without it: {'none' if value is None else value} ({reason})"
            value = self._overrides[name]
        self.values[name], self.reasons[name] = value, reason
        return value

    def yours(self, name: str) -> Any:
        """The person's own value for `name`; None when there is none."""
        return self._overrides.get(name)


def make_plan(situation: Situation, overrides: Mapping[str, Any]) -> Plan:
    """The recipe for `situation` with `overrides` (raw, also as text), and what it will need.

    Raises UsageError that names every problem of the overrides, ModelError when the card is broken.
    """
    checked, problems = check(overrides, TUNABLE)
    if problems:
        raise UsageError("; ".join(problems), hint="tunewright plan --set KEY=VALUE, for any value in its table")
    model = situation.model
    picker = _Picker(checked, read_card(model.card, situation.method, model.folder))
    _pick_origin(picker, situation)
    _pick_method(picker, situation)
    _pick_lengths(picker, situation)
    trained_rows = _pick_mix(picker, situation)
    planned = _pick_schedule(picker, trained_rows)
    needed = _pick_batch_split(picker, situation)
    _pick_rest(picker, situation, planned, trained_rows)
    _refuse_contradictions(picker, situation)
    trained = trained_parameters(model, situation.method, picker.values["rank"])
    estimate = Estimate(planned, model.parameters, trained, needed)
    warning = _cut(situation.lengths, picker.values["max_length"])
    return Plan(Recipe(**picker.values, reasons=picker.reasons), estimate, warning)


def _pick_origin(picker: _Picker, situation: Situation) -> None:
    picker.pick("model", str(situation.model.folder), "the working model of the project")
    picker.pick("model_fingerprint", situation.model.fingerprint, "SHA-256 of the model's files as they are now")
    picker.pick("data_version", situation.data_version, "the project's current data version")
    reason = (
        "LoRA first: 10 to 100 times cheaper, forgets less" if situation.method == "lora" else "yours: full is a choice"
    )
    picker.pick("method", situation.method, reason)


def _pick_method(picker: _Picker, situation: Situation) -> None:
    large, small_data = situation.model.parameters >= 30e9, situation.rows < _SMALL_DATA
    if situation.method == "full":
        unused = "not used: full fine-tuning trains all weights"
        for name, value in (("rank", 16), ("alpha", 32.0), ("dropout", 0.0), ("target", "all-linear")):
            picker.pick(name, value, unused)
        careful = small_data and situation.model.parameters >= 7e9
        reason = "field: 2e-5 for full fine-tuning, half of it for 7B and more on little data"
        picker.pick("learning_rate", 1e-5 if careful else 2e-5, reason)
        return
    rank = picker.pick("rank", 16, "LoRA: enough unless the data holds more than the adapter (8 to 64 in the field)")
    picker.pick("alpha", 2.0 * rank, "field: twice the rank")
    picker.pick(
        "dropout",
        0.05 if small_data else 0.0,
        f"field: {situation.rows:,} rows are {'under' if small_data else 'not under'} {_SMALL_DATA:,}",
    )
    picker.pick("target", "all-linear", "LoRA: attention alone is worse at equal size")
    reason = "LoRA: about ten times the rate of full fine-tuning, whatever the rank; half of it from 30B on"
    picker.pick("learning_rate", 1e-4 if large else 2e-4, reason)


def _pick_lengths(picker: _Picker, situation: Situation) -> None:
    lengths, context = situation.lengths, situation.model.context_length
    margin = 1.0 if lengths.rows == situation.rows else 1.25
    wanted = max(64, 64 * math.ceil(lengths.longest_row * margin / 64))
    reason = f"the longest of {lengths.rows:,} rows counted has about {lengths.longest_row:,} tokens (estimated)"
    if context is not None and wanted > context:
        wanted, reason = context, f"{reason}, the model reads {context:,}: longer rows lose their end"
    taken = picker.pick("max_length", wanted, reason)
    if warning := _cut(lengths, taken):
        # The card's makers looked at their rows, not at these.
        picker.reasons["max_length"] = f"{warning}. {picker.reasons['max_length']}"
    _pick_cap(picker, lengths.longest_answer, context)


def _cut(lengths: Lengths, max_length: int) -> str:
    """How many rows lose their end, in words; empty when none does."""
    cut = lengths.longer_than(max_length)
    share = f"{cut:,} of {lengths.rows:,} rows counted are longer than {max_length:,} tokens and lose their end"
    return f"{share}; {lengths.longest_row:,} would hold them all" if cut else ""


def _pick_cap(picker: _Picker, longest_answer: int, context: int | None) -> None:
    """Picks the cap on generated tokens."""
    generous = max(32, 16 * math.ceil(longest_answer * 1.5 / 16))
    highest = min(_MOST_NEW_TOKENS, context // 2 if context else _MOST_NEW_TOKENS)
    reason = f"half as long again as the longest answer counted, {longest_answer:,} tokens"
    if generous > highest:
        reason += f", but {highest} at most: longer answers are cut and count as not stopped"
    picker.pick("new_tokens", min(generous, highest), reason)


def _pick_mix(picker: _Picker, situation: Situation) -> int:
    """Picks the general rows to mix in; returns how many rows are trained on with them."""
    chosen = situation.general_file
    reason = "chosen in Data" if chosen else "the model's card names no general data, and neither do you"
    file = picker.pick("general_file", chosen, reason, heed_card=chosen is None)
    picker.pick("general_sha256", None, "SHA-256 of general_file: a resumed run has to read the same rows")
    if file is None:
        share = picker.pick("general_share", 0.0, "no general data to mix in", heed_card=False)
    elif file == chosen:
        share = picker.pick("general_share", situation.general_share, "chosen in Data", heed_card=False)
    else:
        share = picker.pick("general_share", 0.2, "field: a fifth keeps general skills (5 to 20 %)")
    return mixed_rows(situation.rows, share)


def _pick_schedule(picker: _Picker, rows: int) -> int:
    """Picks batch size and length of training; returns the optimizer steps."""
    size = picker.pick(
        "batch_size", 8 if rows < 500 else 16, "LoRA loses more with large batches: 16, and 8 under 500 rows"
    )
    epochs = picker.pick(
        "epochs", 3.0 if rows < 10_000 else 2.0, "field: 3, and 2 from 10,000 rows on; stops early by itself"
    )
    limit = picker.pick("max_steps", None, "the epochs decide")
    planned = steps(rows, size, epochs, limit)
    warmup = 0.1 if planned <= 1_000 else max(0.01, round(100 / planned, 3))
    picker.pick("warmup_ratio", warmup, "field: a tenth of the steps, at most about 100 of them")
    picker.pick("scheduler", "cosine", "field: cosine or linear, without a measured difference")
    return planned


def _pick_batch_split(picker: _Picker, situation: Situation) -> int:
    """Splits the batch so that it fits into memory; returns the bytes estimated."""
    default = "bfloat16" if situation.gpu else "float32"
    reason = "the GPU computes in it, at half the memory" if situation.gpu else "no GPU that torch can use in bfloat16"
    precision = picker.pick("precision", default, f"{reason}; serve in the same precision")
    size, length = picker.values["batch_size"], picker.values["max_length"]

    def needs(rows: int) -> int:
        return memory_bytes(situation.model, situation.method, picker.values["rank"], precision, rows * length)

    limit = situation.free_bytes * _MEMORY_SHARE
    divisors = [rows for rows in range(size, 0, -1) if size % rows == 0]
    fitting = next((rows for rows in divisors if needs(rows) <= limit), 1)
    if accumulation := picker.yours("accumulation"):
        fitting = max(1, size // accumulation)
    need, free = needs(fitting) / 2**30, situation.free_bytes / 2**30
    fits = "the most that fits" if needs(fitting) <= limit else "may not fit even so"
    micro = picker.pick("micro_batch", fitting, f"{fits}: {need:.1f} GiB estimated, {free:.1f} GiB free")
    picker.pick("accumulation", max(1, size // micro), "batch_size divided by micro_batch")
    return needs(micro)


def _pick_rest(picker: _Picker, situation: Situation, planned: int, rows: int) -> None:
    epoch = math.ceil(rows / picker.values["batch_size"])
    every = max(1, min(epoch, planned // _EVALUATIONS))
    picker.pick("eval_every", every, f"about {_EVALUATIONS} times in {planned:,} steps, at least once an epoch")
    picker.pick("log_every", 1 if planned <= 1_000 else 5, "every step of a short run, every fifth of a long one")
    picker.pick("patience", 3, "field: three evaluations without improvement are no accident")
    picker.pick("weight_decay", 0.01, "field: 0.01; hardly matters for LoRA")
    picker.pick("clip_norm", 1.0, "field: 1.0 bounds a spike's damage")
    picker.pick("seed", 42, "any fixed number; other seeds show the spread between runs")
    marked = situation.model.marks_generation
    picker.pick(
        "loss_on",
        "assistant" if marked else "completion",
        "the chat template marks the assistant's turns"
        if marked
        else "the chat template has no {% generation %} marks: the last answer is trained, told apart by its prefix",
    )


def _refuse_contradictions(picker: _Picker, situation: Situation) -> None:
    values, context, problems = picker.values, situation.model.context_length, []
    if values["micro_batch"] * values["accumulation"] != values["batch_size"]:
        problems.append("micro_batch times accumulation is not batch_size ({batch_size})".format(**values))
    if context is not None and values["max_length"] > context:
        problems.append(f"max_length {values['max_length']:,} is more than the {context:,} tokens that the model reads")
    if values["general_share"] > 0 and values["general_file"] is None:
        problems.append("general_share needs general_file, the rows to mix in")
    if problems:
        raise UsageError("; ".join(problems), hint="change the values given with --set, or the model's card")
