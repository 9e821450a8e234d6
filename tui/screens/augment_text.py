"""What the augment screen says: its lines, what stands below them, what an order would do, what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.augment.endpoint import Endpoint
from engine.augment.methods import METHODS
from engine.augment.reasons import REASONS
from engine.augment.status import MethodStatus, Status
from engine.sizes import size
from tui.widgets.painted import Row, row

_WIDTH = 17
_NUMBERS = ("made", "refused", "waiting", "approved", "edited", "rejected")
HEADER: Row = row((f"{'method':<{_WIDTH}}" + "".join(f"{name:>10}" for name in _NUMBERS), "dim"))


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list, and what stands below it when it is marked."""

    name: str
    """A method, or read, apply, drop, endpoint."""
    line: Row
    detail: Sequence[Row]


def method_entry(one: MethodStatus, why_not: str | None) -> Entry:
    """A method with its numbers; `why_not`: why it cannot be used now."""
    numbers = (one.made, sum((one.refused or {}).values()), one.waiting, one.approved, one.edited, one.rejected)
    cells = "".join(f"{number:>10,}" for number in numbers)
    line = row((f"{one.name:<{_WIDTH}}", "dim" if why_not else "strong"), cells)
    detail = [row((f"{one.name}: ", "strong"), METHODS[one.name].means)]
    if why_not:
        detail += [row(("Not ready: ", "warn"), why_not), *(_how_to_connect() if "split" not in why_not else [])]
    else:
        detail.append(row(("Enter", "strong"), " shows examples first; nothing is made or sent before you say so."))
    return Entry(one.name, line, [*detail, row(""), *_found(one)])


def _found(one: MethodStatus) -> list[Row]:
    """Rate and bound of what was read, and what the checks refused."""
    rows = []
    if rate := one.rate:
        share = f"{one.approved:,} of {one.read:,} read were approved as they were made: {rate['rate']:.0%}"
        bound = f" (95 %: {rate['low']:.0%} to {rate['high']:.0%}; exact: at least {rate['at_least']:.0%})"
        rows.append(row((share, "strong"), bound))
    elif one.made:
        rows.append(row(f"{one.made:,} made, none read yet: nothing is known of how good they are."))
    for reason, count in (one.refused or {}).items():
        rows.append(row((f"{count:>6,} ", "strong"), (f"refused: {REASONS.get(reason, reason)}", "dim")))
    return rows


def _how_to_connect() -> list[Row]:
    return [
        row("Any server that speaks the OpenAI protocol: vLLM or Ollama on this machine, or a hosted one. "),
        row(("Enter", "strong"), " asks for its address, the model, and the NAME of the variable that holds the key."),
    ]


def action_entries(status: Status, chosen: Endpoint | None) -> list[Entry]:
    """The lines below the methods."""
    waiting, approved, in_data = status.waiting, status.approved, sum(status.in_data.values())
    where = f"{chosen.model} at {chosen.host}" if chosen else "none"
    apart = [row("They are in no version: nothing can train on them or export them before they are approved.")]
    applied = [row("A new version with the approved rows in train, beside their parents; the split is proved again.")]
    again = [row("A new version without them; the candidates and their verdicts stay.")]
    return [
        Entry("read", _line("Read the candidates", f"{waiting:,} waiting"), apart),
        Entry("apply", _line("Apply the approved", f"{approved:,} approved in all"), applied),
        Entry("drop", _line("Take made-up rows out", f"{in_data:,} in the data since the last apply"), again),
        Entry("endpoint", _line("Endpoint", where), _endpoint_text(status, chosen)),
    ]


def _line(name: str, said: str) -> Row:
    return row((f"{name:<{_WIDTH + 6}}", "strong"), said)


def _endpoint_text(status: Status, chosen: Endpoint | None) -> list[Row]:
    if chosen is None:
        return _how_to_connect()
    where = "this machine: nothing leaves it" if chosen.loopback else "another machine: each sending is asked about"
    lacks = [row(("Not ready: ", "warn"), status.lacks)] if status.lacks else []
    return [row(f"{chosen.url}, {where}"), row(f"key: {chosen.key_env or 'none'}"), *lacks]


def look_text(found: Mapping[str, Any]) -> list[Row]:
    """What an order would make or send."""
    rows = [row(("Would make ", ""), (f"{found['wanted']:,} candidates", "strong"), f"; {found['there']:,} are there.")]
    unfit = ", ".join(f"{count:,} {why}" for why, count in found["unfit"].items())
    rows.append(row(f"{found['parents']:,} train rows can be parents{f', not: {unfit}' if unfit else ''}."))
    if found["sending"]:
        rows += sending_text(found["sending"])
    for one in found["examples"]:
        rows += [row(""), row(("was  ", "dim"), one["was"]), row(("now  ", "strong"), one["now"])]
        kept = one["answer"] == one["answer_was"]
        rows.append(row(("answer ", "dim"), "stays" if kept else one["answer"]))
    for turn in found["request"]:
        rows += [row(""), row((f"sent first, {turn['role']}: ", "strong"), turn["content"])]
    if not found["examples"] and not found["request"]:
        rows += [row(""), row(("No parent gives a row that passes the checks.", "bad"))]
    refused = [
        row((f"{count:>6,} ", "strong"), f"refused while looking: {why}") for why, count in found["refused"].items()
    ]
    return [*rows, *([row(""), *refused] if refused else [])]


def sending_text(sending: Mapping[str, Any]) -> list[Row]:
    """What would leave, and for where."""
    what = f"up to {sending['rows']:,} train rows, {size(sending['bytes'])}"
    if sending["loopback"]:
        return [row(f"Sends {what} to {sending['destination']}, which is this machine.")]
    plain = [] if sending["encrypted"] else [row(("The connection is NOT encrypted (http).", "bad"))]
    return [
        row(("Leaves this machine: ", "warn"), (f"{what}, for {sending['destination']}", "strong")),
        row(f"Model {sending['model']}. How long they are kept there is {sending['retention']}; so is the price."),
        *plain,
    ]


def done_text(verb: str, document: Mapping[str, Any]) -> list[Row]:
    """What came of a command."""
    if verb == "make":
        return _made(document)
    if verb == "endpoint":
        lacks = document["lacks"]
        return [row(f"{document['url']}, model {document['model']}"), *([row((lacks, "warn"))] if lacks else [])]
    changed = ", ".join(f"{count:,} {kind}" for kind, count in document["changed"].items())
    rows = [row((f"{document['version']}: {document['rows']:,} rows", "strong"), f"; {changed}")]
    if document["split"]:
        proof = "passed" if document["split"]["proof"]["passed"] else "FAILED"
        counts = ", ".join(f"{name} {count:,}" for name, count in document["split"]["counts"].items())
        rows.append(row(f"{counts}; split proof {proof}"))
        if left := document["split"]["left_out"]:
            rows.append(row((f"{left:,} rows would link two splits and were left out", "warn")))
    return [*rows, *(row(f"not added: {count:,} {why}") for why, count in document.get("not_added", {}).items())]


def _made(document: Mapping[str, Any]) -> list[Row]:
    said = f"{document['made']:,} of {document['wanted']:,} candidates made"
    rows = [row((said, "strong"), f"; {document['there']:,} were there")]
    for reason, count in document["refused"].items():
        rows.append(row((f"{count:>6,} ", "strong"), f"refused: {REASONS.get(reason, reason)}"))
    if document["requests"]:
        rows.append(
            row(f"{document['requests']:,} requests, {document['again']:,} again; {document['tokens']:,} tokens")
        )
    if document["short"]:
        rows.append(row((document["short"], "warn")))
    return [*rows, row(""), row(("r", "strong"), " reads them: they are in no version before they are approved.")]
