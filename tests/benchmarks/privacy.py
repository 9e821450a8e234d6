"""`python -m tests.benchmarks.privacy`: rows a second for personal data and secrets together, and how many are found.

10,000 chat rows of some 460 bytes, 5 % with one planted item; the same rows go through patterns in Python's `re`. Bait
is what looks like personal data and is none: dates, order numbers, versions, timestamps.
"""

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from engine.data.masking import Mask, texts
from engine.data.privacy import findings, places
from tests.planted import Planted, measured, planted

ROWS = 10_000
RUNS = 3
LABELLED = 30_000

PLAIN = [
    re.compile(pattern)
    for pattern in (
        r"[\w.%+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}",
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b",
        r"\b\d(?:[ -]?\d){12,18}\b",
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"\b(?:\d{1,3}\.){3}\d{1,3}\b",
        r"(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|(?:[0-9a-fA-F]{1,4}:){1,7}:",
        r"(?:\+|\b00)[1-9]\d{0,2}[ ./-]?(?:\(\d{1,5}\)[ ./-]?)?\d(?:[ ./-]?\d){5,12}\b",
        r"\(?\b\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b",
        r"-----BEGIN [A-Z ]*PRIVATE KEY",
        r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        r"\bgh[pousr]_[A-Za-z0-9]{20,}",
        r"\bxox[abprs]-[A-Za-z0-9-]{10,}",
        r"\bsk-[\w-]{16,}",
        r"\b[A-Za-z][\w+.-]*://[^\s/:@]*:[^\s/@]+@",
        r"(?i)\b(?:password|passwd|secret|token|api[_-]?key)\s*[:=]\s*\S{4,}",
    )
]


def rows(found: Sequence[Planted]) -> list[list[dict[str, str]]]:
    """Chat rows of two turns."""
    cut = [len(one.text) // 3 for one in found]
    return [
        [{"role": "user", "content": one.text[:at]}, {"role": "assistant", "content": one.text[at:]}]
        for one, at in zip(found, cut, strict=True)
    ]


def ours(row: list[dict[str, str]]) -> None:
    findings("\n".join(texts(Mask().value(row))))


def plain(row: list[dict[str, str]]) -> None:
    text = "\n".join(texts(row))
    for pattern in PLAIN:
        for _ in pattern.finditer(text):
            pass


def best(work: Callable[[list[dict[str, str]]], None], given: list[list[dict[str, str]]]) -> float:
    """Rows a second of processor time, the best of RUNS: other work on the machine only slows it down."""
    fastest = float("inf")
    for _ in range(RUNS):
        began = time.process_time()
        for row in given:
            work(row)
        fastest = min(fastest, time.process_time() - began)
    return len(given) / fastest


def main() -> None:
    for bait, said in ((0.0, "none"), (0.007, "in half of the rows"), (0.04, "three in a row")):
        found = list(planted(ROWS, 0.05, seed=1, bait=bait))
        given = rows(found)
        size = sum(len(one.text.encode()) for one in found) / ROWS
        ours(given[0])
        fast, slow = best(ours, given), best(plain, given)
        print(f"{ROWS:,} rows of {size:.0f} bytes, 5 % planted, bait: {said}", flush=True)
        print(f"  personal data and secrets {fast:,.0f} rows/s", end="; ")
        print(f"plain re, {len(PLAIN)} patterns, {slow:,.0f}; {fast / slow:.1f} x")

    def hits(text: str) -> list[Any]:
        return [tuple(place) for place in places(text)]

    labelled = list(planted(LABELLED, 0.9, seed=2))
    for kind, (right, sought, wrong) in measured(labelled, hits).items():
        precision = right / max(1, right + wrong)
        print(f"{kind:>6}: recall {right / sought:.4f} of {sought:,}; precision {precision:.4f}; {wrong} false")


if __name__ == "__main__":
    main()
