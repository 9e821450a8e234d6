"""`tunewright cost`: the what-if. What tuning costs, what it saves, from which volume on, and how sure that is."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.errors import UsageError

if TYPE_CHECKING:
    from engine.costing import Case, ProjectFacts, Scenario
    from engine.project import Project
    from engine.providers.entries import Catalogue


def add(commands: Any) -> None:
    parser = commands.add_parser("cost", help="what tuning costs and saves, when it pays back, and how sure that is")
    parser.add_argument(
        "--set", action="append", default=[], metavar="LEVER=VALUE", help="200k, 2.5M, 80%%, $0.84; repeatable"
    )
    parser.add_argument(
        "--range", action="append", default=[], metavar="LEVER=LEAST..GREATEST", help="of the simulation; repeatable"
    )
    parser.add_argument("--scenario", metavar="NAME", help="begin with a scenario: its name, or a TOML file")
    parser.add_argument("--save", metavar="NAME", help="keep the levers that are set, under a name, in the project")
    parser.add_argument(
        "--compare", nargs="+", metavar="NAME", help="up to three side by side: names or files; now: what is set here"
    )
    parser.add_argument("--export", metavar="DIR", help="write CSV files and a Markdown page")
    parser.add_argument(
        "--format", choices=("all", "csv", "markdown"), default="all", help="with --export: one kind of file alone"
    )
    parser.add_argument("--replace", action="store_true", help="with --save and --export: replace what is there")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--levers", action="store_true", help="list every lever: value, bounds, default and its reason")
    what.add_argument("--curves", action="store_true", help="draw what both have cost, month by month")
    what.add_argument("--scenarios", action="store_true", help="list the scenarios of the project")
    what.add_argument("--delete", metavar="NAME", help="delete a scenario of the project")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    from engine.clock import today
    from engine.commands.cost_text import show_compared, show_levers, show_result
    from engine.costing import facts
    from engine.project import Project
    from engine.providers import catalogue

    _refuse_idle(args)
    project = Project.around(args.project)
    if args.scenarios or args.delete is not None:
        _kept(args, project)
        return 0
    world = (catalogue.for_project(project, today()), facts(project))
    scenario = _set(_scenario(project, args.scenario), args.set, args.range)
    cases = _cases(project, args.compare, scenario, world) if args.compare else [_case(scenario, world)]
    if args.curves:
        from engine.commands.cost_curves import show_curves

        show_curves(args, cases[0])
        return 0
    if args.levers:
        show_levers(args, cases[0])
        return 0
    if args.save is not None:
        _case(scenario, world)
        _save(args, project, scenario)
    _export(args, cases)
    if args.compare:
        show_compared(args, cases)
    else:
        show_result(args, cases[0])
    return 0


def _refuse_idle(args: argparse.Namespace) -> None:
    """Raises UsageError for options that a list would pass over in silence."""
    lists = {"levers": args.levers, "curves": args.curves, "scenarios": args.scenarios, "delete": args.delete}
    alone = next((name for name, given in lists.items() if given not in (None, False)), None)
    given = {"save": args.save, "export": args.export, "compare": args.compare}
    if args.scenarios or args.delete is not None:
        given |= {"set": args.set or None, "range": args.range or None, "scenario": args.scenario}
    idle = [f"--{name}" for name, value in given.items() if value is not None]
    if alone and idle:
        raise UsageError(f"--{alone} does nothing with {', '.join(idle)}", hint="ask for the one, then for the other")


def _needed(project: "Project | None") -> "Project":
    if project is None:
        hint = "make one with `tunewright new DIR`, or name one with --project DIR"
        raise UsageError("scenarios are kept in a project, and there is none here", hint=hint)
    return project


def _kept(args: argparse.Namespace, project: "Project | None") -> None:
    from engine import scenarios
    from engine.commands.output import print_made

    here = _needed(project)
    if args.delete is not None:
        with here.changing("cost"):
            scenarios.delete(here, args.delete)
        print_made(args, {"deleted": args.delete}, [f"deleted scenario {args.delete}"])
        return
    names = scenarios.names(here)
    none = "no scenarios yet: tunewright cost --set LEVER=VALUE --save NAME"
    print_made(args, {"scenarios": list(names)}, names or [none])


def _scenario(project: "Project | None", given: str | None) -> "Scenario":
    """What --scenario or --compare names: a scenario of the project, else a file."""
    from engine import scenarios
    from engine.costing import Scenario

    if given is None:
        return Scenario()
    if project is not None and given in scenarios.names(project):
        return scenarios.load(project, given)
    if project is None or Path(given).exists():
        return scenarios.read_file(Path(given))
    return scenarios.load(project, given)


def _set(scenario: "Scenario", settings: Sequence[str], ranges: Sequence[str]) -> "Scenario":
    """`scenario` with what --set and --range say. Raises UsageError with every problem of them."""
    from engine.costing import set_lever
    from engine.costing.problems import at, together
    from engine.costing.ranging import set_range

    problems: list[UsageError] = []
    for change, given in (*((set_lever, one) for one in settings), *((set_range, one) for one in ranges)):
        name, equals, value = given.partition("=")
        with at(name.strip(), problems):
            if not equals or not name.strip():
                raise UsageError(f"{given!r} sets nothing", hint="--set LEVER=VALUE, --range LEVER=LEAST..GREATEST")
            scenario = change(scenario, name.strip(), value)
    if problems:
        raise together(problems)
    return scenario


def _case(scenario: "Scenario", world: "tuple[Catalogue, ProjectFacts]") -> "Case":
    from engine.clock import today
    from engine.costing import case

    return case(scenario, *world, today())


def _cases(
    project: "Project | None", names: Sequence[str], scenario: "Scenario", world: "tuple[Catalogue, ProjectFacts]"
) -> "list[Case]":
    """One a name; `now` is what --scenario and --set say. A single name is compared with that."""
    from dataclasses import replace

    from engine.costing.problems import at, together
    from engine.scenarios import MOST_COMPARED

    if len(names) > MOST_COMPARED:
        hint = f"name up to {MOST_COMPARED}: more columns do not fit a terminal"
        raise UsageError(f"{len(names)} scenarios cannot be compared", hint=hint)
    wanted = ["now", *names] if len(names) == 1 and names != ["now"] else names
    problems: list[UsageError] = []
    cases: list[Case] = []
    for name in wanted:
        with at(f"scenario {name}", problems):
            one = replace(scenario, name=scenario.name or "now") if name == "now" else _scenario(project, name)
            cases.append(_case(one, world))
    if problems:
        raise together(problems)
    return cases


def _save(args: argparse.Namespace, project: "Project | None", scenario: "Scenario") -> None:
    from dataclasses import replace
    from shlex import quote

    from engine import scenarios
    from engine.commands.output import say

    here = _needed(project)
    with here.changing("cost"):
        path = scenarios.save(here, replace(scenario, name=args.save), replace=args.replace)
    say(f"saved as {path.relative_to(here.root)}: tunewright cost --scenario {quote(path.stem)} opens it again")


def _export(args: argparse.Namespace, cases: "Sequence[Case]") -> None:
    from engine.commands.output import say

    if args.export is None:
        return
    from engine.project import typed_folder
    from engine.scenario_export import export

    for path in export(cases, typed_folder(args.export), replace=args.replace, format=args.format):
        say(f"written: {path}")
