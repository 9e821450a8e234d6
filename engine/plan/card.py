"""The recipe that a model's makers found to suit it: recipe.toml beside the weights.

[lora] and [full], each with settings as `learning_rate = {value = 4e-3, why = "..."}`. `general_file` is relative to
the model's folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.plan.settings import TUNABLE, check

_HINT = 'a card has tables [lora] and [full] with lines like: rank = {value = 16, why = "the reason"}'


@dataclass(frozen=True, slots=True)
class Advice:
    """One value of the card."""

    value: Any
    why: str


def read_card(card: Mapping[str, Any], method: str, folder: Path) -> dict[str, Advice]:
    """The card's advice for `method`, checked; empty when it has none. Raises ModelError that names every problem."""
    table = card.get(method, {})
    malformed = [name for name in card if name not in ("lora", "full")]
    entries = table if isinstance(table, Mapping) else {}
    malformed += [
        name for name, entry in entries.items() if not isinstance(entry, Mapping) or {*entry} != {"value", "why"}
    ]
    whole = {name: entry for name, entry in entries.items() if name not in malformed}
    values, problems = check({name: entry["value"] for name, entry in whole.items()}, TUNABLE)
    problems += [f"{name} is not understood" for name in malformed]
    if problems or not isinstance(table, Mapping):
        found = "; ".join(problems) or f"{method} is no table"
        raise ModelError(f"the model's card: {found}", hint=_HINT, where=str(folder / "recipe.toml"))
    if values.get("general_file"):
        values["general_file"] = str(folder / values["general_file"])
    return {name: Advice(value, str(whole[name]["why"])) for name, value in values.items()}
