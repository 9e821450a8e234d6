"""What a project asks of a destination: privacy, region, method, model size and budget, kept in [where]."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from engine.costing.facts import facts
from engine.costs import typed
from engine.data.versions import open_version
from engine.decide.record import stored_answers
from engine.errors import UsageError
from engine.project import Project
from engine.providers.entries import Catalogue
from engine.where.asked import ASKED

EPOCHS = 3.0
"""Where there is no plan yet: the plan's own default."""
HORIZON_MONTHS = 12.0
"""As the cost levers have it."""
PRIVACY: Mapping[str, str] = {
    "any": "the data may leave this machine",
    "zero-retention": "only where nothing of the data is kept",
    "here": "the data may not leave this machine",
}


@dataclass(frozen=True, slots=True)
class Constraints:
    """What the project asks of a destination; None asks nothing."""

    privacy: str = "any"
    """One of PRIVACY."""
    region: str | None = None
    method: str | None = None
    model_size_b: float | None = None
    """Billion parameters of the model wanted: half as many to twice as many fit."""
    budget: float | None = None
    """USD for one training."""
    budget_month: float | None = None
    """USD a month for serving."""
    horizon_months: float = HORIZON_MONTHS
    rows: int | None = None
    """Of train and validation; None: no data version yet."""
    train_tokens: float | None = None
    """Tokens of one epoch of train, as estimated; None: not known."""
    epochs: float = EPOCHS
    plan_method: str | None = None
    """Of training, as the plan has it: "lora" or "full"."""
    model: str | None = None
    """The project's base model as its folder calls it; None: none was chosen."""
    answered: frozenset[str] = frozenset()
    """Names of those above that come from Decide's answers, not from [where]."""


_NUMBERS = {"model_size_b": 10_000.0, "budget": 1e9, "budget_month": 1e9, "horizon_months": 120.0}
"""The greatest that is taken for meant."""


def constraints(project: Project | None) -> Constraints:
    """What Decide's answers, [where] of project.toml and the data say; nothing without a project.

    Raises UsageError for a damaged [where], and what a damaged version raises.
    """
    if project is None:
        return Constraints()
    kept = _kept(project)
    answers = stored_answers(project)
    said = {"budget": answers.get("training_budget"), "budget_month": answers.get("tuned_spend_per_month")}
    if answers.get("data_may_leave") == "no":
        said["privacy"] = "here"
        kept.pop("privacy", None)
    answered = {name: value for name, value in said.items() if value is not None and name not in kept}
    return Constraints(**{**_data(project), **answered, **kept}, answered=frozenset(answered))


def asked_for(asked: Constraints) -> str:
    """The constraints in words, those of Decide marked; empty for none."""
    texts = {
        "privacy": {"here": "the data stays here", "zero-retention": "zero retention"}.get(asked.privacy),
        "region": asked.region and f"region {asked.region}",
        "method": asked.method and f"method {asked.method}",
        "model_size_b": asked.model_size_b and f"a model of about {asked.model_size_b:g}B",
        "budget": asked.budget is not None and f"${asked.budget:,.0f} a training",
        "budget_month": asked.budget_month is not None and f"${asked.budget_month:,.0f} a month for serving",
    }
    named = [(name, text) for name, text in texts.items() if text]
    return ", ".join(f"{text}{' (Decide)' if name in asked.answered else ''}" for name, text in named)


def constrain(project: Project, given: Mapping[str, str | None], catalogue: Catalogue) -> Constraints:
    """Keeps constraints as they were typed, by name; None, "" or "any" asks nothing any more.

    Call it inside project.changing(). Raises UsageError that names every one that cannot be; nothing is kept then.
    """
    values = checked(given, catalogue)
    if values.get("privacy") in ("any", "zero-retention") and "privacy" in constraints(project).answered:
        hint = "change the answer to 'May the data leave this machine?' in step Decide: tunewright decide"
        raise UsageError("privacy: Decide says that the data may not leave this machine", hint=hint)
    project.set("where", values)
    return constraints(project)


def checked(given: Mapping[str, str | None], catalogue: Catalogue) -> dict[str, Any]:
    """`given` as values, None where nothing is asked. Raises UsageError that names every one that cannot be."""
    problems, values = [], {}
    for name, text in given.items():
        said = (text or "").strip()
        try:
            values[name] = _value(name, said, catalogue) if said and (said != "any" or name == "privacy") else None
        except UsageError as error:
            problems.append(error)
    if problems:
        raise UsageError("; ".join(one.message for one in problems), hint="; ".join(one.hint for one in problems))
    return values


def _value(name: str, text: str, catalogue: Catalogue) -> str | float:
    if name in _NUMBERS:
        return _number(name, text)
    known = choices(catalogue).get(name)
    if known is None:
        raise UsageError(f"no constraint {name!r}", hint=f"there are {', '.join(one.name for one in ASKED)}")
    found = {one.casefold(): one for one in known}
    if text.casefold() not in found:
        near = get_close_matches(text.casefold(), found, n=1)
        hint = (f"nearest is {found[near[0]]!r}; " if near else "") + f"one of {', '.join(known)}"
        raise UsageError(f"{name}: {text!r} is offered nowhere", hint=f"{hint}; or any")
    return found[text.casefold()]


def _number(name: str, text: str) -> float:
    value = typed.number(text.lower().removesuffix("b") if name == "model_size_b" else text)
    if value is None or not 0 < value <= _NUMBERS[name] or not math.isfinite(value):
        example = next(one.example for one in ASKED if one.name == name)
        hint = f"a number over 0 and up to {_NUMBERS[name]:,.0f}, such as {example}; or any"
        raise UsageError(f"{name}: {text!r} is no such number", hint=hint)
    return value


def choices(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """What the catalogue's destinations offer, by constraint."""
    regions = sorted({region for one in catalogue.destinations for region in one.regions})
    methods = sorted({method for one in catalogue.destinations for method in one.methods}, key=str.casefold)
    return {"privacy": tuple(PRIVACY), "region": tuple(regions), "method": tuple(methods)}


def _kept(project: Project) -> dict[str, Any]:
    """[where] as it stands, each value looked at: the file may have been edited by hand."""
    table = project.settings().get("where", {})
    kept: dict[str, Any] = {}
    takes: dict[str, Callable[[Any], bool]] = {name: _is_amount for name in _NUMBERS}
    takes |= {"privacy": _is_privacy, "region": _is_word, "method": _is_word}
    for name, fits in takes.items():
        value = table.get(name)
        if value is not None and not fits(value):
            hint = "mend or remove it; `tunewright providers` sets it"
            raise UsageError(f"[where] {name}: {value!r} cannot be", hint=hint, where=str(project.settings_file))
        kept |= {} if value is None else {name: value}
    return kept


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1e9


def _is_privacy(value: Any) -> bool:
    return isinstance(value, str) and value in PRIVACY


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 40


def _data(project: Project) -> dict[str, Any]:
    """What the current version and the plan say of a training."""
    name, known = project.data_version(), facts(project)
    planned = {"model": known.model, "plan_method": known.method}
    if name is None:
        return planned
    split = open_version(project.version_folder(name)).manifest.get("split")
    held = split["counts"]["validation"] if split else 0
    tokens = known.rows * known.tokens_per_row if known.rows and known.tokens_per_row else None
    rows = (known.rows or 0) + held
    return {"rows": rows, "train_tokens": tokens, "epochs": known.epochs or EPOCHS, **planned}
