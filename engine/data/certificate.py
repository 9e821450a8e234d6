"""The certificate: what was scanned in a version, by which rules, what was redacted, what stays and why, and what not.

reports/<version>/certificate.json and certificate.txt; the hash of the first is in the audit log.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from engine import audit, journey
from engine.data.adopt import counted, unsought
from engine.data.privacy import NOT_SCANNED
from engine.data.privacy_rules import KINDS
from engine.data.privacy_scan import scanned, scanned_version
from engine.data.redaction import Redactions, open_redactions
from engine.durable import write_atomic
from engine.errors import DataError, GateError
from engine.project import Project

_NAME = "certificate.json"


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate as it was written."""

    document: Mapping[str, Any]
    sha256: str
    """Of certificate.json; the audit log has it."""
    path: Path

    @property
    def lines(self) -> list[str]:
        """certificate.txt"""
        return list(_lines(self.document))


def certify(project: Project) -> Certificate:
    """Writes the certificate of the current version and passes the gate item `pii`. Call it inside project.changing().

    Raises UsageError when the version was not scanned, GateError while findings are open or accepted and not applied.
    """
    found = open_redactions(project)
    _require_done(found)
    document = _document(found)
    content = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    made = Certificate(document, hashlib.sha256(content).hexdigest(), _path(project, found.scanned.version))
    write_atomic(made.path, content)
    write_atomic(made.path.with_suffix(".txt"), "\n".join([*made.lines, ""]).encode())
    kept = document["kept"]
    audit.append(
        project.audit,
        "data.certificate",
        version=found.scanned.version,
        sha256=made.sha256,
        rules=document["rules"],
        kept=kept,
    )
    record_evidence(project)
    return made


def certificate(project: Project) -> Certificate | None:
    """That of the current version; None when there is none, or it is not the one that the audit log knows."""
    version = project.data_version()
    path = _path(project, version) if version else None
    if path is None or not path.is_file():
        return None
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    known = [line["sha256"] for line in audit.entries(project.audit) if line["event"] == "data.certificate"]
    if digest not in known:
        return None
    try:
        return Certificate(orjson.loads(content), digest, path)
    except orjson.JSONDecodeError as error:
        raise DataError(
            f"not JSON: {error}", hint="make it again: tunewright data certificate", where=str(path)
        ) from error


def record_evidence(project: Project) -> None:
    """Writes what is known of the current version's personal data to the data gate, unless it says so already.

    Nothing before the first scan: what the import counted stands there then.
    """
    of = scanned(project)
    if of is None:
        return
    rests_on, made = {"data": of.version}, certificate(project)
    counts = open_redactions(project).counts()
    if made and not (counts.open or counts.accepted or counts.marked):
        text = f"{_sentence(made.document)}; certificate {made.sha256[:12]}"
        evidence = journey.Evidence("pii", "passed", text, rests_on)
    elif not (of.by_kind or counts.marked):
        text = f"scanned {of.rows:,} rows and found none; {unsought(NOT_SCANNED)}"
        evidence = journey.Evidence("pii", "passed", text, rests_on)
    else:
        found = counted({"findings": sum(of.by_kind.values()), "by_kind": of.by_kind})
        way = "tunewright data redact, then tunewright data certificate"
        text = f"{found}, not all resolved; {unsought(NOT_SCANNED)}; resolve them: {way}"
        evidence = journey.Evidence("pii", "failed", text, rests_on)
    journey.record_new(project, "data", evidence)


def _require_done(found: Redactions) -> None:
    counts = found.counts()
    if counts.open:
        raise GateError(
            f"{counts.open:,} findings in {found.scanned.version} are open",
            hint="decide them: tunewright data redact --plain, or --accept all",
        )
    if counts.accepted or counts.marked:
        raise GateError(
            f"{counts.accepted:,} accepted redactions and {counts.marked:,} marked rows are not applied yet",
            hint="tunewright data redact --apply; or take them back: tunewright data redact --undo",
        )


def _document(found: Redactions) -> dict[str, Any]:
    of, version = found.scanned, scanned_version(found.project, found.scanned)
    redacted = Counter[str](version.manifest.get("redacted", {}))
    kept: Counter[tuple[str, str]] = Counter()
    for one in found.decided("refuse"):
        kept[one.kind, found.decisions[one.id].reason] += len(one.at)
    by_kind = {
        kind: {
            "rule": rule,
            "found": of.by_kind.get(kind, 0) + redacted[kind],
            "redacted": redacted[kind],
            "kept": of.by_kind.get(kind, 0),
        }
        for kind, rule in KINDS.items()
    }
    with open(version.folder / "rows.jsonl", "rb") as file:
        rows_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "version": of.version,
        "rows_sha256": rows_sha256,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "rules": of.rules,
        "phone_regions": list(of.regions),
        "scanned": {"rows": of.rows, "turns": of.turns, "texts": of.fields},
        "kinds": by_kind,
        "marked_by_hand": {kind: count for kind, count in sorted(redacted.items()) if kind not in KINDS},
        "kept": [{"kind": kind, "places": count, "reason": reason} for (kind, reason), count in sorted(kept.items())],
        "not_scanned": list(NOT_SCANNED),
    }


def _sentence(document: Mapping[str, Any]) -> str:
    kinds = document["kinds"].values()
    redacted, kept = (sum(kind[name] for kind in kinds) for name in ("redacted", "kept"))
    marked = sum(document["marked_by_hand"].values())
    by_hand = f", {marked:,} marked by hand and redacted" if marked else ""
    said = f"{document['scanned']['rows']:,} rows scanned, {redacted:,} places redacted{by_hand}, {kept:,} kept"
    reasons = "; ".join(f"{one['kind']} {one['places']:,}: {one['reason']}" for one in document["kept"])
    return f"{said}{f' ({reasons})' if reasons else ''}; {unsought(document['not_scanned'])}"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    scan = document["scanned"]
    yield f"Personal data in version {document['version']}"
    yield f"made {document['made']} by the rules of version {document['rules']}"
    yield f"rows.jsonl has SHA-256 {document['rows_sha256']}"
    yield f"scanned: {scan['rows']:,} rows, {scan['turns']:,} turns, {scan['texts']:,} texts with columns and calls"
    yield f"national phone numbers of: {', '.join(document['phone_regions'])}; international ones of all countries"
    yield ""
    for kind, one in document["kinds"].items():
        yield f"{kind}: {one['found']:,} found, {one['redacted']:,} redacted, {one['kept']:,} kept"
        yield f"  sought: {one['rule']}"
    for kind, count in document["marked_by_hand"].items():
        yield f"{kind}: {count:,} marked by hand and redacted"
    yield ""
    for one in document["kept"]:
        yield f"kept: {one['places']:,} places ({one['kind']}), because: {one['reason']}"
    yield f"NOT scanned for: {', '.join(document['not_scanned'])}. They have no shape; only a person can find them."


def _path(project: Project, version: str) -> Path:
    return project.report_folder(version) / _NAME
