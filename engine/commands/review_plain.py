"""Reading rows and writing the guideline line by line, where no screen is drawn."""

import argparse
import sys
from typing import TYPE_CHECKING

from engine.asking import choose, edit, in_editor
from engine.commands.output import say, wrapped
from engine.data.titles import title
from engine.errors import UsageError
from engine.guideline import START, Guideline, clarify, guideline, save
from engine.mending import part_of, parts
from engine.review.verdicts import RANDOM, REASONS
from engine.reviewing import find_row, open_review
from engine.safe_text import one_line, safe_text
from engine.short_file import read_short

if TYPE_CHECKING:
    from engine.project import Project
    from engine.review.verdicts import Decision
    from engine.reviewing import Card, Review

_KEYS = (
    ("a", "accept"),
    ("x", "reject"),
    ("e", "edit"),
    ("s", "skip"),
    ("f", "flag personal data"),
    ("u", "undo"),
    ("g", "the guideline"),
    ("q", "leave"),
)
_PLAIN = {"a": "accept", "s": "skip", "f": "flag"}
_LONGEST = 1_000_000
"""Characters of a turn: a reader judges the whole row, and no row of a conversation is longer."""


def read_rows(project: "Project", queue: str, reader: str | None) -> None:
    """Asks until the next whole hundred is reached, no row is left or the reader leaves; every key is saved at once."""
    review = open_review(project, queue, reader)
    review.record()
    card = review.card()
    if card and queue == RANDOM and review.report().whole:
        asked = f"{review.report().bound.sentence}. Read on?"
        if choose(asked, (("y", "read on: the next hundred makes the bound tighter"), ("n", "leave it")), "n") == "n":
            return
    until = card.of if card else 0
    while card and card.of <= until:
        _show(card)
        # Nobody accepts a card by pressing Enter once too often.
        key = choose("verdict", _KEYS, "s")
        if key == "q":
            break
        _press(project, review, key, card)
        if review.unrecorded:
            say(f"the verdict is saved, and the gate is not written yet: {review.unrecorded.message}")
        card = review.card()


def new_guideline(project: "Project", args: argparse.Namespace) -> Guideline | None:
    """The version that --edit, --set or --add makes; None without them. Raises UsageError when the text cannot be."""
    if args.set:
        return save(project, read_short(args.set).decode("utf-8", "surrogateescape"))
    if args.add:
        if not args.row:
            newest = guideline(project)
            return save(project, f"{(newest.text if newest else START).rstrip()}\n- {args.add}\n")
        return clarify(project, find_row(project, args.row), args.add)
    if args.edit:
        newest = guideline(project)
        return save(project, in_editor(newest.text if newest else START))
    return None


def _show(card: "Card") -> None:
    from engine.reading import turns

    source = card.row.source
    lines = [f"\n{card.position:,} of {card.of:,} · {one_line(source.get('file'))}:{source.get('line')}"]
    lines += [f"why it is here: {safe_text(why)}" for why in card.why]
    for turn in turns(card.row):
        note = f" ({one_line(turn.note)})" if turn.note else ""
        lines.append(f"{one_line(turn.role)}{note}: {safe_text(turn.text, _LONGEST)}")
    print(wrapped("\n".join(lines)), file=sys.stderr, flush=True)


def _press(project: "Project", review: "Review", key: str, card: "Card") -> None:
    """Does what a key says; what cannot be done is said, and the card stays."""
    if key == "u":
        if review.undo() is None:
            say("nothing to take back on this version")
        return
    if key == "g":
        found = guideline(project)
        say(found.text if found else "none is written yet: tunewright review guideline --edit")
        return
    if key == "e":
        meanwhile = _edit(review, card)
    elif key == "x":
        meanwhile = review.decide("reject", reason=choose("why?", list(REASONS.items())))
    else:
        meanwhile = review.decide(_PLAIN[key])
    if meanwhile:
        say(f"not written: this card was judged meanwhile in another window: {meanwhile.said}; u takes that back")
    for rule, message in review.revealed() if not meanwhile else ():
        say(f"the checks say of the row just judged: {title(rule)}: {message}")


def _edit(review: "Review", card: "Card") -> "Decision | None":
    known = parts(card.row)
    name = None
    if len(known) > 2:
        name = choose("which text?", [(one.name, one.title) for one in known], known[0].name)
    try:
        written = edit("as it should be", part_of(card.row, name).text)
        meanwhile = review.decide("edit", after=written, part=name)
    except UsageError as error:
        say(f"not changed: {error.message}; {error.hint}")
        return None
    if review.noticed:
        say(f"note: the new text holds personal data: {', '.join(review.noticed)}")
    return meanwhile
