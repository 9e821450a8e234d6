import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engine import audit


def test_the_chain_follows_the_published_vector() -> None:
    first = {"seq": 0, "ts": "2026-11-21T00:00:00Z", "actor": "alice", "event": "dataset.import", "sha256": "ab"}
    second = {
        "seq": 1,
        "ts": "2026-11-21T00:01:00Z",
        "actor": "alice",
        "event": "consent.external_upload",
        "provider": "together",
        "purpose": "fine-tune",
    }
    head = audit.entry_hash(audit.GENESIS, first)
    assert head.startswith("60b590d1")
    assert audit.entry_hash(head, second).startswith("50e94c2e")


def test_a_whole_chain_verifies(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    heads = [audit.append(log, "event", number=number, text="größer") for number in range(3)]
    found = audit.verify(log)
    assert (found.entries, found.head, found.broken_at) == (3, heads[-1], None)


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_changed_line_breaks_it(tmp_path: Path, line: int) -> None:
    log = tmp_path / "audit.jsonl"
    for number in range(3):
        audit.append(log, "event", number=number)
    lines = log.read_text(encoding="utf-8").splitlines()
    lines[line] = lines[line].replace('"number":', '"number":1')
    log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert audit.verify(log).broken_at == line + 1


def test_a_removed_line_breaks_it(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    for number in range(3):
        audit.append(log, "event", number=number)
    first, _, last = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(first + last)
    assert audit.verify(log).broken_at == 2


def test_a_torn_append_is_counted_and_breaks_nothing(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    audit.append(log, "one")
    with open(log, "ab") as file:
        file.write(b'{"seq": 1, "ev')
    audit.append(log, "two")
    found = audit.verify(log)
    assert (found.entries, found.unreadable, found.broken_at) == (2, 1, None)


def test_writers_at_the_same_time_make_one_chain(tmp_path: Path) -> None:
    log = tmp_path / "audit.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: audit.append(log, "event", number=number), range(40)))
    assert audit.verify(log).entries == 40
    assert [json.loads(line)["seq"] for line in log.read_bytes().splitlines()] == list(range(40))


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1]\n5\n", b'{"seq": 0}\n'])
def test_a_log_without_entries_is_never_whole(tmp_path: Path, content: bytes) -> None:
    log = tmp_path / "audit.jsonl"
    log.write_bytes(content)
    assert audit.verify(log).broken_at is not None
    audit.append(log, "one")
    assert [entry["event"] for entry in audit.entries(log)] == ["one"]
