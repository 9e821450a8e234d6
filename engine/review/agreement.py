"""Whether readers agree beyond chance on the rows that several of them saw.

A verdict counts here as what the bound makes of it: the row is right as it is, or it is not.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

from engine.intervals import Z_975, wilson
from engine.review.verdicts import Decision

Ratings = Sequence[Mapping[str, str]]
"""A row each: reader -> category."""
_FEW = 20
_LOPSIDED = 0.9
_WORDS = (
    (0.4, "poor: rewrite the guideline before reading on"),
    (0.6, "weak: clarify the guideline where you disagreed"),
    (0.8, "usable"),
    (math.inf, "good"),
)
"""Below -> in words: rules of thumb of the field, not of arithmetic."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of all readers over the rows that at least two of them judged."""

    rows: int
    readers: tuple[str, ...]
    raw: float
    """Share of pairs of verdicts on one row that are the same."""
    raw_interval: tuple[float, float] | None
    """95 % (Wilson); None for more than two readers, whose pairs are not independent."""
    bad_shares: Mapping[str, float]
    """Reader -> share of bad among the rows that they share with someone: the marginals."""
    cohen: float | None
    """Two readers; None where every verdict is the same and chance alone agrees on all."""
    cohen_interval: tuple[float, float] | None
    fleiss: float | None
    """Three readers and more, over the rows that all of them judged."""
    alpha: float | None
    """Krippendorff's, nominal: any number of readers, with rows that some did not see."""

    @property
    def kappa(self) -> float | None:
        """The number that fits: Cohen's for two, Fleiss' for more who all saw the same rows, else alpha."""
        return self.cohen if len(self.readers) == 2 else self.fleiss if self.fleiss is not None else self.alpha

    @property
    def words(self) -> str:
        kappa = self.kappa
        if kappa is None:
            return "nothing can be said beyond chance: all verdicts are the same"
        return next(words for below, words in _WORDS if kappa < below)

    @property
    def note(self) -> str | None:
        """What makes the number doubtful."""
        notes = [self.paradox]
        if self.rows < _FEW:
            notes.append(f"{self.rows} rows are few: {_FEW} to 30 should be read by both")
        return "; ".join(one for one in notes if one) or None

    @property
    def paradox(self) -> str | None:
        """Why kappa is low although the readers agree, where it is so."""
        usual = [max(share, 1 - share) for share in self.bad_shares.values()]
        if self.kappa is None or self.kappa >= 0.6 or self.raw < 0.85 or min(usual) < _LOPSIDED - 0.05:
            return None
        return (
            f"nearly all verdicts are of one kind, so that chance alone agrees nearly always: kappa is low although "
            f"the readers agree on {self.raw:.0%} (the prevalence paradox); look at the raw agreement"
        )

    def document(self) -> dict[str, Any]:
        """For --json."""
        return {**asdict(self), "kappa": self.kappa, "words": self.words, "note": self.note}


def agreement(verdicts: Mapping[str, Mapping[str, Decision]]) -> Agreement | None:
    """Of row -> reader -> standing verdict; skips do not count. None where no two readers judged the same row."""
    ratings = [
        {reader: "bad" if one.bad else "good" for reader, one in said.items() if one.verdict != "skip"}
        for said in verdicts.values()
    ]
    shared = [one for one in ratings if len(one) > 1]
    readers = tuple(sorted({reader for one in shared for reader in one}))
    if not shared:
        return None
    pairs = [tuple(one.values()) for one in shared]
    two = len(readers) == 2
    complete = [one for one in shared if len(one) == len(readers)]
    same = raw_agreement(shared)
    cohen, interval = cohen_kappa([(a, b) for a, b in _in_order(shared, readers)]) if two else (None, None)
    return Agreement(
        len(shared),
        readers,
        same,
        wilson(round(same * len(pairs)), len(pairs)) if two else None,
        {reader: _bad_share(shared, reader) for reader in readers},
        cohen,
        interval,
        fleiss_kappa(complete) if not two and complete else None,
        krippendorff_alpha(shared),
    )


def raw_agreement(ratings: Ratings) -> float:
    """Share of all pairs of verdicts on one row that are the same."""
    pairs = [pair for one in ratings for pair in combinations(one.values(), 2)]
    return sum(a == b for a, b in pairs) / len(pairs)


def cohen_kappa(pairs: Sequence[tuple[str, str]]) -> tuple[float | None, tuple[float, float] | None]:
    """Cohen 1960, with a 95 % interval from the large-sample error given there; Nones where chance is certain."""
    n = len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    chance = sum(first[category] * second[category] for category in first) / n**2
    if chance == 1:
        return None, None
    same = sum(a == b for a, b in pairs) / n
    kappa = (same - chance) / (1 - chance)
    error = Z_975 * math.sqrt(same * (1 - same) / n) / (1 - chance)
    return kappa, (max(-1.0, kappa - error), min(1.0, kappa + error))


def fleiss_kappa(ratings: Ratings) -> float | None:
    """Fleiss 1971, of rows that equally many readers judged; None where chance is certain."""
    readers, rows = len(ratings[0]), len(ratings)
    counts = [Counter(one.values()) for one in ratings]
    same = sum(n * (n - 1) for one in counts for n in one.values()) / (rows * readers * (readers - 1))
    total = sum(counts, Counter[str]())
    chance = sum((n / (rows * readers)) ** 2 for n in total.values())
    return None if chance == 1 else (same - chance) / (1 - chance)


def krippendorff_alpha(ratings: Ratings) -> float | None:
    """Krippendorff 2011, nominal; rows with one verdict do not count. None where only one category occurs."""
    counts = [Counter(one.values()) for one in ratings if len(one) > 1]
    total = sum(counts, Counter[str]())
    n = total.total()
    differ = sum((m * m - sum(c * c for c in one.values())) / (m - 1) for one in counts if (m := one.total()) > 1)
    expected = (n * n - sum(c * c for c in total.values())) / (n - 1) if n > 1 else 0
    return 1 - differ / expected if expected else None


def _in_order(shared: Ratings, readers: Sequence[str]) -> list[tuple[str, str]]:
    first, second = readers
    return [(one[first], one[second]) for one in shared]


def _bad_share(shared: Ratings, reader: str) -> float:
    said = [one[reader] for one in shared if reader in one]
    return said.count("bad") / len(said)
