"""`data clean`: a new version without what was asked to go, and nothing else."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.data.choices import CLUSTER, CONFLICT, NEAR_CONFLICT, Choice, Choices, key_of
from engine.data.contradictions import find_conflicts, find_near_conflicts
from engine.data.corpus import Corpus, build, first_of_each, ids_of
from engine.data.deriving import Change, Derived, derive
from engine.data.duplicates import Duplicates, find_duplicates, labelled
from engine.data.mapping import Mapping as Columns
from engine.data.near import Pairs, near_pairs
from engine.data.records import Progress, no_progress
from engine.data.shingles import I64, U64
from engine.data.versions import Version
from engine.errors import UsageError

DROPS = ("duplicates", "near", "conflicts")
"""Equal rows but one of each; nearly equal rows but one of each cluster; rows of contradictions."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows stay."""

    choices: Choices = field(default_factory=Choices)
    accepted: Collection[str] = ()
    """Ids of rows that were accepted in review."""


def clean(
    version: Version,
    data: Path,
    drop: Sequence[str],
    read: Progress = no_progress,
    compared: Progress = no_progress,
    wanted: Wanted = Wanted(),
) -> Derived:
    """Drops what is asked of DROPS, but for the rows that `wanted` names.

    Without a choice the first of a cluster stays, every row of a contradiction goes, and every row of a near
    contradiction stays. `read` gets rows, `compared` per cent. Raises UsageError for an unknown word in `drop`,
    DataError when no row would be left.
    """
    if not drop or set(drop) - set(DROPS):
        raise UsageError(f"cannot drop {', '.join(drop) or 'nothing'}", hint=f"--drop {','.join(DROPS)}")
    mapping = Columns.from_document(version.manifest["mapping"])
    rows = len(version)
    # The rows are read twice: to compare them, and to write those that stay.
    first, second = (lambda done: read(done // 2)), (lambda done: read((rows + done) // 2))
    corpus = build(version.rows(), mapping.category, mapping.group, first, prompts=_prompts(drop, wanted))
    gone = _gone(corpus, drop, wanted, compared)
    return derive(version, data, "clean", lambda at, row: gone.get(at), kinds=drop, read=second, compared=compared)


def _prompts(drop: Sequence[str], wanted: Wanted) -> bool:
    """Whether near contradictions matter: only those that somebody has decided."""
    return "conflicts" in drop and wanted.choices.has(NEAR_CONFLICT)


def _gone(corpus: Corpus, drop: Sequence[str], wanted: Wanted, compared: Progress) -> Mapping[int, Change]:
    """Row number -> why it goes; a contradiction outweighs a duplicate."""
    gone: dict[int, Change] = {}
    if "duplicates" in drop or "near" in drop:
        near = Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
        if "near" in drop or wanted.choices.has(CLUSTER):
            near = near_pairs(corpus.sets, first_of_each(corpus.texts, corpus.ids), progress=compared)
        duplicates = find_duplicates(corpus, near)
        for rows in duplicates.clusters():
            gone |= _cluster(corpus, duplicates, rows, drop, wanted)
    if "conflicts" in drop:
        gone |= _conflicting(corpus, wanted, compared)
    return gone


def _cluster(
    corpus: Corpus, duplicates: Duplicates, rows: I64, drop: Sequence[str], wanted: Wanted
) -> dict[int, Change]:
    choice = _choice(corpus, CLUSTER, rows, wanted)
    named = set(rows[list(choice.keep or ())].tolist()) if choice else set()
    if wanted.choices.rule == "all" if choice is None else choice.keep is None:
        return {}
    stays = _one(corpus, rows, named, wanted)
    gone: dict[int, Change] = {}
    for first in np.unique(duplicates.firsts[rows]).tolist():
        equal = rows[duplicates.firsts[rows] == first]
        kept = _one(corpus, equal, named, wanted)
        copies = [row for row in equal.tolist() if row != kept]
        if "duplicates" in drop:
            said = Change("duplicates", rule="duplicate", message=f"equal to row {kept}, which stays")
            gone |= dict.fromkeys(copies, said)
        if "near" in drop and duplicates.firsts[stays] != first and kept not in named:
            said = Change("near", rule="near-duplicate", message=f"nearly equal to row {stays}, which stays")
            gone |= {row: gone.get(row, said) for row in equal.tolist()}
    return gone


def _choice(corpus: Corpus, kind: str, rows: I64, wanted: Wanted) -> Choice | None:
    return wanted.choices.named.get(key_of(kind, ids_of(corpus, rows))) if wanted.choices.named else None


def _one(corpus: Corpus, rows: I64, named: Collection[int], wanted: Wanted) -> int:
    """The one of `rows` that stays: a named one, else by the rule."""
    numbers: list[int] = rows.tolist()
    if found := [row for row in numbers if row in named]:
        return found[0]
    if wanted.choices.rule == "longest":
        words = corpus.questions.lengths(rows) + corpus.replies[rows]
        return numbers[int(np.argmax(words))]
    if wanted.choices.rule == "reviewed":
        return next((row for row in numbers if corpus.ids[row].decode() in wanted.accepted), numbers[0])
    return numbers[0]


def _conflicting(corpus: Corpus, wanted: Wanted, compared: Progress) -> dict[int, Change]:
    answers = labelled(corpus.answers, corpus)
    all_go = Choice(CONFLICT, keep=())
    gone: dict[int, Change] = {}
    for rows in find_conflicts(corpus).groups():
        choice = _choice(corpus, CONFLICT, rows, wanted) or all_go
        gone |= _others(rows, answers[rows], choice, "the same prompt has another answer elsewhere")
    if wanted.choices.has(NEAR_CONFLICT):
        for rows in find_near_conflicts(corpus, compared).groups():
            if decided := _choice(corpus, NEAR_CONFLICT, rows, wanted):
                labels = corpus.categories[rows].astype(np.uint64)
                gone |= _others(rows, labels, decided, "nearly the same prompt has another category")
    return gone


def _others(rows: I64, answers: U64, choice: Choice, said: str) -> dict[int, Change]:
    """The rows that answer in another way than those that stay."""
    if choice.keep is None:
        return {}
    right = answers[list(choice.keep)]
    change = Change("conflicts", rule="conflict", message=said)
    return dict.fromkeys(rows[~np.isin(answers, right)].tolist(), change)
