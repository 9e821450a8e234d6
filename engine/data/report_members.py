"""The members of a report's findings, from rows that were judged and compared."""

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from engine.data.categories import NONE
from engine.data.choices import CLUSTER, CONFLICT, NEAR_CONFLICT, key_of
from engine.data.corpus import ids_of
from engine.data.gathering import Gathered
from engine.data.masking import texts
from engine.data.masking_rules import MASK
from engine.data.places import Places
from engine.data.privacy_fields import row_findings
from engine.data.report import Finding, Severity
from engine.data.report_writing import ReportWriter
from engine.data.rows import Row
from engine.data.shingles import I64
from engine.data.titles import title
from engine.data.validate import validate

_MOST_CATEGORIES = 1000
"""Categories whose rows are listed; a column with more of them is no label."""

_FINDINGS: dict[str, tuple[Severity, str, str]] = {
    "duplicate": ("warning", "clusters of equal rows", "keep one of each: tunewright data clean --drop duplicates"),
    "near-duplicate": (
        "warning",
        "clusters of nearly equal rows",
        "choose which row stays (tunewright data keep --cluster N --row M), then: tunewright data clean --drop near",
    ),
    "contradiction": (
        "warning",
        "prompts with different answers",
        "name the right row: tunewright data keep --conflict N --row M; or keep all, where variety is wanted",
    ),
    "near-contradiction": (
        "warning",
        "nearly equal prompts in different categories",
        "one category is likely wrong: name the right row, tunewright data keep --conflict N --row M",
    ),
    "other-columns": (
        "note",
        "equal rows whose other columns differ",
        "an id that differs is no loss; a label that differs is: look before one of them goes",
    ),
    "personal-data": ("warning", "rows with personal data", "redact it, or leave the row out"),
    "masked-secret": ("note", "rows in which a secret was masked", "see that the row still teaches what it should"),
    "long-outlier": ("note", "rows far longer than the others", "see that they are one example each"),
    "short-outlier": ("note", "rows far shorter than the others", "see that nothing is missing"),
    "near-empty": ("note", "answers of a word or two where others are long", "see that the answer is whole"),
    "repeated-answer": (
        "note",
        "answers that stand under many prompts",
        "a canned reply teaches little: keep a few of its rows, unless it is the right answer every time",
    ),
}


def _finding(rule: str) -> Finding:
    return Finding(rule, *_FINDINGS[rule], count=0)


def judged(writer: ReportWriter, number: int, row: Row, place: str) -> None:
    """What the rules find in one row by itself."""
    problems = validate(row.messages, row.meta.get("tools"))
    for problem in {problem.rule: problem for problem in reversed(problems)}.values():
        finding = Finding(problem.rule, problem.severity, title(problem.rule), problem.hint, 0)
        writer.add(finding, [number], place, problem.message)
    if kinds := row_findings(row):
        named = ", ".join(f"{kind} {times:,}" for kind, times in sorted(kinds.items()))
        writer.add(_finding("personal-data"), [number], place, named)
    if masked := sum(text.count(MASK) for text in texts([row.messages, row.meta, row.rejected])):
        writer.add(_finding("masked-secret"), [number], place, f"{masked:,} masked")


def left_out(writer: ReportWriter, lines: Iterable[Any], hints: dict[str, str]) -> None:
    """Records that an import could not take, from the lines of left_out.jsonl; `hints` by rule."""
    for line in lines:
        source = line["source"]
        place = f"{source.get('file', '')}:{source.get('line', '')}"
        for reason in line["reasons"]:
            rule = reason["rule"]
            hint = hints.get(rule, "mend the record in its file and import it again")
            finding = Finding(rule, "error", f"left out: {title(rule)}", hint, 0)
            writer.add(finding, [], place, reason["message"], byte=source.get("byte"))


def compared(writer: ReportWriter, gathered: Gathered, places: Places) -> None:
    """Clusters and contradictions, numbered for `data keep` in the order in which they are listed."""
    duplicates = gathered.duplicates
    clusters = list(duplicates.clusters())
    alike = [bool((duplicates.firsts[rows] == rows[0]).all()) for rows in clusters]
    number = 0
    for rule, wanted in (("duplicate", True), ("near-duplicate", False)):
        for rows in (rows for rows, equal in zip(clusters, alike, strict=True) if equal == wanted):
            number += 1
            key = key_of(CLUSTER, ids_of(gathered.corpus, rows))
            said = _cluster(gathered, rows)
            writer.add(_finding(rule), rows.tolist(), places[rows[0]], said, number=number, key=key)
    for number, (rule, rows) in enumerate(_contradictions(gathered), start=1):
        key, said = key_of(rule, ids_of(gathered.corpus, rows)), _contradiction(gathered, rows)
        writer.add(_finding(rule), rows.tolist(), places[rows[0]], said, number=number, key=key)
    for rows in clusters:
        equal = rows[duplicates.firsts[rows] == rows[0]]
        if len(np.unique(gathered.columns[equal])) > 1:
            writer.add(_finding("other-columns"), equal.tolist(), places[rows[0]], f"{len(equal):,} equal rows")


def _contradictions(gathered: Gathered) -> Iterator[tuple[str, I64]]:
    for rule, found in ((CONFLICT, gathered.conflicts), (NEAR_CONFLICT, gathered.near_conflicts)):
        for rows in found.groups():
            yield rule, rows


def _cluster(gathered: Gathered, rows: I64) -> str:
    """3 rows: 1 equal to the first, 1 near (Jaccard 0.91)"""
    duplicates = gathered.duplicates
    equal = int((duplicates.firsts[rows[1:]] == rows[0]).sum())
    near = duplicates.jaccard[rows[1:]][duplicates.firsts[rows[1:]] != rows[0]]
    parts = [f"{equal:,} equal to the first"] if equal else []
    if len(near):
        low, high = float(near.min()), float(near.max())
        span = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
        parts.append(f"{len(near):,} near it (Jaccard {span})")
    return f"{len(rows):,} rows: {', '.join(parts)}"


def _contradiction(gathered: Gathered, rows: I64) -> str:
    corpus = gathered.corpus
    labels = [corpus.names[at] for at in np.unique(corpus.categories[rows]) if at >= 0]
    answers = len(np.unique(corpus.answers[rows]))
    said = f"{len(rows):,} rows, {answers:,} different answers"
    return f"{said}: {', '.join(labels[:5])}" if len(labels) > 1 else said


def odd(writer: ReportWriter, gathered: Gathered, places: Places) -> None:
    """Rows that stand out."""
    found, lengths = gathered.oddities, gathered.sizes.lengths
    middle = int(np.median(lengths)) if len(lengths) else 0
    for rule, rows in (("long-outlier", found.long), ("short-outlier", found.short)):
        for row in rows.tolist():
            said = f"{int(lengths[row]):,} tokens; the median row has {middle:,}"
            writer.add(_finding(rule), [row], places[row], said)
    for row in found.empty.tolist():
        writer.add(_finding("near-empty"), [row], places[row], f"{int(gathered.corpus.replies[row])} words")
    for rows in found.repeated:
        prompts = len(np.unique(gathered.corpus.prompts[rows]))
        writer.add(_finding("repeated-answer"), rows.tolist(), places[rows[0]], f"one answer to {prompts:,} prompts")


def listed(writer: ReportWriter, gathered: Gathered) -> None:
    """The rows of each category, and all rows, longest first."""
    _by_category(writer, gathered)
    lengths = gathered.sizes.lengths
    order = np.argsort(-lengths, kind="stable")
    rows, values = writer.keep(order), writer.keep(lengths[order])
    hint = "shorten or split them, or train with a larger max length"
    message = "{value} tokens, the chat template counted in"
    writer.listed("longest", rows, len(order), message, hint, values)


def _by_category(writer: ReportWriter, gathered: Gathered) -> None:
    corpus = gathered.corpus
    if not 0 < len(corpus.names) <= _MOST_CATEGORIES:
        return
    start = writer.keep(np.argsort(corpus.categories, kind="stable"))
    counts = np.bincount(corpus.categories + 1, minlength=len(corpus.names) + 1)
    for name, count in zip((NONE, *corpus.names), counts.tolist(), strict=True):
        if count:
            writer.listed(f"category:{name}", start, count, name, "see whether its label is right")
        start += count
