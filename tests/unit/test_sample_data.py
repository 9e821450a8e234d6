"""The sample project: rebuilt to the byte, its flaws as documented, and large enough for the product's own rules."""

import csv
import json
import math
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from assets.base_model.tickets import phrases
from assets.base_model.vocabulary import DESKS
from sample_data.desk import ANSWER_FIELDS, SYSTEM
from sample_data.make import make

FOLDER = files("sample_data")
MADE = (
    "tickets.csv", "tickets.jsonl", "flaws.json", "seen.jsonl", "new.jsonl", "novel.jsonl", "skills.jsonl",
    "general.jsonl",
)  # fmt: skip
SECRET = re.compile(r"sk-\w{20,}|AKIA[A-Z2-7]{16}|ghp_\w{36}|password=\w+")
PERSONAL = re.compile(r"\w@example\.(com|org|net)|555-01\d\d")

RawRow = tuple[str, str, str, dict[str, str]]  # ticket_id, customer_id, message, answer


def text(name: str) -> str:
    return FOLDER.joinpath(name).read_text(encoding="utf-8")


def chat_rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text(name).splitlines()]


@cache
def raw_rows() -> list[RawRow]:
    """Every readable raw row of both files."""
    rows = []
    for row in csv.DictReader(text("tickets.csv").splitlines()):
        if row["message"] and all(row[field] for field in ANSWER_FIELDS):
            answer = {field: row[field] for field in ANSWER_FIELDS}
            rows.append((row["ticket_id"], row["customer_id"], row["message"], answer))
    for line in text("tickets.jsonl").splitlines():
        try:
            row = json.loads(line)
        except ValueError:
            continue
        if len(row["messages"]) == 3 and row["messages"][1]["content"]:
            answer = json.loads(row["messages"][2]["content"])
            rows.append((row["ticket_id"], row["customer_id"], row["messages"][1]["content"], answer))
    return rows


def flaws() -> dict[str, Any]:
    return json.loads(text("flaws.json"))  # type: ignore[no-any-return]


def shingles(message: str) -> frozenset[str]:
    words = re.findall(r"\w+", message.lower())
    return frozenset(map(" ".join, zip(words, words[1:], words[2:], strict=False)))


def alike(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / len(a | b)


def pairs_alike(cut: list[frozenset[str]], least: float) -> Iterator[tuple[int, int]]:
    """All pairs at or over `least`. Such a pair shares one of the rarest 1 - `least` of its shingles, plus one."""
    often = Counter(shingle for row in cut for shingle in row)
    holders: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(cut):
        rarest = sorted(row, key=lambda shingle: (often[shingle], shingle))
        kept = rarest[: len(row) - math.ceil(least * len(row)) + 1]
        for j in {j for shingle in kept for j in holders[shingle]}:
            if alike(row, cut[j]) >= least:
                yield i, j
        for shingle in kept:
            holders[shingle].append(i)


def test_a_rebuild_has_the_same_bytes(tmp_path: Path) -> None:
    make(tmp_path)
    for name in MADE:
        assert (tmp_path / name).read_bytes() == FOLDER.joinpath(name).read_bytes(), name


def test_flaws_are_where_they_are_said_to_be() -> None:
    lines = {name: text(name).splitlines() for name in ("tickets.csv", "tickets.jsonl")}
    by_id = {row[0]: row for row in raw_rows()}
    assert flaws()["counts"] == {flaw: len(places) for flaw, places in flaws()["rows"].items()}
    for flaw, places in flaws()["rows"].items():
        for place in places:
            line = lines[place["file"]][place["line"] - 1]
            assert (place["ticket_id"] in line) or flaw == "bad_json"
            assert bool(SECRET.search(line)) == (flaw == "secret")
            if flaw in ("ragged", "empty_message", "missing_answer", "bad_json"):
                assert place["ticket_id"] not in by_id or flaw == "ragged"
            elif place["twin"] is not None:
                check_twin(flaw, by_id[place["ticket_id"]], by_id[place["twin"]])


def check_twin(flaw: str, row: RawRow, twin: RawRow) -> None:
    assert row[1] == twin[1]
    assert (row[3] == twin[3]) == (flaw != "contradiction")
    assert (row[2] == twin[2]) == (flaw != "near_duplicate")
    assert alike(shingles(row[2]), shingles(twin[2])) >= 0.85


def test_no_flaw_but_the_documented_ones() -> None:
    counts = flaws()["counts"]
    messages = Counter(row[2] for row in raw_rows())
    assert sum(messages.values()) - len(messages) == counts["exact_duplicate"] + counts["contradiction"]
    answers = defaultdict(set)
    for _, _, message, answer in raw_rows():
        answers[message].add(json.dumps(answer))
    assert sum(len(given) > 1 for given in answers.values()) == counts["contradiction"]
    assert sum(bool(SECRET.search(row[2])) for row in raw_rows()) == counts["secret"]
    assert sum(bool(PERSONAL.search(message)) for message in messages) == counts["personal_data"]
    assert sum(flaws()["rows_written"].values()) == pytest.approx(1000, abs=50)


def test_the_readme_states_the_planted_counts() -> None:
    stated = {flaw: int(count) for flaw, count in re.findall(r"^\| `(\w+)` \| (\d+) \|", text("README.md"), re.M)}
    assert stated == flaws()["counts"]


def test_each_queue_has_groups_enough_for_the_sizing_rule() -> None:
    unique = {row[2]: row for row in raw_rows()}
    rows = list(unique.values())
    group = list(range(len(rows)))

    def find(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for i, j in pairs_alike([shingles(row[2]) for row in rows], 0.7):
        group[find(i)] = find(j)
    writers: dict[str, int] = {}
    for i, row in enumerate(rows):
        group[find(i)] = find(writers.setdefault(row[1], i))
    sizes = Counter(rows[i][3]["queue"] for i in range(len(rows)) if find(i) == i)
    assert len(sizes) == 5
    assert min(sizes.values()) >= 65  # 80 % of them are in train: 50 and more
    assert max(sizes.values()) <= 2.2 * min(sizes.values())
    assert sum(sizes.values()) > 850


def test_diagnostic_files_keep_their_phrasings_apart() -> None:
    known = {row[2] for row in raw_rows()}
    for name in ("seen", "new", "novel"):
        rows = chat_rows(f"{name}.jsonl")
        assert len(rows) == 200
        assert {row["phrasing"].split("-")[1] for row in rows} == {name}
        assert all(row["phrasing"].split("-")[0] in DESKS for row in rows)
        messages = {row["messages"][1]["content"] for row in rows}
        assert len(messages) == 200
        assert not messages & known
        known |= messages
        for row in rows:
            assert json.loads(row["messages"][2]["content"]) == {field: row[field] for field in ANSWER_FIELDS}


def pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(r"[\w ]{3,15}".join(map(re.escape, phrase.split("{p}"))))


def test_tuning_rows_hold_only_seen_phrasings() -> None:
    messages = [row[2] for row in raw_rows()]
    messages += [turn["content"] for row in chat_rows("general.jsonl") for turn in row["messages"]]
    everything = "\n".join(messages)
    for kind, bank in phrases().items():
        for label, wordings in bank.items():
            for sentence in [*wordings["new"], *wordings["novel"]]:
                assert not pattern(sentence).search(everything), (kind, label, sentence)
            found = [bool(pattern(sentence).search(everything)) for sentence in wordings["seen"]]
            assert all(found), (kind, label)


def test_skills_and_general_rows() -> None:
    skills, general = chat_rows("skills.jsonl"), chat_rows("general.jsonl")
    counts = Counter(row["skill"] for row in skills)
    assert min(counts.values()) >= 20
    assert len(general) >= 400
    assert {row["skill"] for row in general} == set(counts)

    def prompts(rows: list[dict[str, Any]]) -> set[str]:
        return {json.dumps(row["messages"][:-1]) for row in rows}

    assert not prompts(skills) & prompts(general)


def test_the_mapping_writes_the_bytes_of_the_jsonl_answers() -> None:
    mapping = tomllib.loads(text("mapping.toml"))
    assert mapping["system"] == SYSTEM
    assert mapping["group"] == ["customer_id"]
    assert mapping["category"] in mapping["answer"]
    for row in csv.DictReader(text("tickets.csv").splitlines()):
        assert set(mapping["answer"]) | {mapping["prompt"], *mapping["group"]} <= set(row)
    for row in chat_rows_of_good_lines():
        written = row["messages"][2]["content"]
        values = json.loads(written)
        assert written == json.dumps({field: values[field] for field in mapping["answer"]}, ensure_ascii=False)
        assert all(isinstance(value, str) for value in values.values())


def chat_rows_of_good_lines() -> list[dict[str, Any]]:
    good = {row[0] for row in raw_rows()}
    lines = [line for line in text("tickets.jsonl").splitlines() if line.endswith("}]}")]
    return [row for row in map(json.loads, lines) if row["ticket_id"] in good]


def test_the_source_holds_no_string_that_a_secret_scanner_would_report() -> None:
    for name in ("make.py", "flaws.py", "broken.py", "desk.py"):
        assert not SECRET.search(text(name))
