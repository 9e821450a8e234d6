"""Muon in fp32: torch.optim.Muon works in bf16, which a CPU without bf16 units emulates (1.1 s a step, here 0.1 s)."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import torch

QUINTIC = (3.4445, -4.7750, 2.0315)  # Newton-Schulz coefficients of Keller Jordan's Muon, also torch.optim.Muon's


def orthogonalised(matrices: torch.Tensor, rounds: int = 5) -> torch.Tensor:
    """The nearest (semi-)orthogonal matrices, roughly: singular values near 1. Shape (count, rows, columns)."""
    wide = matrices.mT if matrices.shape[-2] > matrices.shape[-1] else matrices
    wide = wide / wide.norm(dim=(-2, -1), keepdim=True).clamp(min=1e-7)
    a, b, c = QUINTIC
    for _ in range(rounds):
        gram = wide @ wide.mT
        wide = a * wide + (b * gram + c * gram @ gram) @ wide
    found: torch.Tensor = wide.mT if matrices.shape[-2] > matrices.shape[-1] else wide
    return found


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised: the update of each matrix has all singular values near 1.

    Same rule and scaling as torch.optim.Muon (Nesterov, decoupled weight decay, factor sqrt(max(1, rows / columns))).
    """

    def __init__(self, params: Iterable[torch.Tensor], lr: float, momentum: float, weight_decay: float) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update of all matrices that have a gradient; those of one shape are handled together."""
        for group in self.param_groups:
            shapes: dict[torch.Size, list[torch.Tensor]] = defaultdict(list)
            for parameter in group["params"]:
                if parameter.grad is not None:
                    shapes[parameter.shape].append(parameter)
            for alike in shapes.values():
                self._update(alike, group)

    def _update(self, alike: list[torch.Tensor], group: dict[str, Any]) -> None:
        momentum, lr = group["momentum"], group["lr"]
        directions = []
        for parameter in alike:
            gradient = parameter.grad
            assert gradient is not None
            buffer = self.state[parameter].setdefault("momentum", torch.zeros_like(parameter))
            buffer.lerp_(gradient, 1 - momentum)
            directions.append(gradient.lerp(buffer, momentum))
        rows, columns = alike[0].shape
        scale = lr * max(1.0, rows / columns) ** 0.5
        for parameter, update in zip(alike, orthogonalised(torch.stack(directions)), strict=True):
            parameter.mul_(1 - lr * group["weight_decay"]).sub_(update, alpha=scale)
