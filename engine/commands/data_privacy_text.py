"""What the commands about personal data say: numbers and places, and never the data itself."""

from collections.abc import Sequence
from typing import Any

from engine.data.adopt import unsought
from engine.data.privacy import NOT_SCANNED
from engine.data.privacy_scan import Proposal, scanned_version
from engine.data.privacy_shown import card, reading, veiled, veiled_text
from engine.data.redaction import Redactions, by_kind
from engine.safe_text import one_line


def counted_findings(found: Redactions) -> dict[str, Any]:
    """What was scanned, found and decided, in numbers."""
    counts = found.counts()
    return {
        **found.scanned.document(),
        "findings": len(found.proposals),
        "open": counts.open,
        "open_by_kind": by_kind(found.open()),
        "accepted": counts.accepted,
        "refused": counts.refused,
        "marked_rows": counts.marked,
    }


def places_found(found: Redactions, listed: Sequence[Proposal]) -> list[dict[str, Any]]:
    """Where each stands, with the data itself veiled: what a command prints may end in a log."""
    version = scanned_version(found.project, found.scanned)
    made = []
    for one in listed:
        shown, said = card(version, one), found.decision(one)
        state = {"state": said.verdict, "reason": said.reason} if said else {"state": "open"}
        made.append(
            {
                "id": one.id,
                "kind": one.kind,
                "where": veiled_text(shown.where),
                "row": one.number + 1,
                "in": [veiled_text(line.label) for line in shown.lines],
                "text": veiled(one.kind, shown.lines[0].text),
                "surrogate": one.surrogate,
                **state,
            }
        )
    return made


def summary(found: Redactions, listed: Sequence[Proposal], limit: int) -> list[str]:
    """The numbers, then the first `limit` of `listed`, a line each."""
    of = found.scanned
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in by_kind(found.proposals).items()) or "none"
    counts = found.counts()
    lines = [
        f"{of.version}: {of.rows:,} rows, {of.turns:,} turns, {of.fields:,} texts scanned",
        f"personal data, equal pieces in a row once: {kinds}",
        f"{counts.open:,} open, {counts.accepted:,} to redact, {counts.refused:,} kept for a reason",
        unsought(NOT_SCANNED),
        *(line for line in [reading(of)] if line),
    ]
    if listed:
        lines += ["", *map(_line, places_found(found, listed[:limit]))]
        lines += [f"and {len(listed) - limit:,} more: --limit"] if len(listed) > limit else []
    return lines


def _line(one: dict[str, Any]) -> str:
    """deaa50b9b7e796d9  email  rows.jsonl:1  j***@e***.org  open  (turn 1, user)"""
    parts = (one["id"], one["kind"], one["where"], one["text"], one["state"], f"({'; '.join(one['in'])})")
    return "  ".join(one_line(part) for part in parts)
