"""`tunewright data proof | versions | purge`: what a split was proved by, what was before, and what may go."""

import argparse
from typing import Any

from engine.errors import GateError


def add(verbs: Any) -> None:
    proof = verbs.add_parser("proof", help="the proof that train, validation and test share nothing")
    proof.add_argument("--again", action="store_true", help="look once more, by other permutations")
    proof.set_defaults(run=run_proof)
    versions = verbs.add_parser("versions", help="every version, what made it, and whether its rows are there")
    versions.set_defaults(run=run_versions)
    purge = verbs.add_parser("purge", help="delete the rows of old versions for good; manifests stay")
    purge.add_argument("--yes", action="store_true", help="do it; without it, it is only said what would go")
    purge.add_argument("--all", action="store_true", help="also the versions that the review's sample is drawn from")
    purge.set_defaults(run=run_purge)


def run_proof(args: argparse.Namespace) -> int:
    from contextlib import ExitStack

    from engine.commands.output import print_made, stage
    from engine.data.adopt import current
    from engine.data.outcomes import proven
    from engine.data.proving import prove_again, standing_proof
    from engine.project import Project

    project = Project.open(args.project)
    if args.again:
        with project.changing("data proof"), ExitStack() as stack:
            rows = len(current(project))
            found = prove_again(project, stage(stack, rows, "rows read"), stage(stack, 100, "per cent compared"))
    else:
        found = standing_proof(project)
    document = found.document()
    print_made(args, document, proven(document))
    if not document["passed"]:
        hint = "drop one side of each pair in review, then apply it: the split is proved again"
        raise GateError("the splits share rows", hint=hint)
    return 0


def run_versions(args: argparse.Namespace) -> int:
    from engine.commands.output import print_made
    from engine.data.history import history
    from engine.data.outcomes import listed
    from engine.errors import DataError
    from engine.project import Project

    found = history(Project.open(args.project))
    if not found:
        raise DataError("the project has no data yet", hint="tunewright data import FILE...")
    document = {"versions": found}
    print_made(args, document, listed(document))
    return 0


def run_purge(args: argparse.Namespace) -> int:
    from engine.commands.output import print_made, say
    from engine.data.outcomes import purged
    from engine.project import Project
    from engine.purging import purge, purgeable

    project = Project.open(args.project)
    if not args.yes:
        document = {**purgeable(project, args.all).document(), "done": False}
        print_made(args, document, purged(document))
        say("nothing was deleted: add --yes to delete it for good")
        return 0
    with project.changing("data purge"):
        document = {**purge(project, args.all).document(), "done": True}
    print_made(args, document, purged(document))
    return 0
