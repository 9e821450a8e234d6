"""What a replica carries follows what others measured, and a training speed its arithmetic."""

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from engine.costs import capacity, throughput
from engine.costs.capacity import Load
from engine.costs.terms import Capacity
from engine.errors import UsageError

MEASURED = (Load(32.3, 1024, 128), Load(129, 128, 128), Load(1.78, 2048, 2048), Load(1.54, 8192, 512))
"""Qwen3-8B in FP8 on one H100 SXM."""


def test_four_measured_loads_are_met_within_a_quarter() -> None:
    fitted = capacity.fitted(MEASURED)
    assert (fitted.prompt_s, fitted.output_s, fitted.attention_s) == pytest.approx(
        (1.82e-5, 2.44e-5, 8.37e-8), rel=2e-3
    )
    for load in MEASURED:
        found = capacity.requests_per_s(fitted, load.prompt_tokens, load.output_tokens)
        assert found == pytest.approx(load.requests_per_s, rel=0.25)


LOADS = st.builds(Load, st.floats(0.1, 1000), st.integers(1, 20_000), st.integers(1, 5000))


@given(st.lists(LOADS, min_size=3, max_size=8, unique_by=lambda load: (load.prompt_tokens, load.output_tokens)))
def test_the_fit_is_no_worse_than_a_library_s(loads: list[Load]) -> None:
    parts = numpy.array([capacity._parts(load) for load in loads]) * [[load.requests_per_s] for load in loads]
    scale = numpy.linalg.norm(parts, axis=0)
    _, residual = nnls(parts / scale, numpy.ones(len(loads)))
    found = capacity.fitted(loads)
    rates = numpy.array([found.prompt_s, found.output_s, found.attention_s])
    assert (rates >= 0).all()
    assert numpy.linalg.norm(parts @ rates - 1) <= residual * 1.001 + 1e-6


@pytest.mark.parametrize("loads", [(), (Load(0, 1, 1),), (Load(1, -1, 1),)])
def test_nothing_measured_is_said(loads: tuple[Load, ...]) -> None:
    with pytest.raises(UsageError, match="measured loads"):
        capacity.fitted(loads)


def test_one_load_gives_one_rate() -> None:
    assert capacity.requests_per_s(capacity.fitted(MEASURED[:1]), 1024, 128) == pytest.approx(32.3)


def test_another_model_on_another_gpu() -> None:
    """Twice the parameters, on a card with half the arithmetic and a quarter of the bandwidth, in bfloat16."""
    slower = capacity.slowdown("bf16", 32.3, 23.6)
    found = capacity.scaled(Capacity(1.0, 2.0, 3.0), parameters=2, compute=0.5, bandwidth=0.25, slowdown=slower)
    assert found == Capacity(4.0 * slower, 16.0 * slower, 24.0 * slower)
    assert slower == pytest.approx(1.3686, rel=1e-4)
    assert [capacity.slowdown(precision, 32.3, 23.6) for precision in ("fp8", "int8", "int4")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("parameters", "precision", "memory", "gpus"),
    [(8, "bf16", 80, 1), (8, "bf16", 16, 2), (70, "bf16", 80, 4), (70, "int4", 80, 1), (1000, "bf16", 80, None)],
)
def test_how_many_gpus_hold_the_weights(parameters: float, precision: str, memory: float, gpus: int | None) -> None:
    assert capacity.gpus_needed(parameters, precision, memory) == gpus


def test_a_training_speed_from_arithmetic() -> None:
    """An A100's 312 TFLOP per s and 7.7 billion parameters: the measured 3,151 is within a factor of two."""
    lora, full, qlora = (throughput.training_tokens_per_s(7.7, 312, method) for method in ("LoRA", "full", "QLoRA"))
    assert lora == pytest.approx(0.35 * 312e12 / (4 * 7.7e9))
    assert (full, qlora) == pytest.approx((lora * 4 / 6, lora * 2341 / 3151))
    assert 0.5 < lora / 3151 < 2
