"""Parquet files as records, a batch at a time, each column converted by its type: no value is guessed at."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from engine.data.arrow_values import holds_lost, require_readable, values, without_lost
from engine.data.problems import Place, Problem
from engine.data.records import Progress, Record
from engine.data.unpack import Unpacked
from engine.errors import DataError
from engine.extras import require
from engine.safe_text import one_line

if TYPE_CHECKING:
    from pyarrow import RecordBatch
    from pyarrow.parquet import ParquetFile

_ROWS = 256
"""Rows in one batch: 256 rows of 1 MB each still fit."""
MAX_GROUP = 2 * 2**30
"""Bytes of one row group at most: a reader may hold one whole."""
MAX_VALUES = 500_000_000
"""Values of one column in one row group at most."""
_HINT = "write the file again, or export it as JSONL"


def parquet_records(file: BinaryIO, name: str, progress: Progress) -> Iterator[Record]:
    """One dictionary a row; the line of its place is the row number from 1.

    Dates, times and decimals become text, with all their digits. Keys of nested objects that hold null are left out:
    Parquet gives every object all keys of its column. `progress` gets the bytes of the file in proportion to the rows.
    Raises DataError for a broken file or a bomb, MissingDependencyError without pyarrow.
    """
    require(["pyarrow"], "parquet")
    size = os.fstat(file.fileno()).st_size
    count = Unpacked(size, name, "export it as JSONL", most=None)
    number = 0
    for batch, total in _batches(file, name):
        count.add(batch.nbytes)
        for record in _records(batch, name, number):
            number += 1
            yield record
            progress(size * number // max(total, 1))


def _batches(file: BinaryIO, where: str) -> Iterator[tuple["RecordBatch", int]]:
    """(some rows, how many rows the file has)"""
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        parquet = ParquetFile(file)
        _require_sane(parquet, where)
        for batch in parquet.iter_batches(batch_size=_ROWS, use_threads=False):
            yield batch, parquet.metadata.num_rows
    except (pyarrow.ArrowException, OSError, ValueError, MemoryError) as error:
        said = one_line(str(error).strip()) or type(error).__name__
        raise DataError(f"the Parquet data is broken: {said}", hint=_HINT, where=where) from error


def _require_sane(parquet: "ParquetFile", where: str) -> None:
    """Before anything is decoded: a few bytes can declare a table that fills the memory."""
    for group in range(parquet.metadata.num_row_groups):
        facts = parquet.metadata.row_group(group)
        most = max((facts.column(at).num_values for at in range(facts.num_columns)), default=0)
        if facts.total_byte_size > MAX_GROUP or most > MAX_VALUES:
            message = f"row group {group + 1} declares {facts.total_byte_size:,} bytes and {most:,} values in a column"
            raise DataError(message, hint="write it again with smaller row groups", where=where)
    require_readable(parquet.schema_arrow, where)


def _records(batch: "RecordBatch", name: str, before: int) -> Iterator[Record]:
    columns = [values(column) for column in batch.columns]
    names = batch.schema.names
    for number, cells in enumerate(zip(*columns, strict=True), start=before + 1):
        place = Place(name, number, 0)
        lost = [column for column, cell in zip(names, cells, strict=True) if holds_lost(cell)]
        value = dict(zip(names, map(without_lost, cells) if lost else cells, strict=True))
        yield Record(place, value, tuple(_left_out(column) for column in lost))


def _left_out(column: str) -> Problem:
    message = f"in the column {one_line(column, 60)!r} a value is left out: bytes, or a number that is not finite"
    return Problem("value-left-out", message, "write it as text, if it is needed", "warning")
