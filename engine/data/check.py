"""`data check`: everything that can be said about files before they are in any project."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from engine.data.gathering import IN_FILES, Gathering
from engine.data.mapping import Mapping
from engine.data.places import Places
from engine.data.prepare import Prepared, Source
from engine.data.privacy import NOT_SCANNED
from engine.data.problems import FIRST, Tally
from engine.data.records import Progress, no_progress
from engine.data.repairs import counted
from engine.data.shingles import I64


def check(
    sources: Sequence[Source],
    mapping: Mapping,
    task: str | None = None,
    tokenizer: Path | None = None,
    read: Progress = no_progress,
    compared: Progress = no_progress,
) -> dict[str, Any]:
    """The report on `sources`, as plain data; `read` gets the bytes read so far over all files, `compared` per cent."""
    survey = Survey(mapping, tokenizer)
    before = 0
    for source in sources:
        for prepared in source.rows(lambda done, before=before: read(before + done)):  # type: ignore[misc]
            survey.add(prepared)
        before += source.path.stat().st_size
    formats = list(dict.fromkeys(source.layout.format for source in sources))
    return {"format": formats[0] if len(formats) == 1 else formats, **survey.report(task, compared)}


class Survey:
    """What is learned from rows as they come by. add(prepared)... report(task)"""

    def __init__(self, mapping: Mapping, tokenizer: Path | None = None) -> None:
        self._tally = Tally()
        self._counts = Counter[str]()
        self._secrets = Counter[str]()
        self._privacy = Counter[str]()
        self._mendable = Counter[str]()
        self._private_rows: list[dict[str, Any]] = []
        self._gathering = Gathering(mapping, tokenizer)
        self._places = Places()

    def add(self, prepared: Prepared) -> None:
        """Takes one record."""
        self._counts["valid" if prepared.row else "invalid"] += 1
        if prepared.problems:
            self._tally.add(prepared.place, prepared.problems)
        if prepared.mendable:
            self._mendable.update(prepared.mendable)
        if prepared.secrets:
            self._secrets.update(prepared.secrets)
        if prepared.privacy:
            self._privacy.update(prepared.privacy)
            if len(self._private_rows) < FIRST:
                place = {"file": prepared.place.file, "line": prepared.place.line}
                self._private_rows.append({**place, "kinds": sorted(prepared.privacy)})
        if prepared.row:
            self._gathering.add(prepared.row)
            self._places.add(prepared.row)

    def report(self, task: str | None, compared: Progress = no_progress) -> dict[str, Any]:
        """The report of all rows taken."""
        gathered = self._gathering.finish(compared)
        facts = gathered.facts(task, IN_FILES)
        facts["duplicates"]["first"] = self._first(gathered.duplicates.clusters())
        facts["conflicts"]["first"] = self._first(gathered.conflicts.groups())
        report = {
            "rows": {"read": self._counts.total(), "valid": self._counts["valid"], "invalid": self._counts["invalid"]},
            "problems": self._tally.listed(),
            "repairs": counted(self._mendable),
            "privacy": {**_found(self._privacy), "first": self._private_rows, "not_scanned": list(NOT_SCANNED)},
            "secrets": _found(self._secrets),
            **facts,
        }
        return report | verdict(report)

    def _first(self, groups: Iterator[I64]) -> list[list[str]]:
        """Places of the first few rows of the first few groups."""
        return [[self._places[row] for row in rows[:FIRST]] for rows in islice(groups, FIRST)]


def verdict(report: dict[str, Any]) -> dict[str, Any]:
    """`verdict`: usable, usable with warnings, or not usable, and the `reasons`."""
    errors = [f"{report['rows']['invalid']} rows have errors"] if report["rows"]["invalid"] else []
    if not report["rows"]["valid"]:
        errors = ["no row is usable"]
    warnings = [f"{p['rows']} rows: {p['rule']}" for p in report["problems"] if p["severity"] == "warning"]
    warnings += _when(report["duplicates"]["exact"] + report["duplicates"]["near"], "duplicate rows")
    warnings += _when(report["conflicts"]["prompts"], "prompts with contradicting answers")
    warnings += _when(report["conflicts"]["near"], "nearly equal prompts in different categories")
    warnings += _when(report["secrets"]["findings"], "secrets, to be masked at import")
    warnings += _when(report["privacy"]["findings"], "pieces of personal data")
    warnings += [text for text in [(report["balance"] or {}).get("warning")] if text]
    warnings += _when(len(report["sizing"]["short"]), "categories with too few examples")
    state = "not usable" if errors else "usable with warnings" if warnings else "usable"
    return {"verdict": state, "reasons": errors + warnings}


def _when(count: int, what: str) -> list[str]:
    return [f"{count:,} {what}"] if count else []


def _found(counts: Counter[str]) -> dict[str, Any]:
    return {"findings": counts.total(), "by_kind": dict(sorted(counts.items()))}
