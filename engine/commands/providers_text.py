"""`tunewright providers` in words and as JSON documents."""

import shutil
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from engine.providers.telling import LEGEND
from engine.safe_text import one_line
from engine.where.constraints import asked_for
from engine.where.destinations import COLUMNS, Candidate, Constraints

if TYPE_CHECKING:
    from engine.providers.entries import Catalogue
    from engine.where.page import Page
    from engine.where.uploading import Upload

_TITLES = {
    "this machine": "this machine: no data leaves it",
    "service": "services: they train; most serve what was trained",
    "rented GPU": "rented GPUs: billed by the hour, used or not; choosing one asks for its name",
    "closed": "closed: nobody new can train there",
}
_HEADS = (("destination", 27), ("served", 10), ("training", 17), ("serving", 26))
"""Columns of a line of 80 characters: name and width."""


def listing(found: Sequence[Candidate], asked: Constraints, *, wide: bool) -> Iterator[str]:
    """The table by parts: what fits, then what does not with every reason; prices USD per 1M tokens or by the hour."""
    if wide:
        yield from _wide(found)
        return
    said = asked_for(asked)
    yield f"asked for: {said}" if said else "nothing is asked for: --region, --privacy, --budget, ... do"
    yield "".join(f"{head:<{width}}" for head, width in _HEADS).rstrip()
    fitting, rest = [one for one in found if one.fits], [one for one in found if not one.fits]
    for title, part in (("Fit", fitting), ("Do not fit", rest)):
        if part:
            yield f"\n{title}: {len(part)}"
            yield from _grouped(part)
    yield f"\nserving: prompt/answer in USD per 1M tokens, or by the hour and month\n{LEGEND}"


def _grouped(part: Sequence[Candidate]) -> Iterator[str]:
    """The lines, with a heading over each kind."""
    before = None
    for one in part:
        kind = "closed" if one.destination.status == "closed" else one.destination.kind
        if kind != before:
            yield f"- {_TITLES[kind]}"
        before = kind
        yield from _lines(one)


def _lines(one: Candidate) -> Iterator[str]:
    """The line of a destination, then why not, or what is to be known."""
    prices = {name: one.columns[name] for name in ("training_price", "serving_price")}
    missing = {name: text for name, text in prices.items() if text.startswith("not found")}
    short = ["not found" if name in missing else text for name, text in prices.items()]
    cells = zip((one.destination.id, one.columns["served"], *short), _HEADS, strict=True)
    yield "".join(f"{one_line(text):<{width - 1}} " for text, (_, width) in cells).rstrip()
    for reason in one.why_not:
        yield from _below(f"no: {reason}")
    for warning in one.warnings if one.fits else ():
        # What stands in the line already.
        if not (warning.startswith("billed by the hour") and prices["serving_price"].endswith("/mo")):
            yield from _below(f"! {warning}")
    if missing and one.destination.status != "closed":
        names = " and ".join(name.replace("_", " ") for name in missing)
        yield from _below(f"{names}: {'; '.join(dict.fromkeys(missing.values()))}")


def _below(text: str) -> list[str]:
    width = max(40, shutil.get_terminal_size((80, 24)).columns - 1)
    return textwrap.wrap(one_line(text, 2000), width, initial_indent="    ", subsequent_indent="        ")


def _wide(found: Sequence[Candidate]) -> Iterator[str]:
    """Every column, tab by tab, for a wide terminal, a pager or a spreadsheet."""
    yield "\t".join(("id", "fits", *COLUMNS, "why_not", "warnings"))
    for one in found:
        judged = ("; ".join(one.why_not), "; ".join(one.warnings))
        texts = (one.destination.id, "yes" if one.fits else "no", *(one.columns[name] for name in COLUMNS), *judged)
        yield "\t".join(one_line(text, 4000) for text in texts)


def document(found: Sequence[Candidate], asked: Constraints, catalogue: "Catalogue", today: date) -> dict[str, Any]:
    """For --json: the columns as texts, and every figure with source, as_of and confidence."""
    rows = [
        {
            "id": one.destination.id,
            "fits": one.fits,
            "why_not": one.why_not,
            "refused": one.refused,
            "warnings": one.warnings,
            **one.columns,
            "figures": asdict(one.destination),
        }
        for one in found
    ]
    said = {**asdict(asked), "answered": sorted(asked.answered)}
    return {"today": today, "constraints": said, "destinations": rows, "problems": catalogue.problems}


def page_lines(page: "Page") -> Iterator[str]:
    """A page for a terminal: flags first."""
    yield page.title
    for flag in page.flags:
        yield from _below(f"! {flag}")
    for section in page.sections:
        yield f"\n{section.title}"
        for fact in section.facts:
            sign = f" [{fact.mark}]" if fact.mark else ""
            name = f"{fact.name}: " if fact.name else ""
            origin = f" -- {fact.origin}" if fact.origin else ""
            yield from _below(f"{name}{fact.text}{sign}{origin}")
        yield from (f"    {one_line(line, 2000)}" for line in section.lines)


def upload_document(made: "Upload") -> dict[str, Any]:
    """For --json: what the export says, and what is typed there."""
    said = {"destination": made.destination.id, "commands": list(made.commands), "notes": list(made.notes)}
    return {**made.exported.document(), **said}


def upload_lines(made: "Upload") -> list[str]:
    """What was written, and what to type there."""
    from engine.data.outcomes import exported

    lines = exported(made.exported.document())
    typed = ["", f"typed by you, there ({made.destination.provider_name}):", *(f"  {line}" for line in made.commands)]
    return [*lines, *typed, "", *(f"note: {note}" for note in made.notes)]
