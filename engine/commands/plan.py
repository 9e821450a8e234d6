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

    from engine.commands.output import print_json
    from engine.planning import plan_project
    from engine.project import Project

    overrides = _overrides(args.set)
    project = Project.open(args.project)
    with project.changing("plan"):
        plan = plan_project(project, method=args.method, model=args.model, overrides=overrides)
    if args.json:
        print_json({"recipe": plan.recipe.values(), "reasons": plan.recipe.reasons, "estimate": asdict(plan.estimate)})
    else:
        _show(plan)
    return 0


def _overrides(pairs: list[str]) -> dict[str, str]:
    broken = [pair for pair in pairs if "=" not in pair]
    if broken:
        raise UsageError(f"not KEY=VALUE: {', '.join(broken)}", hint="for example: --set epochs=5")
    return {key.strip(): value.strip() for key, _, value in (pair.partition("=") for pair in pairs)}


def _show(plan: Any) -> None:
    from engine.commands.output import say, table

    recipe, estimate = plan.recipe, plan.estimate
    values = {name: getattr(recipe, name) for name in recipe.reasons}
    shown = {name: "none" if value is None else value for name, value in values.items()}
    print(table(("what", "value", "reason"), [(name, shown[name], why) for name, why in recipe.reasons.items()]))
    trained = f"{estimate.trained:,} trained numbers, {estimate.trained / estimate.parameters:.1%} of the model"
    say(f"estimated: {estimate.steps:,} steps; {trained}; {estimate.memory_bytes / 2**30:.1f} GiB memory")
    say(f"  how the memory is estimated: {estimate.memory_method}")
    say("change a value: tunewright plan --set KEY=VALUE; next: tunewright baseline")
