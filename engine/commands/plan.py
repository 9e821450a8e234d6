"""`tunewright plan`: the recipe, with a reason for every value."""

import argparse
from pathlib import Path
from typing import Any

from engine.errors import UsageError


def add(commands: Any) -> None:
    parser = commands.add_parser("plan", help="the recipe, with a reason for every value")
    parser.add_argument("--method", choices=("lora", "full"), default="lora", help="what is trained (default: lora)")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="folder of the base model, or built-in (default: the project's)"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="your own value, for this plan; repeatable"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.commands.output import print_json, say_next
    from engine.planning import plan_project
    from engine.project import Project

    overrides = _overrides(args.set)
    project = Project.open(args.project)
    before = project.settings().get("plan", {}).get("reasons", {})
    with project.changing("plan"):
        plan = plan_project(project, method=args.method, model=args.model, overrides=overrides)
    if args.json:
        print_json({"recipe": plan.recipe.values(), "reasons": plan.recipe.reasons, "estimate": asdict(plan.estimate)})
    else:
        _show(plan)
        _say_dropped(before, plan.recipe.reasons)
        say_next(project)
    return 0


def _say_dropped(before: dict[str, str], now: Any) -> None:
    from engine.commands.output import say

    dropped = [name for name, why in before.items() if why.startswith("yours") and not now[name].startswith("yours")]
    if dropped:
        say(f"no longer yours, as in the plan before: {', '.join(dropped)}; give them with --set again to keep them")


def _overrides(pairs: list[str]) -> dict[str, str]:
    broken = [pair for pair in pairs if "=" not in pair]
    if broken:
        raise UsageError(f"not KEY=VALUE: {', '.join(broken)}", hint="for example: --set epochs=5")
    return {key.strip(): value.strip() for key, _, value in (pair.partition("=") for pair in pairs)}


def _show(plan: Any) -> None:
    from engine.commands.output import say, table

    recipe, estimate = plan.recipe, plan.estimate
    digests = ("model_fingerprint", "general_sha256")
    shown = [(name, getattr(recipe, name), why) for name, why in recipe.reasons.items() if name not in digests]
    # Yours last, where the eye is when a long table has run through.
    shown.sort(key=lambda row: row[2].startswith("yours"))
    print(table(("what", "value", "reason"), [(a, "none" if b is None else b, c) for a, b, c in shown]))
    trained = f"{estimate.trained:,} trained numbers, {estimate.trained / estimate.parameters:.1%} of the model"
    say(f"estimated: {estimate.steps:,} steps; {trained}; {estimate.memory_bytes / 2**30:.1f} GiB memory")
    say(f"  how the memory is estimated: {estimate.memory_method}")
    say("change values: tunewright plan --set KEY=VALUE, all of yours at once")
