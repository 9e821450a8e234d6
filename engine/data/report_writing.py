"""Writes a report: findings with their members, then what was counted. See data.report for the files."""

import contextlib
import shutil
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.data.jsontext import dumps
from engine.data.report import FORM, Finding, Severity
from engine.durable import disk_errors, write_json

_WEIGHTS: Mapping[Severity, int] = {"error": 4, "warning": 2, "note": 1}
"""How much a finding adds to the risk of a row."""


@dataclass(slots=True)
class _Rule:
    severity: Severity
    title: str
    hint: str
    offsets: "array[int]" = field(default_factory=lambda: array("Q"))
    rows: "array[int]" = field(default_factory=lambda: array("I"))
    owners: "array[int]" = field(default_factory=lambda: array("I"))
    """For each of `rows` the member, counted within the rule."""


class ReportWriter:
    """A report in the making. open_rule(...), add(rule, ...), listed(...), then finish(facts)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rules: dict[str, _Rule] = {}
        self._lists: dict[str, dict[str, Any]] = {}
        self._numbers: list[npt.NDArray[np.uint32]] = []
        self._listed = self._size = 0
        self._members = open(folder / "members.jsonl", "wb", buffering=2**20)  # noqa: SIM115 - closed by writing()

    def add(
        self,
        finding: Finding,
        rows: Sequence[int],
        place: str,
        message: str,
        *,
        hint: str | None = None,
        number: int = 0,
        byte: int | None = None,
        key: str = "",
    ) -> None:
        """One member of `finding`, of which the count is not looked at; its own `hint` where it has one."""
        rule = self._rules.get(finding.rule)
        if rule is None:
            rule = self._rules[finding.rule] = _Rule(finding.severity, finding.title, finding.hint)
        said: dict[str, Any] = {"rows": list(rows), "place": place, "message": message}
        said |= {"hint": finding.hint if hint is None else hint}
        said |= {name: value for name, value in (("number", number), ("byte", byte), ("key", key)) if value}
        rule.rows.extend(rows)
        rule.owners.extend([len(rule.offsets)] * len(rows))
        rule.offsets.append(self._size)
        self._size += self._members.write(dumps(said) + b"\n")

    def keep(self, numbers: npt.NDArray[np.integer[Any]]) -> int:
        """Numbers that lists are taken from; where they begin."""
        start = self._listed
        self._numbers.append(numbers.astype(np.uint32))
        self._listed += len(numbers)
        return start

    def listed(self, rule: str, rows: int, count: int, message: str, hint: str, values: int | None = None) -> None:
        """A list of `count` of the kept numbers from place `rows`; {value} in `message` is the number from `values`."""
        self._lists[rule] = {"rows": rows, "count": count, "values": values, "message": message, "hint": hint}

    def finish(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """Writes what is left, and gives what belongs into report.json."""
        self.close()
        order = sorted(
            self._rules, key=lambda name: (-_WEIGHTS[self._rules[name].severity], -len(self._rules[name].offsets), name)
        )
        firsts = np.cumsum([0, *(len(self._rules[name].offsets) for name in order)])[:-1].tolist()
        offsets = [np.array(self._rules[name].offsets, "<u8") for name in order]
        _save(self.folder / "members.idx", np.concatenate([np.zeros(0, "<u8"), *offsets]))
        self._flags([self._rules[name] for name in order], firsts)
        _save(self.folder / "lists.u32", np.concatenate([np.zeros(0, np.uint32), *self._numbers]).astype("<u4"))
        findings = [self._finding(name) for name in order]
        return {"findings": findings, "firsts": firsts, "lists": self._lists, "facts": dict(facts)}

    def close(self) -> None:
        self._members.close()

    def _finding(self, name: str) -> dict[str, Any]:
        rule = self._rules[name]
        return asdict(Finding(name, rule.severity, rule.title, rule.hint, len(rule.offsets)))

    def _flags(self, rules: Sequence[_Rule], firsts: Sequence[int]) -> None:
        rows = np.concatenate([np.zeros(0, np.uint32), *(np.array(rule.rows, np.uint32) for rule in rules)])
        owners = [np.array(rule.owners, np.uint32) + np.uint32(at) for rule, at in zip(rules, firsts, strict=True)]
        weights = [np.full(len(rule.rows), _WEIGHTS[rule.severity]) for rule in rules]
        members = np.concatenate([np.zeros(0, np.uint32), *owners])
        order = np.lexsort((members, rows))
        _save(self.folder / "flags.u32", np.stack([rows[order], members[order]], axis=1).astype("<u4"))
        flagged, place = np.unique(rows, return_inverse=True)
        risk = np.bincount(place, np.concatenate([np.zeros(0), *weights]), len(flagged))
        _save(self.folder / "risky.u32", flagged[np.lexsort((flagged, -risk))].astype("<u4"))


@contextlib.contextmanager
def writing_report(folder: Path) -> Iterator[tuple[ReportWriter, dict[str, Any]]]:
    """(a writer, a document to fill with what its finish() gives): the report in `folder` is replaced at the end.

    Only one process may do so at a time. Whatever fails, the earlier report stays.
    Raises ResourceError when the disk refuses.
    """
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        name = str(1 + max((int(old.name) for old in folder.iterdir() if old.name.isdecimal()), default=0))
        (folder / name).mkdir()
        document: dict[str, Any] = {}
        try:
            with contextlib.closing(ReportWriter(folder / name)) as writer:
                yield writer, document
            made = datetime.now(UTC).isoformat(timespec="seconds")
            write_json(folder / "report.json", {"form": FORM, "made": made, "folder": name, **document})
        except BaseException:
            shutil.rmtree(folder / name, ignore_errors=True)
            raise
        for old in folder.iterdir():
            if old.is_dir() and old.name != name:
                shutil.rmtree(old, ignore_errors=True)


def _save(path: Path, numbers: npt.NDArray[Any]) -> None:
    with open(path, "wb") as file:
        numbers.tofile(file)
