"""`tunewright providers`: where the model can be trained and served; show, choose, price, upload."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.project import Project
    from engine.providers.entries import Catalogue

_MOST = 1_000_000
"""Characters of a list or page."""


def add(commands: Any) -> None:
    from engine.commands.providers_options import add_filters

    parser = commands.add_parser("providers", help="where it can be trained and served, and on which terms")
    add_filters(parser)
    parser.set_defaults(run=run)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    show = verbs.add_parser("show", help="all that is known of one, with source and age of every figure")
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=_verb(run_show))
    choose = verbs.add_parser("choose", help="make it the project's destination")
    choose.add_argument("id", metavar="ID")
    choose.add_argument("--confirm", metavar="ID", help="its name again, where hours are billed or it ends soon")
    choose.add_argument("--consent", action="store_true", help="agree that the data leaves this machine, as it is told")
    choose.set_defaults(run=_verb(run_choose))
    price = verbs.add_parser("price", help="put your own price in the place of the catalogue's")
    price.add_argument("id", metavar="ID", help="a destination, a model, or DESTINATION/MODEL")
    fields = "input, cached_input, output, train, per_hour, storage or batch_discount"
    price.add_argument("field", metavar="FIELD", help=fields)
    price.add_argument("value", metavar="VALUE", help="USD (a share for batch_discount), or: default")
    price.set_defaults(run=_verb(run_price))
    upload = verbs.add_parser("upload", help="write the files for it, checked by its rules; nothing is sent")
    upload.add_argument("id", metavar="ID")
    upload.add_argument("--to", type=Path, metavar="FOLDER", help="default: exports/upload-ID")
    upload.add_argument("--model", metavar="NAME", help="which of its models the commands name (default: its first)")
    upload.add_argument("--leave-out", action="store_true", help="go on without rows that it would refuse")
    upload.set_defaults(run=_verb(run_upload))


def _verb(act: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """`act`, unless options of the list were typed before the verb."""

    def run_verb(args: argparse.Namespace) -> int:
        from engine.commands.providers_options import refuse_filters

        refuse_filters(args)
        return act(args)

    return run_verb


def _catalogue(project: "Project | None") -> "Catalogue":
    """The catalogue, with the project's own prices; what could not be used of it is said."""
    from engine.clock import today
    from engine.commands.output import say
    from engine.providers import catalogue

    found = catalogue.for_project(project, today())
    for problem in found.problems:
        say(f"left out: {problem}")
    return found


def run(args: argparse.Namespace) -> int:
    from engine.clock import today
    from engine.commands.output import print_json, say
    from engine.commands.providers_options import wanted
    from engine.commands.providers_text import document, listing
    from engine.project import Project
    from engine.safe_text import safe_text
    from engine.where.destinations import candidates

    project = Project.around(args.project)
    catalogue = _catalogue(project)
    asked = wanted(args, project, catalogue)
    found = [one for one in candidates(catalogue, asked, today()) if one.fits or not args.fits]
    if args.json:
        print_json(document(found, asked, catalogue, today()))
        return 0
    print(safe_text("\n".join(listing(found, asked, wide=args.wide)), _MOST))
    fits = sum(one.fits for one in found)
    say(f"{fits} of {len(catalogue.destinations)} fit; all of one: tunewright providers show ID")
    return 0


def run_show(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.clock import today
    from engine.commands.output import print_json
    from engine.commands.providers_text import page_lines
    from engine.project import Project
    from engine.providers.catalogue import destination
    from engine.safe_text import safe_text
    from engine.where.page import page

    project = Project.around(args.project)
    catalogue = _catalogue(project)
    found = page(catalogue, args.id, project, today())
    if args.json:
        print_json({**asdict(found), "destination": asdict(destination(catalogue, args.id))})
    else:
        print(safe_text("\n".join(page_lines(found)), _MOST))
    return 0


def run_choose(args: argparse.Namespace) -> int:
    from dataclasses import asdict

    from engine.clock import today
    from engine.commands.output import print_json, say, say_next, show
    from engine.commands.providers_options import answered
    from engine.project import Project
    from engine.where.choosing import choose, needs

    project = Project.open(args.project)
    catalogue = _catalogue(project)
    asked = needs(project, args.id, catalogue, today())
    typed, consented = answered(args, asked)
    with project.changing("providers choose"):
        made = choose(project, args.id, typed, consented, catalogue, today())
    if args.json:
        print_json({**asdict(made), "burn_usd_per_month": asked.burn_per_month, "warnings": asked.candidate.warnings})
        return 0
    show(made.id)
    for name, text in asked.consent.lines() if asked.consent else ():
        say(f"agreed: {name}: {text}")
    say_next(project)
    return 0


def run_price(args: argparse.Namespace) -> int:
    from engine.clock import today
    from engine.commands.output import print_json, say
    from engine.commands.providers_options import price
    from engine.project import Project
    from engine.providers.catalogue import set_price

    project = Project.open(args.project)
    value = price(args.value)
    with project.changing("providers price"):
        set_price(project, args.id, args.field, value, today())
    if args.json:
        print_json({"id": args.id, "field": args.field, "value": value})
    elif value is None:
        say(f"{args.id} {args.field}: the catalogue's price again")
    else:
        say(f"{args.id} {args.field}: {value:g}, your own price from now on; kept in project.toml")
    return 0


def run_upload(args: argparse.Namespace) -> int:
    from engine.clock import today
    from engine.commands.output import Progress, print_made
    from engine.commands.providers_text import upload_document, upload_lines
    from engine.data.adopt import current
    from engine.project import Project
    from engine.where.uploading import upload

    project = Project.open(args.project)
    catalogue = _catalogue(project)
    with project.changing("providers upload"), Progress(len(current(project)), "rows written") as progress:
        made = upload(
            project,
            args.id,
            catalogue,
            today(),
            out=args.to,
            model=args.model,
            leave_out=args.leave_out,
            progress=progress.update,
        )
    print_made(args, upload_document(made), upload_lines(made))
    return 0
