"""The random queue: a simple random sample without replacement over all rows of a version, drawn card by card.

Every reader begins with the same rows, on which they can be compared, and then goes an own way. What several of them
have looked at is a simple random sample as well: all orders are drawn without a look at the rows, so any set of as many
rows is as likely as any other.
"""

from collections.abc import Iterator
from hashlib import blake2b
from itertools import islice

TARGET = 100
"""Rows to look at: with none of them bad, under 3 % of the others are (95 %). More are looked at in hundreds."""
SHARED = 30
"""Rows with which every reader begins: 20 to 30 are the least on which agreement says something."""


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


def order_of(rows: int, seed: str, reader: str) -> Iterator[int]:
    """The order of one reader: the first SHARED rows are every reader's; the nameless one keeps to the common order."""
    common = random_order(rows, seed)
    if not reader:
        yield from common
        return
    shared = list(islice(common, SHARED))
    yield from shared
    first = {*shared}
    yield from (number for number in random_order(rows, f"{seed} {reader}") if number not in first)


def goal(looked_at: int, rows: int) -> int:
    """Rows to look at in all, before the bound is taken: the next whole hundred, or every row.

    Reading on row by row until the bound pleases would break its 95 %.
    """
    return min(rows, (looked_at // TARGET + 1) * TARGET)
