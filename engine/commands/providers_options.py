"""What is typed after `tunewright providers`, and what is asked on a terminal where it was not."""

import argparse
from typing import TYPE_CHECKING, Any

from engine.errors import UsageError
from engine.where.asked import ASKED

if TYPE_CHECKING:
    from engine.project import Project
    from engine.providers.entries import Catalogue
    from engine.where.choosing import Consent, Needs
    from engine.where.constraints import Constraints


def add_filters(parser: Any) -> None:
    """The constraints and what is shown."""
    asked = parser.add_argument_group("constraints, kept in the project where there is one; `any` asks nothing")
    for one in ASKED:
        word = one.flag.strip("-").replace("-", "_").upper()
        asked.add_argument(
            one.flag, dest=f"asked_{one.name}", metavar=word, help=f"{one.title}, such as {one.example}: {one.why}"
        )
    shown = parser.add_argument_group("what is shown").add_mutually_exclusive_group()
    shown.add_argument("--fits", action="store_true", help="only what fits")
    shown.add_argument("--all", action="store_true", help="as if nothing were asked")
    parser.add_argument("--wide", action="store_true", help="every column, one line each")


def refuse_filters(args: argparse.Namespace) -> None:
    """Raises UsageError for options of the list before another verb, where they would do nothing."""
    typed = [one.flag for one in ASKED if getattr(args, f"asked_{one.name}") is not None]
    typed += [f"--{name}" for name in ("fits", "all", "wide") if getattr(args, name)]
    if typed:
        hint = f"tunewright providers {typed[0]} ..., without a verb"
        raise UsageError(f"{typed[0]} is for the list alone", hint=hint)


def wanted(args: argparse.Namespace, project: "Project | None", catalogue: "Catalogue") -> "Constraints":
    """What is asked of destinations: the project's constraints with those typed, which are kept; none with --all.

    Raises UsageError for those that cannot be.
    """
    from engine.where.constraints import Constraints, checked, constrain, constraints

    typed = {one.name: getattr(args, f"asked_{one.name}") for one in ASKED}
    given = {name: text for name, text in typed.items() if text is not None}
    if args.all and given:
        raise UsageError("--all asks nothing of them", hint="leave --all out, or the constraints")
    if args.all:
        return Constraints()
    if project and given:
        with project.changing("providers"):
            return constrain(project, given, catalogue)
    values = {name: value for name, value in checked(given, catalogue).items() if value is not None}
    return constraints(project) if project else Constraints(**values)


def answered(args: argparse.Namespace, asked: "Needs") -> tuple[str | None, "Consent | bool"]:
    """(what was typed, what was agreed to): from the options, or asked for where a person sits at a terminal."""
    import sys

    from engine.asking import choose, text
    from engine.commands.output import say

    typed, agreed = args.confirm, args.consent
    if asked.refused or args.json or not sys.stdin.isatty():
        return typed, agreed
    if asked.typed and typed is None:
        for line in asked.why_typed:
            say(f"! {line}")
        typed = text(f"Type {asked.typed} to choose it all the same")
        if typed.strip() != asked.typed:
            return typed, agreed
    if asked.consent and not agreed:
        for name, line in asked.consent.lines():
            say(f"{name}: {line}")
        answers = (("n", "no"), ("y", "yes, and it is written down"))
        yes = choose("Do you agree that this leaves this machine?", answers, "n") == "y"
        return typed, asked.consent if yes else False
    return typed, agreed


def price(text: str) -> float | None:
    """What was typed as a price; None for the catalogue's. Raises UsageError."""
    from engine.costs.typed import number

    if text.strip().lower() == "default":
        return None
    value = number(text)
    if value is None:
        raise UsageError(f"{text!r} is no price", hint="an amount in USD such as 3.99, or: default")
    return value
