"""The event log of a run: one JSON line for each thing that happened, written by the worker alone.

Kinds: state, metrics, eval, sample, checkpoint, note, result. Every event has `t` (Unix seconds), `kind` and, where it
belongs to one, `step` (optimizer steps done). After a resume the steps since the last checkpoint appear again: the
later line counts.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from typing import Any

import orjson

from engine.durable import append_line

_BLOCK = 1 << 15
"""Bytes read at a time; the events of much more would not stay in a processor's cache."""
_KIND, _TIME = itemgetter("kind"), itemgetter("t")
_NUMBERS = {int, float}
# These must survive a power cut; metrics may lose their last lines (5 us instead of 150 us a line, measured).
_DURABLE = {"state", "checkpoint", "result"}


@dataclass(frozen=True, slots=True)
class EventLog:
    """Appends to, and reads from, one events.jsonl."""

    path: Path

    def write(self, kind: str, **facts: Any) -> None:
        """Raises ResourceError when the disk refuses."""
        append_line(self.path, {"t": round(time.time(), 3), "kind": kind, **facts}, sync=kind in _DURABLE)

    def read(self, start: int = 0) -> Iterator[tuple[int, dict[str, Any]]]:
        """(offset after it, event) from byte `start`; torn and foreign lines are passed over, a missing file has none.

        Raises OSError when the file cannot be read.
        """
        for events, ends in self.blocks(start):
            yield from zip(ends, events, strict=True)

    def blocks(self, start: int = 0) -> Iterator[tuple[list[dict[str, Any]], list[int]]]:
        """`read`, a hundred events at a time: (events, the offset after each). A long log is read twice as fast so."""
        if not self.path.is_file():
            return
        with open(self.path, "rb") as file:
            file.seek(start)
            while lines := file.readlines(_BLOCK):
                ends = list(accumulate(map(len, lines), initial=start))[1:]
                yield _events(lines, ends)
                if not lines[-1].endswith(b"\n"):
                    # It is being written; read on, its second half would be taken for a damaged line.
                    return
                start = ends[-1]


def _events(lines: Sequence[bytes], ends: list[int]) -> tuple[list[dict[str, Any]], list[int]]:
    """The events among the lines, each with its offset."""
    with suppress(orjson.JSONDecodeError, KeyError, TypeError):
        # The whole block as one list: nearly every one is clean, and parsing line by line takes a quarter more.
        events = orjson.loads(b"[" + b",".join(lines) + b"]")
        if len(events) == len(lines) and _NUMBERS.issuperset(map(type, map(_TIME, events))) and all(map(_KIND, events)):
            return events, ends
    pairs = [(event, end) for line, end in zip(lines, ends, strict=True) if (event := _event(line))]
    return [event for event, _ in pairs], [end for _, end in pairs]


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) and found.get("kind") and type(found.get("t")) in _NUMBERS else None
