"""`data mix`: a file of general rows is read by every rule, and freed of what validation or test has too."""

import hashlib
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO

from engine import audit
from engine.data.adopt import current
from engine.data.export_forms import FORMS
from engine.data.export_rows import What, line_of
from engine.data.general import MOST, General, chosen_general, prepared_file, wanted_rows
from engine.data.jsontext import parse
from engine.data.mapping import Mapping as Columns
from engine.data.overlap import Overlap, Text, find_overlap
from engine.data.prepare import AS_IT_IS, Prepared, Wishes, find_layout
from engine.data.problems import Tally
from engine.data.read import sha256_of
from engine.data.records import Progress, no_progress
from engine.data.rows import SYSTEM, Row
from engine.data.tokens import ESTIMATE, estimate
from engine.data.versions import Version
from engine.durable import disk_errors, sync
from engine.errors import DataError, UsageError
from engine.project import Project

_NAMED = 20
"""Rows named of those left out; all are counted."""
_CHAT = What(FORMS["openai"], (), "", meta=False, mark=b"")


@dataclass(frozen=True, slots=True)
class Mixed:
    """What was chosen, and what it comes to."""

    general: General
    facts: Mapping[str, Any]
    """read, problems, secrets, first_left_out, train, wanted, taken, share_of_rows, tokens {general,
    train, share, method}"""

    def document(self) -> dict[str, Any]:
        """For --json."""
        return {**self.general.document(), **self.facts}


@dataclass(slots=True)
class _Draft:
    """The rows that are fit, in a file, and what was said about the others."""

    file: BinaryIO
    tally: Tally = field(default_factory=Tally)
    secrets: Counter[str] = field(default_factory=Counter)
    places: list[int] = field(default_factory=list)
    """Line in the person's file of each row that is fit."""
    known: set[str] = field(default_factory=set)
    left_out: list[tuple[int, str]] = field(default_factory=list)
    """(line, why)"""
    read: int = 0

    def take(self, prepared: Prepared) -> None:
        """Writes the row of a record down, or why it has none."""
        self.read += 1
        self.tally.add(prepared.place, prepared.problems)
        self.secrets.update(prepared.secrets)
        line = self._line(prepared.row) if prepared.row else "it has errors"
        if isinstance(line, str):
            self.left_out.append((prepared.place.line, line))
            return
        self.file.write(line)
        self.places.append(prepared.place.line)

    def _line(self, row: Row) -> bytes | str:
        if row.id in self.known:
            return "it is equal to an earlier row"
        if row.kind != "sft":
            return "it has a rejected or judged answer, and general rows are learned as they are"
        self.known.add(row.id)
        return line_of(row, _CHAT)


def mix(
    project: Project,
    file: Path,
    share: float,
    wishes: Wishes = AS_IT_IS,
    read: Progress = no_progress,
    compared: Progress = no_progress,
) -> Mixed:
    """Chooses the rows of `file` to make up `share` of all rows trained on; call it inside project.changing().

    `read` gets bytes, `compared` rows. Raises UsageError for a share over 0.9 or before the split, DataError for a file
    that cannot be read or holds no fit row; nothing is changed then.
    """
    if not 0 < share <= MOST:
        raise UsageError(f"a share of {share:g} does not fit", hint=f"a number up to {MOST}: --share 0.2 is a fifth")
    version = current(project)
    if "split" not in version.manifest:
        hint = "tunewright data split first: general rows are compared with validation and test"
        raise UsageError(f"{version.name} is not split", hint=hint)
    source, folder = find_layout(file.absolute(), Columns(), wishes), project.general
    with disk_errors(folder):
        folder.mkdir(exist_ok=True)
        path = folder / f".{os.getpid()}.tmp"
        try:
            with open(path, "w+b") as draft_file:
                draft = _Draft(draft_file)
                for prepared in source.rows(read):
                    draft.take(prepared)
                overlap = _overlap(version, draft, compared)
                name = _settle(path, folder, draft, overlap)
        finally:
            path.unlink(missing_ok=True)
    return _chosen(project, version, file.absolute(), share, draft, name)


def _overlap(version: Version, draft: _Draft, compared: Progress) -> Overlap:
    """What the rows that are fit have in common with those that are held out."""
    held = [row for row in version.rows() if row.split in ("validation", "test")]
    draft.file.seek(0)
    texts = (_text(line) for line in draft.file)
    found = find_overlap([Text.of(row) for row in held], texts, len(draft.places), compared)
    for number, hits in groupby(found.hits, key=lambda hit: hit.row):
        first, *_ = kinds = list(hits)
        row, how = held[first.text], ", ".join(hit.kind for hit in kinds)
        draft.left_out.append((draft.places[number], f"{row.split} has something of it: {how} ({row.id[:8]})"))
    return found


def _text(line: bytes) -> Text:
    turns = [turn["content"] for turn in parse(line).value["messages"] if turn["role"] not in SYSTEM]
    return Text("\n".join(turns[:-1]), turns[-1])


def _settle(path: Path, folder: Path, draft: _Draft, overlap: Overlap) -> str:
    """The rows that stay, in a file named by its hash: a run that was planned with others can still be resumed."""
    gone = set(overlap.rows)
    if len(gone) == len(draft.places):
        first = "; ".join(f"line {line}: {why}" for line, why in draft.left_out[:3])
        raise DataError("no general row is fit", hint=f"choose another file; this one has {first or 'no row'}")
    digest = hashlib.sha256()
    kept = path.with_suffix(".kept.tmp")
    try:
        draft.file.seek(0)
        with open(kept, "wb") as file:
            for number, line in enumerate(draft.file):
                if number not in gone:
                    file.write(line)
                    digest.update(line)
        sync(kept)
        os.replace(kept, folder / f"{digest.hexdigest()[:16]}.jsonl")
    finally:
        kept.unlink(missing_ok=True)
    sync(folder)
    return f"{digest.hexdigest()[:16]}.jsonl"


def _chosen(project: Project, version: Version, file: Path, share: float, draft: _Draft, name: str) -> Mixed:
    """Writes the choice down, with what it comes to."""
    digest = sha256_of(file)
    lines = len({line for line, _ in draft.left_out})
    general = General(str(file), digest, share, draft.read - lines, lines, version.name, f"general/{name}")
    project.set("data", {"general": general.document()})
    facts = {
        "read": draft.read,
        "problems": draft.tally.listed(),
        "secrets": {"findings": draft.secrets.total(), "by_kind": dict(sorted(draft.secrets.items()))},
        "first_left_out": [{"line": line, "why": why} for line, why in sorted(draft.left_out)[:_NAMED]],
        **_sizes(project, version, general),
    }
    counts = {"read": draft.read, "rows": general.rows, "left_out": general.left_out}
    audit.append(project.audit, "data.mix", file=str(file), sha256=digest, share=share, data=version.name, **counts)
    return Mixed(general, facts)


def _sizes(project: Project, version: Version, general: General) -> dict[str, Any]:
    """Rows and tokens: what the share wants, what there is, and what it comes to."""
    train, tokens = 0, 0
    for row in version.rows("train"):
        train += row.wanted
        tokens += estimate(sum(len(turn["content"]) for turn in row.messages)) if row.wanted else 0
    wanted = wanted_rows(train, general.share)
    taken = min(wanted, general.rows)
    with open(prepared_file(project, general), "rb") as file:
        sizes = [estimate(sum(len(turn["content"]) for turn in parse(line).value["messages"])) for line in file]
    mixed = round(taken * sum(sizes) / len(sizes))
    total = tokens + mixed
    return {
        "train": train,
        "wanted": wanted,
        "taken": taken,
        "share_of_rows": round(taken / (train + taken), 4) if taken else 0.0,
        "tokens": {
            "general": mixed,
            "train": tokens,
            "share": round(mixed / total, 4) if total else 0.0,
            "method": ESTIMATE,
        },
    }


def mix_none(project: Project) -> None:
    """Chooses no general rows; call it inside project.changing(). Raises UsageError when none were chosen."""
    if project.settings().get("data", {}).get("general") is None:
        raise UsageError("no general rows are chosen", hint="tunewright data mix FILE chooses some")
    project.set("data", {"general": None})
    audit.append(project.audit, "data.mix", file=None)


def compared_with(project: Project, version: str) -> General | None:
    """What was chosen, compared again where the data is another version than it was compared with.

    Call it inside project.changing(). Raises what `mix` raises.
    """
    general = chosen_general(project)
    if general is None or general.against == version:
        return general
    # The person's file may be gone or changed by now: what was chosen are the rows that were taken from it.
    again = mix(project, prepared_file(project, general), general.share).general
    left_out = general.left_out + again.left_out
    again = replace(again, file=general.file, sha256=general.sha256, left_out=left_out)
    project.set("data", {"general": again.document()})
    return again
