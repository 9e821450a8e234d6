"""`tunewright review | review report | review apply`: reading rows, what they say of the others, a better version."""

import argparse
from typing import Any

_KEYS = (
    ("a", "accept"),
    ("x", "reject"),
    ("e", "edit the answer"),
    ("s", "skip"),
    ("f", "flag personal data"),
    ("u", "undo"),
    ("q", "leave"),
)
_PLAIN = {"a": "accept", "s": "skip", "f": "flag"}


def add(commands: Any) -> None:
    parser = commands.add_parser("review", help="read rows one by one: accept, reject, edit, skip, flag, undo")
    parser.add_argument("--plain", action="store_true", help="ask line by line, without a screen")
    parser.set_defaults(run=run)
    verbs = parser.add_subparsers(title="verbs", metavar="VERB")
    report = verbs.add_parser("report", help="counts, and what they say about the rows that nobody looked at")
    report.set_defaults(run=run_report)
    apply = verbs.add_parser("apply", help="a new version without rejected and flagged rows, with edited answers")
    apply.set_defaults(run=run_apply)


def run(args: argparse.Namespace) -> int:
    """Asks until the next whole hundred is reached, no row is left or the reader leaves; every key is saved at once."""
    from engine.asking import choose
    from engine.commands.output import say
    from engine.project import Project
    from engine.reviewing import open_review

    review = open_review(Project.open(args.project))
    review.record()
    card = review.card()
    if card and review.report().done:
        asked = f"{review.report().bound.sentence}. Read on?"
        if choose(asked, (("y", "read on: the next hundred makes the bound tighter"), ("n", "leave it")), "n") == "n":
            return _tell(args, review.report())
    until = card.of if card else 0
    while card and card.of <= until:
        _show_card(card)
        # Nobody accepts a card by pressing Enter once too often.
        key = choose("verdict", _KEYS, "s")
        if key == "q":
            break
        _press(review, key, card)
        if review.unrecorded:
            say(f"the verdict is saved, and the gate is not written yet: {review.unrecorded.message}")
        card = review.card()
    return _tell(args, review.report())


def run_report(args: argparse.Namespace) -> int:
    from engine.project import Project
    from engine.reviewing import open_review

    return _tell(args, open_review(Project.open(args.project)).report())


def run_apply(args: argparse.Namespace) -> int:
    from engine.applying import apply_verdicts
    from engine.commands.data_text import derived
    from engine.commands.output import Progress, print_json
    from engine.data.adopt import current
    from engine.project import Project

    project = Project.open(args.project)
    with project.changing("review apply"), Progress(None, "review apply") as progress:
        total = len(current(project))
        applied = apply_verdicts(
            project,
            lambda rows: progress.rows("rows read", rows, total),
            lambda percent: progress.rows("rows compared", percent * total // 100, total),
        )
    if args.json:
        print_json(applied.document())
    else:
        print(*derived(applied), sep="\n")
    return 0


def _show_card(card: Any) -> None:
    import sys

    from engine.commands.output import wrapped
    from engine.safe_text import one_line, safe_text

    # A reader judges the whole row: all of it is shown, up to a length that no row of a conversation has.
    longest = 1_000_000
    source = card.row.source
    lines = [f"\n{card.position:,} of {card.of:,} · {one_line(source['file'])}:{source['line']}"]
    lines += [f"{turn['role']}: {safe_text(turn['content'], longest)}" for turn in card.row.messages]
    print(wrapped("\n".join(lines)), file=sys.stderr, flush=True)


def _press(review: Any, key: str, card: Any) -> None:
    """Does what a key says; what cannot be done is said, and the card stays."""
    from engine.asking import choose, edit
    from engine.commands.output import say
    from engine.errors import UsageError
    from engine.review.verdicts import REASONS

    if key == "u":
        if review.undo() is None:
            say("nothing to take back on this version")
    elif key == "x":
        review.decide("reject", reason=choose("why?", list(REASONS.items())))
    elif key == "e":
        try:
            review.decide("edit", after=edit("the answer as it should be", card.row.answer))
        except UsageError as error:
            say(f"not changed: {error.message}; {error.hint}")
    else:
        review.decide(_PLAIN[key])


def _tell(args: argparse.Namespace, report: Any) -> int:
    from engine.commands.output import print_json, say

    if args.json:
        print_json(report.document())
        return 0
    print(report.bound.sentence)
    counts = report.counts
    print(
        f"{counts.accepted:,} accepted, {counts.rejected:,} rejected, {counts.edited:,} edited, "
        f"{counts.flagged:,} flagged, {counts.skipped:,} skipped"
    )
    if interval := report.bound.interval:
        print(f"rate of bad rows: 95 % interval {interval[0]:.1%} to {interval[1]:.1%}; limit {report.limit * 100:g} %")
    if report.warning:
        print(f"note: {report.warning}")
    if not report.done:
        say(f"{report.target - report.bound.looked_at:,} more to read: tunewright review")
    if report.to_apply:
        say(f"{report.to_apply:,} bad rows are still in the data: tunewright review apply")
    return 0
