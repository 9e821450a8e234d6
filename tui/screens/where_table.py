"""The table of destinations: its groups, as many columns as there is room for, and what stands below the marked row."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from engine.where.destinations import Candidate
from tui.widgets.painted import Row, row

CHOSEN = ">"
"""In front of the destination that the project holds."""
_COLUMNS: Mapping[str, tuple[str, int, int]] = {
    "state": ("fits", 7, 7),
    "name": ("", 22, 26),
    "served": ("served", 10, 10),
    "training_price": ("train, 1M", 15, 15),
    "serving_price": ("serve, 1M in/out", 24, 28),
    "region": ("region", 10, 18),
    "ends": ("ends", 12, 12),
    "methods": ("methods", 14, 20),
    "as_of": ("as of", 11, 11),
    "models": ("models", 24, 40),
    "retention": ("retention", 50, 60),
}
"""Column -> its head, its cells at least, and its cells where there is room for them before the next column."""
_SHORT = (("/1M", ""), ("/month", "/mo"))
"""Units that the head tells."""
_NOT_FOUND = re.compile(r"(not found) as of \S+")
"""The day is told below the table and on the page."""
_SIGNS = re.compile(r" [~!*]+$")
"""At the end of a price: one source, stale, yours. What is cut keeps them."""
_LEFT = 2
"""Cells of the mark in front."""
_TOLD: Mapping[str, str] = {
    "training_price": "training",
    "serving_price": "serving",
    "methods": "methods",
    "models": "models",
    "region": "region",
    "retention": "retention",
    "ends": "ends",
    "as_of": "as of",
    "source": "source",
}
"""Column -> what it is called in the text below the table, in the order in which one asks."""
_LONGEST, _LONGEST_WIDE = 40, 160
"""Characters of each there, and where the rail has a column of its own: the page has the whole, and at 80x24 a key must
not cost more than 1.5 KB."""
_REASON = 150
"""Characters of a reason why it does not fit, at 80x24."""


GROUPS: Mapping[str, str] = {
    "this machine": "This machine",
    "service": "Services",
    "rented GPU": "Rented GPUs, served by yourself",
    "closed": "Closed",
}
"""Key -> heading."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a destination, the heading of its group, or that parts of the catalogue could not be used."""

    key: str
    """The destination's id, which has no space; or what else the line is."""
    candidate: Candidate | None = None
    said: str = ""
    """The heading, or what is wrong."""
    state: str = ""
    """Whether a destination fits, in one word: yes, ends (it fits, but not to the end of the horizon), no, closed."""
    heads: bool = False


def group_of(candidate: Candidate) -> str:
    """Key in GROUPS."""
    one = candidate.destination
    return "closed" if one.status == "closed" else one.kind


def entries(
    found: Sequence[Candidate], problems: Sequence[str], ending: Container[str], *, fitting: bool
) -> list[Entry]:
    """The lines from top to bottom; with `fitting` only what fits, and no heading over nothing.

    `ending`: ids of those that end within the horizon.
    """
    said = f"Left out of the catalogue for mistakes: {len(problems)} · Enter lists them"
    lines = [Entry("left out", said=said)] if problems else []
    for key, title in GROUPS.items():
        members = [one for one in found if group_of(one) == key]
        shown = [one for one in members if one.fits or not fitting]
        if shown and key != "this machine":
            fits = f": {sum(one.fits for one in members)} of {len(members)} fit" if key != "closed" else ""
            lines.append(Entry(f"group {key}", said=f"{title}{fits}", heads=True))
        lines += [Entry(one.destination.id, one, state=_state(one, ending)) for one in shown]
    return lines


def _state(one: Candidate, ending: Container[str]) -> str:
    if one.fits:
        return "ends" if one.destination.id in ending else "yes"
    return "closed" if group_of(one) == "closed" else "no"


def captions(first: str, width: int) -> Row:
    """The heads of the columns that have room; `first` stands over the names."""
    heads = {name: head for name, (head, _, _) in _COLUMNS.items()} | {"name": first}
    return row((f"  {_fitted(heads, _room(width - _LEFT))}", "dim"))


def table_line(entry: Entry, chosen: str | None, width: int) -> Row:
    """A line of the table; in one role, as each change of role costs some forty bytes at every key."""
    if entry.candidate is None:
        return row((entry.said, "strong") if entry.heads else (f"! {entry.said}", "bad"))
    one = entry.candidate
    mark, role = CHOSEN if entry.key == chosen else " ", "" if one.fits else "dim"
    sizes = _room(width - _LEFT)
    if entry.state == "closed":
        sizes = {name: size for name, size in sizes.items() if name in ("state", "name")}
        since = one.columns["ends"]
        said = f"since {since}" if since else f"seen closed on {one.destination.status_about.source.as_of}"
        return row((f"{mark} {_fitted(_cells(entry, one), sizes)}{said}", role))
    if one.destination.kind == "rented GPU" and "served" in sizes:
        # All are served alike, as their heading says; their names are long.
        sizes = {**sizes, "name": sizes["name"] + sizes["served"], "served": 0}
    return row((f"{mark} {_fitted(_cells(entry, one), sizes)}", role))


def _cells(entry: Entry, one: Candidate) -> Mapping[str, str]:
    """Its columns as they stand in the table; an hour that training has told is not told again."""
    train, serve = (_short(_undated(one.columns[name])) for name in ("training_price", "serving_price"))
    serve = serve.removeprefix(f"{train} ")
    return {**one.columns, "state": entry.state, "training_price": train, "serving_price": serve}


def _undated(text: str) -> str:
    return _NOT_FOUND.sub(r"\1", text)


def _short(price: str) -> str:
    for unit, shorter in _SHORT:
        price = price.replace(unit, shorter)
    return price


def _fitted(texts: Mapping[str, str], sizes: Mapping[str, int]) -> str:
    return "".join(cell(texts[name], size) for name, size in sizes.items() if size)


def _room(width: int) -> Mapping[str, int]:
    """The columns that `width` cells have room for, and the size of each."""
    sizes: dict[str, int] = {}
    for name, (_, least, _) in _COLUMNS.items():
        if sum(sizes.values()) + least > width:
            break
        sizes[name] = least
    if "name" not in sizes:
        return {"state": _COLUMNS["state"][1], "name": max(2, width - _COLUMNS["state"][1])}
    return dict(_grown(sizes, width))


def _grown(sizes: Mapping[str, int], width: int) -> Iterator[tuple[str, int]]:
    """What is left of `width` goes to the columns from the left, each up to what it wants."""
    left = width - sum(sizes.values())
    for name, size in sizes.items():
        more = min(_COLUMNS[name][2] - size, left)
        left -= more
        yield name, size + more


def cell(text: str, size: int) -> str:
    """`text` in `size` cells, the last of them empty; what is cut ends in an ellipsis, and in the signs of a price."""
    if cell_len(text) < size:
        return set_cell_size(text, size)
    found = _SIGNS.search(text)
    signs = found.group() if found else ""
    return f"{set_cell_size(text, max(0, size - 2 - len(signs)))}…{signs} "


def about(entry: Entry, *, wide: bool) -> Iterator[Row]:
    """What is said below the table of a marked line; `wide`: there is more room for it."""
    if entry.candidate is None:
        yield row("Files and prices of your own with a mistake are left out; the rest of the catalogue holds.")
    else:
        yield from _about_candidate(entry.candidate, wide=wide)


def _about_candidate(one: Candidate, *, wide: bool) -> Iterator[Row]:
    longest, reason = (_LONGEST_WIDE, 10 * _REASON) if wide else (_LONGEST, _REASON)
    yield from (row((f"No: {_shortened(why, reason)}", "bad")) for why in one.why_not)
    yield from (row((f"! {warning}", "warn")) for warning in one.warnings)
    if one.destination.kind == "this machine" or group_of(one) == "closed":
        return
    known = {title: one.columns[name] for name, title in _TOLD.items()}
    yield row(" · ".join(f"{title}: {_shortened(text, longest)}" for title, text in known.items() if text))


def _shortened(text: str, longest: int) -> str:
    """The beginning of a text, to the last whole word."""
    return text if len(text) <= longest else f"{text[:longest].rpartition(' ')[0].rstrip(' ,;.')} …"
