"""`tunewright augment VERB`: rows made from train rows, which wait for a reader before they may be learned."""

import argparse
from pathlib import Path
from typing import Any

_ENDPOINT = (
    ("--endpoint", "URL", "address of an OpenAI-compatible server, such as http://localhost:8000/v1"),
    ("--model", "NAME", "the model, as that server calls it"),
    ("--key-env", "VARIABLE", "environment variable with the key; never the key itself"),
)


def add(commands: Any) -> None:
    parser = commands.add_parser("augment", help="made-up rows: look, make, status, apply, drop, endpoint")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)
    look = verbs.add_parser("look", help="what would be made or sent, with examples; nothing is saved or sent")
    make = verbs.add_parser("make", help="candidates from train rows; run again, it goes on where it was")
    for verb in (look, make):
        _add_order(verb)
    make.add_argument("--consent", action="store_true", help="rows may leave this machine for the endpoint")
    look.set_defaults(run=run_look)
    make.set_defaults(run=run_make)
    status = verbs.add_parser("status", help="made, refused, waiting, approved and rejected, by method")
    status.set_defaults(run=run_status)
    apply = verbs.add_parser("apply", help="a new version with the approved candidates in train")
    _add_caps(apply)
    apply.set_defaults(run=run_apply)
    drop = verbs.add_parser("drop", help="a new version without made-up rows")
    which = drop.add_mutually_exclusive_group(required=True)
    which.add_argument("--method", metavar="NAME", help="those of one method")
    which.add_argument("--all", action="store_true", help="all of them")
    drop.set_defaults(run=run_drop)
    endpoint = verbs.add_parser("endpoint", help="show or store the endpoint that is asked")
    for flag, metavar, means in _ENDPOINT:
        endpoint.add_argument(flag.replace("endpoint", "url"), metavar=metavar, help=means)
    endpoint.add_argument("--no-key", action="store_true", help="the server asks for no key")
    endpoint.set_defaults(run=run_endpoint)


def _add_order(verb: Any) -> None:
    verb.add_argument(
        "--method", required=True, metavar="NAME", help="template, rules, paraphrase, back-translation, synthetic"
    )
    many = verb.add_mutually_exclusive_group()
    many.add_argument("--count", type=int, metavar="N", help="candidates of this method in all")
    many.add_argument("--share", type=float, metavar="X", help="the same as a share of train (default: 0.1)")
    verb.add_argument("--category", metavar="NAME", help="keep to the rows of one category")
    verb.add_argument("--seed", type=int, default=0, metavar="N", help="draws parents and values (default: 0)")
    verb.add_argument(
        "--templates", type=Path, metavar="FILE", help="template: a TOML file; without one slots are found"
    )
    verb.add_argument("--rules", metavar="LIST", help="rules: contractions,politeness,synonyms,frames,casing,typos")
    verb.add_argument("--through", default="French", metavar="LANGUAGE", help="back-translation: the language between")
    for flag, metavar, means in _ENDPOINT:
        verb.add_argument(flag, metavar=metavar, help=means)
    _add_caps(verb)


def _add_caps(verb: Any) -> None:
    # The numbers are engine.augment.order's, which the parser must not load.
    verb.add_argument(
        "--children", type=int, default=3, metavar="N", help="rows made of one parent at most (default: 3)"
    )
    verb.add_argument(
        "--most", type=float, default=0.5, metavar="X", help="share of train that may be made up (default: 0.5)"
    )


def run_look(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.augment.looking import look
    from engine.commands.augment_text import looked
    from engine.commands.output import print_made, stage
    from engine.project import Project

    project = Project.open(args.project)
    with ExitStack() as stack:
        read, compared = stage(stack, _rows(project), "rows read"), stage(stack, 100, "per cent compared")
        document = look(project, _order(args, project), read, compared).document()
    print_made(args, document, looked(document))
    return 0


def run_make(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.augment.making import make
    from engine.commands.augment_text import made
    from engine.commands.output import Progress, print_made, stage
    from engine.project import Project

    project = Project.open(args.project)
    order = _order(args, project)
    with ExitStack() as stack:
        read, compared = stage(stack, _rows(project), "rows read"), stage(stack, 100, "per cent compared")
        shown = stack.enter_context(Progress(None, "candidates made"))

        def told(done: int, wanted: int, refused: int) -> None:
            shown.total = wanted
            shown.update(done, f"{refused:,} refused by the checks")

        document = make(project, order, consent=args.consent, told=told, read=read, compared=compared).document()
    print_made(args, document, made(document))
    return 0


def run_status(args: argparse.Namespace) -> int:
    from engine.augment.candidates import Ledger
    from engine.augment.status import Standing, find_status
    from engine.commands.augment_text import standing
    from engine.commands.output import print_made
    from engine.project import Project

    project = Project.open(args.project)
    document = find_status(project, Ledger(project), Standing(project)).document()
    print_made(args, document, standing(document))
    return 0


def run_apply(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.augment.applying import apply_approved
    from engine.commands.augment_text import applied
    from engine.commands.decide_again import decide_again
    from engine.commands.output import print_made, stage
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("augment apply"), ExitStack() as stack:
        read, compared = stage(stack, _rows(project), "rows read"), stage(stack, 100, "per cent compared")
        done = apply_approved(project, args.children, args.most, read, compared)
        decide_again(project)
    document = done.document()
    print_made(args, document, applied(document, done.derived))
    return 0


def run_drop(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.augment.applying import drop
    from engine.commands.data_text import derived
    from engine.commands.decide_again import decide_again
    from engine.commands.output import print_made, stage
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("augment drop"), ExitStack() as stack:
        read, compared = stage(stack, _rows(project), "rows read"), stage(stack, 100, "per cent compared")
        done = drop(project, args.method, read, compared)
        decide_again(project)
    print_made(args, done.document(), derived(done))
    return 0


def run_endpoint(args: argparse.Namespace) -> int:
    from dataclasses import asdict, replace

    from engine.augment.endpoint import HINT, endpoint, lacking, store
    from engine.commands.output import print_made
    from engine.errors import UsageError
    from engine.project import Project

    project = Project.open(args.project)
    found = endpoint(project, args.url, args.model, args.key_env)
    if found is None:
        raise UsageError("no endpoint is configured", hint=HINT)
    found = replace(found, key_env=None) if args.no_key else found
    if args.url or args.model or args.key_env or args.no_key:
        with project.changing("augment endpoint"):
            store(project, found)
    lacks = lacking(project)
    where = "this machine: nothing leaves it" if found.loopback else "another machine: each sending asks for consent"
    key = f"key in {found.key_env}" if found.key_env else "no key"
    lines = [f"{found.url}, model {found.model}, {key}; {where}", *([f"not ready: {lacks}"] if lacks else [])]
    print_made(args, {**asdict(found), "loopback": found.loopback, "lacks": lacks}, lines)
    return 0


def _order(args: argparse.Namespace, project: Any) -> Any:
    """What the flags ask for. Raises UsageError for what cannot be meant."""
    from engine.augment.endpoint import endpoint
    from engine.augment.methods import find_method
    from engine.augment.order import Order
    from engine.augment.rules import chosen_rules

    method = find_method(args.method)
    return Order(
        method=method,
        count=args.count,
        share=args.share,
        seed=args.seed,
        category=args.category,
        templates=args.templates,
        rules=chosen_rules(args.rules),
        through=args.through,
        children=args.children,
        most=args.most,
        endpoint=endpoint(project, args.endpoint, args.model, args.key_env) if method.asks else None,
    )


def _rows(project: Any) -> int:
    from engine.data.adopt import current

    return len(current(project))
