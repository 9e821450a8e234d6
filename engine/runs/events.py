"""The event log of a run: one JSON line for each thing that happened, written by the worker alone.

Kinds: state, metrics, eval, sample, checkpoint, note, result. Every event has `t` (Unix seconds), `kind` and, where it
belongs to one, `step` (optimizer steps done). After a resume the steps since the last checkpoint appear again: the
later line counts.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.durable import append_line, read_lines

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
        """(offset after it, event) from byte `start`; torn and foreign lines are passed over."""
        for offset, event in read_lines(self.path, start):
            if isinstance(event, dict) and "kind" in event and "t" in event:
                yield offset, event
