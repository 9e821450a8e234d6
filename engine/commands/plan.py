"""`tunewright plan`: the recipe, with a reason for every value."""

import argparse
from pathlib import Path
from typing import Any

from engine.errors import UsageError


def add(commands: Any) -> None:
    parser = commands.add_parser("plan", help="the recipe, with a reason for every value")
    parser.add_argument("--method", choices=("lora", "full"), help="what is trained (default: lora)")
    parser.add_argument(
        "--model", type=Path, metavar="DIR", help="folder of the base model, or built-in (default: the project's)"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="your own value, for this plan; repeatable"
    )
    parser.add_argument(
        "--keep",
        action="store_true",
        help="keep your values and the method of the plan before; before the first plan, what the project proposes",
    )
    parser.add_argument(
        "--default", action="append", default=[], metavar="KEY", help="with --keep: give a value of yours back"
    )
    parser.add_argument("--reasons", action="store_true", help="print every reason in full")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.commands.output import print_json, say_next
    from engine.plan.choices import BUILT_IN_NAME, Choices, choices, own_values
    from engine.planning import plan_project
    from engine.project import Project

    overrides = _overrides(args.set)
    project = Project.open(args.project)
    before = own_values(project)
    with project.changing("plan"):
        kept = choices(project) if args.keep else Choices("lora", BUILT_IN_NAME, {})
        method, values = args.method or kept.method, kept.changed(overrides, args.default)
        plan = plan_project(project, method=method, model=args.model, overrides=values)
    if args.json:
        print_json({"recipe": plan.recipe.values(), "reasons": plan.recipe.reasons, "estimate": asdict(plan.estimate)})
    else:
        _show(plan, in_full=args.reasons)
        _say_dropped([name for name in before if name not in own_values(project)])
        say_next(project)
    return 0


def _say_dropped(names: list[str]) -> None:
    from engine.commands.output import say

    if names:
        said = "give them with --set again, or plan with --keep, to keep them"
        say(f"no longer yours, as in the plan before: {', '.join(names)}; {said}")


def _overrides(pairs: list[str]) -> dict[str, str]:
    broken = [pair for pair in pairs if "=" not in pair]
    if broken:
        raise UsageError(f"not KEY=VALUE: {', '.join(broken)}", hint="for example: --set epochs=5")
    return {key.strip(): value.strip() for key, _, value in (pair.partition("=") for pair in pairs)}


def _show(plan: Any, *, in_full: bool) -> None:
    from engine.commands.output import say, table
    from engine.plan.choices import as_text, chosen_by
    from engine.plan.glossary import GLOSSARY

    recipe, estimate = plan.recipe, plan.estimate
    rows = [(name, as_text(getattr(recipe, name)), recipe.reasons[name]) for name in GLOSSARY]
    # Yours last, where the eye is when a long table has run through.
    rows.sort(key=lambda row: chosen_by(row[2]) == "yours")
    print(table(("what", "value", "reason"), rows if in_full else _cut(rows)))
    say(f"estimated: {estimate.said()}")
    if in_full:
        say(f"  how the memory is estimated: {estimate.memory_method}")
    else:
        say("reasons in full, and how the memory is estimated: tunewright plan --keep --reasons")
    say("change values: tunewright plan --keep --set KEY=VALUE")


_NAME, _VALUE, _GAPS = 13, 20, 6
"""Columns for names (the longest has 13) and values, and between the columns: a value is one line of the terminal."""


def _cut(rows: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    import shutil
    import sys

    room = max(20, shutil.get_terminal_size((80, 24)).columns - _NAME - _VALUE - _GAPS)
    more = "…" if "utf" in (sys.stdout.encoding or "").lower() else "~"
    return [(name, _end(value, more), _start(why, room, more)) for name, value, why in rows]


def _start(why: str, room: int, more: str) -> str:
    from engine.safe_text import one_line

    # Made safe before it is cut: half an escape sequence would not be known as one.
    said = one_line(why.removeprefix("the model's "), 4096)
    return said if len(said) <= room else said[: room - 1] + more


def _end(value: str, more: str) -> str:
    """The end of a long value: of a path it tells most."""
    return value if len(value) <= _VALUE else more + value[1 - _VALUE :]
