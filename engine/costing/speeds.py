"""What a GPU serves and trains in a second: quoted where somebody measured it, else estimated from such a figure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from engine.costs.capacity import Load, fitted, scaled, slowdown
from engine.costs.terms import Capacity
from engine.costs.throughput import QLORA, UTILISATION, training_tokens_per_s
from engine.providers.entries import Catalogue, Gpu, Throughput
from engine.providers.figures import Source

_SAME_SIZE = 0.15
"""Models whose parameters differ by no more count as one when a measurement is looked for."""
_METHODS = {"lora": "LoRA", "qlora": "QLoRA", "full": "full"}
"""As the catalogue writes them; SFT and DPO say what is learnt, and are trained by LoRA unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Tokens that one GPU trains in a second."""

    tokens_per_s: float
    origin: Literal["quoted", "estimated"]
    reason: str
    source: Source


@dataclass(frozen=True, slots=True)
class Served:
    """What one replica carries."""

    capacity: Capacity
    origin: Literal["quoted", "estimated"]
    reason: str
    source: Source


def training(parameters: float, gpu: Gpu, measured: Sequence[Throughput], method: str) -> Speed:
    """A model of so many billion parameters, trained by `method` (LoRA, full or QLoRA, whatever its capitals): the
    nearest measurement of that method on this GPU, scaled; else by FLOPs."""
    name = _METHODS.get(method.casefold(), "LoRA")
    seen = [one for one in measured if one.what == "training" and one.gpu == gpu.id and one.precision == name]
    if not seen:
        return _by_flops(parameters, gpu, name)
    near = min(seen, key=lambda one: abs(math.log(one.parameters / parameters)))
    pace, said = near.figure.amount("tokens per s"), f"{name} of {near.parameters:g}B on {gpu.name}"
    if _same_size(near.parameters, parameters):
        return Speed(pace, "quoted", f"measured by others: {said}", near.figure.source)
    scale = near.parameters / parameters
    return Speed(pace * scale, "estimated", f"{said} did {pace:,.0f}: scaled to {parameters:g}B", near.figure.source)


def _by_flops(parameters: float, gpu: Gpu, name: str) -> Speed:
    tflops = gpu.compute.amount("TFLOP per s")
    slower = f" / {1 / QLORA:.2f}" if name == "QLoRA" else ""
    operations = "6N" if name == "full" else "4N"
    said = f"{name}: {operations} FLOPs a token at {UTILISATION:.0%} of {gpu.name}'s {tflops:g} TFLOP/s{slower}"
    return Speed(training_tokens_per_s(parameters, tflops, name), "estimated", said, gpu.compute.source)


def serving(parameters: float, precision: str, gpu: Gpu, gpus: int, catalogue: Catalogue) -> Served | None:
    """A replica on `gpus` GPUs, which are taken to do so many times what one does; None without any measurement."""
    best = _reference(catalogue.throughputs)
    there = next((one for one in catalogue.gpus if best and one.id == best[0].gpu), None)
    if not best or there is None:
        return None
    first, source = best[0], best[0].figure.source
    capacity = scaled(
        fitted([_load(one) for one in best]),
        parameters=parameters / first.parameters,
        compute=gpus * gpu.compute.amount("TFLOP per s") / there.compute.amount("TFLOP per s"),
        bandwidth=gpus * gpu.bandwidth.amount("TB per s") / there.bandwidth.amount("TB per s"),
        slowdown=_slowdown(precision, best, catalogue.throughputs),
    )
    said = f"{first.parameters:g}B in {first.precision} on one {there.name}"
    same = gpu.id == first.gpu and _same_size(first.parameters, parameters) and gpus == 1
    if same and precision in ("fp8", "bf16"):
        return Served(capacity, "quoted", f"measured by others, {said}: good to some 25%", source)
    return Served(capacity, "estimated", f"scaled from what others measured, {said}: an order of magnitude", source)


def _reference(throughputs: Sequence[Throughput]) -> list[Throughput]:
    """The measurements of the model, GPU and precision of which most are known: one shape of request tells little."""
    kinds = sorted((one for one in throughputs if one.what == "serving"), key=_kind)
    return max((list(same) for _, same in groupby(kinds, key=_kind)), key=len, default=[])


def _kind(one: Throughput) -> tuple[str, float, str]:
    return one.gpu, one.parameters, one.precision


def _load(one: Throughput) -> Load:
    return Load(one.figure.amount("requests per s"), one.prompt_tokens, one.output_tokens)


def _slowdown(precision: str, best: Sequence[Throughput], throughputs: Sequence[Throughput]) -> float:
    """Against the reference's FP8, by a load that was measured in both; 1 where none was."""
    for fp8 in best:
        for bf16 in throughputs:
            same = (bf16.gpu, bf16.parameters, bf16.prompt_tokens, bf16.output_tokens) == (
                fp8.gpu, fp8.parameters, fp8.prompt_tokens, fp8.output_tokens,
            )  # fmt: skip
            if bf16.what == "serving" and bf16.precision == "bf16" and same:
                return slowdown(precision, fp8.figure.value, bf16.figure.value)
    return 1.0


def _same_size(one: float, other: float) -> bool:
    return abs(one / other - 1) <= _SAME_SIZE
