"""What `data report`, `data duplicates` and `data keep` say in words, line by line."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from engine.data.checklist import Item
from engine.data.choices import RULES, Choice, Choices
from engine.data.report import Report
from engine.data.report_lines import Line, report_lines
from engine.keeping import RULES_OF
from engine.safe_text import one_line, safe_text

_CHARACTERS = 400
_ROWS = 5
"""Rows of one cluster that are shown whole."""
_TITLES = {
    "found": "What was found",
    "duplicates": "Duplicates and diversity",
    "sizes": "Sizes and balance",
    "lengths": "Lengths",
    "checklist": "Quality checklist",
}


def report_text(report: Report, items: Sequence[Item]) -> list[str]:
    """The report by sections; in brackets the rule that lists the rows behind a line."""
    lines = [f"{report.version.name}, inspected {report.made}"]
    for section, found in groupby(report_lines(report, items), key=lambda line: line.section):
        lines += ["", _TITLES[section], *(text for line in found for text in _line(line))]
    return [*lines, "", "the rows behind a line: tunewright data report RULE, with the name in brackets"]


def _line(line: Line) -> Iterator[str]:
    severity = f"{line.severity}: " if line.severity in ("error", "warning") and line.section == "found" else ""
    rule = f"  [{one_line(line.rule)}]" if line.rule else ""
    yield f"  {severity}{one_line(line.text)}{rule}"
    if line.hint:
        yield f"      {one_line(line.hint)}"


def members_text(members: Sequence[Mapping[str, Any]], count: int) -> list[str]:
    """Members one after the other, with the texts of their rows."""
    lines = [text for member in members for text in _member(member)]
    more = count - len(members)
    return [*lines, *([f"and {more:,} more: --first {count}"] if more > 0 else [])] or ["nothing was found"]


def _member(member: Mapping[str, Any]) -> Iterator[str]:
    number = f"{member['number']}. " if member["number"] else ""
    yield f"{number}{one_line(member['place'])}: {one_line(member['message'])}"
    yield f"    hint: {one_line(member['hint'])}"
    for row in member["texts"][:_ROWS]:
        yield f"    row {row['row']} ({one_line(row['place'])})"
        for turn in row["messages"]:
            yield f"      {turn['role']}: {safe_text(turn['content'], _CHARACTERS)}"
    if (more := len(member["texts"]) - _ROWS) > 0:
        yield f"    and {more:,} more rows"
    if member["record"] is not None:
        yield f"      {safe_text(member['record'], _CHARACTERS)}"
    elif member["not_shown"]:
        yield f"      the record is not shown: {one_line(member['not_shown'])}"


def duplicates_text(
    listed: Mapping[str, Sequence[Mapping[str, Any]]], counts: Mapping[str, int], chosen: Choices
) -> list[str]:
    """Clusters and contradictions with their numbers and what was chosen of them."""
    lines = []
    for listing, rules in RULES_OF.items():
        for rule in rules:
            lines += [f"{counts[rule]:,} {rule.replace('-', ' ')} {listing}s", ""] if counts[rule] else []
            for member in listed[rule]:
                lines += _member(member)
                choice = chosen.named.get(member["key"])
                lines += [f"    chosen: {_stays(choice, member['rows'])}"] if choice else []
    return (
        [*lines, *choices_text(chosen)]
        if any(counts.values())
        else ["no row stands twice, and none contradicts another"]
    )


def choices_text(chosen: Choices) -> list[str]:
    """What would stay if the rows were cleaned now."""
    lines = [f"of a cluster stays {RULES[chosen.rule]}, unless another is named; of a contradiction none"]
    for choice in chosen.named.values():
        rows = [row + 1 for row in choice.rows]
        lines.append(f"{choice.kind} of row {rows[0]} in {choice.version}: {_stays(choice, rows)}")
    return [*lines, "next: tunewright data clean --drop duplicates,near,conflicts (or some of them)"]


def _stays(choice: Choice, rows: Sequence[int]) -> str:
    """`rows` are those of the cluster or contradiction, numbered from 1."""
    if choice.keep is None:
        return f"all rows stay{f': {one_line(choice.reason)}' if choice.reason else ''}"
    return f"row {', '.join(str(rows[at]) for at in choice.keep)} stays" if choice.keep else "no row stays"
