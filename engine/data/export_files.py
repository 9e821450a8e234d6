"""Where an export goes: whole or not at all, never through a link, and never over a file of somebody else."""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.data.jsontext import parse
from engine.data.read import open_regular
from engine.durable import disk_errors, sync
from engine.errors import DataError

DATASET_INFO = "dataset_info.json"
_OURS = "choose another folder with --out, or move that file away"


@contextlib.contextmanager
def staged(target: Path, manifest: str) -> Iterator[Path]:
    """A temporary folder whose files take their places in `target` when the block ends well.

    A file in `target` is replaced only where `manifest`, that of an earlier export, lists it; those that are listed and
    were not made again go. Raises DataError when something else stands in the way, ResourceError when the disk refuses.
    """
    _require_folder(target)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary.mkdir()
        try:
            yield temporary
            for path in temporary.iterdir():
                sync(path)
            if target.exists():
                _settle(temporary, target, manifest)
            else:
                os.rename(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        sync(target.parent)


def _require_folder(target: Path) -> None:
    for folder in (target, target.parent):
        if folder.is_symlink():
            raise DataError("is a symbolic link", hint="name the folder that it points to", where=str(folder))
    if target.exists() and not target.is_dir():
        raise DataError("is a file, and a folder is needed", hint="name another with --out", where=str(target))


def _settle(temporary: Path, target: Path, manifest: str) -> None:
    """Moves the files, the manifest last: until then the old one tells what is whose."""
    before = _listed(target / manifest)
    made = sorted((path.name for path in temporary.iterdir()), key=lambda name: (name == manifest, name))
    for name in made:
        if os.path.lexists(target / name) and name not in {*before, manifest, DATASET_INFO}:
            raise DataError("is there already, and no export of ours", hint=_OURS, where=str(target / name))
    for name in made:
        os.replace(temporary / name, target / name)
    for name in before - {*made, DATASET_INFO}:
        (target / name).unlink(missing_ok=True)
    sync(target)


def _listed(manifest: Path) -> set[str]:
    """Names of the files that an earlier export lists. Raises DataError when its manifest is none."""
    if not os.path.lexists(manifest):
        return set()
    document = read_object(manifest)
    files = document.get("files")
    if not isinstance(files, list):
        raise DataError("is there already, and no manifest of ours", hint=_OURS, where=str(manifest))
    names = {str(one.get("file")) for one in files if isinstance(one, dict)} | {"left_out.jsonl", "datasets.yaml"}
    return {name for name in names if Path(name).name == name}


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object in a regular file. Raises DataError when it is something else."""
    with open_regular(path) as file:
        value, problems = parse(file.read())
    if not isinstance(value, dict):
        said = problems[0].message if problems else f"it holds a {type(value).__name__}"
        raise DataError(f"not a JSON object: {said}", hint="mend it, or choose another folder", where=str(path))
    return value


def dataset_info(target: Path, entries: Mapping[str, Any]) -> bytes:
    """The dataset_info.json of `target` with these entries; the others stay, in their order."""
    path = target / DATASET_INFO
    before = read_object(path) if os.path.lexists(path) else {}
    return (json.dumps({**before, **entries}, ensure_ascii=False, indent=2) + "\n").encode()


def llamafactory_entry(file: str, kind: str) -> dict[str, Any]:
    """What LLaMA-Factory must know of a file of `kind` rows (Row.kind). All tags are named: it forgets those unsaid."""
    made: dict[str, Any] = {"file_name": file, "formatting": "sharegpt"}
    if kind == "judged":
        tags = {"role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant"}
        tags |= {"observation_tag": "tool", "function_tag": "function_call", "system_tag": "system"}
        return {**made, "columns": {"messages": "messages", "kto_tag": "label"}, "tags": tags}
    columns = {"messages": "conversations", "tools": "tools"}
    if kind == "preference":
        return {**made, "ranking": True, "columns": {**columns, "chosen": "chosen", "rejected": "rejected"}}
    return {**made, "columns": columns}


def axolotl_stanza(folder: Path, files: Sequence[Mapping[str, Any]], weights: bool) -> bytes:
    """The stanza for Axolotl's config: train rows under `datasets`, validation rows under `test_datasets`."""
    held = [one for one in files if one["split"] == "validation"]
    trained = [one for one in files if one["split"] in ("train", None)]
    lines = ["# For the config of Axolotl. The paths are those of this folder as it was exported."]
    for title, parts in (("datasets", trained), ("test_datasets", held)):
        lines += [f"{title}:"] if parts else []
        for one in parts:
            lines += _axolotl_dataset(folder / one["file"], weights)
    return ("\n".join(lines) + "\n").encode()


def _axolotl_dataset(path: Path, weights: bool) -> list[str]:
    """One dataset. A JSON text is a YAML text too, so that any path can be written."""
    return [
        f"  - path: {json.dumps(str(path))}",
        "    ds_type: json",
        "    split: train",
        "    type: chat_template",
        "    field_messages: messages",
        "    message_property_mappings:",
        "      role: role",
        "      content: content",
        "    roles_to_train:",
        "      - assistant",
        "    train_on_eos: turn",
        *(["    message_field_training: weight"] if weights else []),
    ]
