"""A finished version becomes the current one: in the settings, the audit log and the gate of the data step."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine import audit, journey
from engine.data.versions import Version, open_version
from engine.errors import DataError
from engine.project import Project


def current(project: Project) -> Version:
    """The project's current version. Raises DataError before the first import, or when it is damaged."""
    name = project.data_version()
    if name is None:
        raise DataError("the project has no data yet", hint="tunewright data import FILE...")
    return open_version(project.version_folder(name))


def adopt(project: Project, version: Version, **facts: Any) -> None:
    """Makes `version` current and records what it shows; call it inside project.changing()."""
    manifest = version.manifest
    before = _about_pii(project) if manifest["step"] == "split" else None
    project.set("data", {"version": version.name})
    sources = [{"path": source["path"], "sha256": source["sha256"]} for source in manifest["sources"]]
    audit.append(
        project.audit,
        f"data.{manifest['step']}",
        version=version.name,
        parent=manifest["parent"],
        counts=manifest["counts"],
        sources=sources,
        **facts,
    )
    journey.record(project, "data", list(evidence(version)))
    # A split changes no row: what was shown of personal data, or waived, holds for its rows as well.
    if before and before.state == "waived":
        journey.waive(project, "data", "pii", before.text)
    elif before and before.state == "passed":
        journey.record(project, "data", [journey.Evidence("pii", "passed", before.text, {"data": version.name})])


def _about_pii(project: Project) -> journey.ItemStatus:
    (step,) = (status for status in journey.read(project) if status.step.key == "data")
    return next(item for item in step.items if item.item == "pii")


def evidence(version: Version) -> Iterator[journey.Evidence]:
    """What the manifest of `version` shows for the gate of the data step."""
    manifest, rests_on = version.manifest, {"data": version.name}
    invalid, where = manifest["invalid"], f"data/{manifest['imported_as']}/left_out.jsonl"
    left_out = (
        f"{invalid:,} of {manifest['read']:,} records left out, listed in {where}" if invalid else "none was left out"
    )
    yield journey.Evidence("no_errors", "passed", f"{len(version):,} rows without errors; {left_out}", rests_on)
    yield journey.Evidence("secrets_masked", "passed", f"masked at import: {counted(manifest['secrets'])}", rests_on)
    yield _privacy(manifest["privacy"], rests_on)
    if "split" in manifest:
        state, text = manifest["split"]["proof"]["passed"], manifest["split"]["shown"]
        yield journey.Evidence("split_proof", "passed" if state else "failed", text, rests_on)


def _privacy(found: Mapping[str, Any], rests_on: Mapping[str, str]) -> journey.Evidence:
    left_out = unsought(found["not_scanned"])
    if not found["findings"]:
        return journey.Evidence(
            "pii", "passed", f"no e-mail, phone, card or account number found; {left_out}", rests_on
        )
    way = "tunewright data redact, then tunewright data certificate"
    return journey.Evidence("pii", "failed", f"{counted(found)}; {left_out}; resolve them: {way}", rests_on)


def unsought(kinds: Sequence[str]) -> str:
    """names, addresses, organisations are not scanned for"""
    return f"{', '.join(kinds)} are not scanned for"


def counted(found: Mapping[str, Any]) -> str:
    """3 (email 2, phone 1)"""
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in found["by_kind"].items())
    return f"{found['findings']:,} ({kinds})" if kinds else "none"
