"""A project whose current version holds given rows, as an import would have written them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.data.mapping import Mapping as Columns
from engine.data.rows import Row, row_id
from engine.data.versions import Version, Writer, open_version, writing
from engine.project import Project

LONG = (
    "The parcel arrived on Tuesday but the box was open and two of the four cups inside were broken into small pieces, "
    "so that I would like to know whether you send new ones or pay back what they cost me when I ordered in spring"
)


def row(prompt: str, answer: str, system: str | None = None, line: int = 0, **meta: object) -> Row:
    messages = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    if system:
        messages.insert(0, {"role": "system", "content": system})
    source = {"file": "rows.jsonl", "line": line, "byte": 0}
    return Row(row_id(messages, meta.get("tools")), messages, meta, source, ["import"])


def numbered(rows: Sequence[Row]) -> list[Row]:
    """The same rows, from line 1 on."""
    for line, one in enumerate(rows, start=1):
        one.source["line"] = line
    return list(rows)


def kept(project: Project, rows: Sequence[Row], **mapping: object) -> Version:
    """A first version of these rows, made current."""
    with writing(project.data) as writer:
        for one in numbered(rows):
            writer.add(one)
        finish(writer, mapping)
        name = writer.name
    project.set("data", {"version": name})
    return open_version(project.version_folder(name))


def finish(
    writer: Writer,
    mapping: Mapping[str, object],
    sources: Sequence[Any] = (),
    problems: Sequence[Any] = (),
) -> None:
    """The manifest of an import."""
    found: dict[str, Any] = {"findings": 0, "by_kind": {}, "not_scanned": []}
    writer.finish(
        {
            "parent": None,
            "step": "import",
            "imported_as": writer.name,
            "sources": list(sources),
            "mapping": Columns.from_document(mapping).document(),
            "read": writer.rows + writer.left_out,
            "invalid": writer.left_out,
            "problems": list(problems),
            "secrets": found,
            "privacy": found,
        }
    )


def written(folder: Path, text: str, name: str = "rows.jsonl") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
