"""Columns of Arrow as values of JSON, each type by a rule of its own.

pyarrow's own conversion needs pandas for nanoseconds, widens 0.1 of 32 bits to 0.10000000149011612, and gives every
object all keys of its column.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.data.jsontext import MAX_DEPTH
from engine.errors import DataError
from engine.safe_text import one_line

if TYPE_CHECKING:
    from pyarrow import Array, DataType, Field, Schema


class _Lost:
    """Stands where a value was that JSON cannot hold: bytes that are no text, a number that is not finite."""


LOST = _Lost()


def require_readable(schema: "Schema", where: str) -> None:
    """Raises DataError for a column of a type without a rule, for equal names side by side, and for deep nesting."""
    _require_names([field.name for field in schema], where)
    for field in schema:
        _require_type(field, field.type, where, depth=2)


def values(array: "Array") -> list[Any]:
    """One value for each element: null is None, LOST stands for what JSON cannot hold."""
    import pyarrow
    from pyarrow import types

    kind = array.type
    if isinstance(array, pyarrow.ExtensionArray):
        return values(array.storage)
    if types.is_dictionary(kind):
        known = values(array.dictionary)
        return [None if at is None else known[at] for at in array.indices.to_pylist()]
    if types.is_struct(kind):
        return _objects(array)
    if types.is_map(kind):
        pairs = array.cast(pyarrow.list_(pyarrow.struct([("key", kind.key_type), ("value", kind.item_type)])))
        return [None if row is None else _mapping(row) for row in _lists(pairs)]
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return _lists(array)
    return _leaves(array)


def without_lost(value: Any) -> Any:
    """`value` without the places of LOST: null where it stands alone or in a list, no key in an object."""
    if isinstance(value, dict):
        return {key: without_lost(inner) for key, inner in value.items() if inner is not LOST}
    if isinstance(value, list):
        return [without_lost(inner) for inner in value]
    return None if value is LOST else value


def holds_lost(value: Any) -> bool:
    """Whether anything was lost in `value`."""
    if isinstance(value, dict):
        return any(map(holds_lost, value.values()))
    return any(map(holds_lost, value)) if isinstance(value, list) else value is LOST


def _objects(array: "Array") -> list[Any]:
    names = [field.name for field in array.type]
    columns = [values(column) for column in array.flatten()]
    rows = zip(*columns, strict=True) if columns else [()] * len(array)
    return [
        {name: cell for name, cell in zip(names, row, strict=True) if cell is not None} if valid else None
        for valid, row in zip(array.is_valid().to_pylist(), rows, strict=True)
    ]


def _lists(array: "Array") -> list[Any]:
    import pyarrow.compute

    found: list[Any] = []
    flat = values(array.flatten())
    at = 0
    for length in pyarrow.compute.list_value_length(array).to_pylist():
        found.append(None if length is None else flat[at : at + length])
        at += length or 0
    return found


def _mapping(pairs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {str(pair["key"]): pair.get("value") for pair in pairs}


def _leaves(array: "Array") -> list[Any]:
    import pyarrow
    from pyarrow import types

    kind = array.type
    if types.is_floating(kind):
        return _numbers(array)
    if types.is_decimal(kind):
        return [None if value is None else format(value, "f") for value in array.to_pylist()]
    if types.is_duration(kind):
        counts = array.cast(pyarrow.int64()).to_pylist()
        return [None if value is None else f"{value} {kind.unit}" for value in counts]
    if types.is_temporal(kind):
        return [
            None if value is None else value.replace(" ", "T") for value in array.cast(pyarrow.string()).to_pylist()
        ]
    if _is_text(kind):
        return [None if value is None else _text(value) for value in array.cast(pyarrow.large_binary()).to_pylist()]
    plain: list[Any] = array.to_pylist()
    return plain


def _numbers(array: "Array") -> list[Any]:
    import pyarrow

    if array.type.bit_width == 64:
        found = array.to_pylist()
    else:
        # The shortest text that means this number at its own width.
        texts = array.cast(pyarrow.float32()).cast(pyarrow.string()).to_pylist()
        found = [None if text is None else float(text) for text in texts]
    return [LOST if value is not None and not math.isfinite(value) else value for value in found]


def _is_text(kind: "DataType") -> bool:
    from pyarrow import types

    is_string = types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind)
    is_binary = types.is_binary(kind) or types.is_large_binary(kind) or types.is_binary_view(kind)
    return bool(is_string or is_binary or types.is_fixed_size_binary(kind))


def _text(value: bytes) -> str | _Lost:
    # Some writers never say that a column of bytes is text; and what says so need not be.
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return LOST


def _require_type(field: "Field", kind: "DataType", where: str, depth: int) -> None:
    from pyarrow import types

    if depth > MAX_DEPTH:
        name = one_line(field.name, 40)
        raise DataError(f"the column {name!r} is nested too deeply", hint="flatten it", where=where)
    inner = _inner(kind)
    if inner is not None:
        for part in inner:
            _require_type(field, part, where, depth + 1)
        if types.is_struct(kind):
            _require_names([part.name for part in kind], where)
    elif not (
        types.is_primitive(kind) or types.is_null(kind) or types.is_decimal(kind) or _is_text(kind)
    ) or types.is_interval(kind):
        message = f"the column {one_line(field.name, 40)!r} holds {one_line(kind, 60)}"
        raise DataError(message, hint="leave the column out, or write it as text", where=where)


def _inner(kind: "DataType") -> list["DataType"] | None:
    """The types inside a nested one, None for a plain one."""
    import pyarrow
    from pyarrow import types

    if isinstance(kind, pyarrow.BaseExtensionType):
        return [kind.storage_type]
    if types.is_dictionary(kind):
        return [kind.value_type]
    if types.is_struct(kind):
        return [part.type for part in kind]
    if types.is_map(kind):
        return [kind.key_type, kind.item_type]
    if types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind):
        return [kind.value_type]
    return None


def _require_names(names: Sequence[str], where: str) -> None:
    repeated = next((name for at, name in enumerate(names) if name in names[:at]), None)
    if repeated is not None:
        message = f"the column {one_line(repeated, 60)!r} stands twice"
        raise DataError(message, hint="give every column its own name", where=where)
