"""What was measured, as rows: every system on one set, and the tuned one against each of the others."""

from collections.abc import Mapping, Sequence

from engine.evaluate.found import BETTER, PRIMARY, WORSE, Comparison, Evaluation, Measure
from tui.widgets.painted import Row, row

_OTHERS = ("field_accuracy", "schema_valid", "stopped_by_eos")
_ROLES = {BETTER: "good", WORSE: "bad"}


def system_rows(found: Evaluation, name: str) -> list[Row]:
    """A head, then a row a system of the set `name`: exact match with its interval and n, fields, schema, stops."""
    head = row((f"{'':<14}{'exact':>8}  {'95 % interval':<16}{'n':>5}{'fields':>9}{'schema':>9}{'stops':>9}", "dim"))
    return [head, *(_system(system, measures) for system, measures in found.of_set(name).items())]


def comparison_rows(found: Evaluation, name: str) -> list[Row]:
    """A head, then a row a comparison of the set `name`; nothing where nothing was compared."""
    compared = found.compared(name)
    if not compared:
        return []
    head = f"{'tuned minus':<14}{'points':>6}  {'95 % interval':<16}{'p':>6}  verdict"
    return [row((head, "dim")), *map(_comparison, compared)]


def verdict_row(found: Evaluation, name: str) -> Row:
    """The verdict on one set in words, with a glyph."""
    worse = any(one.verdict == WORSE for one in found.compared(name))
    mark = ("✗ ", "bad") if worse else ("✓ ", "good") if found.better(name) else ("? ", "warn")
    return row(mark, (f"On {name}: {found.verdicts[name]}", "strong"))


def _system(system: str, measures: Mapping[str, Measure]) -> Row:
    exact = measures[PRIMARY]
    others = "".join(f"{_percent(measures.get(metric)):>9}" for metric in _OTHERS)
    interval = f"{100 * exact.low:.1f} to {100 * exact.high:.1f}"
    role = "strong" if system == "tuned" else ""
    return row((f"{system:<14.14}{_percent(exact):>8}  {interval:<16}{exact.n:>5}{others}", role))


def _comparison(one: Comparison) -> Row:
    interval = f"{100 * one.low:+.1f} to {100 * one.high:+.1f}"
    p_value = "<0.001" if one.p_adjusted < 0.001 else f"{one.p_adjusted:.3f}"
    role = _ROLES.get(one.verdict, "warn")
    facts = f"{one.b:<14.14}{100 * one.difference:>+6.1f}  {interval:<16}{p_value:>6}  "
    return row(facts, (one.verdict, role))


def _percent(measure: Measure | None) -> str:
    return "" if measure is None else f"{100 * measure.value:.1f} %"


def set_row(sets: Sequence[str], name: str, found: Evaluation) -> Row:
    """Which set is shown, how many rows it has, and how to see the others."""
    rows = next(iter(found.of_set(name).values()))[PRIMARY].n
    turn = f" · set {sets.index(name) + 1} of {len(sets)}, t or the arrows turn" if len(sets) > 1 else ""
    return row((name, "head"), f" · {rows} rows{turn}")
