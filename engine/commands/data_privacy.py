"""`tunewright data privacy | redact | certificate`: personal data found, decided one by one, replaced, certified."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.errors import UsageError

if TYPE_CHECKING:
    from engine.data.privacy_scan import Proposal
    from engine.data.redaction import Redactions
    from engine.project import Project

_LISTED = 20
_KEYS = (
    ("a", "redact it"),
    ("A", "redact all of this kind"),
    ("x", "keep it"),
    ("X", "keep this value everywhere"),
    ("s", "later"),
    ("u", "undo"),
    ("q", "leave"),
)


def add(verbs: Any) -> None:
    shown = verbs.add_parser("privacy", help="scan the current version for personal data; where it stands, by kind")
    shown.add_argument("--kind", metavar="KIND", help="list only this kind: email, phone, card, ...")
    shown.add_argument("--limit", type=int, default=_LISTED, metavar="N", help=f"places to list (default: {_LISTED})")
    shown.add_argument("--regions", metavar="CODES", help="countries of national phone numbers, kept: US,GB,DE")
    shown.set_defaults(run=run_privacy)
    redact = verbs.add_parser("redact", help="decide what is redacted and what stays, then make the version")
    redact.add_argument("--accept", action="append", default=[], metavar="KIND|ID|all", help="these are replaced")
    redact.add_argument("--refuse", action="append", default=[], metavar="KIND|ID|all", help="these stay, for --reason")
    redact.add_argument("--same", action="store_true", help="with an ID: every place of the same data, in all rows")
    redact.add_argument("--reason", default="", metavar="TEXT", help="why what is refused stays")
    redact.add_argument("--row", type=int, metavar="N", help="mark a text in row N (from 1); it is read from stdin")
    redact.add_argument("--text-from-stdin", action="store_true", help="the text to mark; it is kept nowhere")
    redact.add_argument("--as", dest="mark", default="name", metavar="WHAT", help="name, address, organisation, other")
    redact.add_argument("--everywhere", action="store_true", help="with --row: mark the text in all rows")
    redact.add_argument("--undo", action="store_true", help="take the last decision back")
    redact.add_argument("--plain", action="store_true", help="ask one by one")
    redact.add_argument("--apply", action="store_true", help="make the version in which the decisions are true")
    redact.set_defaults(run=run_redact)
    certificate = verbs.add_parser("certificate", help="what was scanned, redacted and kept, and what was not sought")
    certificate.set_defaults(run=run_certificate)


def run_privacy(args: argparse.Namespace) -> int:
    from engine.commands.data_privacy_text import counted_findings, places_found, summary
    from engine.commands.output import print_made
    from engine.data.privacy import NOT_SCANNED
    from engine.data.privacy_phones import known_regions
    from engine.data.privacy_rules import KINDS
    from engine.data.redaction import open_redactions
    from engine.project import Project

    project = Project.open(args.project)
    if args.kind and args.kind not in KINDS:
        raise UsageError(f"{args.kind}: no kind of personal data", hint=f"one of: {', '.join(KINDS)}")
    with project.changing("data privacy"):
        if args.regions:
            project.set("privacy", {"regions": list(known_regions(args.regions.split(",")))})
        _scan(project)
    found = open_redactions(project)
    listed = [one for one in found.proposals if args.kind in (None, one.kind)]
    places = places_found(found, listed[: args.limit])
    document = {**counted_findings(found), "not_scanned": list(NOT_SCANNED), "places": places}
    print_made(args, document, summary(found, listed, args.limit))
    return 0


def run_redact(args: argparse.Namespace) -> int:
    from engine.data.certificate import record_evidence
    from engine.data.redaction import open_redactions
    from engine.project import Project

    project = Project.open(args.project)
    if not (args.accept or args.refuse or args.row or args.undo or args.plain or args.apply):
        raise UsageError(
            "nothing is said", hint="--plain asks one by one; --accept email, --refuse ID, --apply, --undo"
        )
    with project.changing("data redact"):
        _scan(project)
        found = open_redactions(project)
        _decide(args, found)
        if args.apply:
            return _apply(args, project)
        record_evidence(project)
    return _tell(args, found)


def run_certificate(args: argparse.Namespace) -> int:
    from engine.commands.output import print_made
    from engine.data.certificate import certify
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("data certificate"):
        _scan(project)
        made = certify(project)
    place = made.path.relative_to(project.root)
    document = {**made.document, "sha256": made.sha256, "path": str(place)}
    print_made(args, document, [*made.lines, "", f"kept as {place} and .txt; SHA-256 {made.sha256}, in the audit log"])
    return 0


def _scan(project: "Project") -> None:
    """Scans unless this version was scanned by these rules."""
    from contextlib import ExitStack

    from engine.commands.output import stage
    from engine.data.adopt import current
    from engine.data.certificate import record_evidence
    from engine.data.privacy_scan import scan, scanned

    if scanned(project) is None:
        with ExitStack() as stack:
            scan(project, stage(stack, len(current(project)), "rows scanned for personal data"))
        record_evidence(project)


def _decide(args: argparse.Namespace, found: "Redactions") -> None:
    """What the flags say, in this order: undo, mark, refuse, accept, ask."""
    from engine.commands.output import say
    from engine.data.redaction import checked_reason

    if args.undo:
        taken = found.undo()
        say(f"taken back: {taken.said}" if taken else "nothing to take back since the last version was made")
    if args.row is not None:
        _mark(args, found)
    if args.refuse:
        found.decide("refuse", _chosen(args, found, args.refuse), checked_reason(args.reason))
    if args.accept:
        found.decide("accept", _chosen(args, found, args.accept))
    if args.plain:
        _ask(found)


def _chosen(args: argparse.Namespace, found: "Redactions", words: Sequence[str]) -> "list[Proposal]":
    from engine.data.redaction import same_value, selected

    chosen = [one for word in words for one in selected(found, word)]
    if args.same:
        chosen = [other for one in chosen for other in same_value(found, one)]
    return chosen


def _mark(args: argparse.Namespace, found: "Redactions") -> None:
    """The text comes by stdin: in an argument, every process of the machine could read it."""
    import sys
    from contextlib import ExitStack

    from engine.commands.output import say, stage
    from engine.data.marking import mark

    if not args.text_from_stdin:
        raise UsageError(
            "a text is marked through stdin", hint="tunewright data redact --row 3 --text-from-stdin < FILE"
        )
    text = sys.stdin.readline().rstrip("\r\n")
    with ExitStack() as stack:
        progress = stage(stack, found.scanned.rows, "rows searched")
        rows = mark(found, args.row - 1, text, args.mark, everywhere=args.everywhere, progress=progress)
    say(f"marked in {rows:,} rows")


def _ask(found: "Redactions") -> None:
    """One open finding after the other, until none is left or the person leaves."""
    from engine.asking import choose, text
    from engine.commands.output import say
    from engine.data.redaction import same_value

    later: set[str] = set()
    while waiting := [one for one in found.open() if one.id not in later]:
        one = waiting[0]
        _show(found, one, len(waiting))
        key = choose("redact?", _KEYS, "s")
        if key == "q":
            return
        if key == "u":
            taken = found.undo()
            say(f"taken back: {taken.said}" if taken else "nothing to take back")
        elif key == "s":
            later.add(one.id)
        elif key in "aA":
            found.decide("accept", [one] if key == "a" else [other for other in waiting if other.kind == one.kind])
        elif reason := text("why does it stay?"):
            found.decide("refuse", [one] if key == "x" else same_value(found, one), reason)


def _show(found: "Redactions", one: "Proposal", left: int) -> None:
    """The lines as they are and as they would be; whole on a terminal, where the person who judges sits."""
    import sys

    from engine.commands.output import say
    from engine.data.privacy_scan import scanned_version
    from engine.data.privacy_shown import card, veiled, veiled_text

    shown = card(scanned_version(found.project, found.scanned), one)
    say(f"\n{left:,} open · {one.kind} · {veiled_text(shown.where)} · id {one.id}")
    for line in shown.lines:
        text = line.text if sys.stderr.isatty() else veiled(one.kind, line.text)
        left_text, right = (line.left, line.right) if sys.stderr.isatty() else ("", "")
        say(f"{veiled_text(line.label)}\n- {left_text}{text}{right}\n+ {left_text}{line.surrogate}{right}")


def _apply(args: argparse.Namespace, project: "Project") -> int:
    from contextlib import ExitStack

    from engine.commands.data_text import derived
    from engine.commands.decide_again import decide_again
    from engine.commands.output import print_made, stage
    from engine.data.adopt import current
    from engine.data.certificate import record_evidence
    from engine.data.redacting import redact

    with ExitStack() as stack:
        rows = len(current(project))
        read, compared = stage(stack, rows, "rows redacted"), stage(stack, 100, "per cent compared")
        made = redact(project, read, compared, stage(stack, rows, "rows scanned again"))
    record_evidence(project)
    decide_again(project)
    replaced = ", ".join(f"{kind} {count:,}" for kind, count in made.by_kind.items())
    left = f"scanned again: {made.left.open:,} findings are open, {made.left.refused:,} are kept for a reason"
    after = "next: tunewright data certificate" if not made.left.open else "next: tunewright data redact --plain"
    print_made(args, made.document(), [*derived(made.derived), f"replaced: {replaced}", left, after])
    return 0


def _tell(args: argparse.Namespace, found: "Redactions") -> int:
    from engine.commands.data_privacy_text import counted_findings
    from engine.commands.output import print_made

    counts = found.counts()
    marked = f", {counts.marked:,} rows marked by hand" if counts.marked else ""
    lines = [f"{counts.open:,} open, {counts.accepted:,} to redact, {counts.refused:,} kept for a reason{marked}"]
    if counts.open:
        lines.append("next: tunewright data redact --plain")
    else:
        ready = counts.accepted or counts.marked
        lines.append(f"next: tunewright data {'redact --apply' if ready else 'certificate'}")
    print_made(args, counted_findings(found), lines)
    return 0
