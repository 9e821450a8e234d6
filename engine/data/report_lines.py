"""A report in lines, each with the rule by which its rows are listed: what the command prints and the screen shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from engine.data.balance import UNEVEN
from engine.data.checklist import Item
from engine.data.report import Report, Severity

_CATEGORIES = 12
"""Categories shown at first; all of them are in the document."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was found or counted."""

    section: Literal["found", "duplicates", "sizes", "lengths", "checklist"]
    text: str
    rule: str | None = None
    """For Report.members: the rows behind the line."""
    severity: Severity | Literal["good"] | None = None
    hint: str = ""


def report_lines(report: Report, checklist: Sequence[Item] = (), *, every: bool = False) -> list[Line]:
    """The lines of a report in the order of its sections; `every` category, else the first twelve."""
    facts = report.facts
    return [
        *_found(report),
        *_duplicates(facts),
        *_sizes(facts, None if every else _CATEGORIES),
        *_lengths(facts),
        *(_checked(item) for item in checklist),
    ]


def _found(report: Report) -> Iterator[Line]:
    rows = report.facts["rows"]
    left = f"; {rows['invalid']:,} of {rows['read']:,} records were left out" if rows["invalid"] else ""
    yield Line("found", f"{rows['valid']:,} rows{left}")
    for one in report.findings:
        yield Line("found", f"{one.title}: {one.count:,}", one.rule, one.severity, one.hint)
    if not report.findings:
        yield Line("found", "nothing was found by any rule", severity="good")


def _duplicates(facts: Mapping[str, Any]) -> Iterator[Line]:
    found, diversity = facts["duplicates"], facts["diversity"]
    said = (
        f"{found['exact']:,} equal and {found['near']:,} nearly equal rows would go, in {found['clusters']:,} clusters"
    )
    rule = "duplicate" if found["exact"] else "near-duplicate" if found["near"] else None
    yield Line("duplicates", f"{said} (Jaccard >= {found['threshold']})", rule)
    shares = f"{diversity['prompts']:.0%} of the prompts and {diversity['answers']:.0%} of the answers are distinct"
    yield Line("duplicates", f"{diversity['groups']:.0%} of the rows are unlike all others; {shares}")


def _sizes(facts: Mapping[str, Any], most: int | None) -> Iterator[Line]:
    sizing, balance = facts["sizing"], facts["balance"]
    low, high = sizing["ranges"]["minimum"], sizing["ranges"]["recommended"]
    need = f"{low[0]:,}-{low[1]:,} per category, better {high[0]:,}-{high[1]:,}"
    yield Line("sizes", f"{sizing['task']} needs {need}, in {sizing['counted']}")
    for name, one in list(sizing["categories"].items())[:most]:
        share = balance["categories"].get(name) if balance else None
        rows = f"{share['rows']:,} rows ({share['share']:.1%}), " if share else ""
        short = name in sizing["short"]
        said = f"{name}: {rows}{one['groups']:,} groups, {one['state']}"
        yield Line("sizes", said, f"category:{name}" if share else None, "warning" if short else "good")
    if most is not None and (more := len(sizing["categories"]) - most) > 0:
        yield Line("sizes", f"and {more:,} more categories")
    for one in sizing["models"]:
        wants = f"{one['from']:,}-{one['to']:,}" if one["to"] else f"{one['from']:,} and more"
        yield Line("sizes", f"a model of {one['model']} wants {wants} in all: {one['state']} with {sizing['groups']:,}")
    if balance and balance["ratio"]:
        yield _balance(balance)
    yield _test(facts["test"])


def _balance(balance: Mapping[str, Any]) -> Line:
    test = balance["chi_square"]
    p = f", p {test['p']:.2g} against equal shares" if test else ""
    said = f"largest to smallest {balance['ratio']:g}, as varied as {balance['effective_categories']:g} equal ones{p}"
    uneven = balance["ratio"] > UNEVEN
    return Line("sizes", said, None, "warning" if uneven else "good", balance["advice"] or "")


def _test(test: Mapping[str, Any]) -> Line:
    of = "test rows" if test["split"] else "rows (a tenth) for the test"
    shows = f"known to within {test['points']:g} points (95 %)" if test["points"] else "not known at all"
    return Line("sizes", f"{test['rows']:,} {of}: a score is {shows}; 97 rows show 10 points, 385 show 5")


def _lengths(facts: Mapping[str, Any]) -> Iterator[Line]:
    tokens = facts["tokens"]
    spread = ", ".join(f"{name} {tokens[name]:,}" for name in ("p5", "p50", "p95", "p99", "max"))
    yield Line("lengths", f"{tokens['total']:,} tokens; a row: {spread}", "longest", hint=tokens["method"])
    if tokens["tools"]:
        yield Line("lengths", f"{tokens['tools_share']:.0%} of the tokens are tools, read with every row")
    for cut in tokens["cut_at"]:
        share = cut["rows"] / max(1, facts["rows"]["valid"])
        said = f"max length {cut['max_length']:,}: {cut['rows']:,} rows would lose their end ({share:.1%})"
        rule = f"longer-than:{cut['max_length']}" if cut["rows"] else None
        yield Line("lengths", said, rule, None if cut["rows"] else "good")


def _checked(item: Item) -> Line:
    colour: dict[str, Any] = {"PASS": "good", "FAIL": "error", "NOT CHECKED": "note"}
    half = "" if item.half == "machine" else " (a person)"
    return Line("checklist", f"{item.state}: {item.asks}{half}", item.rule, colour[item.state], item.evidence)
