"""How many rows a comparison needs, and what the rows at hand could show.

`discordant` is the mean squared difference of the two systems on one row; for right/wrong metrics that is the share of
rows which only one of them gets right. Formula: Connor 1987, Biometrics 43:207 (paired proportions, test at 5 %
two-sided, power 80 %): n = ((z.975 sqrt(psi) + z.80 sqrt(psi - d^2)) / d)^2. Simulated power of exact McNemar at these
n: .77 to .79.
"""

import math
from collections.abc import Sequence

from engine.evaluate.statistics import Z_80, Floats, by_cluster
from engine.intervals import Z_975


def needed_rows(difference: float, discordant: float, design_effect: float = 1.0) -> int:
    """Rows with which a true `difference` (0 < |d| <= 1) is found in 80 of 100 evaluations.

    A `discordant` share smaller than the difference is impossible and taken as the difference.
    """
    size = abs(difference)
    psi = max(discordant, size)
    root = Z_975 * math.sqrt(psi) + Z_80 * math.sqrt(psi - size * size)
    return math.ceil(design_effect * (root / size) ** 2 - 1e-9)


def detectable_difference(n: int, discordant: float, design_effect: float = 1.0) -> float | None:
    """The smallest true difference that `n` rows show with 80 % power; None when not even `discordant` is."""
    if discordant <= 0 or needed_rows(discordant, discordant, design_effect) > n:
        return None
    low, high = 0.0, discordant
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if needed_rows(middle, discordant, design_effect) <= n else (middle, high)
    return high


def design_effect(differences: Floats, clusters: Sequence[str]) -> float:
    """By how much the clusters inflate the variance of the mean of `differences` (n,); 1 for independent rows.

    Variance of the ratio mean over clusters against that over rows (Kish 1965), at least 1.
    """
    grouped = by_cluster(differences[:, None], clusters)
    mean = float(grouped.means[0])
    rows = float(((differences - mean) ** 2).sum())
    between = float(((grouped.sums[:, 0] - mean * grouped.sizes) ** 2).sum())
    return max(1.0, between / rows) if rows > 0 else float(grouped.sizes.max())
