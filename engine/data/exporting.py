"""`data export`: the rows of a version as files that other tools read, and that an import reads back unchanged."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine import audit
from engine.data.adopt import current
from engine.data.export_files import DATASET_INFO, axolotl_stanza, dataset_info, llamafactory_entry, staged
from engine.data.export_forms import FORMS, Form
from engine.data.export_rows import Refused, Sent, What, send
from engine.data.groups import SPLITS
from engine.data.jsontext import dumps
from engine.data.records import BOM, Progress, no_progress
from engine.data.targets import Target, file_problems, target_named
from engine.data.versions import Version
from engine.durable import write_json
from engine.errors import DataError, UsageError
from engine.project import Project

_REASONS = 8
"""Reasons given in an error."""
_NAMED = 3
"""Rows named for each reason in an error."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for."""

    form: str
    """One of FORMS."""
    out: Path | None = None
    """None: a folder of the version and the form below exports/."""
    splits: tuple[str, ...] = ()
    """None named: all there are."""
    leave_out: bool = False
    """Go on without the rows that the form cannot hold."""
    azure_bom: bool = False
    """Begin every file with a byte order mark."""
    meta: bool = True
    """Take other columns along, where the form has room."""
    target: str | None = None
    """The host, one of engine.data.targets.TARGETS, that it is for: what it would refuse is refused."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    folder: Path
    manifest: Mapping[str, Any]
    refused: tuple[Refused, ...]

    def document(self) -> dict[str, Any]:
        """For --json: the manifest, the folder, and the rows that were left out, numbered from 1."""
        refused = [{"row": one.number + 1, "id": one.id, "why": one.why} for one in self.refused]
        return {**self.manifest, "folder": str(self.folder), "refused": refused}


def export(project: Project, order: Order, progress: Progress = no_progress) -> Exported:
    """Writes the current version as `order` says; call it inside project.changing().

    `progress` gets rows. Everything is written into a temporary folder and takes its place when it is whole. Raises
    UsageError for an unknown form or split, or a folder of the project; DataError when the form cannot hold every row
    or the host refuses one (unless they are to be left out), when none is left or the host takes no such number, or
    when a file of somebody else stands in the way. Nothing is written then.
    """
    form, version = _form(order), current(project)
    target = _target(project, version, order)
    name = _dataset_name(project, version) if order.form == "llamafactory" else ""
    mark = BOM if order.azure_bom else b""
    host = target_named(order.target) if order.target else None
    what = What(form, _splits(version, order.splits), f"{name}_" if name else "", order.meta, mark, host)
    listing = f"{name}.export.json" if name else "export.json"
    with staged(target, listing) as folder:
        sent = send(version, what, folder, progress)
        _require_held(sent, order)
        _require_enough(sent, host)
        _write_beside(folder, target, order.form, sent)
        manifest = _manifest(project, version, order, sent)
        write_json(folder / listing, manifest)
    audit.append(project.audit, "data.export", folder=str(target), **_recorded(manifest))
    return Exported(target, manifest, tuple(sent.refused))


def _target(project: Project, version: Version, order: Order) -> Path:
    target = (order.out or project.exports / f"data-{version.name}-{order.form}").absolute()
    if target.is_relative_to(project.root) and not target.is_relative_to(project.exports):
        hint = "leave --out out, or name a folder outside of the project"
        raise UsageError(f"{target} is in the project, which keeps its files to itself", hint=hint)
    return target


def _form(order: Order) -> Form:
    if order.form not in FORMS:
        raise UsageError(f"no form {order.form!r}", hint=f"--to takes one of {', '.join(FORMS)}")
    if order.azure_bom and not FORMS[order.form].bom:
        with_mark = ", ".join(name for name, one in FORMS.items() if one.bom)
        raise UsageError(f"{order.form} knows no byte order mark", hint=f"--azure-bom goes with {with_mark}")
    return FORMS[order.form]


def _splits(version: Version, named: tuple[str, ...]) -> tuple[str | None, ...]:
    if "split" not in version.manifest:
        if named:
            raise UsageError(f"{version.name} is not split", hint="tunewright data split, or export without --split")
        return (None,)
    unknown = [one for one in named if one not in SPLITS]
    if unknown:
        raise UsageError(f"no split {unknown[0]!r}", hint=f"there are {', '.join(SPLITS)}")
    return tuple(one for one in SPLITS if not named or one in named)


def _dataset_name(project: Project, version: Version) -> str:
    """By this name LLaMA-Factory will know the rows, among those of others."""
    name = re.sub(r"[^a-z0-9]+", "_", str(project.settings().get("project", {}).get("name", "")).lower()).strip("_")
    return f"{name[:40] or 'rows'}_{version.name}"


def _require_held(sent: Sent, order: Order) -> None:
    """Raises DataError when rows are left that nobody allowed to be left out, or when none is held."""
    total = len(sent.refused) + sum(one["rows"] for one in sent.files)
    if not total:
        raise DataError("there is no row to export", hint="export other splits, or all: without --split")
    if sent.refused and (not order.leave_out or not sent.files):
        other = f"take another form: {', '.join(name for name in FORMS if name != order.form)}"
        other = "mend them in step Review" if order.target else other
        hint = f"leave them out (--leave-out), or {other}" if sent.files else other
        form = f"{order.form} for {order.target}" if order.target else order.form
        said = f"{form} cannot hold {len(sent.refused):,} of {total:,} rows"
        why = reasons(sent.refused)
        more = f"; and {len(why) - _REASONS:,} more reasons" if len(why) > _REASONS else ""
        raise DataError(f"{said}: {'; '.join(why[:_REASONS])}{more}", hint=hint)


def _require_enough(sent: Sent, host: Target | None) -> None:
    """Raises DataError when the host takes no file of so many rows to train on."""
    rows = sum(one["rows"] for one in sent.files if one["split"] in ("train", None))
    for problem in file_problems(host, rows) if host else ():
        raise DataError(problem.message, hint=problem.hint)


def reasons(refused: list[Refused] | tuple[Refused, ...]) -> list[str]:
    """Each reason with its rows, numbered from 1: "12 rows (3, 9, 14 ...): it uses tools ..." """
    by_reason: dict[str, list[int]] = {}
    for one in refused:
        by_reason.setdefault(one.why, []).append(one.number + 1)
    lines = []
    for why, rows in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        first = ", ".join(f"{row:,}" for row in rows[:_NAMED]) + (", ..." if len(rows) > _NAMED else "")
        lines.append(f"{len(rows):,} {'row' if len(rows) == 1 else 'rows'} ({first}): {why}")
    return lines


def _write_beside(folder: Path, target: Path, form: str, sent: Sent) -> None:
    """The list of what was left out, and what the reader of this form needs beside the rows."""
    if sent.refused:
        lines = [{"row": one.number + 1, "id": one.id, "why": one.why} for one in sent.refused]
        (folder / "left_out.jsonl").write_bytes(b"".join(dumps(line) + b"\n" for line in lines))
    if form == "llamafactory":
        entries = {Path(one["file"]).stem: llamafactory_entry(one["file"], one["kind"]) for one in sent.files}
        (folder / DATASET_INFO).write_bytes(dataset_info(target, entries))
    elif form == "axolotl":
        (folder / "datasets.yaml").write_bytes(axolotl_stanza(target, sent.files, sent.weights))


def _manifest(project: Project, version: Version, order: Order, sent: Sent) -> dict[str, Any]:
    facts = version.manifest
    with open(version.folder / "rows.jsonl", "rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {
        "form": order.form,
        "target": order.target,
        "project": project.settings().get("project", {}).get("name"),
        "version": version.name,
        "version_sha256": digest,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": sum(one["rows"] for one in sent.files),
        "files": sent.files,
        "left_out": {"rows": len(sent.refused), "reasons": dict(Counter(one.why for one in sent.refused))},
        "columns_left_behind": sent.columns,
        "personal_data": {key: facts["privacy"][key] for key in ("findings", "by_kind", "not_scanned")},
        "secrets_masked": facts["secrets"]["findings"],
        "sources": [{"file": Path(one["path"]).name, "sha256": one["sha256"]} for one in facts["sources"]],
        **{name: project.text("data", name) or "not noted" for name in ("licence", "origin")},
    }


def _recorded(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit log keeps of an export."""
    files = [{"file": one["file"], "rows": one["rows"], "sha256": one["sha256"]} for one in manifest["files"]]
    return {**{key: manifest[key] for key in ("form", "target", "version", "left_out")}, "files": files}
