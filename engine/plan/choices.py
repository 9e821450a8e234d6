"""What a person has chosen for the plan, and how it is kept when the plan is made again."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from engine.errors import ModelError, UsageError
from engine.plan.settings import TUNABLE, check
from engine.project import Project
from engine.sample import proposed

BUILT_IN_NAME = "built-in"
"""Stands for the model that ships with the product where a folder is asked for."""


@dataclass(frozen=True, slots=True)
class Choices:
    """All that a person decides about a plan; the rest follows from data, model and machine."""

    method: str
    model: str
    """BUILT_IN_NAME, or a folder."""
    own: Mapping[str, str]
    """Values given with --set, by name, as text."""

    def command(self, now: "Choices") -> tuple[str, ...]:
        """The command that makes this plan where `now` is what is chosen: it names what differs."""
        method = ("--method", self.method) if self.method != now.method else ()
        model = ("--model", self.model) if self.model != now.model else ()
        changed = [name for name, value in self.own.items() if now.own.get(name) != value]
        sets = [part for name in changed for part in ("--set", f"{name}={self.own[name]}")]
        drops = [part for name in now.own if name not in self.own for part in ("--default", name)]
        return ("plan", "--keep", *method, *model, *sets, *drops)

    def changed(self, own: Mapping[str, str], defaults: Sequence[str]) -> dict[str, str]:
        """The person's values with `own` set and those named in `defaults` given back.

        Raises UsageError for a name that is no value to set.
        """
        unknown = [name for name in defaults if name not in TUNABLE]
        if unknown:
            raise UsageError(f"no value to set: {', '.join(unknown)}", hint=f"there are: {', '.join(TUNABLE)}")
        return {name: value for name, value in {**self.own, **own}.items() if name not in defaults}


def choices(project: Project) -> Choices:
    """Those of the plan there is; before the first plan what the project proposes in [suggest]."""
    settings = project.settings()
    plan = settings.get("plan", {})
    model = project.text("model", "path") or BUILT_IN_NAME
    if plan:
        return Choices("full" if plan.get("method") == "full" else "lora", model, _own(plan))
    general = None if settings.get("data", {}).get("general") else proposed(project).general_file
    return Choices("lora", model, {"general_file": general} if general else {})


def own_values(project: Project) -> dict[str, str]:
    """The values of [plan] that the person set, as `plan --set` takes them; empty without a plan."""
    return _own(project.settings().get("plan", {}))


def _own(plan: Mapping[str, Any]) -> dict[str, str]:
    reasons = plan.get("reasons")
    given = reasons.items() if isinstance(reasons, Mapping) else ()
    return {name: as_text(plan.get(name)) for name, why in given if name in TUNABLE and chosen_by(str(why)) == "yours"}


def chosen_by(reason: str) -> Literal["yours", "card", "rule"]:
    """Whose voice a value has, by its reason: the person's, the model's card's, or a rule's."""
    return "yours" if reason.startswith("yours") else "card" if reason.startswith("the model's card") else "rule"


def as_text(value: Any) -> str:
    """A value of a recipe as `plan --set` takes it."""
    return "none" if value is None else str(value)


def check_own(name: str, text: str) -> None:
    """Raises UsageError, with what fits, when `text` is no value for the setting `name`."""
    _, problems = check({name: text.strip()}, TUNABLE)
    if problems:
        raise UsageError("; ".join(problems), hint="without a value of yours the default holds")


def model_folder(text: str) -> Path:
    """The model folder that `text` names, not looked into: the plan does that. Raises ModelError when there is none."""
    folder = Path(os.path.expanduser(text.strip())).absolute()
    if not text.strip() or not (folder / "config.json").is_file():
        raise ModelError(
            "no model folder here: it has no config.json",
            hint="the folder that save_pretrained wrote: config.json, model.safetensors, tokenizer.json",
            where=str(folder) if text.strip() else None,
        )
    return folder
