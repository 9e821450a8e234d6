"""The audit log: an append-only, hash-chained record of what was decided, by whom and on what evidence.

Each line holds `seq`, `ts` (UTC), `actor`, `event`, its facts, and `hash` = SHA-256 over the previous hash followed by
the canonical JSON of the line without it (sorted keys, no spaces, UTF-8); the first previous hash is 64 zeros. A chain
shows any change to a recorded line. It cannot show that the last lines were cut off: note the head somewhere else for
that.
"""

import contextlib
import fcntl
import getpass
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from engine.durable import append_line, disk_errors, read_lines

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk along the chain found."""

    entries: int
    head: str
    unreadable: int
    """Lines that are not JSON: torn by a crash, or damaged."""
    broken_at: int | None
    """Line number (from 1, empty lines not counted) of the first line that does not follow; None when all do."""
    problem: str | None


def entry_hash(previous: str, record: dict[str, Any]) -> str:
    """Hash of one line, given the hash before it and the record without its own `hash`."""
    canonical = json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((previous + canonical).encode()).hexdigest()


def append(log: Path, event: str, **facts: Any) -> str:
    """Adds one line to `log` and returns the new head. Raises ResourceError when the disk refuses."""
    with _locked(log):
        last = _last(log)
        record = {
            "seq": last["seq"] + 1 if last else 0,
            "ts": datetime.now(UTC).isoformat(timespec="seconds"),
            "actor": _actor(),
            "event": event,
            **facts,
        }
        head = entry_hash(last["hash"] if last else GENESIS, record)
        append_line(log, {**record, "hash": head})
    return head


def entries(log: Path) -> Iterator[dict[str, Any]]:
    """The entries of `log`, oldest first; what is no entry is passed over, and `verify` counts it."""
    for _, record in read_lines(log):
        if _is_entry(record):
            yield record


def verify(log: Path) -> Verification:
    """Walks the chain from the first line.

    Lines that are not JSON (an append that died in the middle) never became part of the chain: they are counted, and
    the lines around them still have to follow from each other.
    """
    previous, count, unreadable = GENESIS, 0, 0
    for number, line in enumerate(_lines(log), start=1):
        record = _parsed(line)
        if record is None:
            unreadable += 1
            continue
        problem = _problem(record, previous, count)
        if problem:
            return Verification(count, previous, unreadable, number, problem)
        previous, count = record["hash"], count + 1
    if not count:
        return Verification(0, previous, unreadable, 1, "no entry is left, and every project begins with one")
    return Verification(count, previous, unreadable, None, None)


def _is_entry(record: Any) -> bool:
    types = {"seq": int, "ts": str, "actor": str, "event": str, "hash": str}
    return isinstance(record, dict) and all(isinstance(record.get(name), kind) for name, kind in types.items())


def _problem(record: dict[str, Any], previous: str, seq: int) -> str | None:
    facts = {key: value for key, value in record.items() if key != "hash"}
    if facts.get("seq") != seq:
        return f"seq {facts.get('seq')} stands where {seq} belongs"
    same = entry_hash(previous, facts) == record.get("hash")
    return None if same else "this line, or the one before it, was changed"


def _lines(log: Path) -> list[bytes]:
    return [line for line in log.read_bytes().split(b"\n") if line] if log.exists() else []


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if _is_entry(record) else None


def _last(log: Path) -> dict[str, Any] | None:
    last = None
    for last in entries(log):  # noqa: B007 - the last one is what is wanted
        pass
    return last


def _actor() -> str:
    with contextlib.suppress(KeyError, OSError):
        return getpass.getuser()
    return "unknown"


@contextlib.contextmanager
def _locked(log: Path) -> Iterator[None]:
    lock = log.with_name(f".{log.name}.lock")
    with disk_errors(lock), open(lock, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
