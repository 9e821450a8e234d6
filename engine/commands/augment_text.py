"""What the commands about made-up rows say in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.augment.reasons import REASONS
from engine.commands.data_text import derived
from engine.commands.output import table
from engine.data.deriving import Derived
from engine.safe_text import one_line
from engine.sizes import size


def looked(found: Mapping[str, Any]) -> list[str]:
    """What an order would make or send."""
    lines = [f"{found['parents']:,} train rows can be parents" + _listed(", not: ", found["unfit"])]
    lines.append(f"{found['wanted']:,} candidates would be made by {found['method']}; {found['there']:,} are there")
    for one in found["examples"]:
        lines += ["", f"was: {one_line(one['was'], 500)}", f"now: {one_line(one['now'], 500)}"]
        changed = one["answer"] != one["answer_was"]
        lines.append(f"answer: {one_line(one['answer'], 300)}" if changed else "the answer stays")
    if found["refused"]:
        lines += ["", "refused while looking" + _listed(": ", found["refused"])]
    if not found["examples"] and not found["request"]:
        lines += ["", "no parent gives a row that passes the checks"]
    lines += [line for turn in found["request"] for line in ("", f"{turn['role']}: {one_line(turn['content'], 2000)}")]
    return [*lines, *(["", sent(found["sending"])] if found["sending"] else [])]


def sent(sending: Mapping[str, Any]) -> str:
    """What would leave, and for where."""
    what = f"up to {sending['rows']:,} train rows, {size(sending['bytes'])}, for {one_line(sending['destination'])}"
    if sending["loopback"]:
        return f"would be sent: {what}, which is this machine"
    plain = "" if sending["encrypted"] else "; NOT encrypted (http)"
    return (
        f"would leave this machine: {what} (model {one_line(sending['model'])}){plain}; how long they are kept there "
        f"is {sending['retention']}, and so is the price; --consent sends them"
    )


def made(done: Mapping[str, Any]) -> list[str]:
    """What came of an order."""
    lines = [
        f"{done['made']:,} of {done['wanted']:,} candidates made by {done['method']}; {done['there']:,} were there"
    ]
    if done["refused"]:
        lines.append("refused by the checks" + _listed(": ", {REASONS[one]: n for one, n in done["refused"].items()}))
    if done["requests"]:
        tokens = f"{done['tokens']:,} tokens, as it counts them" if done["tokens"] else "it counts no tokens"
        lines.append(f"{done['requests']:,} requests, {done['again']:,} of them again; {tokens}")
    if done["short"]:
        lines.append(f"note: {done['short']}")
    return [*lines, "candidates are in no version: read them (tunewright review), then tunewright augment apply"]


def standing(found: Mapping[str, Any]) -> list[str]:
    """The table of methods, and what is missing."""
    headers = ("method", "made", "refused", "waiting", "approved", "edited", "rejected")
    lines = [table(headers, [[one["name"], *_cells(one)] for one in found["methods"]])]
    lines += [_rate(one) for one in found["methods"] if one["approval"]]
    in_data = _listed("in the data: ", found["in_data"])
    lines += [in_data] if in_data else []
    if not found["split"]:
        lines.append("the data is not split yet: made-up rows come from train alone (tunewright data split)")
    if found["lacks"]:
        lines.append(f"paraphrase, back-translation, synthetic: {found['lacks']} (tunewright augment endpoint)")
    return lines


def applied(document: Mapping[str, Any], made_so: Derived) -> list[str]:
    """The new version, and what is not in it."""
    return [
        *derived(made_so),
        *(f"not added: {count:,} candidates {why}" for why, count in document["not_added"].items()),
    ]


def _cells(one: Mapping[str, Any]) -> Sequence[str]:
    numbers = (one["made"], sum(one["refused"].values()), *(one[name] for name in ("waiting", "approved", "edited")))
    return [f"{number:,}" for number in (*numbers, one["rejected"])]


def _rate(one: Mapping[str, Any]) -> str:
    found, read = one["approval"], one["approved"] + one["edited"] + one["rejected"]
    return (
        f"{one['name']}: {one['approved']:,} of {read:,} read approved as made, {found['rate']:.0%} "
        f"(95 %: {found['low']:.0%} to {found['high']:.0%}; exact: at least {found['at_least']:.0%})"
    )


def _listed(before: str, counts: Mapping[str, int]) -> str:
    return before + ", ".join(f"{count:,} {one_line(name)}" for name, count in counts.items()) if counts else ""
