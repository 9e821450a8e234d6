"""The quality checklist: what makes rows fit to learn from, each item with its evidence.

One half a machine can check; the other half is a person's, and is read from what persons have recorded. An item that
nobody has checked is never shown as passed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from engine import journey
from engine.data.balance import UNEVEN
from engine.data.choices import Choices, read_choices
from engine.data.report import Member, Report
from engine.project import Project

State = Literal["PASS", "FAIL", "NOT CHECKED"]
DISTINCT = 0.5
"""Share of rows unlike all others, under which a set teaches the same few things over and over."""
_KAPPA = 0.6
"""Agreement beyond chance from which labels are called usable (Landis & Koch 1977: substantial)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist."""

    item: str
    half: Literal["machine", "person"]
    asks: str
    """What is wanted, as a statement."""
    state: State
    evidence: str
    """What it rests on; of what is not checked, what would check it."""
    rule: str | None = None
    """The finding that lists the rows, for Report.members."""


def checklist(project: Project, report: Report, agreement: Mapping[str, Any] | None = None) -> list[Item]:
    """The checklist on the version of `report`; `agreement` is that of the review report, None without a second reader.

    Cheap: it reads the report, the audit log and project.toml.
    """
    statuses = {item.item: item for status in journey.read(project) for item in status.items}
    facts = report.facts
    chosen = read_choices(project.report_folder(report.version.name).parent)
    return [
        *_rows(facts, report),
        *_lengths(project, facts, report),
        _doubles(report, chosen),
        _contradictions(report, chosen),
        *_spread(facts),
        _gate(statuses["secrets_masked"], "machine", "secrets are masked", "masked-secret"),
        _gate(statuses["pii"], "machine", "no personal data, or it is meant to be there", "personal-data"),
        _gate(statuses["split_proof"], "machine", "train, validation and test share nothing", None),
        _gate(statuses["reviewed"], "person", "correct: 100 random rows read, and few of the others can be bad", None),
        _agreement(agreement),
        _guideline(project),
        *_origin(project),
    ]


def document(items: list[Item]) -> list[dict[str, Any]]:
    """For --json."""
    return [asdict(item) for item in items]


def _item(item: str, asks: str, failed: bool, evidence: str, rule: str | None = None) -> Item:
    return Item(item, "machine", asks, "FAIL" if failed else "PASS", evidence, rule if failed else None)


def _rows(facts: Mapping[str, Any], report: Report) -> Iterator[Item]:
    rows, out = facts["rows"]["valid"], facts["rows"]["invalid"]
    first = next((one.rule for one in report.findings if one.severity == "error"), None)
    said = f"{rows:,} rows; {out:,} of {facts['rows']['read']:,} records were left out"
    yield Item("format", "machine", "every row is whole and keeps its format", "PASS", said, first if out else None)
    for item, asks in (
        ("near-empty", "no answer is nearly empty"),
        ("placeholder", "no placeholder is unfilled"),
        ("special-token", "no special token stands in a text"),
        ("boilerplate", "no answer is an assistant's stock phrase"),
    ):
        found = report.finding(item)
        yield _item(item, asks, found is not None, f"{found.count:,} rows" if found else "none found", item)


def _lengths(project: Project, facts: Mapping[str, Any], report: Report) -> Iterator[Item]:
    asks = "no row is longer than what training reads"
    length = project.settings().get("plan", {}).get("max_length")
    longest = f"the longest row has {facts['tokens']['longest']:,} tokens ({facts['tokens']['method']})"
    if not isinstance(length, int):
        said = f"{longest}; the max length is chosen in Plan"
        yield Item("tokens", "machine", asks, "NOT CHECKED", said)
        return
    rule = f"longer-than:{length}"
    over = len(report.members(rule))
    yield _item("tokens", asks, bool(over), f"{over:,} rows are longer than {length:,} tokens; {longest}", rule)


def _doubles(report: Report, chosen: Choices) -> Item:
    asks = "no row stands twice, or nearly twice"
    found = report.facts["duplicates"]
    rows = found["exact"] + found["near"]
    kept = chosen.rule == "all"
    said = f"{found['exact']:,} equal and {found['near']:,} nearly equal rows (Jaccard >= {found['threshold']})"
    said = f"{said}; all of them are kept on purpose" if rows and kept else said
    return _item("duplicates", asks, bool(rows) and not kept, said, "duplicate" if found["exact"] else "near-duplicate")


def _contradictions(report: Report, chosen: Choices) -> Item:
    asks = "consistent: one prompt has one answer"
    found, near = report.members("contradiction"), report.members("near-contradiction")
    kept = _kept(found, chosen) + _kept(near, chosen)
    said = f"{len(found):,} prompts with different answers, {len(near):,} nearly equal ones in different categories"
    said = f"{said}; {kept:,} of them kept on purpose" if kept else said
    rule = "contradiction" if found else "near-contradiction"
    return _item("contradictions", asks, len(found) + len(near) > kept, said, rule)


def _kept(members: Sequence[Member], chosen: Choices) -> int:
    """How many of them stay whole by choice."""
    whole = {choice.key for choice in chosen.named.values() if choice.keep is None}
    return sum(member.key in whole for member in members) if whole else 0


def _spread(facts: Mapping[str, Any]) -> Iterator[Item]:
    share = facts["diversity"]["groups"]
    said = f"{share:.0%} of the rows are unlike all others; {facts['diversity']['prompts']:.0%} of the prompts differ"
    yield _item("diversity", "diverse: most rows are unlike the others", share < DISTINCT, said)
    balance, asks = facts["balance"], f"no category is over {UNEVEN} times another"
    if balance is None or balance["ratio"] is None:
        said = "name the category: tunewright data import FILE --category NAME"
        yield Item("balance", "machine", asks, "NOT CHECKED", said)
    else:
        said = f"largest to smallest {balance['ratio']:g}, {len(balance['categories']):,} categories"
        yield _item("balance", asks, balance["ratio"] > UNEVEN, said)
    sizing = facts["sizing"]
    short = len(sizing["short"])
    said = f"{short:,} of {len(sizing['categories']):,} have fewer than {sizing['minimum']:,} groups"
    yield _item("minimum", f"enough examples for {sizing['task']}", bool(short), said)


def _gate(status: journey.ItemStatus, half: Literal["machine", "person"], asks: str, rule: str | None) -> Item:
    """An item of the road, as it stands there; a waiver is no pass."""
    state: State = "PASS" if status.state == "passed" else "FAIL" if status.state == "failed" else "NOT CHECKED"
    said = status.text if status.state in ("passed", "failed") else f"{status.state}: {status.text}"
    return Item(status.item, half, asks, state, said, rule if state == "FAIL" else None)


def _agreement(agreement: Mapping[str, Any] | None) -> Item:
    asks = "consistent: two readers judge alike"
    kappa = agreement.get("kappa") if agreement else None
    if agreement is None or kappa is None:
        said = "a second reader: tunewright review --reviewer NAME"
        return Item("agreement", "person", asks, "NOT CHECKED", said)
    said = f"kappa {kappa:.2f}; under {_KAPPA} the guideline wants rewriting"
    return Item("agreement", "person", asks, "PASS" if kappa >= _KAPPA else "FAIL", said)


def _guideline(project: Project) -> Item:
    written = sorted(project.guidelines.glob("*.md")) if project.guidelines.is_dir() else []
    asks = "what a correct answer is, is written down"
    said = f"{len(written):,} versions" if written else "no guideline yet: write it in Review"
    return Item("guideline", "person", asks, "PASS" if written else "NOT CHECKED", said)


def _origin(project: Project) -> Iterator[Item]:
    for item, asks in (("licence", "the licence allows this use"), ("origin", "where the rows come from is noted")):
        said = project.text("data", item)
        hint = f"note it: tunewright data origin --{item} TEXT"
        yield Item(item, "person", asks, "PASS" if said else "NOT CHECKED", said or hint)
