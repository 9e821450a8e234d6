"""Held-out rows that a service charges like trained ones."""

from engine.providers.entries import Destination

SHARE = 1 / 8
"""Held-out tokens for each trained one: an evaluation an epoch, of the validation rows of a split of 80/10/10."""


def validation_share(there: Destination) -> float:
    """SHARE where a source says that held-out rows are billed; else 0."""
    return SHARE if there.validation_billed else 0.0
