"""Near duplicates: recall over generated pairs, no false pair, and speed against datasketch in the same run.

    python -m tests.benchmarks.near [TEXTS]

Texts are of 15 to 90 words drawn from 5,000 by a Zipf-like law. A tenth of them have a near copy: words at random
places are replaced one by one until the Jaccard similarity of the word 3-grams is about to fall below a target drawn
evenly from 0.70 to 1.00; a third are the least similar of twenty copies that are still over 0.70, where banding loses
most. Recall is over all of these pairs; their similarity is computed on plain sets of words.

datasketch has the same 128 permutations, the threshold 0.7, xxhash for its shingles, and the same verification by sets:
both sides begin with lists of words and end with verified pairs.
"""

import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from random import Random

import numpy as np
import xxhash

from engine.data.corpus import joined
from engine.data.near import GROUP, near_pairs
from engine.data.shingles import Vocabulary, shingle

PERMUTATIONS = 128
EDGE = 0.72
Pair = tuple[int, int]
Words = list[str]


def sets_of(text: Words) -> set[str]:
    """Word 3-grams."""
    return {" ".join(text[at : at + 3]) for at in range(max(1, len(text) - 2))}


def jaccard(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other)


def copied(random: Random, text: Words, vocabulary: Words, target: float) -> Words:
    """`text` with words replaced until its similarity would fall below `target`."""
    whole, kept = sets_of(text), text
    while True:
        changed = list(kept)
        changed[random.randrange(len(changed))] = random.choice(vocabulary)
        if jaccard(whole, sets_of(changed)) < target:
            return kept
        kept = changed


def generated(count: int, seed: int = 11) -> tuple[list[Words], dict[Pair, float]]:
    """(texts, the similarity of every pair of a text and its copy)"""
    random = Random(seed)
    vocabulary = [f"w{number}" for number in range(5000)]
    weights = [1 / (rank + 20) for rank in range(5000)]
    texts: list[Words] = []
    pairs: dict[Pair, float] = {}
    while len(texts) < count:
        text = random.choices(vocabulary, weights, k=random.randint(15, 90))
        texts.append(text)
        if random.random() < 0.11:
            edge = len(pairs) % 3 == 0
            copies = (copied(random, text, vocabulary, GROUP if edge else random.uniform(GROUP, 1)) for _ in range(20))
            # Short texts have no similarity just over 0.7: one word changes three of their few shingles.
            near = [(jaccard(sets_of(text), sets_of(copy)), copy) for copy in (copies if edge else islice(copies, 1))]
            similarity, copy = min(near)
            texts.append(copy)
            pairs[len(texts) - 2, len(texts) - 1] = similarity
    return texts, pairs


def ours(texts: list[Words]) -> set[Pair]:
    vocabulary = Vocabulary()
    parts = [texts[start : start + 2000] for start in range(0, len(texts), 2000)]
    sets = joined([shingle(part, [True] * len(part), vocabulary) for part in parts])
    found = near_pairs(sets, np.arange(len(texts)))
    return {(min(a, b), max(a, b)) for a, b in zip(found.left.tolist(), found.right.tolist(), strict=True)}


def datasketch(texts: list[Words]) -> set[Pair]:
    from datasketch import MinHash, MinHashLSH  # type: ignore[import-untyped]

    lsh = MinHashLSH(threshold=GROUP, num_perm=PERMUTATIONS)
    sets = [sets_of(text) for text in texts]
    encoded = [[shingle.encode() for shingle in one] for one in sets]
    found: set[Pair] = set()
    hashes = MinHash.bulk(encoded, num_perm=PERMUTATIONS, hashfunc=xxhash.xxh32_intdigest)
    for number, minhash in enumerate(hashes):
        for other in lsh.query(minhash):
            if jaccard(sets[number], sets[other]) >= GROUP:
                found.add((other, number))
        lsh.insert(number, minhash)
    return found


def timed(act: Callable[[list[Words]], set[Pair]], texts: list[Words]) -> tuple[set[Pair], float]:
    started = time.process_time()
    found = act(texts)
    return found, time.process_time() - started


def said(name: str, texts: list[Words], pairs: dict[Pair, float], found: set[Pair], seconds: float) -> Iterator[str]:
    close = {pair for pair, value in pairs.items() if value < EDGE}
    false = sum(jaccard(sets_of(texts[a]), sets_of(texts[b])) < GROUP for a, b in found)
    recall, at_edge = (len(some & found) / len(some) for some in (set(pairs), close))
    yield f"{name:>10}: {len(texts) / seconds:8,.0f} texts/s of CPU, {len(found):,} pairs, {false} of them false"
    yield f"{'':>10}  recall {recall:.4f} of {len(pairs):,} pairs; {at_edge:.4f} of {len(close):,} at {GROUP}-{EDGE}"


def main(arguments: list[str]) -> None:
    texts, pairs = generated(int(arguments[0]) if arguments else 20_000)
    speeds = []
    for name, act in (("ours", ours), ("datasketch", datasketch)):
        found, seconds = timed(act, texts)
        speeds.append(seconds)
        print("\n".join(said(name, texts, pairs, found, seconds)), flush=True)
    print(f"ours is {speeds[1] / speeds[0]:.1f} times as fast, verification included on both sides")


if __name__ == "__main__":
    main(sys.argv[1:])
