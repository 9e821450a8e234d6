"""`data check`: everything that can be said about files before they are in any project."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.data.balance import balance, by_name, groups_by_name, sizing
from engine.data.corpus import Corpus, CorpusBuilder, first_of_each
from engine.data.duplicates import find_conflicts, find_duplicates, unique_groups
from engine.data.mapping import Mapping
from engine.data.near import Pairs, near_pairs
from engine.data.prepare import Prepared, Source
from engine.data.privacy import NOT_SCANNED
from engine.data.problems import FIRST, Tally
from engine.data.records import Progress, no_progress
from engine.data.tokens import TokenCount


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
        self._mapping = mapping
        self._tally = Tally()
        self._counts = Counter[str]()
        self._secrets = Counter[str]()
        self._privacy = Counter[str]()
        self._private_rows: list[dict[str, Any]] = []
        self._tokens = TokenCount(tokenizer)
        self._corpus = CorpusBuilder(mapping.category, mapping.group)

    def add(self, prepared: Prepared) -> None:
        """Takes one record."""
        self._counts["valid" if prepared.row else "invalid"] += 1
        self._tally.add(prepared.place, prepared.problems)
        self._secrets.update(prepared.secrets)
        self._privacy.update(prepared.privacy)
        if prepared.privacy and len(self._private_rows) < FIRST:
            place = {"file": prepared.place.file, "line": prepared.place.line}
            self._private_rows.append({**place, "kinds": sorted(prepared.privacy)})
        if prepared.row:
            self._tokens.add([message["content"] for message in prepared.row.messages])
            self._corpus.add(prepared.row)

    def report(self, task: str | None, compared: Progress = no_progress) -> dict[str, Any]:
        """The report of all rows taken."""
        corpus = self._corpus.finish()
        near = near_pairs(corpus.sets, first_of_each(corpus.texts, corpus.ids), progress=compared)
        _, prompts = find_conflicts(corpus)
        report = {
            "rows": {"read": self._counts.total(), "valid": self._counts["valid"], "invalid": self._counts["invalid"]},
            "problems": self._tally.listed(),
            "duplicates": find_duplicates(corpus, near).document(),
            "conflicts": {"prompts": prompts},
            "privacy": {**_found(self._privacy), "first": self._private_rows, "not_scanned": list(NOT_SCANNED)},
            "secrets": _found(self._secrets),
            "tokens": self._tokens.report(),
            **self._sizes(corpus, near, task),
        }
        return report | verdict(report)

    def _sizes(self, corpus: Corpus, near: Pairs, task: str | None) -> dict[str, Any]:
        by_category = bool(self._mapping.category)
        rows = np.arange(len(corpus))
        groups = groups_by_name(corpus, rows, unique_groups(corpus, near))
        counted = "groups of near-equal rows in all files; some 80 % of them will be trained on"
        task = task or ("classification" if by_category else "style")
        sizes = sizing(groups, task, counted)
        return {"balance": balance(by_name(corpus, rows)) if by_category else None, "sizing": sizes}


def verdict(report: dict[str, Any]) -> dict[str, Any]:
    """`verdict`: usable, usable with warnings, or not usable, and the `reasons`."""
    errors = [f"{report['rows']['invalid']} rows have errors"] if report["rows"]["invalid"] else []
    if not report["rows"]["valid"]:
        errors = ["no row is usable"]
    warnings = [f"{p['rows']} rows: {p['rule']}" for p in report["problems"] if p["severity"] == "warning"]
    warnings += _when(report["duplicates"]["exact"] + report["duplicates"]["near"], "duplicate rows")
    warnings += _when(report["conflicts"]["prompts"], "prompts with contradicting answers")
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
