"""What a recipe will need, in closed form: steps, trained numbers, memory. All of it estimated, and labelled so."""

import math
from dataclasses import asdict, dataclass

from engine.model import ModelFacts
from engine.project import Project

_BYTES = {"float32": 4, "bfloat16": 2}
_PROCESS_BYTES = 700 * 2**20
"""Resident memory once the trainer is imported (683 MiB measured); about a CUDA context on a GPU."""
_ACTIVATION_BYTES = 75
"""Per layer, token and unit of hidden size in bfloat16, no checkpointing (74 counted on the shapes of Llama-3.1-8B)."""
MEMORY_METHOD = (
    "closed form: weights; 16 bytes a trained LoRA number; gradients and two Adam moments for full; "
    "75 bytes x hidden size a layer and token in bfloat16, twice that in float32; 0.7 GiB for the process"
)


@dataclass(frozen=True, slots=True)
class Estimate:
    steps: int
    """Optimizer steps."""
    parameters: int
    """Numbers in the base model."""
    trained: int
    """Numbers that change: the adapter's for LoRA, all for full."""
    memory_bytes: int
    memory_method: str = MEMORY_METHOD
    source: str = "estimated"

    def said(self) -> str:
        """Steps, trained numbers and memory in words."""
        trained = f"{self.trained:,} trained numbers ({self.trained / self.parameters:.1%})"
        return f"{self.steps:,} steps; {trained}; {self.memory_bytes / 2**30:.1f} GiB memory"


def store_estimate(project: Project, estimate: Estimate, recipe: str) -> None:
    """Keeps `estimate` in [estimate] of project.toml, for the recipe of the hash `recipe`."""
    project.set("estimate", {**asdict(estimate), "recipe": recipe})


def stored_estimate(project: Project, recipe: str) -> Estimate | None:
    """The estimate kept for the recipe of the hash `recipe`; None when there is none that can be read."""
    stored = project.settings().get("estimate", {})
    numbers = {name: stored.get(name) for name in ("steps", "parameters", "trained", "memory_bytes")}
    if stored.get("recipe") != recipe or not all(isinstance(one, int) and one > 0 for one in numbers.values()):
        return None
    return Estimate(**numbers, memory_method=str(stored.get("memory_method", MEMORY_METHOD)))


def mixed_rows(rows: int, general_share: float) -> int:
    """Rows trained on when `general_share` of them all are general ones, added to `rows`."""
    return rows + round(rows * general_share / (1 - general_share))


def steps(rows: int, batch_size: int, epochs: float, max_steps: int | None) -> int:
    """Optimizer steps over `rows` rows: the last batch of an epoch may be smaller."""
    planned = math.ceil(math.ceil(rows / batch_size) * epochs)
    return max_steps if max_steps is not None else max(1, planned)


def trained_parameters(model: ModelFacts, method: str, rank: int) -> int:
    """All of the model's for full; for LoRA rank x (inputs + outputs) of every linear layer (Hu et al. 2021)."""
    return model.parameters if method == "full" else rank * model.linear_ends


def memory_bytes(model: ModelFacts, method: str, rank: int, precision: str, tokens: int) -> int:
    """Peak memory of training with `tokens` (rows x length) in one forward pass, as MEMORY_METHOD says.

    Adam keeps its moments in the precision of what it trains; LoRA's own numbers are float32 over any base.
    """
    size = _BYTES[precision]
    weights = model.parameters * size
    training = 3 * weights if method == "full" else 16 * trained_parameters(model, method, rank)
    activations = _ACTIVATION_BYTES * size // 2 * (model.hidden_size or 0) * (model.layers or 0) * tokens
    return _PROCESS_BYTES + weights + training + activations
