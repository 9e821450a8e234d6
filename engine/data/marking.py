"""What no rule finds, a person marks: a name, an address, anything. The text itself is kept nowhere."""

import re
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence

from engine.data.jsontext import dumps
from engine.data.mapping import Mapping
from engine.data.privacy_fields import Field, fields
from engine.data.privacy_scan import At, Numbering, conversation, fingerprint, scanned_version
from engine.data.records import Progress, no_progress
from engine.data.redaction import Marked, Redactions
from engine.data.rows import Row, parse_row
from engine.errors import UsageError

MARKS = {
    "name": "a person's name",
    "address": "a postal address or a place where somebody lives",
    "organisation": "an organisation that tells who is meant",
    "other": "anything else that tells who is meant",
}
_SHORTEST = 2


def mark(
    found: Redactions,
    number: int,
    text: str,
    kind: str = "name",
    *,
    everywhere: bool = False,
    progress: Progress = no_progress,
) -> int:
    """Marks `text` in row `number` (from 0) and the other rows of its conversation, or in all rows; returns how many.

    Whole words in just this writing are marked. Raises UsageError when the row does not have it; no message quotes it.
    `progress` gets the number of rows.
    """
    if kind not in MARKS:
        raise UsageError(f"cannot mark as {kind}", hint=f"one of: {', '.join(MARKS)}")
    said = text.strip()
    if len(said) < _SHORTEST:
        raise UsageError("a text of two characters at least can be marked", hint="type it just as the row writes it")
    version = scanned_version(found.project, found.scanned)
    if not 0 <= number < len(version):
        raise UsageError(f"no row {number + 1}", hint=f"{version.name} has rows 1 to {len(version)}")
    whole = re.compile(rf"(?<!\w){re.escape(said)}(?!\w)")
    columns = Mapping.from_document(version.manifest["mapping"]).group
    asked = version.row(number)
    if not list(_at(fields(asked), whole)):
        raise UsageError(f"row {number + 1} does not hold that text", hint="type it just as the row writes it")
    told = conversation(asked, number, columns)
    rows = [(number, asked)]
    if columns or everywhere:
        rows = list(_candidates(found, said, kind, progress))
    marked = list(_marked(found, rows, whole, kind, columns, None if everywhere else told))
    found.mark(kind, marked)
    return len(marked)


def _candidates(found: Redactions, said: str, kind: str, progress: Progress) -> Iterator[tuple[int, Row]]:
    """Rows that hold the text or a surrogate of its kind: bytes are compared, and few rows are parsed."""
    sought = (dumps(said)[1:-1], f"<{kind.upper()}_".encode())
    path = scanned_version(found.project, found.scanned).folder / "rows.jsonl"
    with open(path, "rb") as file:
        for number, line in enumerate(file):
            progress(number)
            if any(one in line for one in sought) and (row := parse_row(line)):
                yield number, row


def _marked(
    found: Redactions,
    rows: Sequence[tuple[int, Row]],
    whole: re.Pattern[str],
    kind: str,
    columns: Sequence[str],
    told: Hashable | None,
) -> Iterator[Marked]:
    """One a row that holds the text, of that conversation if one is given."""
    numbering, waiting = Numbering(), _waiting(found, kind)
    held: list[tuple[Hashable, Row, list[Field]]] = []
    for number, row in rows:
        place, texts = conversation(row, number, columns), fields(row)
        if told is None or place == told:
            held.append((place, row, texts))
            for one in texts:
                numbering.keep(place, one.text)
            key = place, kind.upper()
            numbering.taken[key] = max(numbering.taken[key], waiting[row.id])
    for place, row, texts in held:
        if at := tuple(_at(texts, whole)):
            yield Marked(row.id, fingerprint(texts), kind, numbering.of(place, kind.upper(), "this text"), at)


def _waiting(found: Redactions, kind: str) -> Counter[str]:
    """Row id -> the highest number of this kind among the marks that are not applied yet."""
    highest: Counter[str] = Counter()
    for one in found.marked():
        if one.kind == kind:
            highest[one.row] = max(highest[one.row], int(one.surrogate.rpartition("_")[2][:-1]))
    return highest


def _at(texts: Sequence[Field], whole: re.Pattern[str]) -> Iterator[At]:
    for number, one in enumerate(texts):
        for match in whole.finditer(one.text):
            yield number, *match.span()
