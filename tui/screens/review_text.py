"""What the review says in words: progress, reasons, the report, a finished hundred, a row in the raw."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.data.jsontext import dumps
from engine.data.rows import Row as Example
from engine.errors import TunewrightError
from engine.journey import Evidence
from engine.reading import indented, turns
from engine.review.pace import STREAK
from engine.review.report import Report
from engine.review.sections import sections
from engine.review.statistics import Counts
from engine.review.verdicts import AGAIN, CANDIDATES, DISAGREEMENTS, RANDOM, REASONS, RISK
from engine.reviewing import Card, Review
from engine.safe_text import safe_json
from tui.screens.panel import error_text
from tui.widgets.painted import Row, row

_WORDS_FIT = 78
"""Columns for the reasons in words on two lines; their codes are shorter."""
_EXCERPT = 600
"""Characters of a turn in a list of rows that are alike."""
MEANS: Mapping[str, str] = {
    RANDOM: "drawn by chance, read blind: the bound on all other rows rests on it",
    RISK: "rows that the checks doubt, the worst first; they never enter the bound",
    CANDIDATES: "made-up rows; none is learned that nobody approved",
    AGAIN: "rows you judged long ago, once more: do you keep to your own rules?",
    DISAGREEMENTS: "rows that readers judge differently; your verdict settles them",
}


def progress_rows(review: Review, report: Report, card: Card | None, shown: str) -> list[Row]:
    """random 37 of 100 · 2 bad · rest < 16.1 % (limit 10) · 12 s each, 13 min left: 80 columns hold it.

    A second line where there is more to know: `shown` (the reader), doubts, verdicts under an older guideline.
    """
    counts, pace = review.counts(), review.pace()
    of = card.of if card else max(report.target, counts.looked_at) if review.queue == RANDOM else len(review)
    bad, sure = f" · {counts.bad:,} bad", ""
    if review.queue == RANDOM:
        others = report.bound.looked_at != counts.looked_at
        bad = f" · {report.bound.bad:,} bad" + (f" of {report.bound.looked_at:,} by all" if others else "")
        percent, limit = report.bound.percent, f"{report.limit * 100:g}"
        sure = "" if percent is None else f" · rest < {percent:.1f} % (limit {limit})"
    speed = " · r other queues, g guideline" if card else ""
    if pace is not None and card:
        speed = f" · {pace:.0f} s each, {math.ceil(pace * (of - counts.looked_at) / 60)} min left"
    place = (f"{review.queue} {counts.looked_at:,} of {of:,}", "strong")
    doubts = "".join(f" · {one}" for one in _doubts(report, counts))
    if shown:
        speed = speed if pace is not None or not doubts else ""  # Keys that help names too give way to a doubt.
        return [row(place, f"{bad}{sure}"), row((shown, "dim"), (doubts, "warn"), (speed, "dim"))]
    return [row(place, f"{bad}{sure}", speed), *([row((doubts[3:], "warn"))] if doubts else [])]


def _doubts(report: Report, counts: Counts) -> Iterator[str]:
    if report.too_fast:
        yield f"{report.too_fast:,} {'row' if report.too_fast == 1 else 'rows'} decided faster than they can be read"
    elif report.streak >= STREAK:
        yield f"{report.streak:,} accepted in a row"
    if counts.many_skipped:
        yield f"{counts.skipped:,} skipped"
    if report.disagreements:
        yield f"{report.disagreements:,} disputed"
    if report.older:
        yield f"{report.older:,} under an older guideline"


def reason_rows(width: int) -> tuple[Row, Row]:
    """Why a row is rejected, each with its digit: two lines, in words where they fit."""
    wide = width >= _WORDS_FIT
    gap = "  " if wide else " "
    names = list(REASONS.values() if wide else REASONS)
    parts = [((f"{number} ", "strong"), (f"{name}{gap}", "")) for number, name in enumerate(names, start=1)]
    upper = [(("Why?  " if wide else "", "head"),), *parts[:4]]
    lower = [*parts[4:], (("esc", "strong"), (" cancel" if wide else "", ""))]
    return tuple(part for one in upper for part in one), tuple(part for one in lower for part in one)


def report_text(report: Report) -> list[Row]:
    """Every section of the report; where each number is from."""
    rows: list[Row] = []
    for title, lines in sections(report):
        rows += [row((title, "head")), *(row(f"  {line}") for line in lines), row("")]
    return [*rows, row("the same as a file: ", ("tunewright review report --out FILE.md", "strong"))]


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
    rows += [row((one, "warn")) for one in report.warnings if not evidence or one not in evidence.text]
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
    yield row(("r  ", "strong"), "another queue: risk, candidates, rows of yours again, disagreements")
    yield row(("b  ", "strong"), "the report; ", ("u  ", "strong"), "takes the last verdict back")


def queue_done_text(review: Review) -> list[Row]:
    """A queue other than the random one has no card left."""
    counts = review.counts()
    if not len(review):
        said = {
            RISK: "The automatic checks doubt no row.",
            CANDIDATES: "No made-up row waits: Augment in Data makes some.",
            AGAIN: "Rows are shown again once 100 rows of the random queue (or all) have your verdict.",
            DISAGREEMENTS: "Readers disagree on nothing that is not settled.",
        }
        rows = [row((said[review.queue], "strong"))]
    else:
        rows = [row((f"All {len(review):,} rows of this queue have a verdict.", "head"))]
        rows += [row(""), row(f"{counts.accepted:,} accepted, {counts.bad:,} rejected, edited or flagged")]
        if review.queue == AGAIN and (same := review.report().consistency):
            rows.append(row((f"{same[0]} of {same[1]} judged as the first time", "strong")))
    keys = row(("r  ", "strong"), "the next queue; ", ("b  ", "strong"), "the report; ", ("u  ", "strong"), "undo")
    return [row(""), *rows, row(""), row((MEANS[review.queue], "dim")), row(""), keys]


def trouble_text(error: TunewrightError, has_data: bool) -> list[Row]:
    """In place of a row, when none can be shown."""
    if has_data:
        return error_text(str(error), error.hint)
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
        ("made by", example.provenance or "nobody: it is not made up"),
    )
    rows = [row((f"{name:<10}", "dim"), value if isinstance(value, str) else _json(value)) for name, value in fields]
    for turn in example.messages:
        rows += [row(""), *_raw_turn(turn, "")]
    for turn in example.rejected or ():
        rows += [row(""), *_raw_turn(turn, "rejected ")]
    if example.label is not None:
        rows += [row(""), row(("label", "strong"), f": {_json(example.label)}")]
    return [*rows, row(""), row(("other columns", "strong")), row(indented(_json(example.meta)) or "")]


def _raw_turn(turn: Mapping[str, Any], kind: str) -> Iterator[Row]:
    yield row((f"{kind}{turn['role']}", "strong"), f": {_json(turn['content'])}")
    others = {name: value for name, value in turn.items() if name not in ("role", "content")}
    if others:
        yield row(f"  {_json(others)}")


def mates_text(mates: Sequence[tuple[str, Sequence[Example]]]) -> list[Row]:
    """The rows that this one is alike, or contradicts: what was found, then each of them."""
    rows: list[Row] = []
    for found, others in mates:
        rows += [row((found, "head"))]
        for other in others:
            place = f"{other.source.get('file', '?')}:{other.source.get('line', '?')}"
            rows += [row(""), row((f"{place} {other.id[:8]} {other.split or ''}", "dim"))]
            rows += [row((f"{turn.role}: ", "strong"), turn.text[:_EXCERPT]) for turn in turns(other)]
        rows.append(row(""))
    return rows


def apply_why(report: Report) -> list[Row]:
    """What applying the verdicts does, before it is asked for."""
    rows = [
        row("Rejected and flagged rows are left out of it, edited ones get their new answer; the old version stays."),
        row(f"Bad and still in the data: {report.to_apply:,}. The others keep their split, and it is proved again."),
    ]
    if report.disagreements:
        said = f"Readers disagree on {report.disagreements:,} of them: unsettled, the verdict against the row counts."
        rows.append(row((said, "warn")))
    return rows


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
