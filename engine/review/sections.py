"""The report of a review in words: titles and lines, for a screen, a command and a file in Markdown."""

from collections.abc import Iterator, Sequence

from engine.review.agreement import Agreement
from engine.review.report import Report
from engine.review.verdicts import REASONS

Section = tuple[str, Sequence[str]]
"""(title, lines)"""


def sections(report: Report) -> list[Section]:
    """Everything that a report holds; what was not looked into is said, not left out."""
    found = (
        ("Bad rows", _bound(report)),
        ("Verdicts", _verdicts(report)),
        ("Doubts", list(report.warnings) or ["none: no haste, few skips, no open disagreement"]),
        ("Readers", _readers(report)),
        ("Guideline", _guideline(report)),
    )
    return [(title, list(lines)) for title, lines in found]


def markdown(report: Report) -> str:
    """The report as a file."""
    parts = [f"# Review of {report.version}"]
    for title, lines in sections(report):
        parts += [f"## {title}", "\n".join(f"- {line}" for line in lines)]
    return "\n\n".join(parts) + "\n"


def agreement_lines(found: Agreement) -> Iterator[str]:
    """Raw agreement, marginals, the kappa that fits, what it means and what makes it doubtful."""
    interval = found.raw_interval
    sure = f" (95 % interval {interval[0]:.0%} to {interval[1]:.0%})" if interval else ""
    yield f"{len(found.readers)} readers judged the same {found.rows:,} rows; they agree on {found.raw:.1%}{sure}"
    shares = ", ".join(f"{reader or 'without a name'} {share:.1%}" for reader, share in found.bad_shares.items())
    yield f"share of bad rows among them: {shares}"
    if found.cohen is not None and found.cohen_interval:
        low, high = found.cohen_interval
        yield f"Cohen's kappa {found.cohen:.2f} (95 % interval {low:.2f} to {high:.2f})"
    if found.fleiss is not None:
        yield f"Fleiss' kappa {found.fleiss:.2f}, of the rows that all of them judged"
    if found.alpha is not None:
        yield f"Krippendorff's alpha {found.alpha:.2f}"
    yield f"that is {found.words}" if found.kappa is not None else found.words
    if found.note:
        yield f"note: {found.note}"


def _bound(report: Report) -> Iterator[str]:
    bound = report.bound
    yield bound.sentence
    if interval := bound.interval:
        yield f"rate of bad rows: 95 % interval {interval[0]:.1%} to {interval[1]:.1%} (Wilson)"
    yield f"limit of the gate: {report.limit * 100:g} % of the rows not looked at (95 %)"
    yield f"rows: {bound.rows:,}, of which {bound.looked_at:,} were drawn at random and read"
    yield f"bad and still in the data: {report.to_apply:,}"


def _verdicts(report: Report) -> Iterator[str]:
    counts = report.counts
    yield (
        f"{counts.accepted:,} accepted, {counts.rejected:,} rejected, {counts.edited:,} edited, "
        f"{counts.flagged:,} flagged, {counts.skipped:,} skipped"
    )
    for code, many in report.reasons.items():
        yield f"rejected as {REASONS.get(code, code)}: {many:,}"
    for queue, found in report.others.items():
        if found.looked_at:
            yield f"outside the bound, {queue}: {found.looked_at:,} read, {found.bad:,} of them bad"
    if report.pace is not None:
        yield f"pace: {report.pace:.0f} s a card (median of the last 20, measured)"


def _readers(report: Report) -> Iterator[str]:
    for reader, rows in report.readers.items():
        yield f"{reader or 'without a name'}: {rows:,} rows of the random queue"
    if report.agreement:
        yield from agreement_lines(report.agreement)
    else:
        yield "agreement: not known until a second reader has read the same rows"
    if report.disagreements:
        yield f"open disagreements: {report.disagreements:,}"
    if report.consistency:
        same, of = report.consistency
        yield f"agreement with oneself: {same} of {of} rows were judged alike when they were shown again"
    else:
        yield "agreement with oneself: not known until rows are read again"


def _guideline(report: Report) -> Iterator[str]:
    if report.guideline is None:
        yield "none is written: two readers, or one on two days, may mean different things by a correct answer"
        return
    yield f"version {report.guideline}"
    if report.older:
        verdicts = "1 verdict was" if report.older == 1 else f"{report.older:,} verdicts were"
        yield f"{verdicts} made under an older version, or before there was one"
