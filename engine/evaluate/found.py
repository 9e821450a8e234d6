"""What scoring found, as plain data: written by the scorer, read back by whoever shows it, without numpy."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self, TypeVar

from engine.errors import DataError
from engine.evaluate.answers import JSON_NORMALISATION, TEXT_NORMALISATION

PRIMARY = "exact_match"
"""The one metric on which systems are compared, declared before anything is measured."""
MEANINGS = {
    "exact_match": f"the answer equals the reference; JSON: {JSON_NORMALISATION}; text: {TEXT_NORMALISATION}",
    "field_accuracy": "share of the reference's JSON fields whose value is right",
    "json_valid": "the answer is a JSON object or array (only rows whose reference is one)",
    "schema_valid": "the answer has the keys, types and labels that the training answers have",
    "stopped_by_eos": "the system ended its answer by itself before the cap",
}

BETTER, WORSE = "better", "worse"
"""Verdicts of a comparison that found a difference; every other one is a sentence."""

FREE_TEXT = (
    "cannot tell: the answers are free text, of which exact match finds none whatever the model; read them side by side"
)
"""The verdict on a set that exact match cannot judge."""

_Plain = TypeVar("_Plain")


@dataclass(frozen=True, slots=True)
class Measure:
    """One metric of one system on one set."""

    value: float
    low: float
    high: float
    n: int
    """Rows to which the metric applies."""
    clusters: int
    interval: str
    """How `low` and `high` were found."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """System `a` minus system `b` on the same rows of one set."""

    set: str
    a: str
    b: str
    metric: str
    difference: float
    low: float
    high: float
    n: int
    clusters: int
    gains: int
    """Rows on which a is better."""
    losses: int
    p_value: float
    p_adjusted: float
    """After Holm over all comparisons of the evaluation; the verdict goes by this one."""
    test: str
    detectable: float | None
    """The smallest true difference that these rows show with 80 % power; None: none that the discordance allows."""
    needed_n: int | None
    """Rows that the open question needs; None when it is decided."""
    verdict: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured: `systems[system][set][metric]`, the comparisons, and one verdict in words a set."""

    systems: dict[str, dict[str, dict[str, Measure]]]
    comparisons: tuple[Comparison, ...]
    verdicts: dict[str, str]

    def document(self) -> dict[str, Any]:
        """The JSON form, with what each metric means."""
        return {**asdict(self), "primary": PRIMARY, "meanings": MEANINGS}

    @classmethod
    def from_document(cls, given: Any) -> Self:
        """What `document` made. Raises DataError when it is something else."""
        try:
            systems = {
                system: {
                    name: {metric: _made(Measure, one) for metric, one in measures.items()}
                    for name, measures in sets.items()
                }
                for system, sets in given["systems"].items()
            }
            comparisons = tuple(_made(Comparison, one) for one in given["comparisons"])
            verdicts = {name: str(verdict) for name, verdict in given["verdicts"].items()}
        except (AttributeError, KeyError, TypeError) as error:
            raise DataError(f"not an evaluation: {error}", hint="measure again: the answers are kept") from error
        return cls(systems, comparisons, verdicts)

    def sets(self) -> tuple[str, ...]:
        """The sets that were answered: the test, then validation, then the others, general questions last."""
        order = {"test": 0, "validation": 1, "general": 3}
        return tuple(sorted(self.verdicts, key=lambda name: order.get(name, 2)))

    def of_set(self, name: str) -> dict[str, dict[str, Measure]]:
        """{system: {metric: measure}} on one set."""
        return {system: sets[name] for system, sets in self.systems.items() if name in sets}

    def compared(self, name: str) -> tuple[Comparison, ...]:
        """The comparisons on one set."""
        return tuple(one for one in self.comparisons if one.set == name)

    def better(self, name: str) -> bool:
        """Whether the tuned system is better than each system that it was compared with on one set, and with one at
        least."""
        compared = self.compared(name)
        return bool(compared) and all(one.verdict == BETTER for one in compared)


def forgetting(found: Evaluation) -> str:
    """What tuning cost on general questions, in words; empty where none were asked."""
    one = next((one for one in found.compared("general") if one.b == "base"), None)
    if one is None:
        return ""
    change = f"{100 * one.difference:+.1f} points ({100 * one.low:+.1f} to {100 * one.high:+.1f})"
    words = {WORSE: "it has forgotten something", BETTER: "nothing is forgotten, and more is known"}
    none = "nothing worth naming is forgotten" if one.needed_n is None else f"whether it forgot {one.verdict}"
    return f"{one.n} general questions, tuned against base: {change}: {words.get(one.verdict, none)}"


def _made(kind: type[_Plain], given: Mapping[str, Any]) -> _Plain:
    """`given` as the dataclass `kind`. Raises TypeError for a value of another type, KeyError for a missing one."""
    values = {one.name: given[one.name] for one in fields(kind)}  # type: ignore[arg-type]
    for one in fields(kind):  # type: ignore[arg-type]
        wanted: Any = one.type
        if not isinstance(values[one.name], wanted):
            raise TypeError(f"{one.name} is {values[one.name]!r}")
    return kind(**values)
