"""Whether training did anything: the logits of a few prompts before and after."""

from collections.abc import Sequence
from typing import Any

import torch

from engine.errors import TrainingError
from engine.worker.tokens import Conversation, rendered

_PROMPTS = 4


class Probe:
    """Next-token logits on a few prompts, taken from the model as loaded."""

    def __init__(self, model: Any, tokenizer: Any, conversations: Sequence[Conversation]) -> None:
        asked = [Conversation(one.messages[:-1], one.tools) for one in conversations[:_PROMPTS]]
        self._ids = [
            rendered(tokenizer, one, add_generation_prompt=True, return_dict=True, return_tensors="pt")["input_ids"]
            for one in asked
        ]
        self._before = self._logits(model)

    def change(self, model: Any) -> float:
        """Largest absolute change of a logit. Raises TrainingError when nothing changed or something is not finite."""
        after = self._logits(model)
        largest = max(float((now - then).abs().max()) for now, then in zip(after, self._before, strict=True))
        if not largest > 0:
            raise TrainingError(
                f"training changed nothing: logits moved by {largest}",
                hint="a learning rate of 0, or no trained token in any row? check the plan and the data",
            )
        return largest

    def _logits(self, model: Any) -> list[torch.Tensor]:
        was_training = model.training
        model.eval()
        with torch.no_grad():
            # (vocabulary,) float32 for each prompt
            logits = [model(ids.to(model.device)).logits[0, -1].float().cpu() for ids in self._ids]
        model.train(was_training)
        return logits
