"""What the report on the current version found: a line each, and below it what it means; Enter shows the rows."""

from collections.abc import Iterator, Sequence

from engine.data.adopt import counted
from engine.data.checklist import Item
from engine.data.report import Finding, Report
from engine.journey import by_step
from tui.screens.data_categories import categories, missing
from tui.screens.data_checklist import tally
from tui.screens.data_lines import Entry, line
from tui.widgets.painted import row

WITH_A_LINE = ("duplicate", "near-duplicate", "contradiction", "near-contradiction", "personal-data", "masked-secret")
"""Rules that stand in a line of their own."""
_MARKS = {"error": ("✗", "bad"), "warning": ("!", "warn"), "note": ("·", "")}
ABOUT = {
    "problem": "An error left the record out; a warning or a note leaves the row in, for you to look at. Enter shows "
    "every place, with what to do.",
    "repairs": "What can be mended without touching the files, always offered and never done unasked. Enter imports "
    "the same files again with the repairs that you choose.",
    "duplicates": "Rows that say the same, as clusters. Choose the row of each that stays, or let a rule choose.",
    "contradictions": "One prompt with different answers. Name the right one, or let all of them go or stay.",
    "secrets": "Keys, tokens and passwords that have a known shape are replaced by <SECRET:kind:1>. One without any "
    "shape, such as a password alone in a sentence, is not found.",
    "categories": "How many rows each category has, and whether that is enough to learn it from.",
    "lengths": "How long rows are, and which a training of each max length would cut.",
    "checklist": "What makes rows fit to learn from: each item passed, failed or not checked, with its evidence.",
}
"""Kind of line -> what it means, for the help."""
_READ = " To drop or mend these rows one by one: Review (3), then r, the risk queue."


def found_lines(report: Report, items: Sequence[Item]) -> list[Entry]:
    """The report's lines; `items` are those of the checklist."""
    return [
        *(_problem(one) for one in report.findings if one.rule not in WITH_A_LINE),
        *_repairs(report),
        _duplicates(report),
        _contradictions(report),
        _secrets(report),
        _categories(report),
        _lengths(report),
        _checklist(items),
    ]


def _problem(one: Finding) -> Entry:
    mark, role = _MARKS[one.severity]
    said = row((f"{mark} ", role), (f"{one.title:<36} ", "strong"), f"{one.count:,}")
    detail = [
        row((f"{one.severity}: ", role), f"{one.title}: {one.count:,}"),
        row(("What to do: ", "strong"), by_step(one.hint)),
        row(("Enter", "strong"), " shows every place.", "" if one.severity == "error" else _READ),
    ]
    return Entry("problem", said, detail, rule=one.rule)


def _repairs(report: Report) -> Iterator[Entry]:
    offered = report.version.manifest.get("repairs", {}).get("offered", {})
    if offered:
        said = ", ".join(f"{name} {one['rows']:,}" for name, one in offered.items())
        detail = [
            row((f"{name}: ", "strong"), f"{one['says']} ({one['rows']:,} rows)") for name, one in offered.items()
        ]
        more = [row(("Enter", "strong"), " imports the files again with the repairs that you choose.")]
        yield Entry("repairs", line("·", "Repairs", f"offered: {said}"), [*detail, *more])


def _duplicates(report: Report) -> Entry:
    found = report.facts["duplicates"]
    count = found["exact"] + found["near"]
    said = f"{found['exact']:,} equal and {found['near']:,} nearly equal rows, in {found['clusters']:,} clusters"
    mark, role = ("!", "warn") if count else ("✓", "good")
    detail = [row(ABOUT["duplicates"]), row(f"Nearly equal: Jaccard {found['threshold']} and more, verified.")]
    return Entry("duplicates", line(mark, "Duplicates", said if count else "none", role), detail)


def _contradictions(report: Report) -> Entry:
    found = report.facts["conflicts"]
    prompts, near = found["prompts"], found.get("near", 0)
    said = f"{prompts:,} prompts with different answers"
    said += f", {near:,} nearly equal ones in different categories" if near else ""
    mark, role = ("!", "warn") if prompts or near else ("✓", "good")
    text = said if prompts or near else "none"
    return Entry("contradictions", line(mark, "Contradictions", text, role), [row(ABOUT["contradictions"])])


def _secrets(report: Report) -> Entry:
    said = counted(report.facts["secrets"])
    return Entry("secrets", line("✓", "Secrets masked", said, "good"), [row(ABOUT["secrets"])])


def _categories(report: Report) -> Entry:
    sizing, balance = report.facts["sizing"], report.facts["balance"]
    every, short = categories(report.facts), sizing["short"]
    if short:
        said, mark, role = f"{len(short)} of {len(every)} under the {sizing['minimum']} that are needed", "!", "bad"
    else:
        alone = f"{sizing['groups']:,} unlike examples: over the minimum of {sizing['minimum']}"
        said = f"all {len(every)} categories have the minimum of {sizing['minimum']}" if len(every) > 1 else alone
        mark, role = "✓", "good"
    smallest = min(every, key=lambda one: one.groups, default=None)
    detail = [row((f"{smallest.name}: ", "strong"), missing(smallest.groups, sizing))] if smallest else []
    detail += [row((balance["warning"], "warn"))] if balance and balance["warning"] else []
    return Entry("categories", line(mark, "Enough rows?", said, role), [*detail, row(ABOUT["categories"])])


def _lengths(report: Report) -> Entry:
    tokens = report.facts["tokens"]
    whole = next((one["max_length"] for one in tokens["cut_at"] if not one["rows"]), None)
    fits = f"; all fit into {whole:,}" if whole else ""
    said = f"half up to {tokens['p50']:,}, 95 % up to {tokens['p95']:,}, longest {tokens['max']:,}{fits}"
    detail = [row(ABOUT["lengths"]), row((tokens["method"], "dim"))]
    return Entry("lengths", line("·", "Token lengths", said), detail)


def _checklist(items: Sequence[Item]) -> Entry:
    failed = [one.asks for one in items if one.state == "FAIL"]
    mark, role = ("✗", "bad") if failed else ("·", "")
    fails = [row(("fails: ", "bad"), "; ".join(failed))] if failed else []
    return Entry("checklist", line(mark, "Checklist", tally(items), role), [*fails, row(ABOUT["checklist"])])
