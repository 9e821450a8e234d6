"""The list of the data step: the road through it on top, and below what the report on the current version found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.data.adopt import counted
from engine.data.overview import Overview, descent, split_counts, split_facts, went
from engine.data.report import Report
from engine.duration import duration
from engine.journey import ItemStatus
from tui.widgets.painted import Row, row
from tui.widgets.rail import MARKS, ROLES

ABOUT = {
    "sample": "The sample project brings its own files, with the flaws of real ones, and says which column is what.",
    "import": "Files become rows. The files stay where they are; secrets are masked before anything is written into "
    "the project. A record with an error is left out, and listed with its place, the reason and what mends it.",
    "report": "Every row is judged by rules and compared with all others: duplicates, contradictions, personal data, "
    "placeholders, lengths, balance, and whether there is enough. Nothing is changed by it. It is made for one version "
    "and made anew for the next.",
    "clean": "A new version without what you choose: equal rows, nearly equal ones, contradictions. Of a cluster the "
    "first row stays, or the one that you chose. The old version stays as it is.",
    "privacy": "E-mail addresses, phone, card and account numbers have a shape and are found. Names, addresses and "
    "organisations have none and are not: a person must look. Each finding is redacted or kept, as you decide.",
    "split": "80/10/10 by whole groups: near-equal rows, the same prompt, the same customer. It is proved that the "
    "three share nothing. A row keeps its split in every later version.",
    "more": "A new version from other files, or from the same ones mended. What was split before stays where it was.",
}
"""Kind of line -> what it means, for the help."""
_NEXT = ">"
"""As in the rail."""
_WIDTH = 14
_ROWS_A_SECOND = 4_000
"""Rows inspected on one slow core: 5,000 and more were measured, without a tokenizer."""
_START_S = 2.0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it is, how it reads in the list, and below the list when marked."""

    kind: str
    line: Row
    detail: Sequence[Row]
    rule: str = ""
    """Of a line that stands for one rule."""


def line(mark: str, name: str, said: str, role: str = "") -> Row:
    """A mark, what it is about, and what is said of it."""
    return row((f"{mark or ' '} {name:<{_WIDTH}} ", "strong"), (said, role))


def before_import(files: Sequence[str]) -> list[Entry]:
    """The list while the project has no rows; `files` are those that it proposes."""
    formats = [
        row("JSONL, JSON, CSV, Excel or Parquet: chats, preferences, prompt and answer, or columns of your own."),
        row("You see samples before anything is imported."),
    ]
    entries = [Entry("import", line("" if files else _NEXT, "Import files", ""), formats)]
    if files:
        names = ", ".join(path.rsplit("/", 1)[-1] for path in files)
        sample = line(_NEXT, "Import the sample's files", names)
        entries.insert(
            0, Entry("sample", sample, [row("You see how they are read before anything is taken from them.")])
        )
    later = (("report", "Look for flaws"), ("clean", "Clean"), ("privacy", "Personal data"), ("split", "Split"))
    return [*entries, *(Entry(kind, line("", name, "after the import"), [row(ABOUT[kind])]) for kind, name in later)]


def road(found: Overview, report: Report | None, items: Mapping[str, ItemStatus]) -> list[Entry]:
    """What was done and what comes next; `items` are those of the step's gate."""
    after = next_kind(found, report, items)
    return [
        _imported(found),
        _reported(found, report, after),
        _cleaned(found, report, after),
        _privacy(found, items, after),
        _splitted(found, items, after),
    ]


def next_kind(found: Overview, report: Report | None, items: Mapping[str, ItemStatus]) -> str:
    """Kind of the line that the person should look at next; at the end of the road it is the split."""
    if report is None and not found.split:
        return "report"
    if not found.split and found.dropped is None and _flaws(report):
        return "clean"
    if items["pii"].state == "failed":
        return "privacy"
    if not found.split or items["split_proof"].state == "failed":
        return "split"
    return "report" if report is None else "split"


def report_s(rows: int) -> float:
    """Seconds that a report on so many rows may take."""
    return _START_S + rows / _ROWS_A_SECOND


def _imported(found: Overview) -> Entry:
    manifest = found.manifest
    taken, first = manifest["read"] - manifest["invalid"], manifest["imported_as"]
    said = f"{manifest['read']:,} records read: {taken:,} rows, {manifest['invalid']:,} left out"
    listed = [row("Left out records are listed, with their reasons, in ", (f"data/{first}/left_out.jsonl", "strong"))]
    sources = [row(("from ", "dim"), f"{one['path']} ({one['format']})") for one in manifest["sources"]]
    return Entry("import", line("✓", "Import", said), [*sources, *(listed if manifest["invalid"] else [])])


def _reported(found: Overview, report: Report | None, after: str) -> Entry:
    if report is None:
        takes = f"of {len(found.version):,} rows: about {duration(report_s(len(found.version)))}"
        mark = _NEXT if after == "report" else ""
        detail = [row(f"{found.version.name} has not been looked at yet. ", ("Enter", "strong"), " does it."), row("")]
        return Entry("report", line(mark, "Look for flaws", takes), [*detail, row(ABOUT["report"])])
    counts = {
        severity: sum(1 for one in report.findings if one.severity == severity)
        for severity in ("error", "warning", "note")
    }
    said = ", ".join(f"{count} {name}s" if count != 1 else f"1 {name}" for name, count in counts.items() if count)
    detail = [row(f"Made {report.made} on {found.version.name}. Each line below opens its rows."), row(ABOUT["report"])]
    return Entry("report", line("✓", "Look for flaws", said or "nothing was found"), detail)


def _flaws(report: Report | None) -> str:
    """What cleaning could drop: 30 equal rows, 11 nearly equal rows, 4 contradictions; empty when there is nothing."""
    if report is None:
        return ""
    duplicates, conflicts = report.facts["duplicates"], report.facts["conflicts"]
    counts = {
        "equal rows": duplicates["exact"],
        "nearly equal": duplicates["near"],
        "contradictions": conflicts["prompts"],
    }
    return ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)


def _cleaned(found: Overview, report: Report | None, after: str) -> Entry:
    flaws = _flaws(report)
    if found.dropped is not None:
        left = f"; left: {flaws}" if flaws else ""
        return Entry("clean", line("✓", "Clean", f"dropped {went(found.dropped)}{left}"), [row(ABOUT["clean"])])
    if report is None:
        return Entry("clean", line("", "Clean", "first look for flaws"), [row(ABOUT["clean"])])
    if not flaws:
        return Entry("clean", line("✓", "Clean", "there is nothing to clean"), [row(ABOUT["clean"])])
    look = [row("The lines Duplicates and Contradictions below show them; Enter here drops them.")]
    mark = _NEXT if after == "clean" else ""
    return Entry("clean", line(mark, "Clean", flaws), [*look, row(ABOUT["clean"])])


def _privacy(found: Overview, items: Mapping[str, ItemStatus], after: str) -> Entry:
    privacy, state = found.manifest["privacy"], items["pii"].state
    said = f"{counted(privacy)}" + (" · waived" if state == "waived" else "")
    mark = _NEXT if after == "privacy" else MARKS[state]
    unsought = row(("not scanned for: ", "strong"), ", ".join(privacy["not_scanned"]))
    return Entry("privacy", line(mark, "Personal data", said, ROLES[state]), [*_privacy_rows(items["pii"]), unsought])


def _privacy_rows(item: ItemStatus) -> Iterator[Row]:
    if item.state == "failed":
        yield row("It stands in the rows as it is: the model may learn it and repeat it. ", ("Enter", "strong"))
        yield row("shows each place, to redact it or to keep it; ", ("w", "strong"), " keeps all of it, for a reason.")
    elif item.state == "waived":
        yield row(("kept, because: ", "strong"), item.text)


def _splitted(found: Overview, items: Mapping[str, ItemStatus], after: str) -> Entry:
    if not found.split:
        said = "next: train, validation and test" if after == "split" else "after cleaning"
        mark = _NEXT if after == "split" else ""
        return Entry("split", line(mark, "Split", said), [row(ABOUT["split"])])
    state = items["split_proof"].state
    return Entry("split", line(MARKS[state], "Split", split_counts(found.split), ROLES[state]), split_rows(found))


def split_rows(found: Overview) -> list[Row]:
    """The split in full: proof, what the test can show."""
    assert found.split
    return [row(said) for said in split_facts(found.split, found.precision, found.split["shown"])]


def descent_row(found: Overview | None) -> Row:
    """The current version and where it comes from."""
    return row((descent(found) if found else "no rows yet: begin with the import", "dim"))
