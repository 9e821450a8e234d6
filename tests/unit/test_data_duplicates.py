"""Duplicates, near duplicates and contradictions."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.data import near
from engine.data.corpus import Corpus, build
from engine.data.duplicates import find_conflicts, find_duplicates, unique_groups
from engine.data.near import Pairs, near_pairs
from engine.data.rows import Row, row_id
from engine.data.shingles import BANDS, Ragged, Vocabulary, band_keys, shingle
from engine.data.words import has_spaces, words


def row(prompt: str, answer: str, system: str | None = None, **meta: object) -> Row:
    messages = [{"role": "user", "content": prompt}, {"role": "assistant", "content": answer}]
    if system:
        messages.insert(0, {"role": "system", "content": system})
    return Row(row_id(messages, meta.get("tools")), messages, meta, {}, [])


def shingled(*texts: str) -> Ragged:
    return shingle([words(text) for text in texts], [has_spaces(text) for text in texts], Vocabulary())


def found(sets: Ragged, threshold: float = 0.7, seed: int = 0) -> dict[tuple[int, int], float]:
    pairs = near_pairs(sets, np.arange(len(sets.starts) - 1), seed, threshold)
    return {(int(left), int(right)): float(j) for left, right, j in zip(*pairs, strict=True)}


def jaccard(one: list[str], other: list[str], n: int = 3) -> float:
    sets = [{tuple(text[at : at + n]) for at in range(max(1, len(text) - n + 1))} for text in (one, other)]
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def edited(random: Random, text: list[str], edits: int) -> list[str]:
    copy = list(text)
    for _ in range(edits):
        copy[random.randrange(len(copy))] = f"new{random.random()}"
    return copy


def test_recall_over_generated_pairs_and_exact_values() -> None:
    random = Random(3)
    texts: list[list[str]] = []
    for _ in range(600):
        text = [f"w{random.randrange(3000)}" for _ in range(random.randint(15, 60))]
        texts += [text, edited(random, text, random.randint(1, 4))]
    pairs = found(shingle(texts, [True] * len(texts), Vocabulary()))
    similar = {(at, at + 1): jaccard(texts[at], texts[at + 1]) for at in range(0, len(texts), 2)}
    near_ones = {pair: value for pair, value in similar.items() if value >= 0.7}
    assert len(near_ones) > 150
    assert sum(pair in pairs for pair in near_ones) >= 0.95 * len(near_ones)
    assert all(pairs[pair] == pytest.approx(value) for pair, value in near_ones.items() if pair in pairs)
    assert not pairs.keys() - near_ones.keys()


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=12), min_size=2, max_size=6))
def test_verified_similarity_is_that_of_the_sets(texts: list[list[str]]) -> None:
    sets = shingle(texts, [True] * len(texts), Vocabulary())
    filled = [text + [""] * (3 - len(text)) for text in texts]
    for (left, right), value in found(sets, threshold=0.0).items():
        assert value == pytest.approx(jaccard(filled[left], filled[right]))


def test_permutations_order_values_differently() -> None:
    """With 31-bit factors the product never wraps, and the same value would be lowest in every permutation."""
    values = np.sort(np.random.default_rng(5).integers(0, 2**32, 200, np.uint32))
    keys = band_keys(Ragged(values, np.array([0, 200])), seed=0)
    without_lowest = band_keys(Ragged(values[1:], np.array([0, 199])), seed=0)
    assert (keys == without_lowest).sum() > BANDS * 0.8


def test_members_of_a_bucket_meet_each_other_and_not_only_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first member of every bucket is unlike the rest; the pairs behind it must still be found."""
    monkeypatch.setattr(near, "band_keys", lambda sets, seed: np.zeros((BANDS, len(sets.starts) - 1), np.uint32))
    texts = ["nothing like the others at all", *["one two three four five six seven"] * 2, *["a b c d e f g h"] * 2]
    assert found(shingled(*texts)) == {(1, 2): 1.0, (3, 4): 1.0}


def test_scripts_without_spaces_are_compared_by_characters() -> None:
    text = "我想知道我的订单什么时候能够送到,因为我下个星期就要搬家了,请尽快回复我,谢谢你们的帮助和支持"
    assert (0, 1) in found(shingled(text, text.replace("星期", "礼拜"), "完全不同的一句话," * 6))


def test_long_rows_do_not_make_the_verification_hold_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(near, "_VERIFIED_AT_ONCE", 5)
    sets = shingled(*["one two three four five six seven"] * 4)
    assert len(found(sets)) == 6


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("Hello,  World!", "hello world", True),
        ("\uff26\uff55\uff4c\uff4c width", "full width", True),
        ("STRASSE", "straße", True),
        ("C++", "C#", False),
        ("3 - 4", "3 + 4", False),
        ("👍", "👎", False),
        ("re-set", "re set", True),
        ("?!", "...", False),
    ],
)
def test_what_normalising_takes_for_equal(one: str, other: str, equal: bool) -> None:
    assert (words(one) == words(other)) == equal


def duplicates(corpus: Corpus) -> tuple[list[int], int, int]:
    made = find_duplicates(corpus, near_pairs(corpus.sets, np.arange(len(corpus))))
    return made.exact.tolist(), made.near, made.clusters


LONG = (
    "The parcel arrived on Tuesday but the box was open and two of the four cups inside were broken into small pieces, "
    "so that I would like to know whether you send new ones or pay back what they cost me when I ordered in spring"
)


def test_exact_and_near_duplicates_are_counted_apart() -> None:
    rows = [
        row(LONG, "Sorry."),
        row(LONG.upper() + "!", "sorry"),
        row(LONG.replace("Tuesday", "Monday"), "Sorry."),
        row("Something else entirely", "Yes."),
    ]
    assert duplicates(build(rows)) == ([1], 1, 1)


def test_rows_under_different_system_texts_or_tools_are_no_duplicates() -> None:
    rows = [row(LONG, "Sorry."), row(LONG, "Sorry.", system="Be brief."), row(LONG, "Sorry.", tools=[{"name": "x"}])]
    corpus = build(rows)
    assert duplicates(corpus) == ([], 0, 0)
    assert len(set(unique_groups(corpus, near_pairs(corpus.sets, np.arange(1))).tolist())) == 3


def test_conflicts_are_equal_prompts_with_different_answers() -> None:
    rows = [
        row("Which desk?", "billing"),
        row("which desk", "Returns"),
        row("Which desk?", "billing."),
        row("Which desk?", "sales", system="Other."),
        row("Else?", "a"),
        row("Else?", "A"),
    ]
    conflicting, prompts = find_conflicts(build(rows))
    assert (conflicting.tolist(), prompts) == ([0, 1, 2], 1)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=12))
def test_clusters_are_connected_components(edges: list[tuple[int, int]]) -> None:
    corpus = build([row(f"prompt {number}", "x") for number in range(8)])
    left, right = (np.array([edge[side] for edge in edges], np.int64) for side in (0, 1))
    labels = unique_groups(corpus, Pairs(left, right, np.ones(len(edges))))
    expected = list(range(8))
    for one, other in edges:
        old, new = expected[one], expected[other]
        expected = [new if label == old else label for label in expected]
    for one in range(8):
        for other in range(8):
            assert (labels[one] == labels[other]) == (expected[one] == expected[other])
