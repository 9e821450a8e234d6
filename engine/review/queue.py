"""The random queue: a simple random sample without replacement over all rows of a version, drawn card by card."""

from collections.abc import Iterator
from hashlib import blake2b

TARGET = 100
"""Rows to look at: with none of them bad, under 3 % of the others are (95 %). More are looked at in hundreds."""


def random_order(rows: int, seed: str) -> Iterator[int]:
    """The row numbers 0 to `rows` - 1 in an order that `seed` fixes, each number drawn only when it is asked for.

    Fisher-Yates over an array of which only the changed places are kept: the first 100 of 1,000,000 rows cost 100
    draws. A draw is a hash of seed and place, not the standard library's generator, whose integers may differ between
    versions of Python; its bias is under rows / 2**64.
    """
    moved: dict[int, int] = {}
    for place in range(rows):
        digest = blake2b(f"{seed} {place}".encode(), digest_size=8).digest()
        chosen = place + int.from_bytes(digest) % (rows - place)
        first = moved.pop(place, place)
        if chosen == place:
            yield first
        else:
            drawn, moved[chosen] = moved.get(chosen, chosen), first
            yield drawn


def goal(looked_at: int, rows: int) -> int:
    """Rows to look at in all, before the bound is taken: the next whole hundred, or every row.

    Reading on row by row until the bound pleases would break its 95 %.
    """
    return min(rows, (looked_at // TARGET + 1) * TARGET)
