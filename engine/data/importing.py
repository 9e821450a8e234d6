"""`data import`: files into the first version of their rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.data.mapping import Mapping
from engine.data.masking import Mask, mask_text
from engine.data.prepare import Prepared, Source
from engine.data.privacy import NOT_SCANNED
from engine.data.problems import Tally
from engine.data.read import sha256_of
from engine.data.records import Progress, no_progress
from engine.data.repairs import counted
from engine.data.versions import Version, Writer, open_version, writing
from engine.errors import DataError
from engine.safe_text import safe_text


@dataclass(slots=True)
class _Seen:
    """What went by while rows were written."""

    tally: Tally
    secrets: Counter[str]
    privacy: Counter[str]
    read: int = 0
    mendable: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)

    def add(self, prepared: Prepared) -> None:
        self.read += 1
        self.tally.add(prepared.place, prepared.problems)
        self.secrets.update(prepared.secrets)
        self.privacy.update(prepared.privacy)
        self.mendable.update(prepared.mendable)
        if prepared.row:
            self.mended.update(prepared.mended)


def import_files(
    sources: Sequence[Source],
    mapping: Mapping,
    data: Path,
    progress: Progress = no_progress,
    hashed: Progress = no_progress,
) -> Version:
    """Writes every fit row of `sources` into the next version below `data`; the others are listed in left_out.jsonl.

    `hashed` gets the bytes of the file that is hashed, `progress` those read so far over all files. Raises DataError
    when no row is fit, ResourceError when the disk refuses; no version appears then.
    """
    described = [_described(source, hashed) for source in sources]
    seen = _Seen(Tally(), Counter(), Counter())
    with writing(data) as writer:
        before = 0
        for source, facts in zip(sources, described, strict=True):
            for prepared in source.rows(lambda done, before=before: progress(before + done)):  # type: ignore[misc]
                seen.add(prepared)
                _write(writer, prepared)
            before += facts["bytes"]
        if not writer.rows:
            raise DataError(_nothing(seen), hint="see all of it: tunewright data check FILE", where=_names(sources))
        writer.finish(_manifest(described, mapping, seen, writer))
        name = writer.name
    return open_version(data / name)


def _write(writer: Writer, prepared: Prepared) -> None:
    if prepared.row:
        writer.add(prepared.row)
        return
    place = {"file": safe_text(prepared.place.file), "line": prepared.place.line, "byte": prepared.place.byte}
    reasons = [{"rule": problem.rule, "message": safe_text(problem.message)} for problem in prepared.problems]
    writer.leave_out(place, reasons)


def _manifest(described: Sequence[dict[str, Any]], mapping: Mapping, seen: _Seen, writer: Writer) -> dict[str, Any]:
    return {
        "parent": None,
        "step": "import",
        "imported_as": writer.name,
        "sources": list(described),
        "mapping": Mask().value(mapping.document()),
        "read": seen.read,
        "invalid": writer.left_out,
        "problems": seen.tally.listed(),
        "repairs": {"offered": counted(seen.mendable), "made": counted(seen.mended)},
        "secrets": {"findings": seen.secrets.total(), "by_kind": dict(sorted(seen.secrets.items()))},
        "privacy": {
            "findings": seen.privacy.total(),
            "by_kind": dict(sorted(seen.privacy.items())),
            "not_scanned": list(NOT_SCANNED),
        },
    }


def _described(source: Source, progress: Progress) -> dict[str, Any]:
    """Where a source lies and its hash: the file itself is not copied, since it holds its secrets unmasked."""
    digest = sha256_of(source.path, progress)
    where = safe_text(mask_text(str(source.path.absolute())))
    facts = {"path": where, "sha256": digest, "bytes": source.path.stat().st_size}
    return facts | {"format": source.layout.format, "how": source.said, "repairs": list(source.repairs)}


def _nothing(seen: _Seen) -> str:
    most = seen.tally.listed()[:3]
    return "no row is fit" + "".join(f"; {problem['rows']} rows: {problem['rule']}" for problem in most)


def _names(sources: Sequence[Source]) -> str:
    return ", ".join(source.path.name for source in sources)
