"""What the review says in words: progress, reasons, the report, a finished hundred, a row in the raw."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.data.jsontext import dumps
from engine.data.rows import Row as Example
from engine.journey import Evidence
from engine.reading import indented
from engine.review.verdicts import REASONS
from engine.reviewing import Card, Report
from engine.safe_text import safe_json
from tui.widgets.painted import Row, row

_WORDS_FIT = 78
"""Columns for the reasons in words on two lines; their codes are shorter."""


def progress_row(report: Report, card: Card | None, pace: float | None) -> Row:
    """37 of 100 · 2 bad · rest under 16.1 % bad (limit 10) · 12 s each, 13 min left: 80 columns hold it."""
    bound = report.bound
    of = card.of if card else max(report.target, bound.looked_at)
    limit = f"{report.limit * 100:g}"
    sure = "" if bound.percent is None else f" · rest under {bound.percent:.1f} % bad (limit {limit})"
    skipped = f" · {report.counts.skipped} skipped" if report.warning else ""
    speed = ""
    if pace is not None and card:
        speed = f" · {pace:.0f} s each, {math.ceil(pace * (of - bound.looked_at) / 60)} min left"
    return row((f"{bound.looked_at:,} of {of:,}", "strong"), f" · {bound.bad:,} bad{sure}", (skipped, "warn"), speed)


def reason_rows(width: int) -> tuple[Row, Row]:
    """Why a row is rejected, each with its digit: two lines, in words where they fit."""
    wide = width >= _WORDS_FIT
    gap = "  " if wide else " "
    names = list(REASONS.values() if wide else REASONS)
    parts = [((f"{number} ", "strong"), (f"{name}{gap}", "")) for number, name in enumerate(names, start=1)]
    upper = [(("Why?  " if wide else "", "head"),), *parts[:3]]
    lower = [*parts[3:], (("esc", "strong"), (" cancel" if wide else "", ""))]
    return tuple(part for one in upper for part in one), tuple(part for one in lower for part in one)


def report_text(report: Report, pace: float | None) -> list[Row]:
    """Counts, reasons, the bound and the limit; where each number is from."""
    bound, counts = report.bound, report.counts
    rows = [row((bound.sentence, "strong"))]
    if report.warning:
        rows.append(row((f"note: {report.warning}", "warn")))
    rows.append(row(""))
    for name in ("accepted", "rejected", "edited", "flagged", "skipped"):
        rows.append(row((f"  {name:<10}", "dim"), f"{getattr(counts, name):>6,}"))
    rows += [row((f"  rejected as {REASONS[code]}: ", "dim"), f"{many:,}") for code, many in report.reasons.items()]
    rows.append(row(""))
    if interval := bound.interval:
        low, high = interval
        rows.append(row(("rate of bad rows: ", "dim"), f"95 % interval {low:.1%} to {high:.1%} (Wilson)"))
    rows.append(row(("limit of the gate: ", "dim"), f"{report.limit * 100:g} % of the rows not looked at (95 %)"))
    rows.append(row(("rows: ", "dim"), f"{bound.rows:,}, of which {bound.looked_at:,} were drawn at random and read"))
    rows.append(row(("bad and still in the data: ", "dim"), f"{report.to_apply:,}; A applies the verdicts"))
    if pace is not None:
        rows.append(row(("pace: ", "dim"), f"{pace:.0f} s a card (median of the last 20, measured)"))
    return rows


def done_text(report: Report, evidence: Evidence | None, more: bool) -> list[Row]:
    """A whole hundred is read: the numbers, what the gate says, what can be done next."""
    counts = report.counts
    said = f"{report.bound.looked_at:,} of {report.bound.rows:,} rows are read."
    kinds = (
        f"{counts.accepted:,} accepted, {counts.rejected:,} rejected, {counts.edited:,} edited, "
        f"{counts.flagged:,} flagged, {counts.skipped:,} skipped"
    )
    rows = [row(""), row((said, "head")), row(""), row(kinds)]
    if evidence:
        passed = evidence.state == "passed"
        gate = (f"The gate {'is passed' if passed else 'says no'}: ", "good" if passed else "bad")
        rows += [row(""), row(gate, evidence.text)]
    return [*rows, row(""), *_next_text(report, evidence is not None and evidence.state == "passed", more)]


def _next_text(report: Report, passed: bool, more: bool) -> Iterator[Row]:
    if report.to_apply:
        bad = f"{report.to_apply:,} bad {'row is' if report.to_apply == 1 else 'rows are'} still in the data"
        yield row(("A  ", "strong"), f"apply the verdicts: {bad} and would be learned")
    if passed:
        yield row(("n  ", "strong"), "go on to the next step")
    else:
        mend = "mend the source and import it again in step 2 (Data)"
        yield row(("2  ", "strong"), f"the rows that nobody read are as bad: {mend}; or w waives, for a reason")
    if more:
        yield row(("enter  ", "strong"), "read on: the next hundred makes the bound tighter")
    yield row(("b  ", "strong"), "the report; ", ("u  ", "strong"), "takes the last verdict back")


def no_data_text() -> list[Row]:
    """In place of a row, while the project has none."""
    return [
        row(""),
        row(("There is nothing to read yet: the project has no data.", "strong")),
        row(""),
        row("Step 2 imports it: press ", ("2", "strong"), "."),
    ]


def raw_text(example: Example) -> list[Row]:
    """Every field of the row, texts as JSON writes them."""
    fields: Sequence[tuple[str, Any]] = (
        ("id", example.id),
        ("source", example.source),
        ("split", example.split or "none yet"),
        ("group", example.group or "none yet"),
        ("steps", ", ".join(example.steps)),
        ("made from", example.parent or "the source"),
    )
    rows = [row((f"{name:<10}", "dim"), value if isinstance(value, str) else _json(value)) for name, value in fields]
    for turn in example.messages:
        rows += [row(""), row((turn["role"], "strong"), f": {_json(turn['content'])}")]
    return [*rows, row(""), row(("other columns", "strong")), row(indented(_json(example.meta)) or "")]


def apply_why(report: Report) -> list[Row]:
    """What applying the verdicts does, before it is asked for."""
    return [
        row("Rejected and flagged rows are left out of it, edited ones get their new answer; the old version stays."),
        row(f"Bad and still in the data: {report.to_apply:,}. The others keep their split, and it is proved again."),
    ]


def applied_text(document: Mapping[str, Any]) -> list[Row]:
    """What `review apply` has made."""
    changed = ", ".join(f"{count:,} {name}" for name, count in document["changed"].items())
    rows = [row((f"{document['version']}", "strong"), f": {document['rows']:,} rows; {changed}")]
    if split := document["split"]:
        counts = ", ".join(f"{name} {count:,}" for name, count in split["counts"].items())
        proof = "passed" if split["proof"]["passed"] else "FAILED: step 2 says by what"
        rows += [row(f"split again: {counts}; the proof: {proof}")]
    stale = "plan, baseline and run where there are any, and waivers of its gate"
    return [*rows, row(""), row(f"What rested on the old version is stale now: {stale}.")]


def _json(value: Any) -> str:
    # Escapes, so that nothing in the raw row is hidden where safe_text would take it out.
    return safe_json(dumps(value).decode())
