"""The list of the data step: what was done, what was found, what comes next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.data.adopt import counted
from engine.data.overview import Overview, descent, split_counts, split_facts, went
from engine.journey import ItemStatus
from tui.widgets.painted import Row, row
from tui.widgets.rail import MARKS, ROLES

ABOUT = {
    "sample": "The sample project brings its own files, with the flaws of real ones, and says which column is what.",
    "import": "JSONL, JSON or CSV in UTF-8: chat messages, Alpaca, prompt/completion, or your own columns. The files "
    "stay where they are; secrets are masked before anything is written into the project.",
    "problem": "A row with an error is left out and listed in left_out.jsonl of the version; a warning leaves it in. "
    "Mend the file and import it again.",
    "secrets": "Keys, tokens and passwords that have a known shape are replaced by <SECRET:kind:1>. One without any "
    "shape, such as a password alone in a sentence, is not found.",
    "clean": "A new version without exact duplicates and contradictions. Near duplicates are not dropped: they stay "
    "together in one split, so that none of them gives away the test.",
    "split": "80/10/10 by whole groups: near-equal rows, the same prompt, the same customer. It is proved that the "
    "three share nothing. A row keeps its split in every later version.",
    "privacy": "E-mail addresses, phone, card and account numbers have a shape and are counted. Remove them from the "
    "source and import again, or go on with a written reason.",
    "more": "A new version from other files. What was split before stays where it was.",
}
"""Kind of line -> what it means, for the help."""
_NEXT = ">"
"""As in the rail."""
_WIDTH = 14


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what it is, how it reads in the list, and below the list when marked."""

    kind: str
    line: Row
    detail: Sequence[Row]
    problem: Mapping[str, Any] | None = None


def before_import(files: Sequence[str]) -> list[Entry]:
    """The list while the project has no rows; `files` are those that it proposes."""
    formats = [
        row(".jsonl, .json or .csv: chat, Alpaca, prompt/completion, or columns of your own. You see samples first.")
    ]
    entries = [Entry("import", _line("" if files else _NEXT, "Import files", ""), formats)]
    if files:
        names = ", ".join(path.rsplit("/", 1)[-1] for path in files)
        sample = _line(_NEXT, "Import the sample's files", names)
        entries.insert(
            0, Entry("sample", sample, [row("You see how they are read before anything is taken from them.")])
        )
    later = (("clean", "Clean"), ("split", "Split"))
    return [*entries, *(Entry(kind, _line("", name, "after the import"), [row(ABOUT[kind])]) for kind, name in later)]


def after_import(found: Overview, items: Mapping[str, ItemStatus]) -> list[Entry]:
    """The list once there is a version; `items` are those of the step's gate."""
    entries = [
        _imported(found),
        *map(_problem, found.manifest["problems"]),
        _secrets(found),
        _cleaned(found),
        _splitted(found, items),
        _privacy(found, items),
    ]
    return [
        *entries,
        Entry("more", _line("", "Import again", "other files, or the same ones mended"), [row(ABOUT["more"])]),
    ]


def next_kind(found: Overview | None, items: Mapping[str, ItemStatus], files: Sequence[str]) -> str:
    """Kind of the line that the person should look at next."""
    if found is None:
        return "sample" if files else "import"
    if found.next:
        return found.next
    return "privacy" if items["pii"].state == "failed" else "split"


def _line(mark: str, name: str, said: str, role: str = "") -> Row:
    return row((f"{mark or ' '} {name:<{_WIDTH}} ", "strong"), (said, role))


def _imported(found: Overview) -> Entry:
    manifest = found.manifest
    taken, first = manifest["read"] - manifest["invalid"], manifest["imported_as"]
    said = f"{manifest['read']:,} records read: {taken:,} rows, {manifest['invalid']:,} left out"
    listed = [row("Left out rows are listed, with their reasons, in ", (f"data/{first}/left_out.jsonl", "strong"))]
    sources = [row(("from ", "dim"), f"{one['path']} ({one['format']})") for one in manifest["sources"]]
    return Entry("import", _line("✓", "Import", said), [*sources, *(listed if manifest["invalid"] else [])])


def _problem(problem: Mapping[str, Any]) -> Entry:
    bad = problem["severity"] == "error"
    line = row(
        "    ",
        (f"{problem['severity']:<8}", "bad" if bad else "warn"),
        f"{problem['rule']:<20} {problem['rows']:,} rows",
    )
    first = problem["first"][0]
    detail = [
        row(f"{first['file']}:{first['line']}: {first['message']}"),
        row(("What to do: ", "strong"), first["hint"]),
    ]
    return Entry("problem", line, [*detail, row(("Enter shows the first places", "dim"))], problem)


def _secrets(found: Overview) -> Entry:
    said = counted(found.manifest["secrets"])
    whole = row(("masked before anything was written: ", "strong"), said)
    return Entry("secrets", _line("✓", "Secrets masked", said), [whole, row(ABOUT["secrets"])])


def _cleaned(found: Overview) -> Entry:
    if found.dropped is None:
        left = "not done" if found.split else "next: duplicates and contradictions"
        return Entry("clean", _line("" if found.split else _NEXT, "Clean", left), [row(ABOUT["clean"])])
    return Entry("clean", _line("✓", "Clean", f"dropped {went(found.dropped)}"), [row(ABOUT["clean"])])


def _splitted(found: Overview, items: Mapping[str, ItemStatus]) -> Entry:
    if not found.split:
        said = "next: train, validation and test" if found.next == "split" else "after cleaning"
        return Entry("split", _line(_NEXT if found.next == "split" else "", "Split", said), [row(ABOUT["split"])])
    state = items["split_proof"].state
    line = _line(MARKS[state], "Split", split_counts(found.split), ROLES[state])
    return Entry("split", line, split_rows(found))


def split_rows(found: Overview) -> list[Row]:
    """The split in full: proof, what the test can show, the size of every category."""
    assert found.split
    facts = [row(line) for line in split_facts(found.split, found.precision, found.split["shown"])]
    return [*facts, *(_sizing_rows(found.manifest["sizing"]) if "sizing" in found.manifest else [])]


def _sizing_rows(sizing: Mapping[str, Any]) -> Iterator[Row]:
    yield row(
        ("Enough? ", "strong"),
        f"{sizing['task']} needs {sizing['minimum']} per category, better {sizing['recommended']}",
    )
    for name, one in sizing["categories"].items():
        short = name in sizing["short"]
        yield row(
            (f"{'!' if short else '✓'} {name}: ", "bad" if short else ""), f"{one['groups']:,} groups, {one['state']}"
        )
    yield row((f"measured: {sizing['counted']}", "dim"))


def _privacy(found: Overview, items: Mapping[str, ItemStatus]) -> Entry:
    privacy, state = found.manifest["privacy"], items["pii"].state
    line = _line(
        MARKS[state], "Personal data", f"{counted(privacy)}" + (" · waived" if state == "waived" else ""), ROLES[state]
    )
    unsought = row(("not scanned for: ", "strong"), ", ".join(privacy["not_scanned"]))
    return Entry("privacy", line, [unsought, *_privacy_rows(items["pii"])])


def _privacy_rows(item: ItemStatus) -> Iterator[Row]:
    if item.state == "failed":
        yield row("It stands in the rows as it is: the model may learn it and repeat it.")
        yield row(
            ("Enter", "strong"),
            " keeps it, for a reason that you write; or remove it from the source and import again.",
        )
    elif item.state == "waived":
        yield row(("kept, because: ", "strong"), item.text)


def descent_row(found: Overview | None) -> Row:
    """The current version and where it comes from."""
    return row((descent(found) if found else "no rows yet: begin with the import", "dim"))
