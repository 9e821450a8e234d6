"""Splits: whole groups, the same whatever the order, stable over versions, proven."""

from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import splitting
from engine.data.cleaning import clean
from engine.data.corpus import Corpus, build
from engine.data.groups import Recorded
from engine.data.links import Links, find_links
from engine.data.mapping import Mapping
from engine.data.near import near_pairs
from engine.data.proof import prove
from engine.data.records import Progress
from engine.data.rows import Row, row_id
from engine.data.shingles import I64, U64
from engine.data.splitting import Split, split
from engine.data.versions import Version, open_version, writing
from engine.errors import DataError, UsageError


def row(prompt: str, answer: str = "ok", parent: str | None = None, **meta: object) -> Row:
    messages = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    source = {"file": "f.jsonl", "line": 1, "byte": 0}
    return Row(row_id(messages, None), messages, meta, source, ["import"], parent)


def sentence(random: Random, length: int = 12) -> str:
    return " ".join(f"w{random.randrange(5000)}" for _ in range(length))


def version(data: Path, rows: list[Row], **mapping: object) -> Version:
    privacy: dict[str, Any] = {"findings": 0, "by_kind": {}, "not_scanned": []}
    manifest: dict[str, Any] = {
        "parent": None,
        "step": "import",
        "sources": [],
        "read": len(rows),
        "invalid": 0,
        "problems": [],
        "secrets": privacy,
    }
    with writing(data) as writer:
        for one in rows:
            writer.add(one)
        document = Mapping.from_document(mapping).document()
        writer.finish({**manifest, "imported_as": writer.name, "mapping": document, "privacy": privacy})
    return open_version(data / writer.name)


def splits(made: Split) -> dict[str, str]:
    return {one.id: str(one.split) for one in made.version.rows()}


def made_up(random: Random, count: int) -> list[Row]:
    """Rows of which many share a customer, a prompt, a passage, or nearly everything."""
    rows: list[Row] = []
    for number in range(count):
        kind = random.random()
        old = random.choice(rows).prompt[0] if rows else ""
        if kind < 0.15 and rows:
            rows.append(row(old, f"answer {number}", customer=f"c{number}"))
        elif kind < 0.3 and rows:
            rows.append(row(f"{old} {sentence(random, 1)}", "ok", customer=f"c{number}"))
        elif kind < 0.4 and rows:
            rows.append(row(f"{sentence(random)} {old} {sentence(random)}", customer=f"c{number}"))
        else:
            customer = f"c{random.randrange(count)}" if kind < 0.6 else f"c{number}"
            rows.append(row(sentence(random, random.choice((4, 12, 30))), "ok", customer=customer))
    return rows


def passages(rows: list[Row]) -> dict[tuple[str, ...], list[Row]]:
    """Each run of 13 words with the rows, one for each prompt, in which it stands."""
    standing = defaultdict(list)
    for one in {one.prompt[0]: one for one in rows}.values():
        words = one.prompt[0].split()
        for passage in {tuple(words[at : at + 13]) for at in range(len(words) - 12)}:
            standing[passage].append(one)
    return standing


def assert_whole(rows: list[Row], *versions: list[Row]) -> None:
    """No prompt, passage, near pair or customer stands on two sides; checked without the code that groups.

    A passage that was in more than 10 questions of one of the `versions` is a template, and may.
    """
    sides = defaultdict(set)
    for one in rows:
        for thing in (("prompt", one.prompt[0]), ("customer", one.meta["customer"]), ("group", one.group)):
            sides[thing].add(one.split)
    assert all(len(side) == 1 for side in sides.values())
    corpus = build(rows)
    pairs = near_pairs(corpus.sets, np.arange(len(rows)), seed=99)
    assert all(rows[left].split == rows[right].split for left, right in zip(pairs.left, pairs.right, strict=True))
    templates = {text for version in (rows, *versions) for text, where in passages(version).items() if len(where) > 10}
    for passage, where in passages(rows).items():
        assert passage in templates or len({one.split for one in where}) == 1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(3, 120), st.integers(-(2**63), 2**63 - 1))
def test_no_group_stands_on_two_sides_and_the_order_of_the_file_is_nothing(
    tmp_path_factory: pytest.TempPathFactory, draw: int, count: int, seed: int
) -> None:
    rows = made_up(Random(draw), count)
    data = tmp_path_factory.mktemp("data")
    made = split(version(data / "one", rows, group="customer"), data / "one", seed)
    assert made.proof.passed
    assert_whole(list(made.version.rows()), rows)
    shuffled = Random(seed).sample(rows, len(rows))
    again = split(version(data / "two", shuffled, group="customer"), data / "two", seed)
    assert splits(again) == splits(made)
    assert sum(made.counts.values()) == count


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(10, 80), st.integers(1, 60))
def test_recorded_rows_stay_when_rows_come_and_go(
    tmp_path_factory: pytest.TempPathFactory, draw: int, first: int, more: int
) -> None:
    random = Random(draw)
    rows = made_up(random, first + more)
    data = tmp_path_factory.mktemp("data")
    before = splits(split(version(data, rows[:first], group="customer"), data, 0))
    left = random.sample(rows[:first], first // 2)
    middle = split(version(data, left, group="customer"), data, 1)
    after = split(version(data, rows, group="customer"), data, 2)
    assert splits(middle).items() <= before.items()
    assert {one: side for one, side in splits(after).items() if one in before} == before
    assert after.recorded == sum(one.id in before for one in rows)
    assert after.proof.passed
    assert_whole(list(after.version.rows()), rows[:first], left, rows)
    assert len(after.version) + after.refused == len(rows)


def test_shares_are_80_10_10_in_every_category(tmp_path: Path) -> None:
    random = Random(1)
    rows = [row(sentence(random), desk=random.choice(["a", "a", "a", "b"])) for _ in range(400)]
    made = split(version(tmp_path, rows, category="desk"), tmp_path, 0)
    counts = Counter((one.meta["desk"], one.split) for one in made.version.rows())
    for desk in ("a", "b"):
        total = sum(count for (name, _), count in counts.items() if name == desk)
        assert abs(counts[desk, "train"] - 0.8 * total) <= 1
        assert abs(counts[desk, "test"] - 0.1 * total) <= 1
    assert made.warnings == ()


def test_a_small_category_reaches_every_split(tmp_path: Path) -> None:
    rows = [row(sentence(Random(number))) for number in range(4)]
    assert split(version(tmp_path, rows), tmp_path, 0).counts == {"train": 2, "validation": 1, "test": 1}


def test_new_groups_bring_the_shares_back(tmp_path: Path) -> None:
    random = Random(2)
    rows = [row(sentence(random)) for _ in range(200)]
    split(version(tmp_path, rows[:100]), tmp_path, 0)
    made = split(version(tmp_path, rows), tmp_path, 0)
    assert made.counts == {"train": 160, "validation": 20, "test": 20}
    assert made.recorded == 100


def test_another_seed_draws_other_groups(tmp_path: Path) -> None:
    rows = [row(sentence(Random(number))) for number in range(60)]
    one = splits(split(version(tmp_path / "a", rows), tmp_path / "a", 1))
    other = splits(split(version(tmp_path / "b", rows), tmp_path / "b", 2))
    assert one != other


def test_a_seed_that_no_file_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="too large"):
        split(version(tmp_path, [row("a")]), tmp_path, 2**63)


def test_a_row_that_links_two_splits_is_left_out_and_listed(tmp_path: Path) -> None:
    rows = [row(sentence(Random(number), 30), customer=f"c{number}") for number in range(40)]
    before = splits(split(version(tmp_path, rows, group="customer"), tmp_path, 0))
    train, test = (next(one for one in rows if before[one.id] == side) for side in ("train", "test"))
    link = row(f"{train.prompt[0]} and {test.prompt[0]}", customer="new")
    copy = row(link.prompt[0], "another answer", customer="newer")
    joins = row(sentence(Random(99)), customer=test.meta["customer"])
    made = split(version(tmp_path, [link, joins, *rows, copy], group="customer"), tmp_path, 0)
    after = splits(made)
    assert made.refused == 2
    assert {link.id, copy.id}.isdisjoint(after)
    assert after[joins.id] == "test"
    assert made.proof.passed
    listed = (made.version.folder / "left_out.jsonl").read_text(encoding="utf-8")
    assert link.id in listed
    assert "two splits" in listed


def test_an_augmented_row_stays_with_its_parent(tmp_path: Path) -> None:
    rows = [row(sentence(Random(number), 30)) for number in range(30)]
    children = [row(sentence(Random(100 + at), 30), parent=one.id) for at, one in enumerate(rows)]
    after = splits(split(version(tmp_path, [*rows, *children]), tmp_path, 0))
    assert len(set(after.values())) == 3
    assert all(after[child.id] == after[str(child.parent)] for child in children)


_LONG = sentence(Random(500), 40)
_TIES = {
    "a near-duplicate": (row("x", f"{_LONG} y"), row("z", f"{_LONG} w")),
    "the prompt": (row("Hello there?", "a"), row("hello THERE", "b")),
    "a passage": (row(f"one {_LONG[:90]} two"), row(f"three {_LONG[:90]} four")),
    "a customer": (row("p q", customer=7), row("r s", customer=7)),
    "a document": (row("p q", document="a/b", customer=1), row("r s", document="a/b", customer=2)),
    "a parent that is there": (row("p q"), row("r s", parent=row("p q").id)),
    "a parent that is gone": (row("p q", parent="f" * 32), row("r s", parent="f" * 32)),
    "nothing": (row("p q", customer=1, document="c"), row("r s", customer=2, document="d")),
}


@pytest.mark.parametrize("tie", _TIES)
def test_rows_that_belong_together_stand_on_one_side_whatever_the_seed(tmp_path: Path, tie: str) -> None:
    """Of two rows that nothing ties, some seed parts them."""
    others = [row(sentence(Random(number), 30)) for number in range(12)]
    apart = 0
    for seed in range(8):
        data = tmp_path / str(seed)
        made = split(version(data, [*others, *_TIES[tie]], group="customer,document"), data, seed)
        one, other = (next(row for row in made.version.rows() if row.id == tied.id) for tied in _TIES[tie])
        apart += one.split != other.split
        assert (one.group == other.group) == (tie != "nothing")
    assert bool(apart) == (tie == "nothing")


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10**6), st.integers(30, 120))
def test_stratified_by_whole_groups_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, draw: int, count: int
) -> None:
    random = Random(draw)
    rows = [
        row(
            sentence(random),
            desk=random.choice("aab"),
            customer=random.randrange(count),
            document=random.randrange(count),
        )
        for _ in range(count)
    ]
    data = tmp_path_factory.mktemp("data")
    mapping = {"group": "customer,document", "category": "desk"}
    made = split(version(data / "one", rows, **mapping), data / "one", 3)
    shuffled = split(version(data / "two", Random(draw + 1).sample(rows, count), **mapping), data / "two", 3)
    assert splits(made) == splits(shuffled)
    assert made.proof.passed and made.proof.leaks["column"] == 0
    largest = max(Counter(one.group for one in made.version.rows()).values())
    for desk in "ab":
        mine = [one for one in made.version.rows() if one.meta["desk"] == desk]
        train = sum(one.split == "train" for one in mine)
        assert abs(train - 0.8 * len(mine)) <= 2 * largest + 2


@pytest.mark.parametrize(("count", "said"), [(1, "only 1 groups"), (2, "only 2 groups"), (9, "'rare': only 2 groups")])
def test_too_small_a_set_is_said(tmp_path: Path, count: int, said: str) -> None:
    rows = [row(sentence(Random(number)), desk="rare" if number < 2 else "common") for number in range(count)]
    made = split(version(tmp_path, rows, category="desk"), tmp_path, 0)
    assert said in made.warnings[0]
    assert sum(made.counts.values()) == count


def test_the_proof_sees_each_kind_of_leak() -> None:
    passage = sentence(Random(1), 15)
    short = sentence(Random(2), 6)
    long = sentence(Random(3), 40)
    kinds = {
        "prompt": (row("Hello there?", "a"), row("hello THERE", "b")),
        "passage": (row(f"one {passage} two"), row(f"three {passage} four")),
        "near": (row("x", f"{long} y"), row("z", f"{long} w")),
        "column": (row("p q", customer=1), row("r s", customer=1)),
    }
    kinds["short passage"] = (row(short), row(f"Please tell me {short} today"))
    for kind, (one, other) in kinds.items():
        corpus = build([one, other], group=["customer"])
        links = find_links(corpus, np.arange(2), np.zeros(0, np.uint64), seed=1)
        proof = prove(corpus, np.array([0, 2], np.int8), links)
        assert proof.leaks[kind.split()[-1]] == 1, kind
        assert not proof.passed
        assert kind.split()[-1] in proof.text
        assert {proof.pairs[0]["left"], proof.pairs[0]["right"]} == {one.id, other.id}
        within = prove(corpus, np.array([0, 0], np.int8), links)
        assert within.passed
        assert within.found[kind.split()[-1]] == 1
        assert prove(corpus, np.array([0, -1], np.int8), links).passed


def test_a_template_in_many_questions_is_no_leak_and_stays_none(tmp_path: Path) -> None:
    template = sentence(Random(1), 14)
    rows = [row(f"{sentence(Random(number), 20)} {template} {number}") for number in range(2, 16)]
    first = split(version(tmp_path, rows), tmp_path, 0)
    assert first.groups == 14
    assert first.proof.passed
    fewer = split(version(tmp_path, rows[:8]), tmp_path, 0)
    assert fewer.proof.passed
    assert splits(fewer).items() <= splits(first).items()


def test_a_pair_that_only_the_proof_finds_is_joined_and_drawn_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def blind_at_first(corpus: Corpus, rows: I64, known: U64, seed: int, progress: Progress) -> Links:
        links = find_links(corpus, rows, known, seed, progress)
        return links if seed else replace(links, near=links.near.above(2.0))

    monkeypatch.setattr(splitting, "find_links", blind_at_first)
    texts = [sentence(Random(number), 40) for number in range(20)]
    rows = [row(f"{number} x", text) for number, text in enumerate(texts)]
    twins = [row(f"{number} y", text) for number, text in enumerate(texts)]
    made = split(version(tmp_path, rows + twins), tmp_path, 0)
    assert made.proof.passed
    assert made.groups == 20


def test_the_record_survives_its_file(tmp_path: Path) -> None:
    ids = np.array([b"%032x" % number for number in (5, 1, 3)])
    record = Recorded.none().extended(ids, ids, np.array([2, 0, 1], np.int8), np.array([7, 9], np.uint64))
    record.write(tmp_path)
    read = Recorded.read(tmp_path)
    assert read.ids.tolist() == sorted(ids.tolist())
    assert read.splits.tolist() == [0, 1, 2]
    assert read.templates.tolist() == [7, 9]
    assert read.places(np.array([ids[2], b"f" * 32])).tolist() == [1, -1]
    kept = read.extended(ids[:1], ids[1:2], np.array([0], np.int8), np.zeros(0, np.uint64))
    assert kept.splits.tolist() == [0, 1, 2]


def test_cleaning_drops_what_was_asked_and_proves_again(tmp_path: Path) -> None:
    rows = [row(sentence(Random(number))) for number in range(20)]
    rows += [rows[0], row(rows[1].prompt[0].upper(), "other"), row(rows[2].prompt[0] + "!")]
    start = version(tmp_path, rows)
    without_copies = clean(start, tmp_path, ("duplicates",))
    assert without_copies.changed == {"duplicates": 2}
    assert [one.id for one in without_copies.version.rows()] == [one.id for one in rows[:20]] + [rows[21].id]
    without_conflicts = clean(start, tmp_path, ("conflicts",))
    assert {one.id for one in rows} - {one.id for one in without_conflicts.version.rows()} == {rows[1].id, rows[21].id}
    done = split(without_copies.version, tmp_path, 0).version
    cleaned = clean(done, tmp_path, ("conflicts",)).version
    assert cleaned.manifest["split"]["proof"]["passed"]
    assert sum(cleaned.manifest["split"]["counts"].values()) == len(cleaned) == 19
    assert cleaned.row(0).split == done.row(0).split


def test_cleaning_refuses_to_leave_nothing_or_to_guess(tmp_path: Path) -> None:
    start = version(tmp_path, [row("a", "b"), row("a", "c")])
    with pytest.raises(DataError, match="every row would go"):
        clean(start, tmp_path, ("conflicts",))
    with pytest.raises(UsageError, match="cannot drop bad"):
        clean(start, tmp_path, ("bad",))
