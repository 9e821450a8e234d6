"""What is kept of rows as they go by, so that all can be judged together: some 700 bytes a row."""

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xxhash

from engine.data.balance import balance, sizing
from engine.data.categories import by_name, groups_by_name
from engine.data.contradictions import Contradictions, find_conflicts, find_near_conflicts
from engine.data.corpus import Corpus, CorpusBuilder, first_of_each
from engine.data.duplicates import Duplicates, find_duplicates, unique_groups
from engine.data.groups import SPLITS
from engine.data.jsontext import dumps
from engine.data.mapping import Mapping
from engine.data.near import Pairs, near_pairs
from engine.data.oddities import Oddities, find_oddities
from engine.data.overview import precision
from engine.data.records import Progress, no_progress
from engine.data.rows import Row
from engine.data.shingles import I64, U64
from engine.data.tokens import Sizes, TokenCount

IN_FILES = "groups of near-equal rows in all files; some 80 % of them will be trained on"
IN_VERSION = "groups of near-equal rows in all rows, as nothing is split yet; some 80 % of them will be trained on"
IN_TRAIN = "groups of near-equal rows in train"


class Gathering:
    """add(row)... finish()"""

    def __init__(self, mapping: Mapping, tokenizer: Path | None = None) -> None:
        self._mapping = mapping
        self._corpus = CorpusBuilder(mapping.category, mapping.group, prompts=bool(mapping.category))
        self._tokens = TokenCount(tokenizer)
        self._columns = array("Q")
        self._splits = array("b")

    def add(self, row: Row) -> None:
        """Takes one row."""
        self._corpus.add(row)
        tools = row.meta.get("tools")
        said = dumps(tools).decode() if tools is not None else ""
        self._tokens.add([turn["content"] for turn in row.messages], said)
        columns = {name: value for name, value in row.meta.items() if name != "tools"}
        self._columns.append(xxhash.xxh3_64_intdigest(dumps(columns)) if columns else 0)
        self._splits.append(SPLITS.index(row.split) if row.split else -1)

    def finish(self, compared: Progress = no_progress) -> "Gathered":
        """All of it, compared; `compared` gets per cent."""
        corpus, sizes = self._corpus.finish(), self._tokens.finish()
        texts = first_of_each(corpus.texts, corpus.ids)
        near = near_pairs(corpus.sets, texts, progress=lambda percent: compared(percent // 2))
        return Gathered(
            mapping=self._mapping,
            corpus=corpus,
            near=near,
            duplicates=find_duplicates(corpus, near),
            conflicts=find_conflicts(corpus),
            near_conflicts=find_near_conflicts(corpus, lambda percent: compared(50 + percent // 2)),
            sizes=sizes,
            oddities=find_oddities(corpus, sizes.lengths),
            columns=np.array(self._columns, np.uint64),
            splits=np.array(self._splits, np.int64),
        )


@dataclass(frozen=True, slots=True)
class Gathered:
    """n rows, compared with each other."""

    mapping: Mapping
    corpus: Corpus
    near: Pairs
    duplicates: Duplicates
    conflicts: Contradictions
    near_conflicts: Contradictions
    sizes: Sizes
    oddities: Oddities
    columns: U64
    """(n,) hash of the other columns, tools aside."""
    splits: I64
    """(n,) number in SPLITS, -1 for none."""

    @property
    def trained(self) -> I64:
        """Rows that will be trained on; all of them before a split."""
        train = np.flatnonzero(self.splits == 0)
        return train if (self.splits >= 0).any() else np.arange(len(self.corpus))

    def facts(self, task: str | None, counted: str) -> dict[str, Any]:
        """Under the names of `data check --json`; `counted` says which rows the sizes are counted in."""
        odd = self.oddities
        by_category = bool(self.mapping.category)
        return {
            "duplicates": self.duplicates.document(),
            "conflicts": {"prompts": self.conflicts.count, "near": self.near_conflicts.count},
            "tokens": {**self.sizes.report(), "cut_at": self.sizes.cuts()},
            "balance": balance(by_name(self.corpus, np.arange(len(self.corpus)))) if by_category else None,
            "sizing": self._sizing(task, counted),
            "test": self._test(),
            "diversity": self._diversity(),
            "oddities": {
                "long": len(odd.long),
                "short": len(odd.short),
                "near_empty": len(odd.empty),
                "repeated_answers": len(odd.repeated),
            },
        }

    def _sizing(self, task: str | None, counted: str) -> dict[str, Any]:
        groups, rows = unique_groups(self.corpus, self.near), self.trained
        by_group = groups_by_name(self.corpus, rows, groups[rows])
        default = "classification" if self.mapping.category else "style"
        return sizing(by_group, task or default, counted)

    def _test(self) -> dict[str, Any]:
        """What a test set shows: of the split, or of a tenth of the rows."""
        split = bool((self.splits >= 0).any())
        rows = int((self.splits == 2).sum()) if split else len(self.corpus) // 10
        return {"rows": rows, "split": split, "points": precision(rows), "needed": {"10": 97, "5": 385}}

    def _diversity(self) -> dict[str, Any]:
        """Shares of the rows: in groups of their own, with prompts and with answers that no earlier row has."""
        n = max(1, len(self.corpus))
        distinct = {"groups": unique_groups(self.corpus, self.near)}
        distinct |= {"prompts": self.corpus.prompts, "answers": self.corpus.answers}  # type: ignore[dict-item]
        return {name: round(len(np.unique(keys)) / n, 4) for name, keys in distinct.items()}
