"""How fast a GPU trains, where nobody has measured it: from its arithmetic alone."""

UTILISATION = 0.35
"""Share of a GPU's peak that training reaches: 0.3 to 0.4 is usual. Assumed, until a run of one's own has measured."""
QLORA = 2341 / 3151
"""Of LoRA's speed: Qwen-7B on one A100, as its README quotes both."""


def training_tokens_per_s(parameters: float, tflops: float, method: str) -> float:
    """An estimate: `UTILISATION` of the peak over the operations a token takes, which are 6 for each parameter when all
    are trained and 4 with LoRA, where the frozen weights need no gradient of their own. `parameters` in billions,
    `tflops` the dense bfloat16 peak."""
    operations = (6 if method.lower() == "full" else 4) * parameters * 1e9
    speed = UTILISATION * tflops * 1e12 / operations
    return speed * QLORA if method.lower() == "qlora" else speed
