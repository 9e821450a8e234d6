"""The inspection of a version: every row judged by the rules, all of them compared, and what was found kept."""

from pathlib import Path

from engine.data.adopt import current
from engine.data.gathering import IN_TRAIN, IN_VERSION, Gathering
from engine.data.mapping import Mapping
from engine.data.places import Places
from engine.data.records import Progress, no_progress
from engine.data.report_members import compared, judged, left_out, listed, odd
from engine.data.report_writing import ReportWriter, writing_report
from engine.data.versions import Version
from engine.durable import read_lines
from engine.model import BUILT_IN
from engine.project import Project


def inspect(project: Project, read: Progress = no_progress, compare: Progress = no_progress) -> None:
    """Makes the report on the project's current version; `read` gets rows, `compare` per cent.

    Raises DataError before the first import or when the version is damaged, ModelError when the working model's
    tokenizer cannot be used.
    """
    version = current(project)
    mapping = Mapping.from_document(version.manifest["mapping"])
    with writing_report(project.report_folder(version.name)) as (writer, document):
        _left_out(project, version, writer)
        gathering, places = Gathering(mapping, tokenizer_of(project)), Places()
        for number, row in enumerate(version.rows()):
            read(number)
            gathering.add(row)
            places.add(row)
            judged(writer, number, row, places[number])
        gathered = gathering.finish(compare)
        compared(writer, gathered, places)
        odd(writer, gathered, places)
        listed(writer, gathered)
        counted = IN_TRAIN if "split" in version.manifest else IN_VERSION
        kept = {key: version.manifest[key] for key in ("problems", "privacy", "secrets")}
        rows = {"read": version.manifest["read"], "valid": len(version), "invalid": version.manifest["invalid"]}
        facts = gathered.facts(project.text("data", "task"), counted)
        document |= writer.finish({"rows": rows, **kept, **facts})


def _left_out(project: Project, version: Version, writer: ReportWriter) -> None:
    """What the import could not take, and what the last split had to leave out."""
    hints = {one["rule"]: one["first"][0]["hint"] for one in version.manifest["problems"] if one["first"]}
    folders = [project.version_folder(version.manifest["imported_as"])]
    if version.manifest["step"] == "split":
        folders.append(version.folder)
        hints["links-two-splits"] = "it links rows of two splits, which must share nothing; nothing is to be done"
    for folder in folders:
        left_out(writer, (line for _, line in read_lines(folder / "left_out.jsonl")), hints)


def tokenizer_of(project: Project) -> Path | None:
    """tokenizer.json of the model that the project works with; None while none is chosen."""
    if not project.settings().get("model"):
        return None
    path = project.text("model", "path")
    file = (BUILT_IN if path is None else Path(path)) / "tokenizer.json"
    return file if file.is_file() else None
