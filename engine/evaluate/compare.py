"""Several systems on several sets of rows: every metric with its interval, and honest comparisons of pairs."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from engine.errors import DataError
from engine.evaluate.found import BETTER, FREE_TEXT, PRIMARY, WORSE, Comparison, Evaluation, Measure
from engine.evaluate.metrics import Scorer
from engine.evaluate.outputs import Output
from engine.evaluate.power import design_effect, detectable_difference, needed_rows
from engine.evaluate.statistics import (
    Floats,
    Interval,
    by_cluster,
    difference_intervals,
    holm,
    mcnemar_exact,
    mean_intervals,
    sign_flip,
)

MARGIN = 0.05
"""A difference smaller than this is called none: 5 points."""
GOOD = 0.5
"""A baseline that is right less often than this is no alternative, whatever the difference."""
ALPHA = 0.05

_FEW_ANSWERS, _NEARLY_ALL, _LONG_ANSWER = 20, 0.9, 60
"""Rows from which on, and the share of them from which on, answers of more than so many characters are free text."""

Scored = dict[str, dict[str, float]]
"""{row id: {metric: value}} of one system on one set."""


def evaluate(
    outputs: Mapping[str, Mapping[str, Sequence[Output]]],
    *,
    schema: dict[str, Any] | None = None,
    tuned: str = "tuned",
    seed: int = 0,
) -> Evaluation:
    """Scores `outputs[set][system]` and compares `tuned` with every other system of the same set.

    Sets without `tuned` are measured and not compared. Raises DataError when two systems of a set did not answer the
    same rows.
    """
    scorer = Scorer(schema)
    systems: dict[str, dict[str, dict[str, Measure]]] = {}
    comparisons: list[Comparison] = []
    for name, by_system in outputs.items():
        require_same_rows(name, by_system)
        scored = {system: {row.id: scorer.score(row) for row in rows} for system, rows in by_system.items()}
        clusters = {row.id: row.cluster for rows in by_system.values() for row in rows}
        for system, measures in _measure_all(scored, clusters, seed).items():
            systems.setdefault(system, {})[name] = measures
        comparisons += _compare(name, tuned, scored, clusters, seed)
    decided = _decide(comparisons)
    verdicts = {name: _verdict_of_set(name, decided, systems) for name in outputs}
    blind = {name: FREE_TEXT for name, by_system in outputs.items() if _is_free_text(by_system, systems, name)}
    return Evaluation(systems, tuple(decided), {**verdicts, **blind})


def _is_free_text(
    by_system: Mapping[str, Sequence[Output]], systems: Mapping[str, Mapping[str, Mapping[str, Measure]]], name: str
) -> bool:
    """Whether exact match sees nothing here: nearly all reference answers differ, are long, and none was ever hit."""
    references = [row.reference for row in next(iter(by_system.values()), ())]
    if len(references) < _FEW_ANSWERS or any(systems[system][name][PRIMARY].value for system in by_system):
        return False
    distinct = len(set(references)) / len(references)
    return distinct > _NEARLY_ALL and statistics.median(map(len, references)) > _LONG_ANSWER


def require_same_rows(name: str, by_system: Mapping[str, Sequence[Output]]) -> None:
    """Raises DataError unless there are systems, and all answered the same rows with the same reference and cluster."""
    if not by_system:
        raise DataError(f"no system answered {name}", hint="generate outputs first: tunewright baseline")
    facts = {system: {row.id: (row.reference, row.cluster) for row in rows} for system, rows in by_system.items()}
    first, *others = facts
    for other in others:
        if facts[first] == facts[other]:
            continue
        only_first, only_other = facts[first].keys() - facts[other].keys(), facts[other].keys() - facts[first].keys()
        changed = sum(facts[first][row] != facts[other][row] for row in facts[first].keys() & facts[other].keys())
        raise DataError(
            f"{first} and {other} did not answer the same rows of {name}: {len(only_first)} only {first}, "
            f"{len(only_other)} only {other}, {changed} with another reference or cluster",
            hint="run `tunewright evaluate` again, so that every system answers the set as it is now",
        )


def _measure_all(scored: Mapping[str, Scored], clusters: Mapping[str, str], seed: int) -> dict[str, dict[str, Measure]]:
    """{system: {metric: measure}}; metrics of the same rows share their resamples."""
    measures: dict[str, dict[str, Measure]] = {system: {} for system in scored}
    for ids, metrics in _metrics_by_rows(next(iter(scored.values()))).items():
        columns = [(system, metric) for system in scored for metric in metrics]
        values: Floats = np.array([[scored[system][row][metric] for system, metric in columns] for row in ids])
        names = [clusters[row] for row in ids]
        found = mean_intervals(values, names, seed)
        for (system, metric), mean, one in zip(columns, values.mean(axis=0), found, strict=True):
            measures[system][metric] = Measure(float(mean), one.low, one.high, len(ids), len(set(names)), one.method)
    return measures


def _metrics_by_rows(scored: Scored) -> dict[tuple[str, ...], list[str]]:
    """{rows: metrics that apply to them}. The reference alone decides that, so it is the same for every system."""
    rows_of: dict[str, list[str]] = {}
    for row, scores in scored.items():
        for metric in scores:
            rows_of.setdefault(metric, []).append(row)
    grouped: dict[tuple[str, ...], list[str]] = {}
    for metric, rows in rows_of.items():
        grouped.setdefault(tuple(rows), []).append(metric)
    return grouped


def _compare(
    name: str, tuned: str, scored: Mapping[str, Scored], clusters: Mapping[str, str], seed: int
) -> list[Comparison]:
    """`tuned` with every other system of one set; none without it."""
    others = [system for system in scored if system != tuned]
    if tuned not in scored or not others:
        return []
    ids = list(scored[tuned])
    names = [clusters[row] for row in ids]
    primary = {system: np.array([scored[system][row][PRIMARY] for row in ids]) for system in scored}
    differences: Floats = np.stack([primary[tuned] - primary[other] for other in others], axis=1)  # (n, others)
    intervals = difference_intervals(differences, names, seed)
    grouped = by_cluster(differences, names)
    flips = None if grouped.independent else sign_flip(grouped, seed)
    return [
        _comparison(name, tuned, b, differences[:, column], names, intervals[column], flips[column] if flips else None)
        for column, b in enumerate(others)
    ]


def _comparison(
    name: str, a: str, b: str, differences: Floats, names: Sequence[str], found: Interval, flipped: float | None
) -> Comparison:
    """One pair; `flipped` is p by sign flips where clusters hold several rows. The verdict is not yet there."""
    gains, losses = int((differences > 0).sum()), int((differences < 0).sum())
    p_value = mcnemar_exact(gains, losses) if flipped is None else flipped
    mean, discordant = float(differences.mean()), float((differences**2).mean())
    inflation = design_effect(differences, names)
    return Comparison(
        set=name,
        a=a,
        b=b,
        metric=PRIMARY,
        difference=mean,
        low=found.low,
        high=found.high,
        n=len(differences),
        clusters=len(set(names)),
        gains=gains,
        losses=losses,
        p_value=p_value,
        p_adjusted=p_value,
        test="exact McNemar" if flipped is None else "sign flips by cluster",
        detectable=detectable_difference(len(differences), discordant, inflation),
        needed_n=_needed(mean, len(differences), discordant, inflation),
        verdict="",
    )


def _needed(difference: float, n: int, discordant: float, inflation: float) -> int:
    """Rows to settle the observed difference, or one of MARGIN where the observed one is smaller; more than `n`."""
    needed = needed_rows(max(abs(difference), MARGIN), discordant, inflation)
    if needed <= n and difference:
        needed = needed_rows(difference, discordant, inflation)
    return max(needed, n + 1)


def _decide(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons with Holm's p values and a verdict each."""
    adjusted = holm([one.p_value for one in comparisons])
    return [_with_verdict(one, p_value) for one, p_value in zip(comparisons, adjusted, strict=True)]


def _with_verdict(one: Comparison, p_adjusted: float) -> Comparison:
    if p_adjusted < ALPHA and one.low > 0:
        verdict = BETTER
    elif p_adjusted < ALPHA and one.high < 0:
        verdict = WORSE
    elif one.low > -MARGIN and one.high < MARGIN:
        verdict = f"no difference of {100 * MARGIN:.0f} points or more"
    else:
        return replace(one, p_adjusted=p_adjusted, verdict=f"cannot tell: needs n >= {one.needed_n}")
    return replace(one, p_adjusted=p_adjusted, needed_n=None, verdict=verdict)


def _verdict_of_set(
    name: str, comparisons: Sequence[Comparison], systems: Mapping[str, Mapping[str, Mapping[str, Measure]]]
) -> str:
    """The weakest verdict against any other system: better only where better than each of them."""
    ours = [one for one in comparisons if one.set == name]
    if not ours:
        return "not compared: no tuned system on this set"
    for one in ours:
        if one.verdict == WORSE:
            return f"worse than {one.b}"
    undecided = max((one for one in ours if one.needed_n), key=lambda one: one.needed_n or 0, default=None)
    if undecided is not None:
        return f"{undecided.verdict}, against {undecided.b}"
    for one in ours:
        if one.verdict != BETTER:
            good = systems[one.b][name][PRIMARY].value >= GOOD
            meaning = "prompting may be enough" if good else "neither is good yet: more steps, or more and better data"
            return f"{one.verdict} from {one.b}: {meaning}"
    return "better than " + ", ".join(one.b for one in ours)
