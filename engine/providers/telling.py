"""Figures of the catalogue in words: amounts, ranges, where a figure comes from, how old it is, and how sure."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal

from engine.costs.money import price
from engine.providers.figures import Ends, Figure, NotFound, Said, Source

Mark = Literal["", "one source", "stale", "yours", "not found"]
LEGEND = "~ one source only   ! over 60 days old   * your own price"
_SIGNS = (("one source", "~"), ("stale", "!"), ("yours", "*"))


def amount(figure: Figure) -> str:
    """The value with its unit: $0.48 per 1M tokens, 80 GB, 1,000,000 rows; the range where the source gives one."""
    values = [figure.value] if figure.low is None or figure.high is None else [figure.low, figure.high]
    if figure.unit.startswith("USD"):
        return f"{' to '.join(map(price, values))}{figure.unit.removeprefix('USD')}"
    if figure.unit == "share":
        return " to ".join(f"{one:.0%}" for one in values)
    return f"{' to '.join(f'{one:,.10g}' for one in values)} {figure.unit}"


def not_found(found: NotFound) -> str:
    return f"not found as of {found.on}"


def said(fact: Said | NotFound) -> str:
    """The fact, or that it was not found."""
    return not_found(fact) if isinstance(fact, NotFound) else fact.text


def told(figure: Figure | NotFound | None) -> str:
    """The amount, or that it was not found; empty for None."""
    return "" if figure is None else not_found(figure) if isinstance(figure, NotFound) else amount(figure)


def origin(source: Source, today: date) -> str:
    """Who says so, as of when, how old that is and how sure: "official, 2026-05-08 (197 days old, stale): page"."""
    if source.confidence == "yours":
        return f"yours, {source.as_of}: {source.text}"
    days = source.age_days(today)
    age = "today" if not days else f"{days:,} {'day' if days == 1 else 'days'} old"
    stale = ", stale" if source.is_stale(today) else ""
    return f"{source.confidence}, {source.as_of} ({age}{stale}): {source.text}"


def mark(one: Figure | Said | Ends | NotFound | None, today: date) -> Mark:
    """The one thing to know of a figure at a glance; one source weighs more than age."""
    if one is None:
        return ""
    if isinstance(one, NotFound):
        return "not found"
    if one.source.confidence in ("single source", "yours"):
        return "one source" if one.source.confidence == "single source" else "yours"
    return "stale" if one.source.is_stale(today) else ""


def signs(figures: Iterable[Figure | Said | NotFound | None], today: date) -> str:
    """The signs of LEGEND that hold for any of them: " ~!", or nothing."""
    known = [one for one in figures if isinstance(one, Figure | Said)]
    marks = {mark(one, today) for one in known}
    if any(one.source.is_stale(today) for one in known):
        marks.add("stale")
    found = "".join(sign for name, sign in _SIGNS if name in marks)
    return f" {found}" if found else ""


def span(figures: Sequence[Figure | NotFound | None], today: date | None) -> str:
    """What several prices of one unit come to, without the unit: "$0.48-$8.00 ~"; when none is known, that.

    `today` None leaves the signs out.
    """
    known = [one for one in figures if isinstance(one, Figure)]
    if not known:
        missing = [one for one in figures if isinstance(one, NotFound)]
        return not_found(max(missing, key=lambda one: one.on)) if missing else ""
    low = min(one.value if one.low is None else one.low for one in known)
    high = max(one.value if one.high is None else one.high for one in known)
    values = price(low) if low == high else f"{price(low)}-{price(high)}"
    return values if today is None else f"{values}{signs(known, today)}"
