"""What the screen of personal data says: a finding as a difference, what is decided, what is left to do."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.data.adopt import unsought
from engine.data.privacy import NOT_SCANNED
from engine.data.privacy_rules import KINDS
from engine.data.privacy_scan import Proposal
from engine.data.privacy_shown import Card, Line, reading
from engine.data.redaction import Counts, Decision, Redactions, by_kind
from tui.widgets.painted import Row, row

_PLACES = 3
"""Of one finding on its card; the others are named."""
_LONGEST = 300
"""Characters of the data itself."""


def progress_row(found: Redactions, at: int | None, of: int, wanted: str) -> Row:
    """3 of 11 · 5 open · 4 to redact · 2 kept · filter: email"""
    counts = found.counts()
    place = f"{at + 1:,} of {of:,}" if at is not None else "Personal data"
    marked = f" · {counts.marked:,} marked" if counts.marked else ""
    said = f" · {counts.open:,} open · {counts.accepted:,} to redact · {counts.refused:,} kept{marked}"
    return row((place, "strong"), said, (f" · filter: {wanted}" if wanted != "open" else "", "dim"))


def card_rows(shown: Card, proposal: Proposal, decision: Decision | None, rows_alike: int) -> list[Row]:
    """Where it stands, what was decided, and each place before and after."""
    rows = [
        row(
            (f"{shown.where} · row {proposal.number + 1:,}", "dim"),
            (f" · {proposal.kind}", "strong"),
            *_state(decision),
        )
    ]
    if rows_alike > 1:
        rows.append(row((f"the same stands in {rows_alike:,} rows: S redacts it in all, X keeps it in all", "dim")))
    for line in shown.lines[:_PLACES]:
        rows += [row(""), row((line.label, "head")), *_difference(line)]
    if more := shown.lines[_PLACES:]:
        rows += [row(""), row((f"and {len(more):,} more places in this row: {'; '.join(_labels(more))}", "dim"))]
    return rows


def _state(decision: Decision | None) -> tuple[tuple[str, str], ...]:
    if decision is None:
        return ((" · open", "warn"),)
    if decision.verdict == "accept":
        return ((" · to redact", "good"),)
    return ((" · kept: ", "strong"), (decision.reason, ""))


def _difference(line: Line) -> Iterator[Row]:
    yield row(("- ", "bad"), line.left, (line.text[:_LONGEST], "mark"), line.right)
    yield row(("+ ", "good"), line.left, (line.surrogate, "strong"), line.right)


def _labels(lines: Sequence[Line]) -> list[str]:
    return list(dict.fromkeys(line.label for line in lines))[:6]


def done_text(found: Redactions, certified: str | None) -> list[Row]:
    """In place of a card, when nothing that is wanted is open: what is decided and what can be done now."""
    counts = found.counts()
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in by_kind(found.proposals).items()) or "nothing"
    of = found.scanned
    rows = [
        row(""),
        row((f"{of.rows:,} rows and {of.fields:,} texts of {of.version} are scanned.", "strong")),
        row(""),
        row(f"Found: {kinds}."),
        row((f"{unsought(NOT_SCANNED)}: only a person finds them; m marks them in a row.", "dim")),
        *(row((line, "dim")) for line in [reading(of)] if line),
        row(""),
    ]
    return [*rows, *_next_rows(counts, certified)]


def _next_rows(counts: Counts, certified: str | None) -> Iterator[Row]:
    if counts.open:
        yield row((f"{counts.open:,} findings are open. ", "warn"), ("/", "strong"), " chooses what is shown.")
    if counts.accepted or counts.marked:
        what = [
            f"{count:,} {name}"
            for count, name in ((counts.accepted, "findings"), (counts.marked, "marked rows"))
            if count
        ]
        yield row(
            ("r  ", "strong"), f"make the version in which {' and '.join(what)} are replaced; it is scanned again"
        )
    elif not counts.open and not certified:
        yield row(("c  ", "strong"), "the certificate: what was scanned, redacted and kept; it opens the gate")
    if certified:
        yield row(
            (f"Certified: {certified[:12]}", "good"),
            " is its hash in the audit log. ",
            ("c", "strong"),
            " makes it again.",
        )
    yield row(("left  ", "strong"), "back to what is decided; ", ("u  ", "strong"), "takes the last decision back")


def redacted_text(document: Mapping[str, Any]) -> list[Row]:
    """What `data redact --apply` has made."""
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in document["redacted"].items())
    rows = [
        row((document["version"], "strong"), f": {document['rows']:,} rows; replaced: {kinds}"),
        row(f"Scanned again: {document['open']:,} findings are open, {document['kept']:,} are kept for a reason."),
    ]
    if split := document["split"]:
        proof = "passed" if split["proof"]["passed"] else "FAILED: step 2 says by what"
        rows.append(row(f"Split as before; the proof: {proof}"))
    after = "Close this; then c makes the certificate." if not document["open"] else "The open ones come next."
    return [*rows, row(""), row(after)]


def filter_rows(found: Redactions) -> list[tuple[str, Row]]:
    """(filter, as it is offered)"""
    counts, left = found.counts(), by_kind(found.open())
    said = {"open": counts.open, "all": len(found.proposals), "to redact": counts.accepted, "kept": counts.refused}
    rows = [(name, row((f"{name:<12}", "strong"), f"{count:,}")) for name, count in said.items()]
    return rows + [
        (
            kind,
            row((f"{kind:<12}", "strong"), f"{left.get(kind, 0):,} open of {count:,}: {KINDS[kind].partition(':')[0]}"),
        )
        for kind, count in by_kind(found.proposals).items()
    ]
