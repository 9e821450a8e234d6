"""What each value of a recipe may be, in one table: overrides, model cards and recipe files are checked against it."""

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Setting:
    """Type and range of one value."""

    kind: type[str] | type[int] | type[float]
    low: float = 0.0
    high: float = math.inf
    """`low` and `high` are allowed themselves."""
    choices: tuple[str, ...] = ()
    optional: bool = False
    """May be left out (none)."""

    def read(self, given: Any) -> str | int | float | None:
        """`given`, also as text, as this setting's type. Raises ValueError that says what fits."""
        if self.optional and (given is None or given == "none"):
            return None
        if self.kind is str:
            return self._read_text(given)
        try:
            number = float(given) if isinstance(given, str | int | float) and not isinstance(given, bool) else math.nan
        except (ValueError, OverflowError):
            number = math.nan
        whole = self.kind is not int or (math.isfinite(number) and number == int(number) and number <= _MOST)
        if not (whole and self.low <= number <= self.high and math.isfinite(number)):
            raise ValueError(f"{given!r} does not fit: {self.fits()}")
        return int(number) if self.kind is int else number

    def _read_text(self, given: Any) -> str:
        if not isinstance(given, str) or not given or (self.choices and given not in self.choices):
            raise ValueError(f"{given!r} does not fit: {self.fits()}")
        return given

    def fits(self) -> str:
        """The values that fit, in words."""
        if self.kind is str:
            return "one of " + ", ".join(self.choices) if self.choices else "a text"
        words = "a whole number" if self.kind is int else "a number"
        span = f"{self.low:g} or more" if self.high == math.inf else f"from {self.low:g} to {self.high:g}"
        return f"{words}, {span}{', or none' if self.optional else ''}"


_MOST = 10**9
"""Steps, rows or tokens beyond any training; a typing error."""

TUNABLE: Mapping[str, Setting] = {
    "rank": Setting(int, 1, 1024),
    "alpha": Setting(float, 1e-3, 4096),
    "dropout": Setting(float, 0, 0.9),
    "target": Setting(str, choices=("all-linear",)),
    "learning_rate": Setting(float, 1e-9, 1),
    "epochs": Setting(float, 0.01, 1000),
    "max_steps": Setting(int, 1, optional=True),
    "batch_size": Setting(int, 1, 4096),
    "micro_batch": Setting(int, 1, 4096),
    "accumulation": Setting(int, 1, 4096),
    "warmup_ratio": Setting(float, 0, 0.99),
    "weight_decay": Setting(float, 0, 1),
    "scheduler": Setting(str, choices=("cosine", "linear", "constant")),
    "clip_norm": Setting(float, 1e-3, 1000),
    "max_length": Setting(int, 8),
    "seed": Setting(int, 0, 2**32 - 1),
    "eval_every": Setting(int, 1),
    "log_every": Setting(int, 1),
    "patience": Setting(int, 1, 1000),
    "precision": Setting(str, choices=("float32", "bfloat16")),
    "loss_on": Setting(str, choices=("assistant", "completion")),
    "general_file": Setting(str, optional=True),
    "general_share": Setting(float, 0, 0.9),
    "new_tokens": Setting(int, 1),
}
"""Values that a person may override with --set."""

FIXED: Mapping[str, Setting] = {
    "model": Setting(str),
    "model_fingerprint": Setting(str),
    "data_version": Setting(str),
    "method": Setting(str, choices=("lora", "full")),
    "general_sha256": Setting(str, optional=True),
}
"""Values that follow from the project, or have an option of their own."""


def check(given: Mapping[str, Any], known: Mapping[str, Setting]) -> tuple[dict[str, Any], list[str]]:
    """`given` as typed values, and every problem found in it in words."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in given.items():
        if key not in known:
            [near] = difflib.get_close_matches(key, known, n=1, cutoff=0)
            problems.append(f"unknown key {key!r}, nearest is {near!r}")
            continue
        try:
            values[key] = known[key].read(value)
        except ValueError as error:
            problems.append(f"{key}: {error}")
    return values, problems
