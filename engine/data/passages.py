"""Passages that several questions share: the n-gram part of the guard against leaks between splits.

13 words in a row (the length that GPT-3 and lm-evaluation-harness use) for questions that have them. Half of real
questions are shorter: those of 5 to 12 words are found where they stand whole in another question, from 9 words on also
without their first or their last word. Shorter ones only match as a whole, which the prompt's own key sees. Answers are
not compared: one label, or one canned reply, may be right for many questions. Paraphrase is not seen.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from engine.data.corpus import Shared
from engine.data.shingles import I64, U64, Ragged, grams

LONG = 13
SHORTEST = 5
TRIMMED_FROM = 9
"""From here a question without one outer word still holds 80 % of its 5-grams."""
TEMPLATE_SHARE = 0.01
TEMPLATE_ROWS = 10
"""A passage in more than 1 % of the questions, and in more than 10, is a template or a signature and says nothing."""

_CHUNK = 50_000


def shared_passages(questions: Ragged, rows: I64, known: U64) -> tuple[Shared, U64]:
    """(rows with the passages that they share, the passages that are templates).

    `rows` has each question once. Passages in `known` were templates when an earlier version was split, and stay so.
    """
    found = [_occurrences(questions, rows, LONG, None)]
    found += [_occurrences(questions, rows, n, keys) for n, keys in _short_keys(questions, rows).items()]
    hashes = np.concatenate([hashes for hashes, _ in found])
    where = np.concatenate([where for _, where in found])
    limit = template_limit(len(rows))
    parts = [_repeated(hashes[part], where[part], limit) for part in _eighths(hashes)]
    templates = np.union1d(known, np.concatenate([templates for _, templates in parts]))
    shared = Shared(*(np.concatenate([part[index] for part, _ in parts]) for index in (0, 1)))
    kept = ~np.isin(shared.nodes, templates)
    return _distinct(Shared(shared.rows[kept], shared.nodes[kept])), templates


def template_limit(questions: int) -> int:
    """In how many of so many questions a passage may stand before it is a template."""
    return max(TEMPLATE_ROWS, int(TEMPLATE_SHARE * questions))


def _short_keys(questions: Ragged, rows: I64) -> dict[int, U64]:
    """Length -> hashes of the short questions of that length, whole or trimmed by an outer word."""
    lengths = questions.lengths(rows)
    keys: dict[int, list[U64]] = {}
    for length in range(SHORTEST, LONG):
        short = rows[lengths == length]
        for n in (length, length - 1) if length >= TRIMMED_FROM else (length,):
            keys.setdefault(n, []).append(_occurrences(questions, short, n, None)[0])
    joined = {n: np.unique(np.concatenate(parts)) for n, parts in keys.items()}
    return {n: hashes for n, hashes in joined.items() if len(hashes)}


def _occurrences(questions: Ragged, rows: I64, n: int, keys: U64 | None) -> tuple[U64, npt.NDArray[np.int32]]:
    """(hash, row) of every run of n words, of those in `keys` if given."""
    hashes, where = [np.zeros(0, np.uint64)], [np.zeros(0, np.int32)]
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        units, _ = questions.take(chunk)
        starts = np.concatenate(([0], np.cumsum(questions.lengths(chunk))))
        found, owner = grams(units, starts, n)
        if keys is not None:
            inside = _inside(found, keys)
            found, owner = found[inside], owner[inside]
        hashes.append(found)
        where.append(chunk[owner].astype(np.int32))
    return np.concatenate(hashes), np.concatenate(where)


def _inside(hashes: U64, keys: U64) -> npt.NDArray[np.bool_]:
    """Whether each hash is among the sorted `keys`; a bit table answers most without the search."""
    table = np.zeros(2**22, np.bool_)
    table[keys >> np.uint64(42)] = True
    maybe: npt.NDArray[np.bool_] = table[hashes >> np.uint64(42)]
    place = np.minimum(np.searchsorted(keys, hashes[maybe]), len(keys) - 1)
    maybe[maybe] = keys[place] == hashes[maybe]
    return maybe


def _eighths(hashes: U64) -> Iterator[npt.NDArray[np.bool_]]:
    """The hashes in eight parts, so that sorting needs little memory beside them."""
    for part in range(8):
        yield (hashes >> np.uint64(61)) == part


def _repeated(hashes: U64, rows: npt.NDArray[np.int32], limit: int) -> tuple[tuple[I64, U64], U64]:
    """((rows, hash) of what stands in two rows or more, hashes of what stands in more than `limit`)."""
    order = np.lexsort((rows, hashes))
    hashes, rows = hashes[order], rows[order]
    once = np.ones(len(hashes), np.bool_)
    once[1:] = (hashes[1:] != hashes[:-1]) | (rows[1:] != rows[:-1])
    hashes, rows = hashes[once], rows[once]
    distinct, place, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    kept = (counts[place] >= 2) & (counts[place] <= limit)
    return (rows[kept].astype(np.int64), hashes[kept]), distinct[counts > limit]


def _distinct(shared: Shared) -> Shared:
    """One passage for each set of rows: a long common text holds dozens that say the same."""
    if not len(shared.nodes):
        return shared
    order = np.argsort(shared.nodes, kind="stable")
    rows, nodes = shared.rows[order], shared.nodes[order]
    starts = np.flatnonzero(np.concatenate(([True], nodes[1:] != nodes[:-1])))
    marks = (rows.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    marks ^= marks >> np.uint64(29)
    _, first = np.unique(np.add.reduceat(marks, starts), return_index=True)
    kept = np.isin(nodes, nodes[starts[first]])
    return Shared(rows[kept], nodes[kept])
