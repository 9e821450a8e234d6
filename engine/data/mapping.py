"""Which columns mean what, as the user says it by flags or in a TOML file."""

import csv
import difflib
import tomllib
from collections.abc import Mapping as Names
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from engine.errors import UsageError
from engine.short_file import read_short

_HINT = 'write keys such as: prompt = "message", answer = ["product", "urgency"], group = "customer"'


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns by their meaning. All empty: the format is found by itself and nothing is grouped."""

    system: str | None = None
    """A system text put before every row that has none of its own."""
    prompt: str | None = None
    answer: tuple[str, ...] = ()
    """One column is the answer; several become one JSON object."""
    group: tuple[str, ...] = ()
    """Columns whose equal values keep rows in one split (customer, document, conversation)."""
    category: str | None = None
    """A column, or a key of a JSON answer, by which rows are counted and splits are stratified."""

    @classmethod
    def make(cls, file: Path | None, flags: Names[str, str | None]) -> Self:
        """The mapping in `file`, each key overridden by the flag of that name. Raises UsageError."""
        said = {**(_read(file) if file else {}), **{key: value for key, value in flags.items() if value}}
        known = list(cls.__dataclass_fields__)
        for key, value in said.items():
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                raise UsageError(f"unknown mapping key {key!r}", hint=f"did you mean {near[0]!r}?" if near else _HINT)
            if not isinstance(value, str) and not (key in ("answer", "group") and _texts(value)):
                raise UsageError(f"mapping {key} = {value!r}: expected text", hint=_HINT)
        mapping = cls.from_document(said)
        if bool(mapping.prompt) != bool(mapping.answer):
            raise UsageError(
                "prompt and answer columns belong together", hint="give both --prompt COL and --answer COL[,COL]"
            )
        return mapping

    @classmethod
    def from_document(cls, said: Names[str, Any]) -> Self:
        """From a manifest, or from what was said in flags and a file."""
        columns = {key: _columns(said[key]) for key in ("answer", "group") if key in said}
        return cls(**{**said, **columns})

    def document(self) -> dict[str, Any]:
        """For the manifest."""
        return asdict(self)

    def flags(self) -> list[str]:
        """The flags of the command line that say this mapping."""
        given = {key: _listed(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()}
        return [f"--{key}={value}" for key, value in given.items() if value]


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_short(file).decode("utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"no such mapping file: {file}", hint="check the path after --mapping") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError, OSError) as error:
        raise UsageError(f"{file}: not a mapping: {error}", hint=_HINT) from error


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _columns(value: str | Sequence[str]) -> tuple[str, ...]:
    """Names in a list, or in a text with commas; there, quotes keep a name as it is, as in CSV."""
    if not isinstance(value, str):
        return tuple(column for column in value if column.strip())
    try:
        (names,) = csv.reader([value], skipinitialspace=True)
    except (csv.Error, ValueError) as error:
        raise UsageError(f"not a list of columns: {value!r}", hint="put names with a line break in quotes") from error
    return tuple(name if '"' in value else name.strip() for name in names if name.strip())


def _listed(names: Sequence[str]) -> str:
    """`names` as `_columns` reads them."""
    plain = not any(set(name) & set(',"\r\n') or name != name.strip() for name in names)
    return ",".join(names if plain else ['"' + name.replace('"', '""') + '"' for name in names])
