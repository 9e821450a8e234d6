"""The recipe: all that decides what a training run does, each value with its reason."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from engine.errors import ModelError, UsageError
from engine.model import ModelFacts, inspect_model
from engine.plan.settings import FIXED, TUNABLE, check
from engine.project import Project, RunFolder

_PLAN_AGAIN = "make a new one with `tunewright plan`"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Frozen when a run starts; a run with another value is another run."""

    model: str
    """Folder of the base model."""
    model_fingerprint: str
    data_version: str
    method: str
    """lora or full."""
    rank: int
    alpha: float
    dropout: float
    target: str
    learning_rate: float
    epochs: float
    max_steps: int | None
    """Optimizer steps that end the run whatever the epochs; None: no such limit."""
    batch_size: int
    """Rows per optimizer step: micro_batch times accumulation."""
    micro_batch: int
    accumulation: int
    warmup_ratio: float
    """Share of the steps over which the learning rate rises to its height."""
    weight_decay: float
    scheduler: str
    clip_norm: float
    max_length: int
    """Tokens; longer rows lose their end."""
    seed: int
    eval_every: int
    """Optimizer steps between evaluations, each with a checkpoint."""
    log_every: int
    patience: int
    """Evaluations without improvement that end the run."""
    precision: str
    loss_on: str
    """assistant: every turn of the assistant is trained, as the template marks them; completion: the last answer."""
    general_file: str | None
    general_sha256: str | None
    """Of that file as it was when planned: a resumed run must read the same rows."""
    general_share: float
    """General rows as a share of all rows trained on; 0: none."""
    new_tokens: int
    """Tokens at most when answers are generated."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """One for every value."""

    def values(self) -> dict[str, Any]:
        """All but the reasons; what is None is left out, as TOML has no word for it."""
        return {name: value for name, value in asdict(self).items() if name != "reasons" and value is not None}

    def hash(self) -> str:
        """SHA-256 over the values; reasons don't count."""
        return hashlib.sha256(json.dumps(self.values(), sort_keys=True).encode()).hexdigest()

    def facts(self) -> dict[str, str]:
        """What evidence about a run of this recipe rests on, by the names of engine.journey."""
        return {"data": self.data_version, "model": self.model_fingerprint, "recipe": self.hash()}

    def to_toml(self) -> str:
        """The recipe as a file, with the reason beside each value."""
        import tomlkit

        document = tomlkit.document()
        for name, value in self.values().items():
            document[name] = value
        document["reasons"] = dict(self.reasons)
        return tomlkit.dumps(document)

    @classmethod
    def from_toml(cls, text: str) -> Self:
        """Raises UsageError when the text is not TOML or not a recipe."""
        try:
            given = tomllib.loads(text)
        except ValueError as error:
            raise UsageError(f"the recipe is not TOML: {error}", hint=_PLAN_AGAIN) from error
        return cls.from_values(given)

    @classmethod
    def from_values(cls, given: Mapping[str, Any]) -> Self:
        """A recipe from plain values, as in [plan] of project.toml. Raises UsageError that names every problem."""
        reasons = given.get("reasons", {})
        known = {**FIXED, **TUNABLE}
        values, problems = check({key: value for key, value in given.items() if key not in ("reasons", "hash")}, known)
        optional = {name for name, setting in known.items() if setting.optional}
        names = [one.name for one in fields(cls) if one.name != "reasons"]
        problems += [f"{name} is missing" for name in names if name not in given and name not in optional]
        if not isinstance(reasons, Mapping):
            problems.append("reasons is no table")
        elif not problems and values["micro_batch"] * values["accumulation"] != values["batch_size"]:
            problems.append("micro_batch times accumulation is not batch_size")
        if problems:
            raise UsageError(f"not a recipe: {'; '.join(problems)}", hint=_PLAN_AGAIN)
        return cls(
            **{**dict.fromkeys(optional), **values}, reasons={str(key): str(value) for key, value in reasons.items()}
        )


def check_base(recipe: Recipe) -> ModelFacts:
    """The recipe's base model. Raises ModelError when its files are not those that were planned with."""
    facts = inspect_model(Path(recipe.model), require_template=True)
    if facts.fingerprint != recipe.model_fingerprint:
        raise ModelError(
            "the model is not the one that was planned with: its files have changed",
            hint="put the old files back, or plan again",
            where=recipe.model,
        )
    return facts


def frozen(run: RunFolder) -> Recipe:
    """The recipe that `run` was started with. Raises UsageError when its file is damaged."""
    try:
        return Recipe.from_toml(run.recipe.read_text(encoding="utf-8"))
    except (UsageError, UnicodeDecodeError) as error:
        hint = "restore the file from a copy; without it the run cannot go on: start a new one with `tunewright train`"
        raise UsageError(str(error), hint=hint, where=str(run.recipe)) from error


def planned(project: Project) -> Recipe:
    """The recipe in [plan] of project.toml. Raises UsageError when there is none, or it was changed by hand since."""
    stored = project.settings().get("plan")
    if not stored:
        raise UsageError(
            "there is no plan yet", hint="make one with `tunewright plan`", where=str(project.settings_file)
        )
    recipe = Recipe.from_values(stored)
    if recipe.hash() != stored.get("hash"):
        raise UsageError(
            "[plan] was changed by hand: its reasons and its evidence no longer belong to it",
            hint="change values with `tunewright plan --set KEY=VALUE`",
            where=str(project.settings_file),
        )
    return recipe


def store(project: Project, recipe: Recipe) -> None:
    """Replaces [plan] of project.toml by `recipe`."""
    left_out = {name: None for name, setting in {**TUNABLE, **FIXED}.items() if setting.optional}
    project.set("plan", {**left_out, **recipe.values(), "reasons": dict(recipe.reasons), "hash": recipe.hash()})
