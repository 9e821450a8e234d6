"""Why rows belong together: near pairs, equal prompts, shared passages, equal group columns."""

from dataclasses import dataclass, replace

import numpy as np

from engine.data.corpus import Corpus, Shared, first_of_each
from engine.data.near import Pairs, near_pairs
from engine.data.passages import shared_passages
from engine.data.records import Progress, no_progress
from engine.data.shingles import I64, U64


@dataclass(frozen=True, slots=True)
class Links:
    """All links among the rows of a corpus."""

    near: Pairs
    shared: dict[str, Shared]
    """prompt, text, passage, column: each with the rows that have the same."""
    templates: U64
    """Passages that are too common to link by."""

    def with_near(self, more: Pairs) -> "Links":
        """These links and more near pairs."""
        return replace(self, near=Pairs(*(np.concatenate(both) for both in zip(self.near, more, strict=True))))


def find_links(corpus: Corpus, rows: I64, known_templates: U64, seed: int, progress: Progress = no_progress) -> Links:
    """Every link among these rows of `corpus`; near pairs by MinHash permutations of this seed.

    `progress` gets per cent.
    """
    ids = corpus.ids[rows]
    questions = rows[first_of_each(corpus.prompts[rows], ids)]
    texts = rows[first_of_each(corpus.texts[rows], ids)]
    passages, templates = shared_passages(corpus.questions, questions, known_templates)
    shared = {
        "prompt": _repeated(corpus.prompts, rows),
        "text": _repeated(corpus.texts, rows),
        "passage": passages,
        "column": _among(corpus.columns, rows),
    }
    return Links(near_pairs(corpus.sets, texts, seed, progress=progress), shared, templates)


def _repeated(keys: U64, rows: I64) -> Shared:
    """Those of `rows` whose key another of them has too."""
    _, place, counts = np.unique(keys[rows], return_inverse=True, return_counts=True)
    kept = rows[counts[place] > 1]
    return Shared(kept, keys[kept])


def _among(shared: Shared, rows: I64) -> Shared:
    kept = np.isin(shared.rows, rows)
    return Shared(shared.rows[kept], shared.nodes[kept])
