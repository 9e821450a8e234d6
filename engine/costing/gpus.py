"""The card in this machine, as the catalogue knows it, and what renting the same one costs."""

import re

from engine.costs.capacity import MOST_GPUS, gpus_needed
from engine.providers.entries import Catalogue, Destination, Gpu, Tunable
from engine.providers.figures import Figure

_WORDS = re.compile(r"[a-z]*\d+[a-z]*|[a-z]+")
_CARDS = {"pcie", "nvl"}
"""Builds of a chip that are slower than the SXM one, which drivers do not name: "NVIDIA H100 80GB HBM3"."""


def known_gpu(catalogue: Catalogue, name: str | None) -> Gpu | None:
    """The GPU that a driver calls `name` ("NVIDIA A100-SXM4-80GB"); None where the catalogue has none of that name."""
    words = _words(name or "")
    fits = [gpu for gpu in catalogue.gpus if _is(_words(gpu.id), words)]
    return max(fits, key=lambda gpu: len(_words(gpu.id) & words), default=None)


def _words(text: str) -> set[str]:
    return {word.removesuffix("gb") for word in _WORDS.findall(text.lower())}


def _is(named: set[str], words: set[str]) -> bool:
    """All numbers of the id are in the name, and both are of the same build."""
    numbers = {word for word in named if any(character.isdigit() for character in word)}
    return bool(numbers) and numbers <= words and named & _CARDS == words & _CARDS


def cheapest_rental(catalogue: Catalogue, gpu: Gpu) -> tuple[Destination, Figure] | None:
    """Where the same card is rented at the lowest price, and that price; None where it is not."""
    offers = [
        (there, there.serving.per_hour)
        for there in catalogue.destinations
        if there.kind == "rented GPU" and there.serving.gpu == gpu.id and there.serving.per_hour
    ]
    return min(offers, key=lambda offer: offer[1].value, default=None)


def gpus_of_replica(there: Destination, gpu: Gpu | None, tuned: Tunable, precision: str) -> int:
    """GPUs that are rented for one replica; 1 where no card is known, for the price is that of a whole replica then."""
    return max(there.serving.gpus_minimum, gpus_holding(gpu, tuned, precision) or MOST_GPUS)


def gpus_holding(gpu: Gpu | None, tuned: Tunable, precision: str) -> int | None:
    """GPUs that hold the model; 1 where nothing is known of either, None where one machine has not as many."""
    if gpu is None or tuned.parameters is None:
        return 1
    return gpus_needed(tuned.parameters.amount("billion parameters"), precision, gpu.memory.amount("GB"))
