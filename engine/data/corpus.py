"""The rows of a version as arrays: all that comparing, grouping and splitting need, some 600 bytes a row."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from engine.data.jsontext import dumps
from engine.data.records import Progress, no_progress
from engine.data.rows import Row
from engine.data.shingles import I64, U64, Ragged, Vocabulary, hashed, shingle
from engine.data.words import has_spaces, words

_CHUNK = 2000
_TEXT_CACHE = 1000

Ids = npt.NDArray[np.bytes_]


class Shared(NamedTuple):
    """Rows that have something in common: row i has nodes[i]; equal nodes mean the same thing."""

    rows: I64
    nodes: U64


@dataclass(frozen=True, slots=True)
class Corpus:
    """n rows. All keys are 64-bit hashes of normalised text (NFKC, casefolded, punctuation and space collapsed)."""

    ids: Ids
    """(n,) of 32 hex digits."""
    rows: U64
    """System, tools, turns: equal for exact duplicates."""
    prompts: U64
    """System, tools, turns before the answer: equal for contradictions that differ in `answers`."""
    answers: U64
    texts: U64
    """Turns without system and tools, which rows often share."""
    settings: U64
    """System and tools."""
    sets: Ragged
    """Shingles of each text."""
    questions: Ragged
    """32-bit hashes of the words of the turns before the answer, in order."""
    categories: npt.NDArray[np.int64]
    """Number in `names`; -1 for none."""
    names: tuple[str, ...]
    """Categories, sorted."""
    columns: Shared
    """Values of the group columns, and parents with their children."""

    def __len__(self) -> int:
        return len(self.ids)


class CorpusBuilder:
    """Takes rows one by one and keeps only their keys. add(row)... finish()"""

    def __init__(self, category: str | None = None, group: Sequence[str] = ()) -> None:
        self._category, self._group = category, group
        self._vocabulary = Vocabulary()
        self._known: dict[str, str] = {}
        self._ids = bytearray()
        self._keys = {name: array("Q") for name in ("rows", "prompts", "answers", "texts", "settings")}
        self._waiting: list[tuple[list[str], list[str], bool]] = []
        self._sets: list[Ragged] = []
        self._questions: list[Ragged] = []
        self._categories: list[str | None] = []
        self._shared: tuple[array[int], array[int]] = (array("q"), array("Q"))
        self._parents: set[str] = set()

    def add(self, row: Row) -> None:
        """Takes one row."""
        turns = [words(turn) for turn in row.prompt]
        answer = words(row.answer)
        setting = self._setting(row)
        prompt, said = "\x1e".join(map(" ".join, turns)), " ".join(answer)
        texts = {
            "rows": f"{setting}\x1d{prompt}\x1d{said}",
            "prompts": f"{setting}\x1d{prompt}",
            "answers": said,
            "texts": f"{prompt}\x1d{said}",
            "settings": setting,
        }
        for name, text in texts.items():
            self._keys[name].append(_key(text))
        self._share(row)
        self._ids += row.id.encode()
        self._categories.append(row.category(self._category))
        question = [word for turn in turns for word in turn]
        self._waiting.append((question, question + answer, has_spaces("\n".join([*row.prompt, row.answer]))))
        if len(self._waiting) == _CHUNK:
            self._flush()

    def finish(self) -> Corpus:
        """The arrays of all rows added."""
        self._flush()
        names = sorted({name for name in self._categories if name is not None})
        number: dict[str | None, int] = {name: index for index, name in enumerate(names)}
        ids = np.frombuffer(bytes(self._ids), "S32")
        return Corpus(
            ids=ids,
            **{name: np.array(keys, np.uint64) for name, keys in self._keys.items()},
            sets=_joined(self._sets),
            questions=_joined(self._questions),
            categories=np.array([number.get(name, -1) for name in self._categories], np.int64),
            names=tuple(names),
            columns=self._columns(ids),
        )

    def _setting(self, row: Row) -> str:
        system, tools = row.system, row.meta.get("tools")
        if tools is not None:
            return f"{' '.join(words(system))}\x1c{dumps(tools).decode()}"
        if system not in self._known:
            if len(self._known) >= _TEXT_CACHE:
                self._known.clear()
            self._known[system] = " ".join(words(system))
        return self._known[system]

    def _share(self, row: Row) -> None:
        number = len(self._categories)
        values = [f"{column}\x1d{row.meta[column]}" for column in self._group if row.meta.get(column) not in (None, "")]
        if row.parent:
            self._parents.add(row.parent)
            values.append(f"id\x1d{row.parent}")
        for value in values:
            self._shared[0].append(number)
            self._shared[1].append(_key(value))

    def _columns(self, ids: Ids) -> Shared:
        parents = np.flatnonzero(np.isin(ids, np.array(sorted(self._parents), "S32"))) if self._parents else ()
        for number in map(int, parents):
            self._shared[0].append(number)
            self._shared[1].append(_key(f"id\x1d{ids[number].decode()}"))
        rows, nodes = self._shared
        return Shared(np.array(rows, np.int64), np.array(nodes, np.uint64))

    def _flush(self) -> None:
        if not self._waiting:
            return
        questions, texts, spaced = zip(*self._waiting, strict=True)
        self._sets.append(shingle(texts, spaced, self._vocabulary))
        self._questions.append(hashed(questions, self._vocabulary))
        self._waiting.clear()


def build(
    rows: Iterable[Row], category: str | None = None, group: Sequence[str] = (), progress: Progress = no_progress
) -> Corpus:
    """The arrays of `rows`; `progress` gets the number of rows taken so far."""
    builder = CorpusBuilder(category, group)
    for number, row in enumerate(rows):
        builder.add(row)
        progress(number)
    return builder.finish()


def first_of_each(keys: U64, ids: Ids) -> I64:
    """One row for each distinct key, the one of the smallest id, in the order of ids: free of the file's order."""
    order = np.argsort(ids, kind="stable")
    _, first = np.unique(keys[order], return_index=True)
    return order[np.sort(first)].astype(np.int64)


def _key(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode())


def _joined(parts: list[Ragged]) -> Ragged:
    """Ragged chunks end to end; `parts` is emptied, so that memory is not held twice for long."""
    if not parts:
        return Ragged(np.zeros(0, np.uint32), np.zeros(1, np.int64))
    offsets = np.cumsum([0] + [len(part.values) for part in parts])
    starts = [part.starts[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
    starts.append(offsets[-1:])
    values = np.concatenate([part.values for part in parts])
    parts.clear()
    return Ragged(values, np.concatenate(starts))
