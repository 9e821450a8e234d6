"""Slots: the places of a question whose value can be another, with the values that stand there."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.augment.lot import Lot

_DRAWS = 20
"""Tries to draw other values than the parent's."""


@dataclass(frozen=True, slots=True)
class Instance:
    """A row whose question has slots: their places and values, and the lists that other values come from."""

    values: Mapping[str, str]
    """Slot -> what stands there now."""
    pool: Mapping[str, Sequence[str]]
    """Slot -> every value that may stand there."""
    pieces: Sequence[tuple[bool, str]]
    """The question in parts: (True, slot) or (False, text)."""
    answer_pieces: Sequence[tuple[bool, str]]

    def other(self, lot: Lot) -> tuple[str, str, dict[str, str]] | None:
        """(question, answer, {old value: new one}) with other values in one slot or more; None when there are none."""
        open_slots = [slot for slot, values in self.pool.items() if set(values) - {self.values.get(slot)}]
        for _ in range(_DRAWS if open_slots else 0):
            values = {slot: lot.choice(self.pool[slot]) for slot in open_slots}
            filled = {**self.values, **values}
            if any(filled[slot] != self.values.get(slot) for slot in filled):
                swapped = {old: filled[slot] for slot, old in self.values.items() if filled[slot] != old}
                return fill(self.pieces, filled), fill(self.answer_pieces, filled), swapped
        return None


def fill(pieces: Iterable[tuple[bool, str]], values: Mapping[str, str]) -> str:
    """Text with its slots filled in."""
    return "".join(values[text] if is_slot else text for is_slot, text in pieces)


def cut(text: str, slots: Iterable[str]) -> list[tuple[bool, str]]:
    """`text` in pieces: `{name}` is a slot where `name` is one of `slots`; every other brace is text."""
    names = "|".join(re.escape(slot) for slot in sorted(slots, key=len, reverse=True))
    parts = re.split(rf"\{{({names})\}}", text) if names else [text]
    return [(bool(number % 2), part) for number, part in enumerate(parts) if part or number % 2]


def cut_at(text: str, values: Mapping[str, str]) -> list[tuple[bool, str]]:
    """`text` in pieces: a slot wherever its value stands as a whole word."""
    slot_of = {value: slot for slot, value in values.items()}
    found = "|".join(re.escape(value) for value in sorted(slot_of, key=len, reverse=True))
    parts = re.split(rf"(?<!\w)({found})(?!\w)", text) if found else [text]
    return [(True, slot_of[part]) if number % 2 else (False, part) for number, part in enumerate(parts) if part]


def matched(pieces: Sequence[tuple[bool, str]], text: str) -> dict[str, str] | None:
    """Slot -> value where `text` is the template with something in every slot; None where it is not.

    Slots are as short as they can be; the search is linear, so that no text can stall it.
    """
    values: dict[str, str] = {}
    place = 0
    for number, (is_slot, part) in enumerate(pieces):
        if not is_slot:
            if not text.startswith(part, place):
                return None
            place += len(part)
            continue
        rest = next((text_part for later_slot, text_part in pieces[number + 1 :] if not later_slot), None)
        end = len(text) if rest is None else text.find(rest, place + 1)
        if number == len(pieces) - 2 and rest is not None:
            end = len(text) - len(rest) if text.endswith(rest) else -1
        value = text[place:end]
        if end <= place or values.setdefault(part, value) != value:
            return None
        place = end
    return values if place == len(text) else None
