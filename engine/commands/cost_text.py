"""`tunewright cost` in words, at 80 columns, and as JSON documents."""

import argparse
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

from engine.commands.output import print_json, say, table
from engine.costing import Case, Found, choices, found, verdict
from engine.costing.document import document, finite, levers
from engine.costing.lines import Line, lines
from engine.costing.values import said, said_number
from engine.costs.levers import LEVERS, Lever, bounds, by_name
from engine.costs.money import usd
from engine.providers.figures import Figure
from engine.providers.telling import LEGEND, origin, signs, told
from engine.safe_text import one_line, safe_text

_CHOICES = ("destination", "tuned_model", "baseline_model")


def show_result(args: argparse.Namespace, case: Case) -> None:
    """One case, whole. Raises UsageError while a figure is lacking."""
    result = found(case)
    if args.json:
        print_json(document(case, result))
        return
    for part in _parts(case, result):
        print(safe_text(part, 100_000))
    unset = sum(value.origin == "default" for value in case.values.values())
    say(f"{unset} levers stand at their defaults: tunewright cost --levers says which and why")


def show_compared(args: argparse.Namespace, cases: Sequence[Case]) -> None:
    """Side by side; rows that differ are marked, and in them the best figure for who tunes."""
    from engine.scenarios import compare

    results = [(case, found(case)) for case in cases]
    compared = compare(results)
    if args.json:
        print_json({"scenarios": [document(case, result) for case, result in results]})
        return
    rows = [
        ("*" if differs else "", name, *(f"{cell} (best)" if at == best else cell for at, cell in enumerate(cells)))
        for (name, cells), differs, best in zip(compared.rows, compared.differ, compared.best, strict=True)
    ]
    print(table(("", "figure", *map(one_line, compared.names)), rows))
    say("* differs")


def show_levers(args: argparse.Namespace, case: Case) -> None:
    """Every lever with its value, where that comes from, its bounds, its default and the reason of that."""
    if args.json:
        print_json({"levers": finite(levers(case))})
        return
    for group, members in groupby(LEVERS, key=lambda lever: lever.group):
        print(f"\n{group}")
        for lever in members:
            print(safe_text("\n".join(_lever(case, lever)), 100_000))
    say("set one: tunewright cost --set LEVER=VALUE")


def _lever(case: Case, lever: Lever) -> Iterator[str]:
    value = case.values[lever.name]
    yield f"  {lever.name} = {said(lever, value)} ({value.origin})"
    default = lever.default if isinstance(lever.default, str) else said_number(lever, lever.default)
    why = value.reason if value.origin == "default" else f"{value.reason}. Default {default}: {lever.reason}"
    takes = f"one of {', '.join(choices(case, lever.name))}" if lever.kind == "choice" else bounds(lever)
    yield _wrapped(f"    {why}. Takes: {takes}", 4)


def _parts(case: Case, result: Found) -> Iterator[str]:
    yield _wrapped(f"{case.tuned.name} at {case.destination.name}, against {case.baseline.name}; {case.today}")
    yield ""
    yield from (_wrapped(sentence) for sentence in verdict(case, result))
    yield ""
    yield _figures(result)
    if len(result.crossings) > 1:
        ways = ", ".join(f"{one.requests:,.0f} ({one.way})" for one in result.crossings)
        yield _wrapped(f"all volumes at which the two cost the same: {ways}")
    yield ""
    yield _tornado(result)
    yield ""
    yield from _set_levers(case)
    yield ""
    yield _prices(case)
    yield from (_wrapped(f"{note.severity}: {note.text}") for note in case.notes)


def _wrapped(text: str, indent: int = 2) -> str:
    width = shutil.get_terminal_size((80, 24)).columns
    return textwrap.fill(text, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)


def _figures(result: Found) -> str:
    """Two columns of figures: what is put in, and what comes of it."""
    every = lines(result)
    half = (len(every) + 1) // 2
    pairs = zip(every[:half], [*every[half:], None], strict=False)
    return "\n".join(f"{_figure(left)}  {_figure(right) if right else ''}".rstrip() for left, right in pairs)


def _figure(line: Line) -> str:
    return f"{line.label:<26} {line.said:>12}"


def _tornado(result: Found) -> str:
    rows = []
    for bar in result.tornado:
        lever = None if bar.name == "baseline_price" else by_name(bar.name)
        ends = [f"x{end:g}" if lever is None else said_number(lever, end) for end in (bar.low, bar.high)]
        if bar.swing:
            rows.append((bar.name, " to ".join(ends), usd(bar.net_low), usd(bar.net_high)))
    return table(("what decides", "least to greatest", "net at the least", "at the greatest"), rows)


def _set_levers(case: Case) -> Iterator[str]:
    """The levers that are no defaults, and the three choices."""
    yield "levers that are not at their defaults, and what is compared"
    for lever in LEVERS:
        value = case.values[lever.name]
        if value.origin != "default" or lever.name in _CHOICES:
            yield _wrapped(f"  {lever.name} = {said(lever, value)} ({value.origin}: {value.reason})", 4)


def _prices(case: Case) -> str:
    """With their sources as numbered lines below: most prices share one."""
    rows, sources = [], dict[str, int]()
    for price in case.prices:
        sign, number = signs([price.figure], case.today).strip(), ""
        if isinstance(price.figure, Figure):
            said_so = origin(price.figure.source, case.today)
            number = f"[{sources.setdefault(said_so, len(sources) + 1)}]"
        rows.append((price.name, told(price.figure), sign, number))
    below = [_wrapped(f"[{number}] {source}") for source, number in sources.items()]
    return "\n".join([table(("price", "amount", "", "source"), rows), *below, LEGEND])
