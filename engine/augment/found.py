"""Slots that nobody had to name: values that vary where the rest of a question stays.

Two signs are taken: members of JSON answers that are copied from the question, and questions that are near-equal but
for a few words, where the answers are equal once these words are exchanged. What follows from a value in any other way
cannot be known here: a reader judges every row.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.augment.checks import Made, question
from engine.augment.lot import Lot
from engine.augment.slots import Instance, cut_at, fill
from engine.augment.source import Source
from engine.data.jsontext import dumps, parse
from engine.data.near import near_pairs
from engine.data.records import Progress, no_progress
from engine.data.rows import Row
from engine.data.shingles import Vocabulary, shingle
from engine.data.words import has_spaces, words

_FEWEST_VALUES = 5
"""A member of fewer values is a label: yes and no stand in many a question by chance."""
_COPIED = 0.8
"""Share of its rows in which a member's value must stand in the question."""
_SHORTEST = 3
_ALIKE = 0.5
"""Jaccard: one other word in a question of 12 leaves 0.54, and 0.7, the groups' threshold, asks for one of 20."""
_FRAMED = 10_000
"""Rows among which frames are sought: pairs at 0.5 are so many in templated sets that 40,000 rows took 1.2 GB."""
_MOST_SPANS, _LONGEST_SPAN = 3, 3
"""Places and words by which two questions of one frame may differ."""
_WORD = re.compile(r"\S+")
_OUTER = ".,;:!?\"'()"


@dataclass(slots=True)
class FoundSlots:
    """The method `template` without a file. of(parent, variant, lot)"""

    generator: str = "found slots"
    members: dict[str, list[str]] = field(default_factory=dict)
    """Member of JSON answers -> its values."""
    places: dict[str, dict[str, str]] = field(default_factory=dict)
    """Row -> slot -> value, for questions of one frame."""
    lists: dict[str, list[str]] = field(default_factory=dict)
    """Slot -> its values."""

    def of(self, parent: Row, variant: int, lot: Lot) -> Made | None:
        """One row with other values; None where `parent` has no slot."""
        asked = question(parent)
        values = {**self.places.get(parent.id, {}), **self._copied(parent)}
        values = {slot: value for slot, value in values.items() if len(cut_at(asked, {slot: value})) > 1}
        pool = {slot: self.members.get(slot) or self.lists[slot] for slot in sorted(values)}
        made = Instance(values, pool, cut_at(asked, values), cut_at(parent.answer, values)).other(lot)
        if made is None:
            return None
        messages = [*parent.messages[:-2], {**parent.messages[-2], "content": made[0]}]
        messages.append({**parent.messages[-1], "content": made[1]})
        return Made([parent], messages, self.generator, made[1] == parent.answer, True, made[2])

    def _copied(self, parent: Row) -> dict[str, str]:
        return {name: value for name, value in members(parent) if name in self.members and _stands(value, parent)}


def find_slots(source: Source, progress: Progress = no_progress) -> FoundSlots:
    """The slots of all parents; `progress` gets per cent."""
    found = FoundSlots()
    rows = [source.row(number) for _, number in source.parents]
    _members_of(rows, found)
    _frames_of(rows[:_FRAMED], found, progress)
    return found


def members(row: Row) -> Iterator[tuple[str, str]]:
    """The members of a JSON answer that are plain texts."""
    if not row.answer.lstrip().startswith("{"):
        return
    value = parse(row.answer.encode("utf-8", "surrogatepass")).value
    for name, said in value.items() if isinstance(value, dict) else ():
        if isinstance(said, str) and len(said) >= _SHORTEST and dumps(said).decode() == f'"{said}"':
            yield name, said


def _stands(value: str, row: Row) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", question(row)) is not None


def _members_of(rows: Sequence[Row], found: FoundSlots) -> None:
    there, copied = Counter[str](), Counter[str]()
    values: dict[str, dict[str, None]] = {}
    for row in rows:
        for name, value in members(row):
            there[name] += 1
            if _stands(value, row):
                copied[name] += 1
                values.setdefault(name, {})[value] = None
    for name, listed in sorted(values.items()):
        if len(listed) >= _FEWEST_VALUES and copied[name] >= _COPIED * there[name]:
            found.members[name] = sorted(listed)


def _frames_of(rows: Sequence[Row], found: FoundSlots, progress: Progress) -> None:
    asked = [question(row) for row in rows]
    sets = shingle([words(text) for text in asked], [has_spaces(text) for text in asked], Vocabulary())
    pairs = near_pairs(sets, np.flatnonzero(np.diff(sets.starts) > 0), threshold=_ALIKE, progress=progress)
    joined = _Joined()
    at: dict[str, dict[str, str]] = {}
    for left, right in zip(pairs.left.tolist(), pairs.right.tolist(), strict=True):
        one, other = rows[left], rows[right]
        swapped = differing(asked[left], asked[right])
        if swapped and fill(cut_at(one.answer, {new: old for old, new in swapped}), _names(swapped)) == other.answer:
            for old, new in swapped:
                joined.join(old, new)
                at.setdefault(one.id, {})[old] = old
                at.setdefault(other.id, {})[new] = new
    _place(found, at, joined)


def _names(swapped: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {new: new for _, new in swapped}


def _place(found: FoundSlots, at: dict[str, dict[str, str]], joined: "_Joined") -> None:
    """Names each list of values by its first one, and says for each row which of them stand in it."""
    for row, values in at.items():
        own: dict[str, str] = {}
        for value in values:
            slot = f"slot {joined.root(value)}"
            if slot in own or slot in found.members:
                continue
            own[slot] = value
            found.lists.setdefault(slot, joined.listed(value))
        found.places[row] = own


def differing(one: str, other: str) -> list[tuple[str, str]]:
    """[(words here, words there)] where two questions of as many words differ; empty where they differ too much."""
    left, right = _WORD.findall(one), _WORD.findall(other)
    if len(left) != len(right):
        return []
    apart = [number for number, pair in enumerate(zip(left, right, strict=True)) if pair[0] != pair[1]]
    spans: list[list[int]] = []
    for number in apart:
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    if not 0 < len(spans) <= _MOST_SPANS or max(map(len, spans)) > _LONGEST_SPAN:
        return []
    made = [(_core(left, span), _core(right, span)) for span in spans]
    return made if all(old and new and old != new for old, new in made) else []


def _core(units: Sequence[str], span: Sequence[int]) -> str:
    return " ".join(units[span[0] : span[-1] + 1]).strip(_OUTER)


class _Joined:
    """Values that stood in one place, joined into lists."""

    def __init__(self) -> None:
        self._up: dict[str, str] = {}
        self._lists: dict[str, list[str]] = {}

    def root(self, value: str) -> str:
        while (above := self._up.get(value, value)) != value:
            value = above
        return value

    def join(self, one: str, other: str) -> None:
        """Puts the lists of both together; the name of the list is its smallest value."""
        top, below = sorted((self.root(one), self.root(other)))
        mine = self._lists.setdefault(top, [top])
        if top != below:
            self._up[below] = top
            mine += self._lists.pop(below, [below])

    def listed(self, value: str) -> list[str]:
        """The values of its list, sorted."""
        return sorted(self._lists[self.root(value)])
