"""The proof of the current split as it stands, with the texts of what it found; and the same proof made again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import audit, journey
from engine.data.overview import overview
from engine.data.records import Progress, no_progress
from engine.data.rows import Row, find_rows
from engine.data.versions import Version, last_record
from engine.durable import read_json, write_json
from engine.errors import DataError, UsageError
from engine.project import Project

_AGAIN = 100
"""From here on seeds count up for proofs made again: the split itself never took one of them."""
SHOWN = 10
"""Pairs whose texts are shown."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof of the current version."""

    version: Version
    proof: Mapping[str, Any]
    """passed, checked {kind: method}, found and leaks {kind: count}, pairs"""
    text: str
    when: str
    again: bool
    """Whether it was made again since the split."""

    def document(self) -> dict[str, Any]:
        """For --json."""
        split = self.version.manifest["split"]
        made = {"version": self.version.name, "when": self.when, "again": self.again, "text": self.text}
        return {**made, "counts": split["counts"], "groups": split["groups"], **self.proof, "shown": list(self.sides())}

    def sides(self) -> Iterator[dict[str, Any]]:
        """The first pairs, each with its two texts."""
        pairs = self.proof["pairs"][:SHOWN]
        ids = [pair[side] for pair in pairs for side in ("left", "right")]
        rows = find_rows(self.version.folder / "rows.jsonl", ids) if ids else {}
        for pair in pairs:
            yield {**pair, **{f"{side}_text": _text(rows.get(pair[side])) for side in ("left", "right")}}


def standing_proof(project: Project) -> Proven:
    """The newest proof of the current version. Raises UsageError before the split."""
    found = overview(project)
    if found is None or found.split is None:
        raise UsageError("there is no split to prove", hint="tunewright data split")
    path = _file(project, found.version.name)
    if path.is_file():
        kept = read_json(path)
        if not isinstance(kept, dict) or not {"passed", "leaks", "pairs", "text", "when"} <= kept.keys():
            raise DataError("not a proof", hint="make it again: tunewright data proof --again", where=str(path))
        return Proven(found.version, kept, kept["text"], kept["when"], True)
    split = found.split
    return Proven(found.version, split["proof"], split["shown"], found.manifest["created"], False)


def prove_again(project: Project, read: Progress = no_progress, compared: Progress = no_progress) -> Proven:
    """Looks once more for anything that the splits share, by other permutations; call it inside project.changing().

    The gate shows what it found. `read` gets rows, `compared` per cent. Raises UsageError before the split.
    """
    import numpy as np

    from engine.data.corpus import build
    from engine.data.groups import SPLITS, Recorded
    from engine.data.links import find_links
    from engine.data.mapping import Mapping as Columns
    from engine.data.proof import prove

    version = standing_proof(project).version
    mapping, record = Columns.from_document(version.manifest["mapping"]), last_record(project.data)
    splits: list[int] = []

    def rows() -> Iterator[Row]:
        for row in version.rows():
            splits.append(SPLITS.index(row.split) if row.split else -1)
            yield row

    corpus = build(rows(), mapping.category, mapping.group, read)
    seed = _AGAIN + sum(line["event"] == "data.proof" for line in audit.entries(project.audit))
    templates = (Recorded.read(record) if record else Recorded.none()).templates
    links = find_links(corpus, np.arange(len(corpus)), templates, seed, compared)
    proof = prove(corpus, np.array(splits, np.int8), links)
    when = datetime.now(UTC).isoformat(timespec="seconds")
    write_json(_file(project, version.name), {**proof.document(), "text": proof.text, "when": when, "seed": seed})
    audit.append(project.audit, "data.proof", version=version.name, seed=seed, passed=proof.passed, leaks=proof.leaks)
    state = journey.Evidence("split_proof", "passed" if proof.passed else "failed", proof.text, {"data": version.name})
    journey.record(project, "data", [state])
    return standing_proof(project)


def _file(project: Project, version: str) -> Path:
    return project.report_folder(version) / "proof.json"


def _text(row: Row | None) -> str:
    """What is compared of a row: all but its system text."""
    return "\n".join([*row.prompt, row.answer]) if row else "(the row is gone)"
