"""The rows of a version as arrays: all that comparing, grouping and splitting need, some 600 bytes a row."""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xxhash

from engine.data.jsontext import dumps
from engine.data.records import Progress, no_progress
from engine.data.rows import Message, Row
from engine.data.shingles import I64, U64, Ragged, Vocabulary, shingle_hashed
from engine.data.words import has_spaces, words

_CHUNK = 2000
_TEXT_CACHE = 1000
_SETTING = ("system", "developer")

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
    unwanted: U64
    """The answer that the row says is wrong: the rejected one, or its own where that is not wanted; 0 for none."""
    judged: npt.NDArray[np.bool_]
    """Preferences and judged answers: the same prompt may well have several of them."""
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
    replies: I64
    """Words of each answer."""
    prompt_sets: Ragged | None = None
    """Shingles of the turns before the answer, where they were asked for."""

    def __len__(self) -> int:
        return len(self.ids)


class CorpusBuilder:
    """Takes rows one by one and keeps only their keys. add(row)... finish()"""

    def __init__(self, category: str | None = None, group: Sequence[str] = (), *, prompts: bool = False) -> None:
        """`prompts`: whether the turns before the answer are to be compared on their own, too."""
        self._category, self._group, self._prompts = category, group, prompts
        self._vocabulary = Vocabulary()
        self._known: dict[str, str] = {}
        self._labels: dict[str, str | None] = {}
        self._ids = bytearray()
        self._keys = {name: array("Q") for name in ("rows", "prompts", "answers", "texts", "settings", "unwanted")}
        self._words, self._asked, self._said = array("I"), array("q"), array("q")
        """Hashes of the words of rows that wait; where each one's question and answer end."""
        self._unspaced: dict[int, tuple[str, str]] = {}
        """Of those rows, the ones in a script without spaces: question and answer."""
        self._sets: list[Ragged] = []
        self._questions: list[Ragged] = []
        self._prompt_sets: list[Ragged] = []
        self._replies = array("I")
        self._judged = bytearray()
        self._categories: list[str | None] = []
        self._shared: tuple[array[int], array[int]] = (array("q"), array("Q"))
        self._parents: set[str] = set()

    def add(self, row: Row) -> None:
        """Takes one row."""
        *said, last = [_said(turn) for turn in row.messages if turn["role"] not in _SETTING]
        turns, answer = [words(turn) for turn in said], words(last)
        setting = self._setting(row)
        prompt, reply = "\x1e".join(map(" ".join, turns)), " ".join(answer)
        unwanted = _unwanted(row, reply)
        text = f"{prompt}\x1d{reply}"
        judged = f"\x1d{unwanted}\x1d{row.label}" if unwanted is not None or row.label else ""
        self._keys["rows"].append(_key(f"{setting}\x1d{text}{judged}"))
        self._keys["prompts"].append(_key(f"{setting}\x1d{prompt}"))
        self._keys["answers"].append(_key(reply))
        self._keys["texts"].append(_key(text))
        self._keys["settings"].append(_key(setting))
        self._keys["unwanted"].append(_key(unwanted) if unwanted is not None else 0)
        self._judged.append(row.kind != "sft")
        self._share(row)
        self._ids += row.id.encode()
        self._categories.append(self._category_of(row))
        self._replies.append(len(answer))
        self._take(list(chain.from_iterable(turns)), answer, has_spaces("\n".join([*said, last])))

    def _category_of(self, row: Row) -> str | None:
        """Its category; that of a JSON answer is remembered, as labels are answers to many rows."""
        name = self._category
        if name is None or row.meta.get(name) is not None:
            return row.category(name)
        if row.answer not in self._labels:
            if len(self._labels) >= _TEXT_CACHE:
                self._labels.clear()
            self._labels[row.answer] = row.category(name)
        return self._labels[row.answer]

    def _take(self, question: list[str], answer: list[str], spaced: bool) -> None:
        """Keeps the words of one row until there are enough to take shingles of."""
        hashes = self._vocabulary.__getitem__
        if not spaced:
            self._unspaced[len(self._asked)] = ("".join(question), "".join(answer))
        self._words.extend(map(hashes, question))
        self._asked.append(len(self._words))
        self._words.extend(map(hashes, answer))
        self._said.append(len(self._words))
        if len(self._asked) == _CHUNK:
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
            sets=joined(self._sets),
            questions=joined(self._questions),
            categories=np.array([number.get(name, -1) for name in self._categories], np.int64),
            names=tuple(names),
            columns=self._columns(ids),
            judged=np.frombuffer(bytes(self._judged), np.bool_),
            replies=np.array(self._replies, np.int64),
            prompt_sets=joined(self._prompt_sets) if self._prompts else None,
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
        if not self._asked:
            return
        words, asked, said = (np.array(one) for one in (self._words, self._asked, self._said))
        texts = Ragged(words, np.concatenate(([0], said)))
        questions = _beginnings(texts, asked)
        unspaced = {at: question + answer for at, (question, answer) in self._unspaced.items()}
        self._sets.append(shingle_hashed(texts, unspaced, self._vocabulary))
        if self._prompts:
            unspaced = {at: question for at, (question, _) in self._unspaced.items()}
            self._prompt_sets.append(shingle_hashed(questions, unspaced, self._vocabulary))
        self._questions.append(questions)
        for waiting in (self._words, self._asked, self._said):
            del waiting[:]
        self._unspaced.clear()


def build(
    rows: Iterable[Row],
    category: str | None = None,
    group: Sequence[str] = (),
    progress: Progress = no_progress,
    *,
    prompts: bool = False,
) -> Corpus:
    """The arrays of `rows`, with sets of their prompts if asked; `progress` gets the number of rows taken so far."""
    builder = CorpusBuilder(category, group, prompts=prompts)
    for number, row in enumerate(rows):
        builder.add(row)
        progress(number)
    return builder.finish()


def ids_of(corpus: Corpus, rows: I64) -> list[str]:
    """The ids of these rows, in order."""
    return [one.decode() for one in corpus.ids[rows].tolist()]


def first_of_each(keys: U64, ids: Ids) -> I64:
    """One row for each distinct key, the one of the smallest id, in the order of ids: free of the file's order."""
    order = np.argsort(ids, kind="stable")
    _, first = np.unique(keys[order], return_index=True)
    return order[np.sort(first)].astype(np.int64)


def _said(turn: Message) -> str:
    """What a turn says: its text, and the calls it makes."""
    text: str = turn["content"]
    if calls := turn.get("tool_calls"):
        return "\n".join([text, *(f"{call['function']['name']} {call['function']['arguments']}" for call in calls)])
    return text


def _unwanted(row: Row, reply: str) -> str | None:
    """The answer that `row` says is wrong, normalised."""
    if row.rejected is not None:
        return "\x1e".join(" ".join(words(_said(turn))) for turn in row.rejected)
    return reply if row.label is False else None


def _beginnings(lists: Ragged, ends: I64) -> Ragged:
    """The part of each list before its end."""
    lengths = ends - lists.starts[:-1]
    marks = np.zeros(len(lists.values) + 1, np.int64)
    np.add.at(marks, lists.starts[:-1], 1)
    np.add.at(marks, ends, -1)
    return Ragged(lists.values[np.cumsum(marks[:-1]) > 0], np.concatenate(([0], np.cumsum(lengths))))


def _key(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode())


def joined(parts: list[Ragged]) -> Ragged:
    """Ragged chunks end to end; `parts` is emptied, so that memory is not held twice for long."""
    if not parts:
        return Ragged(np.zeros(0, np.uint32), np.zeros(1, np.int64))
    offsets = np.cumsum([0] + [len(part.values) for part in parts])
    starts = [part.starts[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
    starts.append(offsets[-1:])
    values = np.concatenate([part.values for part in parts])
    parts.clear()
    return Ragged(values, np.concatenate(starts))
